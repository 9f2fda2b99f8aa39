"""A table or a query of a database as rows of text, through SQLAlchemy (the extra ``sql``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from passage_kit.errors import MissingExtraError, OptionError, SourceError
from passage_kit.source import Source, build_source
from passage_kit.typed_text import flatten, text_array, text_of

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, CursorResult, Engine

_ROWS_AT_A_TIME = 20_000


def read_sql(address: str, *, table: str | None = None, query: str | None = None) -> Source:
    """Read a table or a query of a database.

    Rows are fetched in portions. A table with a primary key is read in its order, so that ``source_row`` is the same on
    every run; give a query an ``ORDER BY``. Nothing is ever committed.

    Parameters
    ----------
    address : str
        A URL of SQLAlchemy, such as ``postgresql+psycopg://user@host/database`` or ``sqlite:///users.db``.
    table : str, optional
        Name of a table or a view, with its schema where it is not the default one (``crm.users``).
    query : str, optional
        A statement that returns rows. Give either this or ``table``.

    Returns
    -------
    Source

    Raises
    ------
    SourceError
        If the database cannot be reached, or has no such table, or the statement fails or gives no rows.
    OptionError
        If not exactly one of ``table`` and ``query`` is given.
    MissingExtraError
        If SQLAlchemy or the database's driver is not installed.
    """
    if (table is None) == (query is None):
        raise OptionError(
            "A database needs either table= or query=. Give the name of the users table, such as table='users'."
        )
    url = _url(address)
    name = f"{_safe_name(url)}, {f'table {table}' if table else 'a query'}"
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(url)
    try:
        with engine.connect() as connection:
            streamed = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_A_TIME)
            result = _select(streamed, engine, table, name) if table else _run(streamed, str(query))
            if not result.returns_rows:
                raise SourceError(f"{name} gives no rows. Give a SELECT statement; nothing was changed.")
            header = list(result.keys())
            columns = _columns(result, len(header))
    except SQLAlchemyError as error:
        raise SourceError(
            f"{name} cannot be read: {_reason(error, url)}. Check the address, the rights and the name."
        ) from error
    finally:
        engine.dispose()
    paths = [
        (path, column) for title, parts in zip(header, columns, strict=True) for path, column in _named(title, parts)
    ]
    return build_source([column for _, column in paths], [path for path, _ in paths], name=name, kind="sql")


def _url(address: str) -> URL:
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError as error:
        raise MissingExtraError('Reading a database needs SQLAlchemy: pip install "passage-kit[sql]".') from error
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        raise SourceError(
            "The database URL cannot be read, expected dialect://user:password@host/database. Characters such as "
            "@ and / in a password have to be percent-encoded."
        ) from error
    file = url.database
    is_file = url.get_backend_name() == "sqlite" and file and file != ":memory:" and not file.startswith("file:")
    if is_file and not Path(str(file)).is_file():  # SQLite would make an empty database
        raise SourceError(f"There is no database file {file}. Check the path; a relative one begins at {Path.cwd()}.")
    return url


def _safe_name(url: URL) -> str:
    """The address without the password; the query part may hold one, too."""
    return url.set(query={}).render_as_string(hide_password=True)


def _engine(url: URL) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError

    try:
        return create_engine(url)
    except NoSuchModuleError as error:
        raise SourceError(
            f"{url.drivername!r} is not a database that SQLAlchemy knows. Download a file first, and give its path; "
            "or check the URL."
        ) from error
    except ImportError as error:
        raise MissingExtraError(
            f"The driver of {url.drivername} is missing: pip install {error.name or 'its driver'}."
        ) from error


def _select(connection: Connection, engine: Engine, table: str, name: str) -> CursorResult[Any]:
    """Everything in a table, in the order of its primary key."""
    import sqlalchemy as sa

    found = sa.inspect(engine)
    schema, _, bare = table.rpartition(".")
    within = (None, table) if found.has_table(table) else (schema or None, bare)
    if not found.has_table(within[1], schema=within[0]):
        there = ", ".join([*found.get_table_names(), *found.get_view_names()][:10]) or "none"
        raise SourceError(f"{name} is not there. Give one of the tables: {there}.")
    keys = found.get_pk_constraint(within[1], schema=within[0])["constrained_columns"]
    # Columns are not reflected: their types would parse texts that a database without types took in.
    target = sa.table(within[1], *map(sa.column, keys), schema=within[0])
    return connection.execute(sa.select(sa.text("*")).select_from(target).order_by(*(target.c[key] for key in keys)))


def _run(connection: Connection, query: str) -> CursorResult[Any]:
    # As it stands: a colon or a percent sign in it is no parameter.
    return connection.execution_options(no_parameters=True).exec_driver_sql(query)


def _columns(result: CursorResult[Any], width: int) -> list[list[Any]]:
    """Values of each column; texts where they are plain, since these take the least room."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for rows in result.partitions(_ROWS_AT_A_TIME):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.append(_portion(values))
    return columns


def _portion(values: tuple[Any, ...]) -> Any:
    if any(isinstance(value, dict | list) for value in values):
        return list(values)
    return pa.array([text_of(value) for value in values], pa.string())


def _named(title: str, portions: list[Any]) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """A column of texts, or several of nested values (as of JSON columns)."""
    if all(isinstance(portion, pa.Array) for portion in portions):
        yield title, pa.chunked_array(portions, pa.string())
        return
    values = [
        value for portion in portions for value in (portion.to_pylist() if isinstance(portion, pa.Array) else portion)
    ]
    for path, texts in flatten([{title: value} for value in values]):
        yield path, text_array(texts)


def _reason(error: Any, url: URL) -> str:
    """First line of what the driver says, without the password."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines() or ["no reason given"]
    return said[0].replace(url.password, "***") if url.password else said[0]

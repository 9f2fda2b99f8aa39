"""A table or a query of a database as rows of text, through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.plain_text import flatten, text_array, texts_of, texts_of_bytes
from passage_kit.database.connections import described_quietly
from passage_kit.database.urls import database_url, open_engine, reason, refuse_file_elsewhere, shown
from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.user_list import UserList, build_source
from passage_kit.translations import in_panel, joined, worded

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Select, TableClause

_ROWS_AT_A_TIME = 20_000  # of a server, which may be far away
_OF_SQLITE = 2_000  # stay in the processor's cache until they are columns, which saves a third of the time
_TOGETHER = 50  # portions that become one array
_BIT = 16  # the type of BIT columns in the protocol of MySQL
_Bytes = bytes | bytearray | memoryview


def read_sql(address: str, *, table: str | None = None, query: str | None = None) -> UserList:
    """Read a table or a query of a database.

    Rows are fetched in portions. A table with a primary key is read in its order, so that ``source_row`` is the same on
    every run; give a query an ``ORDER BY``. Nothing is ever committed.

    Parameters
    ----------
    address : str
        A URL of SQLAlchemy, such as ``postgresql://user@host/database`` or ``sqlite:///users.db``.
    table : str, optional
        Name of a table or a view, with its schema where it is not the default one (``crm.users``).
    query : str, optional
        A statement that returns rows. Give either this or ``table``.

    Returns
    -------
    UserList

    Raises
    ------
    SourceError
        If the database cannot be reached, or has no such table, or the statement fails or gives no rows.
    OptionError
        If not exactly one of ``table`` and ``query`` is given.
    MissingExtraError
        If the database's driver is not installed.
    """
    refuse_file_elsewhere(address, failure=SourceError)
    if (table is None) == (query is None):
        raise OptionError(
            in_panel(
                "A database needs either table= or query=. Give the name of the users table, such as table='users'.",
                "A database needs a table. Choose the users table.",
            )
        )
    with connected(address, worded("table {table}", table=table) if table else worded("a query")) as (connection, name):
        result = select(connection, table, name) if table else _run(connection, str(query))
        header, columns = fetch(result, name)
    try:
        paths = [part for title, parts in zip(header, columns, strict=True) for part in _named(title, parts)]
    except RecursionError as error:
        raise SourceError(f"{name} has a value that is nested too deeply. Leave its column out with query=.") from error
    return build_source([column for _, column in paths], [path for path, _ in paths], name=name, kind="sql")


@contextmanager
def connected(address: str, what: str) -> Iterator[tuple[Connection, str]]:
    """Connect to a database to read in portions; ``what`` is read there, and the name for messages has it.

    Raises
    ------
    SourceError, MissingExtraError
        As of :func:`read_sql`.
    """
    refuse_file_elsewhere(address, failure=SourceError)
    url = database_url(address, failure=SourceError)
    name = joined([shown(url), what])
    from sqlalchemy.exc import SQLAlchemyError

    engine = open_engine(url, failure=SourceError)
    try:
        with engine.connect() as connection:
            yield connection.execution_options(stream_results=True, yield_per=_ROWS_AT_A_TIME), name
    except (SQLAlchemyError, OSError, ValueError, TypeError, LookupError) as error:  # drivers raise the last four, too
        raise SourceError(
            worded(
                "{name} cannot be read: {why}. Check the address with its options, the rights and the name.",
                name=name,
                why=reason(error, url),
            )
        ) from None  # what the driver says may hold a value
    finally:
        engine.dispose()


def fetch(result: CursorResult[Any], name: str) -> tuple[list[str], list[list[Any]]]:
    """Fetch the rows of a statement: the names of the columns, and portions of each.

    Raises
    ------
    SourceError
        If the statement gives no rows.
    """
    if not result.returns_rows:
        raise SourceError(f"{name} gives no rows. Give a SELECT statement; nothing was changed.")
    header = list(result.keys())
    return header, _columns(result, _bit_columns(result, result.dialect.name), len(header))


class KeyedTable(NamedTuple):
    """A table of a database, and the columns of its primary key."""

    target: TableClause
    keys: list[str]


def select(connection: Connection, table: str, name: str) -> CursorResult[Any]:
    """Select a whole table, in the order of its primary key."""
    found = keyed_table(connection, table, name)
    return connection.execute(every_column(found))


def every_column(found: KeyedTable) -> Select[Any]:
    """Build the query for a whole table, in the order of its primary key."""
    import sqlalchemy as sa

    target = found.target
    return sa.select(sa.text("*")).select_from(target).order_by(*(target.c[key] for key in found.keys))


def keyed_table(connection: Connection, table: str, name: str) -> KeyedTable:
    """Find a table, and its key.

    Raises
    ------
    SourceError
        If there is none.
    """
    import sqlalchemy as sa

    found = sa.inspect(connection.engine)
    schema, _, bare = table.rpartition(".")
    within = (None, table) if found.has_table(table) else (schema or None, bare)
    if not found.has_table(within[1], schema=within[0]):
        there = ", ".join([*found.get_table_names(), *found.get_view_names()][:10]) or worded("none")
        raise SourceError(worded("{name} does not exist. Give one of the tables: {tables}.", name=name, tables=there))
    with described_quietly():
        keys = found.get_pk_constraint(within[1], schema=within[0])["constrained_columns"]
    # Columns are not reflected: their types would parse texts that a database without types took in.
    return KeyedTable(sa.table(within[1], *map(sa.column, keys), schema=within[0]), list(keys))


def _run(connection: Connection, query: str) -> CursorResult[Any]:
    # As it stands: a colon or a percent sign in it is no parameter.
    return connection.execution_options(no_parameters=True).exec_driver_sql(query)


def _bit_columns(result: CursorResult[Any], dialect: str) -> frozenset[int]:
    """List the columns of bits of MySQL and MariaDB, whose drivers give them as bytes."""
    described = result.cursor.description if result.cursor is not None else ()
    is_mysql = dialect in ("mysql", "mariadb")
    return frozenset(at for at, column in enumerate(described or ()) if is_mysql and column[1] == _BIT)


def _columns(result: CursorResult[Any], bits: frozenset[int], width: int) -> list[list[Any]]:
    """Collect the values of each column, as texts if they are plain, since texts take the least memory."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for rows in result.partitions(_OF_SQLITE if result.dialect.name == "sqlite" else _ROWS_AT_A_TIME):
        for at, (column, values) in enumerate(zip(columns, zip(*rows, strict=True), strict=True)):
            column.append(_portion(tuple(map(_number_of_bits, values)) if at in bits else values))
    return columns


def _number_of_bits(value: Any) -> Any:
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


def _portion(values: tuple[Any, ...]) -> Any:
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        texts = text_array(values).chunk(0)
        return pc.if_else(pc.equal(texts, ""), None, texts) if "" in values else texts
    if any(issubclass(kind, dict | list | _Bytes) for kind in kinds):
        return list(values)
    return text_array(list(texts_of(values))).chunk(0)


def _named(title: str, portions: list[Any]) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Make a column of texts, or several columns of nested values (as in JSON columns)."""
    if all(isinstance(portion, pa.Array) for portion in portions):
        grouped = [portions[at : at + _TOGETHER] for at in range(0, len(portions), _TOGETHER)]
        yield title, pa.chunked_array(list(map(pa.concat_arrays, grouped)), pa.string())
        return
    values = [
        value for portion in portions for value in (portion.to_pylist() if isinstance(portion, pa.Array) else portion)
    ]
    if all(value is None or isinstance(value, str | _Bytes) for value in values):
        yield title, text_array(_one_way(values))
        return
    for path, texts in flatten([{title: value} for value in values]):
        yield path, text_array(texts)


def _one_way(values: list[Any]) -> list[str | None]:
    """Write a column of bytes in one way; SQLite may have texts among them, which stay."""
    written = iter(texts_of_bytes(bytes(value) for value in values if isinstance(value, _Bytes)))
    return [next(written) if isinstance(value, _Bytes) else value or None for value in values]

"""A users table that is known by its name alone, for decisions outside the application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from passage_kit.database.connections import connect
from passage_kit.database.urls import database_url, open_engine, reason, shown
from passage_kit.errors import DatabaseError
from passage_kit.golive.sql_users import SqlUsers


@contextmanager
def open_users_table(
    db: str | None, table: str, *, schema: str | None = None, column: str = "passage_id"
) -> Iterator[SqlUsers[Any]]:
    """Open a users table with its record of links, to list, undo and settle them outside the application.

    Django's table is one, too. Nothing else of the table is looked at, and no row is created.

    Parameters
    ----------
    db : str or None
        URL of the database, or ``env:NAME``. None takes ``PASSAGE_DB_URL``.
    table : str
    schema : str, optional
        Default: the default one of the connection.
    column : str, default "passage_id"

    Raises
    ------
    DatabaseError
        If the database cannot be reached, or the table has no such column, no unique index on it, no record of links,
        or no primary key of one column.

    See Also
    --------
    list_links : List the links, once the table is open.
    undo_link : Take one back.
    settle_hold : Say whose row it is.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> db = f"sqlite:///{Path(tempfile.mkdtemp(), 'app.db').as_posix()}"
    >>> metadata = sa.MetaData()
    >>> ids = sa.Column("passage_id", sa.String, unique=True)
    >>> _ = sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), ids)
    >>> from passage_kit.golive import links_table, list_links
    >>> _ = links_table(metadata)
    >>> engine = sa.create_engine(db)
    >>> metadata.create_all(engine)
    >>> engine.dispose()
    >>> with open_users_table(db, "users") as users:
    ...     list_links(users)
    []
    """
    url = database_url(db)
    engine = open_engine(url)
    try:
        with connect(engine) as connection:
            users = SqlUsers(engine, _model(connection, table, schema, column), passage_id=column, email=None)
        users.check()
        yield users
    except SQLAlchemyError as error:
        raise DatabaseError(f"{shown(url)} failed: {reason(error, url)}. Nothing more was changed.") from None
    finally:
        engine.dispose()


def _model(connection: sa.Connection, table: str, schema: str | None, column: str) -> type[Any]:
    """Map a class on a table as the database describes it."""
    base: type[DeclarativeBase] = type("Reflected", (DeclarativeBase,), {})
    try:
        reflected = sa.Table(table, base.metadata, schema=schema, autoload_with=connection, resolve_fks=False)
    except NoSuchTableError:
        raise DatabaseError(f"There is no table {table} in {shown(connection.engine.url)}. Correct its name.") from None
    if column not in reflected.columns:
        raise DatabaseError(f"{table} has no column {column}. `passage-kit write-back` adds it with its index.")
    if len(reflected.primary_key.columns) != 1:
        raise DatabaseError(f"The primary key of {table} has not one column, expected one.")
    return type("User", (base,), {"__table__": reflected})

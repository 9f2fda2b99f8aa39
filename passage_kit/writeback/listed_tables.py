"""The tables of the application's database, to choose the users table from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from passage_kit.database.connections import described_quietly
from passage_kit.reading.sql_reader import connected
from passage_kit.translations import worded
from passage_kit.writeback.table_names import show_name
from passage_kit.writeback.users_database import UsersDatabase

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NOT_OF_APPLICATIONS = {"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"}


class ListedTable(NamedTuple):
    """A table as one can choose it.

    Parameters
    ----------
    name : str
        Name as :class:`passage_kit.UsersTable` takes it, with the schema unless it is the default one.
    columns : tuple of str
        All columns in their order.
    key : tuple of str
        Columns of the primary key; () if there is none.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def list_tables(address: str | None) -> list[ListedTable]:
    """List the tables of a database that a person may read the columns of, those of the default schema first.

    Parameters
    ----------
    address : str or None
        URL of the database, as :func:`passage_kit.write_passage_ids` takes it.

    Returns
    -------
    list of ListedTable
        In the order of their names. Views and tables of the database itself are left out.

    Raises
    ------
    DatabaseError
        If the database cannot be reached.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp(), "app.db")
    >>> with sqlite3.connect(path) as app:
    ...     _ = app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    >>> app.close()
    >>> list_tables(f"sqlite:///{path}")
    [ListedTable(name='users', columns=('id', 'email'), key=('id',))]
    """
    with UsersDatabase(address) as database:
        return database.ask(_listed, "Listing the tables")


def list_source_tables(address: str) -> list[ListedTable]:
    """List the tables of a database that a user list can be read from: of any that SQLAlchemy knows.

    Parameters
    ----------
    address : str
        URL of the database, as :func:`passage_kit.read_source` takes it.

    Raises
    ------
    SourceError
        If the database cannot be reached, or the address is none of a database.

    Examples
    --------
    >>> list_source_tables("https://example.org/users.csv")
    Traceback (most recent call last):
    ...
    passage_kit.errors.SourceError: https:// is the address of a file elsewhere, which the kit does not fetch. Download
    the file, and give its path.
    """
    with connected(address, worded("its tables")) as (connection, _), described_quietly():
        return _listed(connection)


def _listed(connection: Connection) -> list[ListedTable]:
    import sqlalchemy as sa

    found = sa.inspect(connection)
    own = found.default_schema_name
    others = [name for name in found.get_schema_names() if name != own and name not in _NOT_OF_APPLICATIONS]
    tables: list[ListedTable] = []
    for schema in (None, *sorted(others)):
        columns: Any = found.get_multi_columns(schema=schema)
        keys: Any = found.get_multi_pk_constraint(schema=schema)
        for place in sorted(columns, key=lambda place: place[1]):
            names = tuple(column["name"] for column in columns[place])
            key = tuple((keys.get(place) or {}).get("constrained_columns") or ())
            tables.append(ListedTable(show_name((schema, place[1])), names, key))
    return tables

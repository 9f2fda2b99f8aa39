"""What the users table is, told before anything else about it: tables that hold no rows of their own take no ids."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from passage_kit.errors import DatabaseError
from passage_kit.writeback.statements import quote_with
from passage_kit.writeback.table_names import show_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from passage_kit.writeback.table_names import Place

_POSTGRES = """
SELECT c.relkind, s.srvname, w.fdwname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver
LEFT JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE c.relname = :name AND (n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(c.oid)))
"""
_MYSQL = (
    "SELECT table_type, engine FROM information_schema.tables "
    "WHERE table_schema = coalesce(:schema, database()) AND table_name = :name"
)
_KEEPS_OLD_VALUES = "SELECT @@system_versioning_alter_history = 'KEEP'"  # of MariaDB alone
_SQLITE = "SELECT type FROM pragma_table_list WHERE schema = :schema AND lower(name) = lower(:name)"
_LISTS_TABLES = (3, 37)  # the version of SQLite that tells what a table is

_ELSEWHERE = {  # engines whose rows are in another database or file
    "CONNECT": "another database or a file",
    "CSV": "a CSV file",
    "FEDERATED": "another database",
    "MRG_MYISAM": "other tables",
    "SPIDER": "another database",
}
_UNCHANGING = {"ARCHIVE": "never changes a row", "BLACKHOLE": "keeps no rows", "SEQUENCE": "counts and keeps no rows"}


def check_kind(connection: Connection, backend: str, place: Place, *, is_ready: bool) -> None:
    """Refuse what is called a table and takes no ids: foreign, partitioned, virtual and system-versioned ones.

    Parameters
    ----------
    connection : sqlalchemy.Connection
    backend : {"postgresql", "mysql", "sqlite"}
    place : tuple
        Schema, or None, and name of the table.
    is_ready : bool
        Whether the table has the column of the Passage ids, and an index on it.

    Raises
    ------
    DatabaseError
        If the rows are kept elsewhere, if the table is partitioned (PostgreSQL) or virtual (SQLite), if its engine
        changes no rows, if it keeps its history and the database adds no column to such a table (MariaDB), or if its
        key holds for a period only (MariaDB).
    """
    names = {"schema": place[0], "name": place[1]}
    if backend == "postgresql":
        _check_postgres(connection, show_name(place), names)
    elif backend == "mysql":
        _check_mysql(connection, show_name(place), names, is_ready=is_ready)
    elif sqlite3.sqlite_version_info >= _LISTS_TABLES:
        _check_sqlite(connection, show_name(place), names)


def _check_postgres(connection: Connection, shown: str, names: dict[str, Any]) -> None:
    [(kind, server, wrapper)] = rows_of(connection, _POSTGRES, **names)
    if kind == "f":
        raise DatabaseError(
            f"{shown} is a foreign table: its rows are kept by the server {server} ({wrapper}), not in this database. "
            "Connect to the database that holds the rows, and name the table there."
        )
    if kind == "p":
        raise DatabaseError(
            f"{shown} is partitioned, so a unique index across it cannot be built. Name the table that holds the rows."
        )


def _check_mysql(connection: Connection, shown: str, names: dict[str, Any], *, is_ready: bool) -> None:
    [(kind, engine)] = rows_of(connection, _MYSQL, **names)
    engine = str(engine or "").upper()
    if engine in _ELSEWHERE:
        raise DatabaseError(
            f"{shown} is a table of the engine {engine}: its rows are kept in {_ELSEWHERE[engine]}, not in this table. "
            "Name the table that holds the rows, in the database where it is."
        )
    if engine in _UNCHANGING or kind == "SEQUENCE":
        engine = engine if engine in _UNCHANGING else "SEQUENCE"
        raise DatabaseError(
            f"{shown} is a table of the engine {engine}, which {_UNCHANGING[engine]}. "
            "Name the table that holds the users."
        )
    if kind == "SYSTEM VERSIONED" and not is_ready and not rows_of(connection, _KEEPS_OLD_VALUES)[0][0]:
        raise DatabaseError(
            f"{shown} is system-versioned: it keeps the former values of its rows, and the database adds no column and "
            "no index to such a table. Add both first, after SET system_versioning_alter_history = 'KEEP'."
        )
    quoted = ".".join(quote_with("`")(part) for part in (names["schema"], names["name"]) if part)
    plain = connection.execution_options(no_parameters=True)
    if "WITHOUT OVERLAPS" in plain.exec_driver_sql(f"SHOW CREATE TABLE {quoted}").one()[1]:
        raise DatabaseError(
            f"The key of {shown} holds for a period (WITHOUT OVERLAPS), so several rows may have the same one. "
            "Name a table with one row a user."
        )


def _check_sqlite(connection: Connection, shown: str, names: dict[str, Any]) -> None:
    kinds = rows_of(connection, _SQLITE, **{**names, "schema": names["schema"] or "main"})
    if kinds and kinds[0][0] in ("virtual", "shadow"):
        raise DatabaseError(
            f"{shown} is a virtual table, or part of one, which gets no column. Name the table that holds the users."
        )


def rows_of(connection: Connection, query: str, **values: Any) -> list[Any]:
    """Read the rows that a query about a table gives."""
    import sqlalchemy as sa

    return list(connection.execute(sa.text(query), values))

"""Facts about the users table that each database tells in its own way: triggers, rules, policies, heirs, names."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from passage_kit.errors import DatabaseError
from passage_kit.writeback.statements import DIALECTS, index_name
from passage_kit.writeback.table_kinds import rows_of
from passage_kit.writeback.users_table import BATCH, TableFacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

_POSTGRES = """
SELECT c.oid, c.relispartition, row_security_active(c.oid) AS secured,
    (SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = :column AND NOT a.attisdropped),
    (SELECT string_agg(r.rulename, ', ') FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.ev_type = '2')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = :name AND (n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(c.oid)))
"""
_HEIRS = (
    "SELECT CAST(CAST(i.inhrelid AS regclass) AS text) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "WHERE i.inhparent = :oid AND NOT c.relispartition"
)
_BROKEN = (
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE i.indrelid = :oid AND NOT i.indisvalid"
)
_POSTGRES_TRIGGERS = (  # 16 stands for updates, D for a trigger that is switched off
    "SELECT tgname FROM pg_trigger WHERE tgrelid = :oid AND NOT tgisinternal AND tgtype & 16 = 16 AND tgenabled <> 'D'"
)
_POSTGRES_NAMES = (
    "SELECT relname FROM pg_class WHERE relpersistence <> 't' "
    "AND (relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = :oid) OR relname LIKE :batch)"
)
_MYSQL_TRIGGERS = (
    "SELECT trigger_name FROM information_schema.triggers WHERE event_manipulation = 'UPDATE' "
    "AND event_object_schema = coalesce(:schema, database()) AND event_object_table = :name"
)
_ENGINE = (
    "SELECT engine, create_options LIKE '%partitioned%' FROM information_schema.tables "
    "WHERE table_schema = coalesce(:schema, database()) AND table_name = :name"
)
_MYSQL_NAMES = (
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema IN (database(), :schema) AND table_type <> 'TEMPORARY' "
    "UNION SELECT index_name FROM information_schema.statistics "
    "WHERE table_schema = coalesce(:schema, database()) AND table_name = :name"
)
_SQLITE_TRIGGERS = (
    "SELECT name FROM {schema}.sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(:name) "
    "AND sql LIKE '%UPDATE%'"
)
_SQLITE_NAMES = "SELECT name FROM {schema}.sqlite_master"
_STRICT = "SELECT strict FROM pragma_table_list WHERE schema = :schema AND lower(name) = lower(:name)"
_KNOWS_STRICT = (3, 37)
_MOST_NAMES = 20  # of an index that was not finished


def with_particulars(connection: Connection, backend: str, facts: TableFacts, column: Any) -> TableFacts:
    """Add the facts that each database tells in its own way.

    Parameters
    ----------
    connection : sqlalchemy.Connection
    backend : {"postgresql", "mysql", "sqlite"}
    facts : TableFacts
    column : dict or None
        The column of the Passage ids as SQLAlchemy describes it; None if there is none.

    Raises
    ------
    DatabaseError
        If rules keep the table from being updated, or if rows may be hidden.
    """
    if column is not None:
        [[forms]] = connection.execution_options(no_parameters=True).exec_driver_sql(DIALECTS[backend](facts).forms())
        mark = f"{column['type']!r} {column.get('nullable')} {column.get('default')}"
        facts = replace(facts, mark=mark, caseless=forms == 1)
    look = {"postgresql": _look_at_postgres, "mysql": _look_at_mysql, "sqlite": _look_at_sqlite}[backend]
    facts, taken = look(connection, facts)
    return _with_free_names(facts, {name.lower() for name in taken})


def _with_free_names(facts: TableFacts, taken: set[str]) -> TableFacts:
    """Choose names for the temporary table and the index that nothing else in the database has."""
    own = {name.lower() for name in (*facts.uniques, *facts.indexes, *facts.broken)}
    batches = (BATCH if number == 1 else f"{BATCH}_{number}" for number in itertools.count(1))
    return replace(
        facts,
        batch=next(name for name in batches if name not in taken | {facts.name.lower()}),
        index=next(name for name in _index_names(facts) if name.lower() not in taken - own),
    )


def _index_names(facts: TableFacts) -> Iterator[str]:
    """List the names that the kit gives to an index on the column, in their order."""
    for number in itertools.count(1):
        yield index_name(facts.name, facts.column if number == 1 else f"{facts.column}_{number}")


def _look_at_postgres(connection: Connection, facts: TableFacts) -> tuple[TableFacts, list[str]]:
    names = {"name": facts.name, "schema": facts.schema, "column": facts.column}
    [(oid, partition, secured, number, rules)] = rows_of(connection, _POSTGRES, **names)
    if secured:
        raise DatabaseError(
            f"{facts.shown} has row-level security, which may hide rows from this user or keep them from changing. "
            "Connect as the table's owner, or as a role with BYPASSRLS."
        )
    if rules:
        raise DatabaseError(
            f"{facts.shown} has the rule {rules} ON UPDATE, which does something else than setting ids. "
            "Drop the rule while the ids are written."
        )
    own = set(itertools.islice(_index_names(facts), _MOST_NAMES))
    broken = tuple(name for name in _firsts(connection, _BROKEN, oid=oid) if name in own)
    found = replace(
        facts,
        broken=broken,
        uniques=tuple(name for name in facts.uniques if name not in broken),
        indexes=tuple(name for name in facts.indexes if name not in broken),
        mark=None if number is None else f"{oid}.{number}",
        partition=partition,
        heirs=tuple(_firsts(connection, _HEIRS, oid=oid)),
        triggers=tuple(_firsts(connection, _POSTGRES_TRIGGERS, oid=oid)),
    )
    return found, _firsts(connection, _POSTGRES_NAMES, oid=oid, batch=f"{BATCH}%")


def _look_at_mysql(connection: Connection, facts: TableFacts) -> tuple[TableFacts, list[str]]:
    names = {"name": facts.name, "schema": facts.schema}
    [(engine, partitioned)] = rows_of(connection, _ENGINE, **names)
    found = replace(
        facts,
        online=engine == "InnoDB",
        partitioned=bool(partitioned),
        triggers=tuple(_firsts(connection, _MYSQL_TRIGGERS, **names)),
    )
    return found, _firsts(connection, _MYSQL_NAMES, **names)


def _look_at_sqlite(connection: Connection, facts: TableFacts) -> tuple[TableFacts, list[str]]:
    schema = facts.schema or "main"
    quoted = DIALECTS["sqlite"].quote(schema)
    triggers = _firsts(connection, _SQLITE_TRIGGERS.format(schema=quoted), name=facts.name)
    strict = sqlite3.sqlite_version_info >= _KNOWS_STRICT and any(
        _firsts(connection, _STRICT, schema=schema, name=facts.name)
    )
    return (
        replace(facts, triggers=tuple(triggers), strict=strict),
        _firsts(connection, _SQLITE_NAMES.format(schema=quoted)),
    )


def _firsts(connection: Connection, query: str, **values: Any) -> list[Any]:
    return [first for first, *_ in rows_of(connection, query, **values)]

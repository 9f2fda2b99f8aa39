"""Facts about the users table from the database, and checks that the table can hold Passage ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from passage_kit.errors import DatabaseError
from passage_kit.writeback.statements import index_name
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import TableFacts, UsersTable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Inspector

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(:name)",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = :oid AND NOT tgisinternal",
    "mysql": "SELECT trigger_name FROM information_schema.triggers "
    "WHERE event_object_schema = coalesce(:schema, database()) AND event_object_table = :name",
}
_OID = (
    "SELECT c.oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relname = :name AND n.nspname = coalesce(:schema, current_schema())"
)
_BROKEN = (
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE i.indrelid = :oid AND NOT i.indisvalid AND c.relname = :index"
)
_ENGINE = (
    "SELECT engine FROM information_schema.tables "
    "WHERE table_schema = coalesce(:schema, database()) AND table_name = :name"
)


def find_table(database: UsersDatabase, table: UsersTable) -> TableFacts:
    """Find the users table, its keys and its column of Passage ids, and check that the column can hold them.

    Raises
    ------
    DatabaseError
        If there is no such table or column, if it is a view, if its rows cannot be told apart, or if its column cannot
        hold Passage ids.
    """
    return database.ask(lambda connection: _facts(connection, database, table), "Looking at the users table")


def _facts(connection: Connection, database: UsersDatabase, table: UsersTable) -> TableFacts:
    import sqlalchemy as sa

    found = sa.inspect(connection)
    schema, name = _place(found, table.name, database)
    columns = {column["name"]: column for column in found.get_columns(name, schema=schema)}
    primary = tuple(found.get_pk_constraint(name, schema=schema)["constrained_columns"])
    key = tuple(table.key) or primary
    for wanted in (*key, *filter(None, (table.email, table.phone))):
        if wanted not in columns:
            raise DatabaseError(
                f"{table.name} has no column {wanted!r}. Name one of its columns: {', '.join(columns)}."
            )
    if not key:
        raise DatabaseError(
            f"{table.name} has no primary key. Name the column that holds the source key, such as key='id'."
        )
    uniques, indexes, constraints = _indexes(found, name, schema, table.column)
    facts = TableFacts(
        schema=schema,
        name=name,
        identity=primary or _unique_key(found, name, schema, key),
        key=key,
        key_kind=_kind(columns[key[0]]["type"]) if len(key) == 1 else "text",
        column=table.column,
        has_column=table.column in columns,
        uniques=uniques,
        indexes=indexes,
        constraints=constraints,
        email=table.email,
        phone=table.phone,
        length=getattr(columns[table.column]["type"], "length", None) if table.column in columns else None,
    )
    if facts.has_column:
        _check_column(columns[table.column], facts)
    return _with_particulars(connection, database.backend.replace("mariadb", "mysql"), facts)


def _place(found: Inspector, table: str, database: UsersDatabase) -> tuple[str | None, str]:
    """Find the schema and the name of the table that the settings name."""
    schema, _, bare = table.rpartition(".")
    for where, name in ((None, table), (schema or None, bare)):
        if name in found.get_view_names(schema=where) or name in _materialized(found, where):
            raise DatabaseError(f"{table} is a view. Name the table that the view reads from.")
        if found.has_table(name, schema=where):
            return where, name
    there = ", ".join(found.get_table_names()[:10]) or "none"
    raise DatabaseError(f"{database.shown} has no table {table}. Name one of its tables: {there}.")


def _materialized(found: Inspector, schema: str | None) -> list[str]:
    return found.get_materialized_view_names(schema=schema) if found.dialect.name == "postgresql" else []


def _unique_key(found: Inspector, name: str, schema: str | None, key: tuple[str, ...]) -> tuple[str, ...]:
    """Return the key, if the database keeps it unique."""
    indexes = [entry for entry in found.get_indexes(name, schema=schema) if entry["unique"]]
    constraints = found.get_unique_constraints(name, schema=schema)
    uniques = [set(entry["column_names"]) for entry in constraints] + [set(entry["column_names"]) for entry in indexes]
    if set(key) not in uniques:
        raise DatabaseError(
            f"The rows of {name} cannot be told apart: it has no primary key, and {', '.join(key)} is not unique. "
            "Add a primary key or a unique index first."
        )
    return key


def _indexes(
    found: Inspector, name: str, schema: str | None, column: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """List the indexes on one column alone: the unique ones, the others, and those that belong to a constraint."""
    constraints = [
        str(entry["name"] or "unnamed")
        for entry in found.get_unique_constraints(name, schema=schema)
        if entry["column_names"] == [column]
    ]
    indexes = [entry for entry in found.get_indexes(name, schema=schema) if entry["column_names"] == [column]]
    uniques = [str(entry["name"]) for entry in indexes if entry["unique"]]
    plain = [str(entry["name"]) for entry in indexes if not entry["unique"]]
    return tuple(dict.fromkeys([*constraints, *uniques])), tuple(plain), tuple(constraints)


def _kind(column_type: Any) -> str:
    """Choose the kind of comparison for keys of a type."""
    import sqlalchemy as sa

    if isinstance(column_type, sa.Uuid) or type(column_type).__name__ == "UUID":
        return "uuid"
    if isinstance(column_type, sa.Integer | sa.Numeric):
        return "integer"
    if isinstance(column_type, sa.CHAR):
        return "char"
    return "binary" if isinstance(column_type, sa.LargeBinary | sa.types._Binary) else "text"


def _check_column(column: Any, facts: TableFacts) -> None:
    """Refuse a column that cannot hold Passage ids."""
    import sqlalchemy as sa

    if not isinstance(column["type"], sa.String) and type(column["type"]).__name__ != "CITEXT":
        raise DatabaseError(
            f"The column {facts.column} of {facts.shown} is {column['type']!r}, expected a text. Name another column."
        )
    if column.get("nullable") is False:
        raise DatabaseError(
            f"The column {facts.column} of {facts.shown} is NOT NULL, but some rows will have no id. "
            "Allow null, or name another column."
        )


def _with_particulars(connection: Connection, backend: str, facts: TableFacts) -> TableFacts:
    """Add the triggers, the unfinished indexes, and whether an index can be built while others write."""
    import sqlalchemy as sa

    names = {"name": facts.name, "schema": facts.schema}

    def ask(query: str, **values: Any) -> list[Any]:
        return list(connection.execute(sa.text(query), values))

    if backend == "postgresql":
        [(oid, kind)] = ask(_OID, **names)
        if kind != "r":
            raise DatabaseError(
                f"{facts.shown} is partitioned or foreign, so a unique index across it cannot be built. "
                "Name the table that holds the rows."
            )
        broken = tuple(name for (name,) in ask(_BROKEN, oid=oid, index=index_name(facts.name, facts.column)))
        triggers = ask(_TRIGGERS[backend], oid=oid)
        facts = replace(
            facts,
            broken=broken,
            uniques=tuple(name for name in facts.uniques if name not in broken),
            indexes=tuple(name for name in facts.indexes if name not in broken),
        )
    elif backend == "mysql":
        triggers = ask(_TRIGGERS[backend], **names)
        facts = replace(facts, online=ask(_ENGINE, **names)[0][0] == "InnoDB")
    else:
        triggers = ask(_TRIGGERS[backend], name=facts.name)
    return replace(facts, triggers=tuple(name for (name,) in triggers))

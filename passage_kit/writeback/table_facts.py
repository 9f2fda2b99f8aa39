"""Facts about the users table from the database, and checks that its rows can be read and told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from passage_kit.errors import DatabaseError
from passage_kit.translations import in_panel, worded
from passage_kit.writeback.statements import DIALECTS
from passage_kit.writeback.table_kinds import check_kind
from passage_kit.writeback.table_names import possible_places, show_name
from passage_kit.writeback.table_particulars import with_particulars
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import TableFacts, UsersTable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Inspector

    from passage_kit.writeback.table_names import Place

_LONGEST = 63  # bytes of a name in PostgreSQL, which cuts longer ones; 64 characters in MySQL


def find_table(database: UsersDatabase, table: UsersTable, *, for_ids: bool = True) -> TableFacts:
    """Find the users table, its keys and its column of Passage ids, and check that the column can hold them.

    Parameters
    ----------
    database : UsersDatabase
    table : UsersTable
    for_ids : bool, default True
        Whether the column is to hold Passage ids. Another text column may be one that is never null.

    Raises
    ------
    DatabaseError
        If there is no such table or column, if it is a view or a table without rows of its own, if its rows cannot be
        told apart or are hidden, or if its column cannot hold Passage ids.
    """
    return database.ask(lambda connection: _facts(connection, database, table, for_ids), "Looking at the users table")


def _facts(connection: Connection, database: UsersDatabase, table: UsersTable, for_ids: bool) -> TableFacts:
    import sqlalchemy as sa

    found = sa.inspect(connection)
    schema, name = _place(found, table.name, database)
    columns = {column["name"]: column for column in found.get_columns(name, schema=schema)}
    table = _as_the_table_writes_them(table, tuple(columns), sensitive=database.backend == "postgresql")
    primary = tuple(found.get_pk_constraint(name, schema=schema)["constrained_columns"])
    key = tuple(table.key) or primary
    uniques, indexes, constraints = _indexes(found, name, schema, table.column)
    is_ready = table.column in columns and bool(uniques or indexes)
    backend = database.backend.replace("mariadb", "mysql")
    check_kind(connection, backend, (schema, name), is_ready=is_ready)
    _check_names(table, key, primary, tuple(columns))
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
        state=table.state,
        length=getattr(columns[table.column]["type"], "length", None) if table.column in columns else None,
    )
    facts = replace(facts, loose=tuple(name for name in facts.identity if _is_loose(columns[name]["type"])))
    _check_identity(connection, database, facts, columns, is_primary=bool(primary))
    if facts.has_column:
        _check_column(columns[table.column], facts, database.backend, for_ids=for_ids)
        facts = replace(facts, padded=database.backend == "postgresql" and _is_char(columns[table.column]["type"]))
    elif len(facts.column.encode()) > _LONGEST:
        raise DatabaseError(
            worded(
                "The name {column} is longer than {most} bytes. Give the column a shorter name.",
                column=facts.column,
                most=_LONGEST,
            )
        )
    return with_particulars(connection, backend, facts, columns.get(table.column))


def _as_the_table_writes_them(table: UsersTable, columns: tuple[str, ...], *, sensitive: bool) -> UsersTable:
    """Write the names of columns as the table does, where the database does not regard capitals."""
    written = {} if sensitive else {name.lower(): name for name in columns}

    def own(name: str | None) -> Any:
        return name if name is None or name in columns else written.get(name.lower(), name)

    named = {name: own(getattr(table, name)) for name in ("column", "email", "phone", "state")}
    return replace(table, key=tuple(map(own, table.key)), **named)


def _check_names(table: UsersTable, key: tuple[str, ...], primary: tuple[str, ...], columns: tuple[str, ...]) -> None:
    """Refuse names that the table does not have, and a column of ids that holds something else."""
    for wanted in (*key, *filter(None, (table.email, table.phone, table.state))):
        if wanted not in columns:
            raise DatabaseError(
                worded(
                    "{table} has no column {column}. Name one of its columns: {columns}.",
                    table=table.name,
                    column=repr(wanted),
                    columns=", ".join(columns),
                )
            )
    if not key:
        raise DatabaseError(
            in_panel(
                f"{table.name} has no primary key. Name the column that holds the source key, such as key='id'.",
                "{table} has no primary key. Choose the column that holds the source key.",
                table=table.name,
            )
        )
    for used, what in (
        ((*key, *primary), "the key"),
        ((table.email,), "the column of emails"),
        ((table.phone,), "that of phones"),
    ):
        if table.column in used:
            raise DatabaseError(
                worded(
                    "The column {column} of {table} is {what}, which the ids would replace. Name another "
                    "column for the Passage ids.",
                    column=table.column,
                    table=table.name,
                    what=what,
                )
            )


def _place(found: Inspector, table: str, database: UsersDatabase) -> Place:
    """Find the schema and the name of the table that the settings name."""
    schemas = set(found.get_schema_names())
    places = [place for place in possible_places(table) if place[0] is None or place[0] in schemas]
    for where, name in places:
        if name in found.get_view_names(schema=where) or name in _materialized(found, where):
            raise DatabaseError(worded("{table} is a view. Name the table that the view reads from.", table=table))
    there = [place for place in places if found.has_table(place[1], schema=place[0])]
    if there and (len(there) == 1 or there[0] == (None, table)):
        return there[0]
    if there:
        raise DatabaseError(
            worded(
                "{database} has several tables that may be {table}. Write {names}.",
                database=database.shown,
                table=table,
                names=", ".join(map(show_name, there)),
            )
        )
    names = ", ".join(found.get_table_names()[:10]) or worded("none")
    raise DatabaseError(
        worded(
            "{database} has no table {table}. Name one of its tables: {names}.",
            database=database.shown,
            table=table,
            names=names,
        )
    )


def _materialized(found: Inspector, schema: str | None) -> list[str]:
    return found.get_materialized_view_names(schema=schema) if found.dialect.name == "postgresql" else []


def _unique_key(found: Inspector, name: str, schema: str | None, key: tuple[str, ...]) -> tuple[str, ...]:
    """Return the key, if the database keeps it unique in all rows."""
    indexes: list[Any] = [
        entry
        for entry in found.get_indexes(name, schema=schema)
        if entry["unique"] and not any(option.endswith("_where") for option in entry.get("dialect_options", {}))
    ]
    constraints: list[Any] = found.get_unique_constraints(name, schema=schema)
    if set(key) not in [set(entry["column_names"]) for entry in [*constraints, *indexes]]:
        raise DatabaseError(
            worded(
                "The rows of {name} cannot be told apart: it has no primary key, and {key} is not "
                "unique. Add a primary key or a unique index first.",
                name=name,
                key=", ".join(key),
            )
        )
    return key


def _check_identity(
    connection: Connection, database: UsersDatabase, facts: TableFacts, columns: dict[str, Any], *, is_primary: bool
) -> None:
    """Refuse an identity that the database does not compare as its unique index does, or not exactly."""
    import sqlalchemy as sa

    kinds = [columns[name]["type"] for name in facts.identity]
    if database.backend in ("mysql", "mariadb") and any(type(kind).__name__ == "FLOAT" for kind in kinds):
        raise DatabaseError(
            worded(
                "The rows of {table} cannot be told apart: {key} is a FLOAT, which the database does "
                "not compare exactly. Add a primary key of whole numbers or text first.",
                table=facts.shown,
                key=", ".join(facts.identity),
            )
        )
    sure = is_primary and (database.backend != "sqlite" or all(isinstance(kind, sa.Integer) for kind in kinds))
    plain = connection.execution_options(no_parameters=True)
    if not sure and plain.exec_driver_sql(DIALECTS[database.backend](facts).any_twice()).first():
        raise DatabaseError(
            worded(
                "The rows of {table} cannot be told apart: several have the same {key} as the "
                "database compares values. Correct them, or add another primary key.",
                table=facts.shown,
                key=", ".join(facts.identity),
            )
        )


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

    column_type = getattr(column_type, "data_type", column_type)  # the type under a domain
    if isinstance(column_type, sa.Uuid) or type(column_type).__name__ == "UUID":
        return "uuid"
    if isinstance(column_type, sa.Integer | sa.Numeric):
        return "integer"
    if _is_char(column_type):
        return "char"
    return "binary" if isinstance(column_type, sa.LargeBinary | sa.types._Binary) else "text"


def _is_loose(column_type: Any) -> bool:
    """Tell whether different values of a type may be equal to the database; whole numbers and UUIDs have one form."""
    import sqlalchemy as sa

    return not isinstance(getattr(column_type, "data_type", column_type), sa.Integer | sa.Uuid)


def _is_char(column_type: Any) -> bool:
    import sqlalchemy as sa

    return isinstance(column_type, sa.CHAR)


def _check_column(column: Any, facts: TableFacts, backend: str, *, for_ids: bool) -> None:
    """Refuse a column that cannot hold Passage ids, or else one that cannot be set to a text."""
    import sqlalchemy as sa

    where = worded("The column {column} of {table}", column=facts.column, table=facts.shown)
    if column.get("computed"):
        raise DatabaseError(worded("{where} is one that the database computes. Name another column.", where=where))
    kind = column["type"]
    is_text = isinstance(kind, sa.String) and not isinstance(kind, sa.Enum) and type(kind).__name__ != "SET"
    if not is_text and type(kind).__name__ != "CITEXT":
        raise DatabaseError(
            worded("{where} is {kind}, expected a text. Name another column.", where=where, kind=repr(column["type"]))
        )
    if not for_ids:
        return
    if backend in ("mysql", "mariadb") and isinstance(kind, sa.Text) and not (facts.uniques or facts.indexes):
        raise DatabaseError(
            worded(
                "{where} is {kind}, on which the database builds no index. Change it to VARCHAR(24).",
                where=where,
                kind=repr(kind),
            )
        )
    if column.get("nullable") is False:
        raise DatabaseError(
            worded(
                "{where} is NOT NULL, but some rows will have no id. Allow null, or name another column.", where=where
            )
        )

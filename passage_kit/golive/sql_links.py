"""The record of links in a database of SQLAlchemy, and the checks of a users table at the start."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Session

from passage_kit.errors import DatabaseError
from passage_kit.golive.stores import LinkNote

_NAME = "passage_links"
_MYSQL = ("mysql", "mariadb")
KNOWN = ("postgresql", "sqlite", *_MYSQL)
_ADVICE = "Make it with passage_kit.golive.links_table(metadata) and metadata.create_all(engine), or a migration"


def links_table(metadata: sa.MetaData) -> sa.Table:
    """Add the table of the record of links to the tables of an application.

    Parameters
    ----------
    metadata : sqlalchemy.MetaData
        Such as ``Base.metadata``; ``create_all`` or Alembic then makes the table.

    Returns
    -------
    sqlalchemy.Table
        ``passage_links``: one row for each link, creation, hold and decision, with ids alone.

    Examples
    --------
    >>> links_table(sa.MetaData()).columns.keys()
    ['id', 'passage_id', 'event', 'user_key', 'reason', 'noted_at']
    """
    exact = mysql.VARCHAR(64, charset="ascii", collation="ascii_bin")  # ids differ in capitals
    return sa.Table(
        _NAME,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("passage_id", sa.String(64).with_variant(exact, *_MYSQL), nullable=False, index=True),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("user_key", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("noted_at", sa.DateTime, nullable=False),
    )


_LINKS = links_table(sa.MetaData())


def write_note(session: Session, note: LinkNote) -> None:
    """Add a line to the record, within the transaction of a session."""
    values = {name: getattr(note, name) for name in ("passage_id", "event", "user_key", "reason")}
    noted_at = note.noted_at.astimezone(dt.UTC).replace(tzinfo=None)
    session.connection().execute(_LINKS.insert().values(**values, noted_at=noted_at))


def read_notes(session: Session, passage_id: str | None) -> list[LinkNote]:
    """Read the record, the oldest line first."""
    query = sa.select(_LINKS).order_by(_LINKS.c.id)
    if passage_id is not None:
        query = query.where(_LINKS.c.passage_id == passage_id)
    return [
        LinkNote(row.passage_id, row.event, row.user_key, row.reason, row.noted_at.replace(tzinfo=dt.UTC))
        for row in session.connection().execute(query)
        if passage_id in (None, row.passage_id)
    ]


def check_table(session: Session, table: sa.Table, column: str) -> None:
    """Check that the database keeps Passage ids apart, and has the record of links.

    Raises
    ------
    DatabaseError
        If the column or its unique index is missing, ids that differ in capitals count as the same, the primary key has
        several columns, or there is no record.
    """
    connection = session.connection()
    dialect, inspector = connection.dialect.name, sa.inspect(connection)
    if dialect not in KNOWN:
        raise DatabaseError(f"Linking knows PostgreSQL, MySQL, MariaDB and SQLite, but not {dialect}.")
    if not inspector.has_table(table.name, schema=table.schema):
        raise DatabaseError(f"There is no table {table.name}. Run the application's migrations first.")
    if column not in {found["name"] for found in inspector.get_columns(table.name, schema=table.schema)}:
        raise DatabaseError(f"{table.name} has no column {column}. `passage-kit write-back` adds it with its index.")
    if len(table.primary_key.columns) != 1:
        raise DatabaseError(f"The primary key of {table.name} has several columns, expected one.")
    if not _is_unique(inspector, table, column):
        raise DatabaseError(
            f"{table.name}.{column} is not unique, so one user could get several rows. Add a unique index over all "
            f"rows: CREATE UNIQUE INDEX ON {table.name} ({column})."
        )
    if dialect in _MYSQL and not _tells_capitals_apart(connection, table, column):
        raise DatabaseError(
            f"The collation of {table.name}.{column} takes capitals for small letters, and Passage ids differ in them. "
            "Give the column the collation ascii_bin."
        )
    if not inspector.has_table(_NAME):
        raise DatabaseError(f"There is no table {_NAME} for the record of links. {_ADVICE}.")


def _is_unique(inspector: Any, table: sa.Table, column: str) -> bool:
    """Tell whether an index or a constraint lets each value stand in one row of the whole table."""
    place = {"table_name": table.name, "schema": table.schema}
    if inspector.get_pk_constraint(**place)["constrained_columns"] == [column]:
        return True
    if any(found["column_names"] == [column] for found in inspector.get_unique_constraints(**place)):
        return True
    # SQLite keeps a constraint as an index, which the constraints above do not always show.
    hidden = {"include_auto_indexes": True} if inspector.dialect.name == "sqlite" else {}
    return any(
        found["unique"] and found["column_names"] == [column] and _is_over_all_rows(found, column)
        for found in inspector.get_indexes(**place, **hidden)
    )


def _is_over_all_rows(index: dict[str, Any], column: str) -> bool:
    """Tell whether an index has no condition, or only that there is an id."""
    conditions = [
        str(value)
        for name, value in index.get("dialect_options", {}).items()
        if name.endswith("_where") and value is not None
    ]
    not_null = re.compile(rf"\W*{re.escape(column)}\W+is\s+not\s+null\W*", re.IGNORECASE)
    return all(not_null.fullmatch(condition) for condition in conditions)


def _tells_capitals_apart(connection: sa.Connection, table: sa.Table, column: str) -> bool:
    collation = connection.scalar(
        sa.text(
            "SELECT collation_name FROM information_schema.columns "
            "WHERE table_schema = coalesce(:schema, database()) AND table_name = :table AND column_name = :column"
        ),
        {"schema": table.schema, "table": table.name, "column": column},
    )
    return collation is None or str(collation).endswith(("_bin", "_cs"))

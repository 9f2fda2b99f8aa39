"""Schema change as scripts, for applications that change their database by migrations only."""

from __future__ import annotations

import hashlib
from pathlib import Path

from passage_kit.files.file_set import FileSet
from passage_kit.writeback.statements import DIALECTS, ID_LENGTH, Statements, index_name
from passage_kit.writeback.users_table import TableFacts, UsersTable

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL and MariaDB"}
_ALONE = "-- CONCURRENTLY: not inside a transaction."

_REVISION = '''"""Add {column} to {name}.

Revision ID: {revision}
Revises: the one that you name below
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = {revision!r}
down_revision = None  # the revision that yours is at: alembic heads
branch_labels = None
depends_on = None

# MySQL and MariaDB compare texts without regard to capitals, unless they are told: Passage ids differ in them.
PASSAGE_ID = sa.String({length}).with_variant(
    mysql.VARCHAR({length}, charset="ascii", collation="ascii_bin"), "mysql", "mariadb"
)


def upgrade() -> None:
    op.add_column({name!r}, sa.Column({column!r}, PASSAGE_ID, nullable=True), schema={schema!r})
    with op.get_context().autocommit_block():
        op.create_index(
            {index!r}, {name!r}, [{column!r}], unique={unique}, schema={schema!r}, postgresql_concurrently=True
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index({index!r}, table_name={name!r}, schema={schema!r}, postgresql_concurrently=True)
    op.drop_column({name!r}, {column!r}, schema={schema!r})
'''


def write_migration(
    table: UsersTable | str, folder: str | Path, *, share: bool = False, schema: str | None = None
) -> list[Path]:
    """Write the schema change as migration scripts instead of touching a database.

    Apply one of the scripts. Then :func:`passage_kit.write_passage_ids` finds the column and only fills it.

    Parameters
    ----------
    table : UsersTable or str
        The users table. Dots belong to the name.
    folder : str or pathlib.Path
        Folder for ``sqlite.sql``, ``postgresql.sql``, ``mysql.sql`` and ``alembic_revision.py``.
    share : bool, default False
        Whether several rows may have the same id. The index is not unique then.
    schema : str, optional
        Schema of the table. Default: the scripts name no schema.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    OutputError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> paths = write_migration("users", tempfile.mkdtemp())
    >>> print(paths[1].read_text())
    -- Adds "passage_id" to "users", for PostgreSQL.
    BEGIN;
    SET LOCAL lock_timeout = '10s';
    ALTER TABLE "users" ADD COLUMN "passage_id" VARCHAR(24) NULL;
    COMMIT;
    -- CONCURRENTLY: not inside a transaction.
    CREATE UNIQUE INDEX CONCURRENTLY "users_passage_id_index" ON "users" ("passage_id");
    <BLANKLINE>
    -- To undo: ALTER TABLE "users" DROP COLUMN "passage_id";
    <BLANKLINE>
    """
    settings = table if isinstance(table, UsersTable) else UsersTable(table)
    facts = TableFacts(schema, settings.name, (), (), "text", settings.column, has_column=False)
    texts = {f"{name}.sql": _script(DIALECTS[name](facts), shown, share=share) for name, shown in _NAMES.items()}
    texts["alembic_revision.py"] = _REVISION.format(
        column=facts.column,
        name=facts.name,
        schema=schema,
        index=index_name(facts.name, facts.column),
        unique=not share,
        length=ID_LENGTH,
        revision=hashlib.sha256(f"{facts.shown} {facts.column} {share}".encode()).hexdigest()[:12],
    )
    paths = {Path(folder) / name: text for name, text in texts.items()}
    with FileSet() as files:
        for path, text in paths.items():
            files.new(path).write_text(text, encoding="utf-8", newline="\n")
    return list(paths)


def _script(statements: Statements, database: str, *, share: bool) -> str:
    lines = [f"-- Adds {statements.column} to {statements.table}, for {database}."]
    for statement in statements.schema_change(share=share):
        lines += [_ALONE] if "CONCURRENTLY" in statement else []
        lines.append(f"{statement};")
    undo = " ".join(f"{statement};" for statement in statements.drop_column())
    return "\n".join([*lines, "", f"-- To undo: {undo}", ""])

"""Undoing of a write-back: only the rows that the run set are set back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import TEXT, arrow, mask_of
from passage_kit.errors import DatabaseError
from passage_kit.progress import Stages
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.row_keys import identity_texts
from passage_kit.writeback.run_record import NAME, Run, RunRecord
from passage_kit.writeback.statements import Statements
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.users_database import Batch, UsersDatabase
from passage_kit.writeback.users_table import TableFacts, UsersTable

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class WriteBackUndone:
    """Result of undoing a write-back, or of a dry run of it.

    Parameters
    ----------
    table : str
        Name of the users table and address of its database, without a password.
    set_back : int
        Number of rows set back to their value before the run.
    changed_since : int
        Number of rows that somebody changed after the run. They are left alone.
    gone : int
        Number of rows that were deleted after the run.
    column_dropped : bool
        Whether the column was dropped. It is dropped if the run added it and nobody else filled it.
    sql : tuple of str
        SQL statements in order. The statements of a batch appear once.
    dry_run : bool
        Whether nothing was changed.

    See Also
    --------
    undo_write_back : Undo a run, and return this result.
    """

    table: str
    set_back: int
    changed_since: int
    gone: int
    column_dropped: bool
    sql: tuple[str, ...]
    dry_run: bool

    def summary(self) -> Mapping[str, Any]:
        """Return all fields as plain values, for JSON."""
        counts = {name: getattr(self, name) for name in ("set_back", "changed_since", "gone", "column_dropped")}
        return {"table": self.table, "dry_run": self.dry_run, **counts, "sql": list(self.sql)}

    def to_text(self) -> str:
        """Return the counts as text for a terminal."""
        will, goes = ("to be set back", "goes") if self.dry_run else ("set back", "went")
        column = f"The column {goes}." if self.column_dropped else "The column stays."
        return (
            f"{self.set_back:>9,}  rows of {self.table} {will}\n{self.changed_since:>9,}  changed since: left alone\n"
            f"{self.gone:>9,}  gone\n{column}"
        )


def undo_write_back(
    workspace: Workspace | str | Path, *, db: str | None = None, dry_run: bool = False
) -> WriteBackUndone:
    """Undo the last write-back of a workspace.

    A row gets its former value back only if nobody changed it after the run. The column is dropped only if the run
    added it and nobody else filled it. Indexes that the run built are dropped, and indexes that it dropped are built
    again. Call the function again to undo the write-back before.

    Parameters
    ----------
    workspace : Workspace, str or pathlib.Path
        Folder of the write-back. It holds the record ``write_back.sqlite``.
    db : str, optional
        URL of the database, as in :func:`write_passage_ids`, since the record holds no password. Default: the
        environment variable ``PASSAGE_DB_URL``.
    dry_run : bool, default False
        Whether to count only, and change nothing.

    Returns
    -------
    WriteBackUndone
        Counts of the rows, and the SQL; a dry run returns the same.

    Raises
    ------
    DatabaseError
        If there is nothing to undo, if the write-back was on another database, or if the database cannot be reached.
    WriteBackError
        If the database stopped the undoing. Call the function again to continue.

    See Also
    --------
    write_passage_ids : Write the ids.
    WriteBackUndone : Result of the undoing.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> from passage_kit.writeback.writeback import write_passage_ids
    >>> folder = Path(tempfile.mkdtemp())
    >>> with sqlite3.connect(folder / "app.db") as app:
    ...     _ = app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    ...     _ = app.execute("INSERT INTO users (email) VALUES ('ann@example.org')")
    >>> app.close()
    >>> ids, db = [{"id": "9DeEXvYBStnzwQcHFd6f558L", "email": "ann@example.org"}], f"sqlite:///{folder}/app.db"
    >>> _ = write_passage_ids(ids, table="users", workspace=folder, db=db)
    >>> undone = undo_write_back(folder, db=db)
    >>> undone.set_back, undone.column_dropped
    (1, True)
    """
    folder = workspace.folder if isinstance(workspace, Workspace) else Path(workspace)
    if not (folder / NAME).exists():
        raise DatabaseError(f"There is no write-back to undo in {folder}. Check the workspace.")
    with RunRecord(folder) as record, UsersDatabase(db) as database:
        run = record.last()
        if database.target != run.target:
            raise DatabaseError(
                f"The last write-back of {folder} was on another database than {database.shown}. "
                "Give the URL of the other one."
            )
        facts = find_table(database, UsersTable(run.table, key=run.identity, column=run.column))
        statements = database.statements(facts)
        back = _set_back(database, facts, statements, _recorded(record, run), dry_run=dry_run)
        dropped, sql = _schema_back(database, facts, statements, run, back, dry_run=dry_run)
        if not dry_run:
            record.undone(run)
    shown = (*(statements.batch() if back.set_back else ()), *sql)
    return WriteBackUndone(
        f"{facts.shown} in {database.shown}", back.set_back, back.changed, back.gone, dropped, shown, dry_run
    )


@dataclass(frozen=True, slots=True)
class _Back:
    set_back: int
    changed: int
    gone: int
    others: bool  # whether rows have an id afterwards


def _recorded(record: RunRecord, run: Run) -> pd.DataFrame:
    """Return the rows of a run, each with its last note."""
    rows = pd.DataFrame(record.rows(run), columns=["identity", "old", "new"], dtype=TEXT)
    return rows.drop_duplicates("identity", keep="last", ignore_index=True)


def _set_back(
    database: UsersDatabase, facts: TableFacts, statements: Statements, recorded: pd.DataFrame, *, dry_run: bool
) -> _Back:
    """Set back the rows that nobody changed after the run."""
    if not facts.has_column:
        return _Back(0, len(recorded), 0, others=False)
    columns = dict(zip(statements.read_columns, database.read(statements.select()), strict=True))
    identity = [columns[name] for name in facts.identity]
    current = pa.array(columns[facts.column], pa.string())
    at = pc.index_in(arrow(recorded["identity"]).combine_chunks(), value_set=identity_texts(identity))
    gone = mask_of(pc.is_null(at))
    as_left = mask_of(pc.equal(current.take(at), arrow(recorded["new"])))
    untouched = mask_of(pc.equal(current.take(at), arrow(recorded["old"]))) | (
        mask_of(pc.is_null(current.take(at))) & recorded["old"].isna().to_numpy(dtype=bool)
    )
    lines, places = np.flatnonzero(as_left), np.asarray(pc.fill_null(at, -1))
    left = 0
    if not dry_run:
        old, new = (
            recorded[name].astype(object).where(recorded[name].notna(), None).tolist() for name in ("old", "new")
        )
        with Stages({f"Ids {start:,} of {len(lines):,}": 1 for start in range(0, len(lines), _BATCH_ROWS)}) as stages:
            for start in range(0, len(lines), _BATCH_ROWS):
                stages.next()
                some = lines[start : start + _BATCH_ROWS]
                keys = [[column[places[line]] for line in some] for column in identity]
                batch = Batch(keys, [new[line] for line in some], [old[line] for line in some])
                left += len(database.write(batch, statements))
    held = len(current) - current.null_count
    cleared = int((as_left & recorded["old"].isna().to_numpy(dtype=bool)).sum())
    changed = int((~as_left & ~gone & ~untouched).sum()) + left
    return _Back(len(lines) - left, changed, int(gone.sum()), others=held - cleared + left > 0)


def _schema_back(
    database: UsersDatabase, facts: TableFacts, statements: Statements, run: Run, back: _Back, *, dry_run: bool
) -> tuple[bool, list[str]]:
    """Undo the run's changes of the schema, and return whether the column is dropped, and the statements."""
    if not facts.has_column:
        return False, []
    if run.column_added and not back.others:
        sql = [*statements.lock(), *statements.drop_column()]
        dropped = True if dry_run else database.together(lambda connection: _drop(connection, statements), "Undoing")
        return dropped, sql if dropped else []
    sql = []
    if not run.column_added:
        if run.index_added in (*facts.uniques, *facts.indexes):
            sql.append(statements.drop_index(str(run.index_added)))
        for name in run.uniques_dropped:
            sql += statements.create_index(name, unique=True)
    if not dry_run:
        database.change(sql, "Undoing")
    return False, sql


def _drop(connection: Connection, statements: Statements) -> bool:
    """Drop the column, unless somebody filled it after it was read."""
    for statement in statements.lock():
        connection.exec_driver_sql(statement)
    if connection.exec_driver_sql(statements.any_id()).first():
        return False
    for statement in statements.drop_column():
        connection.exec_driver_sql(statement)
    return True

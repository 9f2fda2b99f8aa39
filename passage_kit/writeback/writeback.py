"""Write-back of Passage ids into the application's own users table: planned, set in batches, recorded, checked."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.columns.spool import spooling
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import arrow
from passage_kit.errors import DatabaseError
from passage_kit.progress import Stages
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace
from passage_kit.writeback.final_check import Checked, check_write_back
from passage_kit.writeback.passage_ids import PASSAGE_ID, Ids, read_passage_ids
from passage_kit.writeback.planned_changes import Choices, Planned, plan_write_back
from passage_kit.writeback.recorded_values import BATCH_ROWS, portions, set_recorded
from passage_kit.writeback.run_record import Run, RunRecord
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.table_rows import CURRENT, load_preparation
from passage_kit.writeback.users_database import Batch, UsersDatabase
from passage_kit.writeback.users_table import UsersTable
from passage_kit.writeback.writeback_result import SET, WriteBack


def write_passage_ids(
    ids: Ids,
    *,
    table: UsersTable | str,
    workspace: Workspace | str | Path,
    db: str | None = None,
    overwrite: bool = False,
    share: bool = False,
    dry_run: bool = False,
) -> WriteBack:
    """Write Passage ids into the application's users table.

    The write-back adds the column and a unique index if they are missing. It sets the ids in batches of 50,000 rows,
    each in one transaction. It sets a row only if nobody changed the row since it was read, and leaves a row with
    another id alone. Repeat an interrupted run to continue it; repeating a complete run changes nothing. The
    workspace records each id that was set, so that :func:`undo_write_back` can undo the run.

    Parameters
    ----------
    ids : Workspace, str, pathlib.Path, pandas.DataFrame, mapping or sequence of mapping
        The ids, in any form that :func:`read_passage_ids` takes.
    table : UsersTable or str
        The users table. A plain name stands for its primary key and the column ``passage_id``.
    workspace : Workspace, str or pathlib.Path
        Folder of the migration. If users were prepared in it with a ``source_key``, the write-back also matches by the
        prepared emails and phones, and knows which rows were absorbed.
    db : str, optional
        URL of the database, as SQLAlchemy reads it: SQLite, PostgreSQL, MySQL or MariaDB. ``env:NAME`` reads the URL
        from the environment variable of that name. Default: the environment variable ``PASSAGE_DB_URL``.
    overwrite : bool, default False
        Whether to replace the id of a row that has another one.
    share : bool, default False
        Whether absorbed rows get the id of their survivor. The index is not unique then, and a unique one is dropped.
    dry_run : bool, default False
        Whether to plan the run only, and change nothing in the database.

    Returns
    -------
    WriteBack
        State of each row, ids without a row, and the SQL; a dry run returns the same. The files ``write_back.csv``,
        ``merge_these_accounts.csv`` and ``ids_without_row.csv`` are written to the folder ``out`` of the workspace.

    Raises
    ------
    PassageIdsError
        If the ids cannot be read, or their columns are ambiguous.
    DatabaseError
        If the database cannot be reached, or the table cannot hold the ids. Nothing was changed.
    WriteBackError
        If the database stopped the run, or rows do not have their id after the run.
    MissingExtraError
        If the database's driver is not installed.
    OutputError
        If the workspace cannot be written.
    BusyError
        If another command is writing the workspace.

    See Also
    --------
    read_passage_ids : Read Passage ids from a push, an import or the Console.
    undo_write_back : Set the ids back as they were before the run.
    UsersTable : Name the table, its key and the column for the ids.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with sqlite3.connect(folder / "app.db") as app:
    ...     _ = app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    ...     _ = app.executemany("INSERT INTO users (email) VALUES (?)", [("Ann@example.org",), ("bob@example.org",)])
    >>> app.close()
    >>> ids = pd.DataFrame({"id": ["9DeEXvYBStnzwQcHFd6f558L"], "email": ["ann@example.org"]})
    >>> done = write_passage_ids(ids, table="users", workspace=folder / "migration", db=f"sqlite:///{folder}/app.db")
    >>> done.rows[["id", "passage_id", "state", "matched_by", "reason"]]
      id                passage_id    state matched_by         reason
    0  1  9DeEXvYBStnzwQcHFd6f558L      set      email           <NA>
    1  2                      <NA>  without       <NA>  no_passage_id
    """
    settings = table if isinstance(table, UsersTable) else UsersTable(table)
    folder = as_workspace(workspace)
    choices = Choices(overwrite=overwrite, share=share)
    with ExitStack() as stack:
        stack.enter_context(locked(folder.folder, "write-back", make=True))
        stack.enter_context(spooling(folder.folder))  # of a long table; memory holds a range of it, and numbers
        with Stages({"Passage ids": 2, "Users table": 4}) as stages:
            stages.next()
            found, known = read_passage_ids(ids), load_preparation(folder)
            stages.next(rows=len(found))
            database = stack.enter_context(UsersDatabase(db))
            planned = plan_write_back(database, settings, found, known, choices)
        checked = Checked(planned.result, 0, 0)
        if not dry_run:
            folder.make()
            left = _execute(database, planned, folder)
            with Stages({"Check": 1}) as stages:
                stages.next(rows=len(planned.result.rows))
                again = found if isinstance(ids, pd.DataFrame) else read_passage_ids(ids)
                checked = check_write_back(database, planned, again, left)
        folder.make()
        paths = checked.result.write_files(folder.out)
    checked.raise_if_incomplete(paths[0])
    return checked.result


def _execute(database: UsersDatabase, planned: Planned, folder: Workspace) -> set[int]:
    """Change the schema, set the ids batch by batch, and return the rows that were left alone."""
    facts, statements, table, share = planned.facts, planned.statements, planned.table, planned.choices.share
    positions = np.flatnonzero((planned.result.rows["state"] == SET).to_numpy(dtype=bool))
    left: set[int] = set()
    with RunRecord(folder.folder) as record:
        dropped = facts.uniques if share else ()
        run = Run(database.target, table.name, table.column, facts.identity, uniques_dropped=dropped, mark=facts.mark)
        if not statements.schema_change(share=share) and not len(positions) and not record.interrupted(run):
            return left
        run = record.begin(run)
        try:
            _change_schema(database, planned, record, run)
        except DatabaseError:
            if not database.changed:
                record.forget(run)
            raise
        with Stages(portions(len(positions), BATCH_ROWS)) as stages:
            for start in range(0, len(positions), BATCH_ROWS):
                stages.next()
                left |= set_batch(database, planned, record, run, positions[start : start + BATCH_ROWS])
        record.end(run)
    return left


def _change_schema(database: UsersDatabase, planned: Planned, record: RunRecord, run: Run) -> None:
    """Add the column and the index, and note each once it is there."""
    statements, doing = planned.statements, f"Changing {planned.facts.shown}"
    if not planned.facts.has_column:
        database.change(statements.add_column(), doing)
        record.column_added(run, find_table(database, planned.table).mark)
    changes = statements.index_change(share=planned.choices.share)
    database.change(changes, doing)
    if changes and " INDEX " in changes[-1]:
        record.index_added(run, statements.index)


def set_batch(
    database: UsersDatabase, planned: Planned, record: RunRecord, run: Run, at: np.ndarray[Any, Any]
) -> set[int]:
    """Set the ids of one batch of planned rows, and return the rows that were left alone."""
    rows = planned.rows
    old, new = (
        take_rows(arrow(frame[name]), pa.array(at)).to_pylist()
        for frame, name in ((rows.frame, CURRENT), (planned.result.rows, PASSAGE_ID))
    )
    left = set_recorded(database, planned.statements, record, run, Batch(rows.identity.at(at), old, new))
    return {int(at[position]) for position in left}

"""Write-back of Passage ids into the application's own users table: planned, set in batches, recorded, checked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, arrow, mask_of
from passage_kit.errors import WriteBackError
from passage_kit.findings.ledger import KEPT
from passage_kit.progress import Stages
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.matching import KEY
from passage_kit.writeback.passage_ids import PASSAGE_ID, Ids, read_passage_ids
from passage_kit.writeback.planned_changes import Choices, Planned, plan_write_back
from passage_kit.writeback.row_keys import identity_texts
from passage_kit.writeback.run_record import Run, RunRecord
from passage_kit.writeback.table_rows import CURRENT, comparable_column, load_preparation
from passage_kit.writeback.users_database import Batch, UsersDatabase
from passage_kit.writeback.users_table import UsersTable
from passage_kit.writeback.writeback_result import DIFFERENT, RIGHT, SET, WITHOUT, WriteBack

BATCH_ROWS = 50_000


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
    folder = workspace if isinstance(workspace, Workspace) else Workspace(workspace)
    choices = Choices(overwrite=overwrite, share=share)
    with ExitStack() as stack:
        with Stages({"Passage ids": 2, "Users table": 4}) as stages:
            stages.next()
            found, known = read_passage_ids(ids), load_preparation(folder)
            stages.next(rows=len(found))
            database = stack.enter_context(UsersDatabase(db))
            planned = plan_write_back(database, settings, found, known, choices)
        result, lacking = planned.result, 0
        if not dry_run:
            folder.make()
            left = _execute(database, planned, folder)
            with Stages({"Check": 1}) as stages:
                stages.next(rows=len(result.rows))
                again = found if isinstance(ids, pd.DataFrame) else read_passage_ids(ids)
                result, lacking = _checked(database, planned, again, left)
    folder.make()
    paths = result.write_files(folder.out)
    if lacking:
        because = f"; triggers that fire: {', '.join(result.triggers)}" if result.triggers else ""
        raise WriteBackError(
            f"{lacking:,} rows of {result.table} do not have the id that was set, since something changed it{because}. "
            f"Look at changed_meanwhile in {paths[0]}, and run the write-back again or undo it."
        )
    return result


def _execute(database: UsersDatabase, planned: Planned, folder: Workspace) -> set[int]:
    """Change the schema, set the ids batch by batch, and return the rows that were left alone."""
    facts, statements, table, share = planned.facts, planned.statements, planned.table, planned.choices.share
    changes = statements.schema_change(share=share)
    index_added = statements.index if changes and " INDEX " in changes[-1] else None
    positions = np.flatnonzero((planned.result.rows["state"] == SET).to_numpy(dtype=bool))
    left: set[int] = set()
    with RunRecord(folder.folder) as record:
        dropped = facts.uniques if share else ()
        run = Run(database.target, table.name, table.column, facts.identity, not facts.has_column, index_added, dropped)
        if not changes and not len(positions) and not record.interrupted(run):
            return left
        run = record.begin(run)
        database.change(changes, f"Changing {facts.shown}")
        with Stages(_portions(len(positions))) as stages:
            for start in range(0, len(positions), BATCH_ROWS):
                stages.next()
                left |= set_batch(database, planned, record, run, positions[start : start + BATCH_ROWS])
        record.end(run)
    return left


def _portions(count: int) -> dict[str, int]:
    """Name the stages of the progress, one for each batch."""
    starts = range(0, count, BATCH_ROWS)
    return {f"Ids {start:,} of {count:,}": min(BATCH_ROWS, count - start) for start in starts}


def set_batch(
    database: UsersDatabase, planned: Planned, record: RunRecord, run: Run, at: np.ndarray[Any, Any]
) -> set[int]:
    """Set one batch; what was left alone is taken out of the record again."""
    rows = planned.rows
    identity = [[column[position] for position in at] for column in rows.identity]
    old = rows.frame[CURRENT].iloc[at].astype(object).where(lambda values: values.notna(), None).tolist()
    new = planned.result.rows[PASSAGE_ID].iloc[at].tolist()
    texts = identity_texts(identity).to_pylist()
    record.add(run, zip(texts, old, new, strict=True))
    left = database.write(Batch(identity, old, new), planned.statements)
    if left:
        record.remove(run, [texts[position] for position in left])
    return {int(at[position]) for position in left}


def _checked(database: UsersDatabase, planned: Planned, ids: pd.DataFrame, left: set[int]) -> tuple[WriteBack, int]:
    """Read the table again, count every user, and count the rows of the run that lack their id."""
    choices = Choices(overwrite=False, share=planned.choices.share)
    now = plan_write_back(database, planned.table, ids, planned.known, choices)
    rows = planned.result.rows
    before, after = (identity_texts(plan.rows.identity) for plan in (planned, now))
    at = pc.index_in(before, value_set=after)
    state = arrow(now.result.rows["state"]).take(at)
    was_left = np.zeros(len(rows), dtype=bool)
    was_left[list(left)] = True
    wrong = (rows["state"] == SET).to_numpy(dtype=bool) & ~mask_of(pc.equal(state, RIGHT))
    lacking = wrong & ~was_left & mask_of(pc.is_valid(at))
    rows = rows.assign(
        state=rows["state"].mask(wrong | was_left, DIFFERENT),
        reason=rows["reason"].mask(wrong | was_left, "changed_meanwhile"),
    )
    check = _count_users(now, ids)
    return replace(planned.result, rows=rows, dry_run=False, check=check), int(lacking.sum())


def _count_users(now: Planned, ids: pd.DataFrame) -> dict[str, int]:
    """Count the kept users by the state of their rows; without a preparation, count the ids."""
    users, ledger = now.known.users, now.known.ledger
    known = users is not None and ledger is not None
    states = _states_of_kept(now, users, ledger) if known else _states_of_ids(now, ids)
    counted = {name: int(mask_of(pc.equal(states, name)).sum()) for name in (RIGHT, DIFFERENT, WITHOUT, SET)}
    return {
        "users": len(states),
        "right": counted[RIGHT],
        "different": counted[DIFFERENT],
        "without_id": counted[WITHOUT] + counted[SET],
        "without_row": states.null_count,
    }


def _states_of_kept(now: Planned, users: pd.DataFrame, ledger: pd.DataFrame) -> Any:
    """Find the state of each kept user's row by key, else by email or phone; null if there is no row."""
    rows = now.rows.frame
    kept = ledger[(ledger["disposition"] == KEPT).to_numpy(dtype=bool)]
    users = users.reindex(kept.index).assign(key=comparable_column(kept[SOURCE_KEY], now.facts.key_kind))
    states: Any = pa.nulls(len(users), pa.string())
    for column in (KEY, EMAIL, PHONE):
        at = pc.index_in(arrow(users[column]), value_set=arrow(rows[column]).combine_chunks(), skip_nulls=True)
        states = pc.coalesce(states, arrow(now.result.rows["state"]).combine_chunks().take(at))
    return states


def _states_of_ids(now: Planned, ids: pd.DataFrame) -> Any:
    """Find the state of the row of each id; null if the id has no row."""
    rows = now.result.rows
    found = pc.unique(pc.drop_null(arrow(ids[PASSAGE_ID])))
    states = arrow(rows["state"]).take(pc.index_in(found, value_set=arrow(rows[PASSAGE_ID]).combine_chunks()))
    lost = pc.is_in(found, value_set=arrow(now.result.ids_without_row[PASSAGE_ID]).combine_chunks())
    return pc.if_else(pc.and_(pc.is_null(states), pc.invert(lost)), WITHOUT, states)

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

from passage_kit.columns.arrays import Positions
from passage_kit.columns.users_frame import TEXT, arrow, mask_of
from passage_kit.errors import WriteBackError
from passage_kit.progress import Stages
from passage_kit.translations import gettext, in_panel, number, worded
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace
from passage_kit.writeback.row_keys import former_identity_texts, identity_texts
from passage_kit.writeback.run_record import NAME, NothingWrittenError, Run, RunRecord
from passage_kit.writeback.statements import Statements
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.table_rows import current_ids
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
        table = {"table": self.table}
        if self.dry_run:
            rows, goes = gettext("rows of {table} to be set back", **table), gettext("The column goes.")
        else:
            rows, goes = gettext("rows of {table} set back", **table), gettext("The column went.")
        since = gettext("changed since: left alone")
        told = {rows: self.set_back, since: self.changed_since, gettext("gone"): self.gone}
        lines = [f"{number(count):>9}  {what}" for what, count in told.items()]
        return "\n".join([*lines, goes if self.column_dropped else gettext("The column stays.")])


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
        If the database stopped the undoing, or left rows as they were. Call the function again to continue.

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
    folder = as_workspace(workspace).folder
    if not (folder / NAME).exists():
        raise NothingWrittenError(
            worded("There is no write-back to undo in {folder}. Check the workspace.", folder=folder)
        )
    lock = locked(folder, "the undoing of a write-back", trace=not dry_run)
    with lock, RunRecord(folder) as record, UsersDatabase(db) as database:
        run = record.last()
        if not database.is_target(run.target):
            raise NothingWrittenError(
                in_panel(
                    f"The last write-back of {folder} was on another database than {database.shown}. "
                    "Give the URL of the other one.",
                    "The last write-back of {folder} was on another database than {shown}. Choose that one.",
                    folder=folder,
                    shown=database.shown,
                )
            )
        facts = find_table(database, UsersTable(run.table, key=run.identity, column=run.column), for_ids=False)
        statements = database.statements(facts)
        back = _set_back(database, facts, statements, (record, run), dry_run=dry_run)
        dropped, sql = _schema_back(database, facts, statements, run, back, dry_run=dry_run)
        if not dry_run:
            record.undone(run)
    shown = (*(statements.batch() if back.set_back else ()), *sql)
    return WriteBackUndone(
        f"{facts.shown} ({database.shown})", back.set_back, back.changed, back.gone, dropped, shown, dry_run
    )


@dataclass(frozen=True, slots=True)
class _Back:
    set_back: int
    changed: int
    gone: int
    others: bool  # whether rows have an id afterwards


def _recorded(record: RunRecord, run: Run, identity: list[list[Any]], current: pa.Array) -> pd.DataFrame:
    """Return the rows of a run, each with its last note."""
    columns = ["identity", "old", "new"]
    former = pd.DataFrame(record.former_rows(run), columns=columns, dtype=TEXT)
    rows = pd.DataFrame(record.rows(run), columns=columns, dtype=TEXT)
    if len(former):
        rows = pd.concat([_in_todays_form(former, identity, current), rows], ignore_index=True)
    return rows.drop_duplicates("identity", keep="last", ignore_index=True)


def _in_todays_form(former: pd.DataFrame, identity: list[list[Any]], current: pa.Array) -> pd.DataFrame:
    """Write the identities of the release before in today's form.

    Several rows may have the identity of a note. The note is about the one that has its id, or else about one that no
    other note is about.
    """
    texts, now = former_identity_texts(identity), identity_texts(identity)
    with_id = pc.binary_join_element_wise(texts, pc.fill_null(current, ""), "\x00")
    wanted = arrow(former["identity"]).combine_chunks()
    noted = pc.binary_join_element_wise(wanted, pc.fill_null(arrow(former["new"]).combine_chunks(), ""), "\x00")
    sure = pc.index_in(noted, value_set=with_id)
    taken = pc.is_in(pa.array(range(len(texts)), pa.int32()), value_set=sure, skip_nulls=True)
    others = pc.if_else(taken, pa.scalar(None, pa.string()), texts)
    at = pc.coalesce(sure, pc.index_in(wanted, value_set=others, skip_nulls=True))
    earlier = mask_of(pc.and_(pc.is_null(at), pc.is_in(wanted, value_set=texts)))  # notes on rows that have a later one
    return former.assign(identity=pd.array(pc.coalesce(now.take(at), wanted), dtype=TEXT))[~earlier]


def _set_back(
    database: UsersDatabase, facts: TableFacts, statements: Statements, noted: tuple[RunRecord, Run], *, dry_run: bool
) -> _Back:
    """Set back the rows that nobody changed after the run."""
    if not facts.has_column:
        record, run = noted
        return _Back(0, sum(1 for _ in (*record.rows(run), *record.former_rows(run))), 0, others=False)
    identity, current = _read(database, facts, statements)
    recorded = _recorded(*noted, identity, current)
    old, new = (arrow(recorded[name]).combine_chunks() for name in ("old", "new"))
    at = pc.index_in(arrow(recorded["identity"]).combine_chunks(), value_set=identity_texts(identity))
    gone, as_left = mask_of(pc.is_null(at)), mask_of(pc.equal(current.take(at), new))
    untouched = mask_of(pc.equal(pc.fill_null(current.take(at), ""), pc.fill_null(old, ""))) & ~gone
    lines = np.flatnonzero(as_left)
    left = 0
    if len(lines) and not dry_run:
        places = np.asarray(pc.fill_null(at, -1))[lines]
        batch = Batch([[column[place] for place in places] for column in identity], *_pair(new, old, lines))
        left = _write(database, statements, batch)
        _check_set_back(database, facts, statements, batch)
    held = len(current) - current.null_count
    cleared = int((as_left & mask_of(pc.is_null(old))).sum())
    changed = int((~as_left & ~gone & ~untouched).sum()) + left
    return _Back(len(lines) - left, changed, int(gone.sum()), others=held - cleared + left > 0)


def _read(database: UsersDatabase, facts: TableFacts, statements: Statements) -> tuple[list[list[Any]], pa.Array]:
    """Read the identity and the id of each row."""
    columns = dict(zip(statements.read_columns, database.read(statements.select()), strict=True))
    identity = [columns[name] for name in facts.identity]
    return identity, current_ids(columns, facts, len(identity[0]))


def _pair(new: pa.Array, old: pa.Array, lines: Positions) -> tuple[list[str | None], list[str | None]]:
    """Return the ids to expect and the ids to set."""
    some = pa.array(lines)
    return new.take(some).to_pylist(), old.take(some).to_pylist()


def _write(database: UsersDatabase, statements: Statements, rows: Batch) -> int:
    """Set ids batch by batch, and count the rows that were left alone."""
    count, left = len(rows.new), 0
    with Stages({f"Ids {start:,} of {count:,}": 1 for start in range(0, count, _BATCH_ROWS)}) as stages:
        for start in range(0, count, _BATCH_ROWS):
            stages.next()
            some = slice(start, start + _BATCH_ROWS)
            batch = Batch([column[some] for column in rows.identity], rows.old[some], rows.new[some])
            left += len(database.write(batch, statements))
    return left


def _check_set_back(database: UsersDatabase, facts: TableFacts, statements: Statements, rows: Batch) -> None:
    """Read the table again, and refuse to call the run undone if the database left rows as they were."""
    identity, current = _read(database, facts, statements)
    at = pc.index_in(identity_texts(rows.identity), value_set=identity_texts(identity))
    elsewhere = pc.is_in(pa.array(rows.new, pa.string()), value_set=current, skip_nulls=True)  # another row's by now
    as_before = pc.equal(current.take(at), pa.array(rows.old, pa.string()))
    kept = int((mask_of(as_before) & ~mask_of(elsewhere)).sum())
    if kept:
        cause = f"the trigger {', '.join(facts.triggers)}" if facts.triggers else "something in the database"
        raise WriteBackError(
            in_panel(
                f"{kept:,} rows of {facts.shown} in {database.shown} kept their id, since {cause} keeps them from "
                "changing. Switch it off, and undo the write-back again.",
                "{count} rows of {table} in {database} kept their id, since something in the database "
                "keeps them from changing. Switch it off, and set the ids back again.",
                count=f"{kept:,}",
                table=facts.shown,
                database=database.shown,
            )
        )


def _schema_back(
    database: UsersDatabase, facts: TableFacts, statements: Statements, run: Run, back: _Back, *, dry_run: bool
) -> tuple[bool, list[str]]:
    """Undo the run's changes of the schema, and return whether the column is dropped, and the statements."""
    if not facts.has_column:
        return False, []
    is_its_own = run.column_added and run.mark in (None, facts.mark)
    if is_its_own and not back.others and not facts.heirs:
        sql = [*statements.lock(), *statements.drop_column()]
        dropped = True if dry_run else database.drop(lambda connection: _drop(connection, statements))
        return dropped, sql if dropped else []
    sql = []
    if not is_its_own:
        if run.index_added in (*facts.uniques, *facts.indexes):
            sql.append(statements.drop_index(str(run.index_added)))
        for name in run.uniques_dropped:
            sql += [] if name in facts.uniques else statements.create_index(name, unique=True)
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

"""Record of the ids that write-backs have set, so that each run can be undone: ``write_back.sqlite`` in the workspace.

The record notes the rows of a batch and their previous values before the batch is committed. It notes a change of the
schema once the change succeeded. Only the owner can read the file. It holds keys of rows and Passage ids, and no
password.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from passage_kit.errors import DatabaseError, OutputError
from passage_kit.files.file_set import FILE_MODE
from passage_kit.translations import worded

NAME = "write_back.sqlite"

_RUNS = """
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, target TEXT NOT NULL, users_table TEXT NOT NULL, id_column TEXT NOT NULL,
    identity TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT, undone TEXT,
    column_added INTEGER NOT NULL, index_added TEXT, uniques_dropped TEXT NOT NULL, column_mark TEXT
);
CREATE TABLE IF NOT EXISTS notes (
    note INTEGER PRIMARY KEY, run INTEGER NOT NULL, identity TEXT NOT NULL, old_id TEXT, new_id TEXT
);
CREATE TABLE IF NOT EXISTS rows (run INTEGER NOT NULL, identity TEXT NOT NULL, old_id TEXT, new_id TEXT);
"""  # ``rows`` has the notes of the release before, whose identities may be ambiguous.
_FORMER_RUNS = "ALTER TABLE runs ADD COLUMN column_mark TEXT"
_PATIENCE = 30  # seconds to wait for another run that notes its rows

Note = tuple[str, str | None, str | None]


class NothingWrittenError(DatabaseError):
    """Error for an undoing where nothing was written, or into another database."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the write-back.

    Parameters
    ----------
    target : str
        The database, without user and password.
    table, column : str
        Names as in the settings.
    identity : tuple of str
        Columns that identify a row.
    column_added : bool, default False
        Whether this run added the column.
    index_added : str, optional
        The index that this run built.
    uniques_dropped : tuple of str, default ()
        Unique indexes that this run drops.
    mark : str, optional
        What tells the column from another one of the same name; None if there is no column.
    run : int, default 0
        Number of the run.
    """

    target: str
    table: str
    column: str
    identity: tuple[str, ...]
    column_added: bool = False
    index_added: str | None = None
    uniques_dropped: tuple[str, ...] = ()
    mark: str | None = None
    run: int = 0


class RunRecord:
    """The record of the write-backs of a workspace.

    Parameters
    ----------
    folder : pathlib.Path
        The workspace's folder, which must exist.

    Raises
    ------
    OutputError
        If the record cannot be written. Then nothing is sent to the application's database.

    Examples
    --------
    >>> import tempfile
    >>> with RunRecord(Path(tempfile.mkdtemp())) as record:
    ...     run = record.begin(Run("sqlite app.db", "users", "passage_id", ("id",)))
    ...     notes = record.add(run, [("[1]", None, "9DeEXvYBStnzwQcHFd6f558L"), ("[2]", None, "not set")])
    ...     record.remove([notes[1]])
    ...     list(record.rows(run))
    [('[1]', None, '9DeEXvYBStnzwQcHFd6f558L')]
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        with self._explained():
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
            self._connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            try:
                self._connection.executescript(_RUNS)
                if "column_mark" not in [name for _, name, *_ in self._connection.execute("PRAGMA table_info(runs)")]:
                    self._connection.execute(_FORMER_RUNS)
            except sqlite3.Error:
                self._connection.close()
                raise

    def __enter__(self) -> RunRecord:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def interrupted(self, run: Run) -> bool:
        """Tell whether a run on the same column was begun, but neither ended nor undone."""
        return self._interrupted(run) is not None

    def _interrupted(self, run: Run) -> Run | None:
        found = self._connection.execute(
            "SELECT run FROM runs WHERE ended IS NULL AND undone IS NULL "
            "AND target = ? AND users_table = ? AND id_column = ? AND identity = ? ORDER BY run DESC LIMIT 1",
            (run.target, run.table, run.column, json.dumps(run.identity)),
        ).fetchone()
        return self._run(found[0]) if found else None

    def begin(self, run: Run) -> Run:
        """Begin a run before the first change, or continue an interrupted run on the same column.

        A continued run has added the column only if the column is still the one that it added.
        """
        with self._changing():
            former = self._interrupted(run)
            if former is None:
                cursor = self._connection.execute(
                    "INSERT INTO runs (target, users_table, id_column, identity, begun, column_added, uniques_dropped) "
                    "VALUES (?, ?, ?, ?, ?, 0, '[]')",
                    (run.target, run.table, run.column, json.dumps(run.identity), _now()),
                )
                number = int(cursor.lastrowid or 0)
            else:
                number = former.run
            added = former is not None and self._is_its_own(former, run.mark)
            uniques = dict.fromkeys([*(former.uniques_dropped if former else ()), *run.uniques_dropped])
            self._connection.execute(
                "UPDATE runs SET column_added = ?, uniques_dropped = ? WHERE run = ?",
                (added, json.dumps(list(uniques)), number),
            )
        return self._run(number)

    def _is_its_own(self, former: Run, mark: str | None) -> bool:
        """Tell whether the column, if there is one, can be the one that an interrupted run added."""
        if former.mark is None:  # of the release before, which noted the change before it was tried
            return former.column_added and mark is not None and self._has_rows(former)
        return former.column_added and mark in (None, former.mark)

    def _has_rows(self, run: Run) -> bool:
        found = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM notes WHERE run = :run) OR EXISTS (SELECT 1 FROM rows WHERE run = :run)",
            {"run": run.run},
        ).fetchone()
        return bool(found[0])

    def column_added(self, run: Run, mark: str | None) -> None:
        """Note that a run has added the column, and what tells it from another one."""
        with self._changing():
            self._connection.execute("UPDATE runs SET column_added = 1, column_mark = ? WHERE run = ?", (mark, run.run))

    def index_added(self, run: Run, name: str) -> None:
        """Note that a run has built the index."""
        with self._changing():
            self._connection.execute("UPDATE runs SET index_added = ? WHERE run = ?", (name, run.run))

    def forget(self, run: Run) -> None:
        """Remove a run that changed nothing."""
        if not self._has_rows(run):
            with self._changing():
                self._connection.execute(
                    "DELETE FROM runs WHERE run = ? AND NOT column_added AND index_added IS NULL", (run.run,)
                )

    def add(self, run: Run, rows: Iterable[Note]) -> range:
        """Note rows that are about to be set: identity, previous id and new id. Return the numbers of the notes."""
        with self._changing():
            [first] = self._connection.execute("SELECT coalesce(max(note), 0) + 1 FROM notes").fetchone()
            cursor = self._connection.executemany(
                "INSERT INTO notes (run, identity, old_id, new_id) VALUES (?, ?, ?, ?)",
                ((run.run, *row) for row in rows),
            )
        return range(first, first + max(cursor.rowcount, 0))

    def remove(self, notes: Iterable[int]) -> None:
        """Note that rows were not set after all. Notes of other runs about the same rows stay."""
        with self._changing():
            self._connection.executemany("DELETE FROM notes WHERE note = ?", ((note,) for note in notes))

    def end(self, run: Run) -> None:
        """Note that a run is complete."""
        with self._changing():
            self._connection.execute("UPDATE runs SET ended = ? WHERE run = ?", (_now(), run.run))

    def undone(self, run: Run) -> None:
        """Note that a run was undone."""
        with self._changing():
            self._connection.execute("UPDATE runs SET undone = ? WHERE run = ?", (_now(), run.run))

    def last(self) -> Run:
        """Return the last run that was not undone.

        Raises
        ------
        DatabaseError
            If there is none.
        """
        found = self._connection.execute("SELECT max(run) FROM runs WHERE undone IS NULL").fetchone()
        if found[0] is None:
            raise NothingWrittenError(
                worded("There is no write-back to undo in {folder}. Check the workspace.", folder=self.path.parent)
            )
        return self._run(found[0])

    def written(self, column: str | None = None) -> tuple[int, str | None] | None:
        """Count the rows of the last run that was not undone, and tell when it ended; None without one.

        A column leaves out the runs on others.
        """
        found = self._connection.execute(
            "SELECT run, ended FROM runs WHERE undone IS NULL AND coalesce(?, id_column) = id_column "
            "ORDER BY run DESC LIMIT 1",
            (column,),
        ).fetchone()
        if found is None:
            return None
        [rows] = self._connection.execute("SELECT count(*) FROM notes WHERE run = ?", (found[0],)).fetchone()
        return int(rows), found[1]

    def rows(self, run: Run) -> Iterator[Note]:
        """Return the rows of a run: identity, previous id and new id. The last note about a row counts."""
        yield from self._connection.execute(
            "SELECT identity, old_id, new_id FROM notes WHERE run = ? ORDER BY note", (run.run,)
        )

    def former_rows(self, run: Run) -> Iterator[Note]:
        """Return the rows of a run that the release before noted, with identities in its form."""
        yield from self._connection.execute(
            "SELECT identity, old_id, new_id FROM rows WHERE run = ? ORDER BY rowid", (run.run,)
        )

    def _run(self, number: int) -> Run:
        target, table, column, identity, added, index, dropped, mark = self._connection.execute(
            "SELECT target, users_table, id_column, identity, column_added, index_added, uniques_dropped, column_mark "
            "FROM runs WHERE run = ?",
            (number,),
        ).fetchone()
        names, uniques = tuple(json.loads(identity)), tuple(json.loads(dropped))
        return Run(target, table, column, names, bool(added), index, uniques, mark, number)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Do several changes in one transaction."""
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            with self._connection:
                yield

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise OutputError(
                worded(
                    "The record {path} cannot be written: {why}. The kit sets no id without it. Free some "
                    "space or choose another workspace.",
                    path=self.path,
                    why=error,
                )
            ) from error


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")

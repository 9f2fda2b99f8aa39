"""Record of the ids that write-backs have set, so that each run can be undone: ``write_back.sqlite`` in the workspace.

The record notes the rows of a batch and their previous values before the batch is committed. Only the owner can read
the file. It holds keys of rows and Passage ids, and no password.
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
from typing import Any

from passage_kit.errors import DatabaseError, OutputError
from passage_kit.files.file_set import FILE_MODE

NAME = "write_back.sqlite"

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, target TEXT NOT NULL, users_table TEXT NOT NULL, id_column TEXT NOT NULL,
    identity TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT, undone TEXT,
    column_added INTEGER NOT NULL, index_added TEXT, uniques_dropped TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rows (run INTEGER NOT NULL, identity TEXT NOT NULL, old_id TEXT, new_id TEXT);
"""


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
    column_added : bool
        Whether this run added the column.
    index_added : str, optional
        The index that this run built.
    uniques_dropped : tuple of str
        Unique indexes that this run dropped.
    run : int, default 0
        Number of the run.
    """

    target: str
    table: str
    column: str
    identity: tuple[str, ...]
    column_added: bool
    index_added: str | None
    uniques_dropped: tuple[str, ...]
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
    ...     run = record.begin(Run("sqlite app.db", "users", "passage_id", ("id",), True, None, ()))
    ...     record.add(run, [("1", None, "9DeEXvYBStnzwQcHFd6f558L")])
    ...     list(record.rows(run))
    [('1', None, '9DeEXvYBStnzwQcHFd6f558L')]
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        with self._explained():
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
            self._connection = sqlite3.connect(self.path)
            try:
                self._connection.executescript(_TABLES)
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

    def _interrupted(self, run: Run) -> Any:
        return self._connection.execute(
            "SELECT run, column_added, index_added, uniques_dropped FROM runs WHERE ended IS NULL AND undone IS NULL "
            "AND target = ? AND users_table = ? AND id_column = ? ORDER BY run DESC LIMIT 1",
            (run.target, run.table, run.column),
        ).fetchone()

    def begin(self, run: Run) -> Run:
        """Begin a run before the first change, or continue an interrupted run on the same column."""
        number, added, index, dropped = self._interrupted(run) or (None, 0, None, "[]")
        uniques = dict.fromkeys([*json.loads(dropped), *run.uniques_dropped])
        values = (
            *(number, run.target, run.table, run.column, json.dumps(run.identity), _now()),
            *(run.column_added or bool(added), run.index_added or index, json.dumps(list(uniques))),
        )
        with self._explained(), self._connection:
            cursor = self._connection.execute(
                "INSERT OR REPLACE INTO runs (run, target, users_table, id_column, identity, begun, column_added, "
                "index_added, uniques_dropped) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        return self._run(int(cursor.lastrowid or 0))

    def add(self, run: Run, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Note rows that are about to be set: identity, previous id and new id."""
        with self._explained(), self._connection:
            self._connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", ((run.run, *row) for row in rows))

    def remove(self, run: Run, identities: Iterable[str]) -> None:
        """Note that rows were not set after all."""
        with self._explained(), self._connection:
            self._connection.executemany(
                "DELETE FROM rows WHERE run = ? AND identity = ?", ((run.run, identity) for identity in identities)
            )

    def end(self, run: Run) -> None:
        """Note that a run is complete."""
        with self._explained(), self._connection:
            self._connection.execute("UPDATE runs SET ended = ? WHERE run = ?", (_now(), run.run))

    def undone(self, run: Run) -> None:
        """Note that a run was undone."""
        with self._explained(), self._connection:
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
            raise DatabaseError(f"There is no write-back to undo in {self.path.parent}. Check the workspace.")
        return self._run(found[0])

    def rows(self, run: Run) -> Iterator[tuple[str, str | None, str | None]]:
        """Return the rows of a run: identity, previous id and new id. The last note about a row counts."""
        yield from self._connection.execute(
            "SELECT identity, old_id, new_id FROM rows WHERE run = ? ORDER BY rowid", (run.run,)
        )

    def _run(self, number: int) -> Run:
        target, table, column, identity, added, index, dropped = self._connection.execute(
            "SELECT target, users_table, id_column, identity, column_added, index_added, uniques_dropped "
            "FROM runs WHERE run = ?",
            (number,),
        ).fetchone()
        return Run(
            target, table, column, tuple(json.loads(identity)), bool(added), index, tuple(json.loads(dropped)), number
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise OutputError(
                f"The record {self.path} cannot be written: {error}. The kit sets no id without it. Free some space or "
                "choose another workspace."
            ) from error


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")

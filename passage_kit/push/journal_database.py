"""The SQLite file of a push's journal: its connection, its transactions and its facts."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from passage_kit.errors import JournalError
from passage_kit.files.file_set import FILE_MODE
from passage_kit.push.journal_tables import make_tables
from passage_kit.translations import in_panel


class JournalDatabase:
    """A file that only its owner can read, and whose transactions are on the disk when they end.

    Parameters
    ----------
    path : pathlib.Path
        The file; made if missing.
    secret : bytes
        Key of the digests.

    Raises
    ------
    JournalError
        If the file cannot be read or written, here and in every method.
    """

    def __init__(self, path: Path, secret: bytes) -> None:
        self.path = path
        self._secret = secret
        self._connect()

    def close(self) -> None:
        """Close the file."""
        with self._explained():
            self._database.close()

    def start_anew(self, kept: Path) -> None:
        """Start an empty journal, and keep this one under another name."""
        self.close()
        with self._explained():
            self.path.replace(kept)
        self._connect()

    def digest(self, identifier: str | None) -> bytes | None:
        """Compute the keyed digest of an identifier; None for a blank."""
        if not identifier:
            return None
        return hashlib.blake2b(
            identifier.lower().encode("utf-8", "surrogatepass"), key=self._secret, digest_size=16
        ).digest()

    @property
    def facts(self) -> dict[str, str]:
        """Read the facts about the whole push."""
        return dict(self._rows("SELECT name, value FROM facts"))

    @property
    def knows_secret(self) -> bool:
        """True if the digests were made with this secret."""
        return self.facts.get("digest_check") == self._check

    @property
    def _check(self) -> str:
        return (self.digest("passage_kit") or b"").hex()

    def note(self, **facts: str) -> None:
        """Write facts about the whole push."""
        with self._transaction() as database:
            database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def forget(self, fact: str) -> None:
        """Delete a fact."""
        with self._transaction() as database:
            database.execute("DELETE FROM facts WHERE name = ?", (fact,))

    def _connect(self) -> None:
        with self._explained():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, FILE_MODE))
            self._database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns
            with self._transaction() as database:
                make_tables(database, self.path)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._explained():
            return self._database.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._explained(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            yield self._database

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise JournalError(
                in_panel(
                    f"The journal {self.path} cannot be used: {reason}. Nothing is sent without a "
                    "record; make the file "
                    "writable or free some space, and run the same command again.",
                    "The journal {path} cannot be used: {reason}. Nothing is sent without a record; make "
                    "the file writable or free some space, and try again.",
                    path=self.path,
                    reason=reason,
                )
            ) from error

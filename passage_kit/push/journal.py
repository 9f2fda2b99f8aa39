"""The journal of a push: records each user before the request leaves, and the outcome after the answer.

An SQLite file in the workspace, readable by its owner only. A user is a source row and digests of the identifiers,
keyed with a secret in a file of its own: the journal holds no email, no phone and no key.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from passage_kit.errors import JournalError
from passage_kit.files.file_set import FILE_MODE

Outcome = Literal["created", "existing", "updated", "failed", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
UNCHANGED = "unchanged"  # code of an existing user whose metadata was compared and found right
CONFLICT = "identifier_conflict"

_TABLES = (
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE IF NOT EXISTS users (
        source_row INTEGER PRIMARY KEY,
        email BLOB, phone BLOB,              -- keyed digests
        creating_at TEXT,                    -- about to be sent: durable before the request leaves
        outcome TEXT, passage_id TEXT, code TEXT, done_at TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        found_by_email TEXT, found_by_phone TEXT, -- ids of users who are in Passage already
        phone_taken INTEGER NOT NULL DEFAULT 0    -- the one found by phone has another email
    )""",
    "CREATE INDEX IF NOT EXISTS users_email ON users (email) WHERE email IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS users_phone ON users (phone) WHERE phone IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS undone (source_row INTEGER, passage_id TEXT, undone_at TEXT NOT NULL)",
)
# An email of one Passage user and the phone of another, or an identifier that an earlier row has.
_TAKEN = "(phone_taken OR (found_by_email IS NOT NULL AND found_by_phone <> found_by_email))"
# Of a user without outcome, an id is that of somebody who existed before and was about to be updated.
_UNSETTLED = "(creating_at IS NOT NULL AND passage_id IS NULL)"


class Done(NamedTuple):
    """The outcome of one user."""

    source_row: int
    outcome: Outcome
    passage_id: str | None = None
    code: str | None = None
    attempts: int = 0


class ToDo(NamedTuple):
    """The work that is left for one user."""

    unsettled: bool  # perhaps sent already
    found: str | None  # Passage id of the user who exists already
    taken: bool


class Seen(NamedTuple):
    """A user who is in Passage: id, and digests of the identifiers."""

    passage_id: str
    email: bytes | None
    phone: bytes | None


class Journal:
    """A record of the requests and their outcomes.

    Parameters
    ----------
    path : pathlib.Path
        The file; made, for its owner only, if missing.
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
        return hashlib.blake2b(identifier.lower().encode(), key=self._secret, digest_size=16).digest()

    @property
    def facts(self) -> dict[str, str]:
        """Read the facts about the whole push."""
        return dict(self._rows("SELECT name, value FROM facts"))

    def note(self, **facts: str) -> None:
        """Write facts about the whole push."""
        with self._transaction() as database:
            database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def forget(self, fact: str) -> None:
        """Delete a fact."""
        with self._transaction() as database:
            database.execute("DELETE FROM facts WHERE name = ?", (fact,))

    def load(self, users: Iterable[Sequence[tuple[int, str | None, str | None]]]) -> None:
        """Enter all users, in one transaction, if they are not there yet; digests are made anew after a new secret.

        Parameters
        ----------
        users : iterable of sequences of (int, str or None, str or None)
            Source row, email and phone, in batches.
        """
        check = (self.digest("passage_kit") or b"").hex()
        if self.facts.get("digest_check") == check:
            return
        with self._transaction() as database:
            for batch in users:
                database.executemany(
                    "INSERT INTO users (source_row, email, phone) VALUES (?1, ?2, ?3) "
                    "ON CONFLICT DO UPDATE SET email = ?2, phone = ?3",
                    ((row, self.digest(email), self.digest(phone)) for row, email, phone in batch),
                )
            for name in ("email", "phone"):  # of two rows with one identifier, the second is not sent
                database.execute(
                    f"UPDATE users SET outcome = 'failed', code = ? WHERE outcome IS NULL AND {name} IN (SELECT {name} "
                    f"FROM users WHERE {name} IS NOT NULL GROUP BY {name} HAVING count(*) > 1) AND EXISTS (SELECT 1 "
                    f"FROM users other WHERE other.{name} = users.{name} AND other.source_row < users.source_row)",
                    (CONFLICT,),
                )
            database.execute("INSERT OR REPLACE INTO facts VALUES ('digest_check', ?)", (check,))

    def commit(
        self, creating: Iterable[int] = (), done: Iterable[Done] = (), updating: Iterable[tuple[int, str]] = ()
    ) -> None:
        """Save, in one transaction, the users about to be sent and the outcomes of others.

        Parameters
        ----------
        creating : iterable of int
            Rows of users who are about to be created.
        done : iterable of Done
        updating : iterable of (int, str)
            Row and Passage id of existing users who are about to be updated: they are never taken for created.
        """
        now = _now()
        with self._transaction() as database:
            database.executemany(
                "UPDATE users SET creating_at = coalesce(creating_at, ?) WHERE source_row = ?",
                ((now, row) for row in creating),
            )
            database.executemany(
                "UPDATE users SET creating_at = coalesce(creating_at, ?), passage_id = ? WHERE source_row = ?",
                ((now, passage_id, row) for row, passage_id in updating),
            )
            database.executemany(
                "UPDATE users SET outcome = ?1, passage_id = CASE ?1 WHEN 'unknown' THEN passage_id ELSE ?2 END, "
                "code = ?3, attempts = attempts + ?4, done_at = ?5 WHERE source_row = ?6",
                ((it.outcome, it.passage_id, it.code, it.attempts, now, it.source_row) for it in done),
            )

    def open_failed(self) -> None:
        """Mark failed users as not yet sent, since the cause may be fixed. Repeats of an identifier stay failed."""
        with self._transaction() as database:
            database.execute(
                "UPDATE users SET outcome = NULL, passage_id = NULL, code = NULL, creating_at = NULL, done_at = NULL, "
                "found_by_email = NULL, found_by_phone = NULL, phone_taken = 0 "
                "WHERE outcome = 'failed' AND done_at IS NOT NULL"
            )

    def forget_seen(self) -> None:
        """Forget what was seen in Passage of users still to be sent, so that it is looked up again."""
        with self._transaction() as database:
            database.execute(
                "UPDATE users SET found_by_email = NULL, found_by_phone = NULL, phone_taken = 0 WHERE outcome IS NULL "
                "AND coalesce(found_by_email, found_by_phone) IS NOT NULL"
            )

    def see(self, users: Iterable[Seen]) -> None:
        """Note which of our users are in Passage, the first of two with one identifier."""
        emails, phones = [], []
        for passage_id, email, phone in users:
            if email is not None:
                emails.append((passage_id, email))
            if phone is not None:
                phones.append((passage_id, email, phone))
        with self._transaction() as database:
            database.executemany(
                "UPDATE users SET found_by_email = coalesce(found_by_email, ?) WHERE email = ?", emails
            )
            database.executemany(
                "UPDATE users SET phone_taken = ?2 IS NOT NULL AND email IS NOT ?2 AND email IS NOT NULL, "
                "found_by_phone = ?1 WHERE phone = ?3 AND found_by_phone IS NULL",
                phones,
            )

    def to_do(self, first: int, last: int, *, update: bool) -> dict[int, ToDo]:
        """List the work that is left in a range of rows.

        Parameters
        ----------
        first, last : int
            Source rows.
        update : bool
            Update existing users, including those that an earlier run skipped.
        """
        rows = self._rows(
            f"SELECT source_row, {_UNSETTLED}, coalesce(passage_id, found_by_email, found_by_phone), {_TAKEN} "
            f"FROM users WHERE source_row BETWEEN ? AND ? AND {_open(update)}",
            (first, last),
        )
        return {row: ToDo(bool(unsettled), found, bool(taken)) for row, unsettled, found, taken in rows}

    def left(self, *, update: bool) -> dict[str, int]:
        """Count the work that is left: ``unsettled``, ``taken``, ``found`` and ``new``."""
        [counts] = self._rows(
            f"SELECT count(*) FILTER (WHERE unsettled), count(*) FILTER (WHERE NOT unsettled AND taken), "
            f"count(*) FILTER (WHERE NOT unsettled AND NOT taken AND found), "
            f"count(*) FILTER (WHERE NOT unsettled AND NOT taken AND NOT found) FROM (SELECT "
            f"{_UNSETTLED} AS unsettled, coalesce({_TAKEN}, 0) AS taken, "
            f"coalesce(found_by_email, found_by_phone, passage_id) IS NOT NULL AS found FROM users "
            f"WHERE {_open(update)})"
        )
        return dict(zip(("unsettled", "taken", "found", "new"), counts, strict=True))

    def counts(self) -> dict[str, int]:
        """Count the users by outcome; those that have none yet are left out."""
        found = dict(self._rows("SELECT outcome, count(*) FROM users WHERE outcome IS NOT NULL GROUP BY outcome"))
        return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}

    def settled(self, *, update: bool) -> dict[str, int]:
        """Count by outcome the users without work left."""
        query = f"SELECT outcome, count(*) FROM users WHERE NOT {_open(update)} GROUP BY outcome"
        found = dict(self._rows(query))
        return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}

    def codes(self) -> dict[str, int]:
        """Count the failed users by code, most first."""
        return dict(
            self._rows("SELECT code, count(*) FROM users WHERE outcome = 'failed' GROUP BY code ORDER BY 2 DESC, 1")
        )

    def failures(self) -> list[tuple[int, Outcome, str | None]]:
        """List source row, outcome and code of the users that failed or are unknown."""
        return self._rows(
            "SELECT source_row, outcome, code FROM users WHERE outcome IN ('failed', 'unknown') ORDER BY source_row"
        )

    def outcomes(self, first: int, last: int) -> dict[int, tuple[Outcome, str | None]]:
        """Read outcome and Passage id of a range of rows."""
        rows = self._rows(
            "SELECT source_row, outcome, passage_id FROM users "
            "WHERE outcome IS NOT NULL AND source_row BETWEEN ? AND ?",
            (first, last),
        )
        return {row: (outcome, passage_id) for row, outcome, passage_id in rows}

    def created(self, after: int = 0, *, limit: int = 1_000) -> list[tuple[int, str, bytes | None, bytes | None]]:
        """Read row, Passage id and digests of users that this push created, from a row on."""
        return self._rows(
            "SELECT source_row, passage_id, email, phone FROM users WHERE outcome = 'created' AND source_row > ? "
            "ORDER BY source_row LIMIT ?",
            (after, limit),
        )

    def ids_of(self, rows: Iterable[int]) -> set[str]:
        """Give the Passage ids of those rows that this push created."""
        query = "SELECT passage_id FROM users WHERE source_row = ? AND outcome = 'created'"
        return {passage_id for row in rows for (passage_id,) in self._rows(query, (row,))}

    def rows_of(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        """Find the source rows of those digests that are of our identifiers."""
        found: dict[bytes, int] = {}
        for at in range(0, len(digests), 500):
            some = digests[at : at + 500]
            marks = ",".join("?" * len(some))
            for name in ("phone", "email"):
                found |= dict(self._rows(f"SELECT {name}, source_row FROM users WHERE {name} IN ({marks})", some))
        return found

    def is_user(self, row: int, seen: Seen) -> bool:
        """Tell whether a user in Passage has exactly the identifiers of one of ours."""
        return bool(
            self._rows(
                "SELECT 1 FROM users WHERE source_row = ? AND email IS ? AND phone IS ?", (row, seen.email, seen.phone)
            )
        )

    def undo(self, rows: Sequence[tuple[int, str]]) -> None:
        """Mark deleted users as never sent, and keep their former outcome in ``undone``."""
        with self._transaction() as database:
            database.executemany("INSERT INTO undone VALUES (?, ?, ?)", ((*row, _now()) for row in rows))
            database.executemany(
                "UPDATE users SET outcome = NULL, passage_id = NULL, code = NULL, creating_at = NULL, done_at = NULL "
                "WHERE source_row = ?",
                ((row,) for row, _ in rows),
            )

    def _connect(self) -> None:
        with self._explained():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, FILE_MODE))
            self._database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns
            with self._transaction():
                for statement in _TABLES:
                    self._database.execute(statement)

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
                f"The journal {self.path} cannot be used: {reason}. Nothing is sent without a record; make the file "
                "writable or free some space, and run the same command again."
            ) from error


def _open(update: bool) -> str:
    """Build the SQL condition for users with work left."""
    skipped = f" OR (outcome = 'existing' AND code IS NOT '{UNCHANGED}')" if update else ""
    return f"(outcome IS NULL OR outcome = 'unknown'{skipped})"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

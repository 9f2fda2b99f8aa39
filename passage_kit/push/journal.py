"""The journal of a push: records each user before the request leaves, and the outcome after the answer.

An SQLite file in the workspace, readable by its owner only. A user is a source row and digests of the identifiers,
keyed with a secret in a file of its own: the journal holds no email, no phone and no key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from passage_kit.push.journal_queries import Claim, JournalQueries, Outcome, Seen
from passage_kit.push.journal_tables import CONTRADICTED

CONFLICT = "identifier_conflict"
_NOBODY = 0  # stands for the other row with an id that was contradicted before

_NEVER_SENT = "outcome = NULL, passage_id = NULL, code = NULL, creating_at = NULL, done_at = NULL"
_NOT_SEEN = "found_by_email = NULL, found_by_phone = NULL, phone_taken = 0"


class Done(NamedTuple):
    """The outcome of one user."""

    source_row: int
    outcome: Outcome
    passage_id: str | None = None
    code: str | None = None
    attempts: int = 0


class Journal(JournalQueries):
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

    def load(self, users: Iterable[Sequence[tuple[int, str | None, str | None]]]) -> None:
        """Enter all users, in one transaction, if they are not there yet; digests are made anew after a new secret.

        Parameters
        ----------
        users : iterable of sequences of (int, str or None, str or None)
            Source row, email and phone, in batches.
        """
        if self.knows_secret:
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
            database.execute("INSERT OR REPLACE INTO facts VALUES ('digest_check', ?)", (self._check,))

    def commit(
        self, creating: Iterable[int] = (), done: Iterable[Done] = (), updating: Iterable[tuple[int, str]] = ()
    ) -> set[int]:
        """Save, in one transaction, the users about to be sent and the outcomes of others.

        A Passage id belongs to one row. If several have it, or if a created user has the id of somebody who was in
        Passage before, none of them keeps it: they become ``unknown``.

        Parameters
        ----------
        creating : iterable of int
            Rows of users who are about to be created.
        done : iterable of Done
        updating : iterable of (int, str)
            Row and Passage id of existing users who are about to be updated: they are never taken for created.

        Returns
        -------
        set of int
            Rows whose answers contradict others.
        """
        now = _now()
        done, updating = list(done), list(updating)
        claimed = [(row, ident, False) for row, ident in updating]
        claimed += [(it.source_row, it.passage_id, it.outcome == "created") for it in done if it.passage_id]
        claimed += [(_NOBODY, it.passage_id, False) for it in done if it.passage_id and it.code == CONTRADICTED]
        with self._transaction() as database:
            database.executemany(
                "UPDATE users SET creating_at = coalesce(creating_at, ?) WHERE source_row = ?",
                ((now, row) for row in creating),
            )
            wrong = self._contradict(_rows_of_ids(database, claimed)) if claimed else set()
            database.executemany(
                "UPDATE users SET creating_at = coalesce(creating_at, ?), passage_id = ? WHERE source_row = ?",
                ((now, passage_id, row) for row, passage_id in updating if row not in wrong),
            )
            database.executemany(
                "UPDATE users SET outcome = ?1, passage_id = CASE ?1 WHEN 'unknown' THEN passage_id ELSE ?2 END, "
                "adopted = adopted OR ?1 = 'adopted', code = ?3, attempts = attempts + ?4, done_at = ?5 "
                "WHERE source_row = ?6",
                (
                    (it.outcome, it.passage_id, it.code, it.attempts, now, it.source_row)
                    for it in done
                    if it.source_row not in wrong
                ),
            )
        return wrong | {it.source_row for it in done if it.code == CONTRADICTED}

    def _contradict(self, rows_of_ids: dict[str, set[int]]) -> set[int]:
        """Mark, in the open transaction, the rows of ids that several rows have; give these rows."""
        shared = {ident: rows for ident, rows in rows_of_ids.items() if len(rows) > 1}
        wrong = {row for rows in shared.values() for row in rows if row != _NOBODY}
        self._database.executemany("INSERT OR IGNORE INTO contradicted VALUES (?)", ((ident,) for ident in shared))
        self._database.executemany(
            f"UPDATE users SET outcome = 'unknown', code = ?1, passage_id = NULL, deleting_at = NULL, {_NOT_SEEN}, "
            "creating_at = coalesce(creating_at, ?2), done_at = ?2 WHERE source_row = ?3",
            ((CONTRADICTED, _now(), row) for row in wrong),
        )
        return wrong

    def open_failed(self) -> None:
        """Mark failed users as not yet sent, since the cause may be fixed. Repeats of an identifier stay failed.

        Ids that were contradicted get another chance, too.
        """
        with self._transaction() as database:
            database.execute(
                f"UPDATE users SET {_NEVER_SENT}, {_NOT_SEEN} WHERE outcome = 'failed' AND done_at IS NOT NULL"
            )
            database.execute("DELETE FROM contradicted")

    def forget_seen(self) -> None:
        """Forget who was seen in Passage, so that everybody is looked up again."""
        with self._transaction() as database:
            database.execute(
                f"UPDATE users SET {_NOT_SEEN} WHERE found_by_email IS NOT NULL OR found_by_phone IS NOT NULL"
            )
            database.execute("DELETE FROM listed")
            database.execute("DELETE FROM confused")

    def see(self, users: Iterable[Seen]) -> None:
        """Note which of our users are in Passage, the first of two with one identifier."""
        users, emails, phones = list(users), [], []
        for passage_id, email, phone in users:
            if email is not None:
                emails.append((passage_id, email))
            if phone is not None:
                phones.append((passage_id, email, phone))
        with self._transaction() as database:
            database.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", users)
            database.executemany(
                "INSERT OR IGNORE INTO confused SELECT passage_id FROM listed WHERE passage_id = ? "
                "AND (email IS NOT ? OR phone IS NOT ?)",
                users,
            )
            database.executemany(
                "UPDATE users SET found_by_email = coalesce(found_by_email, ?) WHERE email = ?", emails
            )
            database.executemany(
                "UPDATE users SET phone_taken = ?2 IS NOT NULL AND email IS NOT ?2 AND (email IS NOT NULL OR EXISTS "
                "(SELECT 1 FROM users other WHERE other.email = ?2)), "
                "found_by_phone = ?1 WHERE phone = ?3 AND found_by_phone IS NULL",
                phones,
            )

    def contradict_seen(self) -> set[int]:
        """Mark the rows that were seen with an id that another user in Passage has, too; give these rows."""
        found: dict[str, set[int]] = {}
        with self._transaction() as database:
            for name in ("found_by_email", "found_by_phone"):
                for ident, row in database.execute(
                    f"SELECT {name}, source_row FROM users WHERE {name} IN (SELECT passage_id FROM confused)"
                ):
                    found.setdefault(ident, {_NOBODY}).add(row)
            return self._contradict(found)

    def claim(self, claims: Iterable[Claim]) -> None:
        """Note what the Import API answered about users; List Users has to confirm it."""
        with self._transaction() as database:
            database.executemany(
                "UPDATE users SET claim = ?, claimed_id = ?, claimed_from = ?, claimed_to = ? WHERE source_row = ?",
                ((kind, ident, *(span or (None, None)), row) for row, kind, ident, span in claims),
            )

    def deleting(self, rows: Iterable[int]) -> None:
        """Record, before the request leaves, the users who are about to be deleted."""
        now = _now()
        with self._transaction() as database:
            database.executemany("UPDATE users SET deleting_at = ? WHERE source_row = ?", ((now, row) for row in rows))

    def keep(self, rows: Iterable[int]) -> None:
        """Note that these users were not deleted."""
        with self._transaction() as database:
            database.executemany("UPDATE users SET deleting_at = NULL WHERE source_row = ?", ((row,) for row in rows))

    def undo(self, rows: Sequence[tuple[int, str]]) -> None:
        """Mark deleted users as never sent, and keep their former outcome in ``undone``."""
        with self._transaction() as database:
            database.executemany("INSERT INTO undone VALUES (?, ?, ?)", ((*row, _now()) for row in rows))
            database.executemany(
                f"UPDATE users SET {_NEVER_SENT}, {_NOT_SEEN}, adopted = 0, deleting_at = NULL, claim = NULL "
                "WHERE source_row = ?",
                ((row,) for row, _ in rows),
            )


def _rows_of_ids(database: sqlite3.Connection, claimed: Sequence[tuple[int, str, bool]]) -> dict[str, set[int]]:
    """Find all rows that have the ids: those that claim them now, and those of the journal.

    Whoever is created cannot have been seen in Passage before, so an id that was seen counts as somebody's as well.
    """
    rows: dict[str, set[int]] = {}
    new: set[str] = set()
    for row, ident, is_new in claimed:
        rows.setdefault(ident, set()).add(row)
        if is_new:
            new.add(ident)
    for query, idents in (
        ("SELECT passage_id, source_row FROM users WHERE passage_id IN ({})", [*rows]),
        (f"SELECT passage_id, {_NOBODY} FROM contradicted WHERE passage_id IN ({{}})", [*rows]),
        (f"SELECT passage_id, {_NOBODY} FROM listed WHERE passage_id IN ({{}})", [*new]),
        ("SELECT found_by_email, source_row FROM users WHERE found_by_email IN ({})", [*new]),
        ("SELECT found_by_phone, source_row FROM users WHERE found_by_phone IN ({})", [*new]),
    ):
        for at in range(0, len(idents), 500):
            some = idents[at : at + 500]
            for ident, row in database.execute(query.format(",".join("?" * len(some))), some):
                rows[ident].add(row)
    return rows


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

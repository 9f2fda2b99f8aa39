"""Questions to the journal of a push: what is left to do, what became of whom, who has to be deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from passage_kit.push.journal_database import JournalDatabase
from passage_kit.push.journal_tables import CONTRADICTED

Outcome = Literal["created", "existing", "updated", "adopted", "failed", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
UNCHANGED = "unchanged"  # code of a user whose metadata was compared and found right
LACKING = "metadata_lacking"  # code of an adopted user who has not all of the prepared metadata
SENT = "metadata_sent"  # code of an adopted user whose metadata was updated

# An email of one Passage user and the phone of another, or an identifier that an earlier row has.
_TAKEN = "(phone_taken OR (found_by_email IS NOT NULL AND found_by_phone <> found_by_email))"
# Of a user without outcome, an id is that of somebody who existed before and was about to be updated.
_UNSETTLED = "(creating_at IS NOT NULL AND passage_id IS NULL)"


class ToDo(NamedTuple):
    """The work that is left for one user."""

    unsettled: bool  # perhaps sent already
    found: str | None  # Passage id of the user who exists already
    taken: bool
    adopted: bool = False  # that user may be of this push


class Seen(NamedTuple):
    """A user who is in Passage: id, and digests of the identifiers."""

    passage_id: str
    email: bytes | None
    phone: bytes | None


class Claim(NamedTuple):
    """The answer of the Import API about one user."""

    source_row: int
    kind: Literal["imported", "existing"]
    passage_id: str | None
    span: tuple[float, float] | None  # the service's clock when the upload left, and when it was answered


class JournalQueries(JournalDatabase):
    """The journal, read: every method answers a question, and none changes anything."""

    def claims(self, first: int, last: int) -> dict[int, Claim]:
        """Read what the Import API answered about users without an outcome, in a range of rows."""
        rows = self._rows(
            "SELECT source_row, claim, claimed_id, claimed_from, claimed_to FROM users "
            "WHERE claim IS NOT NULL AND outcome IS NULL AND source_row BETWEEN ? AND ?",
            (first, last),
        )
        return {
            row: Claim(row, kind, ident, None if since is None or until is None else (since, until))
            for row, kind, ident, since, until in rows
        }

    @property
    def has_claims(self) -> bool:
        """True if the Import API answered about users whom List Users has not confirmed yet."""
        query = f"SELECT 1 FROM users WHERE claim IS NOT NULL AND outcome IS NULL AND {_UNSETTLED} LIMIT 1"
        return bool(self._rows(query))

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
            f"SELECT source_row, {_UNSETTLED}, coalesce(passage_id, found_by_email, found_by_phone), {_TAKEN}, adopted "
            f"FROM users WHERE source_row BETWEEN ? AND ? AND {_open(update)}",
            (first, last),
        )
        return {
            row: ToDo(bool(unsettled), found, bool(taken), bool(adopted))
            for row, unsettled, found, taken, adopted in rows
        }

    def left(self, *, update: bool) -> dict[str, int]:
        """Count the work that is left by kind.

        Returns
        -------
        dict of str to int
            ``unsettled`` (perhaps sent), ``adopted`` (perhaps sent, and in Passage), ``taken``, ``found`` and ``new``.
        """
        kinds = ("unsettled", "adopted", "taken", "found", "new")
        rows = self._rows(
            f"SELECT CASE WHEN found AND NOT taken AND (unsettled OR adopted) THEN 'adopted' "
            f"WHEN unsettled THEN 'unsettled' WHEN taken THEN 'taken' WHEN found THEN 'found' ELSE 'new' END, count(*) "
            f"FROM (SELECT {_UNSETTLED} AS unsettled, coalesce({_TAKEN}, 0) AS taken, adopted, "
            f"coalesce(found_by_email, found_by_phone, passage_id) IS NOT NULL AS found FROM users "
            f"WHERE {_open(update)}) GROUP BY 1"
        )
        return {**dict.fromkeys(kinds, 0), **dict(rows)}

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
        """Count the failed users, and those whom the service confuses with others, by code, most first."""
        query = "SELECT code, count(*) FROM users WHERE outcome = 'failed' OR (outcome = 'unknown' AND code = ?)"
        return dict(self._rows(f"{query} GROUP BY code ORDER BY 2 DESC, 1", (CONTRADICTED,)))

    def adopted(self) -> dict[str, int]:
        """Count the adopted users who lack prepared metadata, and those who were not compared."""
        query = "SELECT coalesce(code, ''), count(*) FROM users WHERE outcome = 'adopted' GROUP BY 1"
        found = dict(self._rows(query))
        return {"lacking": found.get(LACKING, 0), "not_compared": found.get("", 0)}

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

    def created(
        self, after: int = 0, *, limit: int = 1_000, adopted: bool = False
    ) -> list[tuple[int, str, bytes | None, bytes | None]]:
        """Read row, Passage id and digests of users that this push created (or adopted, too), from a row on."""
        return self._rows(
            f"SELECT source_row, passage_id, email, phone FROM users WHERE {_made(adopted)} AND source_row > ? "
            "ORDER BY source_row LIMIT ?",
            (after, limit),
        )

    def ids_of(self, rows: Iterable[int], *, adopted: bool = False) -> set[str]:
        """Give the Passage ids of those rows that this push created, or adopted, too."""
        query = f"SELECT passage_id FROM users WHERE source_row = ? AND {_made(adopted)}"
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

    def half_deleted(self) -> list[tuple[int, str]]:
        """Read row and Passage id of users whose deletion was recorded, but not its end."""
        return self._rows(
            "SELECT source_row, passage_id FROM users WHERE deleting_at IS NOT NULL AND passage_id IS NOT NULL "
            "ORDER BY source_row"
        )


def _open(update: bool) -> str:
    """Build the SQL condition for users with work left."""
    skipped = (
        f" OR (outcome = 'existing' AND code IS NOT '{UNCHANGED}')"
        f" OR (outcome = 'adopted' AND code IS NOT '{UNCHANGED}' AND code IS NOT '{SENT}')"
    )
    return f"(outcome IS NULL OR outcome = 'unknown'{skipped if update else ''})"


def _made(adopted: bool) -> str:
    """Build the SQL condition for users whom the push created, or adopted, too."""
    return "outcome IN ('created', 'adopted')" if adopted else "outcome = 'created'"

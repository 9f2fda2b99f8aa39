"""The result of a push or of its dry run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import INTEGER, SOURCE_ROW, TEXT
from passage_kit.findings.catalogue import CODES
from passage_kit.push.journal_queries import Outcome
from passage_kit.push.readiness import Shortfall


class PushInterrupted(KeyboardInterrupt):
    """The interrupt of a push or an undoing; a notebook shows its sentence instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"Interrupted: {self}"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PushResult:
    """The result of a push; after a dry run, the expected result.

    Parameters
    ----------
    host, app_id, key_from : str
        Address and app of the push, and the source of the API key.
    dry_run : bool
        True if nothing was sent.
    users : int
        Prepared users.
    outcomes : mapping of str to int
        Users by outcome (``created``, ``existing``, ``updated``, ``adopted``, ``failed``, ``unknown``), including
        earlier runs of the same push. Each outcome is a property, too.
    to_send : int
        Users with work left when this run began.
    seconds : float
        Duration of the run; after a dry run, the expected duration.
    codes : mapping of str to int
        The failed users by code, and those whom the service confuses with others (``id_contradicted``).
    adopted_lacking : int
        Adopted users who lack the prepared metadata, or have other values.
    adopted_not_compared : int
        Adopted users whose metadata was not compared.
    notes : tuple of str
        Notes to read before the push.
    failures : pandas.DataFrame
        ``source_row``, ``outcome`` and ``code`` of users that failed or are unknown; empty in a dry run.
    passage_ids : pathlib.Path or None
        The file of Passage ids; None in a dry run.
    shortfalls : tuple of Shortfall
        What does not fit between the prepared users and the app, each counted, with the next step.
    rehearsal : bool
        True if the users went to an app on this machine, such as the sandbox, and not to Passage.
    """

    host: str
    app_id: str
    key_from: str
    dry_run: bool
    users: int
    outcomes: Mapping[str, int]
    to_send: int
    seconds: float
    codes: Mapping[str, int]
    adopted_lacking: int = 0
    adopted_not_compared: int = 0
    notes: tuple[str, ...]
    failures: pd.DataFrame
    passage_ids: Path | None
    shortfalls: tuple[Shortfall, ...] = ()
    rehearsal: bool = False

    @property
    def created(self) -> int:
        """Users that this push created."""
        return self.outcomes["created"]

    @property
    def existing(self) -> int:
        """Users who were in Passage before, left as they were."""
        return self.outcomes["existing"]

    @property
    def updated(self) -> int:
        """Users who were in Passage before, with updated metadata."""
        return self.outcomes["updated"]

    @property
    def adopted(self) -> int:
        """Users with our identifiers, of whom nothing shows whether this push or somebody else made them."""
        return self.outcomes["adopted"]

    @property
    def failed(self) -> int:
        """Users whom the service refused, or whose identifiers conflict."""
        return self.outcomes["failed"]

    @property
    def unknown(self) -> int:
        """Users whose answer was lost or contradicts others; the next run looks them up."""
        return self.outcomes["unknown"]

    @property
    def complete(self) -> bool:
        """True if every user has a Passage id."""
        return self.created + self.existing + self.updated + self.adopted == self.users

    def summary(self) -> dict[str, Any]:
        """Give the result as plain values."""
        named = ("host", "app_id", "key_from", "dry_run", "rehearsal", "users", "to_send")
        return {
            **{name: getattr(self, name) for name in named},
            **self.outcomes,
            "seconds": round(self.seconds, 3),
            "codes": dict(self.codes),
            "adopted_lacking": self.adopted_lacking,
            "adopted_not_compared": self.adopted_not_compared,
            "notes": list(self.notes),
            "shortfalls": [shortfall.to_dict() for shortfall in self.shortfalls],
            "passage_ids": None if self.passage_ids is None else str(self.passage_ids),
        }

    def to_text(self) -> str:
        """Write the result for a person."""
        would = "would be " if self.dry_run else ""
        words = {
            f"{would}created": self.created,
            "exist already": self.existing,
            f"{would}updated": self.updated,
            f"{would}adopted": self.adopted,
            "fail" if self.dry_run else "failed": self.failed,
            "unknown": self.unknown,
        }
        counts = ", ".join(f"{count:,} {word}" for word, count in words.items() if count)
        kind = " (a rehearsal: the users are not in Passage)" if self.rehearsal and not self.dry_run else ""
        lines = [
            f"To    {self.host}, app {self.app_id}, with the key from {self.key_from}{kind}",
            f"Users {self.users:,}: {counts or 'nothing to do'}",
        ]
        if self.to_send and self.seconds:
            expected = "about " if self.dry_run else ""
            lines.append(f"Time  {expected}{duration(self.seconds)} for {self.to_send:,} of them")
        lines += [f"      {sentence}" for sentence in self.about_adopted()]
        for code, count in self.codes.items():
            meaning = f" {CODES[code].meaning} Next: {CODES[code].next_step}" if code in CODES else ""
            lines.append(f"      {code} {count:,}.{meaning}")
        lines += [f"App   {shortfall.sentence}" for shortfall in self.shortfalls]
        return "\n".join([*lines, *(f"Note  {note}" for note in self.notes)])

    def about_adopted(self) -> list[str]:
        """Write why users were adopted, and which of them lack metadata; empty if nobody was."""
        if not self.adopted:
            return []
        sentences = [
            f"{self.adopted:,} adopted: they have the prepared identifiers, but an answer was lost or does not show "
            "that the push made them, so undo spares them unless told."
        ]
        if self.adopted_lacking:
            sentences.append(
                f"{self.adopted_lacking:,} adopted users lack the prepared metadata: --on-existing update sends it."
            )
        if self.adopted_not_compared:
            sentences.append(
                f"{self.adopted_not_compared:,} adopted users were not compared with the prepared metadata: "
                "--on-existing update compares them and sends what they lack."
            )
        return sentences

    def __repr__(self) -> str:
        return self.to_text()


def failures_frame(rows: Sequence[tuple[int, Outcome, str | None]]) -> pd.DataFrame:
    """Make the frame of users that failed or are unknown."""
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    kinds = {SOURCE_ROW: INTEGER, "outcome": TEXT, "code": TEXT}
    return pd.DataFrame(
        {name: pd.array(values, dtype=kind) for (name, kind), values in zip(kinds.items(), columns, strict=True)}
    )


def duration(seconds: float) -> str:
    """Write a length of time for a person.

    Examples
    --------
    >>> duration(4.2), duration(600), duration(9000)
    ('4 s', '10 min', '2.5 h')
    """
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

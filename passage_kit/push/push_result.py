"""The result of a push or of its dry run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import INTEGER, SOURCE_ROW, TEXT
from passage_kit.findings.catalogue import CODES
from passage_kit.push.journal_queries import Outcome
from passage_kit.push.readiness import Shortfall
from passage_kit.translations import gettext, number


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
        key = {"host": self.host, "app": self.app_id, "key_from": self.key_from}
        to = gettext("To    {host}, app {app}, with the key from {key_from}", **key)
        if self.rehearsal and not self.dry_run:
            to += f" {gettext('(a rehearsal: the users are not in Passage)')}"
        counts = ", ".join(self._counted()) or gettext("nothing to do")
        lines = [to, gettext("Users {users}: {counts}", users=number(self.users), counts=counts)]
        if self.to_send and self.seconds:
            took = {"time": duration(self.seconds), "users": number(self.to_send)}
            about = gettext("Time  about {time} for {users} of them", **took)
            lines.append(about if self.dry_run else gettext("Time  {time} for {users} of them", **took))
        lines += [f"      {sentence}" for sentence in self.about_adopted()]
        for code, count in self.codes.items():
            lines.append(f"      {code} {number(count)}.{_meaning(code)}")
        lines += [f"App   {shortfall.sentence}" for shortfall in self.shortfalls]
        return "\n".join([*lines, *(gettext("Note  {note}", note=note) for note in self.notes)])

    def _counted(self) -> Iterator[str]:
        """Count the users by outcome, in words."""
        would = self.dry_run
        said = {
            "created": (gettext("{count} would be created"), gettext("{count} created")),
            "existing": (gettext("{count} exist already"), gettext("{count} exist already")),
            "updated": (gettext("{count} would be updated"), gettext("{count} updated")),
            "adopted": (gettext("{count} would be adopted"), gettext("{count} adopted")),
            "failed": (gettext("{count} fail"), gettext("{count} failed")),
            "unknown": (gettext("{count} unknown"), gettext("{count} unknown")),
        }
        for outcome, (expected, done) in said.items():
            if count := getattr(self, outcome):
                yield (expected if would else done).format(count=number(count))

    def about_adopted(self) -> list[str]:
        """Write why users were adopted, and which of them lack metadata; empty if nobody was."""
        if not self.adopted:
            return []
        sentences = [
            gettext(
                "{count} adopted: they have the prepared identifiers, but an answer was lost or does not show that the "
                "push made them, so undo spares them unless told.",
                count=number(self.adopted),
            )
        ]
        if self.adopted_lacking:
            lacking = number(self.adopted_lacking)
            sentences.append(
                gettext(
                    "{count} adopted users lack the prepared metadata: --on-existing update sends it.", count=lacking
                )
            )
        if self.adopted_not_compared:
            sentences.append(
                gettext(
                    "{count} adopted users were not compared with the prepared metadata: --on-existing update compares "
                    "them and sends what they lack.",
                    count=number(self.adopted_not_compared),
                )
            )
        return sentences

    def __repr__(self) -> str:
        return self.to_text()


def _meaning(code: str) -> str:
    if code not in CODES:
        return ""
    known = CODES[code]
    return f" {gettext(known.meaning)} {gettext('Next: {step}', step=gettext(known.next_step))}"


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

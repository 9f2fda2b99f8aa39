"""Result of a drift check: counts for people and machines, and the files."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passage_kit.drift.kinds import KINDS, KNOWN, SIDES
from passage_kit.writeback.recorded_values import NewValues
from passage_kit.writeback.users_table import UsersTable

if TYPE_CHECKING:
    import pandas as pd

DRIFT_FILE, SUMMARY_FILE = "drift.csv", "drift.json"
COLUMNS = ("key", "passage_id", "kind", "field", "in_table", "in_passage", "side", "next_step")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drift:
    """Result of a drift check.

    Parameters
    ----------
    rows, users : int
        Rows of the table, and users of the app.
    in_step : int
        Rows that agree with Passage. ``in_step``, ``drifting`` and the known rows add up to ``rows``.
    drifting : int
        Rows that differ; users without a row come on top.
    kinds : mapping of (str, str) to int
        Number of differences by kind and side.
    known : mapping of str to int
        What the preparation left out on purpose: ``absorbed`` and ``rejected`` rows, ``withheld`` values.
    table : str
        Name of the users table and address of its database, without a password.
    path : pathlib.Path
        ``out/drift.csv`` in the workspace: each difference, with both values and the next step. Holds personal data.
    checked : datetime.datetime
        When the check began.
    updates : tuple of NewValues
        New values of the table's columns where Passage is right, for :func:`mend_drift`.
    settings : UsersTable
        The table that was compared.

    See Also
    --------
    find_drift : Compare the table with Passage, and return this result.
    mend_drift : Set the values of the table where Passage is right.
    """

    rows: int
    users: int
    in_step: int
    drifting: int
    kinds: Mapping[tuple[str, str], int]
    known: Mapping[str, int]
    table: str
    path: Path
    checked: dt.datetime
    updates: tuple[NewValues, ...] = ()
    settings: UsersTable = field(default_factory=lambda: UsersTable("users"))

    @property
    def none(self) -> bool:
        """True if there is no drift."""
        return not self.kinds

    def sides(self) -> dict[str, int]:
        """Count the differences by the side that is to be mended."""
        counted: Counter[str] = Counter(dict.fromkeys(SIDES, 0))
        for (_, side), count in self.kinds.items():
            counted[side] += count
        return dict(counted)

    def frame(self) -> pd.DataFrame:
        """Read ``out/drift.csv`` as a frame of text columns; without drift it has no rows."""
        from passage_kit.columns.spreadsheet_cells import as_they_were
        from passage_kit.columns.users_frame import arrow, series, users_frame
        from passage_kit.reading.readers import read_users

        if self.none:
            return users_frame({name: [] for name in COLUMNS})
        rows = read_users(self.path)
        return rows.assign(**{name: series(as_they_were(arrow(rows[name])), like=rows) for name in rows})

    def summary(self) -> dict[str, Any]:
        """Return the counts as plain values, for JSON. They hold no personal data."""
        return {
            "checked": self.checked.isoformat(timespec="seconds"),
            "table": self.table,
            "drift": not self.none,
            "rows": self.rows,
            "users": self.users,
            "in_step": self.in_step,
            "drifting": self.drifting,
            "known": dict(self.known),
            "sides": self.sides(),
            "kinds": [{"kind": kind, "side": side, "count": count} for (kind, side), count in self.kinds.items()],
            "to_set": {values.column: len(values.new) for values in self.updates},
            "file": str(self.path),
        }

    def to_text(self) -> str:
        """Return the counts as text for a terminal."""
        lines = [
            f"{self.rows:>9,}  rows of {self.table}",
            f"{self.users:>9,}  users in Passage",
            f"{self.in_step:>9,}  rows agree with Passage",
        ]
        lines += [f"{count:>9,}  {name}: {KNOWN[name]}" for name, count in self.known.items() if count]
        lines += [
            f"{count:>9,}  {kind} ({_SHOWN[side]}): {KINDS[kind].meaning} {KINDS[kind].next_step}"
            for (kind, side), count in self.kinds.items()
        ]
        return "\n".join([*lines, *(["There is no drift."] if self.none else [f"Each of them: {self.path}"])])

    def __repr__(self) -> str:
        return self.to_text()

    def to_json(self) -> str:
        """Write the summary as JSON."""
        return json.dumps(self.summary(), indent=2, ensure_ascii=False) + "\n"


_SHOWN = {"table": "mend the table", "passage": "mend Passage", "decide": "to decide"}


def described(differences: Iterator[Any], rows: int) -> Iterator[dict[str, list[Any]]]:
    """Give the columns of ``drift.csv``, some rows at a time; at least one part, for the header."""
    part: list[Any] = []
    some = False
    for difference in differences:
        part.append(difference)
        if len(part) == rows:
            some = True
            yield _columns(part)
            part = []
    if part or not some:
        yield _columns(part)


def _columns(part: list[Any]) -> dict[str, list[Any]]:
    steps = {"next_step": [KINDS[it.kind].next_step for it in part]}
    return {name: [getattr(it, name) for it in part] for name in COLUMNS[:-1]} | steps

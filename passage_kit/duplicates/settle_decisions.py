"""Application of a person's decisions: rows that are one person, rows kept apart, and values withheld from them.

Passage identifies a user by email or phone, so two users cannot have the same one. If rows kept apart share an email,
one of them keeps it: a row without a phone, or else the row that the survivorship rule prefers. The other rows keep
their phones only. If rows kept apart share a phone, a row without email keeps it, and rows with an email lose it. Among
several rows without email, the preferred row keeps it. Each value withheld gets the finding ``kept_apart``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, blanked
from passage_kit.duplicates.clusters import DecidedRows
from passage_kit.duplicates.decisions import Decision
from passage_kit.findings.findings import collect_findings, make_findings

_Label = tuple[str, object]  # identity of a named row: its email, else its phone, else the row itself


@dataclass(frozen=True)
class Settled:
    """Users after the decisions, with the ties between their rows and the findings."""

    users: pd.DataFrame
    decided_rows: DecidedRows
    findings: pd.DataFrame
    _fitting: list[tuple[Decision, list[int]]] = field(default_factory=list)

    def choose(self, person: Positions) -> tuple[Mask, pd.DataFrame]:
        """Mark the rows that were chosen to stay, and report which decisions were applied.

        Parameters
        ----------
        person : array of int
            Code of the person of each row.

        Returns
        -------
        chosen : array of bool
            One element for each row; True for at most one row of each person.
        findings : pandas.DataFrame
            ``decision_applied`` for each decision that was applied. ``decision_unused`` if its rows are no longer one
            person, or a later decision chose another survivor for the same person.
        """
        chosen = np.zeros(len(person), dtype=bool)
        stays: dict[int, Decision] = {}
        one_person = [made.choice == "apart" or len(set(person[at])) == 1 for made, at in self._fitting]
        for (made, at), fits in zip(self._fitting, one_person, strict=True):
            if fits and made.survivor_row:
                stays[int(person[at[0]])] = made
        applied, unused = [], []
        for (made, at), fits in zip(self._fitting, one_person, strict=True):
            overruled = fits and made.survivor_row is not None and stays[int(person[at[0]])] is not made
            if not fits:
                unused.append((made, "its rows are no longer one person"))
            elif overruled and made.choice == "survivor":
                unused.append((made, "a later decision chooses another row of the same person"))
            else:
                applied.append((made, ""))
            if fits and made.survivor_row and not overruled:
                chosen[at[made.rows.index(made.survivor_row)]] = True
        return chosen, collect_findings([_said(applied, "decision_applied"), _said(unused, "decision_unused")])


def settle(users: pd.DataFrame, decisions: Sequence[Decision], prefer: Callable[[Positions], Positions]) -> Settled:
    """Settle which rows are one person, and withhold shared identifiers from rows that are kept apart.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized ``email`` and ``phone``, in source order.
    decisions : sequence of Decision
        Later decisions overrule earlier ones, but rows that are kept apart are never merged.
    prefer : callable
        Function that sorts positions as the survivorship rule prefers them.

    Returns
    -------
    Settled
        Users, ties and findings.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["info@example.org"] * 2, "phone": [None, "+14155550101"]})
    >>> settled = settle(users, [Decision((1, 2), "apart")], lambda rows: rows)
    >>> settled.users
                           email         phone
    source_row
    1           info@example.org          <NA>
    2                       <NA>  +14155550101
    >>> settled.findings[["source_row", "field", "code", "other_row"]]
       source_row  field        code  other_row
    0           2  email  kept_apart          1
    """
    there, missing = _find(users, decisions)
    apart = [at for made, at in there if made.choice == "apart"]
    cells, lost = _keep_apart(users, prefer, apart, sorted({row for _, at in there for row in at}))
    allowed, refused = _allow_merges(there, cells, apart)
    merged = [at for made, at in allowed if made.choice == "merge"]
    named = [row for made, at in allowed if made.choice in ("apart", "merge") for row in at]
    decided_rows = DecidedRows(
        pinned=np.array(sorted(set(named)), dtype=np.int64),
        one=np.array([at[0] for at in merged for _ in at], dtype=np.int64),
        other=np.array([row for at in merged for row in at], dtype=np.int64),
        closed=np.array(sorted({row for at in apart for row in at}), dtype=np.int64),
    )
    kept_apart = [
        make_findings(
            users.index[sorted(gone)],
            field=name,
            value=users[name].iloc[sorted(gone)],
            code="kept_apart",
            other_row=[int(users.index[gone[row]]) for row in sorted(gone)],
        )
        for name, gone in lost.items()
        if gone
    ]
    unused = _said([*missing, *refused], "decision_unused")
    return Settled(_without(users, lost), decided_rows, collect_findings([*kept_apart, unused]), allowed)


def _find(
    users: pd.DataFrame, decisions: Sequence[Decision]
) -> tuple[list[tuple[Decision, list[int]]], list[tuple[Decision, str]]]:
    """Find the positions of each decision's rows, and the decisions that lack a row; ``apart`` needs two rows only."""
    named = [row for made in decisions for row in made.rows]
    positions = iter(users.index.get_indexer(np.array(named, dtype=np.int64)).tolist())
    there: list[tuple[Decision, list[int]]] = []
    missing: list[tuple[Decision, str]] = []
    for made in decisions:
        at = list(islice(positions, len(made.rows)))
        left = [row for row in at if row >= 0]
        if len(left) < (2 if made.choice == "apart" else len(at)):
            missing.append((made, "one of its rows is not there"))
        else:
            there.append((made, left))
    return there, missing


def _said(decisions: Iterable[tuple[Decision, str]], code: str) -> pd.DataFrame:
    """Make a finding for each decision, at the row that stays or else its first row."""
    entries = list(decisions)
    return make_findings(
        [made.survivor_row or made.rows[0] for made, _ in entries],
        field=None,
        code=code,
        argument=[f"{made.words}{f'; {why}' if why else ''}" for made, why in entries],
    )


def _keep_apart(
    users: pd.DataFrame, prefer: Callable[[Positions], Positions], apart: Sequence[list[int]], named: Sequence[int]
) -> tuple[dict[int, dict[str, str | None]], dict[str, dict[int, int]]]:
    """Decide which identifiers the named rows keep, and which they lose: by field, the row and the keeper."""
    rows = np.array(named, dtype=np.int64)
    texts = {name: users[name].iloc[rows].astype(object) for name in IDENTIFIERS}
    cells: dict[int, dict[str, str | None]] = {row: {} for row in named}
    for name, column in texts.items():
        for row, value in zip(named, column, strict=True):
            cells[row][name] = None if pd.isna(value) else str(value)
    lost: dict[str, dict[int, int]] = {name: {} for name in IDENTIFIERS}
    rank = {int(row): place for place, row in enumerate(prefer(rows))} if apart else {}
    with_phone_alone: dict[str, list[int]] = defaultdict(list)
    preferred = [sorted(at, key=rank.__getitem__) for at in apart]
    for ranked in preferred:
        for sharing in _sharing(ranked, cells, EMAIL):
            keeper = min(sharing, key=lambda row: cells[row][PHONE] is not None)
            for row in sharing:
                if row != keeper:
                    lost[EMAIL][row], cells[row][EMAIL] = keeper, None
    for ranked in preferred:  # once every email is settled, since a row without email holds on to its phone
        for row in ranked:
            phone = cells[row][PHONE]
            if phone is None or cells[row][EMAIL] is not None:
                continue
            others = with_phone_alone[phone]
            first = next((had for had in others if had in ranked or {had, row} <= lost[EMAIL].keys()), None)
            if first is None:
                others.append(row)
            elif first != row:
                lost[PHONE][row], cells[row][PHONE] = first, None
    return cells, lost


def _sharing(rows: Sequence[int], cells: dict[int, dict[str, str | None]], name: str) -> list[list[int]]:
    """Group the rows that have the same value; leave out groups of one."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if (value := cells[row][name]) is not None:
            groups[value].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _allow_merges(
    there: Sequence[tuple[Decision, list[int]]], cells: dict[int, dict[str, str | None]], apart: Sequence[list[int]]
) -> tuple[list[tuple[Decision, list[int]]], list[tuple[Decision, str]]]:
    """Separate the decisions, in order, from the merges that would make one person of rows kept apart."""
    kept_from = defaultdict(list)  # the decisions that keep a label apart from others
    for number, at in enumerate(apart):
        for label in {_label(row, cells) for row in at}:
            kept_from[label].append(number)
    together: dict[_Label, set[_Label]] = {}  # all labels of a person, shared by each of them
    allowed: list[tuple[Decision, list[int]]] = []
    refused: list[tuple[Decision, str]] = []
    for made, at in there:
        if made.choice == "merge":
            labels = {_label(row, cells) for row in at}
            joined = set().union(*(together.get(label, {label}) for label in labels))
            if max(Counter(number for label in joined for number in kept_from[label]).values(), default=0) > 1:
                refused.append((made, "another decision keeps its rows apart"))
                continue
            together.update(dict.fromkeys(joined, joined))
        allowed.append((made, at))
    return allowed, refused


def _label(row: int, cells: dict[int, dict[str, str | None]]) -> _Label:
    email, phone = cells[row][EMAIL], cells[row][PHONE]
    return (EMAIL, email) if email else (PHONE, phone) if phone else ("", row)


def _without(users: pd.DataFrame, lost: dict[str, dict[int, int]]) -> pd.DataFrame:
    """Blank the identifiers that rows lose."""
    columns: dict[str, Any] = {}
    for name, gone in lost.items():
        blank = np.zeros(len(users), dtype=bool)
        blank[list(gone)] = True
        columns[name] = blanked(users[name], blank) if gone else users[name]
    return users.assign(**columns)

"""Groups of rows for a person to decide about: clusters, people who share a phone, and suggestions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import EMAIL, HELPERS, PHONE, SOURCE_ROW, arrow, mask_of
from passage_kit.duplicates.clustered_users import SharedPhone, find_clusters, find_shared_phones
from passage_kit.duplicates.clusters import SurvivorRule
from passage_kit.duplicates.decisions import Choice, decide, no_decisions
from passage_kit.duplicates.lookalikes import find_likenesses
from passage_kit.duplicates.merge import merge_rows
from passage_kit.metadata.dates import DateOrder

# Reasons for a group: the codes of clusters, and two codes for review only.
SHARED_PHONE, POSSIBLE_DUPLICATE = "shared_phone", "possible_duplicate"
REASONS = ("duplicate_email", "duplicate_phone", "merged_by_phone", SHARED_PHONE, POSSIBLE_DUPLICATE)


@dataclass(frozen=True)
class Groups:
    """Groups of rows to review.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized ``email`` and ``phone``, in source order.
    rows : array of int
        Positions of the rows, group by group; in a cluster the survivor is first.
    starts : array of int
        Beginning of each group in ``rows``.
    reasons : list of set of str
        Codes of the reasons why the rows of each group belong together.
    likeness : list of str
        Common point of the rows of a suggestion; "" for the other groups.
    """

    users: pd.DataFrame
    rows: Positions
    starts: Positions
    reasons: list[set[str]]
    likeness: list[str]

    def __len__(self) -> int:
        return len(self.starts)

    def of(self, number: int) -> Positions:
        """Give the positions of the rows of a group."""
        ends = [*self.starts[1:], len(self.rows)]
        return self.rows[self.starts[number] : ends[number]]

    @cached_property
    def source_rows(self) -> list[tuple[int, ...]]:
        """Source rows of each group, ascending; they identify the group of a decision."""
        numbers = self.users.index.to_numpy()[self.rows]
        return [tuple(sorted(part.tolist())) for part in np.split(numbers, self.starts[1:])] if len(self) else []

    @cached_property
    def _numbers(self) -> dict[tuple[int, ...], list[int]]:
        numbers = defaultdict(list)
        for number, rows in enumerate(self.source_rows):
            numbers[rows].append(number)
        return numbers

    def about(self, rows: Iterable[tuple[int, ...]]) -> Mask:
        """Mark the groups that consist of exactly these source rows."""
        mask = np.zeros(len(self), dtype=bool)
        mask[[number for entry in rows for number in self._numbers.get(entry, ())]] = True
        return mask

    @cached_property
    def because_of(self) -> dict[str, Mask]:
        """Masks of the groups, by reason."""
        return {code: np.array([code in reasons for reasons in self.reasons], dtype=bool) for code in REASONS}

    @cached_property
    def conflicting(self) -> Mask:
        """Mask of the groups whose rows have different values, blanks aside."""
        conflicts = np.zeros(len(self), dtype=bool)
        for name in self.users.columns if len(self) else ():
            if name in HELPERS:
                continue
            codes, values = self.users[name].iloc[self.rows].factorize()
            highest = np.maximum.reduceat(codes, self.starts)
            lowest = np.minimum.reduceat(np.where(codes < 0, len(values), codes), self.starts)
            conflicts |= (highest >= 0) & (highest != lowest)
        return conflicts

    def containing(self, text: str) -> Mask:
        """Mark the groups with the text in one of their values, in any case, or as the number of a row."""
        hit = np.zeros(len(self.rows), dtype=bool)
        for name in self.users.columns:
            values = take_rows(arrow(self.users[name]), pa.array(self.rows))
            hit |= mask_of(pc.match_substring(values, text, ignore_case=True))
        if text.isdecimal():
            hit |= self.users.index.to_numpy()[self.rows] == int(text)
        return np.logical_or.reduceat(hit, self.starts) if len(self) else np.zeros(0, dtype=bool)


def find_groups(
    users: pd.DataFrame,
    *,
    survivor: SurvivorRule = "complete",
    shared_phone: SharedPhone = "withhold",
    date_order: DateOrder | None = None,
    findings: pd.DataFrame | None = None,
) -> Groups:
    """Find the groups of rows that a person may decide about, by the rules alone.

    Parameters
    ----------
    users, survivor, shared_phone, date_order, findings
        As for :func:`passage_kit.merge_duplicates`.

    Returns
    -------
    Groups
        Clusters of two rows or more; then people who share a phone, unless such people are merged; then suggestions.
        In the latter two, only the row that stays stands for a person with several rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({
    ...     "email": ["anna@example.org", "anna@example.org", "ben@example.org"],
    ...     "phone": ["+14155552671", None, "+14155552671"],
    ... })
    >>> groups = find_groups(users)
    >>> list(zip(groups.source_rows, groups.reasons))
    [((1, 2), {'duplicate_email'}), ((1, 3), {'shared_phone'})]
    """
    users = users if users.index.is_monotonic_increasing else users.sort_index()
    options: dict[str, Any] = {"survivor": survivor, "date_order": date_order, "findings": findings}
    clusters = find_clusters(users, shared_phone=shared_phone, **options)
    cluster = clusters["cluster"].to_numpy(dtype=np.int64)
    members, numbers = [_positions(users, clusters[SOURCE_ROW])], [cluster - 1]
    reasons = _reasons(cluster - 1, clusters["reason"])
    likeness = [""] * len(reasons)
    if shared_phone != "merge":
        sharing = find_shared_phones(users, **options)
        phone, phones = sharing[PHONE].factorize()
        members.append(_positions(users, sharing[SOURCE_ROW]))
        numbers.append(len(reasons) + phone)
        reasons += [{SHARED_PHONE} for _ in phones]
        likeness += [""] * len(phones)
    merged = merge_rows(users, shared_phone=shared_phone, **options).users
    for alike in find_likenesses(merged):
        order = np.argsort(alike.group, kind="stable")
        group, distinct = pd.factorize(alike.group[order])
        members.append(_positions(users, merged.index[alike.rows[order]]))
        numbers.append(len(reasons) + group)
        reasons += [{POSSIBLE_DUPLICATE} for _ in distinct]
        likeness += [alike.reason] * len(distinct)
    number = np.concatenate(numbers)
    starts = np.flatnonzero(np.diff(number, prepend=-1))
    return Groups(users, np.concatenate(members), starts, reasons, likeness)


def _positions(users: pd.DataFrame, rows: Any) -> Positions:
    positions: Positions = users.index.get_indexer(np.asarray(rows, dtype=np.int64))
    return positions


def _reasons(cluster: npt.NDArray[np.int64], reason: pd.Series[Any]) -> list[set[str]]:
    """Collect the distinct reasons within each cluster."""
    reasons: list[set[str]] = [set() for _ in range(cluster.max(initial=-1) + 1)]
    said = pd.DataFrame({"cluster": cluster, "reason": reason.array}).dropna().drop_duplicates()
    for number, code in zip(said["cluster"].tolist(), said["reason"].tolist(), strict=True):
        reasons[number].add(code)
    return reasons


def foresee(
    groups: Groups,
    numbers: list[int],
    choice: Choice,
    *,
    survivor: SurvivorRule = "complete",
    shared_phone: SharedPhone = "withhold",
    date_order: DateOrder | None = None,
    findings: pd.DataFrame | None = None,
) -> dict[int, pd.DataFrame]:
    """Foresee which email and phone the rows of some groups would have after a decision about each of them.

    Parameters
    ----------
    groups : Groups
        All groups.
    numbers : list of int
        Numbers of the groups to decide about.
    choice : {"rule", "apart", "merge"}
        The decision.
    survivor, shared_phone, date_order, findings
        As for :func:`passage_kit.merge_duplicates`.

    Returns
    -------
    dict of int to pandas.DataFrame
        By number of the group: ``email`` and ``phone`` of the rows that would stay, by ``source_row``.
    """
    users = groups.users
    rows = np.unique(np.concatenate([groups.of(number) for number in numbers])) if numbers else np.array([], np.int64)
    near = np.zeros(len(users), dtype=bool)
    near[rows] = True
    for name in (EMAIL, PHONE):  # other rows may have the identifier, too
        near |= users[name].isin(users[name].iloc[rows].dropna()).to_numpy(dtype=bool)
    options: dict[str, Any] = {
        "survivor": survivor,
        "shared_phone": shared_phone,
        "date_order": date_order,
        "findings": findings,
    }
    foreseen = {}
    while numbers:
        decisions, taken, later = no_decisions(), set[str](), []
        for number in numbers:  # most groups share no identifier, so one merge decides about them together
            at = groups.of(number)
            own = {*users[EMAIL].iloc[at].dropna(), *users[PHONE].iloc[at].dropna()}
            if taken.isdisjoint(own):
                decisions = decide(decisions, groups.source_rows[number], choice)
                taken |= own
            else:
                later.append(number)
        merged = merge_rows(users[near], decisions=decisions, **options).users
        for number in set(numbers) - set(later):
            foreseen[number] = merged.loc[merged.index.intersection(groups.source_rows[number]), [EMAIL, PHONE]]
        numbers = later
    return foreseen

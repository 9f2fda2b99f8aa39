"""Suggestions of rows that may be one person; a person reviews them, and the kit never merges because of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.users_frame import EMAIL, HELPERS, IDENTIFIERS, PHONE, arrow, as_text, mask_of, one_chunk
from passage_kit.duplicates.rarity import expected_others
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.identifiers.emails import same_mailbox

_LARGEST = 5  # rows that agree; more of them are a pattern of the data, not one person
_NAMED = 5  # rows that a finding names
_WORDS = r"\pL.*\pL"  # two letters: names, streets, companies; not numbers, dates and phones
_LEAST_TEXTS = 2
# A look-alike is telling if by chance so few rows of the list would agree: one in a hundred, or ten of a short list.
_BY_CHANCE, _BY_CHANCE_IN_A_SHORT_LIST = 0.01, 10
# So many rows are suggested at most, the most telling first: a share of the list, or what a person can look through.
_MOST, _MOST_OF_A_SHORT_LIST = 0.03, 100
_LOOK_ALIKE = "the same but for email and phone"

_Ints = npt.NDArray[np.int64]


def suggest_duplicates(users: pd.DataFrame, *, apart: Sequence[Sequence[int]] = ()) -> pd.DataFrame:
    """Suggest rows that may be one person: aliases of one mailbox, and rows that differ in their emails only.

    Look-alike rows have all metadata values in common, at least two of them texts, and so rare that hardly anybody else
    has them by chance (see :mod:`passage_kit.duplicates.rarity`). A group has at most five such rows. The most telling
    groups come first, and they are at most three in a hundred rows, or a hundred rows of a short list.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized ``email`` and ``phone``, merged or not.
    apart : sequence of sequences of int
        Source rows decided to be different people, which are not suggested again.

    Returns
    -------
    pandas.DataFrame
        Findings ``possible_duplicate``, one for each row and kind of likeness; the argument names the rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({
    ...     "email": ["anna.b@gmail.com", "annab+news@gmail.com", "ben@example.org"],
    ...     "phone": [None, None, None],
    ... })
    >>> suggest_duplicates(users)[["source_row", "value", "argument"]]
       source_row                 value           argument
    0           1      anna.b@gmail.com  1, 2: one mailbox
    1           2  annab+news@gmail.com  1, 2: one mailbox
    """
    return collect_findings(_as_findings(users, likeness) for likeness in find_likenesses(users, apart=apart))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Rows that may be one person: their positions, the number of each row's group, and the reason."""

    rows: _Ints
    group: _Ints
    reason: str


def find_likenesses(users: pd.DataFrame, *, apart: Sequence[Sequence[int]] = ()) -> list[Likeness]:
    """Find the groups of rows that :func:`suggest_duplicates` reports: rows of one mailbox, then look-alikes."""
    return [_without(users, likeness, apart) for likeness in (_one_mailbox(users), _look_alikes(users))]


def _without(users: pd.DataFrame, likeness: Likeness, apart: Sequence[Sequence[int]]) -> Likeness:
    """Remove the groups whose rows were all decided to be different people."""
    if not apart:
        return likeness
    numbers = users.index.to_numpy()[likeness.rows]
    decided = np.isin(numbers, [row for rows in apart for row in rows])
    members: dict[int, set[int]] = {}
    for group, row in zip(likeness.group[decided].tolist(), numbers[decided].tolist(), strict=True):
        members.setdefault(group, set()).add(row)
    sizes = np.bincount(likeness.group, minlength=1)
    named: dict[int, list[frozenset[int]]] = {}
    for rows in map(frozenset, apart):
        for row in rows:
            named.setdefault(row, []).append(rows)
    settled = [
        group
        for group, rows in members.items()
        if len(rows) == sizes[group] and any(rows <= other for other in named[min(rows)])
    ]
    open_groups = ~np.isin(likeness.group, settled)
    return Likeness(likeness.rows[open_groups], likeness.group[open_groups], likeness.reason)


def _one_mailbox(users: pd.DataFrame) -> Likeness:
    """Find addresses that reach one mailbox. Only a mailbox with an alias can have two."""
    email = arrow(users[EMAIL])
    may_be_alias = mask_of(pa.chunked_array(in_pieces(email, _may_be_alias), pa.bool_()))
    if not may_be_alias.any():
        return _nobody("one mailbox")
    some = users[EMAIL].iloc[np.flatnonzero(may_be_alias)]
    of_some = arrow(same_mailbox(some))
    aliased = pc.unique(of_some.filter(pc.not_equal(of_some, arrow(some))))
    mailbox = pc.replace_with_mask(email, pa.array(may_be_alias), one_chunk(of_some))
    rows = _distinct(users, np.flatnonzero(mask_of(pc.is_in(mailbox, value_set=aliased))))
    group, _ = pd.factorize(pd.arrays.ArrowExtensionArray(mailbox.take(rows)))
    several = _sizes(group) > 1
    return Likeness(rows[several], group[several], "one mailbox")


def _may_be_alias(email: pa.Array) -> pa.Array:
    at_gmail = pc.or_(pc.ends_with(email, "@gmail.com"), pc.ends_with(email, "@googlemail.com"))
    return pc.or_(at_gmail, pc.match_substring(email, "+"))


def _nobody(reason: str) -> Likeness:
    nothing = np.array([], dtype=np.int64)
    return Likeness(nothing, nothing, reason)


def _look_alikes(users: pd.DataFrame) -> Likeness:
    """Find rows that agree in every metadata column; each column splits the groups that still agree."""
    metadata = [name for name in users.columns if name not in IDENTIFIERS + HELPERS]
    if len(metadata) < _LEAST_TEXTS:
        return _nobody(_LOOK_ALIKE)
    rows: _Ints = np.arange(len(users))
    group: _Ints = np.zeros(len(users), dtype=np.int64)
    for name in metadata:
        codes, values = users[name].iloc[rows].factorize()
        group, _ = pd.factorize(group * (len(values) + 1) + codes)
        alike = _sizes(group) > 1
        rows, group = rows[alike], group[alike]
    repeated = rows[pd.Series(group).duplicated().to_numpy(dtype=bool)]
    distinct = np.isin(rows, _distinct(users, rows))
    rows, group = rows[distinct], group[distinct]
    few = (_sizes(group) > 1) & (_sizes(group) <= _LARGEST)
    rows, group = rows[few], group[few]
    telling = _count_texts(users[metadata].iloc[rows]) >= _LEAST_TEXTS
    rows, group = rows[telling], group[telling]
    if not len(rows):
        return _nobody(_LOOK_ALIKE)
    rows, group = _most_telling(rows, group, expected_others(users[metadata], rows, group, repeated), len(users))
    return Likeness(rows, group, _LOOK_ALIKE)


def _most_telling(rows: _Ints, group: _Ints, expected: npt.NDArray[np.float64], count: int) -> tuple[_Ints, _Ints]:
    """Choose the groups that are hardly a chance, numbered from the most telling one; rows stay in their order."""
    telling = expected <= max(_BY_CHANCE, _BY_CHANCE_IN_A_SHORT_LIST / count)
    rows, group, expected = rows[telling], group[telling], expected[telling]
    begins = ~pd.Series(group).duplicated().to_numpy(dtype=bool)
    numbers, first = group[begins], rows[begins]
    ranked = numbers[np.lexsort((first, expected[begins]))]
    sizes = np.bincount(group, minlength=1)[ranked]
    ranked = ranked[np.cumsum(sizes) <= max(_MOST * count, _MOST_OF_A_SHORT_LIST)]
    rank = np.full(int(group.max(initial=0)) + 1, -1)
    rank[ranked] = np.arange(len(ranked))
    chosen = rank[group] >= 0
    return rows[chosen], rank[group][chosen]


def _distinct(users: pd.DataFrame, rows: _Ints) -> _Ints:
    """Remove rows that have no identifier, and all but the first of those with the same one."""
    identifier = users[EMAIL].iloc[rows].fillna(users[PHONE].iloc[rows])
    distinct: _Ints = rows[(identifier.notna() & ~identifier.duplicated()).to_numpy(dtype=bool)]
    return distinct


def _sizes(group: _Ints) -> _Ints:
    """Count the rows in the group of each row."""
    return np.bincount(group, minlength=1)[group]


def _count_texts(metadata: pd.DataFrame) -> _Ints:
    """Count the values in each row that are words."""
    count = np.zeros(len(metadata), dtype=np.int64)
    for name in metadata.columns:
        values = arrow(metadata[name])
        if not pa.types.is_string(values.type):
            continue  # numbers, booleans and times are no words
        is_boolean = pc.is_in(values, value_set=pa.array(["true", "false"]))
        count += mask_of(pc.and_(pc.match_substring_regex(values, _WORDS), pc.invert(is_boolean)))
    return count


def _as_findings(users: pd.DataFrame, likeness: Likeness) -> pd.DataFrame:
    """Make a finding for each row, whose argument names the first rows of the group and counts the others."""
    rows, group = likeness.rows, likeness.group
    numbers = users.index.to_numpy()[rows]
    named = pd.Series(group).groupby(group).cumcount().to_numpy() < _NAMED
    first = pa.table({"group": group[named], "row": as_text(numbers[named])})
    lists = first.group_by("group", use_threads=False).aggregate([("row", "list")])
    names = pc.binary_join(lists["row_list"], ", ").take(pc.index_in(pa.array(group), value_set=lists["group"]))
    unnamed = pa.array(_sizes(group) - _NAMED)
    more = pc.binary_join_element_wise(" and ", pc.cast(unnamed, pa.string()), " more", "")
    return make_findings(
        numbers,
        field=EMAIL,
        value=users[EMAIL].iloc[rows],
        code="possible_duplicate",
        other_row=_another(numbers, group),
        argument=pc.binary_join_element_wise(
            names, pc.if_else(pc.greater(unnamed, 0), more, ""), f": {likeness.reason}", ""
        ),
    )


def _another(numbers: Positions, group: Positions) -> Positions:
    """Choose another row of each row's group: the first, or the second for the first itself."""
    order = np.argsort(group, kind="stable")
    begins = np.flatnonzero(np.diff(group[order], prepend=-1))
    first, second = numbers[order[begins]], numbers[order[np.minimum(begins + 1, len(order) - 1)]]
    at = np.searchsorted(group[order[begins]], group)
    return np.where(first[at] == numbers, second[at], first[at])

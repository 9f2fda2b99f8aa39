"""Suggestions of rows that may be one person; a person reviews them, and the kit never merges because of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.users_frame import (
    EMAIL,
    HELPERS,
    IDENTIFIERS,
    PHONE,
    are_ascii,
    arrow,
    as_text,
    holds,
    mask_of,
    one_chunk,
)
from passage_kit.duplicates.compared_columns import ComparedColumns
from passage_kit.duplicates.likeness import (
    Ints,
    Likeness,
    at_most,
    group_sizes,
    most_rows,
    most_telling,
    nobody,
    not_yet_said,
)
from passage_kit.duplicates.rarity import expected_others
from passage_kit.duplicates.slips import find_slips
from passage_kit.duplicates.spelling import column_about, name_columns_of, names_alike
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.identifiers.emails import same_mailbox

MOST_ALIKE = 5  # rows that agree; more of them are a pattern of the data, not one person
_NAMED = 5  # rows that a finding names
# Two letters: names, streets, companies; not numbers, dates and phones.
_WORDS, _WORDS_ASCII = r"\pL.*\pL", "[A-Za-z].*[A-Za-z]"
LEAST_TEXTS = 2
LOOK_ALIKE = "the same but for email and phone"
SPELLED = "the same but for email, phone and spelling"
BIRTHDAY = "one name and one birthday"
MAILBOX = "one mailbox"
REASONS = (LOOK_ALIKE, SPELLED, BIRTHDAY, MAILBOX)


def suggest_duplicates(users: pd.DataFrame, *, apart: Sequence[Sequence[int]] = ()) -> pd.DataFrame:
    """Suggest rows that may be one person: aliases of one mailbox, rows that say the same, and slips.

    Look-alike rows have all metadata values in common, at least two of them texts, and so rare that hardly anybody else
    has them by chance (see :mod:`passage_kit.duplicates.rarity`). Case, accents and swapped names do not count. Rows
    with one name are suggested, too, if they have one birthday, or if their emails or phones are a slip apart. A group
    has at most five rows. The most telling groups come first, and they are at most three in a hundred rows, or a
    hundred rows of a short list.

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
    return collect_findings(as_findings(users, likeness) for likeness in find_likenesses(users, apart=apart))


def find_likenesses(users: pd.DataFrame, *, apart: Sequence[Sequence[int]] = ()) -> list[Likeness]:
    """Find the groups of rows that :func:`suggest_duplicates` reports, each kind without what an earlier one says."""
    found = each_said_once([_one_mailbox(users), *_alike(users)], rows=len(users), places=len(users))
    return [without_decided(users, likeness, apart) for likeness in found]


def each_said_once(likenesses: Iterable[Likeness], *, rows: int, places: int) -> list[Likeness]:
    """Leave out of each kind what an earlier one says, and the least telling of all but the first kind.

    Parameters
    ----------
    likenesses : iterable of Likeness
        Aliases of one mailbox, and the other kinds.
    rows : int
        Number of rows of the list.
    places : int
        Number of positions of which they speak.
    """
    first, *others = likenesses
    found, left = [first], most_rows(rows)
    for likeness in others:
        for before in found:
            likeness = not_yet_said(likeness, before, places)
        found.append(at_most(likeness, left))
        left -= len(found[-1].rows)
    return found


def _alike(users: pd.DataFrame) -> Iterator[Likeness]:
    """Find rows that agree in all metadata, also but for spelling, in name and birthday, or but for a slip."""
    metadata = users[[name for name in users.columns if name not in IDENTIFIERS + HELPERS]]
    compared = ComparedColumns.of(metadata)
    yield _look_alikes(users, compared, compared.repeated(), LOOK_ALIKE)
    names = names_alike(metadata)
    spelled = spelled_columns(compared, names)
    yield _look_alikes(users, spelled, spelled.repeated(), SPELLED)
    if names is None:
        return
    if (born := column_about(map(str, metadata.columns), "birth date")) is not None:
        yield _one_birthday(users, names, metadata[born])
    yield from find_slips(users, names)


def spelled_columns(compared: ComparedColumns, names: pa.ChunkedArray | None) -> ComparedColumns:
    """Give the columns without case and accents, and the names in one column whatever their order."""
    theirs = name_columns_of(compared.columns) if names is not None else []
    columns = {name: values for name, values in compared.columns.items() if name not in theirs}
    texts = frozenset(name for name, values in columns.items() if pa.types.is_string(values.type))
    return ComparedColumns(columns | ({theirs[0]: names} if names is not None else {}), texts)


def _one_birthday(users: pd.DataFrame, names: pa.ChunkedArray, born: pd.Series[Any]) -> Likeness:
    """Find rows with one name and one birthday that few others have, whatever else they say."""
    name, _ = pd.factorize(pd.arrays.ArrowExtensionArray(names))
    day, _ = born.factorize()
    rows = np.flatnonzero((name >= 0) & (day >= 0))
    group, _ = pd.factorize(name[rows] * (int(day.max(initial=0)) + 1) + day[rows])
    distinct = np.isin(rows, _distinct(users, rows[group_sizes(group) > 1]))
    rows, group = rows[distinct], group[distinct]
    few = (group_sizes(group) > 1) & (group_sizes(group) <= MOST_ALIKE)
    rows, group = rows[few], group[few]
    others = [np.bincount(codes + 1)[codes[rows] + 1] - group_sizes(group) + 1 for codes in (name, day)]
    expected = others[0] * others[1] / max(len(users), 1)
    return Likeness(*most_telling(rows, group, expected, len(users)), BIRTHDAY)


def without_decided(users: pd.DataFrame, likeness: Likeness, apart: Sequence[Sequence[int]]) -> Likeness:
    """Remove the groups whose rows were all decided to be different people.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["ann@example.org", "ann+news@example.org"]})
    >>> both = Likeness(np.array([0, 1]), np.array([0, 0]), MAILBOX)
    >>> len(without_decided(users, both, [(1, 2)]).rows)
    0
    """
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
    mailbox, is_alias = mailboxes(users[EMAIL])
    if not is_alias.any():
        return nobody(MAILBOX)
    aliased = pc.unique(mailbox.filter(pa.array(is_alias)))
    rows = _distinct(users, np.flatnonzero(mask_of(pc.is_in(mailbox, value_set=aliased))))
    group, _ = pd.factorize(pd.arrays.ArrowExtensionArray(mailbox.take(rows)))
    several = group_sizes(group) > 1
    return Likeness(rows[several], group[several], MAILBOX)


def mailboxes(emails: pd.Series[Any]) -> tuple[pa.ChunkedArray, Mask]:
    """Give the mailbox that each email reaches, and mark the emails that are another address of theirs.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> mailbox, is_alias = mailboxes(users_frame({"email": ["ann@example.org", "ann+news@example.org"]})["email"])
    >>> mailbox.to_pylist(), is_alias.tolist()
    (['ann@example.org', 'ann@example.org'], [False, True])
    """
    email = arrow(emails)
    may_be = np.concatenate([np.zeros(0, bool), *in_pieces(email, _may_be_alias)])
    some = email.filter(pa.array(may_be))
    of_some = arrow(same_mailbox(pd.Series(pd.arrays.ArrowExtensionArray(some))))
    mailbox = pc.replace_with_mask(email, pa.array(may_be), one_chunk(of_some)) if len(of_some) else email
    is_alias = may_be.copy()
    is_alias[may_be] = mask_of(pc.not_equal(of_some, some))
    return mailbox, is_alias


def _may_be_alias(email: pa.Array) -> Mask:
    at_gmail = pc.or_(pc.ends_with(email, "@gmail.com"), pc.ends_with(email, "@googlemail.com"))
    return mask_of(at_gmail) | holds(email, "+")


def _look_alikes(users: pd.DataFrame, metadata: ComparedColumns, rows: Ints, reason: str) -> Likeness:
    """Find rows, among some, that agree in every metadata column; each column splits the groups that still agree."""
    if len(metadata.columns) < LEAST_TEXTS:
        return nobody(reason)
    group: Ints = np.zeros(len(rows), dtype=np.int64)
    for name in metadata.columns:
        codes = metadata.numbers(name, rows)
        group, _ = pd.factorize(group * (codes.max(initial=0) + 2) + codes)
        alike = group_sizes(group) > 1
        rows, group = rows[alike], group[alike]
        if not len(rows):
            return nobody(reason)
    repeated = rows[pd.Series(group).duplicated().to_numpy(dtype=bool)]
    distinct = np.isin(rows, _distinct(users, rows))
    rows, group = rows[distinct], group[distinct]
    few = (group_sizes(group) > 1) & (group_sizes(group) <= MOST_ALIKE)
    rows, group = rows[few], group[few]
    telling = count_texts(metadata, rows) >= LEAST_TEXTS
    rows, group = rows[telling], group[telling]
    if not len(rows):
        return nobody(reason)
    rows, group = most_telling(rows, group, expected_others(metadata, rows, group, repeated), len(users))
    return Likeness(rows, group, reason)


def _distinct(users: pd.DataFrame, rows: Ints) -> Ints:
    """Remove rows that have no identifier, and all but the first of those with the same one."""
    identifier = users[EMAIL].iloc[rows].fillna(users[PHONE].iloc[rows])
    distinct: Ints = rows[(identifier.notna() & ~identifier.duplicated()).to_numpy(dtype=bool)]
    return distinct


def count_texts(metadata: ComparedColumns, rows: Ints) -> Ints:
    """Count the values in each of some rows that are words."""
    count = np.zeros(len(rows), dtype=np.int64)
    for name in metadata.columns:
        values = metadata.values(name, rows)
        if not pa.types.is_string(values.type):
            continue  # numbers, booleans and times are no words
        is_boolean = pc.is_in(values, value_set=pa.array(["true", "false"]))
        words = _WORDS_ASCII if are_ascii(values) else _WORDS
        count += mask_of(pc.and_(pc.match_substring_regex(values, words), pc.invert(is_boolean)))
    return count


def as_findings(users: pd.DataFrame, likeness: Likeness) -> pd.DataFrame:
    """Make a finding for each row, whose argument names the first rows of the group and counts the others."""
    rows, group = likeness.rows, likeness.group
    if not len(rows):
        return no_findings()
    numbers = users.index.to_numpy()[rows]
    named = pd.Series(group).groupby(group).cumcount().to_numpy() < _NAMED
    first = pa.table({"group": group[named], "row": as_text(numbers[named])})
    lists = first.group_by("group", use_threads=False).aggregate([("row", "list")])
    names = pc.binary_join(lists["row_list"], ", ").take(pc.index_in(pa.array(group), value_set=lists["group"]))
    unnamed = pa.array(group_sizes(group) - _NAMED)
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

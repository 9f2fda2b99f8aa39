"""Look-alikes of a list that nobody holds whole: what each part shows, and what follows from all of it.

Rows that may look alike have one key: their metadata, their mailbox, or their name with the birthday or alone. Rows of
one key are brought together as numbers, and few stay. For these, the values are counted in all parts, which tells how
telling it is that they agree. So each part and each bucket holds a share of the list, and the result is that of
:func:`passage_kit.duplicates.lookalikes.suggest_duplicates` on the whole of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.fingerprints import Fingerprints, fingerprints, mixed, whole_prints
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.plain_words import plain_letters
from passage_kit.columns.users_frame import EMAIL, HELPERS, IDENTIFIERS, PHONE, arrow, mask_of
from passage_kit.duplicates.compared_columns import ComparedColumns
from passage_kit.duplicates.likeness import Floats, Ints, Likeness, group_sizes, largest_expected, most_telling, nobody
from passage_kit.duplicates.lookalikes import (
    BIRTHDAY,
    LEAST_TEXTS,
    LOOK_ALIKE,
    MAILBOX,
    MOST_ALIKE,
    SPELLED,
    as_findings,
    count_texts,
    each_said_once,
    mailboxes,
    spelled_columns,
    without_decided,
)
from passage_kit.duplicates.rarity import expected_by
from passage_kit.duplicates.slips import REASONS, most_namesakes, slips_of
from passage_kit.duplicates.spelling import column_about, names_alike
from passage_kit.findings.findings import collect_findings

EXACT, OTHERWISE_SPELLED, ONE_MAILBOX, ONE_BIRTHDAY, ONE_NAME = KINDS = range(5)
REPEATED = 5  # added to a kind: rows that repeat an earlier one
_SAID = {EXACT: LOOK_ALIKE, OTHERWISE_SPELLED: SPELLED, ONE_BIRTHDAY: BIRTHDAY}
_BLANK = np.uint64(0)
_NAME, _BORN = "name", "born"
KEYS = pa.schema([("key", pa.uint64()), ("row", pa.int64()), ("who", pa.uint64()), ("alias", pa.bool_())])
FOUND = pa.schema([("kind", pa.int64()), ("row", pa.int64()), ("group", pa.int64()), ("size", pa.int64())])
NAMESAKES = pa.schema(
    [("key", pa.uint64()), ("size", pa.int64()), ("row", pa.int64()), (EMAIL, pa.string()), (PHONE, pa.string())]
)
TELLING = pa.schema(
    [("kind", pa.int64()), ("row", pa.int64()), ("group", pa.int64()), ("expected", pa.float64()), (EMAIL, pa.string())]
)
_OF_PAIRS = [("one_email", pa.string()), ("other_email", pa.string()), ("identifier", pa.string())]
SLIPS = pa.schema([("one", pa.int64()), ("other", pa.int64()), ("expected", pa.float64()), *_OF_PAIRS])


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the list as it is compared.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized emails and phones.
    compared : mapping of int to ComparedColumns
        The metadata as they are and spelled alike; none if there are too few columns to compare.
    names : pyarrow.ChunkedArray, optional
        Name of each row.
    born : str, optional
        Column of the birthday, if there are names.
    """

    users: pd.DataFrame
    compared: Mapping[int, ComparedColumns]
    names: pa.ChunkedArray | None
    born: str | None
    _known: dict[tuple[int, str], Fingerprints] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, users: pd.DataFrame) -> PartView:
        """Look at a part."""
        metadata = users[[name for name in users.columns if name not in IDENTIFIERS + HELPERS]]
        exact, names = ComparedColumns.of(metadata), names_alike(metadata)
        both = {EXACT: exact, OTHERWISE_SPELLED: spelled_columns(exact, names)}
        enough = {kind: columns for kind, columns in both.items() if len(columns.columns) >= LEAST_TEXTS}
        born = None if names is None else column_about(map(str, metadata.columns), "birth date")
        return cls(users, enough, names, born)

    @property
    def rows(self) -> Ints:
        """Numbers of its rows."""
        return np.asarray(self.users.index.to_numpy(dtype=np.int64))

    def columns(self, kind: int) -> list[str]:
        """List the columns by which rows of a kind are compared."""
        if kind == ONE_BIRTHDAY:
            return [] if self.born is None else [_NAME, _BORN]
        return list(self.compared[kind].columns) if kind in self.compared else []

    def prints(self, kind: int, column: str, places: Ints | None = None) -> Fingerprints:
        """Give a number for the value in each row, or in some of them; 0 for a blank.

        Equal values of a column have one number in all parts; other columns and kinds have other numbers.
        """
        if places is None:  # keys are made of them, and values are counted by them
            if (kind, column) not in self._known:
                self._known[kind, column] = self._prints(kind, column, None)
            return self._known[kind, column]
        return self._prints(kind, column, places)

    def _prints(self, kind: int, column: str, places: Ints | None) -> Fingerprints:
        if kind == ONE_BIRTHDAY:
            values = self.names if column == _NAME else arrow(self.users[self.born])
            spelled = False
        else:
            values = self.compared[kind].columns[column]
            spelled = column in self.compared[kind].spelled
        assert values is not None  # noqa: S101 - columns() has no birthday then
        values = values if places is None else values.take(pa.array(places, pa.int64()))
        texts = values if pa.types.is_string(values.type) else pc.cast(values, pa.string())
        work = partial(_prints, spelled=spelled)
        prints = np.concatenate([np.zeros(0, dtype=np.uint64), *in_pieces(texts, work)])
        salted = mixed(prints, fingerprints(pa.array([f"{kind} {column}"])))
        return np.where(mask_of(values.is_null()), _BLANK, salted)


def _prints(texts: pa.Array, *, spelled: bool) -> Fingerprints:
    return whole_prints(plain_letters(texts) if spelled else texts)


def keys_of(view: PartView) -> dict[int, pa.Table]:
    """Give the key of each row for each kind, and a number that its identifier has; null if it has none.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> part = users_frame({"email": ["ann@example.org"], "phone": [None], "name": ["Ann"], "city": ["Oslo"]})
    >>> {kind: len(table) for kind, table in keys_of(PartView.of(part)).items()}
    {0: 1, 1: 1, 2: 1, 4: 1}
    """
    who = arrow(view.users[EMAIL].fillna(view.users[PHONE]))
    prints, unknown = whole_prints(who), mask_of(who.is_null())
    box, is_alias = mailboxes(view.users[EMAIL])
    keys: dict[int, tuple[Fingerprints, Any]] = {}
    for kind in view.compared:
        key = np.zeros(len(view.users), dtype=np.uint64)
        for column in view.columns(kind):
            key = mixed(key, view.prints(kind, column))
        keys[kind] = key, np.ones(len(key), dtype=bool)
    keys[ONE_MAILBOX] = whole_prints(box), mask_of(box.is_valid())
    if view.born is not None:
        name, day = (view.prints(ONE_BIRTHDAY, column) for column in view.columns(ONE_BIRTHDAY))
        keys[ONE_BIRTHDAY] = mixed(name, day), (name != _BLANK) & (day != _BLANK) & ~unknown
    if view.names is not None:
        keys[ONE_NAME] = whole_prints(view.names), mask_of(view.names.is_valid())
    return {
        kind: pa.table(
            [key[some], view.rows[some], pa.array(prints[some], mask=unknown[some]), is_alias[some]], schema=KEYS
        )
        for kind, (key, some) in keys.items()
    }


def counts_of(view: PartView) -> pa.Table:
    """Count the rows of each value of a part."""
    found = [pa.table({"print": pa.array([], pa.uint64()), "rows": pa.array([], pa.int64())})]
    for kind in (EXACT, OTHERWISE_SPELLED, ONE_BIRTHDAY):
        for column in view.columns(kind):
            prints, rows = np.unique(view.prints(kind, column), return_counts=True)
            found.append(pa.table({"print": prints[prints != _BLANK], "rows": rows[prints != _BLANK]}))
    return pa.concat_tables(found)


def find_in_bucket(kind: int, keys: pa.Table, count: int) -> pa.Table:
    """Find the rows of a kind that may look alike, among all rows that have one of some keys.

    Parameters
    ----------
    kind : int
    keys : pyarrow.Table
        As :func:`keys_of` gives them.
    count : int
        Number of rows of the list.

    Returns
    -------
    pyarrow.Table
        Kind, row, group and its size; the rows that repeat an earlier one in all metadata are a kind of their own.
    """
    order = np.lexsort((keys["row"].to_numpy(), keys["key"].to_numpy()))
    _, group, sizes = np.unique(keys["key"].to_numpy()[order], return_inverse=True, return_counts=True)
    several = sizes[group] > 1
    order, group = order[several], group[several]
    keys = keys.take(pa.array(order))
    rows = keys["row"].to_numpy()
    if kind == ONE_NAME:
        few = sizes[group] <= most_namesakes(count)
        return _found(kind, rows[few], keys["key"].to_numpy()[few].view(np.int64), sizes[group][few])
    found = []
    if kind in (EXACT, OTHERWISE_SPELLED):
        repeated = rows[pd.Series(group).duplicated().to_numpy(dtype=bool)]
        found.append(_found(kind + REPEATED, repeated, repeated, np.ones(len(repeated), dtype=np.int64)))
    if kind == ONE_MAILBOX:
        of_aliases = np.bincount(group, weights=keys["alias"].to_numpy(zero_copy_only=False), minlength=len(sizes)) > 0
        known = of_aliases[group]
    else:
        known = np.ones(len(rows), dtype=bool)
    who = pd.DataFrame({"group": group, "who": keys["who"].fill_null(0).to_numpy()})
    distinct = known & mask_of(keys["who"].is_valid()) & ~who.duplicated().to_numpy(dtype=bool)
    rows, group = rows[distinct], group[distinct]
    size = group_sizes(group)
    few = (size > 1) & ((size <= MOST_ALIKE) | (kind == ONE_MAILBOX))
    rows, group, size = rows[few], group[few], size[few]
    first = pd.Series(rows).groupby(group).transform("min").to_numpy(dtype=np.int64)
    return pa.concat_tables([*found, _found(kind, rows, first, size)])


def _found(kind: int, rows: Ints, group: Ints, size: Ints) -> pa.Table:
    return pa.table([np.full(len(rows), kind), rows, group, size], schema=FOUND)


def worth_a_look(view: PartView, found: pa.Table) -> pa.Table:
    """Leave out the rows that say too little in words."""
    kinds, rows = found["kind"].to_numpy(), found["row"].to_numpy()
    kept = np.ones(len(found), dtype=bool)
    for kind, columns in view.compared.items():
        some = np.flatnonzero(kinds == kind)
        kept[some] = count_texts(columns, np.searchsorted(view.rows, rows[some])) >= LEAST_TEXTS
    return found.filter(pa.array(kept))


def asked_of(view: PartView, found: pa.Table) -> Fingerprints:
    """Give the numbers of the values that have to be counted in all parts."""
    asked = [np.zeros(0, dtype=np.uint64)]
    for kind in (EXACT, OTHERWISE_SPELLED, ONE_BIRTHDAY):
        places = _places(view, found, kind)
        asked += [view.prints(kind, column, places) for column in view.columns(kind)]
    every: Fingerprints = np.unique(np.concatenate(asked))
    return np.asarray(every[every != _BLANK])


def _places(view: PartView, found: pa.Table, kind: int) -> Ints:
    rows = found.filter(pc.equal(found["kind"], kind))["row"].to_numpy()
    places: Ints = np.searchsorted(view.rows, rows)
    return places


def namesakes_of(view: PartView, found: pa.Table) -> pa.Table:
    """Give the identifiers of the rows whose names few have."""
    some = found.filter(pc.equal(found["kind"], ONE_NAME))
    users = view.users.iloc[_places(view, found, ONE_NAME)]
    emails, phones = (pc.cast(arrow(users[name]), pa.string()) for name in IDENTIFIERS)
    return pa.table([some["group"].to_numpy().view(np.uint64), some["size"], some["row"], emails, phones], NAMESAKES)


def alone_in(view: PartView, found: pa.Table, kind: int) -> Ints:
    """Give the places of the rows that repeat no other, which tell how values go together."""
    return np.setdiff1d(np.arange(len(view.users)), _places(view, found, kind + REPEATED))


def weigh(
    view: PartView, found: pa.Table, answers: pa.Table, weights: Mapping[int, Mapping[str, float]], count: int
) -> pa.Table:
    """Keep the rows that hardly look alike by chance.

    Parameters
    ----------
    view, found
        A part, and what was found of it.
    answers : pyarrow.Table
        How many rows of the list have the values that were asked for, by their numbers.
    weights : mapping of int to mapping of str to float
        How much each column counts, by kind: see :func:`passage_kit.duplicates.rarity.weights_of`.
    count : int
        Number of rows of the list.
    """
    answers = answers.sort_by("print")
    known, having = answers["print"].to_numpy(), np.append(answers["rows"].to_numpy(), 0)

    def alike(kind: int, column: str, places: Ints) -> Ints:
        prints = view.prints(kind, column, places)
        return np.where(prints == _BLANK, 0, having[np.searchsorted(known, prints)])

    kept = []
    for kind in (EXACT, OTHERWISE_SPELLED, ONE_MAILBOX, ONE_BIRTHDAY):
        some, places = found.filter(pc.equal(found["kind"], kind)), _places(view, found, kind)
        size = some["size"].to_numpy()
        of_columns = {column: alike(kind, column, places) for column in view.columns(kind)}
        expected: Floats = np.zeros(len(size))
        if kind in view.compared:
            expected = expected_by(weights[kind], of_columns, size, count)
        elif of_columns:
            others = [each - size + 1 for each in of_columns.values()]
            expected = others[0] * others[1] / max(count, 1)
        telling = expected <= largest_expected(count)
        emails = pc.cast(arrow(view.users[EMAIL].iloc[places[telling]]), pa.string())
        some = some.filter(pa.array(telling))
        kept.append(pa.table([some["kind"], some["row"], some["group"], expected[telling], emails], schema=TELLING))
    return pa.concat_tables(kept)


def compare_namesakes(namesakes: pa.Table) -> pa.Table:
    """Find the pairs of rows of one name whose emails or phones are a slip apart."""
    table = namesakes.sort_by("row")
    name, _ = pd.factorize(table["key"].to_numpy())
    rows, found = table["row"].to_numpy(), []
    for identifier in IDENTIFIERS:
        at, _, expected = slips_of(table[identifier], identifier, name, table["size"].to_numpy())
        one, other = at[::2], at[1::2]
        emails = [table[EMAIL].take(pa.array(side, pa.int64())) for side in (one, other)]
        found.append(pa.table([rows[one], rows[other], expected[::2], *emails, [identifier] * len(one)], schema=SLIPS))
    return pa.concat_tables(found)


def suggest_of_found(
    telling: pa.Table, slips: pa.Table, count: int, apart: Sequence[Sequence[int]] = ()
) -> pd.DataFrame:
    """Choose among the rows that hardly look alike by chance, and make findings of them.

    ``apart`` are rows decided to be different people, which are not suggested again.
    """
    of_pairs = [slips.select([side, f"{side}_email"]).rename_columns(["row", EMAIL]) for side in ("one", "other")]
    every = pa.concat_tables([telling.select(["row", EMAIL]), *of_pairs])
    rows, at = np.unique(every["row"].to_numpy(), return_index=True)
    emails = pd.arrays.ArrowExtensionArray(every[EMAIL].take(pa.array(at)))
    users = pd.DataFrame({EMAIL: pd.Series(emails, index=pd.Index(rows, dtype="int64", name="source_row"))})
    likenesses = [_mailboxes_found(telling, rows)]
    for kind, reason in _SAID.items():
        some = telling.filter(pc.equal(telling["kind"], kind)).sort_by("row")
        group, _ = pd.factorize(some["group"].to_numpy())
        places = np.searchsorted(rows, some["row"].to_numpy())
        likenesses.append(Likeness(*most_telling(places, group, some["expected"].to_numpy(), count), reason))
    likenesses += [_slips_found(slips, identifier, rows, count) for identifier in IDENTIFIERS]
    chosen = each_said_once(likenesses, rows=count, places=len(rows))
    return collect_findings(as_findings(users, without_decided(users, likeness, apart)) for likeness in chosen)


def _mailboxes_found(telling: pa.Table, rows: Ints) -> Likeness:
    some = telling.filter(pc.equal(telling["kind"], ONE_MAILBOX)).sort_by("row")
    group, _ = pd.factorize(some["group"].to_numpy())
    return Likeness(np.searchsorted(rows, some["row"].to_numpy()), group, MAILBOX) if len(some) else nobody(MAILBOX)


def _slips_found(slips: pa.Table, identifier: str, rows: Ints, count: int) -> Likeness:
    some = slips.filter(pc.equal(slips["identifier"], identifier)).sort_by(
        [("one", "ascending"), ("other", "ascending")]
    )
    pairs = np.stack([some["one"].to_numpy(), some["other"].to_numpy()], axis=1)
    group = np.repeat(np.arange(len(pairs)), 2)
    expected = np.repeat(some["expected"].to_numpy(), 2)
    return Likeness(*most_telling(np.searchsorted(rows, pairs.ravel()), group, expected, count), REASONS[identifier])


def joined(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Put tables one below the other, none of them as well."""
    return pa.concat_tables([schema.empty_table(), *tables])

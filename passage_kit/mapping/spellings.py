"""Groups of spellings of a column that are likely one value: the same words, the same letters, or a slip apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from passage_kit.columns.plain_words import counted_values, plain_letters, words_in_order
from passage_kit.columns.users_frame import TEXT

MOST_VALUES = 100_000  # different values to compare, the most frequent ones
MOST_GROUPS = 1_000
_COMPARED_ALL = 400  # keys of which every pair is compared; of more, each with its neighbours in order
_NEIGHBOURS = 4
_SHORTEST, _LONG = 5, 10  # letters: in a shorter key a slip says too much, in a long one two slips are allowed
WORDS = "the same words, but for case, accents, signs or order"
LETTERS = "the same letters, but for spaces, signs or repetition"
SLIP = "a slip apart"
_Keys = dict[str, list[int]]  # positions of the values by key


def find_spellings(column: pd.Series[Any]) -> pd.DataFrame:
    """Find groups of different values of a column that are likely spellings of one.

    Nothing is changed: a person chooses what becomes what, as a step of the kind ``map``. Values have the same
    fingerprint (their words in one order, without case, accents and signs), the same pairs of letters, or keys of five
    letters or more that are a slip apart (two slips from ten letters on: a letter too many, too few or wrong, or two
    neighbours swapped). Digits are never a slip, and values without letters are in no group. The cost grows with the
    number of different values; of more than 100,000 the most frequent are compared, and 1,000 groups are given at
    most.

    Parameters
    ----------
    column : pandas.Series
        Text column of the source, with any index.

    Returns
    -------
    pandas.DataFrame
        One row a value: ``group`` (int64, from 1, those with the most rows first), ``value`` (text, without white space
        around it), ``rows`` (int64, how many rows have it; the most frequent value of a group is first) and ``reason``
        (text).

    See Also
    --------
    ValueStep : The step that makes values one.
    apply_value_steps : Apply it.

    Examples
    --------
    >>> cities = pd.Series(["Köln", "Köln", "KOLN", "Düsseldorf", "Dusseldrof", "Ulm"], dtype="string[pyarrow]")
    >>> find_spellings(cities)[["group", "value", "rows"]].values.tolist()
    [[1, 'Köln', 2], [1, 'KOLN', 1], [2, 'Dusseldrof', 1], [2, 'Düsseldorf', 1]]
    """
    counted = counted_values(column)[:MOST_VALUES]
    counts = counted.field("counts").to_numpy(zero_copy_only=False)
    keys = words_in_order(plain_letters(counted.field("values"))).to_pylist()
    by_words = _grouped((at, key) for at, key in enumerate(keys) if key and any(map(str.isalpha, key)))
    by_letters = _merged(by_words, {key: _pairs_of_letters(key) for key in by_words})
    by_slip = _slips(by_letters, counts)
    reasons = {}
    for key, places in by_slip.items():
        same_words = len({keys[at] for at in places}) == 1
        reasons[key] = WORDS if same_words else LETTERS if key in by_letters and by_letters[key] == places else SLIP
    groups = sorted((key for key in by_slip if len(by_slip[key]) > 1), key=lambda key: -int(counts[by_slip[key]].sum()))
    values = counted.field("values").to_pylist()
    lines = [
        (number, values[at], int(counts[at]), reasons[key])
        for number, key in enumerate(groups[:MOST_GROUPS], 1)
        for at in sorted(by_slip[key])
    ]
    columns = dict(zip(("group", "value", "rows", "reason"), zip(*lines, strict=True), strict=True)) if lines else {}
    types = {"group": "int64", "value": TEXT, "rows": "int64", "reason": TEXT}
    return pd.DataFrame({name: pd.array(columns.get(name, ()), dtype=kind) for name, kind in types.items()})


def _grouped(keyed: Iterable[tuple[int, str]]) -> _Keys:
    groups: _Keys = defaultdict(list)
    for at, key in keyed:
        groups[key].append(at)
    return groups


def _merged(groups: _Keys, other: dict[str, str]) -> _Keys:
    """Join groups whose keys have one other key, under the key of the first."""
    first: dict[str, str] = {}
    merged: _Keys = {}
    for key, places in groups.items():
        into = first.setdefault(other[key], key)
        merged.setdefault(into, []).extend(places)
    return merged


def _pairs_of_letters(key: str) -> str:
    """Give the n-gram fingerprint of a key: its pairs of letters in order, each once; short keys keep their words."""
    letters = key.replace(" ", "")
    if len(letters) < _SHORTEST:
        return key
    digits = "".join(sign for sign in letters if sign.isdigit())
    return f"{''.join(sorted({letters[at : at + 2] for at in range(len(letters) - 1)}))} {digits}"


def _slips(groups: _Keys, counts: np.ndarray[Any, Any]) -> _Keys:
    """Join each group to the most frequent one that is a slip apart; what was joined takes no others."""
    rows = {key: int(counts[places].sum()) for key, places in groups.items()}
    into: dict[str, str] = {}
    taking: set[str] = set()
    slips = [sorted(pair, key=lambda key: (-rows[key], key)) for pair in _a_slip_apart(list(groups))]
    for often, seldom in sorted(slips, key=lambda pair: (-rows[pair[0]], pair)):
        if often not in into and seldom not in into and seldom not in taking:
            into[seldom] = often
            taking.add(often)
    joined: _Keys = {key: list(places) for key, places in groups.items() if key not in into}
    for seldom, often in into.items():
        joined[often] += groups[seldom]
    return joined


def _a_slip_apart(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give pairs of keys that are one slip apart, or two of long ones, with the same digits."""
    long_enough = np.array(sorted(key for key in keys if len(key) >= _SHORTEST), dtype=object)
    first, second = (long_enough[side] for side in _candidates(long_enough))
    if not len(first):
        return
    apart = process.cpdist(first, second, scorer=OSA.distance, score_cutoff=2, dtype=np.int32, workers=1)
    near = np.flatnonzero(np.asarray(apart) <= 2)
    for one, other, distance in zip(first[near], second[near], np.asarray(apart)[near].tolist(), strict=True):
        if distance <= (2 if min(len(one), len(other)) >= _LONG else 1) and _digits(one) == _digits(other):
            yield one, other


def _candidates(keys: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Pair all keys if they are few, else those near each other in order, read from either end; give positions."""
    if len(keys) <= _COMPARED_ALL:
        return np.triu_indices(len(keys), 1)
    backwards = np.array(sorted(range(len(keys)), key=lambda at: keys[at][::-1]))
    orders = (np.arange(len(keys)), backwards)
    pairs = [np.stack([order[:-by], order[by:]]) for order in orders for by in range(1, _NEIGHBOURS + 1)]
    low, high = np.sort(np.concatenate(pairs, axis=1), axis=0)
    coded = np.sort(low * len(keys) + high)
    return np.divmod(coded[np.diff(coded, prepend=-1) > 0], len(keys))


def _digits(key: str) -> str:
    return "".join(sign for sign in key if sign.isdigit())

"""Rows of one name whose emails or phones differ by a slip: a letter, two swapped digits, a point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process
from rapidfuzz.distance import OSA

from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, arrow
from passage_kit.duplicates.likeness import Floats, Ints, Likeness, largest_expected, most_telling

_SLIP_BY_CHANCE = 0.001  # share of the pairs of one name whose identifiers are a slip apart by chance, at the most
_SHORTEST = {EMAIL: 12, PHONE: 9}  # characters: in a short identifier one of them says too much
_SIGNS = r"[._-]"
REASONS = {EMAIL: "one name, and emails that differ by a slip", PHONE: "one name, and phones that differ by a slip"}


def find_slips(users: pd.DataFrame, names: pa.ChunkedArray) -> list[Likeness]:
    """Find pairs of rows with one name whose emails, or whose phones, are a slip apart.

    A slip is one character too many, too few or wrong, or two neighbours swapped. In emails the signs ``.``, ``_`` and
    ``-`` do not count, and digits are never a slip: ``user1`` and ``user2`` are two people. A name that many have says
    little.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized emails and phones.
    names : pyarrow.ChunkedArray
        Name of each row, as :func:`passage_kit.duplicates.spelling.names_alike` gives it.

    Examples
    --------
    >>> emails = ["anna.berg@example.org", "anna.breg@example.org", "anna.berg2@example.org"]
    >>> users = pd.DataFrame({"email": emails, "phone": [None] * 3}, dtype="string[pyarrow]")
    >>> find_slips(users, pa.chunked_array([["anna berg"] * 3]))[0].rows.tolist()
    [0, 1]
    """
    name, _ = pd.factorize(pd.arrays.ArrowExtensionArray(names))
    having = np.bincount(name + 1, minlength=1)
    having[0] = 0
    having = np.where(having <= most_namesakes(len(users)), having, 0)  # others are not worth the comparison
    found = []
    for identifier in IDENTIFIERS:
        rows, group, expected = slips_of(arrow(users[identifier]), identifier, name, having[name + 1])
        found.append(Likeness(*most_telling(rows, group, expected, len(users)), REASONS[identifier]))
    return found


def most_namesakes(count: int) -> float:
    """Give the number of rows of one name, at most, where a slip tells something in a list of so many rows.

    Examples
    --------
    >>> most_namesakes(1_000_000)
    11.0
    """
    return largest_expected(count) / _SLIP_BY_CHANCE + 1


def slips_of(values: pa.ChunkedArray, identifier: str, name: Ints, having: Ints) -> tuple[Ints, Ints, Floats]:
    """Find the pairs of rows of one name whose identifiers are a slip apart.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        Emails or phones.
    identifier : str
        Which of them.
    name, having : array of int
        Number of each row's name, and how many rows have it; 0 if they are not compared.

    Returns
    -------
    rows, group, expected : array
        Two positions for each pair, its number, and how many pairs there would be by chance.
    """
    long_enough = pc.fill_null(pc.greater_equal(pc.utf8_length(values), _SHORTEST[identifier]), False)
    rows = np.flatnonzero((having > 1) & long_enough.to_numpy())
    if not len(rows):
        return rows, rows, np.zeros(0)
    some = pc.cast(values.take(pa.array(rows)), pa.string())
    compared = pc.replace_substring_regex(some, _SIGNS, "") if identifier == EMAIL else some
    pairs = _neighbours(name[rows], compared)
    pairs = pairs[_a_slip_apart(some, compared, pairs, same_digits=identifier == EMAIL)]
    at = rows[pairs].ravel()
    return at, np.repeat(np.arange(len(pairs)), 2), (having[at] - 1) * _SLIP_BY_CHANCE


def _neighbours(name: Ints, compared: pa.ChunkedArray) -> Ints:
    """Pair the rows of one name that stand side by side in the order of their identifiers, read either way.

    Two texts that differ at one place have the same beginning or the same end, so one of the orders puts them together.
    """
    pairs = []
    for text in (compared, pc.utf8_reverse(compared)):
        table = pa.table({"name": name, "text": text})
        order = pc.sort_indices(table, [("name", "ascending"), ("text", "ascending")]).to_numpy()
        same = name[order[1:]] == name[order[:-1]]
        pairs.append(np.stack([order[:-1][same], order[1:][same]], axis=1).astype(np.int64))
    both = np.sort(np.concatenate(pairs), axis=1)
    return np.unique(both, axis=0) if len(both) else both.reshape(0, 2)


def _a_slip_apart(some: pa.ChunkedArray, compared: pa.ChunkedArray, pairs: Ints, *, same_digits: bool) -> Any:
    """Tell which pairs differ, and by one slip at the most."""
    first, second = (compared.take(pa.array(pairs[:, side])) for side in (0, 1))
    apart = process.cpdist(
        first.to_pylist(), second.to_pylist(), scorer=OSA.distance, score_cutoff=1, dtype=np.int32, workers=1
    )
    written = pc.not_equal(some.take(pa.array(pairs[:, 0])), some.take(pa.array(pairs[:, 1]))).to_numpy()
    slip = (np.asarray(apart) <= 1) & written
    if same_digits:
        digits = [pc.replace_substring_regex(side, r"\D+", "") for side in (first, second)]
        slip &= pc.equal(*digits).to_numpy()
    return slip

"""Fingerprints of texts: equal texts have equal ones, so that whole columns are compared as numbers first."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions, has_others, narrowest
from passage_kit.columns.parallel import PIECE, in_pieces
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import bytes_of, mask_of, words_of

_WORD = 8  # bytes
_LONGEST = 64  # bytes that count; longer texts are told apart by these and by their length
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # an odd number without a pattern: multiplying by it spreads the bits
_HALF = np.uint64(32)
_FIRST_BYTES = np.array([(1 << 8 * count) - 1 for count in range(_WORD + 1)], dtype=np.uint64)  # masks
_ROOM = 2  # slots for each fingerprint, at least: most of those that are alone then have one of their own

Fingerprints = npt.NDArray[np.uint64]


def fingerprints(values: pa.Array | pa.ChunkedArray) -> Fingerprints:
    """Compute a number for each text. Equal texts have equal numbers; different texts hardly ever do.

    Parameters
    ----------
    values : pyarrow.Array or ChunkedArray
        Text. The number of a null is arbitrary.

    Returns
    -------
    numpy.ndarray of uint64

    Examples
    --------
    >>> one, other, same = fingerprints(pa.array(["ann@example.org", "bob@example.org", "ann@example.org"]))
    >>> bool(one == same), bool(one == other)
    (True, False)
    """
    parts = in_pieces(values, _of_piece)
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def whole_prints(values: pa.Array | pa.ChunkedArray) -> Fingerprints:
    """Compute a number for each text as :func:`fingerprints` does, by all bytes of longer texts, too.

    Examples
    --------
    >>> one, other = ("a" * 100 + end for end in ("b", "c"))
    >>> len(set(fingerprints(pa.array([one, other])))), len(set(whole_prints(pa.array([one, other]))))
    (1, 2)
    """
    prints = fingerprints(values)
    long = np.flatnonzero(mask_of(pc.greater(pc.binary_length(values), _LONGEST)))
    for at, text in zip(long.tolist(), values.take(pa.array(long)).to_pylist(), strict=True):
        prints[at] = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=_WORD).digest(), "little")
    return prints


def may_repeat(prints: Fingerprints, rows: int = 2) -> npt.NDArray[np.bool_]:
    """Mark the fingerprints that may repeat: all that do, and a few others, in a fraction of the time.

    The first bits of a fingerprint choose its slot. A fingerprint in a slot with too few others cannot repeat.

    Parameters
    ----------
    prints : numpy.ndarray of uint64
    rows : int, default 2
        How many times.

    Examples
    --------
    >>> may_repeat(fingerprints(pa.array(["ann@example.org", "bo@example.org", "ann@example.org"]))).tolist()
    [True, False, True]
    """
    bits = (_ROOM * len(prints)).bit_length()
    slots = (prints >> np.uint64(64 - bits)).astype(narrowest((1 << bits) - 1)) if bits else prints.view(np.int64)
    if rows == 2:
        return has_others(slots)
    is_full = np.bincount(slots) >= rows  # few bytes, which the rows are looked up in
    return np.asarray(is_full[slots])


def repeated_rows(prints: Fingerprints, *, among: npt.NDArray[np.bool_] | None = None) -> Positions:
    """Find the rows whose fingerprint another row has, too.

    Parameters
    ----------
    prints : numpy.ndarray of uint64
    among : numpy array of bool, optional
        Rows that count. Default: all.

    Examples
    --------
    >>> repeated_rows(fingerprints(pa.array(["ann@example.org", "bo@example.org", "ann@example.org"]))).tolist()
    [0, 2]
    """
    may = may_repeat(prints)
    some: Positions = np.flatnonzero(may if among is None else may & among)
    repeated: Positions = some[pd.Series(prints[some]).duplicated(keep=False).to_numpy(dtype=bool)]
    return repeated


def first_rows(values: pa.Array | pa.ChunkedArray) -> Positions:
    """Find the first row of each text. Equal texts have the same row, so it serves as their number, too.

    Parameters
    ----------
    values : pyarrow.Array or ChunkedArray
        Text.

    Returns
    -------
    numpy.ndarray of int64
        Positions; -1 for a null.

    Examples
    --------
    >>> first_rows(pa.array(["ann@example.org", "bob@example.org", None, "ann@example.org"])).tolist()
    [0, 1, -1, 0]
    """
    column = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    filled = mask_of(column.is_valid())
    prints = fingerprints(column)
    some = np.flatnonzero(may_repeat(prints) & filled)
    numbers, distinct = pd.factorize(prints[some])
    del prints  # there are many rows, and several columns at once
    first = np.arange(len(values))
    first[~filled] = -1
    first[some] = _first_of_each(numbers, len(distinct), some)
    later = some[first[some] != some]
    others = _that_differ(column, later, first[later])
    if len(others):  # long texts that begin alike, chance, or a purpose
        is_mixed = np.zeros(len(first), dtype=bool)  # by the row that was taken for the first of its text
        is_mixed[first[others]] = True
        mixed_rows = some[is_mixed[first[some]]]
        texts = take_rows(column, pa.array(mixed_rows))
        numbers, distinct = pd.factorize(pd.arrays.ArrowExtensionArray(texts))
        first[mixed_rows] = _first_of_each(numbers, len(distinct), mixed_rows)
    return first


def _that_differ(column: pa.ChunkedArray, rows: Positions, others: Positions) -> Positions:
    """Find the rows whose text is not that of their counterpart, some at a time."""
    differ = [np.zeros(0, dtype=bool)]
    for at in range(0, len(rows), PIECE):
        one, other = (take_rows(column, pa.array(each[at : at + PIECE])) for each in (rows, others))
        differ.append(mask_of(pc.not_equal(one, other)))
    found: Positions = rows[np.concatenate(differ)]
    return found


def _first_of_each(numbers: Positions, count: int, rows: Positions) -> Positions:
    """Find for each row the first row with its number; rows ascend."""
    first = np.empty(count, dtype=np.int64)
    first[numbers[::-1]] = rows[::-1]  # of several assignments to one place the last one stays
    return np.asarray(first[numbers])


def _of_piece(texts: pa.Array) -> Fingerprints:
    data, bounds = bytes_of(texts)
    words: Fingerprints = words_of(data, "<u8")
    starts, length = bounds[:-1], np.diff(bounds)
    prints = length.astype(np.uint64) * _SPREAD
    for at in range(0, min(int(length.max(initial=0)), _LONGEST), _WORD):
        # A text gets no round after its end: how long the others of its piece are says nothing about it.
        going_on = np.flatnonzero(length > at) if length.min() <= at else slice(None)
        word = words[starts[going_on] + at] & _FIRST_BYTES[np.minimum(length[going_on] - at, _WORD)]
        prints[going_on] = mixed(prints[going_on], word)
    return prints


def mixed(one: Fingerprints, other: Fingerprints) -> Fingerprints:
    """Mix two fingerprints of each row into one.

    Examples
    --------
    >>> first, second = fingerprints(pa.array(["ann", "ann"])), fingerprints(pa.array(["Oslo", "Bonn"]))
    >>> len(set(mixed(first, second).tolist()))
    2
    """
    both = (one ^ other) * _SPREAD
    return both ^ (both >> _HALF)

"""Text columns of any size, in parts: an array of arrow holds at most 2 GB of text, a column of several arrays more.

What joins the arrays of a column works on parts of it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions
from passage_kit.columns.spool import partitions_of

_ARRAY, _FEW = 1 << 31, 4
LARGEST_PART = 1 << 29  # bytes: far less than an array can hold, since some work makes texts longer

Sliced = TypeVar("Sliced", pa.ChunkedArray, pa.Table, pa.RecordBatch)


def parts_of_text(values: pa.ChunkedArray) -> Iterator[pa.ChunkedArray]:
    """Give a column in parts of as many rows as a partition has, or fewer where the texts are long.

    A column without rows is one part.

    Examples
    --------
    >>> [part.to_pylist() for part in parts_of_text(pa.chunked_array([["a"], ["b"]]))]
    [['a', 'b']]
    """
    for start in (starts := partitions_of(len(values))):
        yield from halves(values.slice(start, starts.step))


def halves(part: Sliced) -> Iterator[Sliced]:
    """Halve a column, a table or a batch until no part is larger than half a gigabyte, or has more than one row.

    Examples
    --------
    >>> [part.to_pydict() for part in halves(pa.table({"a": ["x", "y"]}))]
    [{'a': ['x', 'y']}]
    """
    if part.nbytes <= LARGEST_PART or len(part) < 2:
        yield part
        return
    half = len(part) // 2
    yield from halves(part.slice(0, half))
    yield from halves(part.slice(half))


def take_rows(values: pa.ChunkedArray, rows: pa.Array) -> pa.ChunkedArray:
    """Take rows of a column by their numbers, whatever its size; a null among the numbers gives a null.

    To take rows of several arrays, arrow first joins all of them. So few rows are taken from each array, and the arrays
    are joined only if they fit into one.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
    rows : pyarrow.Array
        Whole numbers from 0.

    Returns
    -------
    pyarrow.ChunkedArray

    Examples
    --------
    >>> take_rows(pa.chunked_array([["a", "b"], ["c"]]), pa.array([2, 0, None])).to_pylist()
    ['c', 'a', None]
    """
    few = values.num_chunks > 1 and len(rows) * _FEW <= len(values)
    if not few and (values.nbytes <= LARGEST_PART or not pa.types.is_string(values.type)):
        joined = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
        return pa.chunked_array([joined.take(rows)])
    at = rows.fill_null(0).to_numpy()
    taken = _from_each(values, at) if few or not len(at) else list(_from_each_in_parts(values, at))
    result = pa.chunked_array(taken, values.type)
    return pc.if_else(rows.is_valid(), result, None) if rows.null_count else result


def _from_each_in_parts(values: pa.ChunkedArray, at: Positions) -> Iterator[pa.Array]:
    """Take many rows, so many at a time that their texts fit into one array."""
    lengths = [pc.fill_null(pc.binary_length(chunk), 0).to_numpy(zero_copy_only=False) for chunk in values.chunks]
    sizes = np.cumsum(np.concatenate(lengths)[at], dtype=np.int64)
    start = 0
    while start < len(at):
        before = sizes[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(sizes, before + LARGEST_PART)))
        yield from _from_each(values, at[start:stop])
        start = stop


def _from_each(values: pa.ChunkedArray, at: Positions) -> list[pa.Array]:
    """Take rows from the array that each is in, and bring them into the order asked for."""
    firsts = np.cumsum([0, *map(len, values.chunks)])
    chunk_of = np.searchsorted(firsts, at, side="right") - 1
    order = np.argsort(chunk_of, kind="stable")
    of_chunks, begins = np.unique(chunk_of[order], return_index=True)
    pieces = [
        values.chunk(number).take(pa.array(at[some] - firsts[number]))
        for number, some in zip(of_chunks.tolist(), np.split(order, begins[1:]), strict=len(at) > 0)
    ]
    if (np.diff(order) == 1).all():
        return pieces
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    if sum(piece.nbytes for piece in pieces) > _ARRAY:  # few rows of the longest texts
        joined = pa.chunked_array(pieces)
        return [row for place in back for row in _from_each(joined, np.array([place]))]
    return [pa.concat_arrays(pieces).take(pa.array(back))]

"""Places of texts among others, found by their fingerprints, so that memory holds a number for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions, narrowest
from passage_kit.columns.fingerprints import whole_prints
from passage_kit.columns.spool import ROWS, forget, one_table
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import mask_of


class Lookup:
    """Finds the place of a text in a column: of equal texts, the first.

    arrow would hold each text of the column in memory, and this holds a number and a place for each. The column may be
    put aside in a file.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text.
    rank : numpy.ndarray, optional
        Of equal texts, the first one with the lowest number counts. Default: the first one.

    Examples
    --------
    >>> Lookup(pa.chunked_array([["a", None, "b", "a"]])).places(pa.chunked_array([["b", None, "a", "c"]])).to_pylist()
    [2, None, 0, None]
    """

    def __init__(self, column: pa.ChunkedArray, rank: npt.NDArray[np.integer] | None = None) -> None:
        self._column = column
        rows = np.flatnonzero(mask_of(column.is_valid())).astype(narrowest(len(column)))
        prints = whole_prints(column)[rows]
        if rank is not None:
            ranked = np.argsort(rank[rows], kind="stable")
            rows, prints = rows[ranked], prints[ranked]
        order = np.argsort(prints, kind="stable")
        self._prints, self._rows = prints[order], rows[order]
        forget()

    def places(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Give the place of each text; null for a text that is not there, and for a null."""
        pieces = [self._places(values.slice(at, ROWS)) for at in range(0, len(values), ROWS)]
        return pa.chunked_array(pieces, pa.int64())

    def _places(self, values: pa.ChunkedArray) -> pa.Array:
        prints = whole_prints(values)
        at = np.searchsorted(self._prints, prints)
        there = (at < len(self._prints)) & mask_of(values.is_valid())
        there[there] = self._prints[at[there]] == prints[there]
        asked = np.flatnonzero(there)
        found = np.full(len(values), -1, dtype=np.int64)
        found[asked] = self._rows[at[asked]]
        equal = mask_of(pc.equal(take_rows(self._column, pa.array(found[asked])), values.take(pa.array(asked))))
        other = asked[~equal]
        if len(other):  # long texts that begin alike, chance, or a purpose
            found[other] = self._by_text(values.take(pa.array(other)), prints[other])
        forget()
        return pa.array(found, mask=found < 0)

    def _by_text(self, values: pa.ChunkedArray, prints: npt.NDArray[np.uint64]) -> Positions:
        """Compare texts with all that have their fingerprint."""
        distinct = np.unique(prints)
        begins, ends = (np.searchsorted(self._prints, distinct, side=side) for side in ("left", "right"))
        rows = np.concatenate([self._rows[begin:end] for begin, end in zip(begins, ends, strict=True)])
        texts = take_rows(self._column, pa.array(rows)).combine_chunks()
        at = pc.index_in(values, value_set=texts, skip_nulls=True)
        places: Positions = np.asarray(pc.fill_null(pa.array(rows, pa.int64()).take(at.combine_chunks()), -1))
        return places


def indexes(index: pd.Index[Any], rows: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Give the positions of rows in an index; null for a null, and for a row that is not there.

    Examples
    --------
    >>> indexes(pd.Index([1, 3]), pa.array([3, 2, None])).to_pylist()
    [1, None, None]
    """
    at = index.get_indexer(pd.Index(np.asarray(pc.fill_null(rows, -1))))
    return pa.array(at, mask=at < 0)


def taken(column: pa.ChunkedArray, at: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Take rows of a column some at a time, null for a null; a long result is put aside.

    Examples
    --------
    >>> taken(pa.chunked_array([["a", "b"]]), pa.array([1, None])).to_pylist()
    ['b', None]
    """
    where = at.combine_chunks() if isinstance(at, pa.ChunkedArray) else at
    pieces = (take_rows(column, where.slice(start, ROWS)) for start in range(0, max(len(where), 1), ROWS))
    return one_table(pa.table([piece], names=["values"]) for piece in pieces).column(0)

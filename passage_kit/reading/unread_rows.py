"""Rows of a source that are none: blank ones, and those that repeat the header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import mask_of
from passage_kit.reading.header import is_line_of_ids

Rows = np.ndarray[Any, np.dtype[np.int64]]

_TRIMMED = " \t\r\n\u00a0\ufeff\u200b"
_PADDING = 1 << 10  # bytes of white space around a name at most: to trim long texts takes as long as to parse them
_LINES_OF_HEADER = 2  # below its first one
_LONGEST_LETTER = 4  # bytes in UTF-8


def blank_rows(columns: Sequence[pa.ChunkedArray], done: Mask) -> Rows:
    """Find the rows that hold white space only, without those that are done already.

    Examples
    --------
    >>> columns = [pa.chunked_array([["Ann", " ", None]]), pa.chunked_array([["1", None, None]])]
    >>> blank_rows(columns, np.array([False, False, False])).tolist()
    [1, 2]
    """
    # The fullest column comes first, so that few rows remain to check.
    rows: Rows | None = None
    for column in sorted(columns, key=lambda column: column.null_count):
        values = column if rows is None else take_rows(column, pa.array(rows))
        blank = ~mask_of(pc.is_valid(values)) | mask_of(pc.utf8_is_space(values))
        rows = np.flatnonzero(blank) if rows is None else rows[blank]
        if not len(rows):
            break
    found = rows if rows is not None else np.array([], np.int64)
    return found[~done[found]]


def rows_like_header(columns: Sequence[pa.ChunkedArray], header: Sequence[str]) -> Rows:
    """Find the rows that repeat the names of the header in any case.

    Examples
    --------
    >>> columns = [pa.chunked_array([["Mail", "ann"]]), pa.chunked_array([["NAME", "Ann"]])]
    >>> rows_like_header(columns, ["mail", "Name"]).tolist()
    [0]
    """
    # The longest name comes first, since few cells have its length.
    named = zip((name.strip(_TRIMMED).lower() for name in header), columns, strict=True)
    wanted = sorted((entry for entry in named if entry[0]), key=lambda entry: -len(entry[0]))
    rows = np.arange(len(columns[0]) if wanted else 0)
    for name, column in wanted:
        values = column if len(rows) == len(column) else take_rows(column, pa.array(rows))
        size = pc.binary_length(values)
        may_be = mask_of(
            pc.and_(pc.greater_equal(size, len(name)), pc.less_equal(size, _LONGEST_LETTER * len(name) + _PADDING))
        )
        rows, values = rows[may_be], values.filter(pa.array(may_be))
        rows = rows[mask_of(pc.equal(pc.utf8_lower(pc.utf8_trim(values, _TRIMMED)), name))]
        if not len(rows):
            break
    return rows


def header_goes_on(columns: Sequence[pa.ChunkedArray]) -> Rows:
    """Find the first rows that are further lines of the header: up to one of ids in JSON, as a survey's export has it.

    Examples
    --------
    >>> header_goes_on([pa.chunked_array([["Your email", '{"ImportId":"QID1"}', "ann@example.org"]])]).tolist()
    [0, 1]
    """
    for row in range(min(_LINES_OF_HEADER, len(columns[0]))):
        if is_line_of_ids(column[row].as_py() for column in columns):
            return np.arange(row + 1)
    return np.array([], np.int64)


def without_rows(columns: Sequence[pa.ChunkedArray], rows: Rows) -> Sequence[pa.ChunkedArray]:
    """Replace the values of some rows by nulls.

    Examples
    --------
    >>> without_rows([pa.chunked_array([["Mail", "ann"]])], np.array([0]))[0].to_pylist()
    [None, 'ann']
    """
    if not len(rows):
        return columns
    out = np.zeros(len(columns[0]), bool)
    out[rows] = True
    nothing = pa.scalar(None, pa.string())
    return [pc.if_else(pa.array(out), nothing, column) for column in columns]

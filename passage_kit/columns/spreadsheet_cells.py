"""Cells that a spreadsheet would take for formulas, made harmless in files that people open there, and taken back.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@``, whoever wrote it, and some do so behind white
space or for full-width signs. OWASP ("CSV Injection") advises an apostrophe before such a cell: it marks text in every
spreadsheet. A cell that has such an apostrophe already gets another one, so that reading gives back what was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.users_frame import bytes_of, is_digit, mask_of

ESCAPE = "'"
_ESCAPES = pa.array(["", ESCAPE])  # before a cell that is none, and before a formula

# White space, characters that cannot be seen, and quotes may stand before the sign; they include the escape itself. A
# tab or a line break is a sign of its own, since it can begin a new cell. The last signs are the full-width and the
# small ones, and the minus of mathematics.
_FORMULA = r"""^[\p{Z}\p{C}"']*[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}\x{fe66}\x{fe62}\x{fe63}\x{fe6b}\x{2212}]"""
# What the first byte of a cell says: most cells are told by it, and only those that are in doubt are read.
_PLAIN, _DOUBT, _SIGN = range(3)
_BEGINNINGS = np.full(256, _PLAIN, np.int8)
_BEGINNINGS[[*range(33), *b"\"'", *range(127, 256)]] = _DOUBT
_BEGINNINGS[[*b"=+-@\t\r\n"]] = _SIGN

Cells = TypeVar("Cells", pa.Array, pa.ChunkedArray)


def is_formula(cells: pa.Array | pa.ChunkedArray, *, numbers: bool = True) -> Mask:
    """Mark the texts that a spreadsheet may take for a formula.

    Parameters
    ----------
    cells : pyarrow.Array or pyarrow.ChunkedArray
        Text.
    numbers : bool, default True
        Mark a plus with digits alone, too. It is a phone in E.164 form, and to a spreadsheet a number.

    Examples
    --------
    >>> is_formula(pa.array(["=1+1", " @x", "+14155550101", "ann", None])).tolist()
    [True, True, True, False, False]
    """
    if isinstance(cells, pa.ChunkedArray):
        return np.concatenate([np.zeros(0, bool), *(is_formula(chunk, numbers=numbers) for chunk in cells.chunks)])
    data, starts = bytes_of(cells)
    if not len(data):
        return np.zeros(len(cells), bool)
    first = data.take(starts[:-1], mode="clip")
    kinds = _BEGINNINGS.take(first)
    kinds[starts[1:] == starts[:-1]] = _PLAIN
    found: Mask = kinds == _SIGN
    doubtful = np.flatnonzero(kinds == _DOUBT)
    found[doubtful] = mask_of(pc.match_substring_regex(cells.take(pa.array(doubtful)), _FORMULA))
    if not numbers:
        plus = np.flatnonzero(found & (first == ord("+")))
        found[plus] = ~_are_numbers(cells.take(pa.array(plus)))
    return found


def _are_numbers(cells: pa.Array) -> Mask:
    """Mark the texts of a plus and digits among texts that begin with a plus."""
    data, starts = bytes_of(cells)
    if not len(data):
        return np.zeros(0, bool)
    of_data, length = is_digit(data), np.diff(starts)
    if len(data) - np.count_nonzero(of_data) == len(cells):  # each has its plus alone, as phones do
        return np.asarray(length > 1)
    digits = np.add.reduceat(of_data, starts[:-1], dtype=np.int64)
    return np.asarray((digits == length - 1) & (length > 1))


def make_harmless(cells: Cells, *, numbers: bool = True) -> Cells:
    """Put an apostrophe before each text that a spreadsheet may take for a formula; :func:`as_they_were` takes it back.

    Parameters
    ----------
    cells : pyarrow.Array or pyarrow.ChunkedArray
        Text.
    numbers : bool, default True
        Do so with a plus and digits alone, too; without the apostrophe, a spreadsheet loses the plus.

    Examples
    --------
    >>> make_harmless(pa.array(["=1+1", "'=1+1", "ann", None])).to_pylist()
    ["'=1+1", "''=1+1", 'ann', None]
    """
    if isinstance(cells, pa.ChunkedArray):
        return pa.chunked_array([make_harmless(chunk, numbers=numbers) for chunk in cells.chunks], cells.type)
    found = is_formula(cells, numbers=numbers)
    if not found.any():
        return cells
    if found.all():
        return pc.binary_join_element_wise(ESCAPE, cells, "")
    return pc.binary_join_element_wise(_ESCAPES.take(pa.array(found.view(np.int8))), cells, "")


def as_they_were(cells: Cells) -> Cells:
    """Take back the apostrophes of :func:`make_harmless`.

    A cell whose apostrophe is lost, as after saving in some spreadsheets, stays as it is.

    Examples
    --------
    >>> as_they_were(pa.array(["'=1+1", "''=1+1", "=1+1", "'ann'", None])).to_pylist()
    ['=1+1', "'=1+1", '=1+1', "'ann'", None]
    """
    if isinstance(cells, pa.ChunkedArray):
        return pa.chunked_array([as_they_were(chunk) for chunk in cells.chunks], cells.type)
    found = is_formula(cells)
    if not found.any():
        return cells
    found &= mask_of(pc.starts_with(cells, ESCAPE))
    mask = pa.array(found)
    return pc.replace_with_mask(cells, mask, pc.utf8_slice_codeunits(cells.filter(mask), 1))


def harmless_table(table: pa.Table, *, numbers: bool = True) -> pa.Table:
    """Make the names and the texts of a table harmless: see :func:`make_harmless`.

    Examples
    --------
    >>> harmless_table(pa.table({"=a": ["@b"], "n": [-1]})).to_pylist()
    [{"'=a": "'@b", 'n': -1}]
    """
    columns = [_harmless_column(column, numbers) for column in table.columns]
    return pa.Table.from_arrays(columns, harmless_names(table.column_names))


def harmless_names(names: Sequence[str]) -> list[str]:
    """Make the names of columns harmless."""
    return list(make_harmless(pa.array(names, pa.string())).to_pylist())


def names_as_they_were(names: Sequence[str]) -> list[str]:
    """Take back the apostrophes before the names of columns."""
    return list(as_they_were(pa.array(names, pa.string())).to_pylist())


def _harmless_column(column: pa.ChunkedArray, numbers: bool) -> pa.ChunkedArray:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        return column
    return make_harmless(column.cast(pa.string()), numbers=numbers)

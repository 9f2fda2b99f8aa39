"""Plain phone cells of a column: those whose number is their only digits, read by whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.characters import replace_characters
from passage_kit.columns.users_frame import bytes_of, holds, is_digit, mask_of, one_chunk
from passage_kit.identifiers.phones.number_plans import LONGEST, TENS, Integers, Lengths
from passage_kit.identifiers.phones.phone_cells import (
    BETWEEN_DIGITS,
    DASHES,
    DECIMALS,
    EXTENSION,
    LINK,
    LOOKS_LIKE_A_DIGIT,
    NUMBER,
    RUNS,
    SHORTEST,
    SHORTEST_REPEATED,
    WHOLE,
    WRAPPING,
    in_ascii,
)
from passage_kit.identifiers.phones.phone_remarks import MAY_SPEAK_AGAINST

# The number is all that has digits in it: anything in ASCII but a plus, a semicolon and a slash may stand before it,
# and behind it what is wrapped around cells.
_BEFORE = " -*,-.:<-~"
_ASCII_WRAPPING = "".join(filter(str.isascii, WRAPPING))
_BEHIND = f"[{_ASCII_WRAPPING}]*$"
_PLAIN = rf"^[{_BEFORE}/]*{NUMBER}[{BETWEEN_DIGITS}0-9/]*{_BEHIND}"
# The same before an extension, but without a slash.
_EXTENDED = rf"^(?P<number>[{_BEFORE}]*{NUMBER}){EXTENSION}"
# The same before a rest without digits that stands apart: punctuation, which the library leaves out, or a remark. Only
# ranges of letters without a gap count; a remark in another script is rare.
_APART = r"[ !-\"$-*,-/:;<>-@\[-`{-~]"
_LETTER = "[A-Za-zÀ-ÖØ-öø-ɏЀ-ҁ一-龥]"
_WITH_REST = rf"^(?P<number>[{_BEFORE}]*{NUMBER}){_APART}(?P<rest>{_APART}*|[^0-9+#=]*{_LETTER}[^0-9+#=]*)$"
# A whole number that was written as a decimal.
_WHOLE_DECIMAL = f"^[{_ASCII_WRAPPING}]*(?P<number>{WHOLE}){DECIMALS}{_BEHIND}"
# What means something else: the end of a decimal behind others, and a slash between two numbers.
_DECIMAL = f"{WHOLE}{DECIMALS}{_BEHIND}"
_TWO_NUMBERS = rf"(?:[0-9][^0-9/]*){{{SHORTEST}}}/(?:.*/)?[^0-9/]*(?:[0-9][^0-9/]*){{{SHORTEST}}}"
# No letters but those of a link; others are a remark.
_NO_REMARK = rf"^[^A-Za-z]*(?i:{LINK})?[^A-Za-z]*$"
# A letter that may be the first digit.
_SLIP = f"(?:^|[^A-Za-z]){LOOKS_LIKE_A_DIGIT}[0-9]"
# Of simple cells, which are told byte by byte: a dot may begin decimals.
_SIMPLE_SIGNS = BETWEEN_DIGITS.replace(".", "").encode()
_LONGEST_CELL = 100
_FEWEST = 6  # digits: fewer may be a calling code alone, and the library does not read two whatever stands between

# The last digits of a number that may stand for none: one digit repeated, or the end of a run.
_MAY_STAND_FOR_NONE = np.zeros(10**SHORTEST_REPEATED, dtype=bool)
_MAY_STAND_FOR_NONE[:: int("1" * SHORTEST_REPEATED)] = True
for _run in RUNS:
    for _end in range(SHORTEST, len(_run) + 1):
        _MAY_STAND_FOR_NONE[int(_run[_end - SHORTEST_REPEATED : _end])] = True

_Bytes = np.ndarray[Any, np.dtype[np.uint8]]


class PlainPhones(NamedTuple):
    """Plain cells: their rows, their digits, and what stands before and behind these."""

    rows: Integers
    digits: Integers
    length: Lengths
    plus: Mask
    remark: Mask
    extension: Integers  # 0 where there is none
    bare: Mask  # nothing but a plus, and the first digit is no zero
    decimal: Mask  # written as a decimal
    remark_behind: Mask  # which the judge leaves out if the number is valid

    def at(self, rows: Any) -> PlainPhones:
        """Give the phones at some positions."""
        return PlainPhones(*(column[rows] for column in self))


class _Signs(NamedTuple):
    """What stands before and behind the numbers of cells: see :class:`PlainPhones`."""

    plus: Mask
    remark: Mask
    extension: Integers
    decimal: Mask
    remark_behind: Mask


def read_plain(values: pa.ChunkedArray, begin: int, count: int) -> PlainPhones:
    """Read the plain cells of a batch of a column, in no order.

    Examples
    --------
    >>> plain = read_plain(pa.chunked_array([["(201) 555-0123", "none", "+1 201 555 0199 (mobile)"]]), 0, 3)
    >>> plain.rows.tolist(), plain.digits.tolist(), plain.plus.tolist()
    ([0, 2], [2015550123, 12015550199], [False, True])
    """
    cells = one_chunk(values.slice(begin, count))
    length = pc.binary_length(cells)
    rows = np.flatnonzero(mask_of(pc.and_(pc.greater(length, 0), pc.less_equal(length, _LONGEST_CELL))))
    if len(rows) < len(cells):
        cells = cells.take(pa.array(rows))
    rows += begin
    simple, plus = _is_simple(cells)
    others = np.flatnonzero(~simple)
    no = np.zeros(len(rows), dtype=bool)
    at_once = _numbers(rows, cells, simple, _Signs(plus, no, no.astype(np.int64), no, no), rewritten=no)
    return _behind_one_another([at_once, _read_others(rows[others], cells.take(pa.array(others)))])


def _behind_one_another(parts: Sequence[PlainPhones]) -> PlainPhones:
    return PlainPhones(*map(np.concatenate, zip(*parts, strict=True)))


def _is_simple(cells: pa.Array) -> tuple[Mask, Mask]:
    """Find the cells of digits with spaces, hyphens and brackets between or a plus first, and those with the plus."""
    text, starts = bytes_of(cells)
    first = starts[:-1]
    plus = text[first] == ord("+")
    usual = is_digit(text)
    simple = ~plus | usual[np.minimum(first + 1, len(text) - 1)]
    for sign in _SIMPLE_SIGNS:
        usual |= text == sign
    usual[first] |= plus
    simple[np.searchsorted(first, np.flatnonzero(~usual), side="right") - 1] = False
    return simple, plus


def _read_others(rows: Integers, cells: pa.Array) -> PlainPhones:
    """Read the plain cells among some, whatever they hold."""
    cells, rewritten = _in_ascii(cells)
    may_be_against = _match(cells, MAY_SPEAK_AGAINST)
    parts = pc.extract_regex(cells, _EXTENDED)
    extended = mask_of(parts.is_valid())
    cells = pc.if_else(pa.array(extended), pc.struct_field(parts, "number"), cells)
    extension = pc.cast(pc.if_else(pa.array(extended), pc.struct_field(parts, "extension"), "0"), pa.int64())
    cells, decimal = _cut(cells, _WHOLE_DECIMAL, ~extended)
    cells, remark_behind, has_rest = _without_rest(cells, ~extended & ~decimal)
    plain = _match(cells, _PLAIN)
    plain &= extended | decimal | ~_match(cells, _DECIMAL)
    divided = np.flatnonzero(plain & holds(cells, "/"))
    plain[divided] = ~_match(cells.take(pa.array(divided)), _TWO_NUMBERS)
    plain &= ~_match(cells, _SLIP) & ~may_be_against
    plus = holds(cells, "+")
    remark = remark_behind | ~_match(cells, _NO_REMARK)
    signs = _Signs(plus, remark, np.asarray(extension), decimal, remark_behind)
    return _numbers(rows, cells, plain, signs, rewritten=rewritten | decimal | has_rest)


def _match(cells: pa.Array, pattern: str) -> Mask:
    return mask_of(pc.match_substring_regex(cells, pattern))


def _in_ascii(cells: pa.Array) -> tuple[pa.Array, Mask]:
    """Write cells in ASCII as the judge does, dashes as hyphens, without what is wrapped around; mark those cells."""
    text, starts = bytes_of(cells)
    odd = np.zeros(len(cells), dtype=bool)
    odd[np.searchsorted(starts[:-1], np.flatnonzero((text < ord(" ")) | (text > ord("~"))), side="right") - 1] = True
    if not odd.any():
        return cells, odd
    some = cells.filter(pa.array(odd))
    written = pc.utf8_trim(replace_characters(some, _written), characters=WRAPPING)
    written = pc.if_else(pc.equal(written, ""), some, written)
    return pc.replace_with_mask(cells, pa.array(odd), written), odd


def _written(character: str) -> str:
    return "-" if character in DASHES else in_ascii(character)


def _cut(cells: pa.Array, pattern: str, among: Mask) -> tuple[pa.Array, Mask]:
    """Cut cells of a pattern down to their number, and mark them."""
    parts = pc.extract_regex(cells, pattern)
    fits = among & mask_of(parts.is_valid())
    return pc.if_else(pa.array(fits), pc.struct_field(parts, "number"), cells), fits


def _without_rest(cells: pa.Array, among: Mask) -> tuple[pa.Array, Mask, Mask]:
    """Cut off what stands behind numbers; mark the cells whose rest is a remark, and all that have a rest."""
    some = np.flatnonzero(among & ~_match(cells, _PLAIN))
    parts = pc.extract_regex(cells.take(pa.array(some)), _WITH_REST)
    rest = pc.struct_field(parts, "rest")  # a link is taken off wherever it stands, so it is no remark
    fits = mask_of(parts.is_valid()) & ~_match(rest, f"(?i:{LINK})")
    some, parts = some[fits], parts.filter(pa.array(fits))
    has_rest, remark_behind = np.zeros((2, len(cells)), dtype=bool)
    has_rest[some] = True
    remark_behind[some] = _match(pc.struct_field(parts, "rest"), _LETTER)
    return pc.replace_with_mask(cells, pa.array(has_rest), pc.struct_field(parts, "number")), remark_behind, has_rest


def _numbers(rows: Integers, cells: pa.Array, plain: Mask, signs: _Signs, *, rewritten: Mask) -> PlainPhones:
    """Take the numbers out of plain cells, but for those that may stand for none."""
    plus, remark, extension, decimal, remark_behind = signs
    if not len(cells):
        return PlainPhones(rows, rows, rows.astype(np.int8), plus, remark, extension, plus, decimal, remark_behind)
    text, starts = bytes_of(cells)
    digits = is_digit(text)
    length = np.add.reduceat(digits.view(np.int8), starts[:-1], dtype=np.int8)
    fits = plain & (length >= _FEWEST) & (length <= LONGEST)
    numbers = _as_integers(text[digits], length, fits)
    fits &= ~_may_stand_for_none(numbers)
    bare = (
        plus
        & ~rewritten
        & (np.diff(starts) == length + 1)
        & (text[np.minimum(starts[:-1] + 1, len(text) - 1)] != ord("0"))
    )
    if len(extended := np.flatnonzero(extension)):
        bare[extended] = False
        fits[extended] &= length[extended] >= SHORTEST  # else some labels make a number with the extension
        figures = np.searchsorted(TENS, extension[extended], side="right")
        together = numbers[extended] % 10**SHORTEST_REPEATED * TENS[figures] + extension[extended]
        fits[extended] &= ~_may_stand_for_none(together)
    found = PlainPhones(rows, numbers, length, plus, remark, extension, bare, decimal, remark_behind)
    return found.at(np.flatnonzero(fits))


def _as_integers(digits: _Bytes, length: Lengths, fits: Mask) -> Integers:
    """Numbers from digits that stand one behind another, 0 for those that do not fit."""
    ends = np.zeros(len(length) + 1, dtype=np.int32)
    np.cumsum(length, out=ends[1:])
    there = pa.py_buffer(np.packbits(fits, bitorder="little"))
    texts = pa.StringArray.from_buffers(len(length), pa.py_buffer(ends), pa.py_buffer(digits), there)
    return np.asarray(pc.fill_null(pc.cast(texts, pa.int64()), 0))


def _may_stand_for_none(numbers: Integers) -> Mask:
    """Tell where the last digits, which may be the whole number, would stand for none."""
    return np.asarray(_MAY_STAND_FOR_NONE[numbers % 10**SHORTEST_REPEATED])

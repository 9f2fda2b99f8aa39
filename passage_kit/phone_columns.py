"""Phones judged by whole columns: one number of each kind is shown to the judge, and speaks for all of its kind.

Only plain cells are read here, whose number is their only digits. What becomes of each is exactly what the judge would
say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.frames import bytes_of, mask_of
from passage_kit.phone_rules import LONGEST, calling_code_of, kinds_of

SHORTEST = 7  # digits that a number of its own has
SHORTEST_REPEATED = 5
RUNS = ("1234567890", "0123456789", "9876543210")

# The number is all that has digits in it: usual punctuation between them, a plus before the first if anywhere, and
# before that anything in ASCII but a plus and a semicolon.
_PLAIN = r"^[ -*,-/:<-~]*\+?[ (]*[0-9][-0-9 ()./]*[\"' ]*$"
# The same before an extension, but without a slash.
_EXTENDED = (
    r"^(?P<number>[ -*,-.:<-~]*\+?[ (]*[0-9][-0-9 ().]*)"
    r"(?i:x|ext\.?|extension|#)[ :]?(?P<extension>[1-9][0-9]{0,5}) *$"
)
# What means something else: the end of a decimal, and a slash between two numbers.
_DECIMAL = r"[0-9]{5,}\.00?[\"' ]*$"
_TWO_NUMBERS = rf"(?:[0-9][^0-9/]*){{{SHORTEST}}}/(?:.*/)?[^0-9/]*(?:[0-9][^0-9/]*){{{SHORTEST}}}"
# No letters but those of a link; others are a remark.
_NO_REMARK = r"^[^A-Za-z]*(?i:tel:)?[^A-Za-z]*$"
_LONGEST_CELL = 100
_FEWEST = 3  # digits that the library reads whatever stands between them
_BATCH = 1 << 15  # rows that a thread works on at a time

# Signs of a cell, as bits.
_PLUS, _BETWEEN, _DIGIT, _OTHER = 1, 2, 4, 8
_SIGNS = np.full(256, _OTHER, dtype=np.uint8)
for _sign, _characters_with_it in ((_PLUS, b"+"), (_BETWEEN, b" -()"), (_DIGIT, b"0123456789")):
    _SIGNS[list(_characters_with_it)] = _sign

_Integers = np.ndarray[Any, np.dtype[np.int64]]
_Lengths = np.ndarray[Any, np.dtype[np.int8]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Verdict(NamedTuple):
    """What becomes of one cell: its number or None, a finding on it, and a warning on the kind of line."""

    number: str | None
    code: str | None = None
    detail: str | None = None
    warning: str | None = None
    warning_detail: str | None = None


VERDICTS = pa.schema([(name, pa.string()) for name in Verdict._fields])

Judge = Callable[[str, str | None], Verdict]


class _Plain(NamedTuple):
    """Plain cells: their rows, their digits, and what stands before and behind these."""

    rows: _Integers
    digits: _Integers
    length: _Lengths
    plus: _Mask
    remark: _Mask
    extension: _Integers  # 0 where there is none
    bare: _Mask  # nothing but a plus, and the first digit is no zero

    def at(self, rows: Any) -> _Plain:
        """Those at some positions."""
        return _Plain(*(column[rows] for column in self))


class _Recipe(NamedTuple):
    """How to say the verdict on any number of a kind: the calling code put before its last digits, and the words."""

    calling_code: int
    kept: int
    code: str | None
    detail: str | None
    warning: str | None
    warning_detail: str | None


_RECIPES = [pa.int64(), pa.int64(), pa.string(), pa.string(), pa.string(), pa.string()]
# Details that differ from number to number.
_NUMBER, _DIGITS, _NUMBER_AND_EXTENSION = "{number}", "+{digits}", "{number}, extension {extension}"


def stands_for_none(digits: str) -> bool:
    """True for one digit repeated, and for digits in ascending or descending order.

    Examples
    --------
    >>> [stands_for_none(digits) for digits in ("0000000", "1234567", "1234576")]
    [True, True, False]
    """
    if len(digits) >= SHORTEST and any(run.startswith(digits) for run in RUNS):
        return True
    return len(digits) >= SHORTEST_REPEATED and len(set(digits)) == 1


def judge_plain(values: pa.ChunkedArray, regions: pa.ChunkedArray, judge: Judge) -> tuple[_Integers, pa.Table]:
    """Judge the plain cells of a column.

    Parameters
    ----------
    values, regions : pyarrow.ChunkedArray
        Text of each cell and country of its row; nulls where there is none.
    judge : callable
        Takes digits, before which a ``+`` and a letter may stand, and a country or None; gives the verdict.

    Returns
    -------
    rows : numpy.ndarray of int
        Positions of the cells that were judged, in no order. The others have to be judged one by one.
    verdicts : pyarrow.Table
        The verdict on each of them, with the fields of ``Verdict``.

    Examples
    --------
    >>> values = pa.chunked_array([["(201) 555-0123", "x", "201 555 0199", "+12015550123"] * 25])
    >>> regions = pa.chunked_array([["US"] * 100])
    >>> rows, verdicts = judge_plain(values, regions, lambda text, _: Verdict("+1" + text[-10:], "phone_normalized"))
    >>> rows[:4]
    array([0, 2, 3, 4])
    >>> verdicts.select(["number", "code"]).to_pylist()[1:3]
    [{'number': '+12015550199', 'code': 'phone_normalized'}, {'number': '+12015550123', 'code': None}]
    """
    plain = _behind_one_another(_in_batches(lambda at: _read(values, at), len(values)))
    kinds, recipes = _recipes(plain, regions, judge)
    settled = np.flatnonzero(np.array([recipe is not None for recipe in recipes], dtype=bool)[kinds])
    kinds, plain = kinds[settled], plain.at(settled)
    words = pa.table(
        [pa.array([recipe and recipe[at] for recipe in recipes], kind) for at, kind in enumerate(_RECIPES)],
        names=_Recipe._fields,
    )
    said = _in_batches(lambda at: _say(words.take(pa.array(kinds[at])), plain.at(at)), len(kinds))
    return plain.rows, pa.concat_tables(said).combine_chunks()  # rows are taken out of one chunk the fastest


def _in_batches(work: Callable[[slice], Any], count: int) -> list[Any]:
    """Do work on batches of rows, at least one, in as many threads as arrow may use."""
    with ThreadPoolExecutor(pa.cpu_count()) as threads:
        return list(threads.map(work, [slice(at, at + _BATCH) for at in range(0, count or 1, _BATCH)]))


def _read(values: pa.ChunkedArray, batch: slice) -> _Plain:
    """Read the plain cells of a batch, in no order."""
    cells = values.slice(batch.start, _BATCH)
    length = pc.binary_length(cells)
    rows = np.flatnonzero(mask_of(pc.and_(pc.greater(length, 0), pc.less_equal(length, _LONGEST_CELL))))
    cells = cells.take(pa.array(rows)).combine_chunks()
    simple = _is_simple(cells)
    at_once = _numbers(batch.start + rows[simple], cells.filter(pa.array(simple)))
    others = _read_others(batch.start + rows[~simple], cells.filter(pa.array(~simple)))
    return _behind_one_another([at_once, others])


def _behind_one_another(parts: Sequence[_Plain]) -> _Plain:
    return _Plain(*(np.concatenate([part[column] for part in parts]) for column in range(len(_Plain._fields))))


def _is_simple(cells: pa.Array) -> _Mask:
    """True for digits with spaces, hyphens and brackets between them, or with a plus and a digit first."""
    if not len(cells):
        return np.zeros(0, dtype=bool)
    text, starts = bytes_of(cells)
    signs = np.bitwise_or.reduceat(_SIGNS[text], starts[:-1]) & ~np.uint8(_BETWEEN)
    second = text[np.minimum(starts[:-1] + 1, len(text) - 1)]
    one_plus_first = (text[starts[:-1]] == ord("+")) & (np.asarray(pc.count_substring(cells, "+")) == 1)
    return np.asarray((signs == _DIGIT) | ((signs == (_DIGIT | _PLUS)) & one_plus_first & (_SIGNS[second] == _DIGIT)))


def _read_others(rows: _Integers, cells: pa.Array) -> _Plain:
    """Read the plain cells among some, whatever they hold."""
    parts = pc.extract_regex(cells, _EXTENDED)
    extended = mask_of(parts.is_valid())
    cells = pc.if_else(pa.array(extended), pc.struct_field(parts, "number"), cells)
    extension = pc.cast(pc.if_else(pa.array(extended), pc.struct_field(parts, "extension"), "0"), pa.int64())
    plain = mask_of(pc.match_substring_regex(cells, _PLAIN))
    plain &= extended | ~mask_of(pc.match_substring_regex(cells, _DECIMAL))
    divided = np.flatnonzero(plain & mask_of(pc.match_substring(cells, "/")))
    plain[divided] = ~mask_of(pc.match_substring_regex(cells.take(pa.array(divided)), _TWO_NUMBERS))
    cells = cells.filter(pa.array(plain))
    remark = ~mask_of(pc.match_substring_regex(cells, _NO_REMARK))
    return _numbers(rows[plain], cells, remark, np.asarray(extension)[plain])


def _numbers(
    rows: _Integers, cells: pa.Array, remark: _Mask | None = None, extension: _Integers | None = None
) -> _Plain:
    """Take the numbers out of plain cells, but for those that may stand for none."""
    remark = np.zeros(len(rows), dtype=bool) if remark is None else remark
    extension = np.zeros(len(rows), dtype=np.int64) if extension is None else extension
    plus = mask_of(pc.match_substring(cells, "+"))
    digits = _only_digits(cells)
    length = np.asarray(pc.binary_length(digits)).astype(np.int8)
    bare = plus & (np.asarray(pc.binary_length(cells)) == length + 1) & ~mask_of(pc.starts_with(digits, "0"))
    bare &= extension == 0
    fewest = np.where(extension > 0, SHORTEST, _FEWEST)  # of fewer digits, some labels make a number with the extension
    fits = np.flatnonzero((length >= fewest) & (length <= LONGEST))
    numbers = np.asarray(pc.cast(digits.take(pa.array(fits)), pa.int64()))
    read = _Plain(rows[fits], numbers, length[fits], plus[fits], remark[fits], extension[fits], bare[fits])
    figures = np.searchsorted(10 ** np.arange(LONGEST), read.extension, side="right")
    with_extension = numbers % 10**SHORTEST * 10**figures + read.extension
    return read.at(~_may_stand_for_none(numbers) & ~_may_stand_for_none(with_extension))


def _only_digits(cells: pa.Array) -> pa.Array:
    """The digits of each cell; the cells are ASCII, and none is blank."""
    if not len(cells):
        return cells
    text, starts = bytes_of(cells)
    is_digit = (text >= ord("0")) & (text <= ord("9"))
    ends = np.zeros(len(starts), dtype=np.int32)
    np.cumsum(np.add.reduceat(is_digit.view(np.uint8), starts[:-1]), out=ends[1:])
    return pa.StringArray.from_buffers(len(cells), pa.py_buffer(ends), pa.py_buffer(text[is_digit]))


def _may_stand_for_none(numbers: _Integers) -> _Mask:
    """True where the last digits, which may be the whole number, would stand for none."""
    repeated = int("1" * SHORTEST_REPEATED)
    ends = {int(run[start : start + SHORTEST]) for run in RUNS for start in range(len(run) - SHORTEST + 1)}
    is_repeated = numbers % 10**SHORTEST_REPEATED % repeated == 0
    return np.asarray(is_repeated | np.isin(numbers % 10**SHORTEST, sorted(ends)))


def _recipes(plain: _Plain, regions: pa.ChunkedArray, judge: Judge) -> tuple[_Integers, list[_Recipe | None]]:
    """Find the kind of each number, and for each kind its recipe; None where the judge has to see all of it."""
    encoded = pc.dictionary_encode(regions, null_encoding="encode").combine_chunks()
    names = encoded.dictionary.to_pylist()
    places = np.asarray(encoded.indices)[plain.rows]
    kinds = kinds_of(plain.digits, plain.length, plain.plus, places, names)
    kinds, distinct = pd.factorize((kinds * 2 + plain.remark) * 2 + (plain.extension > 0))
    speakers = np.zeros(len(distinct), dtype=np.int64)
    speakers[kinds] = np.arange(len(kinds))
    recipes = []
    for kind, place, (_, digits, length, plus, remark, extension, _) in zip(
        distinct, places[speakers], zip(*plain.at(speakers), strict=True), strict=True
    ):
        before = ("a" if remark else "") + ("+" if plus else "")
        recipe = _recipe(before, f"{digits:0{length}}", int(extension), names[place], judge) if kind >= 0 else None
        recipes.append(recipe)
    return kinds, recipes


def _recipe(before: str, digits: str, extension: int, region: str | None, judge: Judge) -> _Recipe | None:
    """Let the judge speak of one number, and take down what holds for all of its kind; None if too little does."""
    behind = f" x{extension}" if extension else ""
    number, code, detail, warning, warning_detail = judge(before + digits + behind, region)
    calling_code = kept = 0
    if extension:
        if number:
            return None
        said, is_extension, _ = (detail or "").partition(f", extension {extension}")
        if is_extension:
            number, detail = said, _NUMBER_AND_EXTENSION
    if number:
        calling_code = calling_code_of(number[1:])
        kept = len(number) - len(f"+{calling_code}")
        if number != f"+{calling_code}{digits[-kept:]}" or len(number) > len("+") + LONGEST:
            return None
        detail = _NUMBER if detail == number else detail
        warning_detail = _DIGITS if warning_detail == f"+{digits}" else warning_detail
    return _Recipe(calling_code, kept, code, detail, warning, warning_detail)


def _say(words: pa.Table, plain: _Plain) -> pa.Table:
    """Say the verdicts on numbers by the recipes of their kinds."""
    words = words.combine_chunks()
    calling_code, tens = np.asarray(words["calling_code"]), 10 ** np.asarray(words["kept"])
    digits = calling_code * tens + plain.digits % tens
    numbers = pc.if_else(pa.array(calling_code > 0), _with_plus(digits), None)
    details = pc.if_else(pc.equal(words["detail"], _NUMBER), numbers, words["detail"])
    extended = mask_of(pc.equal(words["detail"], _NUMBER_AND_EXTENSION))
    if extended.any():
        extensions = pc.cast(pa.array(plain.extension), pa.string())
        both = pc.binary_join_element_wise(numbers, extensions, ", extension ")
        numbers, details = (pc.if_else(pa.array(extended), *pair) for pair in ((None, numbers), (both, details)))
    changed = pa.array(~plain.bare | (calling_code == 0) | (digits != plain.digits))
    two_readings = mask_of(pc.equal(words["warning_detail"], _DIGITS))
    warning_detail = pc.replace_with_mask(
        words["warning_detail"], pa.array(two_readings), _with_plus(plain.digits[two_readings])
    )
    code, detail = pc.if_else(changed, words["code"], None), pc.if_else(changed, details, None)
    return pa.table([numbers, code, detail, words["warning"], warning_detail], schema=VERDICTS)


def _with_plus(numbers: _Integers) -> pa.Array:
    return pc.binary_join_element_wise("+", pc.cast(pa.array(numbers), pa.string()), "")

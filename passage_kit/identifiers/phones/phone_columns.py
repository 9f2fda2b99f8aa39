"""Phones judged by whole columns: one number of each kind is shown to the judge, and speaks for all of its kind.

Only plain cells are read here, whose number is their only digits. What becomes of each is exactly what the judge would
say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.characters import replace_characters
from passage_kit.columns.parallel import together
from passage_kit.columns.users_frame import as_text, bytes_of, holds, is_digit, mask_of, one_chunk
from passage_kit.identifiers.phones.number_plans import LONGEST, TENS, Integers, Kinds, Lengths, calling_code_of
from passage_kit.identifiers.phones.phone_cells import (
    BEFORE_EXTENSION,
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
    VERDICTS,
    WHOLE,
    WRAPPING,
    PhoneVerdict,
    in_ascii,
)

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
_FEWEST = 3  # digits that the library reads whatever stands between them
BATCH = 1 << 17  # rows that a thread works on at a time

# The last digits of a number that may stand for none: one digit repeated, or the end of a run.
_MAY_STAND_FOR_NONE = np.zeros(10**SHORTEST_REPEATED, dtype=bool)
_MAY_STAND_FOR_NONE[:: int("1" * SHORTEST_REPEATED)] = True
for _run in RUNS:
    for _end in range(SHORTEST, len(_run) + 1):
        _MAY_STAND_FOR_NONE[int(_run[_end - SHORTEST_REPEATED : _end])] = True

_Bytes = np.ndarray[Any, np.dtype[np.uint8]]


Judge = Callable[[str, str | None], PhoneVerdict]


class _Plain(NamedTuple):
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

    def at(self, rows: Any) -> _Plain:
        """Those at some positions."""
        return _Plain(*(column[rows] for column in self))


class _Signs(NamedTuple):
    """What stands before and behind the numbers of cells: see :class:`_Plain`."""

    plus: Mask
    remark: Mask
    extension: Integers
    decimal: Mask
    remark_behind: Mask


class _Recipe(NamedTuple):
    """Recipe for the verdict on any number of a kind: the calling code put before its last digits, and the words."""

    calling_code: int
    kept: int
    code: str | None
    argument: str | None
    warning: str | None
    warning_argument: str | None


_NO_RECIPE = _Recipe(0, 0, None, None, None, None)
# Details that differ from number to number.
_NUMBER, _NUMBER_AND_EXTENSION = "{number}", f"{{number}}{BEFORE_EXTENSION}{{extension}}"


def judge_plain(values: pa.ChunkedArray, regions: pa.ChunkedArray, judge: Judge) -> tuple[Integers, pa.Table]:
    """Judge the plain cells of a column.

    Parameters
    ----------
    values, regions : pyarrow.ChunkedArray
        Text of each cell and country of its row, which may be a dictionary; nulls where there is none.
    judge : callable
        Takes digits, before which a ``+`` and a letter may stand, and a country or None; gives the verdict.

    Returns
    -------
    rows : numpy.ndarray of int
        Positions of the cells that were judged, in no order. The others have to be judged one by one.
    verdicts : pyarrow.Table
        The verdict on each of them, with the fields of ``PhoneVerdict``.

    Examples
    --------
    >>> values = pa.chunked_array([["(201) 555-0123", "x", "201 555 0199", "+12015550123"] * 25])
    >>> regions = pa.chunked_array([["US"] * 100])
    >>> rows, verdicts = judge_plain(values, regions, lambda text, _: PhoneVerdict("+1" + text[-10:], "normal"))
    >>> rows[:4]
    array([0, 2, 3, 4])
    >>> verdicts.select(["number", "code"]).to_pylist()[1:3]
    [{'number': '+12015550199', 'code': 'normal'}, {'number': '+12015550123', 'code': None}]
    """
    encoded = pc.dictionary_encode(regions, null_encoding="encode").combine_chunks()
    places, names = np.asarray(encoded.indices), encoded.dictionary.to_pylist()
    recipes = _Recipes(names, judge)

    def work(begin: int) -> tuple[Integers, pa.Table]:
        plain = _read(values, begin)
        return recipes.say(plain, places[plain.rows])

    begins = range(0, len(values) or 1, BATCH)  # of batches, at least one
    rows, verdicts = zip(*together(*(partial(work, begin) for begin in begins)), strict=True)
    return np.concatenate(rows), pa.concat_tables(verdicts)


def _read(values: pa.ChunkedArray, begin: int) -> _Plain:
    """Read the plain cells of a batch, in no order."""
    cells = one_chunk(values.slice(begin, BATCH))
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


def _behind_one_another(parts: Sequence[_Plain]) -> _Plain:
    return _Plain(*(np.concatenate([part[column] for part in parts]) for column in range(len(_Plain._fields))))


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


def _read_others(rows: Integers, cells: pa.Array) -> _Plain:
    """Read the plain cells among some, whatever they hold."""
    cells, rewritten = _in_ascii(cells)
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
    plain &= ~_match(cells, _SLIP)
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


def _numbers(rows: Integers, cells: pa.Array, plain: Mask, signs: _Signs, *, rewritten: Mask) -> _Plain:
    """Take the numbers out of plain cells, but for those that may stand for none."""
    plus, remark, extension, decimal, remark_behind = signs
    if not len(cells):
        return _Plain(rows, rows, rows.astype(np.int8), plus, remark, extension, plus, decimal, remark_behind)
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
    found = _Plain(rows, numbers, length, plus, remark, extension, bare, decimal, remark_behind)
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


class _Recipes:
    """Says the verdicts on numbers: one of each kind is shown to the judge, and speaks for all of its kind."""

    def __init__(self, names: Sequence[str | None], judge: Judge) -> None:
        self._names = names
        self._judge = judge
        self._kinds = Kinds(names)
        self._found: dict[int, _Recipe | None] = {}
        self._lock = Lock()

    def say(self, plain: _Plain, places: Integers) -> tuple[Integers, pa.Table]:
        """Rows that could be judged, and the verdicts on them."""
        kinds = self._kinds.of(plain.digits, plain.length, plain.plus, places)
        kinds = ((kinds * 2 + plain.remark) * 2 + (plain.extension > 0)) * 2 + plain.decimal
        kinds, distinct = pd.factorize(kinds)
        speakers = np.zeros(len(distinct), dtype=np.int64)
        speakers[kinds] = np.arange(len(kinds))
        spoken = zip(*plain.at(speakers), strict=True)
        recipes = [
            self._recipe(kind, _Plain(*number), self._names[place])
            for kind, number, place in zip(distinct.tolist(), spoken, places[speakers], strict=True)
        ]
        is_known = np.array([recipe is not None for recipe in recipes], dtype=bool)[kinds]
        is_number = np.array([recipe is not None and recipe.kept > 0 for recipe in recipes], dtype=bool)[kinds]
        settled = np.flatnonzero(is_known & (is_number | ~plain.remark_behind))
        if len(settled) < len(kinds):
            kinds, plain = kinds[settled], plain.at(settled)
        return plain.rows, _say(kinds, [recipe or _NO_RECIPE for recipe in recipes], plain)

    def _recipe(self, kind: int, speaker: _Plain, region: str | None) -> _Recipe | None:
        """Recipe of a kind; None where the judge has to see all of it."""
        if kind < 0:
            return None
        with self._lock:
            if kind not in self._found:
                before = ("a" if speaker.remark else "") + ("+" if speaker.plus else "")
                digits = f"{speaker.digits:0{speaker.length}}"
                text = f"{before}{digits}{'.0' if speaker.decimal else ''}"
                self._found[kind] = _recipe(text, digits, int(speaker.extension), region, self._judge)
            return self._found[kind]


def _recipe(text: str, digits: str, extension: int, region: str | None, judge: Judge) -> _Recipe | None:
    """Let the judge speak of one number, and take down what holds for all of its kind; None if too little does."""
    behind = f" x{extension}" if extension else ""
    number, code, argument, warning, warning_argument = judge(text + behind, region)
    calling_code = kept = 0
    if extension:
        if number:
            return None
        said = f"{BEFORE_EXTENSION}{extension}"
        if argument and argument.endswith(said):
            number, argument = argument.removesuffix(said), _NUMBER_AND_EXTENSION
    if number:
        calling_code = calling_code_of(number[1:])
        kept = len(number) - len(f"+{calling_code}")
        if number != f"+{calling_code}{digits[-kept:]}" or len(number) > len("+") + LONGEST:
            return None
        argument = _NUMBER if argument == number else argument
    return _Recipe(calling_code, kept, code, argument, warning, warning_argument)


def _say(kinds: Integers, recipes: Sequence[_Recipe], plain: _Plain) -> pa.Table:
    """Say the verdicts on numbers by the recipes of their kinds."""
    calling_code, kept = np.array([recipe[:2] for recipe in recipes], dtype=np.int64).reshape(-1, 2).T
    _, _, code, argument, warning, warning_argument = zip(*recipes or [_NO_RECIPE], strict=True)
    figures = np.where(calling_code, np.searchsorted(TENS, calling_code, side="right") + kept, 0)[kinds]
    digits = plain.digits % TENS[kept][kinds] + (calling_code * TENS[kept])[kinds]
    changed = ~plain.bare | (figures == 0) | (digits != plain.digits)
    is_extended = _is(_NUMBER_AND_EXTENSION, argument)[kinds]
    numbers = _with_plus(digits, figures, (figures > 0) & ~is_extended)
    said, extended = np.flatnonzero(_is(_NUMBER, argument)[kinds] & changed), np.flatnonzero(is_extended)
    extensions = as_text(plain.extension[extended])
    with_extension = pc.binary_join_element_wise(
        _with_plus(digits[extended], figures[extended]), extensions, BEFORE_EXTENSION
    )
    return pa.table(
        [
            numbers,
            _words(code, kinds, unsaid=~changed),
            _words(argument, kinds, (said, numbers.take(said)), (extended, with_extension), unsaid=~changed),
            _words(warning, kinds),
            _words(warning_argument, kinds),
        ],
        schema=VERDICTS,
    )


def _is(template: str, words: Sequence[str | None]) -> Mask:
    return np.array([word == template for word in words], dtype=bool)


def _words(
    words: Sequence[str | None], kinds: Integers, *own: tuple[Integers, pa.Array], unsaid: Mask | None = None
) -> pa.Array:
    """Words of kinds, but for numbers that have texts of their own, and for those of which nothing is said."""
    if not any(words) and not any(len(rows) for rows, _ in own):
        return pa.nulls(len(kinds), pa.string())
    texts = [pa.array(words, pa.string())]
    at = kinds.copy()
    for rows, of_rows in own:
        at[rows] = sum(map(len, texts)) + np.arange(len(rows))
        texts.append(of_rows)
    return pa.concat_arrays(texts).take(pa.array(at, mask=unsaid))


def _with_plus(numbers: Integers, figures: Integers | Lengths, valid: Mask | None = None) -> pa.Array:
    """Numbers as text behind a plus, of so many figures; a 1 before them keeps the place of the plus."""
    texts = as_text(TENS[figures] + numbers)
    text, starts = bytes_of(texts)
    text = text.copy()
    text[starts[:-1]] = ord("+")
    there = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(starts), pa.py_buffer(text), there)

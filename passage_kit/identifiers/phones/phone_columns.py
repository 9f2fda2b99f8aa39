"""Phones judged by whole columns: one number of each kind is shown to the judge, and speaks for all of its kind.

Only plain cells are judged here, whose number is their only digits (module ``plain_phones``). What becomes of each is
exactly what the judge would say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.parallel import together
from passage_kit.columns.users_frame import as_text, bytes_of
from passage_kit.identifiers.phones.number_plans import LONGEST, TENS, Integers, Kinds, Lengths, calling_code_of
from passage_kit.identifiers.phones.phone_cells import BEFORE_EXTENSION, VERDICTS, PhoneVerdict
from passage_kit.identifiers.phones.plain_phones import PlainPhones, read_plain

BATCH = 1 << 17  # rows that a thread works on at a time

Judge = Callable[[str, str | None], PhoneVerdict]


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
        plain = read_plain(values, begin, BATCH)
        return recipes.say(plain, places[plain.rows])

    begins = range(0, len(values) or 1, BATCH)  # of batches, at least one
    rows, verdicts = zip(*together(*(partial(work, begin) for begin in begins)), strict=True)
    return np.concatenate(rows), pa.concat_tables(verdicts)


class _Recipes:
    """Says the verdicts on numbers: one of each kind is shown to the judge, and speaks for all of its kind."""

    def __init__(self, names: Sequence[str | None], judge: Judge) -> None:
        self._names = names
        self._judge = judge
        self._kinds = Kinds(names)
        self._found: dict[int, _Recipe | None] = {}
        self._lock = Lock()

    def say(self, plain: PlainPhones, places: Integers) -> tuple[Integers, pa.Table]:
        """Rows that could be judged, and the verdicts on them."""
        kinds = self._kinds.of(plain.digits, plain.length, plain.plus, places)
        kinds = ((kinds * 2 + plain.remark) * 2 + (plain.extension > 0)) * 2 + plain.decimal
        kinds, distinct = pd.factorize(kinds)
        speakers = np.zeros(len(distinct), dtype=np.int64)
        speakers[kinds] = np.arange(len(kinds))
        spoken = zip(*plain.at(speakers), strict=True)
        recipes = [
            self._recipe(kind, PlainPhones(*number), self._names[place])
            for kind, number, place in zip(distinct.tolist(), spoken, places[speakers], strict=True)
        ]
        is_known = np.array([recipe is not None for recipe in recipes], dtype=bool)[kinds]
        is_number = np.array([recipe is not None and recipe.kept > 0 for recipe in recipes], dtype=bool)[kinds]
        settled = np.flatnonzero(is_known & (is_number | ~plain.remark_behind))
        if len(settled) < len(kinds):
            kinds, plain = kinds[settled], plain.at(settled)
        return plain.rows, _say(kinds, [recipe or _NO_RECIPE for recipe in recipes], plain)

    def _recipe(self, kind: int, speaker: PlainPhones, region: str | None) -> _Recipe | None:
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


def _say(kinds: Integers, recipes: Sequence[_Recipe], plain: PlainPhones) -> pa.Table:
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

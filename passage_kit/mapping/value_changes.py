"""What a step does to values: each function takes distinct texts and gives what each becomes; null is a blank.

What a step cannot read stays as it is, and the rules of the field judge it later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import arrow, series
from passage_kit.identifiers.regions import region_of
from passage_kit.metadata.dates import parse_dates
from passage_kit.metadata.patterns import replace_matches
from passage_kit.metadata.value_judges import plain_integers

_NULL = pa.scalar(None, pa.string())
_DAYS_OF_EXCEL = r"^\d{1,7}(?:\.\d+)?$"


def changed_texts(texts: pa.Array, do: str, how: Mapping[str, Any]) -> pa.Array:
    """Change distinct texts by a step that keeps its column.

    Parameters
    ----------
    texts : pyarrow.Array
        Texts without nulls.
    do : {"map", "replace", "case", "number", "date", "country"}
        Kind of the step.
    how : mapping
        What else the kind needs.

    Returns
    -------
    pyarrow.Array
        One text for each, without white space around what was changed; null where it becomes blank.

    Examples
    --------
    >>> changed_texts(pa.array(["BRD", "France"]), "map", {"values": {"BRD": "Germany"}}).to_pylist()
    ['Germany', 'France']
    >>> changed_texts(pa.array(["1.250", "many"]), "number", {"thousands": "."}).to_pylist()
    ['1250', 'many']
    """
    changed = _CHANGES[do](texts, **how)
    was_blank, is_blank = (pc.fill_null(pc.equal(pc.utf8_trim_whitespace(all_), ""), True) for all_ in (texts, changed))
    return pc.if_else(was_blank, texts, pc.if_else(is_blank, _NULL, changed))


def split_texts(texts: pa.Array, *, separator: str, at: str) -> tuple[pa.Array, pa.Array]:
    """Divide texts at the first or the last separator; a text without one goes whole to the first part.

    A separator of white space stands for any white space.

    Examples
    --------
    >>> first, last = split_texts(pa.array(["Bo van Dyk", "Cy"]), separator=" ", at="first")
    >>> first.to_pylist(), last.to_pylist()
    (['Bo', 'Cy'], ['van Dyk', None])
    """
    plain, last = pc.utf8_trim_whitespace(texts), at == "last"
    if separator.isspace():
        parts = pc.utf8_split_whitespace(plain, max_splits=1, reverse=last)
    else:
        parts = pc.split_pattern(plain, separator, max_splits=1, reverse=last)
    several = pc.greater(pc.list_value_length(parts), 1)
    first = pc.list_element(parts, 0)
    second = pc.replace_with_mask(pa.nulls(len(texts), pa.string()), several, pc.list_element(parts.filter(several), 1))
    return _without_blanks(first), _without_blanks(second)


def _without_blanks(texts: pa.Array) -> pa.Array:
    plain = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(plain, ""), _NULL, plain)


def _mapped(texts: pa.Array, *, values: Mapping[str, str]) -> pa.Array:
    """Values are compared without the white space around them."""
    at = pc.index_in(pc.utf8_trim_whitespace(texts), pa.array(list(values), pa.string()))
    return pc.if_else(pc.is_valid(at), pa.array(list(values.values()), pa.string()).take(at), texts)


def _replaced(texts: pa.Array, *, find: str, put: str = "", pattern: bool = False) -> pa.Array:
    return replace_matches(texts, find, put) if pattern else pc.replace_substring(texts, find, put)


def _cased(texts: pa.Array, *, to: str) -> pa.Array:
    return {"lower": pc.utf8_lower, "upper": pc.utf8_upper, "title": pc.utf8_title}[to](texts)


def _numbers(texts: pa.Array, *, thousands: Any) -> pa.Array:
    return pc.coalesce(plain_integers(pc.utf8_trim_whitespace(texts), thousands), texts)


def _dates(texts: pa.Array, *, order: Any) -> pa.Array:
    if order == "excel":  # bare numbers alone
        plain = pc.utf8_trim_whitespace(texts)
        numbers = pc.if_else(pc.match_substring_regex(plain, _DAYS_OF_EXCEL), plain, "")
        days = pa.array(parse_dates(numbers, numeric_dates="excel").days)
    else:
        days = pa.array(parse_dates(texts, date_order=order).days)
    return pc.coalesce(pc.cast(days, pa.string()), texts)


def _countries(texts: pa.Array) -> pa.Array:
    column = series(texts, pd.DataFrame(index=pd.RangeIndex(len(texts))))
    return pc.coalesce(arrow(region_of(column)).combine_chunks(), texts)


_CHANGES: dict[str, Callable[..., pa.Array]] = {
    "map": _mapped,
    "replace": _replaced,
    "case": _cased,
    "number": _numbers,
    "date": _dates,
    "country": _countries,
}

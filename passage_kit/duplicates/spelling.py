"""Values as they compare when case, accents and the order of names do not count."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.column_names import PEOPLE, keys_of, name_key
from passage_kit.columns.users_frame import are_ascii, arrow

# Letters that are no letter with an accent to Unicode.
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"}
_OTHER, _OTHER_ASCII = r"[^\pL\pN]+", "[^A-Za-z0-9]+"


def spelled_alike(column: pd.Series[Any]) -> pa.ChunkedArray:
    """Give each value without case, accents and outer spaces; a column that is no text stays.

    Examples
    --------
    >>> spelled_alike(pd.Series([" Zoë ", "ZOE", "Łukasz"], dtype="string[pyarrow]")).to_pylist()
    ['zoe', 'zoe', 'lukasz']
    """
    values = arrow(column)
    if not pa.types.is_string(values.type):
        return values
    coded = values.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    return pa.chunked_array([_spelled(coded.dictionary).take(coded.indices)])


def names_alike(users: pd.DataFrame) -> pa.ChunkedArray | None:
    """Give each person's name, its parts in one order whatever column they stand in; None without columns of names.

    Examples
    --------
    >>> users = pd.DataFrame({"first_name": ["Anna", "Berg"], "last_name": ["Berg", "Änna"]}, dtype="string[pyarrow]")
    >>> names_alike(users).to_pylist()
    ['anna berg', 'anna berg']
    """
    columns = name_columns_of(map(str, users.columns))
    parts = [_in_order(spelled_alike(users[name])) for name in columns]
    if not parts or not all(pa.types.is_string(part.type) for part in parts):
        return None
    if len(parts) == 1:
        return parts[0]
    first, last = parts
    swapped = pc.fill_null(pc.greater(first, last), False)
    ordered = pc.if_else(swapped, last, first), pc.if_else(swapped, first, last)
    return pc.binary_join_element_wise(*ordered, " ")


def name_columns_of(columns: Iterable[str]) -> list[str]:
    """Find the columns of the first and the last name, or that of the whole name.

    Examples
    --------
    >>> name_columns_of(["last_name", "city", "first_name"]), name_columns_of(["full_name"]), name_columns_of(["city"])
    (['first_name', 'last_name'], ['full_name'], [])
    """
    columns = list(columns)
    first, last, whole = (column_about(columns, kind) for kind in ("first name", "last name", "name"))
    return [first, last] if first and last else [whole] if whole else []


def column_about(columns: Iterable[str], kind: str) -> str | None:
    """Find the first column that is called like a usual field, such as "birth date"."""
    return next((name for name in columns if name_key(name) in _keys(kind)), None)


@cache
def _keys(kind: str) -> frozenset[str]:
    return frozenset(keys_of(PEOPLE[kind]))


def _spelled(values: pa.Array) -> pa.Array:
    if are_ascii(values):
        return pc.utf8_trim_whitespace(pc.utf8_lower(values))
    plain = pc.replace_substring_regex(pc.utf8_normalize(pc.utf8_lower(values), "NFKD"), r"\p{M}+", "")
    for letter, others in _LETTERS.items():
        plain = pc.replace_substring(plain, letter, others)
    return pc.utf8_trim_whitespace(plain)


def _in_order(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Put the words of each value into one order; a blank is null."""
    if not pa.types.is_string(values.type):
        return values
    other = _OTHER_ASCII if are_ascii(values) else _OTHER
    words = pc.utf8_trim_whitespace(pc.replace_substring_regex(values, other, " "))
    coded = words.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    ordered = [" ".join(sorted(text.split(" "))) or None for text in coded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(ordered, pa.string()).take(coded.indices)])

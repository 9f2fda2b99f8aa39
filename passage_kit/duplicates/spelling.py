"""Values as they compare when case, accents and the order of names do not count."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.column_names import PEOPLE, keys_of, name_key
from passage_kit.columns.plain_words import plain_letters, words_in_order
from passage_kit.columns.users_frame import arrow


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
    return pa.chunked_array([plain_letters(coded.dictionary).take(coded.indices)])


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


def _in_order(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Put the words of each value into one order; a blank is null."""
    if not pa.types.is_string(values.type):
        return values
    coded = values.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    return pa.chunked_array([words_in_order(coded.dictionary).take(coded.indices)])

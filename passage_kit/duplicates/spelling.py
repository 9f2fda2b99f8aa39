"""Values as they compare when case, accents and the order of names do not count."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.column_names import PEOPLE, keys_of, name_key
from passage_kit.columns.fingerprints import Fingerprints, fingerprints
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.plain_words import plain_letters, words_in_order
from passage_kit.columns.text_parts import parts_of_text
from passage_kit.columns.users_frame import arrow


def spelled_alike(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give each value without case, accents and outer spaces; values that are no text stay.

    Examples
    --------
    >>> spelled_alike(pa.chunked_array([[" Zoë ", "ZOE", "Łukasz"]])).to_pylist()
    ['zoe', 'zoe', 'lukasz']
    """
    if not pa.types.is_string(values.type):
        return values
    return pa.chunked_array(in_pieces(values, plain_letters), pa.string())


def prints_spelled_alike(texts: pa.Array) -> Fingerprints:
    """Compute the fingerprints of texts without case and accents."""
    return fingerprints(plain_letters(texts))


def index_spelled_alike(texts: pa.Array, *, value_set: pa.Array) -> pa.Array:
    """Find texts among others that are spelled alike already; null where one is none of them."""
    return pc.index_in(plain_letters(texts), value_set=value_set)


def names_alike(users: pd.DataFrame) -> pa.ChunkedArray | None:
    """Give each person's name, its parts in one order whatever column they stand in; None without columns of names.

    Examples
    --------
    >>> users = pd.DataFrame({"first_name": ["Anna", "Berg"], "last_name": ["Berg", "Änna"]}, dtype="string[pyarrow]")
    >>> names_alike(users).to_pylist()
    ['anna berg', 'anna berg']
    """
    columns = [arrow(users[name]) for name in name_columns_of(map(str, users.columns))]
    if not columns or not all(pa.types.is_string(column.type) for column in columns):
        return None
    parts = list(map(_in_order, columns))
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


def _in_order(names: pa.ChunkedArray) -> pa.ChunkedArray:
    """Spell names alike, and put the words of each into one order; a blank is null."""
    ordered = []
    for part in parts_of_text(names):
        coded = part.combine_chunks().dictionary_encode()
        ordered.append(words_in_order(plain_letters(coded.dictionary)).take(coded.indices))
    return pa.chunked_array(ordered, pa.string())

"""Values as they compare when case, accents, signs or the order of words do not count."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import are_ascii, arrow

# Letters that are no letter with an accent to Unicode.
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"}
_OTHER, _OTHER_ASCII = r"[^\pL\pN]+", "[^A-Za-z0-9]+"


def counted_values(column: pd.Series[Any]) -> pa.StructArray:
    """Count the distinct values of a column without white space around them, the most frequent first; no blanks.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> counted_values(users_frame({"Land": ["BRD", "F", " F ", None]})["Land"]).to_pylist()
    [{'values': 'F', 'counts': 2}, {'values': 'BRD', 'counts': 1}]
    """
    texts = pc.utf8_trim_whitespace(pc.cast(arrow(column), pa.string()))
    counted = pc.value_counts(texts.filter(pc.fill_null(pc.not_equal(texts, ""), False)))
    order = pa.table([counted.field(0), counted.field(1)], ["values", "counts"])
    return counted.take(pc.sort_indices(order, [("counts", "descending"), ("values", "ascending")]))


def plain_letters(values: pa.Array) -> pa.Array:
    """Write each value without case, accents and outer spaces.

    Examples
    --------
    >>> plain_letters(pa.array([" Zoë ", "Łukasz", None])).to_pylist()
    ['zoe', 'lukasz', None]
    """
    low = pc.utf8_trim_whitespace(pc.utf8_lower(values))
    if are_ascii(values):
        return low
    others = pc.fill_null(pc.invert(pc.string_is_ascii(low)), False)
    plain = pc.replace_substring_regex(pc.utf8_normalize(low.filter(others), "NFKD"), r"\p{M}+", "")
    for letter, written in _LETTERS.items():
        plain = pc.replace_substring(plain, letter, written)
    return pc.replace_with_mask(low, others, pc.utf8_trim_whitespace(plain))


def words_in_order(values: pa.Array) -> pa.Array:
    """Write the words of each value in one order, without signs; one without any word is null.

    Examples
    --------
    >>> words_in_order(pa.array(["lee, ann", "ann-lee", "?"])).to_pylist()
    ['ann lee', 'ann lee', None]
    """
    other = _OTHER_ASCII if are_ascii(values) else _OTHER
    words = pc.utf8_trim_whitespace(pc.replace_substring_regex(values, other, " "))
    ordered = [" ".join(sorted(text.split(" "))) if text else None for text in words.to_pylist()]
    return pa.array(ordered, pa.string())

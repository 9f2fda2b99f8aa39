"""Source keys and keys of the users table in one form, so that they can be compared whatever type the column has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.plain_text import text_of

KINDS = ("integer", "uuid", "char", "binary", "text")

_NUMBER = r"^\s*\+?(-?)0*([0-9]+)(?:\.0*)?\s*$"
_UUID_MARKS = r"(?i)^urn:uuid:|[{}\-\s]"
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{2,}")


def key_texts(parts: Sequence[Sequence[Any]], kind: str, separator: str = " ") -> pa.Array:
    """Convert the keys of table rows to text, in the same form as a ``source_key`` read from the table.

    Parameters
    ----------
    parts : sequence of sequences
        Values of each column of the key, as the driver returned them.
    kind : {"integer", "uuid", "char", "binary", "text"}
        Kind of a key of one column.
    separator : str, default " "
        Text between the parts of a key of several columns.

    Returns
    -------
    pyarrow.Array
        Text. A key with only null or blank parts is null.

    Examples
    --------
    >>> key_texts([[7, 8]], "integer").to_pylist()
    ['7', '8']
    >>> key_texts([["acme", "acme"], [1, None]], "text").to_pylist()
    ['acme 1', 'acme']
    """
    columns = [_texts(values) for values in parts]
    if len(columns) == 1:
        return comparable(columns[0], kind if kind != "binary" else "text")
    joined = pc.binary_join_element_wise(*columns, separator, null_handling="replace", null_replacement="\x00")
    tidy = pc.replace_substring(pc.replace_substring(joined, f"\x00{separator}", ""), f"{separator}\x00", "")
    return pc.if_else(pc.equal(tidy, "\x00"), pa.scalar(None, pa.string()), tidy)


def comparable(keys: pa.Array, kind: str) -> pa.Array:
    """Bring source keys into the form used to compare them.

    The comparison ignores leading zeros and a spreadsheet's ``.0`` of an integer, braces and capitals of a UUID, and
    trailing spaces of a ``CHAR``. It compares a text letter by letter.

    Parameters
    ----------
    keys : pyarrow.Array
        Text.
    kind : {"integer", "uuid", "char", "binary", "text"}
        Kind of the table's key.

    Examples
    --------
    >>> comparable(pa.array(["000007", "7.0", "A7", None]), "integer").to_pylist()
    ['7', '7', 'A7', None]
    >>> comparable(pa.array(["{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}"]), "uuid").to_pylist()
    ['a0eebc999c0b4ef8bb6d6bb9bd380a11']
    """
    if kind == "integer":
        return pc.replace_substring_regex(keys, _NUMBER, r"\1\2")
    if kind == "uuid":
        return pc.utf8_lower(pc.replace_substring_regex(keys, _UUID_MARKS, ""))
    if kind == "char":
        return pc.utf8_rtrim(keys, " ")
    if kind == "binary":
        return pa.array([_of_bytes(key) for key in keys.to_pylist()], pa.string())
    return keys


def identity_texts(parts: Sequence[Sequence[Any]]) -> pa.Array:
    """Write the identity of each row as one text, for the record of a run."""
    columns = [_texts(values) for values in parts]
    if len(columns) == 1:
        return pc.fill_null(columns[0], "")
    return pc.binary_join_element_wise(*columns, "\x1f", null_handling="replace", null_replacement="")


def _texts(values: Sequence[Any]) -> pa.Array:
    kinds = set(map(type, values))
    if kinds <= {int} and _fit(values):
        return pc.cast(pa.array(values, pa.int64()), pa.string())
    if kinds <= {str, type(None)}:
        texts = pa.array(values, pa.string())
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return pa.array(list(map(text_of, values)), pa.string())


def _fit(values: Sequence[int]) -> bool:
    return not values or (min(values) >= -(2**63) and max(values) < 2**63)


def _of_bytes(key: str | None) -> str | None:
    """Convert a key in hexadecimal digits, such as a UUID, to the text of its bytes."""
    digits = re.sub(_UUID_MARKS, "", key or "")
    if len(digits) % 2 or not _HEXADECIMAL.fullmatch(digits):
        return key
    return text_of(bytes.fromhex(digits))

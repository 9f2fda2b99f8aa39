"""Source keys and keys of the users table in one form, so that they can be compared whatever type the column has."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.plain_text import text_of

KINDS = ("integer", "uuid", "char", "binary", "text")

_NUMBER = r"^\s*\+?(-?)0*([0-9]+)(?:\.0*)?\s*$"
_FRACTION = r"^\s*\+?(-?)0*([0-9]+\.[0-9]*[1-9])0*\s*$"
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
        Text. A key with only null or blank parts is null. Different keys may have the same text.

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
    joined = columns[0]
    for column in columns[1:]:  # a blank part has no separator
        joined = pc.coalesce(pc.binary_join_element_wise(joined, column, separator), joined, column)
    return joined


def comparable(keys: pa.Array, kind: str) -> pa.Array:
    """Bring source keys into the form used to compare them.

    The comparison ignores leading zeros of a number, zeros at the end of its fraction, braces and capitals of a UUID,
    and trailing spaces of a ``CHAR``. It compares a text letter by letter.

    Parameters
    ----------
    keys : pyarrow.Array
        Text.
    kind : {"integer", "uuid", "char", "binary", "text"}
        Kind of the table's key.

    Examples
    --------
    >>> comparable(pa.array(["000007", "7.0", "07.50", "A7", None]), "integer").to_pylist()
    ['7', '7', '7.5', 'A7', None]
    >>> comparable(pa.array(["{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}"]), "uuid").to_pylist()
    ['a0eebc999c0b4ef8bb6d6bb9bd380a11']
    """
    if kind == "integer":
        whole = pc.replace_substring_regex(keys, _NUMBER, r"\1\2")
        has_fraction = pc.any(pc.match_substring(whole, ".")).as_py()
        return pc.replace_substring_regex(whole, _FRACTION, r"\1\2") if has_fraction else whole
    if kind == "uuid":
        return pc.utf8_lower(pc.replace_substring_regex(keys, _UUID_MARKS, ""))
    if kind == "char":
        return pc.utf8_rtrim(keys, " ")
    if kind == "binary":
        return pa.array([_of_bytes(key) for key in keys.to_pylist()], pa.string())
    return keys


def identity_texts(parts: Sequence[Sequence[Any]]) -> pa.Array:
    """Write the identity of each row as one text, for the record of a run. Different identities have different texts.

    The text is a JSON array of the values. A number, a text, a truth value and null stand for themselves; a value of
    another type is an object with the name of its type. An instant is in UTC, and a decimal has no trailing zeros.

    Examples
    --------
    >>> identity_texts([["a b", "a"], ["c", "b c"]]).to_pylist()
    ['["a b","c"]', '["a","b c"]']
    >>> identity_texts([[1, "1", bytes([254]), Decimal("1.0"), None]]).to_pylist()
    ['[1]', '["1"]', '[{"bytes":"fe"}]', '[{"Decimal":"1"}]', '[null]']
    """
    joined = pc.binary_join_element_wise(*map(_json_texts, parts), ",")
    return pc.binary_join_element_wise("[", joined, "]", "")


def former_identity_texts(parts: Sequence[Sequence[Any]]) -> pa.Array:
    """Write the identity of each row as records of the release before have it. Different identities may be one text."""
    columns = [_texts(values) for values in parts]
    if len(columns) == 1:
        return pc.fill_null(columns[0], "")
    return pc.binary_join_element_wise(*columns, "\x1f", null_handling="replace", null_replacement="")


def id_texts(values: Sequence[Any]) -> pa.Array:
    """Return the ids of a column as text.

    Raises
    ------
    ValueError
        If some are no text, as SQLite allows.
    """
    if set(map(type, values)) <= {str, type(None)}:
        return pa.array(values, pa.string())
    raise ValueError("some ids are no text")


def _texts(values: Sequence[Any]) -> pa.Array:
    kinds = set(map(type, values))
    if kinds <= {int} and _fit(values):
        return pc.cast(pa.array(values, pa.int64()), pa.string())
    if kinds <= {str, type(None)}:
        texts = pa.array(values, pa.string())
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return pa.array(list(map(text_of, values)), pa.string())


def _json_texts(values: Sequence[Any]) -> pa.Array:
    """Write values as JSON: whole columns of integers or texts at once, others one by one."""
    kinds = set(map(type, values))
    if kinds <= {int} and _fit(values):
        return pc.cast(pa.array(values, pa.int64()), pa.string())
    if kinds == {str}:
        escaped = pc.replace_substring(pc.replace_substring(pa.array(values, pa.string()), "\\", "\\\\"), '"', '\\"')
        return pc.binary_join_element_wise('"', escaped, '"', "")
    return pa.array(list(map(_json, values)), pa.string())


def _json(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list() | tuple():
            return f"[{','.join(map(_json, value))}]"
        case bytes() | bytearray() | memoryview():
            name, text = "bytes", bytes(value).hex()
        case Decimal() if value.is_finite():
            name, text = "Decimal", format(value.normalize() + 0, "f")
        case dt.datetime() if value.tzinfo is not None:
            name, text = "datetime", value.astimezone(dt.UTC).isoformat()
        case dt.date() | dt.time():
            name, text = type(value).__name__, value.isoformat()
        case float():
            name, text = "float", repr(value + 0.0)
        case _:
            name, text = type(value).__name__, str(value)
    return json.dumps({name: text}, ensure_ascii=False, separators=(",", ":"))


def _fit(values: Sequence[int]) -> bool:
    return not values or (min(values) >= -(2**63) and max(values) < 2**63)


def _of_bytes(key: str | None) -> str | None:
    """Convert a key in hexadecimal digits, such as a UUID, to the text of its bytes."""
    digits = re.sub(_UUID_MARKS, "", key or "")
    if len(digits) % 2 or not _HEXADECIMAL.fullmatch(digits):
        return key
    return text_of(bytes.fromhex(digits))

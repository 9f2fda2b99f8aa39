"""Plain text of typed values, and columns of nested ones, without loss of a digit or a time of day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.characters import whole_characters
from passage_kit.columns.nested import is_plain, leaves, runs_of
from passage_kit.columns.users_frame import arrow

SEPARATOR = "; "  # between the values of a list
_MIDNIGHT = dt.time()
Column = tuple[str, int]  # the name of a column of nested records, and its place among those of that name


def text_of(value: Any) -> str | None:
    """Write one value as text; a missing one and ``""`` are None.

    Numbers have no exponent and no ``.0``, dates and times are ISO, a date at midnight is the date alone, bytes are
    text where they are readable UTF-8 and hexadecimal digits otherwise.

    Examples
    --------
    >>> [text_of(value) for value in (14155552671.0, 42.5, 1e20, True, "00123", float("nan"))]
    ['14155552671', '42.5', '100000000000000000000', 'true', '00123', None]
    >>> text_of(dt.datetime(2024, 1, 31)), text_of(dt.datetime(2024, 1, 31, 9, 30))
    ('2024-01-31', '2024-01-31T09:30:00')
    """
    match value:
        case str():
            return value or None
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case float():
            return plain_number(float.__repr__(value))  # numpy writes its own floats otherwise
        case Decimal():
            return None if value.is_nan() else format(value, "f")
        case dt.datetime():
            return _time_text(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return _bytes_text(bytes(value))
        case _ if value is pd.NA:
            return None
        case _ if hasattr(value, "dtype") and hasattr(value, "item"):  # a number of numpy
            return text_of(value.item())
    return str(value) or None


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=text_of)


def texts_of(values: Sequence[Any], write: Callable[[Any], str | None] = text_of) -> Iterable[str | None]:
    """Write many values as text, as :func:`text_of` does one by one.

    Parameters
    ----------
    values : sequence
    write : callable, optional
        Writes what is neither a text nor a whole number. Default: :func:`text_of`.

    Examples
    --------
    >>> list(texts_of(["Ann", "", None])), list(texts_of([7, None])), list(texts_of([True, 42.0]))
    (['Ann', None, None], ['7', None], ['true', '42'])
    """
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return values if all(values) else (value or None for value in values)
    if kinds == {int}:
        return (None if value is None else str(value) for value in values)
    return map(write, values)


def plain_number(written: str) -> str | None:
    """Write a float without exponent, and without ``.0`` where it is whole.

    Examples
    --------
    >>> plain_number("1.5e-07"), plain_number("42.0"), plain_number("nan")
    ('0.00000015', '42', None)
    """
    if written in ("nan", "inf", "-inf"):
        return None if written == "nan" else written
    plain = format(Decimal(written), "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _time_text(value: dt.datetime) -> str | None:
    if value is pd.NaT:  # a datetime by its class
        return None
    is_date = value.tzinfo is None and value.time() == _MIDNIGHT and not getattr(value, "nanosecond", 0)
    return value.date().isoformat() if is_date else value.isoformat()


def _bytes_text(value: bytes) -> str | None:
    text = _readable(value)
    return value.hex() if text is None else text or None


def _readable(value: bytes) -> str | None:
    """Decode bytes that are text, perhaps filled up with zeros; None if they are none."""
    try:
        text = value.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        return None
    is_text = all(letter >= " " or letter in "\t\n\r" for letter in text) and "\x7f" not in text
    return text if is_text and (text or not value) else None


def texts_of_bytes(values: Iterable[bytes | None]) -> list[str | None]:
    """Write a column of bytes in one way: as 0 and 1, as text, or as hexadecimal digits.

    A column of single bytes 0 and 1 is one of bits. A column is text if all of its values are.

    Examples
    --------
    >>> texts_of_bytes([b"\\x01", b"\\x00", None]), texts_of_bytes([b"Zo\\xc3\\xab", None])
    (['1', '0', None], ['Zoë', None])
    >>> texts_of_bytes([b"abc", b"\\xff\\x00"])
    ['616263', 'ff00']
    """
    listed = list(values)
    filled = [value for value in listed if value is not None]
    if filled and all(value in (b"\0", b"\1") for value in filled):
        return [None if value is None else str(value[0]) for value in listed]
    texts = [None if value is None else _readable(value) for value in listed]
    if sum(text is not None for text in texts) == len(filled):
        return [text or None for text in texts]
    return [None if value is None else value.hex() or None for value in listed]


def flatten(records: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str | None]]]:
    """Make text columns of nested records.

    Objects become names joined with dots, lists of plain values one cell. Lists of objects are opened
    as :func:`passage_kit.columns.nested.leaves` says, or become one cell of JSON, so that the values of orders or
    devices never pass for the person's own. A name that comes up twice in a record makes two
    columns.

    Parameters
    ----------
    records : sequence of mapping

    Returns
    -------
    list of (str, list)
        Names in the order of their first appearance; a value for each record.

    Examples
    --------
    >>> flatten([{"name": {"first": "Ann"}, "tags": ["a", "b"], "emails": [{"address": "ann@example.org"}]}, {}])
    [('name.first', ['Ann', None]), ('tags', ['a; b', None]), ('emails.primary email', ['ann@example.org', None])]
    """
    columns = lay_out(records)
    kept = without_empty_parents(columns, lambda column: any(text is not None for text in columns[column]))
    return [(column[0], columns[column]) for column in kept]


def lay_out(records: Sequence[Mapping[str, Any]]) -> dict[Column, list[str | None]]:
    """Give each name of nested records a column, one more for a name that comes up twice in a record.

    Examples
    --------
    >>> lay_out([{"name": {"first": "Ann"}}, {"name": None}])
    {('name.first', 0): ['Ann', None], ('name', 0): [None, None]}
    """
    columns: dict[Column, list[str | None]] = {}
    for begin, names, rows in _runs(records):
        if len(set(names)) < len(names):
            for position, row in enumerate(rows, begin):
                _add_repeated(columns, position, len(records), zip(names, map(_leaf_text, row), strict=True))
            continue
        for name, values in zip(names, zip(*rows, strict=True), strict=True):
            if (column := columns.get((name, 0))) is None:
                columns[name, 0] = column = [None] * len(records)
            column[begin : begin + len(rows)] = texts_of(values, _leaf_text)
    return columns


def without_empty_parents(columns: Collection[Column], is_filled: Callable[[Column], bool]) -> list[Column]:
    """Leave out the columns without a value that stand for objects which some records lack.

    Examples
    --------
    >>> without_empty_parents([("name.first", 0), ("name", 0), ("age", 0)], lambda column: False)
    [('name.first', 0), ('age', 0)]
    """
    parents = {name[:at] for name, _ in columns for at, letter in enumerate(name) if letter == "."}
    return [column for column in columns if column[0] not in parents or is_filled(column)]


def _add_repeated(
    columns: dict[Column, list[str | None]], position: int, rows: int, leaves: Iterable[tuple[str, str | None]]
) -> None:
    """Add a record in which a name comes up twice, each value in the first column of its name that has none yet."""
    free: dict[str, int] = {}  # number of the first column of a name that may have no value yet
    for name, value in leaves:
        number = free.get(name, 0)
        while (column := columns.get((name, number))) is not None and column[position] is not None:
            number += 1
        if column is None:
            columns[name, number] = column = [None] * rows
        column[position] = value
        free[name] = number


def _runs(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, list[str], Sequence[Iterable[Any]]]]:
    """Give runs of records with the same leaves: the position of the first one, the names, and the values of each."""
    for begin, run, plain in runs_of(records):
        if plain and len(set(map(tuple, run))) == 1:
            yield begin, [*run[0]], [record.values() for record in run]
            continue
        first, last, rows = begin, list[str](), list[Iterable[Any]]()
        for position, record in enumerate(run, begin):
            names, values = ([*record], [*record.values()]) if is_plain(record) else leaves(_lists(record))
            if rows and names != last:
                yield first, last, rows
                first, rows = position, []
            last = names
            rows.append(values)
        yield first, last, rows


def _leaf_text(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return None  # an empty one
    if not isinstance(value, list | tuple):
        return text_of(value)
    if any(isinstance(item, Mapping | list | tuple) for item in value):
        return _ENCODER.encode(value)
    return SEPARATOR.join(filter(None, map(text_of, value))) or None


def _lists(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make lists of the arrays that they become in a frame that was read from Parquet."""
    if np.ndarray not in set(map(type, record.values())):
        return record
    return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in record.items()}


def text_array(texts: Sequence[str | None]) -> pa.ChunkedArray:
    """Make an arrow column of texts; a lone surrogate, which is half a character, becomes the replacement character.

    Examples
    --------
    >>> text_array(["a", "b\\ud800", "\\ud83d\\ude00"]).to_pylist()
    ['a', 'b�', '😀']
    """
    try:
        array = pa.array(texts, pa.string())
    except UnicodeEncodeError:
        array = pa.array([text and whole_characters(text) for text in texts], pa.string())
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])  # above 2 GB it is several


def text_columns(table: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    """Make text columns of the typed columns of an arrow table.

    Returns
    -------
    list of (str, pyarrow.ChunkedArray)
        Names in order; nested columns as in :func:`flatten`. A column without any value is there, too.

    Examples
    --------
    >>> table = pa.table({"id": [1, 2], "name": [{"first": "Ann"}, None], "born": [dt.date(1980, 2, 29), None]})
    >>> [(name, column.to_pylist()) for name, column in text_columns(table)]
    [('id', ['1', '2']), ('name.first', ['Ann', None]), ('born', ['1980-02-29', None])]
    """
    return [
        part for name, column in zip(table.column_names, table.columns, strict=True) for part in _parts(name, column)
    ]


def _parts(name: str, column: pa.ChunkedArray) -> Iterator[tuple[str, pa.ChunkedArray]]:
    kind = column.type
    if pa.types.is_struct(kind):
        names = [kind.field(number).name for number in range(kind.num_fields)]
        for child, values in zip(names, column.flatten(), strict=True):
            yield from _parts(f"{name}.{child}", values)
    elif pa.types.is_nested(kind):
        found = flatten([{name: _plain(value)} for value in column.to_pylist()])
        for path, texts in found or [(name, [None] * len(column))]:
            yield path, text_array(texts)
    else:
        yield name, _write_flat_column(column)


def _plain(value: Any) -> Any:
    """Turn a map of arrow, which is a list of pairs, into a mapping."""
    if isinstance(value, list) and value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
        return {text_of(key) or "": _plain(item) for key, item in value}
    return value


def _write_flat_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write a column that is not nested as text; an empty text becomes null."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        text = pc.cast(column, pa.string())
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_dictionary(kind):
        return _write_flat_column(pc.cast(column, kind.value_type))
    if isinstance(kind, pa.BaseExtensionType):
        return text_array([text_of(value) for value in column.to_pylist()])
    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    write = _written_float if pa.types.is_floating(kind) else _written_bytes if is_bytes else _written
    return _once_per_distinct(column, write)


def _written(distinct: pa.Array) -> Iterable[str | None]:
    try:
        return map(text_of, distinct.to_pylist())
    except (ValueError, OverflowError):  # a time that Python cannot have
        return map(_written_scalar, distinct)


def _written_bytes(distinct: pa.Array) -> Iterable[str | None]:
    return texts_of_bytes(distinct.to_pylist())


def _written_scalar(value: pa.Scalar) -> str | None:
    try:
        return text_of(value.as_py())
    except (ValueError, OverflowError):
        return str(pc.cast(value, pa.string()).as_py())


def _written_float(distinct: pa.Array) -> Iterable[str | None]:
    # By arrow's cast and not by Python, for which a float of 32 bits has digits that nobody wrote.
    return (None if text is None else plain_number(text) for text in pc.cast(distinct, pa.string()).to_pylist())


def _once_per_distinct(column: pa.ChunkedArray, write: Callable[[pa.Array], Iterable[str | None]]) -> pa.ChunkedArray:
    encoded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # of no chunks
        return pa.chunked_array([], pa.string())
    texts = pa.array(write(encoded.dictionary), pa.string())
    return pa.chunked_array([texts.take(encoded.indices)])


def text_column(column: pd.Series[Any]) -> list[tuple[str, pa.ChunkedArray]]:
    """Make text columns of a column of any frame."""
    name = str(column.name)
    if column.dtype == object or isinstance(column.dtype, pd.PeriodDtype | pd.IntervalDtype | pd.SparseDtype):
        found = flatten([{name: value} for value in column])
        return [(path, text_array(texts)) for path, texts in found or [(name, [None] * len(column))]]
    if isinstance(column.dtype, pd.ArrowDtype):
        return list(_parts(name, arrow(column)))
    return list(_parts(name, pa.chunked_array([pa.array(column, from_pandas=True)])))

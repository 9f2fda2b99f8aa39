"""The users frame: text columns backed by arrow, one row a person, indexed by ``source_row``.

The index is unique ``int64``; 1 is the first data row of the source. A blank is null, never ``""``. Work that a library
has to do value by value is done once per distinct value (:func:`per_distinct`) and taken back to the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.masks import mask_of as mask_of  # for those who have frames
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.spool import put_column_aside, together_if_few
from passage_kit.columns.text_parts import take_rows

TEXT = pd.ArrowDtype(pa.string())
BOOLEAN = pd.ArrowDtype(pa.bool_())
INTEGER = pd.ArrowDtype(pa.int64())
DATE = pd.ArrowDtype(pa.date32())

SOURCE_ROW = "source_row"
EMAIL, PHONE = "email", "phone"
IDENTIFIERS = (EMAIL, PHONE)
SOURCE_KEY, REGION, ORDER, ACCOUNT_STATE = "source_key", "region", "order", "account_state"
HELPERS = (SOURCE_KEY, REGION, ORDER, ACCOUNT_STATE)
_ASCII = 127  # the largest byte of it
_SHORT = 500  # texts in which arrow's own search is quicker


def users_frame(columns: Mapping[str, Iterable[str | None]], *, first_row: int = 1) -> pd.DataFrame:
    """Make a users frame of lists, chiefly for examples and tests.

    Parameters
    ----------
    columns : mapping of str to iterable of str or None
        Column names and their values, all of one length; None and ``""`` are blanks.
    first_row : int, default 1
        ``source_row`` of the first row.

    Returns
    -------
    pandas.DataFrame
        Arrow-backed text columns; index ``source_row``.

    Examples
    --------
    >>> users_frame({"email": ["anna@example.org", ""]})
                           email
    source_row
    1           anna@example.org
    2                       <NA>
    """
    table = {name: pd.array([value or None for value in values], dtype=TEXT) for name, values in columns.items()}
    frame = pd.DataFrame(table)
    frame.index = source_rows(len(frame), first_row=first_row)
    return frame


def source_rows(count: int, *, first_row: int = 1) -> pd.Index[int]:
    """Make the index of ``count`` consecutive source rows."""
    return pd.RangeIndex(first_row, first_row + count, name=SOURCE_ROW)


def arrow(column: pd.Series[Any]) -> pa.ChunkedArray:
    """Give the arrow array of a column, without a copy if it is arrow-backed already."""
    values = column.array
    if isinstance(values, pd.arrays.ArrowExtensionArray):
        array = values.__arrow_array__()  # pa.array calls it, too, but concatenates the chunks
        is_wide = pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type)
        return array.cast(pa.string()) if is_wide else array
    converted = pa.array(values, type=pa.string(), from_pandas=True)  # pandas gives its own texts in another type
    chunks = converted.chunks if isinstance(converted, pa.ChunkedArray) else [converted]
    return pa.chunked_array([chunk.cast(pa.string()) for chunk in chunks], pa.string())


def series(values: pa.Array | pa.ChunkedArray, like: pd.Series[Any] | pd.DataFrame) -> pd.Series[Any]:
    """Make a column of arrow values, with the index (and the name) of ``like``."""
    if isinstance(values, pa.Array):
        values = pa.chunked_array([values])
    data = pd.arrays.ArrowExtensionArray(values)
    name = like.name if isinstance(like, pd.Series) else None  # a frame may have a column called name
    return pd.Series(data, index=like.index, name=name, copy=False)


def frame_of(names: Iterable[str], columns: Iterable[pa.Array | pa.ChunkedArray], index: pd.Index[Any]) -> pd.DataFrame:
    """Make a frame of arrow values, without the alignment that a frame of Series costs.

    Examples
    --------
    >>> frame_of(["email"], [pa.array(["ann@example.org"])], source_rows(1))
                          email
    source_row
    1           ann@example.org
    """
    chunked = (pa.chunked_array([column]) if isinstance(column, pa.Array) else column for column in columns)
    data = dict(zip(names, map(pd.arrays.ArrowExtensionArray, chunked), strict=True))
    return pd.DataFrame(data, index=index, copy=False)


def is_blank(column: pd.Series[Any]) -> pd.Series[bool]:
    """Mark the values that are null or only white space."""
    text = arrow(column if column.dtype == TEXT else column.astype(TEXT))
    blank = np.zeros(len(text), dtype=bool)
    at = 0
    for chunk in text.chunks:
        blank[at : at + len(chunk)] = _are_blank(chunk)
        at += len(chunk)
    return pd.Series(blank, index=column.index)


def _are_blank(texts: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the blank texts; read in full only those that may begin with white space."""
    data, starts = bytes_of(texts)
    blank = np.asarray(np.diff(starts) == 0)
    if len(data):
        first = data.take(starts[:-1], mode="clip")
        some = np.flatnonzero((first <= ord(" ")) | (first > _ASCII))
        blank[some] |= mask_of(pc.utf8_is_space(texts.take(pa.array(some))))
    return blank | ~mask_of(texts.is_valid()) if texts.null_count else blank


def blanked(column: pd.Series[Any], mask: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.Series[Any]:
    """Blank the values of an arrow-backed column where a mask is true.

    Examples
    --------
    >>> blanked(users_frame({"phone": ["+14155550101", "+14155550102"]})["phone"], np.array([True, False])).tolist()
    [<NA>, '+14155550102']
    """
    return series(put_column_aside(pc.if_else(pa.array(mask), None, arrow(column))), column)


def per_distinct(column: pd.Series[Any], judge: Callable[[Sequence[str]], pa.Table]) -> pa.Table:
    """Judge every distinct value of a text column once and take the verdicts back to the rows.

    Parameters
    ----------
    column : pandas.Series
        Text; nulls are left out of what ``judge`` sees.
    judge : callable
        Takes the list of distinct values, returns a table with one row for each, in order.

    Returns
    -------
    pyarrow.Table
        One row for each row of ``column``; a null value has nulls everywhere.

    Examples
    --------
    >>> column = users_frame({"name": ["a", "b", "a", None]})["name"]
    >>> per_distinct(column, lambda names: pa.table({"upper": [name.upper() for name in names]}))["upper"].to_pylist()
    ['A', 'B', 'A', None]
    """
    encoded = pc.dictionary_encode(arrow(column)).combine_chunks()
    verdicts = judge(encoded.dictionary.to_pylist())
    return verdicts.take(encoded.indices)


def matches(values: pa.Array | pa.ChunkedArray, pattern: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the texts in which arrow's engine finds a regular expression; a null has none.

    Examples
    --------
    >>> matches(pa.array(["ann@example.org", "ann", None]), "@").tolist()
    [True, False, False]
    """
    found = in_pieces(values, partial(pc.match_substring_regex, pattern=pattern))
    return mask_of(pa.chunked_array(found, pa.bool_()))


def without_rows(frame: pd.DataFrame, rows: pd.Series[Any]) -> pd.DataFrame:
    """Leave out some source rows; if there are none, which is usual, return the frame itself.

    Examples
    --------
    >>> users = users_frame({"email": ["anna@example.org", "ben@example.org"]})
    >>> without_rows(users, pd.Series([1])).index.tolist()
    [2]
    """
    return filter_rows(frame, ~frame.index.isin(rows)) if len(rows) else frame


def filter_rows(frame: pd.DataFrame, mask: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.DataFrame:
    """Keep the rows where a mask is true, with the columns of a short frame in parallel.

    Examples
    --------
    >>> users = users_frame({"email": ["anna@example.org", "ben@example.org"]})
    >>> filter_rows(users, np.array([False, True])).index.tolist()
    [2]
    """
    columns = together_if_few(*(partial(filtered, frame[name].array, mask) for name in frame), rows=len(frame))
    return pd.DataFrame(dict(zip(frame.columns, columns, strict=True)), index=frame.index[mask], copy=False)


def filtered(values: Any, mask: np.ndarray[Any, np.dtype[np.bool_]]) -> Any:
    """Keep the values of the array of a column where a mask is true, put aside if a run does so."""
    kept = values[mask]
    if not isinstance(kept, pd.arrays.ArrowExtensionArray):
        return kept
    return pd.arrays.ArrowExtensionArray(put_column_aside(kept.__arrow_array__()))


def values_at(column: pd.Series[Any], rows: Any) -> pd.Series[Any]:
    """Give the values of some rows by their labels, null where there is no such row, of a column of any size.

    pandas first joins all texts of a column to take some of it, which more than 2 GB do not survive.

    Examples
    --------
    >>> values_at(users_frame({"email": ["anna@example.org", "ben@example.org"]})["email"], [2, 9]).to_list()
    ['ben@example.org', <NA>]
    """
    if not isinstance(column.array, pd.arrays.ArrowExtensionArray):
        return column.reindex(rows)
    at = column.index.get_indexer(pd.Index(rows))
    values = take_rows(arrow(column), pa.array(at, mask=at < 0))
    return pd.Series(pd.arrays.ArrowExtensionArray(values), index=rows, name=column.name, copy=False)


def rows_at(frame: pd.DataFrame, rows: Any) -> pd.DataFrame:
    """Give some rows of a frame by their labels, as :func:`values_at` gives those of a column.

    Examples
    --------
    >>> rows_at(users_frame({"email": ["anna@example.org", "ben@example.org"]}), [2])["email"].to_list()
    ['ben@example.org']
    """
    columns = {name: values_at(column, rows).array for name, column in frame.items()}
    return pd.DataFrame(columns, index=pd.Index(rows, name=frame.index.name), copy=False)


def one_chunk(values: pa.ChunkedArray) -> pa.Array:
    """Join arrow values into one piece, from which taking rows is fastest.

    Examples
    --------
    >>> one_chunk(pa.chunked_array([["a"], ["b"]])).to_pylist()
    ['a', 'b']
    """
    return pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)


def bytes_of(
    texts: pa.Array,
) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], np.ndarray[Any, np.dtype[np.int32]]]:
    """Give the bytes of all texts, and the start of each text, followed by the end of the last.

    Examples
    --------
    >>> data, starts = bytes_of(pa.array(["ab", None, "c"]))
    >>> bytes(data), starts.tolist()
    (b'abc', [0, 2, 2, 3])
    """
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data or b"", np.uint8)[starts[0] : starts[-1]], starts - starts[0]


def holds(texts: pa.Array | pa.ChunkedArray, part: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the texts that hold a part; a null holds none.

    In a long column, one ASCII character or a part that few texts hold takes a fifth of the time of arrow's search.

    Examples
    --------
    >>> holds(pa.array(["a+b", None, "ab", "+"]), "+").tolist()
    [True, False, False, True]
    """
    if len(texts) < _SHORT:
        return mask_of(pc.match_substring(texts, part))
    if isinstance(texts, pa.ChunkedArray):
        return np.concatenate([np.zeros(0, bool), *(holds(chunk, part) for chunk in texts.chunks)])
    data, starts = bytes_of(texts)
    found = np.zeros(len(texts), bool)
    sought = part.encode()
    if len(sought) == 1:
        at = np.flatnonzero(data == sought[0])
    else:
        at = np.fromiter((hit.start() for hit in re.finditer(re.escape(sought), data.data)), np.int64)
    rows = np.searchsorted(starts, at, side="right") - 1
    if (at + len(sought) > starts[rows + 1]).any():  # from one text into the next, over the beginning of another hit
        return mask_of(pc.match_substring(texts, part))
    found[rows] = True
    return found & mask_of(texts.is_valid()) if texts.null_count else found


def are_ascii(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Tell whether all texts are ASCII. Arrow then needs no search by Unicode, which is slow to build.

    Examples
    --------
    >>> are_ascii(pa.array(["Anna", None])), are_ascii(pa.array(["Anna", "Änna"]))
    (True, False)
    """
    return bool(pc.all(pc.string_is_ascii(texts), min_count=0).as_py())


def words_of(data: np.ndarray[Any, np.dtype[np.uint8]], kind: str) -> np.ndarray[Any, Any]:
    """View bytes as words: one starts at each byte and one after the last, filled up with zeros.

    Examples
    --------
    >>> words_of(np.frombuffer(b"ab", np.uint8), "<u2").tobytes()
    b'abb\\x00\\x00\\x00'
    """
    width = np.dtype(kind).itemsize
    padded = np.append(data, np.zeros(width, dtype=np.uint8))
    return np.ndarray(len(data) + 1, kind, padded, strides=(1,))


def is_digit(data: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the bytes that are ASCII digits.

    Examples
    --------
    >>> is_digit(np.frombuffer(b"+1 /", np.uint8)).tolist()
    [False, True, False, False]
    """
    return np.asarray(data - np.uint8(ord("0")) < 10)  # bytes: what comes before the zero is too much, too


def as_text(numbers: np.ndarray[Any, Any] | pd.Series[Any]) -> pa.Array:
    """Write numbers as arrow text.

    Examples
    --------
    >>> as_text(np.array([1, 20])).to_pylist()
    ['1', '20']
    """
    return pc.cast(pa.array(numbers), pa.string())

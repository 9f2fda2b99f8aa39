"""Frames that a person gives to a public verb, of any column types, as the kit works with them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.plain_text import text_array, text_column, text_of
from passage_kit.columns.users_frame import SOURCE_ROW, TEXT, arrow, series
from passage_kit.errors import OptionError, PassageKitError


def given_frame(
    frame: pd.DataFrame,
    *,
    text: Collection[str] | None = None,
    numbered: bool = True,
    error: type[PassageKitError] = OptionError,
) -> pd.DataFrame:
    """Take a frame of any column types: columns become arrow-backed, texts of one type, and the index ``source_row``.

    A frame that is so already is returned itself, without a copy.

    Parameters
    ----------
    frame : pandas.DataFrame
        Never changed.
    text : collection of str, optional
        Columns to write as text whatever their type. Other columns keep numbers, booleans and times; a column of
        strings, categories or mixed objects becomes text. Default: all columns.
    numbered : bool, default True
        Check that the index has a whole number for each row, each once. Otherwise the index stays as it is.
    error : type, default OptionError
        Error to raise.

    Returns
    -------
    pandas.DataFrame
        Same rows and columns. Numbers are written as :func:`passage_kit.columns.plain_text.text_of` writes them, and
        nested values as JSON.

    Raises
    ------
    PassageKitError
        Of the type ``error``: if it is no frame, two columns have one name, a text is not Unicode, or the index does
        not number the rows.

    Examples
    --------
    >>> frame = pd.DataFrame({"phone": [14155552671.0, None], "city": pd.Categorical(["Bonn", None])})
    >>> given_frame(frame)
                      phone  city
    source_row
    0           14155552671  Bonn
    1                  <NA>  <NA>
    """
    if not isinstance(frame, pd.DataFrame):
        raise error(f"Expected a pandas frame, found {type(frame).__name__}. Give a frame with one row for each user.")
    names = [str(name) for name in frame.columns]
    _check_names(names, error)
    columns = {}
    for at, (name, dtype) in enumerate(zip(names, frame.dtypes, strict=True)):
        always = text is None or name in text
        if dtype != TEXT and (always or not _is_typed(dtype)):
            columns[name] = _own(frame.iloc[:, at], name, always, error)
    given = frame.index
    index = _numbered(given, error) if numbered else given
    if not columns and index is given and names == list(frame.columns):
        return frame
    kept = frame.set_axis(names, axis=1).set_axis(index, axis=0)
    return kept.assign(**{name: series(column, like=kept) for name, column in columns.items()})


def _check_names(names: list[str], error: type[PassageKitError]) -> None:
    if len(set(names)) < len(names):
        at = next(at for at, name in enumerate(names) if name in names[:at])
        raise error(
            f"The frame has two columns of one name, columns {names.index(names[at]) + 1} and {at + 1}. Rename one of "
            "them."
        )


def _numbered(index: pd.Index[Any], error: type[PassageKitError]) -> pd.Index[Any]:
    """Check that an index numbers the rows, and call it ``source_row``."""
    if not len(index) and index.dtype == object:
        index = index.astype("int64")
    if index.nlevels > 1 or not pd.api.types.is_integer_dtype(index.dtype) or index.hasnans:
        raise error(
            f"The frame has an index of {index.dtype} that does not number its rows, expected {SOURCE_ROW}: a whole "
            "number for each row. Read the users with read_users, or reset the index."
        )
    if not (index.is_monotonic_increasing and index.is_unique) and not index.is_unique:  # quick if in order
        raise error(
            f"The numbers of the source rows are not unique: the index {SOURCE_ROW} has a number twice. Read the users "
            "with read_users, or reset the index."
        )
    if index.dtype != np.int64:
        index = index.astype("int64")
    return index if index.name == SOURCE_ROW else index.rename(SOURCE_ROW)


def _is_typed(dtype: Any) -> bool:
    """Tell whether a column is arrow-backed and holds plain values that are no text."""
    kind = dtype.pyarrow_dtype if isinstance(dtype, pd.ArrowDtype) else pa.null()
    return not (_is_text(kind) or pa.types.is_null(kind) or pa.types.is_nested(kind))


def _is_text(kind: pa.DataType) -> bool:
    texts = (pa.types.is_dictionary, pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_type(kind) for is_type in texts)


def _own(column: pd.Series[Any], name: str, as_text: bool, error: type[PassageKitError]) -> pa.ChunkedArray:
    """Make a column arrow-backed: text, or a number, boolean or time unless text is wanted."""
    try:
        values = _inferred(column)
        if values is not None and (not as_text or values.type == pa.string()):
            return values
        return _written(column)
    except UnicodeEncodeError:
        raise error(
            f"The column {name!r} has a text that is not Unicode: half of a pair of characters. Read its source with "
            "another encoding."
        ) from None


def _inferred(column: pd.Series[Any]) -> pa.ChunkedArray | None:
    """Give the values in the type that arrow finds for them; None if the kit does not work with it."""
    try:
        values = arrow(column) if isinstance(column.dtype, pd.ArrowDtype) else pa.array(column, from_pandas=True)
    except (pa.ArrowException, OverflowError):
        return None  # such as texts and numbers in one column
    kind = values.type
    if pa.types.is_null(kind) or (_is_text(kind) and not pa.types.is_dictionary(kind)):
        values = pc.cast(values, pa.string())
    elif not pa.types.is_primitive(kind):
        return None
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])


def _written(column: pd.Series[Any]) -> pa.ChunkedArray:
    """Write a column of any type as one column of text, nested values as JSON."""
    try:
        parts = text_column(column)
    except pa.ArrowException:  # a type that arrow lacks, such as complex numbers
        parts = []
    if len(parts) == 1 and parts[0][0] == str(column.name):
        return parts[0][1]
    return text_array([_json(value) for value in column])


def _json(value: Any) -> str | None:
    is_nested = isinstance(value, Mapping | list | tuple | np.ndarray)
    plain = value.tolist() if isinstance(value, np.ndarray) else value
    return json.dumps(plain, ensure_ascii=False, default=text_of) if is_nested else text_of(value)

"""Profiles of the columns of a frame: how full they are and what their values look like.

The looks are shapes only, cheap enough for a column of any length; whether a value is valid is for the modules of
its type to say.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.shapes import SHAPES, Shape
from passage_kit.columns.users_frame import TEXT, arrow

SAMPLE = 5_000  # values that are looked at in a column: its first ones
_MOST = 0.8  # share of the distinct ones among them that has to have the shape


class Look(NamedTuple):
    """A short profile of a column: see :func:`profile_columns`."""

    filled: int
    share: float
    looks_like: Shape
    likeness: float
    samples: tuple[str, ...]


def profile_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Profile every column of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text or typed columns.

    Returns
    -------
    pandas.DataFrame
        One row a column, indexed by its name: ``filled`` (non-blank values), ``share`` (of all rows), ``looks_like`` (a
        field type, from the first 5,000 values), ``likeness`` (share of the distinct ones among them that have that
        shape), ``samples`` (the first three of those, a tuple) and ``distinct`` (values in the whole column).

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> frame = users_frame({"mail": ["a@example.org", "b@example.org", None], "vip": ["yes", "no", "yes"]})
    >>> profile_columns(frame)[["filled", "looks_like", "distinct"]]
            filled looks_like  distinct
    column
    mail         2      email         2
    vip          3    boolean         2
    """
    columns = [frame.iloc[:, at] for at in range(frame.shape[1])]
    looks = pd.DataFrame(map(look_at, columns), columns=Look._fields, index=pd.Index(frame.columns, name="column"))
    return looks.assign(distinct=[pc.count_distinct(_as_text_type(column)).as_py() for column in columns])


def look_at(column: pd.Series[Any]) -> Look:
    """Look at the first values of a column, quick at any length.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> look_at(users_frame({"vip": ["yes", None]})["vip"])
    Look(filled=1, share=0.5, looks_like='boolean', likeness=1.0, samples=('yes',))
    """
    text = _as_text_type(column)
    return look_of(len(text) - text.null_count, len(text), first_values(column))


def look_of(filled: int, rows: int, distinct: pa.Array) -> Look:
    """Say how a column looks, of which the values are counted and the first ones known.

    Parameters
    ----------
    filled, rows : int
        Values that are not blank, and all rows.
    distinct : pyarrow.Array
        The distinct values among the first 5,000, as text.

    Examples
    --------
    >>> look_of(1, 2, pa.array(["yes"]))
    Look(filled=1, share=0.5, looks_like='boolean', likeness=1.0, samples=('yes',))
    """
    looks_like, likeness = shape_of(distinct)
    return Look(filled, filled / max(rows, 1), looks_like, likeness, tuple(distinct[:3].to_pylist()))


def first_values(column: pd.Series[Any]) -> pa.Array:
    """List the distinct values among the first 5,000 of a column.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> first_values(users_frame({"vip": ["yes", None, "yes"]})["vip"]).to_pylist()
    ['yes']
    """
    return pc.unique(pc.cast(first_filled(column, SAMPLE), pa.string()))


def first_filled(column: pd.Series[Any], count: int) -> pa.ChunkedArray:
    """Take the first values of a column that are not blank.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> first_filled(users_frame({"vip": [None, "yes", "no"]})["vip"], 1).to_pylist()
    ['yes']
    """
    text = _as_text_type(column)
    first = text.slice(0, 2 * count).drop_null()  # as a rule, that is enough
    return (first if len(first) >= count else text.drop_null()).slice(0, count)


def _as_text_type(column: pd.Series[Any]) -> pa.ChunkedArray:
    """Take the arrow column of a Series; one that arrow does not back becomes text first."""
    return arrow(column if isinstance(column.dtype, pd.ArrowDtype) else column.astype(TEXT))


def shape_of(distinct: pa.Array) -> tuple[Shape, float]:
    """Find the field type whose shape most values have, and their share; a string has any shape.

    Examples
    --------
    >>> shape_of(pa.array(["2024-01-31", "2023-12-24", "soon"]))
    ('string', 1.0)
    >>> shape_of(pa.array(["+1 415 555 2671", "030 901820"]))
    ('phone', 1.0)
    """
    sample = pc.utf8_trim_whitespace(distinct)
    if not len(sample):
        return "string", 1.0
    for name, pattern in SHAPES.items():
        share = pc.mean(pc.cast(pc.match_substring_regex(sample, pattern), pa.float64())).as_py()
        if share >= _MOST:
            return name, share
    return "string", 1.0

"""What the columns of a frame hold: how full they are and what their values look like.

The looks are shapes only, cheap enough for a column of any length; whether a value is valid is for the modules of
its type to say.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.frames import TEXT, arrow

SAMPLE = 5_000  # distinct values that are looked at in a column
_MOST = 0.8  # share of them that has to have the shape

# In the order of trust: a value has the first shape that fits.
SHAPES = {
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "boolean": r"(?i)^(yes|no|true|false|y|n|on|off|1|0|t|f)$",
    "date": r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([T ].*)?)$",
    "integer": r"^-?(0|[1-9]\d{0,8})(\.0)?$",
    "phone": r"(?i)^(\+|00|\()?[\d\s().\-/]{7,20}((ext\.?|x)\s*\d{1,5})?$",
}


def profile_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Profile every column of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text or typed columns.

    Returns
    -------
    pandas.DataFrame
        One row a column, indexed by its name: ``filled`` (non-blank values), ``share`` (of all rows), ``distinct``,
        ``looks_like`` (a field type), ``likeness`` (share of the distinct values, at most 5,000 of
        them, that have that shape) and ``samples`` (the first three distinct values, a tuple).

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> frame = users_frame({"mail": ["a@example.org", "b@example.org", None], "vip": ["yes", "no", "yes"]})
    >>> profile_columns(frame)[["filled", "distinct", "looks_like"]]
           filled  distinct looks_like
    column
    mail        2         2      email
    vip         3         2    boolean
    """
    rows = [_profile(frame.iloc[:, at]) for at in range(frame.shape[1])]
    names = ["filled", "share", "distinct", "looks_like", "likeness", "samples"]
    return pd.DataFrame(rows, columns=names, index=pd.Index(frame.columns, name="column")).astype(
        {"looks_like": object}
    )


def _profile(column: pd.Series[Any]) -> tuple[int, float, int, str, float, tuple[str, ...]]:
    text = arrow(column if isinstance(column.dtype, pd.ArrowDtype) else column.astype(TEXT))
    distinct = pc.unique(pc.drop_null(pc.cast(text, pa.string())))
    filled = len(text) - text.null_count
    looks_like, likeness = shape_of(distinct)
    samples = tuple(distinct[:3].to_pylist())
    return filled, filled / len(text) if len(text) else 0.0, len(distinct), looks_like, likeness, samples


def shape_of(distinct: pa.Array) -> tuple[str, float]:
    """Field type whose shape most of the values have, and the share of them that has it; a string has any.

    Examples
    --------
    >>> shape_of(pa.array(["2024-01-31", "2023-12-24", "soon"]))
    ('string', 1.0)
    >>> shape_of(pa.array(["+1 415 555 2671", "030 901820"]))
    ('phone', 1.0)
    """
    sample = pc.utf8_trim_whitespace(distinct[:SAMPLE])
    if not len(sample):
        return "string", 1.0
    for name, pattern in SHAPES.items():
        share = pc.mean(pc.cast(pc.match_substring_regex(sample, pattern), pa.float64())).as_py()
        if share >= _MOST:
            return name, share
    return "string", 1.0

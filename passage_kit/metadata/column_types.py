"""Types of columns: the field type that understands most of a column's first values."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.profile import SAMPLE, first_filled
from passage_kit.columns.shapes import SHAPES, Shape
from passage_kit.columns.users_frame import matches
from passage_kit.metadata.dates import parse_dates
from passage_kit.metadata.moments import epoch_of

_MOST = 0.8  # share of the values that a type has to understand
_BY_TRUST: tuple[Shape, ...] = ("email", "boolean", "integer", "date", "phone")


class ColumnType(NamedTuple):
    """Field type of a column, how many of the first values it understands, how many there are, and how many differ."""

    type: Shape
    understood: int
    filled: int
    distinct: int


def type_of_column(column: pd.Series[Any]) -> ColumnType:
    """Find the type that understands at least four in five of the first 5,000 values of a column.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> type_of_column(users_frame({"born": ["31.01.1980", "03/04/1999", None]})["born"])
    ColumnType(type='date', understood=2, filled=2, distinct=2)
    """
    texts = pc.utf8_trim_whitespace(pc.cast(first_filled(column, SAMPLE), pa.string()))
    counted = pc.value_counts(texts.filter(pc.not_equal(texts, "")))
    distinct, rows = counted.field("values"), counted.field("counts").to_numpy()
    filled = int(rows.sum())
    for kind in _BY_TRUST if filled else ():
        understood = int(rows[_understood(distinct, kind)].sum())
        if understood >= _MOST * filled:
            return ColumnType(kind, understood, filled, len(distinct))
    return ColumnType("string", filled, filled, len(distinct))


def _understood(texts: pa.Array, kind: Shape) -> Mask:
    """Mark the texts that a type understands; a date of two readings is one, too.

    The shape decides of the other types: phones have no country yet, digits with a zero before them are no number, and
    a column of times would be read as yes.
    """
    if kind != "date":
        return matches(texts, SHAPES[kind])
    dates = parse_dates(texts, numeric_dates=epoch_of([texts]))
    return np.asarray(~np.isnat(dates.days) | dates.ambiguous)

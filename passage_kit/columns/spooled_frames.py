"""Frames put aside: see :mod:`passage_kit.columns.spool`, which does not need pandas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from passage_kit.columns.spool import ROWS, current_spool, forget, is_small, put_aside, put_column_aside
from passage_kit.columns.text_parts import LARGEST_PART
from passage_kit.columns.users_frame import arrow, series


def put_frame_aside(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the arrow columns of a frame aside if a run does so, without those that are aside already but for little.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from passage_kit.columns.spool import spooling
    >>> frame = pd.DataFrame({"city": pd.array(["Oslo"], dtype=pd.ArrowDtype(pa.string()))})
    >>> with spooling(Path(tempfile.mkdtemp())):
    ...     put_frame_aside(frame)
       city
    0  Oslo
    """
    spool = current_spool()
    if spool is None:
        return frame
    columns = {
        name: frame[name].array.__arrow_array__() for name in frame if isinstance(frame[name].dtype, pd.ArrowDtype)
    }
    lacking = {name: spool.lacks(column) for name, column in columns.items()}
    if is_small(sum(lacking.values())):
        return frame
    here = {name: columns[name] for name, size in lacking.items() if size}
    kept = put_aside(pa.table(list(here.values()), names=[str(name) for name in here]))
    aside = dict(zip(here, map(pd.arrays.ArrowExtensionArray, kept.columns), strict=True))
    return pd.DataFrame({name: aside.get(name, frame[name].array) for name in frame}, index=frame.index, copy=False)


def put_series_aside(column: pd.Series[Any]) -> pd.Series[Any]:
    """Put a column backed by arrow aside if a run does so, and let go of what was read for it.

    Examples
    --------
    >>> put_series_aside(pd.Series(["Oslo"], dtype=pd.ArrowDtype(pa.string()))).tolist()
    ['Oslo']
    """
    kept = series(put_column_aside(arrow(column)), like=column)
    forget()
    return kept


def parts_of(frame: pd.DataFrame, rows: int = ROWS) -> Iterator[pd.DataFrame]:
    """Give the rows of a frame part by part; of a frame put aside, let go of each part when the next one is asked for.

    A frame without rows is one part. Rows with long texts are fewer in a part.

    Examples
    --------
    >>> [len(part) for part in parts_of(pd.DataFrame({"a": [1, 2, 3]}), rows=2)]
    [2, 1]
    """
    for at in range(0, max(len(frame), 1), rows):
        yield from _halves(frame.iloc[at : at + rows])
        if len(frame) > rows:
            forget()


def _halves(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    columns = (frame[name].array for name in frame)
    size = sum(column.__arrow_array__().nbytes for column in columns if isinstance(column.dtype, pd.ArrowDtype))
    if size <= LARGEST_PART or len(frame) < 2:
        yield frame
        return
    yield from _halves(frame.iloc[: len(frame) // 2])
    yield from _halves(frame.iloc[len(frame) // 2 :])

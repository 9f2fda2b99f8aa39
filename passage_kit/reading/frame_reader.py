"""Typed tables as rows of text: Parquet files and frames that are already in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from passage_kit.columns.plain_text import text_column, text_columns
from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.errors import SourceError
from passage_kit.files.unpacking import allowed_size, too_large
from passage_kit.reading.lent_bytes import read_lent
from passage_kit.reading.user_list import UserList, build_source
from passage_kit.translations import worded

_ROWS_AT_A_TIME = 131_072


def read_parquet(data: bytes, name: str) -> UserList:
    """Read the bytes of a Parquet file.

    Raises
    ------
    SourceError
        If it is not a Parquet file, or has no rows.
    """
    with saying_why(name):
        columns = text_columns(read_lent(data, lambda file: bounded_table(pq.ParquetFile(file), name, len(data))))
    return build_source(
        [column for _, column in columns],
        [path for path, _ in columns],
        name=name,
        kind="parquet",
        sha256=hashlib.sha256(data).hexdigest(),
    )


@contextmanager
def saying_why(name: str) -> Iterator[None]:
    """Say of a Parquet file why it cannot be read."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError, RecursionError) as error:
        raise SourceError(
            worded(
                "{name} cannot be read as Parquet: {why}. Export it again, or read another format.",
                name=name,
                why=_first_line(error),
            )
        ) from error


def bounded_table(
    file: pq.ParquetFile, name: str, size: int, groups: Sequence[int] | None = None, rows: range | None = None
) -> pa.Table:
    """Read a table, or some rows of some row groups, in portions, up to what a file of this size may come to."""
    left, batches = allowed_size(size), []
    portions = file.iter_batches(_ROWS_AT_A_TIME, row_groups=groups)
    for batch in portions if rows is None else _some_rows(portions, rows):
        left -= batch.nbytes
        if left < 0:
            raise too_large(name, size)
        batch.validate(full=True)  # texts that are not UTF-8, and indices beyond a dictionary, would end the process
        batches.append(batch)
    return pa.Table.from_batches(batches, file.schema_arrow)


def _some_rows(portions: Iterator[pa.RecordBatch], rows: range) -> Iterator[pa.RecordBatch]:
    """Give some rows of what is read portion by portion: those above them are let go, and those below are not read."""
    end = 0
    for portion in portions:
        begin, end = end, end + len(portion)
        first = max(rows.start - begin, 0)
        if first < len(portion):
            yield portion.slice(first, rows.stop - begin - first)
        if end >= rows.stop:
            return


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def read_frame(frame: pd.DataFrame) -> UserList:
    """Read a frame of any column types.

    Its index is left out, unless it has a name: then its levels are columns, too. An index called ``source_row``, as
    every users frame has, is kept as it is.

    Raises
    ------
    SourceError
        If it has no rows or no columns, ``source_row`` is not unique, or a text is not Unicode.

    Examples
    --------
    >>> frame = pd.DataFrame({"phone": [14155552671.0, None], "vip": [True, False]})
    >>> read_frame(frame).users
                      phone    vip
    source_row
    1           14155552671   true
    2                  <NA>  false
    """
    name = worded("the frame")
    index = None
    if list(frame.index.names) == [SOURCE_ROW]:
        index = frame.index
        if not index.is_unique or not pd.api.types.is_integer_dtype(index.dtype):
            raise SourceError(
                f"{name} has an index source_row without a unique whole number for each row. Reset the index."
            )
    elif any(level is not None for level in frame.index.names):
        frame = frame.reset_index(allow_duplicates=True)
    if not frame.shape[1]:
        raise SourceError(worded("{name} has no columns. Give one with the users in its rows.", name=name))
    try:
        columns = [part for position in range(frame.shape[1]) for part in text_column(frame.iloc[:, position])]
    except UnicodeEncodeError:
        raise SourceError(
            f"{name} has a text that is not Unicode: half of a pair of characters. Read its source with another "
            "encoding."
        ) from None
    except (pa.ArrowException, OverflowError, RecursionError) as error:
        raise SourceError(
            f"{name} has a column whose values cannot be written as text: {_first_line(error)}. Leave it out, or "
            "convert it to text."
        ) from error
    header, arrays = [path for path, _ in columns], [column for _, column in columns]
    sha256 = _hash(header, arrays)
    return build_source(arrays, header, name=name, kind="frame", sha256=sha256, index=index)


def _hash(header: Sequence[str], columns: Sequence[pa.ChunkedArray]) -> str:
    """Compute the hash of the contents, which does not depend on their chunks."""
    digest = hashlib.sha256()
    for name, column in zip(header, columns, strict=True):
        digest.update(repr((name, len(column))).encode())
        for start in range(0, len(column), 1 << 16):
            values = column.slice(start, 1 << 16).combine_chunks()
            digest.update("\x1f".join("\x00" if text is None else text for text in values.to_pylist()).encode())
    return digest.hexdigest()

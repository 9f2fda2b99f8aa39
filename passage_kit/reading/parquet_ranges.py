"""A large Parquet file in runs of its row groups, each read by itself, with the rows and findings of the whole file.

A group of very many rows is read in pieces: the rows above a piece are unpacked page by page and let go, which is quick
beside what becomes of the rows of a piece, and needs no memory for the group.

What may be unpacked is bounded for each run, as for a file of its size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from passage_kit.columns.plain_text import text_columns
from passage_kit.reading.frame_reader import bounded_table, saying_why
from passage_kit.reading.rows_of_ranges import RowsOfRange, read_rows, secrets_of_rows
from passage_kit.reading.source_bytes import kind_of

_MOST_BYTES = 1 << 27  # of the values of a run, as the file has them
_BUFFER = 1 << 21  # bytes of a column that are read at a time of a group that is read in pieces


@dataclass(frozen=True, slots=True)
class GroupRun:
    """Row groups that stand together in a file, or a piece of one.

    Parameters
    ----------
    groups : tuple of int
        Their places.
    above, rows : int
        Number of rows before, and in the run.
    skipped : int, default 0
        Number of rows of the group before the piece.
    """

    groups: tuple[int, ...]
    above: int
    rows: int
    skipped: int = 0


def is_named_parquet(name: str) -> bool:
    """Tell whether a file is Parquet by its name.

    Examples
    --------
    >>> is_named_parquet("users.parquet"), is_named_parquet("users.csv")
    (True, False)
    """
    return kind_of(name) == "parquet"


def runs_of_groups(source: Any, rows: int) -> list[GroupRun] | None:
    """Cut a Parquet file into runs of row groups, or of pieces of large ones, of so many rows at the most.

    Parameters
    ----------
    source : pyarrow.NativeFile
        The file, of which the end is read.
    rows : int

    Returns
    -------
    list of GroupRun or None
        None if the file has to be read whole: it has few rows, a column whose values tell together how they are
        written, such as lists of objects or bytes, or something is wrong with it.

    Examples
    --------
    >>> sink = pa.BufferOutputStream()
    >>> pq.write_table(pa.table({"id": range(5)}), sink, row_group_size=2)
    >>> runs_of_groups(pa.BufferReader(sink.getvalue()), 4)
    [GroupRun(groups=(0, 1), above=0, rows=4, skipped=0), GroupRun(groups=(2,), above=4, rows=1, skipped=0)]
    >>> [(run.groups, run.skipped, run.rows) for run in runs_of_groups(pa.BufferReader(sink.getvalue()), 1)][:3]
    [((0,), 0, 1), ((0,), 1, 1), ((1,), 0, 1)]
    """
    try:
        file = pq.ParquetFile(source)
        schema = file.schema_arrow
    except (pa.ArrowException, OSError, ValueError):
        return None  # the reader of the whole file says it
    if not len(schema) or not all(_is_written_alone(field.type) for field in schema):
        return None
    runs = list(_runs(file.metadata, rows))
    return runs if len(runs) > 1 else None


def _runs(metadata: Any, rows: int) -> Iterator[GroupRun]:
    groups, above, held, size = list[int](), 0, 0, 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        if not group.num_rows:
            continue
        if groups and (held + group.num_rows > rows or size + group.total_byte_size > _MOST_BYTES):
            yield GroupRun(tuple(groups), above, held)
            groups, above, held, size = [], above + held, 0, 0
        if group.num_rows > (most := _most_rows(group, rows)):
            for first in range(0, group.num_rows, most):
                yield GroupRun((number,), above + first, min(most, group.num_rows - first), first)
            above += group.num_rows
            continue
        groups.append(number)
        held += group.num_rows
        size += group.total_byte_size
    if groups:
        yield GroupRun(tuple(groups), above, held)


def _most_rows(group: Any, rows: int) -> int:
    """Give the most rows of a piece of a group, fewer of long values."""
    return min(rows, max(1, int(group.num_rows * _MOST_BYTES // max(group.total_byte_size, 1))))


def _is_written_alone(kind: pa.DataType) -> bool:
    """Tell whether each value of a type is written without a look at the others."""
    if pa.types.is_struct(kind):
        return all(_is_written_alone(kind.field(number).type) for number in range(kind.num_fields))
    if pa.types.is_dictionary(kind):
        return _is_written_alone(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return not is_bytes and not pa.types.is_binary_view(kind) and not pa.types.is_nested(kind)


def read_run(source: Any, run: GroupRun, *, name: str, secrets: Collection[str]) -> RowsOfRange | None:
    """Read the rows of a run; None if the whole file has to be read.

    Raises
    ------
    SourceError
        If they cannot be read.
    """
    header, columns = _columns(source, run, name)
    return read_rows(columns, header, name=name, kind="parquet", above=run.above, secrets=secrets)


def secrets_of_runs(source: Any, runs: Sequence[GroupRun], rows: int, *, name: str) -> frozenset[str] | None:
    """Find the columns of secrets by so many first rows of a file; None if the whole file decides how it is read."""
    groups = sorted({number for run in runs if run.above < rows for number in run.groups})
    header, columns = _columns(source, GroupRun(tuple(groups), 0, rows), name)
    return secrets_of_rows(columns, header, name=name, kind="parquet")


def _columns(source: Any, run: GroupRun, name: str) -> tuple[list[str], list[pa.ChunkedArray]]:
    with saying_why(name):
        file = pq.ParquetFile(source)
        if run.rows < sum(file.metadata.row_group(number).num_rows for number in run.groups):
            file = pq.ParquetFile(source, metadata=file.metadata, buffer_size=_BUFFER)
        rows = range(run.skipped, run.skipped + run.rows)
        columns = text_columns(bounded_table(file, name, _packed_size(file.metadata, run), run.groups, rows))
    return [path for path, _ in columns], [column for _, column in columns]


def _packed_size(metadata: Any, run: GroupRun) -> int:
    groups = [metadata.row_group(number) for number in run.groups]
    return sum(group.column(at).total_compressed_size for group in groups for at in range(group.num_columns))

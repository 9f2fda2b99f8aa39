"""Stages, the frames between the steps: written whole or part by part, and read with care, since somebody may have
changed a file or cut it short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from passage_kit.columns.spool import forget
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, SOURCE_ROW
from passage_kit.errors import PassageKitError, PlanError
from passage_kit.files.regular_files import is_present_file
from passage_kit.findings.findings import COLUMNS
from passage_kit.translations import in_panel

# The columns that later steps need, by stage, and those that count rows.
_NEEDED = {
    "users": (SOURCE_ROW,),
    "findings": COLUMNS,
    "ledger": (SOURCE_ROW, SOURCE_KEY, "disposition", "survivor_row", "codes"),
}
_NUMBERS, _TEXTS = {SOURCE_ROW, "other_row", "survivor_row"}, {EMAIL, PHONE, SOURCE_KEY, "code", "codes", "disposition"}


# Every run writes the stages, and later steps read them whole, so statistics have no use. Compressing them takes longer
# than writing them twice as large. A column whose dictionary grows large continues without one.
# Checksums tell a later step that a file was damaged.
_QUICK = {
    "compression": "none",
    "dictionary_pagesize_limit": 16_384,
    "write_statistics": False,
    "write_page_checksum": True,
}
_ROW_GROUP = 1 << 17  # rows, which the writer keeps until they are complete


def stage_table(frame: pd.DataFrame, schema: pa.Schema | None = None) -> pa.Table:
    """Make the table of a frame, with its index; of a later part of a stage, with the schema of the first."""
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=True if frame.index.name else None)


def write_stage(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write the parts of a stage one below the other; all have the schema of the first.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.parquet"
    >>> write_stage(path, [pa.table({"row": [1]}), pa.table({"row": [2]})])
    >>> read_stage(path)["row"].tolist()
    [1, 2]
    """
    parts = iter(tables)
    first = next(parts)
    numbers = {field.name: "DELTA_BINARY_PACKED" for field in first.schema if pa.types.is_integer(field.type)}
    dictionaries = [field.name for field in first.schema if field.name not in numbers]
    form = {"column_encoding": numbers, **_QUICK}
    with pq.ParquetWriter(path, first.schema, use_dictionary=dictionaries, **form) as file:
        for table in chain([first], parts):
            for at in range(0, max(len(table), 1), _ROW_GROUP):
                file.write_table(table.slice(at, _ROW_GROUP), row_group_size=_ROW_GROUP)
                forget()


@contextmanager
def opened_stage(path: Path, *, pinned: pa.NativeFile | None = None, **options: Any) -> Iterator[pq.ParquetFile]:
    """Open the file of a stage; what is wrong with it, also while it is read, is a :class:`PlanError`.

    Parameters
    ----------
    path : pathlib.Path
        ``stages/<name>.parquet``.
    pinned : pyarrow.NativeFile, optional
        The same file, open since it was checked. Default: the file is opened now.
    **options
        Of :class:`pyarrow.parquet.ParquetFile`.

    Raises
    ------
    PlanError
        If the file was changed, is damaged, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "users.parquet"
    >>> _ = path.write_bytes(b"PAR1")
    >>> with opened_stage(path) as file:
    ...     file.read()
    Traceback (most recent call last):
    ...
    passage_kit.errors.PlanError: ...users.parquet is damaged or was changed: ... Run the preparation again: ...
    """
    try:
        if pinned is None and not is_present_file(path):
            raise OSError("it is no file")
        with pq.ParquetFile(path if pinned is None else pinned, page_checksum_verification=True, **options) as file:
            _check_columns(path.stem, file.schema_arrow)
            yield file
    except PassageKitError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise PlanError(
            in_panel(
                f"{path} is damaged or was changed: {reason}. Run the preparation again: the notebook "
                "03_validate_and_export, or `passage-kit prepare`.",
                "{path} is damaged or was changed. Run the notebook 03_validate_and_export again.",
                path=path,
            )
        ) from error


def read_stage(path: Path) -> pd.DataFrame:
    """Read the frame of a stage.

    Raises
    ------
    PlanError
        If the file was changed, is damaged, or cannot be read.
    """
    with opened_stage(path) as file:
        table = file.read()
        table.validate(full=True)
        frame = table.to_pandas(types_mapper=pd.ArrowDtype)
        return frame.set_axis(frame.index.astype("int64"))


def read_stage_parts(path: Path) -> Iterator[pd.DataFrame]:
    """Read the frame of a stage part by part, at least one.

    Raises
    ------
    PlanError
        As :func:`read_stage`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.parquet"
    >>> write_stage(path, [pa.table({"row": [1]}), pa.table({"row": [2]})])
    >>> [part["row"].tolist() for part in read_stage_parts(path)]
    [[1], [2]]
    """
    with opened_stage(path) as file:
        for at in range(max(file.num_row_groups, 1)):
            table = file.read_row_group(at) if file.num_row_groups else file.schema_arrow.empty_table()
            table.validate(full=True)
            frame = table.to_pandas(types_mapper=pd.ArrowDtype)
            yield frame.set_axis(frame.index.astype("int64"))


def read_first_rows(path: Path) -> pd.DataFrame:
    """Read the first rows of a stage, some hundred thousand at most; of the findings, those on the whole source.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.parquet"
    >>> write_stage(path, [pa.table({"row": [1, 2]})])
    >>> read_first_rows(path)["row"].tolist()
    [1, 2]
    """
    with opened_stage(path) as file:
        table = file.read_row_group(0) if file.num_row_groups else file.schema_arrow.empty_table()
        table.validate(full=True)
        return table.to_pandas(types_mapper=pd.ArrowDtype)


def _check_columns(stage: str, schema: pa.Schema) -> None:
    """Check that a stage has the columns that later steps need, with numbers where they count rows."""
    missing = [name for name in _NEEDED.get(stage, ()) if name not in schema.names]
    if missing:
        raise ValueError(f"it has no column {missing[0]!r}")
    for field in schema:
        wrong = (field.name in _NUMBERS and not pa.types.is_integer(field.type)) or (
            field.name in _TEXTS and not (pa.types.is_string(field.type) or pa.types.is_large_string(field.type))
        )
        if stage in _NEEDED and wrong and not pa.types.is_null(field.type):
            raise ValueError(f"its column {field.name!r} has the type {field.type}")

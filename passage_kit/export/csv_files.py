"""CSV files by RFC 4180: CRLF, quotes only where needed, and an empty cell for a null."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from passage_kit.columns.spreadsheet_cells import harmless_table
from passage_kit.columns.text_parts import halves
from passage_kit.columns.users_frame import bytes_of
from passage_kit.metadata.console_template import Template

ROWS_AT_A_TIME = 16_384  # fits the caches of a processor, and keeps memory constant for any length
_UNUSED = bytes(range(0xF8, 0x100))  # bytes that no UTF-8 text has


def write_csv(rows: pd.DataFrame | pa.Table, path: str | Path, *, layout: Template | None = None) -> None:
    """Write a table with its header, and leave its values as they are.

    Parameters
    ----------
    rows : pandas.DataFrame or pyarrow.Table
        Text, integer or boolean columns. The index is not written.
    path : str or pathlib.Path
        Written directly, so use a temporary path of :class:`passage_kit.files.file_set.FileSet`.
    layout : Template, optional
        Header line, delimiter, line ending and byte order mark. Default: the column names, by RFC 4180.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.csv"
    >>> write_csv(pa.table({"a": ["x,y", None], "b": [1, 2]}), path)
    >>> path.read_bytes()
    b'a,b\\r\\n"x,y",1\\r\\n,2\\r\\n'
    """
    table = _table(rows)
    layout = layout or Template(tuple(table.column_names))
    with Path(path).open("wb") as file:
        write_header(file, layout)
        write_rows(file, table, layout)


def write_for_people(rows: pd.DataFrame | pa.Table, path: str | Path) -> None:
    """Write a table that people open in a spreadsheet: an apostrophe stands before each cell that begins as a formula.

    Parameters
    ----------
    rows : pandas.DataFrame or pyarrow.Table
        Text, integer or boolean columns. The index is not written.
    path : str or pathlib.Path
        Written directly, as by :func:`write_csv`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.csv"
    >>> write_for_people(pa.table({"note": ["=1+1", "plain"]}), path)
    >>> path.read_bytes()
    b"note\\r\\n'=1+1\\r\\nplain\\r\\n"
    """
    write_parts_for_people([rows], path)


def write_parts_for_people(parts: Iterable[pd.DataFrame | pa.Table], path: str | Path) -> None:
    """Write the parts of a table one below the other, as :func:`write_for_people` writes a whole one.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.csv"
    >>> write_parts_for_people([pa.table({"note": ["=1+1"]}), pa.table({"note": ["plain"]})], path)
    >>> path.read_bytes()
    b"note\\r\\n'=1+1\\r\\nplain\\r\\n"
    """
    layout: Template | None = None
    with Path(path).open("wb") as file:
        for part in parts:
            table = harmless_table(_table(part))
            if layout is None:
                layout = Template(tuple(table.column_names))
                write_header(file, layout)
            write_rows(file, table, layout)


def write_header(file: BinaryIO, layout: Template) -> None:
    """Write the header line, and the byte order mark if there is to be one."""
    file.write(b"\xef\xbb\xbf" if layout.bom else b"")
    file.write((layout.header_line + layout.line_ending).encode())


def write_rows(file: BinaryIO, table: pa.Table, layout: Template) -> None:
    """Write lines after the header or after other lines."""
    marks = b'"\r\n' + layout.delimiter.encode()
    options = csv.WriteOptions(
        include_header=False,
        batch_size=ROWS_AT_A_TIME,
        delimiter=layout.delimiter,
        eol=layout.line_ending,
        quoting_style="none",
    )
    for batch in chain.from_iterable(map(halves, table.to_batches(max_chunksize=ROWS_AT_A_TIME))):
        texts = [pc.cast(column, pa.string()) for column in batch.columns]
        cells = [_hidden(column, marks) for column in texts]
        sink = pa.BufferOutputStream()
        csv.write_csv(pa.RecordBatch.from_arrays(cells, batch.schema.names), sink, options)
        lines = sink.getvalue()
        if any(cell is not text for cell, text in zip(cells, texts, strict=True)):
            lines = lines.to_pybytes()
            for mark, hidden in zip(marks, _UNUSED, strict=False):
                lines = lines.replace(bytes([hidden]), bytes([mark]))
        file.write(lines)


def _table(rows: pd.DataFrame | pa.Table) -> pa.Table:
    return rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)


def _hidden(cells: pa.Array, marks: bytes) -> pa.Array:
    """Put cells in quotes where they hold a quote, a delimiter or a line break, and hide these marks from arrow.

    Arrow's writer quotes every text or refuses such cells. So each mark is replaced by a byte that no text has, and
    these bytes are changed back after writing.
    """
    text, starts = bytes_of(cells)
    data = text.tobytes()
    found = [np.flatnonzero(text == mark) for mark in marks if mark in data]
    if not found:
        return cells
    holding = np.zeros(len(cells), dtype=bool)
    holding[np.searchsorted(starts, np.concatenate(found), side="right") - 1] = True
    doubled = pc.replace_substring(cells.filter(pa.array(holding)), '"', '""')
    text, starts = bytes_of(pc.binary_join_element_wise('"', doubled, '"', ""))
    data = text.tobytes().translate(bytes.maketrans(marks, _UNUSED[: len(marks)]))
    hidden = pa.StringArray.from_buffers(len(starts) - 1, pa.py_buffer(starts), pa.py_buffer(data))
    at = np.arange(len(cells))
    at[holding] = len(cells) + np.arange(len(hidden))
    return pa.concat_arrays([cells, hidden]).take(pa.array(at))

"""CSV as RFC 4180 has it: CRLF, quotes only where they are needed, a null as an empty cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from passage_kit.frames import bytes_of
from passage_kit.template import Template

ROWS_AT_A_TIME = 65_536  # so that the memory a file takes does not grow with it
_UNUSED = 0xF8  # the first of eight bytes that no UTF-8 text has

_Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def write_csv(rows: pd.DataFrame | pa.Table, path: str | Path, *, layout: Template | None = None) -> None:
    """Write a table, header included; values are not altered.

    Parameters
    ----------
    rows : pandas.DataFrame or pyarrow.Table
        Text, integer or boolean columns; an index is not written.
    path : str or pathlib.Path
        Written as it is: use a temporary one of :class:`passage_kit.files.FileSet`.
    layout : Template, optional
        Header line, delimiter, line ending and byte order mark. Default: the column names, and as RFC 4180 has it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.csv"
    >>> write_csv(pa.table({"a": ["x,y", None], "b": [1, 2]}), path)
    >>> path.read_bytes()
    b'a,b\\r\\n"x,y",1\\r\\n,2\\r\\n'
    """
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)
    layout = layout or Template(tuple(table.column_names))
    with Path(path).open("wb") as file:
        write_header(file, layout)
        write_rows(file, table, layout)


def write_header(file: BinaryIO, layout: Template) -> None:
    """Write the header line, and the byte order mark if there is to be one."""
    file.write(b"\xef\xbb\xbf" if layout.bom else b"")
    file.write((layout.header_line + layout.line_ending).encode())


def write_rows(file: BinaryIO, table: pa.Table, layout: Template) -> None:
    """Write lines below a header, or below others."""
    for batch in table.to_batches(max_chunksize=ROWS_AT_A_TIME):
        file.write(_lines(batch, layout).data)


def _lines(batch: pa.RecordBatch, layout: Template) -> _Bytes:
    marks = np.frombuffer(b'"\r\n' + layout.delimiter.encode(), np.uint8)
    cells = [_hidden(pc.cast(column, pa.string()), marks) for column in batch.columns]
    options = csv.WriteOptions(
        include_header=False, delimiter=layout.delimiter, eol=layout.line_ending, quoting_style="none"
    )
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.RecordBatch.from_arrays(cells, batch.schema.names), sink, options)
    written = np.frombuffer(sink.getvalue(), np.uint8)
    hidden = np.flatnonzero(written >= _UNUSED)
    if len(hidden):
        written = written.copy()
        written[hidden] = marks[written[hidden] - _UNUSED]
    return written


def _hidden(cells: pa.Array, marks: _Bytes) -> pa.Array:
    """Put cells in quotes where they hold a quote, a delimiter or a line break, and hide these marks from arrow.

    Arrow's writer quotes every text or refuses such cells. So they are written with bytes in the place of the marks
    that no text has, and the bytes of what is written are changed back.
    """
    text, starts = bytes_of(cells)
    found = [np.flatnonzero(text == mark) for mark in marks]
    if not any(map(len, found)):
        return cells
    holding = np.zeros(len(cells), dtype=bool)
    holding[np.searchsorted(starts, np.concatenate(found), side="right") - 1] = True
    doubled = pc.replace_substring(cells.filter(pa.array(holding)), '"', '""')
    text, starts = bytes_of(pc.binary_join_element_wise('"', doubled, '"', ""))
    text = text.copy()
    for at, mark in enumerate(marks):
        text[text == mark] = _UNUSED + at
    hidden = pa.StringArray.from_buffers(len(starts) - 1, pa.py_buffer(starts), pa.py_buffer(text))
    return pc.replace_with_mask(cells, pa.array(holding), hidden)

"""CSV as RFC 4180 has it: CRLF, quotes only where they are needed, a null as an empty cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.template import Template

ROWS_AT_A_TIME = 65_536  # so that the memory a file takes does not grow with it


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
        file.write(_lines(batch, layout.delimiter, layout.line_ending))


def _lines(batch: pa.RecordBatch, delimiter: str, line_ending: str) -> bytes:
    if not batch.num_rows:
        return b""
    # Arrow's own writer quotes every text.
    cells = [_quoted(pc.fill_null(pc.cast(column, pa.string()), ""), delimiter) for column in batch.columns]
    return _joined(pc.binary_join_element_wise(*cells, delimiter), line_ending) + line_ending.encode()


def _quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    """Cells in quotes where they hold a quote, a delimiter or a line break."""
    text = _joined(cells, "")
    if not any(mark in text for mark in (b'"', b"\r", b"\n", delimiter.encode())):
        return cells  # most columns, told in a fraction of the time
    needed = pc.match_substring_regex(cells, rf'["\r\n{re.escape(delimiter)}]')
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), cells)


def _joined(texts: pa.Array, separator: str) -> bytes:
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    return bytes(pc.binary_join(whole, separator)[0].as_buffer())

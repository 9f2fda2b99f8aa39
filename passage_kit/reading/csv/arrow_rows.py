"""Reading of CSV rows with arrow: text alone, and the rows of another width noted instead of lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.csv as pa_csv

from passage_kit.reading.lent_bytes import read_lent

_BLOCK = 1 << 24
_BOM = b"\xef\xbb\xbf"
_SOMETHING = re.compile(rb"[^\r\n]")

Patch = tuple[int, int, bytes]  # replace these bytes by those


@dataclass(frozen=True, slots=True)
class Ragged:
    """A record with another number of values than the header has."""

    record: int
    cells: int


def read_rows(
    data: bytes, *, width: int, delimiter: str, begin: int = 0, over_lines: bool = False, threads: bool = True
) -> tuple[pa.Table, list[Ragged]]:
    """Read the rows of a file as text; skip the records of another width, and note them.

    Parameters
    ----------
    data : bytes
        Text in UTF-8.
    width : int
        Number of values in a row.
    delimiter : str
    begin : int, default 0
        Where the first row begins.
    over_lines : bool, default False
        Whether a value may hold a line break.
    threads : bool, default True
        Whether arrow may use all cores.

    Examples
    --------
    >>> table, ragged = read_rows(b"ann,1\\nbob\\n,00123\\n", width=2, delimiter=",")
    >>> table.to_pydict(), ragged
    ({'0': ['ann', None], '1': ['1', '00123']}, [Ragged(record=1, cells=1)])
    """
    names = [str(position) for position in range(width)]
    if not _SOMETHING.search(data, begin):
        return pa.table({name: pa.array([], pa.string()) for name in names}), []
    ragged: list[Ragged] = []

    def note(row: pa_csv.InvalidRow) -> str:
        ragged.append(Ragged(row.number - 1, row.actual_columns))
        return "skip"

    form = {
        "delimiter": delimiter,
        "quote_char": '"' if data.find(b'"', begin) >= 0 else False,
        "newlines_in_values": over_lines,
    }
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        check_utf8=False,  # decode() has checked
    )
    if data.startswith(_BOM, begin):  # arrow removes the first one
        data, begin = _BOM + data[begin:], 0
    length = len(data) - begin
    # Most files have no ragged record. Rows are numbered only without threads, so the second round is for those
    # that have; the last one is for a record longer than a block.
    for block, on_cores in dict.fromkeys([(_BLOCK, threads), (_BLOCK, False), (length + 1, False)]):
        read = pa_csv.ReadOptions(column_names=names, use_threads=on_cores, block_size=block)
        parse = pa_csv.ParseOptions(**form, invalid_row_handler=None if on_cores else note)
        try:
            reading = partial(pa_csv.read_csv, read_options=read, parse_options=parse, convert_options=convert)
            return read_lent(data, reading, begin=begin), ragged
        except pa.ArrowInvalid:
            if block > length and not on_cores:
                raise
            ragged.clear()
    raise AssertionError("the last round returns or raises")


def patched(data: bytes, patches: list[Patch]) -> bytes:
    """Replace parts of a file; the patches are in order.

    Examples
    --------
    >>> patched(b"ann,1\\nbob\\n", [(9, 9, b",")])
    b'ann,1\\nbob,\\n'
    """
    if not patches:
        return data
    pieces, at = [], 0
    for start, stop, new in patches:
        pieces += [data[at:start], new]
        at = stop
    return b"".join([*pieces, data[at:]])

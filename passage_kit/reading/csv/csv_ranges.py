"""Ranges of a large CSV file, each read by itself, with the rows, numbers and findings of the whole.

What one machine decides by the whole file is decided by its beginning (kind, encoding, dialect, header), by its end
(footer), or by evidence of the ranges that adds up. A file for which that is not exact is not split: it is read whole.

A range begins where a record begins in any reading of the lines above: a record has 500 lines at most, so of 500 lines
in a row, one at least begins a record (or is blank). The records that would begin in each of them are followed until
all of them have met in one line. There, a record begins, whatever stands above. Where a longer record
may go on in the next range, the file is read whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from passage_kit.columns.spreadsheet_cells import names_as_they_were
from passage_kit.errors import PassageKitError
from passage_kit.files.unpacking import packing_of
from passage_kit.reading.content_kinds import KIND_OF_ENDING, kind_of_content
from passage_kit.reading.csv.csv_dialect import Dialect, find_dialect
from passage_kit.reading.csv.csv_lines import find_lines, lines_below
from passage_kit.reading.csv.csv_piece import Misfits, TableForm, count_breaks, read_pieces
from passage_kit.reading.csv.csv_quotes import LF, MOST_LINES
from passage_kit.reading.csv.csv_reader import source_of
from passage_kit.reading.csv.csv_spelling import delimiter_of, respell, shows_signs
from passage_kit.reading.csv.csv_table import TAIL, CsvTable, RowsRead, end_of_last_rows, long_rows
from passage_kit.reading.csv.long_records import LongRecords
from passage_kit.reading.csv.text_marks import may_be_marked
from passage_kit.reading.json_cells import may_be_json
from passage_kit.reading.long_form import names_and_values
from passage_kit.reading.one_below_another import may_begin_lists
from passage_kit.reading.side_by_side import lengths_of_blocks
from passage_kit.reading.source_bytes import read_file
from passage_kit.reading.text_encoding import BOM, begins_in_utf8, is_utf8
from passage_kit.reading.user_list import UserList, name_columns

HEAD = 1 << 20  # bytes at the beginning that decide what a file is
END = 2 * TAIL  # bytes at the end
BESIDE = 8  # bytes around a range in which a sign may stand that begins in it
SECRET_ROWS = 20_000  # first rows that tell which columns are secrets
_OPTIONS = {"encoding", "delimiter", "header_row"}
_NONE = np.array([], np.int64)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file is, by its beginning and its end.

    Parameters
    ----------
    name : str
    size : int
        Its bytes.
    dialect : Dialect
        Positions are counted below a byte order mark.
    begin, end : int
        Where its rows begin and end.
    footer : tuple of int
        Which lines a footer has, from the one in which the rows end.
    sign : bytes
        Delimiter by which other ways to quote are sought; blank if there is no other way.
    """

    name: str
    size: int
    dialect: Dialect
    begin: int
    end: int
    footer: tuple[int, ...]
    sign: bytes


def outline_of(head: bytes, tail: bytes, size: int, name: str, reading: Mapping[str, Any]) -> Outline | None:
    """Tell what a large file is by its beginning and its end; None if it has to be read whole.

    Parameters
    ----------
    head, tail : bytes
        Its first ``HEAD`` and last ``END`` bytes.
    size : int
        Its bytes.
    name : str
    reading : mapping
        Options of :func:`passage_kit.read_source`.
    """
    options = {option: value for option, value in reading.items() if value is not None}
    if options.keys() - _OPTIONS or len(head) < HEAD:
        return None
    try:
        said = KIND_OF_ENDING.get(PurePath(name).suffix.lower(), "csv")
        text = head.removeprefix(BOM)
        if said != "csv" or packing_of(head) or text.lstrip().startswith(b"<"):
            return None
        if kind_of_content(head, name, name) != "csv" or not begins_in_utf8(
            head, name, encoding=options.pop("encoding", None)
        ):
            return None
        text = text[: text.rfind(b"\n") + 1]
        dialect = find_dialect(text, name, **options)
    except PassageKitError:
        return None  # the reader of the whole file says what is wrong
    cut = tail.rfind(b"\n", 0, max(0, len(tail) - TAIL)) + 1
    if dialect.single or dialect.end >= len(text) or not cut or not _is_plain(dialect):
        return None
    mark = len(head) - len(head.removeprefix(BOM))
    end, footer = end_of_last_rows(tail[cut:], dialect)
    sign = delimiter_of(text, name, **{"delimiter": None, "header_row": None, **options})
    return Outline(name, size, dialect, mark + dialect.end, size - len(tail) + cut + end, footer, sign)


def _is_plain(dialect: Dialect) -> bool:
    """Tell whether a header is that of a table whose rows are people: neither in long form nor side by side."""
    names, _ = name_columns(dialect.names)
    spellings = (names, names_as_they_were(names))
    return all(not lengths_of_blocks(some) and names_and_values(some) is None for some in (dialect.names, *spellings))


class Boundary(NamedTuple):
    """Where a record begins, and where enough lines below it end to tell how the records above end."""

    begin: int
    below: int


def find_boundary(window: bytes, dialect: Dialect) -> Boundary | None:
    """Find where a record begins whatever stands above; None if there are too few lines.

    Parameters
    ----------
    window : bytes
        Some of a file, from anywhere.
    dialect : Dialect

    Examples
    --------
    >>> rows = b"".join(b'%d,"two\\nlines"\\n' % number for number in range(1_000))
    >>> boundary = find_boundary(rows[3:], find_dialect(b"id,note\\n", "users.csv"))
    >>> rows[3:][boundary.begin :][:4]
    b'250,'
    """
    first = window.find(b"\n") + 1
    data = window[first:]
    lines = find_lines(data)
    if not first or len(lines) < 2 * MOST_LINES:
        return None
    below = lines_below(data, dialect.delimiter, len(dialect.names), lines)
    beginning = np.zeros(len(lines) + 1, bool)  # lines in which a record may begin
    beginning[:MOST_LINES] = True
    last = MOST_LINES - 1  # of those that are marked
    for line in range(len(lines) - 2 * MOST_LINES):
        if not beginning[line]:
            continue
        start = int(lines.starts[line])
        if line == last and start and data[start - 1] == LF:
            return Boundary(first + start, first + int(lines.starts[line + MOST_LINES + 2]))
        beginning[below[line]] = True
        last = max(last, int(below[line]))
    return None


class Survey(NamedTuple):
    """What the bytes of a range show: its line breaks, and whether they are UTF-8 and may have another way to quote."""

    breaks: int
    is_utf8: bool
    shows_signs: bool


def survey(data: bytes, beside: tuple[int, int], sign: bytes) -> Survey:
    """Look at the bytes of a range.

    Parameters
    ----------
    data : bytes
        With some bytes beside them.
    beside : tuple of int
        How many bytes stand above and below the range.
    sign : bytes
        Of the outline.

    Examples
    --------
    >>> survey(b"\\nann@example.org,Ann\\nbo", (1, 2), b",")
    Survey(breaks=1, is_utf8=True, shows_signs=False)
    """
    own = data[beside[0] : len(data) - beside[1]]
    return Survey(count_breaks(own), is_utf8(own), shows_signs(data, sign))


class RangeEvidence(NamedTuple):
    """What the rows of a range add to what decides how the whole file is read.

    Parameters
    ----------
    blank : list of int
        Numbers of its empty lines.
    misfits : Misfits
        Evidence that no row has the width of the header.
    json : frozenset of str
        Columns whose every value may be JSON, blank ones included.
    empty : frozenset of str
        Columns without a value.
    may_begin_lists : bool
        Whether a further list may begin in it.
    unclosed : bool
        Whether a quote may be closed far below, in another range.
    marked : frozenset of str
        Columns whose every value may have a mark of text, blank ones included.
    """

    blank: list[int]
    misfits: Misfits
    json: frozenset[str]
    empty: frozenset[str]
    may_begin_lists: bool
    unclosed: bool = False
    marked: frozenset[str] = frozenset()


class RangeRead(NamedTuple):
    """The rows of a range, numbered from 1, and its findings, with the lines of the file; None if it has no rows."""

    read: UserList | None
    evidence: RangeEvidence


def read_range(
    data: bytes, outline: Outline, *, above: int, stop: int, secrets: Collection[str], is_first: bool, is_last: bool
) -> RangeRead:
    """Read the rows of a range.

    Parameters
    ----------
    data : bytes
        From where a record begins.
    outline : Outline
    above : int
        Number of lines above.
    stop : int
        Position in ``data`` where the next range begins.
    secrets : collection of str
        Columns to leave out.
    is_first, is_last : bool
        Whether the range is the first one, and the last one, of the file.
    """
    table, misfits, blank, unclosed = _parsed(data, outline, above, stop, is_last=is_last)
    if not len(table.rejected):
        return RangeRead(
            None, RangeEvidence(blank, misfits, frozenset(), frozenset(), may_begin_lists=False, unclosed=unclosed)
        )
    read = source_of(table, secrets=secrets, is_whole=False)
    columns = {str(name): pa.chunked_array(read.users[name].array.__arrow_array__()) for name in read.users}
    begins = bool(table.header_line) and may_begin_lists(
        table.header, table.columns, long_rows(table), is_first=is_first, is_last=is_last
    )
    json = frozenset(name for name, column in columns.items() if _may_be_json(column))
    empty = frozenset(name for name, column in columns.items() if column.null_count == len(column))
    marked = frozenset(name for name, column in columns.items() if name in empty or may_be_marked(column))
    return RangeRead(read, RangeEvidence(blank, misfits, json, empty, begins, unclosed, marked))


def is_respelled(path: Path, reading: Mapping[str, Any]) -> bool:
    """Tell whether a file has another way to quote, which is decided by lines from all of it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "users.csv"
    >>> _ = path.write_text("email,name\\nann@example.org,Smith\\\\, Ann\\n")
    >>> is_respelled(path, {})
    True
    """
    options = {name: reading.get(name) for name in ("delimiter", "header_row")}
    file = read_file(path)
    return bool(respell(file.data.removeprefix(BOM), file.name, **options).said)


def find_secrets(data: bytes, outline: Outline, *, stop: int) -> tuple[frozenset[str], int] | None:
    """Find the columns of secrets by the first rows of a file, and count these; None if some column may be JSON.

    Examples
    --------
    >>> text = b"email,password\\nann@example.org,abc\\n"
    >>> dialect = find_dialect(text, "users.csv")
    >>> outline = Outline("users.csv", len(text), dialect, dialect.end, len(text), (), b",")
    >>> find_secrets(text[dialect.end :], outline, stop=len(text) - dialect.end)
    (frozenset({'password'}), 1)
    """
    table, *_ = _parsed(data, outline, 0, stop, is_last=False)
    if not len(table.rejected):
        return frozenset(), 0
    read = source_of(table, is_whole=False)
    codes = read.findings["code"]
    secrets = frozenset(read.findings.loc[codes.eq("secret_left_out").to_numpy(dtype=bool), "field"].tolist())
    names, _ = name_columns(table.header)
    opened = codes.eq("json_opened").any() or any(
        _may_be_json(column) for name, column in zip(names, table.columns, strict=True) if name in secrets
    )
    return None if opened else (secrets, len(table.rejected))


def _may_be_json(column: pa.ChunkedArray) -> bool:
    return column.null_count == len(column) or may_be_json(column)


def _parsed(
    data: bytes, outline: Outline, above: int, stop: int, *, is_last: bool
) -> tuple[CsvTable, Misfits, list[int], bool]:
    """Parse the rows of a range as those of a file that has them alone, and tell whether a record may go on below."""
    dialect = replace(outline.dialect, end=0, last_line=above)
    form = TableForm(outline.name, dialect, _NONE, threads=True)
    long = LongRecords(data, dialect.delimiter, len(dialect.names), len(data), stop=stop, is_last=is_last)
    rows = RowsRead.of(read_pieces(data, form, end=len(data), stop=stop, long=long))
    table = CsvTable(
        name=outline.name,
        header=dialect.names,
        columns=rows.columns,
        rejected=rows.rejected,
        notes=rows.notes,
        fallback=None,
        mixed=(),
        preamble=(),
        blank=[],
        line_numbers=rows.line_numbers(above),
        sha256="",
        encoding="utf-8",
        delimiter=dialect.delimiter,
        header_line=dialect.line,
        unsure=dialect.unsure,
    )
    return table, rows.misfits, rows.blank, long.is_open

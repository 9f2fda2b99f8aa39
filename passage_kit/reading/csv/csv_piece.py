"""Pieces of a CSV file: whole records below the header, read one piece after the other.

What a piece takes is free again before the next one is read, so that memory holds the file and its table, and little
else. A piece ends where a record ends, and no record is judged by what stands in another piece: a file gives the same
table in one piece and in many. Lines are split only where arrow finds something irregular, or where there is a quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from passage_kit.columns.arrays import Mask
from passage_kit.errors import AccountingError
from passage_kit.reading.csv.arrow_rows import Patch, Ragged, patched, read_rows
from passage_kit.reading.csv.csv_dialect import Dialect
from passage_kit.reading.csv.csv_lines import EndOfLong, Records, Scan, find_lines, find_records
from passage_kit.reading.csv.csv_quotes import CR, LF, MOST_LINES, Lines, Rows, count_cells
from passage_kit.reading.csv.long_records import LongRecords

PIECE = 1 << 22  # bytes of a piece; more if a record is longer
_COUNTED = 1 << 18  # bytes to count together: what is compared stays in the cache of the processor


class ReadingNote(NamedTuple):
    """A note about some records, by their numbers: the reason, and their text if it would be lost."""

    code: str
    records: Rows
    reasons: list[str]
    texts: list[str] | None = None


class Misfits(NamedTuple):
    """Evidence that no row has the width of the header: the widths of the rows that do not fit and their number, the
    values of all rows and those of the rows that do not fit."""

    widths: frozenset[int] = frozenset()
    rows: int = 0
    values: int = 0
    of_rows: int = 0

    def with_more(self, other: Misfits) -> Misfits:
        """Add the evidence of another piece."""
        return Misfits(self.widths | other.widths, *(one + more for one, more in zip(self[1:], other[1:], strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class PieceRead:
    """A piece as read: its table, the rejected records, the notes, the evidence of misfits, the numbers of its empty
    lines, the number of its lines, and the line of each record (both from 0; None if each line is a record)."""

    table: pa.Table
    rejected: Mask
    notes: list[ReadingNote]
    misfits: Misfits
    blank: Rows
    lines: int
    first: Rows | None


@dataclass(frozen=True, slots=True, eq=False)
class TableForm:
    """What all pieces of a file have in common: its name and dialect, the positions of bytes that are not UTF-8 from
    the first row on, and whether arrow may use all cores."""

    name: str
    dialect: Dialect
    broken: Rows
    threads: bool


def read_pieces(
    file: bytes, form: TableForm, *, end: int, stop: int | None = None, long: LongRecords | None = None
) -> Iterator[PieceRead]:
    """Read the rows of a file piece by piece, up to a position.

    Parameters
    ----------
    file : bytes
        UTF-8.
    form : TableForm
    end : int
        Where the rows end.
    stop : int, optional
        Where a record begins that is not read any more; the lines below it, of which there have to be as many as a
        record may have, tell how those above it end. Default: all rows are read.
    long : LongRecords, optional
        Long records of the file. Default: looked for up to ``end``.

    Raises
    ------
    AccountingError
        If arrow reads another number of rows than were found, or no record begins at ``stop``.
    """
    if long is None and not form.dialect.single:
        long = LongRecords(file, form.dialect.delimiter, len(form.dialect.names), end)
    pieces = _pieces(file, form, long, end=end, stop=end if stop is None else stop)
    if not form.threads:
        yield from (piece.read() for piece in pieces)
        return
    with ThreadPoolExecutor(1) as beside:  # reads a piece while the end of the next one is sought
        reading = beside.submit(next(pieces).read)
        for piece in pieces:
            read, reading = reading, beside.submit(piece.read)
            del piece
            yield read.result()
            del read
        yield reading.result()


def _pieces(file: bytes, form: TableForm, long: LongRecords | None, *, end: int, stop: int) -> Iterator[_Piece]:
    """Cut the rows of a file into pieces."""
    begin = at = form.dialect.end
    size, above = PIECE, form.dialect.last_line
    while True:
        is_last = at + size >= stop
        data = file[at : end if is_last else _whole_lines(file, at, at + size)]
        broken = form.broken[(form.broken >= at - begin) & (form.broken < at - begin + len(data))] - (at - begin)
        piece = _Piece(
            data, replace(form, broken=broken), above, None if long is None else partial(_end_of_long, long, at)
        )
        if not is_last and not piece.cut():
            size *= 2
            continue
        if is_last and stop < end:
            piece.cut_at(stop - at)
        del data
        at, above, size = at + piece.size, above + piece.line_count, PIECE
        yield piece
        del piece
        if at >= stop:
            return


def _end_of_long(long: LongRecords, at: int, start: int) -> int | None:
    """Give the end of a long record in a piece, counted from the beginning of the piece."""
    end = long.end_of(at + start)
    return None if end is None else end - at


def _whole_lines(file: bytes, begin: int, end: int) -> int:
    """Give the end of the last line that ends there, or the end as it is if there are quotes or no line ends."""
    return end if file.find(b'"', begin, end) >= 0 else file.rfind(b"\n", begin, end) + 1 or end


class _Mended(NamedTuple):
    """Patches that give ragged records the width of the header, and the short and long ones."""

    patches: list[Patch]
    short: list[Ragged]
    long: list[Ragged]


class _Piece:
    """Some whole lines below the header, of which ``above`` stand above them."""

    def __init__(self, data: bytes, form: TableForm, above: int, end_of_long: EndOfLong | None) -> None:
        self._name, self._threads = form.name, form.threads
        self._data = data
        self._broken = form.broken
        self._quoted = b'"' in data
        self._width, self._least = len(form.dialect.names), form.dialect.least
        self._delimiter = self._free_delimiter() if form.dialect.single else form.dialect.delimiter
        self._above = above
        self._end_of_long = end_of_long
        self._lines: Lines | None = None
        self._records: Records | None = None

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self._data)

    def cut(self) -> bool:
        """Leave what may go on below to the next piece; False if nothing is left then."""
        if not self._quoted:
            end = self._data.rfind(b"\n") + 1 or self._data.rfind(b"\r", 0, -1) + 1
            self._data, self._broken = self._data[:end], self._broken[self._broken < end]
            return end > 0
        lines, found = self._split(), self._found()
        settled = max(0, len(lines) - 1 - MOST_LINES)  # lines whose records end above the end; the last may go on, too
        count = min(int(np.searchsorted(found.first, settled)), len(found.first) - found.goes_on)
        while count and count - 1 in found.unreadable:  # since lines below may be so for the same reason
            count -= 1
        if not count:
            return False
        self._keep(count, int(found.last[count - 1]) + 1)
        return True

    def cut_at(self, end: int) -> None:
        """Leave the records from a position on to another piece."""
        if not self._quoted:
            self._data, self._broken = self._data[:end], self._broken[self._broken < end]
            return
        lines, found = self._split(), self._found()
        line = int(np.searchsorted(lines.starts, end))
        count = int(np.searchsorted(found.first, line))
        if lines.starts[line] != end or (count and found.last[count - 1] >= line):
            raise AccountingError(f"{self._name}: no row begins where one should. Please report this as a defect.")
        self._keep(count, line)

    def _keep(self, count: int, stop: int) -> None:
        """Keep the first records, and the lines above a line."""
        lines, found = self._split(), self._found()
        end = int(lines.starts[stop])
        self._data, self._broken = self._data[:end], self._broken[self._broken < end]
        self._lines = Lines(lines.starts[:stop], lines.stops[:stop])
        unreadable = {record: reason for record, reason in found.unreadable.items() if record < count}
        loose, odd = (tuple(record for record in some if record < count) for some in (found.loose, found.odd))
        self._records = Records(found.first[:count], found.last[:count], unreadable, loose, odd)

    def read(self) -> PieceRead:
        """Read the table, the notes about its rows, and the rows that are rejected."""
        irregular = self._quoted or len(self._broken)
        unreadable = self._unreadable() if irregular else []
        ragged = self._counted()
        mended = self._mended(ragged)
        table, others = self._parsed(sorted([*unreadable, *mended.patches]))
        if others:  # of records with odd quotes, arrow alone knows the width
            ragged = sorted([*ragged, *others], key=lambda row: row.record)
            mended = self._mended(ragged)
            table, _ = self._parsed(sorted([*unreadable, *mended.patches]))
        count, notes, misfits = table.num_rows, list[ReadingNote](), _misfits([*mended.short, *mended.long], table)
        rejected = np.zeros(count, bool)
        if irregular or ragged:
            records = self._found()
            count = len(records.first)
            rejected = np.zeros(count, bool)
            rejected[[*records.unreadable, *(row.record for row in mended.long)]] = True
            notes = list(self._notes(records, mended))
        if table.num_rows != count:
            raise AccountingError(
                f"{self._name}: {count} rows were found and {table.num_rows} read. Please report this as a defect."
            )
        blank = self._blank_lines(count)  # splits the lines where there are some
        first = None if self._lines is None else self._found().first
        return PieceRead(table, rejected, notes, misfits, blank, self.line_count, first)

    @cached_property
    def line_count(self) -> int:
        """Number of lines."""
        if self._lines is not None:
            return len(self._lines)
        return count_breaks(self._data) + (self._data[-1:] not in (b"", b"\r", b"\n"))

    def _counted(self) -> list[Ragged]:
        """Find the records of another width by their delimiters; most files have none, so those are counted first."""
        count = self.line_count if self._records is None else len(self._records.first)
        if _count(self._data, ord(self._delimiter)) == count * (self._width - 1):
            return []
        records, lines = self._found(), self._split()
        cells = count_cells(self._data, lines.starts[records.first], lines.stops[records.last], self._delimiter)
        cells[[*records.unreadable, *records.odd]] = self._width
        return [Ragged(record, int(cells[record])) for record in np.flatnonzero(cells != self._width).tolist()]

    def _blank_lines(self, count: int) -> Rows:
        """Find the numbers of the lines without a character."""
        if self._lines is None and self.line_count == count:
            return np.array([], np.int64)
        records, lines = self._found(), self._split()
        within = np.zeros(len(lines) + 1, np.int64)  # +1 where a record begins, -1 below its end
        np.add.at(within, records.first, 1)
        np.add.at(within, records.last + 1, -1)
        return np.flatnonzero(np.cumsum(within[:-1]) == 0) + self._above + 1

    def _split(self) -> Lines:
        self._lines = self._lines or find_lines(self._data)
        return self._lines

    def _found(self) -> Records:
        self._records = self._records or find_records(
            self._data,
            self._delimiter,
            self._width,
            lines=self._split(),
            broken=self._broken,
            end_of_long=self._end_of_long,
        )
        return self._records

    def _free_delimiter(self) -> str:
        """Find a character that does not occur in the file, so that it splits nothing."""
        return next(chr(code) for code in (*range(31, 13, -1), *range(8, 0, -1)) if bytes([code]) not in self._data)

    @property
    def _blank_row(self) -> bytes:
        return self._delimiter.encode() * (self._width - 1) or b'""'

    def _spans(self, records: Iterable[int]) -> list[tuple[int, int]]:
        """Find the beginnings and the ends of some records in the data."""
        found, lines, rows = self._found(), self._split(), np.array(list(records), np.int64)
        starts, stops = lines.starts[found.first[rows]], lines.stops[found.last[rows]]
        return list(zip(starts.tolist(), stops.tolist(), strict=True))

    def _raw(self, records: Iterable[int]) -> list[str]:
        return [self._data[start:stop].decode("utf-8", "backslashreplace") for start, stop in self._spans(records)]

    def _unreadable(self) -> list[Patch]:
        return [(*span, self._blank_row) for span in self._spans(self._found().unreadable)]

    def _parsed(self, patches: list[Patch]) -> tuple[pa.Table, list[Ragged]]:
        """Read with arrow; skip ragged records, and note them."""
        over_lines = self._records is not None and bool((self._records.last > self._records.first).any())
        return read_rows(
            patched(self._data, patches),
            width=self._width,
            delimiter=self._delimiter,
            over_lines=over_lines,
            threads=self._threads,
        )

    def _mended(self, ragged: Sequence[Ragged]) -> _Mended:
        """Make patches that give every ragged record the width of the header, and list the short and long ones."""
        patches, short, long = mended = _Mended([], [], [])
        delimiter = self._delimiter.encode()
        blanks = re.compile(rb'(?:%b(?:"")?)*' % re.escape(delimiter))
        for row, (start, stop) in zip(ragged, self._spans(row.record for row in ragged) if ragged else (), strict=True):
            if row.cells < self._width:
                patches.append((stop, stop, delimiter * (self._width - row.cells)))
                short.append(row)
                continue
            surplus = row.cells - self._width
            if self._data.endswith(delimiter * surplus, start, stop):
                patches.append((stop - surplus * len(delimiter), stop, b""))
            elif self._data.endswith((delimiter, b'"'), start, stop) and blanks.fullmatch(
                self._data, end := self._end_of_width(row.record, start), stop
            ):
                patches.append((end, stop, b""))
            else:
                patches.append((start, stop, self._blank_row))
                long.append(row)
        return mended

    def _end_of_width(self, record: int, start: int) -> int:
        """Find the end of the last value that has a name."""
        found = Scan(self._data, self._delimiter, self._split()).record(int(self._found().first[record]))
        cells = found.cells[: self._width] if found else ()
        return start + sum(map(len, cells)) + self._width - 1

    def _notes(self, records: Records, mended: _Mended) -> Iterator[ReadingNote]:
        blanks = str.maketrans("", "", f'"{self._delimiter}')
        short = [row for row in mended.short if not self._least or row.cells < self._least]
        texts = self._raw(row.record for row in short)
        short = [row for row, text in zip(short, texts, strict=True) if text.translate(blanks).strip()]  # else blank
        loose = dict.fromkeys(records.loose, "text stands after a quoted value")
        yield self._note("line_unreadable", records.unreadable, raw=True)
        yield self._note("quotes_misplaced", loose, raw=True)
        yield self._note("row_too_long", {row.record: self._counts(row) for row in mended.long}, raw=True)
        yield self._note("row_too_short", {row.record: self._counts(row) for row in short}, raw=False)

    def _note(self, code: str, reasons: dict[int, str], *, raw: bool) -> ReadingNote:
        texts = self._raw(reasons) if raw else None
        return ReadingNote(code, np.array(list(reasons), np.int64), list(reasons.values()), texts)

    def _counts(self, row: Ragged) -> str:
        values = "1 value" if row.cells == 1 else f"{row.cells} values"
        if self._least:
            return f"{values}, and a row has {self._least if row.cells < self._least else self._width}"
        return f"{values}, and the header has {self._width} name{'s' if self._width > 1 else ''}"


def _misfits(ragged: Sequence[Ragged], table: pa.Table) -> Misfits:
    """Count the values of a table, and those of some of its rows."""
    of_rows = table.take(pa.array([row.record for row in ragged])) if ragged else table.slice(0, 0)
    values, of_ragged = (sum(len(one) - one.null_count for one in some.columns) for some in (table, of_rows))
    return Misfits(frozenset(row.cells for row in ragged), len(ragged), values, of_ragged)


def _count(data: bytes, sign: int) -> int:
    """Count a byte."""
    view = np.frombuffer(data, np.uint8)
    return sum(int(np.count_nonzero(view[at : at + _COUNTED] == sign)) for at in range(0, len(data), _COUNTED))


def count_breaks(data: bytes) -> int:
    """Count the line breaks."""
    feeds = _count(data, LF)
    if CR not in data:
        return feeds
    return feeds + data.count(b"\r") - data.count(b"\r\n")

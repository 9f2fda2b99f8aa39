"""CSV and TSV as a table of text, which arrow reads after the module has found and noted the lines that do not fit.

The module passes a row that cannot be read to arrow as a row of blanks, so that every record keeps its place. It does
not need pandas, so a file can be read while pandas still loads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from passage_kit.columns.arrays import Mask
from passage_kit.errors import AccountingError, SourceError
from passage_kit.reading.csv.arrow_rows import Patch, Ragged, patched, read_rows
from passage_kit.reading.csv.csv_dialect import Dialect, find_dialect
from passage_kit.reading.csv.csv_lines import Records, Scan, find_lines, find_records, unquoted
from passage_kit.reading.csv.csv_quotes import CR, LF, Lines, Rows, count_cells
from passage_kit.reading.csv.csv_spelling import Respelled, respell
from passage_kit.reading.footers import LOOKED_AT, footer_length
from passage_kit.reading.text_encoding import Text, decode, line_number

_PIECE = 1 << 22  # bytes to check together: fewer take less memory, more block other threads less often
_TAIL = 1 << 16  # bytes at the end in which a footer is sought
_UNKNOWN = "?"  # stands for a line that is no row by itself


class ReadingNote(NamedTuple):
    """A note about some records, by their numbers: the reason, and their text if it would be lost."""

    code: str
    records: Rows
    reasons: list[str]
    texts: list[str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CsvTable:
    """A CSV file as read.

    Parameters
    ----------
    name, sha256, encoding, delimiter, header_line, unsure
        As of :class:`passage_kit.reading.user_list.UserList`.
    header : tuple of str
        As written.
    columns : sequence of pyarrow.ChunkedArray
        Text, a blank is null.
    rejected : numpy array of bool
        Records that cannot be read; they are nulls.
    notes : sequence of ReadingNote
    fallback : str or None
        Why the file was read in another encoding than UTF-8.
    mixed : tuple of int
        Numbers of the lines that are UTF-8 nevertheless.
    preamble : tuple of (int, str)
        Number and text of the lines above the header.
    blank : list of int
        Numbers of the empty lines.
    line_numbers : callable
        Gives the number of the first line of some records.
    spelling : tuple of str
        Ways to quote other than that of RFC 4180.
    footer : tuple of int
        Numbers of the lines of a footer below the last row.
    """

    name: str
    header: tuple[str, ...]
    columns: Sequence[pa.ChunkedArray]
    rejected: Mask
    notes: Sequence[ReadingNote]
    fallback: str | None
    mixed: tuple[int, ...]
    preamble: tuple[tuple[int, str], ...]
    blank: list[int]
    line_numbers: Callable[[Rows], Rows]
    sha256: str
    encoding: str
    delimiter: str | None
    header_line: int
    unsure: tuple[str, ...]
    spelling: tuple[str, ...] = ()
    footer: tuple[int, ...] = ()


def parse_csv(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    alone: bool = True,
) -> CsvTable:
    """Parse the bytes of a CSV file: see :func:`passage_kit.reading.csv.csv_reader.read_csv`.

    Unless it is ``alone``, it leaves the other processors to what is done meanwhile.

    Examples
    --------
    >>> table = parse_csv(b"email,name\\nann@example.org\\nbob@example.org,Bob,Smith\\n", "users.csv")
    >>> table.columns[0].to_pylist(), table.rejected.tolist()
    (['ann@example.org', None], [False, True])
    >>> [(note.code, note.records.tolist()) for note in table.notes if len(note.records)]
    [('row_too_long', [1]), ('row_too_short', [0])]
    """
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(lambda: hashlib.sha256(data).hexdigest())
        text = decode(data, name, encoding=encoding)
        spelled = Respelled(text.data)
        if not text.broken:  # else their places would be others
            spelled = respell(text.data, name, delimiter=delimiter, header_row=header_row)
            text = replace(text, data=spelled.data)
        dialect = find_dialect(text.data, name, delimiter=delimiter, header_row=header_row)
        _check_header(text, dialect, name)
        text, footer = _without_footer(text, dialect)
        body = _Body(text, dialect, name, alone)
        table, notes, rejected = body.read()
        if table.num_rows != body.count:
            raise AccountingError(
                f"{name}: {body.count} rows were found and {table.num_rows} read. Please report this as a defect."
            )
        return CsvTable(
            name=name,
            header=dialect.names,
            columns=table.columns,
            rejected=rejected,
            notes=notes,
            fallback=text.fallback,
            mixed=text.mixed,
            preamble=dialect.preamble,
            blank=[*dialect.blank, *body.blank_lines().tolist()],  # splits the lines where there are some
            line_numbers=body.line_numbers(),
            sha256=digest.result(),
            encoding=text.encoding,
            delimiter=None if dialect.single else dialect.delimiter,
            header_line=dialect.line,
            unsure=dialect.unsure,
            spelling=spelled.said,
            footer=footer,
        )


def _without_footer(text: Text, dialect: Dialect) -> tuple[Text, tuple[int, ...]]:
    """Cut the footer of a report off, and give the numbers of its lines."""
    tail = max(dialect.end, text.data.rfind(b"\n", dialect.end, max(dialect.end, len(text.data) - _TAIL)) + 1)
    data = text.data[tail:]
    lines = find_lines(data)
    last = range(max(0, len(lines) - LOOKED_AT), len(lines))
    scan, width = Scan(data, dialect.delimiter, lines), len(dialect.names)
    rows = []
    for at in last:
        record = scan.record(at, most=1) if lines.stops[at] > lines.starts[at] else None
        blank = lines.stops[at] == lines.starts[at]
        rows.append([unquoted(cell) for cell in record.cells] if record else [] if blank else [_UNKNOWN] * width)
    length = footer_length(rows, width)
    if not length:
        return text, ()
    cut = tail + int(lines.starts[last[-length]])
    first = line_number(text.data, cut)
    numbers = tuple(first + at for at, row in enumerate(rows[-length:]) if any(map(str.strip, row)))
    return replace(text, data=text.data[:cut], broken=tuple(at for at in text.broken if at < cut)), numbers


def _check_header(text: Text, dialect: Dialect, name: str) -> None:
    for line in {line_number(text.data, position) for position in text.broken if position < dialect.end}:
        if line >= dialect.line:
            raise SourceError(
                f"{name}, line {line}: the header has a byte that is not UTF-8. Correct it, or give the encoding."
            )


class _Mended(NamedTuple):
    """Patches that give ragged records the width of the header, and the short and long ones."""

    patches: list[Patch]
    short: list[Ragged]
    long: list[Ragged]


class _Body:
    """The lines below the header; split here only where arrow finds something irregular, or where there is a quote."""

    def __init__(self, text: Text, dialect: Dialect, name: str, threads: bool) -> None:
        self._name = name
        self._file, self._begin = text.data, dialect.end
        self._broken = np.array(text.broken, np.int64) - dialect.end
        self._broken = self._broken[self._broken >= 0]
        self._quoted = self._file.find(b'"', self._begin) >= 0
        self._width = len(dialect.names)
        self._delimiter = self._free_delimiter() if dialect.single else dialect.delimiter
        self._above = dialect.last_line
        self._least = dialect.least
        self._threads = threads
        self._lines: Lines | None = None
        self._records: Records | None = None
        self.count = 0

    @cached_property
    def _data(self) -> bytes:
        """Copy of the lines alone, which a regular file does not need."""
        return self._file[self._begin :]

    def read(self) -> tuple[pa.Table, list[ReadingNote], Mask]:
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
        self.count = table.num_rows
        rejected = np.zeros(self.count, bool)
        if not irregular and not ragged:
            return table, [], rejected
        self._refuse_another_header([*mended.short, *mended.long], table)
        records = self._found()
        self.count = len(records.first)
        rejected = np.zeros(self.count, bool)
        rejected[[*records.unreadable, *(row.record for row in mended.long)]] = True
        return table, list(self._notes(records, mended)), rejected

    def _counted(self) -> list[Ragged]:
        """Find the records of another width by their delimiters; most files have none, so those are counted first."""
        count = self._count_lines() if self._records is None else len(self._records.first)
        if _count(self._file, self._begin, ord(self._delimiter)) == count * (self._width - 1):
            return []
        records, lines = self._found(), self._split()
        cells = count_cells(self._data, lines.starts[records.first], lines.stops[records.last], self._delimiter)
        cells[[*records.unreadable, *records.odd]] = self._width
        return [Ragged(record, int(cells[record])) for record in np.flatnonzero(cells != self._width).tolist()]

    def _refuse_another_header(self, ragged: list[Ragged], table: pa.Table) -> None:
        """Refuse a table none of whose rows has the width of the header, since the values stand under other names.

        The other rows do not count if they are blank.

        Raises
        ------
        SourceError
        """
        widths = {row.cells for row in ragged}
        if len(ragged) < 2 or len(widths) > 1 or self._least:
            return
        tables = (table, table.take(pa.array([row.record for row in ragged])))
        every, of_ragged = (sum(len(column) - column.null_count for column in some.columns) for some in tables)
        if every == of_ragged:
            raise SourceError(
                f"{self._name}: the header has {self._width} names, and every row has {widths.pop()} values, so they "
                "stand under the wrong names. Correct the header, or export the users again."
            )

    def blank_lines(self) -> Rows:
        """Find the numbers of the lines without a character."""
        if self._lines is None and self._count_lines() == self.count:
            return np.array([], np.int64)
        records, lines = self._found(), self._split()
        within = np.zeros(len(lines) + 1, np.int64)  # +1 where a record begins, -1 below its end
        np.add.at(within, records.first, 1)
        np.add.at(within, records.last + 1, -1)
        return np.flatnonzero(np.cumsum(within[:-1]) == 0) + self._above + 1

    def line_numbers(self) -> Callable[[Rows], Rows]:
        """Make a function that gives the first line of some records; it does not keep the file in memory."""
        above = self._above + 1
        if self._lines is None:
            return lambda rows: rows + above
        first = self._found().first
        return lambda rows: first[rows] + above

    def _count_lines(self) -> int:
        open_end = len(self._file) > self._begin and self._file[-1:] not in b"\r\n"
        return _count_breaks(self._file, self._begin) + open_end

    def _split(self) -> Lines:
        self._lines = self._lines or find_lines(self._data)
        return self._lines

    def _found(self) -> Records:
        self._records = self._records or find_records(
            self._data, self._delimiter, self._width, lines=self._split(), broken=self._broken
        )
        return self._records

    def _free_delimiter(self) -> str:
        """Find a character that does not occur in the file, so that it splits nothing."""
        return next(
            chr(code)
            for code in (*range(31, 13, -1), *range(8, 0, -1))
            if self._file.find(bytes([code]), self._begin) < 0
        )

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
        data, begin = (patched(self._data, patches), 0) if patches else (self._file, self._begin)
        over_lines = self._records is not None and bool((self._records.last > self._records.first).any())
        return read_rows(
            data,
            begin=begin,
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


def _count(data: bytes, begin: int, sign: int) -> int:
    """Count a byte from a position on."""
    view = np.frombuffer(data, np.uint8)
    return sum(int(np.count_nonzero(view[at : at + _PIECE] == sign)) for at in range(begin, len(data), _PIECE))


def _count_breaks(data: bytes, begin: int) -> int:
    """Count the line breaks from a position on."""
    feeds = _count(data, begin, LF)
    if data.find(CR, begin) < 0:
        return feeds
    return feeds + data.count(b"\r", begin) - data.count(b"\r\n", begin)

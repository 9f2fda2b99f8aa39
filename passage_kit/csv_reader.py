"""CSV and TSV as rows of text: arrow reads the table, and what does not fit one is found first and said.

A row that cannot be read is put in the arrow reader's way as a row of blanks, so that every record keeps its place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from passage_kit.csv_dialect import Dialect, find_dialect
from passage_kit.csv_lines import Lines, Records, Scan, find_lines, find_records
from passage_kit.errors import AccountingError, SourceError
from passage_kit.findings import make_findings
from passage_kit.frames import source_rows
from passage_kit.source import Place, Rows, Source, blank_lines, build_source
from passage_kit.text_encoding import Text, decode, line_number

_BLOCK = 1 << 24
_BOM = b"\xef\xbb\xbf"

Patch = tuple[int, int, bytes]  # replace these bytes by those


@dataclass(frozen=True, slots=True)
class _Ragged:
    """A record with another number of values than the header has."""

    record: int
    cells: int


def read_csv(
    data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None, header_row: int | None = None
) -> Source:
    """Read the bytes of a CSV file.

    Too few values: the rest is blank, with a warning. Too many: the row is rejected, unless the surplus is blank. A
    line that cannot be parsed is rejected; either finding has the line's number and its text. Lines without a
    character are no rows; a row of blanks is one, and rejected.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name.
    encoding, delimiter, header_row : optional
        Default: detected. See :func:`passage_kit.readers.read_source`.

    Returns
    -------
    Source

    Raises
    ------
    SourceError
        If the file is no text, has no header, or no rows.

    Examples
    --------
    >>> source = read_csv(b"email,name\\nann@example.org\\nbob@example.org,Bob,Smith\\n", "users.csv")
    >>> source.users
                          email  name
    source_row
    1           ann@example.org  <NA>
    2                      <NA>  <NA>
    >>> source.findings[["source_row", "code", "detail"]]
       source_row           code                                        detail
    0           2   row_too_long  line 3: 3 values, and the header has 2 names
    1           1  row_too_short   line 2: 1 value, and the header has 2 names
    """
    text = decode(data, name, encoding=encoding)
    dialect = find_dialect(text.data, name, delimiter=delimiter, header_row=header_row)
    _check_header(text, dialect, name)
    body = _Body(text, dialect)
    table, findings, rejected = body.read()
    if table.num_rows != body.count:
        raise AccountingError(
            f"{name}: {body.count} rows were found and {table.num_rows} read. Please report this as a defect."
        )
    return build_source(
        table.columns,
        dialect.names,
        name=name,
        kind="csv",
        findings=[*_file_findings(text, dialect, body), *findings],
        rejected=rejected,
        place=Place("line", body.line_numbers),
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=text.encoding,
        delimiter=None if dialect.single else dialect.delimiter,
        header_line=dialect.line,
        unsure=dialect.unsure,
    )


def _check_header(text: Text, dialect: Dialect, name: str) -> None:
    for line in {line_number(text.data, position) for position in text.broken if position < dialect.end}:
        if line >= dialect.line:
            raise SourceError(
                f"{name}, line {line}: the header has a byte that is not UTF-8. Mend it, or give the encoding."
            )


class _Body:
    """The lines below the header; split here only where arrow finds something irregular, or where there is a quote."""

    def __init__(self, text: Text, dialect: Dialect) -> None:
        self._data = text.data[dialect.end :]
        self._broken = np.array(text.broken, np.int64) - dialect.end
        self._broken = self._broken[self._broken >= 0]
        self._width = len(dialect.names)
        self._delimiter = self._free_delimiter() if dialect.single else dialect.delimiter
        self._above = dialect.last_line
        self._lines: Lines | None = None
        self._records: Records | None = None
        self._spans: list[tuple[int, int]] | None = None
        self.count = 0

    def read(self) -> tuple[pa.Table, list[pd.DataFrame], np.ndarray]:
        """Read the table; also the findings on its rows, and which rows are rejected."""
        irregular = b'"' in self._data or len(self._broken)
        unreadable = self._unreadable() if irregular else []
        table, ragged = self._parsed(_patched(self._data, unreadable))
        self.count = table.num_rows + len(ragged)
        rejected = np.zeros(self.count, bool)
        if not irregular and not ragged:
            return table, [], rejected
        patches, too_short, too_long = self._mended(ragged)
        if ragged:
            table, _ = self._parsed(_patched(self._data, sorted([*unreadable, *patches])))
        records = self._found()
        self.count = len(records.first)
        rejected = np.zeros(self.count, bool)
        rejected[[*records.unreadable, *(row.record for row in too_long)]] = True
        return table, self._row_findings(records, too_short, too_long), rejected

    def blank_lines(self) -> Rows:
        """Numbers of the lines without a character."""
        data = self._data
        breaks = data.count(b"\n") + (data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0)
        open_end = bool(data) and data[-1:] not in b"\r\n"
        if self._lines is None and breaks + open_end == self.count:
            return np.array([], np.int64)
        records, lines = self._found(), self._split()
        within = np.zeros(len(lines) + 1, np.int64)  # +1 where a record begins, -1 below its end
        np.add.at(within, records.first, 1)
        np.add.at(within, records.last + 1, -1)
        return np.flatnonzero(np.cumsum(within[:-1]) == 0) + self._above + 1

    def line_numbers(self, rows: Rows) -> Rows:
        """Number of the first line of some records."""
        if self._lines is None and not len(self.blank_lines()):
            return rows + self._above + 1
        return self._found().first[rows] + self._above + 1

    def _split(self) -> Lines:
        self._lines = self._lines or find_lines(self._data)
        return self._lines

    def _found(self) -> Records:
        self._records = self._records or find_records(
            self._data, self._delimiter, self._width, lines=self._split(), broken=self._broken
        )
        return self._records

    def _free_delimiter(self) -> str:
        """A character that stands nowhere in the file, so that it splits nothing."""
        return next(chr(code) for code in (*range(31, 13, -1), *range(8, 0, -1)) if bytes([code]) not in self._data)

    @property
    def _blank_row(self) -> bytes:
        return self._delimiter.encode() * (self._width - 1) or b'""'

    def _span(self, record: int) -> tuple[int, int]:
        """Begin and end of a record in the data."""
        if self._spans is None:
            records, lines = self._found(), self._split()
            starts, stops = lines.starts[records.first].tolist(), lines.stops[records.last].tolist()
            self._spans = list(zip(starts, stops, strict=True))
        return self._spans[record]

    def _raw(self, record: int) -> str:
        start, stop = self._span(record)
        return self._data[start:stop].decode("utf-8", "backslashreplace")

    def _unreadable(self) -> list[Patch]:
        return [(*self._span(record), self._blank_row) for record in self._found().unreadable]

    def _parsed(self, data: bytes) -> tuple[pa.Table, list[_Ragged]]:
        """Read with arrow; a ragged record is left out, and said."""
        names = [str(position) for position in range(self._width)]
        if not re.search(rb"[^\r\n]", data):
            return pa.table({name: pa.array([], pa.string()) for name in names}), []
        ragged: list[_Ragged] = []

        def note(row: pa_csv.InvalidRow) -> str:
            ragged.append(_Ragged(row.number - 1, row.actual_columns))
            return "skip"

        form = {
            "delimiter": self._delimiter,
            "quote_char": '"' if b'"' in data else False,
            "newlines_in_values": self._records is not None and bool((self._records.last > self._records.first).any()),
        }
        convert = pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,  # decode() has looked
        )
        data = _BOM + data if data.startswith(_BOM) else data  # arrow takes the first one off
        # Most files have no ragged record. Rows are numbered only without threads, so the second round is for those
        # that have; the last one is for a record longer than a block.
        for block, threads in ((_BLOCK, True), (_BLOCK, False), (len(data) + 1, False)):
            read = pa_csv.ReadOptions(column_names=names, use_threads=threads, block_size=block)
            parse = pa_csv.ParseOptions(**form, invalid_row_handler=None if threads else note)
            try:
                return pa_csv.read_csv(pa.BufferReader(data), read, parse, convert), ragged
            except pa.ArrowInvalid:
                if block > len(data) and not threads:
                    raise
                ragged.clear()
        raise AssertionError("the last round returns or raises")

    def _mended(self, ragged: Iterable[_Ragged]) -> tuple[list[Patch], list[_Ragged], list[_Ragged]]:
        """Patches that give every ragged record the width of the header; which ones are too short and too long."""
        patches: list[Patch] = []
        short: list[_Ragged] = []
        long: list[_Ragged] = []
        delimiter = self._delimiter.encode()
        blanks = re.compile(rb'(?:%b(?:"")?)*' % re.escape(delimiter))
        for row in ragged:
            start, stop = self._span(row.record)
            if row.cells < self._width:
                patches.append((stop, stop, delimiter * (self._width - row.cells)))
                short.append(row)
                continue
            surplus = row.cells - self._width
            ends_blank = self._data.endswith(delimiter * surplus, start, stop)
            end = stop - surplus * len(delimiter) if ends_blank else self._end_of_width(row.record)
            if ends_blank or blanks.fullmatch(self._data, end, stop):
                patches.append((end, stop, b""))
            else:
                patches.append((start, stop, self._blank_row))
                long.append(row)
        return patches, short, long

    def _end_of_width(self, record: int) -> int:
        """Where the last value that has a name ends."""
        found = Scan(self._data, self._delimiter, self._split()).record(int(self._found().first[record]))
        cells = found.cells[: self._width] if found else ()
        return self._span(record)[0] + sum(map(len, cells)) + self._width - 1

    def _row_findings(self, records: Records, short: list[_Ragged], long: list[_Ragged]) -> list[pd.DataFrame]:
        place = Place("line", self.line_numbers)
        blanks = str.maketrans("", "", f'"{self._delimiter}')
        short = [row for row in short if self._raw(row.record).translate(blanks).strip()]  # the others are blank rows
        reasons = [(record, "line_unreadable", reason) for record, reason in records.unreadable.items()]
        reasons += [(record, "quotes_misplaced", "text stands after a quoted value") for record in records.loose]
        reasons += [(row.record, "row_too_long", self._counts(row)) for row in long]
        found = []
        for code in ("line_unreadable", "quotes_misplaced", "row_too_long"):
            rows = [(record, why) for record, other, why in reasons if other == code]
            found.append(self._findings(place, code, rows, raw=True))
        found.append(
            self._findings(place, "row_too_short", [(row.record, self._counts(row)) for row in short], raw=False)
        )
        return found

    def _findings(self, place: Place, code: str, rows: list[tuple[int, str]], *, raw: bool) -> pd.DataFrame:
        at = np.array([record for record, _ in rows], np.int64)
        value = [self._raw(record) for record, _ in rows] if raw else None
        detail = place.say(at, pa.array([why for _, why in rows], pa.string()))
        return make_findings(source_rows(self.count)[at], field=None, value=value, code=code, detail=detail)

    def _counts(self, row: _Ragged) -> str:
        values = "1 value" if row.cells == 1 else f"{row.cells} values"
        return f"{values}, and the header has {self._width} name{'s' if self._width > 1 else ''}"


def _patched(data: bytes, patches: list[Patch]) -> bytes:
    if not patches:
        return data
    pieces, at = [], 0
    for start, stop, new in patches:
        pieces += [data[at:start], new]
        at = stop
    return b"".join([*pieces, data[at:]])


def _file_findings(text: Text, dialect: Dialect, body: _Body) -> Iterable[pd.DataFrame]:
    """Findings that speak of the whole file."""
    if text.findings is not None:
        yield text.findings
    for number, line in dialect.preamble:
        yield make_findings([None], field=None, value=line, code="preamble_skipped", detail=f"line {number}")
    yield blank_lines([*dialect.blank, *body.blank_lines().tolist()])

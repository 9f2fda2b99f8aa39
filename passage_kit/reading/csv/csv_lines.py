"""Records of a CSV file: their beginnings and ends, with quotes and line breaks within them considered.

A line whose quotes pair up as RFC 4180 requires is a record of its own. Most of the other lines are settled by whole
columns, too (module ``csv_quotes``); the few that are left are read one by one. A quoted value may span several lines,
but a quote that is never closed must not hide the users below it. So its line is rejected as unreadable, and reading
continues at the next line. Of a quote that is not closed soon, all of the file tells (module ``long_records``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from passage_kit.reading.csv.csv_quotes import CR, LF, MOST_LINES, UNSETTLED, Irregular, Lines, Rows, find_irregular
from passage_kit.reading.header import is_identifier


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """First and last line of every record, in order, with the reasons of unreadable records by their numbers, the
    numbers of records with text after a quoted value, and of all whose quotes are not those of RFC 4180, and whether
    the last one goes on below."""

    first: Rows
    last: Rows
    unreadable: dict[int, str] = field(default_factory=dict)
    loose: tuple[int, ...] = ()
    odd: tuple[int, ...] = ()
    goes_on: bool = False


def find_lines(data: bytes) -> Lines:
    """Find the physical lines; LF, CRLF and CR end one, and the last needs no end.

    Examples
    --------
    >>> lines = find_lines(b"a\\r\\n\\nbc\\rd")
    >>> lines.starts.tolist(), lines.stops.tolist()
    ([0, 3, 4, 7], [1, 3, 6, 8])
    """
    buffer = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(buffer == LF)
    stops = ends
    if b"\r" in data:
        returns = np.flatnonzero(buffer == CR)
        alone = returns[buffer[np.minimum(returns + 1, len(data) - 1)] != LF]
        stops = ends - ((ends > 0) & (buffer[ends - 1] == CR))
        if len(alone):
            ends, stops = np.concatenate([ends, alone]), np.concatenate([stops, alone])
            order = np.argsort(ends, kind="stable")
            ends, stops = ends[order], stops[order]
    starts = np.concatenate([[0], ends + 1])
    stops = np.concatenate([stops, [len(data)]])
    whole = len(starts) - int(starts[-1] == len(data))
    return Lines(starts[:whole], stops[:whole])


UNCLOSED = "a quote is opened and never closed"
EndOfLong = Callable[[int], int | None]


def find_records(
    data: bytes, delimiter: str, width: int, *, lines: Lines, broken: Rows, end_of_long: EndOfLong | None = None
) -> Records:
    """Find the records of a table.

    Parameters
    ----------
    data : bytes
        UTF-8, without the lines above the first record.
    delimiter : str
        One character.
    width : int
        Number of columns.
    lines : Lines
        Lines of ``data``.
    broken : numpy array of int64
        Positions of bytes that are not UTF-8; their records are unreadable.
    end_of_long : callable, optional
        Gives the end of a record of very many lines by the position of its beginning, which may lie behind the data;
        None if it is none. Default: there are no such records.

    Returns
    -------
    Records
        All records; lines without a character are not among them.

    Examples
    --------
    >>> data = b'1,"two\\nlines",x\\n2,"no end,y\\n\\n3,b,z\\n'
    >>> records = find_records(data, ",", 3, lines=find_lines(data), broken=np.array([], np.int64))
    >>> records.first.tolist(), records.last.tolist(), records.unreadable
    ([0, 2, 4], [1, 2, 4], {1: 'a quote is opened and never closed'})
    """
    not_empty = lines.stops > lines.starts
    quoting: _Quoting | None = _Quoting({}, [], [], [], [], [])
    if b'"' in data:
        scan = Scan(data, delimiter, lines)
        found = find_irregular(data, lines, delimiter, width, each=False)
        long = end_of_long or (lambda start: None)
        quoting = _read_quoting(scan, found, width, long, each=False)
        if quoting is None:
            quoting = _read_quoting(scan, find_irregular(data, lines, delimiter, width), width, long)
    assert quoting is not None  # noqa: S101 - where each line is judged, all are settled
    begin, end = np.array(quoting.begins, np.int64), np.array(quoting.ends, np.int64)
    last = np.arange(len(lines))
    last[begin] = end
    depth = np.zeros(len(lines) + 1, np.int64)  # 1 for the lines within a record that began above
    depth[begin + 1] += 1
    depth[end + 1] -= 1
    first = np.flatnonzero(not_empty & (np.cumsum(depth)[:-1] == 0))
    unreadable = {line: reason for line, reason in quoting.unreadable.items() if not_empty[line]}
    numbers = np.searchsorted(first, list(unreadable)).tolist()
    reasons = dict(zip(numbers, unreadable.values(), strict=True))
    if len(broken):
        in_record = np.unique(np.searchsorted(first, lines.at(broken), side="right") - 1)
        reasons |= dict.fromkeys(in_record.tolist(), "a byte is not UTF-8")
    loose, odd = (tuple(np.searchsorted(first, some).tolist()) for some in (quoting.loose, quoting.odd))
    return Records(first, last[first], dict(sorted(reasons.items())), loose, odd, goes_on=bool(quoting.going_on))


def lines_below(data: bytes, delimiter: str, width: int, lines: Lines) -> Rows:
    """Give, for each line, the line below the record that would begin in it, or below it if none could.

    Examples
    --------
    >>> data = b'1,"two\\nlines"\\n2,x\\n'
    >>> lines_below(data, ",", 2, find_lines(data)).tolist()
    [2, 2, 3]
    """
    below = np.arange(len(lines)) + 1
    if b'"' not in data:
        return below
    scan, found = Scan(data, delimiter, lines), find_irregular(data, lines, delimiter, width)
    for line, last, _ in zip(*(column.tolist() for column in found), strict=True):
        end = last
        if end < 0:
            record = scan.record(line)
            end = line if record is None or scan.is_stray(record, width) else record.last
        below[line] = end + 1
    return below


class _Quoting(NamedTuple):
    """First and last line of the records of irregular lines, the reasons of lines that cannot be read, and the first
    lines of loose records, of all whose quotes are not those of RFC 4180, and of one that goes on below."""

    unreadable: dict[int, str]
    begins: list[int]
    ends: list[int]
    loose: list[int]
    odd: list[int]
    going_on: list[int]


def _read_quoting(
    scan: Scan, irregular: Irregular, width: int, long: EndOfLong, *, each: bool = True
) -> _Quoting | None:
    """Follow the records of the irregular lines, of which some lie within the record of another.

    None if not each line was judged, and a record begins in one that was not: in an unsettled line, or in one within
    the record of another line.
    """
    plain = _count_plain(irregular)  # at the beginning, and mostly all of them
    first, last = irregular.lines[:plain].tolist(), irregular.last[:plain].tolist()
    unreadable, begins, ends, loose, odd, going_on = quoting = _Quoting({}, first, last, [], [], [])
    passed = last[-1] + 1 if plain else 0
    for line, end, is_loose in zip(*(column[plain:].tolist() for column in irregular), strict=True):
        if line < passed:
            if not each and end >= passed:
                return None
            continue
        if end == UNSETTLED:
            return None
        if end <= line:
            odd.append(line)
        if end < 0:
            record = scan.record(line)
            if record is None and (below := long(scan.start_of(line))) is not None:
                begins.append(line)
                ends.append(scan.line_at(below))
                passed = ends[-1] + 1
                if scan.is_behind(below):
                    going_on.append(line)
                continue
            if record is None or scan.is_stray(record, width):
                unreadable[line] = UNCLOSED if record is None else "a quote closes in another user's line"
                continue
            end, is_loose = record.last, record.loose
            if scan.is_doubtful(record, width):
                unreadable |= dict.fromkeys(range(line, end + 1), "a quote may close in another user's line")
                passed = end + 1
                continue
        begins.append(line)
        ends.append(end)
        if is_loose:
            loose.append(line)
        passed = end + 1
    return quoting


def _count_plain(irregular: Irregular) -> int:
    """Count the lines before the first one that is not simply the first of a record of several."""
    lines, last, loose = irregular
    plain = (last > lines) & ~loose
    plain[1:] &= lines[1:] > last[:-1]
    return len(plain) if plain.all() else int(np.argmin(plain))


@dataclass(frozen=True, slots=True)
class Record:
    """A record, read value by value: its lines, its cells as written, a mark for text after a quoted value, and the
    beginning of its first value that spans several lines."""

    line: int
    last: int
    cells: tuple[bytes, ...]
    loose: bool
    several_lines_at: int | None


class Scan:
    """Reader of single records, which follows Python's ``csv`` module."""

    def __init__(self, data: bytes, delimiter: str, lines: Lines) -> None:
        self._data, self._lines = data, lines
        self._delimiter = delimiter.encode()
        end = re.escape(self._delimiter) + rb"\r\n"
        self._cell = re.compile(rb'"(?:[^"]++|"")*+"([^%b]*+)|[^"%b][^%b]*+|(?=[%b]|\Z)' % (end, end, end, end))

    def record(self, line: int, most: int = MOST_LINES) -> Record | None:
        """Read the record that begins at a line and spans ``most`` lines at most; None if a quote is not closed."""
        starts, stops = self._lines.starts, self._lines.stops
        position, limit = int(starts[line]), int(stops[min(line + most, len(stops)) - 1])
        cells: list[bytes] = []
        loose, several_lines_at = False, None
        while True:
            match = self._cell.match(self._data, position, limit)
            if match is None:
                return None
            if b"\n" in match[0] or b"\r" in match[0]:
                if match[1].strip():
                    return None  # the closing quote is the opening one of another value
                several_lines_at = position if several_lines_at is None else several_lines_at
            loose = loose or bool(match[1])
            cells.append(match[0])
            position = match.end()
            if position >= limit or self._data[position : position + 1] != self._delimiter:
                break
            position += 1
        return Record(line, self.line_at(position), tuple(cells), loose, several_lines_at)

    def start_of(self, line: int) -> int:
        """Give the position at which a line begins."""
        return int(self._lines.starts[line])

    def line_at(self, position: int) -> int:
        """Give the line of a position; the last one if it lies behind."""
        return int(np.searchsorted(self._lines.starts, position, side="right")) - 1

    def is_behind(self, position: int) -> bool:
        """Tell whether a position lies behind the data."""
        return position > len(self._data)

    def is_stray(self, record: Record, width: int) -> bool:
        """Check for a record of several lines that does not fit, while one of its lines does alone."""
        if record.several_lines_at is None or width < 2 or len(record.cells) == width:
            return False
        below = (self.record(line, most=1) for line in range(record.line + 1, record.last + 1))
        return any(alone is not None and len(alone.cells) == width for alone in below)

    def is_doubtful(self, record: Record, width: int) -> bool:
        """Check for users within a record of several lines who would be lost, if its last line could be one, too.

        If the last line could not be a row of its own, the record is what it seems: a note of several lines, whatever
        they look like.
        """
        if record.several_lines_at is None or width < 2:
            return False
        start, stop = int(self._lines.starts[record.last]), int(self._lines.stops[record.last])
        if self._data.count(self._delimiter, start, stop) != width - 1:
            return False
        return any(self._is_user(line, record, width) for line in range(record.line, record.last))

    def _is_user(self, line: int, record: Record, width: int) -> bool:
        """Check that a line would be a row of its own, with an identifier that now stands within a quoted value."""
        start, stop = int(self._lines.starts[line]), int(self._lines.stops[line])
        if self._data.count(self._delimiter, start, stop) != width - 1:
            return False
        quoted = self._data[max(start, record.several_lines_at or 0) : stop]
        return any(is_identifier(cell.decode("utf-8", "replace")) for cell in quoted.split(self._delimiter))


def unquoted(cell: bytes) -> str:
    """Remove the quotes around a cell, and replace doubled quotes in it by single ones.

    Examples
    --------
    >>> unquoted(b'"Ann ""Nan"" Smith"'), unquoted(b'5" pipe')
    ('Ann "Nan" Smith', '5" pipe')
    """
    text = cell.decode("utf-8", "replace")
    if not text.startswith('"'):
        return text
    close = re.match(r'"(?:[^"]|"")*+"', text)
    return text if close is None else close[0][1:-1].replace('""', '"') + text[close.end() :]

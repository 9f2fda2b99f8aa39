"""Quotes of a CSV file, judged by whole columns: lines that are no record by themselves, and where their records end.

Whether a quote opens or closes a value depends on the number of quotes before it in its record, which is odd or even.
So two readings of all quotes are enough, and each record has one of them, wherever it begins. What is not settled here
is read value by value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.parallel import together

Rows = npt.NDArray[np.int64]

QUOTE, LF, CR = b'"\n\r'
AT_ONCE = 1 << 15  # lines whose quotes are checked together, to save memory and to share a piece among the cores
MOST_LINES = 500  # largest number of lines of one record


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Begin and end of every physical line, without its line ending."""

    starts: Rows
    stops: Rows

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, positions: Rows) -> Rows:
        """Find the line of each byte."""
        return np.searchsorted(self.starts, positions, side="right") - 1


class Irregular(NamedTuple):
    """Lines whose quotes do not open at the start and close at the end of a value, or do not pair up.

    ``last`` is the last line of the record that would begin there, -1 if the record has to be read value by value;
    ``loose`` marks records with text after a quoted value.
    """

    lines: Rows
    last: Rows
    loose: Mask


def find_irregular(data: bytes, lines: Lines, delimiter: str, width: int) -> Irregular:
    """Find the lines that are no record by themselves, and the ends of their records.

    Parameters
    ----------
    data : bytes
    lines : Lines
        Lines of ``data``.
    delimiter : str
        One character.
    width : int
        Number of columns.

    Examples
    --------
    >>> data = b'1,"two\\nlines"\\n2,5" pipe\\n3,"Ann" Lee\\n4,"no end\\n'
    >>> starts = np.array([0, 7, 14, 24, 36])
    >>> found = find_irregular(data, Lines(starts, np.array([6, 13, 23, 35, 45])), ",", 2)
    >>> found.lines.tolist(), found.last.tolist(), found.loose.tolist()
    ([0, 1, 2, 3, 4], [1, 1, 2, 3, -1], [False, False, False, True, False])
    """
    blocks = (partial(_irregular_of, data, lines, delimiter, width, *ends) for ends in _blocks(len(lines)))
    return Irregular(*map(np.concatenate, zip(_NONE, *together(*blocks, rows=len(lines)), strict=True)))


def _irregular_of(data: bytes, lines: Lines, delimiter: str, width: int, start: int, stop: int) -> Irregular:
    return _Block(data, lines, delimiter, start, stop).irregular(width)


_NONE = Irregular(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool))


def _blocks(count: int) -> Iterator[tuple[int, int]]:
    for start in range(0, count, AT_ONCE):
        yield start, min(start + AT_ONCE, count)


def count_cells(data: bytes, starts: Rows, stops: Rows, delimiter: str) -> Rows:
    """Count the values of records whose quotes open at the start and close at the end of a value.

    Parameters
    ----------
    data : bytes
    starts, stops : numpy array of int64
        Where each record begins and ends.
    delimiter : str
        One character.

    Examples
    --------
    >>> count_cells(b'1,"a, b"\\n2\\n', np.array([0, 9]), np.array([8, 10]), ",").tolist()
    [2, 1]
    """
    blocks = (partial(_count_cells, data, starts[at:end], stops[at:end], delimiter) for at, end in _blocks(len(starts)))
    return np.concatenate([_NONE.lines, *together(*blocks, rows=len(starts))])


def _count_cells(data: bytes, starts: Rows, stops: Rows, delimiter: str) -> Rows:
    block = data[starts[0] : stops[-1]]
    starts, stops = starts - starts[0], stops - starts[0]
    buffer = np.frombuffer(block, np.uint8)
    is_quote, is_delimiter = buffer == QUOTE, buffer == ord(delimiter)
    is_open = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(bool)
    turned = is_open[starts] ^ is_quote[starts]  # below a record with an odd quote, which is not counted right itself
    inside, outside = (np.flatnonzero(is_delimiter & within) for within in (is_open, ~is_open))
    counts = [np.searchsorted(places, stops) - np.searchsorted(places, starts) for places in (inside, outside)]
    return np.where(turned, *counts) + 1


class _Block:
    """The quotes of some lines, and of so many below them that a record which begins there ends there.

    Lines are numbered from the first of the block, and quotes in their order.
    """

    def __init__(self, data: bytes, lines: Lines, delimiter: str, start: int, stop: int) -> None:
        far = min(stop + MOST_LINES, len(lines))
        self._first, self._count = start, stop - start
        self._delimiter = delimiter
        self._starts = lines.starts[start:far] - lines.starts[start] + 1
        self._stops = lines.stops[start:far] - lines.starts[start] + 1
        # Every quote has a neighbour on either side.
        self._text = b"\n" + data[lines.starts[start] : lines.stops[far - 1]] + b"\n"
        self._buffer = np.frombuffer(self._text, np.uint8)
        self._quotes = np.flatnonzero(self._buffer == QUOTE)
        self._before = np.append(np.searchsorted(self._quotes, self._starts), len(self._quotes))  # quotes above a line

    @cached_property
    def _roles(self) -> tuple[Mask, Mask]:
        """Quotes that may open a value, and those that may close one.

        The second of two quotes in a row opens again: together they stand for one quote.
        """
        breaks = np.zeros(256, bool)
        breaks[[ord(self._delimiter), LF, CR]] = True
        adjacent = np.diff(self._quotes) == 1
        may_open = breaks[self._buffer[self._quotes - 1]] | np.append(False, adjacent)[: len(self._quotes)]
        may_close = breaks[self._buffer[self._quotes + 1]] | np.append(adjacent, False)[: len(self._quotes)]
        return may_open, may_close

    def irregular(self, width: int) -> Irregular:
        """Find the irregular lines, the last lines of their records, and the loose ones."""
        may_open, may_close = self._roles
        count = np.diff(self._before)
        line = np.repeat(np.arange(len(count)), count)
        opens = (np.arange(len(line)) - self._before[line]) % 2 == 0
        misfits = np.bincount(line[~np.where(opens, may_open, may_close)], minlength=len(count))
        odd = count % 2 == 1
        found = np.flatnonzero((odd | (misfits > 0))[: self._count])
        last, loose = np.full(len(found), -1), np.zeros(len(found), bool)
        over_lines = odd[found] & (misfits[found] == 0)
        last[over_lines] = self._ends(found[over_lines], width)
        alone, loose[~over_lines] = self._alone(found[~over_lines])
        last[~over_lines] = np.where(alone, found[~over_lines], -1)
        return Irregular(found + self._first, np.where(last < 0, -1, last + self._first), loose)

    def _ends(self, lines: Rows, width: int) -> Rows:
        """Find the last lines of records that begin in some lines, -1 where a record is not settled."""
        last = np.full(len(lines), -1)
        if not len(lines):
            return last
        may_open, may_close = self._roles
        for parity in (0, 1):
            some = np.flatnonzero(self._before[lines] % 2 == parity)
            closed = np.flatnonzero(self._before[1:] % 2 == parity)  # lines at whose end no value is open
            at = np.searchsorted(closed, lines[some])
            some, at = some[at < len(closed)], at[at < len(closed)]
            begin, end = lines[some], closed[at]
            opens = np.arange(len(self._quotes)) % 2 == parity
            misfits = _sums(~np.where(opens, may_open, may_close))
            fits = misfits[self._before[end + 1]] == misfits[self._before[begin]]
            fits &= (end - begin < MOST_LINES) & self._is_plain(begin, end, parity, width)
            last[some[fits]] = end[fits]
        return last

    @cached_property
    def _delimiters(self) -> tuple[Rows, Rows]:
        """Numbers of the delimiters above each line, and of the quotes before each delimiter."""
        places = np.flatnonzero(self._buffer == ord(self._delimiter))
        return np.append(np.searchsorted(places, self._starts), len(places)), np.searchsorted(self._quotes, places)

    def _is_plain(self, begin: Rows, end: Rows, parity: int, width: int) -> Mask:
        """Tell which records of several lines hold no line that may be another user: neither stray nor doubtful."""
        if width < 2:
            return np.ones(len(begin), bool)
        above, quotes = self._delimiters
        outside = _sums(quotes % 2 == parity)
        cells = outside[above[end + 1]] - outside[above[begin]] + 1
        inside = np.diff(above)  # delimiters of each line, within quotes or not
        wide, whole = _sums(inside >= width - 1), _sums(inside == width - 1)
        is_stray = (cells != width) & (wide[end + 1] > wide[begin + 1])
        is_doubtful = (inside[end] == width - 1) & (whole[end] > whole[begin])
        plain: Mask = ~is_stray & ~is_doubtful
        return plain

    def _alone(self, lines: Rows) -> tuple[Mask, Mask]:
        """Tell which lines are whole records whatever their quotes, and which of those are loose."""
        if not len(lines):
            return np.zeros(0, bool), np.zeros(0, bool)
        offsets = np.stack([self._starts[lines], self._stops[lines]], axis=1).ravel()
        offsets = pa.py_buffer(offsets.astype(np.int64))
        pieces = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), 2 * len(lines) - 1, [None, offsets, pa.py_buffer(self._text)]
        )
        texts = pieces.take(pa.array(np.arange(0, len(pieces), 2)))
        end = re.escape(self._delimiter)
        quoted, behind = '"(?:[^"]|"")*"', f'[^"{end}][^{end}]*'  # what stands behind a closing quote, or is no quote
        cell = f"(?:{quoted}(?:{behind})?|(?:{behind})?)"
        alone = pc.match_substring_regex(texts, f"^{cell}(?:{end}{cell})*$")
        loose = pc.match_substring_regex(texts, f"^(?:{cell}{end})*{quoted}{behind}")
        return np.asarray(alone), np.asarray(pc.and_(alone, loose))


def _sums(mask: Mask) -> Rows:
    """Number of marks above each position."""
    return np.append(0, np.cumsum(mask))

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
_FEW = 20  # records of a block that are worth a closer look each
MOST_LINES = 500  # largest number of lines of one record
UNSETTLED = -2  # end of a record that should not begin in a line


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

    ``last`` is the last line of the record that would begin there, -1 if the record has to be read value by value, and
    ``UNSETTLED`` if no record should begin there; ``loose`` marks records with text after a quoted value.
    """

    lines: Rows
    last: Rows
    loose: Mask


def find_irregular(data: bytes, lines: Lines, delimiter: str, width: int, *, each: bool = True) -> Irregular:
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
    each : bool, default True
        Judge each line as if a record began there. If False, lines within a record of a block in which all quotes pair
        up are left out, which is much faster; where the block begins within a record, its lines are unsettled.

    Examples
    --------
    >>> data = b'1,"two\\nlines"\\n2,5" pipe\\n3,"Ann" Lee\\n4,"no end\\n'
    >>> starts = np.array([0, 7, 14, 24, 36])
    >>> found = find_irregular(data, Lines(starts, np.array([6, 13, 23, 35, 45])), ",", 2)
    >>> found.lines.tolist(), found.last.tolist(), found.loose.tolist()
    ([0, 1, 2, 3, 4], [1, 1, 2, 3, -1], [False, False, False, True, False])
    """
    blocks = (partial(_irregular_of, data, lines, delimiter, width, each, *ends) for ends in _blocks(len(lines)))
    return Irregular(*map(np.concatenate, zip(_NONE, *together(*blocks, rows=len(lines)), strict=True)))


def _irregular_of(
    data: bytes, lines: Lines, delimiter: str, width: int, each: bool, start: int, stop: int
) -> Irregular:
    block = _Block(data, lines, delimiter, start, stop)
    regular = None if each else block.regular(width)
    if regular is None:
        return block.irregular(width)
    others = (_Block(data, lines, delimiter, *ends).irregular(width) for ends in regular.others)
    found = Irregular(*map(np.concatenate, zip(regular.found, *others, strict=True)))
    order = np.argsort(found.lines, kind="stable")
    return Irregular(found.lines[order], found.last[order], found.loose[order])


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


class _Regular(NamedTuple):
    """What was found in a block whose quotes pair up, and the first and last lines of records that need a closer look.

    Lines within the records found are left out. If the block begins within one, its lines there are unsettled.
    """

    found: Irregular
    others: list[tuple[int, int]]


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
        self._neighbours = np.zeros(256, bool)  # of quotes that open or close a value
        self._neighbours[[ord(delimiter), LF, CR, QUOTE]] = True
        self._before = np.append(np.searchsorted(self._quotes, self._starts), len(self._quotes))  # quotes above a line

    @cached_property
    def _roles(self) -> tuple[Mask, Mask]:
        """Quotes that may open a value, and those that may close one."""
        return self._may_open(self._quotes), self._may_close(self._quotes)

    def _may_open(self, quotes: Rows) -> Mask:
        """Tell which quotes may open a value: the second of two in a row does, together they stand for one quote."""
        return self._neighbours[self._buffer[quotes - 1]]

    def _may_close(self, quotes: Rows) -> Mask:
        return self._neighbours[self._buffer[quotes + 1]]

    def regular(self, width: int) -> _Regular | None:
        """Find the records of several lines if all quotes of the block pair up as they should; None if not."""
        for parity in (0, 1):  # of the quotes before a line that begins a record
            if self._may_open(self._quotes[parity::2]).all() and self._may_close(self._quotes[1 - parity :: 2]).all():
                return self._regular(parity, width)
        return None

    def _regular(self, parity: int, width: int) -> _Regular | None:
        is_open = self._before % 2 != parity  # at the beginning of a line: it is within a value
        begin = np.flatnonzero(~is_open[: self._count] & is_open[1 : self._count + 1])
        closed = np.flatnonzero(~is_open[1:])
        if is_open[0] and not len(closed):
            return None
        at = np.searchsorted(closed, begin)
        end = np.append(closed, self._count - 1)[at]  # the last may be closed in no line that is looked at
        fits = at < len(closed)
        fits[fits] &= self._is_plain(begin[fits], end[fits], parity, width)
        fits &= end - begin < MOST_LINES
        others = np.flatnonzero(~fits)
        if len(others) > _FEW:
            return None
        above = np.arange(min(int(closed[0]) + 1, self._count) if is_open[0] else 0)
        found = np.concatenate([above, begin[fits]]) + self._first
        last = np.concatenate([np.full(len(above), UNSETTLED), end[fits] + self._first])
        ends = [(int(begin[at]), min(int(end[at]) + 1, self._count)) for at in others]
        return _Regular(
            Irregular(found, last, np.zeros(len(found), bool)),
            [(start + self._first, stop + self._first) for start, stop in ends],
        )

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
        """Places of the delimiters, and the number of them above each line."""
        places = np.flatnonzero(self._buffer == ord(self._delimiter))
        return places, np.append(np.searchsorted(places, self._starts), len(places))

    def _cells(self, begin: Rows, end: Rows, parity: int) -> Rows:
        """Count the values of records from some lines to others: one more than the delimiters outside of quotes."""
        places, above = self._delimiters
        counts = above[end + 1] - above[begin]
        records = np.repeat(np.arange(len(begin)), counts)
        within = places[
            np.arange(len(records)) + np.repeat(above[begin] - np.append(0, np.cumsum(counts))[:-1], counts)
        ]
        outside = np.searchsorted(self._quotes, within) % 2 == parity
        cells: Rows = np.bincount(records[outside], minlength=len(begin)) + 1
        return cells

    def _is_plain(self, begin: Rows, end: Rows, parity: int, width: int) -> Mask:
        """Tell which records of several lines hold no line that may be another user: neither stray nor doubtful."""
        if width < 2:
            return np.ones(len(begin), bool)
        cells = self._cells(begin, end, parity)
        inside = np.diff(self._delimiters[1])  # delimiters of each line, within quotes or not
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

"""Records of more lines than are looked at for each: a quote is closed far below, or never, as all of the file tells.

A quote that is never closed ends at the next quote of the file, which opens a value of somebody else. So the record
would have another width than the header while its lines have that one alone, or text would stand behind the quote.
A long note has neither. The file is looked through piece by piece, so a quote far away costs no memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from passage_kit.reading.csv.csv_quotes import CR, LF, QUOTE
from passage_kit.reading.header import is_identifier

_PIECE = 1 << 22
_FIRST_PIECE = 1 << 9  # since most values end soon, and a file may have an open quote in every line
_QUOTED = re.compile(rb'(?:[^"]++|"")*+')


class LongRecords:
    """Records of a file, each found by the position at which it begins.

    Parameters
    ----------
    file : bytes
        UTF-8.
    delimiter : str
        One character.
    width : int
        Number of columns.
    end : int
        Where the rows end.
    stop : int, optional
        Where the next part of a file begins, if this is one. Default: all of the file is there.
    is_last : bool, default True
        Whether nothing of the file follows the rows.

    Notes
    -----
    ``is_open`` says that a record may end in another part of the file, so that all of it has to be seen.

    Examples
    --------
    >>> note = b'1,"' + b"line\\n" * 1_000 + b'",x\\n2,b,y\\n'
    >>> LongRecords(note, ",", 3, len(note)).end_of(0) == len(note) - 7
    True
    >>> never = b'1,"open,x\\n' + b"2,b,y\\n" * 1_000
    >>> LongRecords(never, ",", 3, len(never)).end_of(0) is None
    True
    """

    def __init__(
        self, file: bytes, delimiter: str, width: int, end: int, *, stop: int | None = None, is_last: bool = True
    ) -> None:
        self.is_open = False
        self._stop, self._is_last = end if stop is None else stop, is_last
        self._file, self._delimiter, self._width, self._end = file, delimiter.encode(), width, end
        self._plain = re.compile(rb"[^%b\r\n]*+" % re.escape(self._delimiter))
        self._known: dict[int, int | None] = {}

    def end_of(self, start: int) -> int | None:
        """Give the end of the record that begins at a position, without its line ending; None if it is none."""
        if start not in self._known:
            self._known[start] = self._judged(start)
        return self._known[start]

    def _judged(self, start: int) -> int | None:
        position, cells, several_at = start, 0, None
        while True:
            begin = position
            if self._file[position : position + 1] == b'"':
                close = self._through(position + 1, _QUOTED)
                if close >= self._end:
                    self.is_open |= not self._is_last
                    return None
                position = self._through(close + 1, self._plain)
                if self._breaks(begin, close):
                    if self._file[close + 1 : position].strip():
                        return None  # the closing quote is the opening one of another value
                    several_at = begin if several_at is None else several_at
            else:
                position = self._through(position, self._plain)
            cells += 1
            if position >= self._end or self._file[position : position + 1] != self._delimiter:
                break
            position += 1
        if several_at is None or self._hides_users(several_at, position, cells):
            return None
        self.is_open |= position > self._stop
        return position if position <= self._stop else None

    def _through(self, start: int, pattern: re.Pattern[bytes]) -> int:
        """Go on as long as a pattern matches; give the position of the first byte that does not."""
        size = min(_FIRST_PIECE, _PIECE)
        while start < self._end:
            piece = self._file[start : min(start + size, self._end)]
            size = min(4 * size, _PIECE)
            found = pattern.match(piece)
            stop = found.end() if found else 0
            if stop == len(piece) - 1 and piece[stop] == QUOTE and start + len(piece) < self._end and stop:
                start += stop  # a quote at the end of a piece may be the first of two
                continue
            start += stop
            if stop < len(piece):
                break
        return start

    def _breaks(self, start: int, stop: int) -> bool:
        return any(LF in piece or CR in piece for piece in self._pieces(start, stop))

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        for at in range(start, stop, _PIECE):
            yield self._file[at : min(at + _PIECE, stop)]

    def _lines(self, start: int, stop: int) -> Iterator[bytes]:
        rest = b""
        for piece in self._pieces(start, stop):
            *whole, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
            yield from whole
        yield rest

    def _hides_users(self, start: int, stop: int, cells: int) -> bool:
        """Tell whether a line within the record could be a user, and the record is not what it seems.

        If the width of the record is right, and its last line could not be a row of its own, it is what it seems.
        """
        last = self._width - 1
        if self._width < 2:
            return any(is_identifier(line.decode("utf-8", "replace").strip('" ')) for line in self._lines(start, stop))
        if cells == self._width:
            below = max(self._file.rfind(b"\n", start, stop), self._file.rfind(b"\r", start, stop)) + 1
            if self._file[below:stop].count(self._delimiter) != last:
                return False
        for at, line in enumerate(self._lines(start, stop)):
            if line.count(self._delimiter) != last or (not at and cells == self._width):
                continue
            if cells != self._width or any(
                is_identifier(cell.decode("utf-8", "replace")) for cell in line.split(self._delimiter)
            ):
                return True
        return False

"""Other ways to quote values than that of RFC 4180, and their translation into it.

Programs write a backslash before a quote or a delimiter, a space before a quote, single quotes around values, or a
formula (``="00123"``) that keeps Excel from reading a number. A way is taken for that of a file only if its lines fit
the header better so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passage_kit.columns.column_names import is_own_file, tidy_name
from passage_kit.columns.spool import let_go
from passage_kit.errors import SourceError
from passage_kit.reading.csv.csv_dialect import find_dialect
from passage_kit.reading.csv.csv_lines import Scan, find_lines, find_records

_SAMPLE = 1 << 16
_MOST_LINES = 300  # with the sign of a way to quote, beyond the sample
_MARKS = (b'"', b"'", b"\\")  # one of which every other way to quote has
_RARE, _FEW = (b"\\", b"'", b"=", b"\t"), 100_000  # bytes that few files have, to be looked at one by one
_PAIRS = (b'" ', b' "')
_PIECE = 1 << 18  # bytes that stay in the cache of the processor
_BREAK = re.compile(rb"[\r\n]")
_MOST = 0.5  # share of the lines of the sample that have single quotes around values


class Spelling(NamedTuple):
    """A way to quote: what it is, its signs, the cells that have it, and the translation of such a cell."""

    said: str
    signs: tuple[bytes, ...]
    cells: bytes
    translate: Callable[[re.Match[bytes], bytes], bytes]


def _quoted(text: bytes) -> bytes:
    return b'"' + text.replace(b'"', b'""') + b'"'


def _of_formula(cell: re.Match[bytes], _delimiter: bytes) -> bytes:
    if cell[1] is not None:
        return b'"' + cell[1] + b'"'
    return cell[0] if cell[2] is None else _quoted(cell[2].replace(b'""""', b'"'))


def _of_space(cell: re.Match[bytes], _delimiter: bytes) -> bytes:
    return cell[0].strip(b" \t") if cell[0][-1:] in b'" \t' else cell[0]


def _of_single(cell: re.Match[bytes], _delimiter: bytes) -> bytes:
    if cell[1] is None:
        return cell[0]
    return _quoted(cell[1].replace(b"''", b"'").replace(b"\\'", b"'"))


def _of_backslash(cell: re.Match[bytes], delimiter: bytes) -> bytes:
    if b"\\" not in cell[0] or cell[0] == b"\\N":
        return cell[0]
    text = cell[0] if cell[1] is None else cell[1].replace(b'""', b'"')
    return _quoted(re.sub(rb"""\\(["'\\%b]|\r\n|\r|\n)""" % re.escape(delimiter), rb"\1", text))


# In each pattern, %b stands for the delimiter. Every value in double quotes is matched, so that none is met within.
_PAIR = rb"\\(?:\r\n|[\s\S])"
_BEGIN, _END, _PLAIN = rb"(?<![^%b\r\n])", rb"(?=[%b\r\n]|\Z)", rb'"(?:[^"]|"")*+"'
_SPELLINGS = (
    Spelling(
        'values are written as formulas, ="..."',
        (b'%b="', b'\n="', b'\r="', b'%b"=""', b'\n"=""', b'\r"=""'),
        _BEGIN + rb'(?:="((?:[^"]|"")*)"|"=""((?:[^"]|"""")*)"""|' + _PLAIN + rb")" + _END,
        _of_formula,
    ),
    Spelling(
        "a space stands beside the quotes around values",
        (b'%b "', b'%b  "', b'%b\t"', b'" %b', b'" \n', b'" \r'),
        _BEGIN + rb"(?:[ \t]*" + _PLAIN + rb"[ \t]*)" + _END,
        _of_space,
    ),
    Spelling(
        "single quotes stand around values",
        (b"%b'", b"\n'", b"\r'"),
        _BEGIN + rb"(?:'((?:[^'\\]|''|\\.)*+)'|" + _PLAIN + rb")" + _END,
        _of_single,
    ),
    Spelling(
        "a backslash stands before quotes and delimiters",
        (b'\\"', b"\\%b", b"\\\n", b"\\\r"),
        _BEGIN + rb'(?:"((?:[^"\\]|""|' + _PAIR + rb')*+)"|(?:[^"\\%b\r\n]|'
        + _PAIR + rb")(?:[^\\%b\r\n]|" + _PAIR + rb")*+)" + _END,
        _of_backslash,
    ),
)  # fmt: skip


class Respelled(NamedTuple):
    """A file as RFC 4180 has it, and the ways to quote that it had."""

    data: bytes
    said: tuple[str, ...] = ()


def respell(data: bytes, name: str, *, delimiter: str | None = None, header_row: int | None = None) -> Respelled:
    """Translate the quoting of a CSV file into that of RFC 4180, if it is another one.

    Parameters
    ----------
    data : bytes
        The file as UTF-8.
    name, delimiter, header_row
        As of :func:`passage_kit.reading.csv.csv_dialect.find_dialect`.

    Returns
    -------
    Respelled
        The same bytes if the file is regular, or fits its header no better in another way. Lines keep their numbers.

    Examples
    --------
    >>> respell(b"email,name\\nann@example.org,Smith\\\\, Ann\\n", "users.csv").data
    b'email,name\\nann@example.org,"Smith, Ann"\\n'
    """
    said: list[str] = []
    if not any(mark in data for mark in _MARKS):
        return Respelled(data)
    letter = delimiter_of(data, name, delimiter, header_row)
    for spelling in _SPELLINGS if letter else ():
        signs = _signs(spelling, letter)
        if not _has_any(data, signs):
            continue
        sample = _sample(data, signs)
        cells = re.compile(spelling.cells.replace(b"%b", re.escape(letter)))
        before, after = (
            (text, _misfits(text, name, delimiter, header_row))
            for text in (sample, _translated(sample, cells, spelling, letter))
        )
        if _is_better(spelling, cells, before, after):
            data = _translated(data, cells, spelling, letter)
            said.append(spelling.said)
            letter = delimiter_of(data, name, delimiter, header_row)
            if not letter:
                break
    return Respelled(data, tuple(said))


def shows_signs(data: bytes, letter: bytes) -> bool:
    """Tell whether a part of a file has the sign of another way to quote; where no part has one, there is none.

    Parameters
    ----------
    data : bytes
    letter : bytes
        As :func:`delimiter_of` gives it.

    Examples
    --------
    >>> shows_signs(b"ann@example.org,Smith\\\\, Ann\\n", b","), shows_signs(b"ann@example.org,Ann\\n", b",")
    (True, False)
    """
    if not letter or not any(mark in data for mark in _MARKS):
        return False
    return any(_has_any(data, _signs(spelling, letter)) for spelling in _SPELLINGS)


def _signs(spelling: Spelling, letter: bytes) -> list[bytes]:
    return [sign.replace(b"%b", letter) for sign in spelling.signs]


def _has_any(data: bytes, signs: list[bytes]) -> bool:
    """Check for one of several signs, each by a byte that few files have or by its quote beside a space."""
    rare = [sign for sign in signs if _rare_byte(sign)]
    return any(_holds(data, sign) for sign in rare) or _has_spaced(data, [one for one in signs if one not in rare])


def _rare_byte(sign: bytes) -> bytes:
    return next((byte for byte in _RARE if byte in sign), b"")


def _holds(data: bytes, sign: bytes) -> bool:
    """Check for a sign, by its rarest byte if there are few of them."""
    key = _rare_byte(sign)
    place, at = sign.index(key), data.find(key)
    for _ in range(_FEW):
        if at < 0:
            return False
        if at >= place and data.startswith(sign, at - place):
            return True
        at = data.find(key, at + 1)
    return sign in data


def _has_spaced(data: bytes, signs: list[bytes]) -> bool:
    """Check for signs with a quote beside a space; numpy takes a tenth of the time of a search for each of them."""
    octets, of_pair = np.frombuffer(data, np.uint8), {pair: [sign for sign in signs if pair in sign] for pair in _PAIRS}
    for at in range(0, len(octets) if signs else 0, _PIECE):
        part = octets[at : at + _PIECE + max(map(len, signs))]
        for pair, having in of_pair.items():
            places = np.flatnonzero((part[:-1] == pair[0]) & (part[1:] == pair[1]))
            if any(_stands_at(part, sign, places - sign.index(pair)) for sign in having):
                return True
        let_go(data, at, at + _PIECE)
    return False


def _stands_at(octets: npt.NDArray[np.uint8], sign: bytes, places: npt.NDArray[np.intp]) -> bool:
    """Check whether a sign begins at one of some places."""
    places = places[(places >= 0) & (places <= len(octets) - len(sign))]
    for at, byte in enumerate(sign):
        places = places[octets[places + at] == byte]
    return len(places) > 0


def _is_better(
    spelling: Spelling, cells: re.Pattern[bytes], before: tuple[bytes, float], after: tuple[bytes, float]
) -> bool:
    """Decide that a sample has a way to quote: it fits better, or, where values alone show it, it is usual.

    Before and after are the text and its misfits.
    """
    if before[0] == after[0] or after[1] > before[1]:
        return False
    if spelling.translate is _of_formula:
        return True
    if spelling.translate is _of_single:
        if before[1] == after[1] and any(_BREAK.search(cell[1] or b"") for cell in cells.finditer(before[0])):
            return False  # it fits as it is, and rows would be joined
        lines = list(zip(before[0].splitlines(), after[0].splitlines(), strict=False))[1:]
        return sum(one != other for one, other in lines) >= _MOST * max(1, len(lines))
    return after[1] < before[1]


def _translated(data: bytes, cells: re.Pattern[bytes], spelling: Spelling, delimiter: bytes) -> bytes:
    return cells.sub(lambda cell: spelling.translate(cell, delimiter), data)


def delimiter_of(data: bytes, name: str, delimiter: str | None, header_row: int | None) -> bytes:
    """Find the delimiter; b"" if there is none, or if the kit wrote the file, which follows the rule.

    Apostrophes of the kit stand before formulas.
    """
    try:
        dialect = find_dialect(data, name, delimiter=delimiter, header_row=header_row)
    except SourceError:
        return (delimiter or "").encode()
    if is_own_file(map(tidy_name, dialect.names)):
        return b""
    return (delimiter or ("" if dialect.single else dialect.delimiter)).encode()


def _sample(data: bytes, signs: list[bytes]) -> bytes:
    """Take the first lines, and lines further down that have a sign."""
    cut = len(data) if len(data) <= _SAMPLE else data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE
    return b"".join([data[:cut], *_lines_with(data, signs, cut)])


def _lines_with(data: bytes, signs: list[bytes], at: int) -> Iterator[bytes]:
    for sign in signs:
        place = at
        for _ in range(_MOST_LINES):
            found = data.find(sign, place)
            if found < 0:
                break
            start, stop = data.rfind(b"\n", 0, found + 1) + 1, data.find(b"\n", found + len(sign))
            place = len(data) if stop < 0 else stop + 1
            yield data[start:place]


def _misfits(data: bytes, name: str, delimiter: str | None, header_row: int | None) -> float:
    """Count the records that do not fit the header, or whose quotes are odd."""
    try:
        dialect = find_dialect(data, name, delimiter=delimiter, header_row=header_row)
    except SourceError:
        return float("inf")
    body, width = data[dialect.end :], len(dialect.names)
    lines = find_lines(body)
    records = find_records(body, dialect.delimiter, width, lines=lines, broken=np.array([], np.int64))
    scan = Scan(body, dialect.delimiter, lines)
    cells = [scan.record(line) for at, line in enumerate(records.first.tolist()) if at not in records.unreadable]
    odd = sum(record is None or len(record.cells) != width or _has_odd_cell(record.cells) for record in cells)
    return len(records.unreadable) + len(records.loose) + odd


def _has_odd_cell(cells: tuple[bytes, ...]) -> bool:
    """Check for a value that begins with a space and a quote, or ends with a quote alone."""
    return any(cell[:1] in b" \t" and cell.strip(b" \t")[:1] == b'"' for cell in cells if cell)

"""Workbooks of Excel 97 to 2003 (.xls), record by record: their size, failed formulas and number formats.

The records are those of [MS-XLS], and the file around them is a compound file of [MS-CFB].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from passage_kit.errors import SourceError
from passage_kit.reading.excel.number_formats import Padding, paddings_of

LARGEST = 32_000_000  # cells of all sheets, which are laid out together
LARGEST_TEXT = 1 << 31  # bytes of the texts of all cells
_USUAL = 4_000_000
_ROWS, _COLUMNS = 65_536, 256
_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY, _NO_SECTOR = 128, 0xFFFFFFFA
_BOF, _EOF, _SHEET, _FORMAT, _XF, _PROTECTED = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0, 0x002F
_DIMENSIONS, _TEXTS, _CONTINUE = 0x0200, 0x00FC, 0x003C
_NUMBER, _RK, _MANY_RK, _TEXT, _FORMULA, _ERROR = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0006, 0x0205
_FILLED = {_NUMBER, _RK, _TEXT, _FORMULA, _ERROR, 0x0204, 0x00D6}
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


class _Record(NamedTuple):
    kind: int
    data: bytes


@dataclass(slots=True)
class _Globals:
    """What the first part of a workbook says: where its sheets begin, and the formats of the styles."""

    sheets: dict[str, int] = field(default_factory=dict)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    protected: bool = False


def check_size(data: bytes, name: str) -> None:
    """Refuse a workbook whose cells span more than can be laid out.

    Raises
    ------
    SourceError
    """
    if runs_in_circle(data):
        raise SourceError(
            f"{name} cannot be read as a workbook: it is damaged, and its parts run in a circle. Open it in Excel and "
            "save it again as .xlsx, or export it as CSV."
        )
    stream = workbook_stream(data)
    if stream is None:
        return  # the reader says what is wrong
    found = _globals(stream)
    if found.protected:
        return
    area = text = passed = 0
    most = min(LARGEST, max(_USUAL, len(data)))
    for begin in dict.fromkeys(found.sheets.values()):
        extent = _Extent()
        for record in _records(stream, begin):
            passed += 4 + len(record.data)
            if passed > 2 * len(stream):
                raise SourceError(f"{name} cannot be read as a workbook: its sheets overlap. Export the users as CSV.")
            extent.take(record, found.lengths)
        area, text = area + extent.area, text + extent.text
        if area > most or extent.declared > _ROWS * _COLUMNS:
            raise _too_large(name, max(area, extent.declared), most)
    if text > LARGEST_TEXT:
        raise SourceError(
            f"{name} has cells whose texts come to {text:,} bytes, and the kit reads at most {LARGEST_TEXT:,}. Leave "
            "out the columns with long texts, or export the sheet as CSV."
        )


@dataclass(slots=True)
class _Extent:
    """Extent of a sheet: by its cells, as it declares, and the size of its texts."""

    rows: int = 0
    columns: int = 0
    declared: int = 0
    text: int = 0

    @property
    def area(self) -> int:
        return self.rows * self.columns

    def take(self, record: _Record, lengths: list[int]) -> None:
        kind, body = record
        if kind == _DIMENSIONS and len(body) >= 12:
            _, last, _, wide = struct.unpack_from("<IIHH", body)
            self.declared = max(self.declared, last * wide)
        elif (kind in _FILLED or kind == _MANY_RK) and len(body) >= 6:
            row, column = struct.unpack_from("<HH", body)
            last = int.from_bytes(body[-2:], "little") if kind == _MANY_RK else column
            self.rows, self.columns = max(self.rows, row + 1), max(self.columns, last + 1)
            if kind == _TEXT and len(body) >= 10:
                number = int.from_bytes(body[6:10], "little")
                self.text += lengths[number] if number < len(lengths) else 0


def _too_large(name: str, area: int, most: int) -> SourceError:
    return SourceError(
        f"{name} has sheets that span {area:,} cells, and of a workbook of this size the kit reads at most {most:,}. "
        "Delete what stands far from the users (Ctrl+End shows it), or export the sheet as CSV."
    )


def old_notes(data: bytes, title: str) -> tuple[list[tuple[int, int, str]], list[tuple[int, int, Padding]]]:
    """Find the failed formulas of a sheet, and the cells whose number format shows more than the number."""
    stream = workbook_stream(data)
    found = _globals(stream) if stream is not None else _Globals()
    failed: list[tuple[int, int, str]] = []
    cells: list[tuple[int, int, Padding]] = []
    if stream is None or title not in found.sheets or found.protected:
        return failed, cells
    paddings = paddings_of(found.formats, found.styles)
    for kind, body in _records(stream, found.sheets[title]):
        if len(body) < 8:
            continue
        row, column, style = struct.unpack_from("<HHH", body)
        error = _error_of(kind, body)
        if error is not None:
            failed.append((row, column, _ERRORS.get(error, "#ERROR")))
        elif kind == _MANY_RK:
            for at, (other,) in enumerate(struct.iter_unpack("<H4x", body[4 : 4 + (len(body) - 6) // 6 * 6])):
                if other in paddings:
                    cells.append((row, column + at, paddings[other]))
        elif kind in (_NUMBER, _RK, _FORMULA) and style in paddings:
            cells.append((row, column, paddings[style]))
    return failed, cells


def _error_of(kind: int, body: bytes) -> int | None:
    if kind == _ERROR and body[7]:
        return body[6]
    if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return body[8]
    return None


def _globals(stream: bytes) -> _Globals:
    found = _Globals()
    texts: list[bytes] = []
    for kind, body in _records(stream, 0):
        if kind == _PROTECTED:
            found.protected = True
        elif kind == _SHEET and len(body) > 8:
            found.sheets[_short_text(body[6:])] = int.from_bytes(body[:4], "little")
        elif kind == _FORMAT and len(body) > 5:
            count, wide = int.from_bytes(body[2:4], "little"), body[4] & 1
            found.formats[int.from_bytes(body[:2], "little")] = _letters(body[5:], count, wide)
        elif kind == _XF and len(body) >= 4:
            found.styles.append(int.from_bytes(body[2:4], "little"))
        elif kind == _TEXTS or (kind == _CONTINUE and texts):
            texts.append(body)
            continue
        if texts and not found.lengths:
            found.lengths = list(_text_lengths(texts))
    return found


def _short_text(body: bytes) -> str:
    return _letters(body[2:], body[0], body[1] & 1)


def _letters(body: bytes, count: int, wide: int) -> str:
    return body[: 2 * count].decode("utf-16-le", "replace") if wide else body[:count].decode("latin-1")


def _text_lengths(parts: list[bytes]) -> Iterator[int]:
    """Give the size of each shared text; a text may go on in the next record, which begins with a flag."""
    whole, at, part = parts[0], 8, 0

    def skip(size: int, width: int) -> bool:
        """Go on by some letters or bytes (width 0); False at the end."""
        nonlocal whole, at, part
        left = size
        while left > 0:
            step = max(width, 1)
            there = (len(whole) - at) // step
            if there >= left:
                at += left * step
                return True
            left -= there
            part += 1
            if part >= len(parts):
                return False
            whole, at = parts[part], 0
            if width:
                width, at = (2 if whole[:1] and whole[0] & 1 else 1), 1
        return True

    while True:
        if at >= len(whole):
            part += 1
            if part >= len(parts):
                return
            whole, at = parts[part], 0
        if at + 3 > len(whole):
            return
        count, flags = int.from_bytes(whole[at : at + 2], "little"), whole[at + 2]
        at += 3
        runs = extra = 0
        if flags & 8:
            runs, at = int.from_bytes(whole[at : at + 2], "little"), at + 2
        if flags & 4:
            extra, at = int.from_bytes(whole[at : at + 4], "little"), at + 4
        yield 2 * count
        if not skip(count, 2 if flags & 1 else 1) or not skip(4 * runs + extra, 0):
            return


def _records(stream: bytes, begin: int) -> Iterator[_Record]:
    """Give the records from the beginning of a part of the workbook to its end; parts within it (charts) too."""
    at, depth = begin, 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield _Record(kind, stream[at + 4 : at + 4 + size])
        at += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return


def workbook_stream(data: bytes) -> bytes | None:
    """Read the stream of the workbook from a compound file; None if there is none."""
    if not data.startswith(_MARK) or len(data) < 512:
        return None
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        return None
    first_entry, least, first_small = (int.from_bytes(data[at : at + 4], "little") for at in (48, 56, 60))
    links = _links(data, shift)
    entries = _chain(data, links, first_entry, shift)
    root = None
    for start in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        entry = entries[start : start + _ENTRY]
        title = entry[: max(0, int.from_bytes(entry[64:66], "little") - 2)].decode("utf-16-le", "replace")
        begin, size = int.from_bytes(entry[116:120], "little"), int.from_bytes(entry[120:124], "little")
        root = begin if root is None else root
        if title.lower() in ("workbook", "book"):
            if size >= least:
                return _chain(data, links, begin, shift)[:size]
            small = _chain(data, links, root, shift)
            small_links = _numbers(_chain(data, links, first_small, shift))
            return _chain(bytes(64) + small, small_links, begin, 6)[:size]
    return None


def runs_in_circle(data: bytes) -> bool:
    """Tell whether a sector of a compound file leads back to itself, so that a reader would never end.

    Examples
    --------
    >>> runs_in_circle(b"email")
    False
    """
    if not data.startswith(_MARK) or len(data) < 512 or (shift := int.from_bytes(data[30:32], "little")) not in (9, 12):
        return False
    following, seen = int.from_bytes(data[68:72], "little"), set[int]()
    while following < _NO_SECTOR and following not in seen:  # the tables of the tables
        seen.add(following)
        following = next(reversed(_numbers(_sector(data, following, shift))), _NO_SECTOR)
    if following in seen:
        return True
    links = _links(data, shift)
    small = _numbers(b"" if _has_circle(links) else _chain(data, links, int.from_bytes(data[60:64], "little"), shift))
    return _has_circle(links) or _has_circle(small)


def _has_circle(links: list[int]) -> bool:
    """Tell whether following the links from anywhere comes back to a link of the same walk."""
    walks = [0] * len(links)
    for walk, start in enumerate(range(len(links)), 1):
        at = start
        while at < len(links) and not walks[at]:
            walks[at] = walk
            at = links[at]
        if at < len(links) and walks[at] == walk:
            return True
    return False


def _links(data: bytes, shift: int) -> list[int]:
    """Read which sector follows each sector."""
    sectors = [it for it in _numbers(data[76:512]) if it < _NO_SECTOR]
    following, most = int.from_bytes(data[68:72], "little"), (len(data) >> shift) + 1
    while following < _NO_SECTOR and len(sectors) <= most:
        more = _numbers(_sector(data, following, shift))
        if not more:
            break
        sectors += [it for it in more[:-1] if it < _NO_SECTOR]
        following = more[-1]
    return _numbers(b"".join(_sector(data, it, shift) for it in sectors[:most]))


def _chain(data: bytes, links: list[int], first: int, shift: int) -> bytes:
    """Join the sectors that follow one another, each once."""
    pieces, at = [], first
    for _ in range(len(data) >> shift):
        if at >= len(links):
            break
        pieces.append(_sector(data, at, shift))
        at = links[at]
    return b"".join(pieces)


def _sector(data: bytes, number: int, shift: int) -> bytes:
    return data[(number + 1) << shift : (number + 2) << shift]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

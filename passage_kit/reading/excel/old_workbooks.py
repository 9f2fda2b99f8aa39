"""Workbooks of Excel 97 to 2003 (.xls), record by record: their size, failed formulas and number formats.

The records are those of [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from passage_kit.errors import SourceError
from passage_kit.reading.excel.compound_file import open_compound
from passage_kit.reading.excel.number_formats import Padding, paddings_of
from passage_kit.translations import worded

LARGEST = 32_000_000  # cells of all sheets, which are laid out together
LARGEST_TEXT = 1 << 31  # bytes of the texts of all cells
_USUAL = 4_000_000
_ROWS, _COLUMNS = 65_536, 256
_STREAMS = ("workbook", "book")
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
    file = open_compound(data)
    if file is None:
        return  # the reader says what is wrong
    if file.in_circle:
        raise SourceError(
            worded(
                "{name} cannot be read as a workbook: it is damaged, and its parts run in a circle. "
                "Open it in Excel and save it again as .xlsx, or export it as CSV.",
                name=name,
            )
        )
    stream = file.stream(*_STREAMS)
    if stream is None:
        return
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
        if extent.columns > _COLUMNS:
            raise SourceError(
                f"{name} cannot be read as a workbook: it is damaged, and has a value in column {extent.columns:,} of "
                f"{_COLUMNS}. Open it in Excel and save it again as .xlsx, or export it as CSV."
            )
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
    file = open_compound(data)
    stream = file.stream(*_STREAMS) if file is not None else None
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

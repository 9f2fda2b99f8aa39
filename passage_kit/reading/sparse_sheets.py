"""Workbooks whose sheets are mostly empty space: their blank cells are left out before the workbook is read.

A reader lays a sheet out as a full rectangle. A blank in the last column of Excel, which nobody sees, makes it one of
hundreds of millions of cells, and takes more memory than a machine has.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from passage_kit.columns.users_frame import is_digit
from passage_kit.errors import SourceError
from passage_kit.files.unpacking import unreadable_workbook

LARGEST = 64_000_000  # cells of a sheet
_USUAL = 4_000_000  # cells that are laid out without a closer look
_SPARSE = 8  # cells of the rectangle for each cell that is there
_PIECE = 1 << 22
_ROW, _CELLS = 0, range(1, 12)  # kinds of records of an .xlsb sheet
_OVERLAP = 32  # bytes, more than a reference has
LARGEST_TEXT = 1 << 32  # bytes of the texts of a sheet, each as often as a cell has it
_TEXTS = "xl/sharedStrings.xml"
_REFERENCE = re.compile(rb"<v>([0-9]{1,9})</v>")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # UTF-16
_ODD = (b"r =", b"r\t=", b"r\n=", b"r\r=", b'= "', b"= '", b"=\t", b"=\n", b"=\r")
_SHEET = b"sheetData"  # in every sheet, whatever its path is
_NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


_LETTERS, _DIGITS = 3, 7  # of a reference

_Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


class Extent(NamedTuple):
    """Extent of a sheet: its last row and last column, from 1, and the number of its cells."""

    rows: int = 0
    columns: int = 0
    cells: int = 0

    @property
    def area(self) -> int:
        """Cells of the rectangle."""
        return self.rows * self.columns

    @property
    def is_sparse(self) -> bool:
        """Whether the rectangle is large and mostly empty."""
        return self.area > _USUAL and self.area > _SPARSE * self.cells


def without_blanks(parts: Mapping[str, bytes], data: bytes, name: str) -> bytes:
    """Leave the blank cells out of the sheets that are mostly empty space.

    Parameters
    ----------
    parts : mapping of str to bytes
        Unpacked parts of an .xlsx, .xlsm, .xlsb or .ods workbook.
    data : bytes
        The workbook.
    name : str
        Name of the file.

    Returns
    -------
    bytes
        The workbook itself if no sheet is sparse.

    Raises
    ------
    SourceError
        If a sheet spans more than 64 million cells without them, too.
    """
    for path, extent in _other_extents(parts, name):
        _check(extent, len(parts[path]), name)
    sheets = {path: extent_of(xml) for path, xml in parts.items() if path.endswith(".xml") and _is_sheet(xml)}
    sparse = [path for path, extent in sheets.items() if extent.is_sparse or _is_odd(parts[path])]
    if sparse:
        texts = _shared_texts(parts.get(_TEXTS), name)
        parts = {**parts, **{path: _filled_only(parts[path], texts, name) for path in sparse}}
        sheets |= {path: extent_of(parts[path]) for path in sparse}
    for path, extent in sheets.items():
        _check(extent, len(parts[path]), name)
        _check_texts(parts.get(_TEXTS, b""), parts[path], extent, name)
    return _packed(parts) if sparse else data


def _check(extent: Extent, size: int, name: str) -> None:
    """Refuse a sheet that spans more cells than can be laid out, or by far more than its size accounts for."""
    most = min(LARGEST, max(_USUAL, size))
    if extent.area > most:
        raise SourceError(
            f"{name} has a sheet of {extent.rows:,} rows and {extent.columns:,} columns with {extent.cells:,} values, "
            f"and of a sheet of this size the kit reads at most {most:,} cells. Delete what stands far from the users "
            "(Ctrl+End shows it), or export the sheet as CSV."
        )


def _check_texts(shared: bytes, xml: bytes, extent: Extent, name: str) -> None:
    """Refuse a sheet whose cells refer to shared texts that come to more than can be held."""
    lengths = np.array([len(text) for text in shared.split(b"</si>")[:-1]], np.int64)
    if lengths.max(initial=0) * extent.cells <= LARGEST_TEXT:
        return  # the usual case, whichever cells have the longest text
    cells = np.array([int(number) for number in _REFERENCE.findall(xml)], np.int64)
    size = int(lengths[cells[cells < len(lengths)]].sum())
    if size > LARGEST_TEXT:
        raise SourceError(
            f"{name} has a sheet whose {extent.cells:,} values come to {size:,} bytes of text, and the kit reads at "
            f"most {LARGEST_TEXT:,}. Leave out the columns with long texts, or export the sheet as CSV."
        )


def _is_odd(xml: bytes) -> bool:
    """Check that a sheet may have references in a form in which they are not looked for here."""
    return xml.startswith(_WIDE) or any(form in xml for form in _ODD)


def _is_sheet(xml: bytes) -> bool:
    return _SHEET in (xml.replace(b"\0", b"") if xml.startswith(_WIDE) else xml)


def extent_of(xml: bytes) -> Extent:
    """Find the extent of a sheet by the references of its cells, such as ``r="B17"``.

    Examples
    --------
    >>> extent_of(b'<row r="17"><c r="B17"/><c r="AA17" t="s"><v>0</v></c></row>')
    Extent(rows=17, columns=27, cells=2)
    """
    found = Extent()
    view = np.frombuffer(xml + bytes(_OVERLAP), np.uint8)
    for start in range(0, len(xml), _PIECE):
        piece = view[start : start + _PIECE + _OVERLAP]
        at = np.flatnonzero(piece[1 : _PIECE + 1] == ord("=")) + 1
        quote = piece[at + 1]
        at = at[(piece[at - 1] == ord("r")) & ((quote == ord('"')) | (quote == ord("'")))] + 2
        letters = _is_letter(piece[at])  # of a row, there are none
        rows, columns = _numbers(piece, at[letters])
        found = Extent(max(found.rows, rows), max(found.columns, columns), found.cells + int(letters.sum()))
    return found


def _numbers(piece: _Bytes, at: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[int, int]:
    """Find the largest row and column of the references at some places."""
    column = np.zeros(len(at), np.int32)
    for _ in range(_LETTERS):
        sign = piece[at]
        more = _is_letter(sign)
        column = np.where(more, column * 26 + (sign.astype(np.int32) - (ord("A") - 1)), column)
        at = at + more
    row, more = np.zeros(len(at), np.int32), np.ones(len(at), bool)
    for _ in range(_DIGITS):
        sign = piece[at]
        more &= is_digit(sign)
        row = np.where(more, row * 10 + (sign.astype(np.int32) - ord("0")), row)
        at = at + more
    return int(row.max(initial=0)), int(column.max(initial=0))


def _is_letter(signs: _Bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(signs - np.uint8(ord("A")) < 26)


def _filled_only(xml: bytes, texts: list[str], name: str) -> bytes:
    """Write a sheet with the cells alone that hold something."""
    rows = []
    for row in _elements(xml, "row", name):
        for cell in [cell for cell in row if _local(cell) != "c" or not _has_value(cell, texts)]:
            row.remove(cell)
        if len(row):
            rows.append(ET.tostring(row))
    return b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (_NAMESPACE, b"".join(rows))


def _has_value(cell: ET.Element, texts: list[str]) -> bool:
    """Check that a cell shows more than white space."""
    text = "".join(part.text or "" for part in cell.iter() if _local(part) in ("v", "t")).strip()
    if cell.get("t") == "s" and text.isdecimal() and len(text) < 10:
        return int(text) >= len(texts) or bool(texts[int(text)])
    return bool(text)


def _shared_texts(xml: bytes | None, name: str) -> list[str]:
    """Read the texts that cells refer to by number, trimmed."""
    if xml is None:
        return []
    return [
        "".join(part.text or "" for part in entry.iter() if _local(part) == "t").strip()
        for entry in _elements(xml, "si", name)
    ]


def _elements(xml: bytes, tag: str, name: str) -> Iterator[ET.Element]:
    """Give the elements of a name one after another; each is emptied before the next."""
    try:
        for _, element in ET.iterparse(io.BytesIO(xml)):  # noqa: S314 - as above
            if _local(element) == tag:
                yield element
                element.clear()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise unreadable_workbook(name, error) from error


def _other_extents(parts: Mapping[str, bytes], name: str) -> Iterator[tuple[str, Extent]]:
    """Give the extents of the sheets of an .ods or an .xlsb workbook."""
    if "content.xml" in parts:
        yield "content.xml", _table_extent(parts["content.xml"], name)
    for path, part in parts.items():
        if path.startswith("xl/worksheets/") and path.endswith(".bin"):
            yield path, _binary_extent(part)


def _table_extent(xml: bytes, name: str) -> Extent:
    """Add up the repetitions of rows and cells in an OpenDocument sheet; all its tables count as one."""
    rows = last = columns = cells = 0
    for row in _elements(xml, "table-row", name):
        width = filled = 0
        for cell in row:
            repeated = _repeated(cell, "number-columns-repeated")
            if any(key.rpartition("}")[2] == "value-type" for key in cell.attrib):
                filled, cells = width + repeated, cells + repeated
            width += repeated
        rows += _repeated(row, "number-rows-repeated")
        last, columns = rows if filled else last, max(columns, filled)
    return Extent(last, columns, cells)


def _repeated(element: ET.Element, name: str) -> int:
    written = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "1")
    return int(written) if written.isdecimal() and len(written) < 10 else 1


def _binary_extent(part: bytes) -> Extent:
    """Read the rows and columns of the cells in a sheet of an .xlsb workbook, record by record."""
    rows = columns = cells = at = 0
    while at < len(part):
        kind, at = _variable(part, at, 2)
        size, at = _variable(part, at, 4)
        number = int.from_bytes(part[at : at + 4], "little")  # of the row, or of the column of a cell
        if kind == _ROW:
            rows = max(rows, number + 1)
        elif kind in _CELLS:
            columns, cells = max(columns, number + 1), cells + 1
        at += size
    return Extent(rows, columns, cells)


def _variable(part: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, and give the place after it."""
    number = 0
    for place in range(most):
        byte = part[at] if at < len(part) else 0
        number |= (byte & 0x7F) << (7 * place)
        at += 1
        if byte < 0x80:
            break
    return number, at


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _packed(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, part in parts.items():
            archive.writestr(path, part)
    return file.getvalue()

"""Notes on cells that a value alone does not tell: failed formulas, formulas without a value, number formats."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import PurePosixPath

from passage_kit.reading.excel.number_formats import Padding, paddings_of
from passage_kit.reading.excel.old_workbooks import old_notes

NO_VALUE = "a formula without a stored value"
_CELL = r"<(?:\w+:)?c\b"
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_FUNCTION = r"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
_EMPTY = r"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*"
_FAILED = re.compile(rf"""{_CELL}(?=[^>]*\bt=["']e["'])([^>]*)>\s*(?:{_FUNCTION})?<(?:\w+:)?v>([^<]*)</""".encode())
_FORMULA = re.compile(rf"{_CELL}([^>/]*)>\s*{_FUNCTION}{_EMPTY}</(?:\w+:)?c>".encode())
_TEXT = re.compile(rb"""\bt=["']str["']""")


@dataclass(slots=True)
class CellNotes:
    """Notes on the cells of a sheet, by row and column, from 0."""

    failed: list[tuple[int, int, str]] = field(default_factory=list)
    padded: list[tuple[int, int, Padding]] = field(default_factory=list)


def notes_of(data: bytes, title: str) -> CellNotes:
    """Read the notes on the cells of a sheet.

    Parameters
    ----------
    data : bytes
        A workbook: .xlsx, .xlsm or .xls; of others, nothing is known.
    title : str
        Name of the sheet.

    Returns
    -------
    CellNotes
        ``failed`` has the error of each failed formula, or :data:`NO_VALUE`; ``padded`` the number formats that show
        more than the number.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        failed, paddings = old_notes(data, title)
        return CellNotes(failed, paddings)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        path = _sheet_path(archive, title)
        if path not in archive.namelist():
            return CellNotes()
        xml = archive.read(path)
        return CellNotes([*_failed(xml), *_uncomputed(xml)], list(_padded(xml, _paddings(archive))))


def other_kind(data: bytes) -> str | None:
    """Name a kind of workbook on whose cells there are no notes; None for .xlsx, .xlsm and .xls."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    return ".xlsb" if "xl/workbook.bin" in names else ".ods" if "content.xml" in names else None


def _failed(xml: bytes) -> Iterator[tuple[int, int, str]]:
    for cell in _FAILED.finditer(xml):
        yield from ((*place, unescape(cell[2].decode("utf-8", "replace"))) for place in _place(cell[1]))


def _uncomputed(xml: bytes) -> Iterator[tuple[int, int, str]]:
    """Find the formulas without a value; a formula may also give the empty text, which is a value."""
    for cell in _FORMULA.finditer(xml) if b"<f" in xml or b":f" in xml else ():
        if not (cell[2] and _TEXT.search(cell[1])):
            yield from ((*place, NO_VALUE) for place in _place(cell[1]))


def _padded(xml: bytes, paddings: dict[int, Padding]) -> Iterator[tuple[int, int, Padding]]:
    if not paddings:
        return
    styles = "|".join(map(str, paddings))
    for cell in re.finditer((_CELL + rf"""(?=[^>]*\bs=["']({styles})["'])([^>]*)>""").encode(), xml):
        yield from ((*place, paddings[int(cell[1])]) for place in _place(cell[2]))


def _place(attributes: bytes) -> Iterator[tuple[int, int]]:
    found = _REFERENCE.search(attributes.replace(b"'", b'"'))
    if found:
        column = 0
        for letter in found[1]:
            column = column * 26 + letter - ord("A") + 1
        yield int(found[2]) - 1, column - 1


def _paddings(archive: zipfile.ZipFile) -> dict[int, Padding]:
    """Read which styles of cells pad their numbers."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    formats: dict[int, str] = {}
    styles: list[int] = []
    try:
        root = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - expat expands no entities without end
        for element in root.iter():
            name = str(element.tag).rpartition("}")[2]
            if name == "numFmt":
                formats[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
            elif name == "cellXfs":
                styles = [int(style.get("numFmtId", "0")) for style in element]
    except (ET.ParseError, ValueError, LookupError):
        return {}  # such styles pad nothing
    return paddings_of(formats, styles)


def _sheet_path(archive: zipfile.ZipFile, title: str) -> str:
    """Find the path of a sheet within the archive; give "" if it has none, as in an OpenDocument file."""
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        named, linked = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
        if named and linked and unescape(named[1]) == title:
            link = re.search(rf'<Relationship\b(?=[^>]*\bId="{re.escape(linked[1])}")[^>]*\bTarget="([^"]*)"', links)
            target = link[1] if link else ""
            return target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl", target))
    return ""

"""Excel workbooks as rows of text."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.columns.plain_text import text_array, text_of
from passage_kit.columns.users_frame import source_rows
from passage_kit.errors import OptionError, SourceError
from passage_kit.files.unpacking import unpack_zip
from passage_kit.findings.findings import make_findings
from passage_kit.reading.header import LOOKED_AT, find_header, is_blank_text, numbered_names
from passage_kit.reading.sparse_sheets import without_blanks
from passage_kit.reading.user_list import Place, UserList, build_source, name_columns, without_header

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_SAMPLE_ROWS = 300
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the part of a protected .xlsx that replaces its sheets
Cells = Sequence[Sequence[Any]]


def read_excel(data: bytes, name: str, *, sheet: str | int | None = None, header_row: int | None = None) -> UserList:
    """Read the bytes of an Excel workbook (.xlsx, .xlsm, .xlsb, .xls) or an OpenDocument sheet (.ods).

    The function reads the stored values, not the text that Excel shows. A number that a number format shows as
    ``00123`` is 123 in the file, so its zeros are lost; a number stored as text keeps them. A failed formula
    (``#N/A``) becomes a blank, with a finding in .xlsx and .xlsm only.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file.
    sheet : str or int, optional
        Name of the sheet, or its number from 0. Default: the first one that holds data.
    header_row : int, optional
        Row of the header, from 1; 0 if there is no header. Default: detected.

    Returns
    -------
    UserList

    Raises
    ------
    SourceError
        If the workbook is damaged or protected by a password, or the sheet has no header or no rows.
    OptionError
        If there is no such sheet or row.
    """
    sheets = _sheets(data, name)
    filled = tuple(title for title, cells in sheets.items() if cells)
    title = _chosen(sheets, filled, sheet, name)
    place = f"{name}, sheet {title!r}"
    cells = sheets[title]
    if not cells:
        raise SourceError(
            f"{place} is empty. Choose one of the sheets with data: {', '.join(filled) or 'there is none'}."
        )
    at, unsure = _header(cells, place, header_row)
    if sheet is None and len(filled) > 1:
        unsure += (f"Several sheets hold data ({', '.join(filled)}); {title!r} was read.",)
    names = cells[at] if at >= 0 else numbered_names(max(map(len, cells)))
    header, columns = _columns(names, cells[at + 1 :])
    errors = _error_findings(data, title, at, header, len(cells) - at - 1)
    return build_source(
        columns,
        header,
        name=name,
        kind="excel",
        findings=[*_preamble(cells[: max(at, 0)]), *([without_header(header)] if at < 0 else []), errors],
        place=Place("row", lambda rows: rows + at + 2),
        sha256=hashlib.sha256(data).hexdigest(),
        header_line=at + 1,
        sheet=title,
        sheets=filled,
        unsure=unsure,
    )


@contextmanager
def opened_workbook(data: bytes, name: str) -> Iterator[CalamineWorkbook]:
    """Open a workbook without the blank cells far from its users; what is wrong with it is a :class:`SourceError`."""
    import python_calamine as calamine  # only where there is a workbook to read

    protected = (
        f"{name} is protected by a password. Save a copy without one in Excel (File, Info, Protect Workbook), "
        "and read that."
    )
    if _ENCRYPTED in data:
        raise SourceError(protected)
    laid_out = without_blanks(unpack_zip(data, name), data, name) if data.startswith(b"PK") else data
    try:
        yield calamine.CalamineWorkbook.from_filelike(io.BytesIO(laid_out))
    except calamine.PasswordError as error:
        raise SourceError(protected) from error
    except calamine.CalamineError as error:
        raise SourceError(
            f"{name} cannot be read as a workbook: {error}. Open it in Excel and save it again as .xlsx, "
            "or export it as CSV."
        ) from error


def _sheets(data: bytes, name: str) -> dict[str, Cells]:
    """Read the cells of every sheet, without the blank rows at its end."""
    import python_calamine as calamine

    with opened_workbook(data, name) as workbook:
        tables = {
            sheet.name: workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            for sheet in workbook.sheets_metadata
            if sheet.typ is calamine.SheetTypeEnum.WorkSheet
        }
    return {title: _without_blank_end(cells) for title, cells in tables.items()}


def _without_blank_end(cells: Cells) -> Cells:
    end = len(cells)
    while end and all(_is_blank(cell) for cell in cells[end - 1]):
        end -= 1
    return cells[:end]


def _is_blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _chosen(sheets: dict[str, Cells], filled: Sequence[str], sheet: str | int | None, name: str) -> str:
    titles = list(sheets)
    if sheet is None:
        if not filled:
            raise SourceError(f"{name} is empty: no sheet holds data. Export the users again.")
        return filled[0]
    if isinstance(sheet, str) and sheet in sheets:
        return sheet
    if isinstance(sheet, int) and 0 <= sheet < len(titles):
        return titles[sheet]
    raise OptionError(f"sheet={sheet!r}: {name} has no such sheet. Give one of: {', '.join(titles)}.")


def _header(cells: Cells, place: str, header_row: int | None) -> tuple[int, tuple[str, ...]]:
    """Find the position of the header, -1 if there is none, and the doubts about it."""
    if header_row == 0:
        return -1, ()
    if header_row is not None:
        if not 0 < header_row <= len(cells) or all(map(_is_blank, cells[header_row - 1])):
            raise OptionError(f"header_row={header_row}: {place} has nothing there. Give the row of the header.")
        return header_row - 1, ()
    at = [number for number, row in enumerate(cells[:_SAMPLE_ROWS]) if not all(map(_is_blank, row))]
    rows = [[text_of(cell) or "" for cell in cells[number]] for number in at]
    found = find_header(rows)
    if found is None:
        raise SourceError(
            f"{place} has no header: row {at[0] + 1 if at else 1} looks like a user, expected the names of the "
            "columns. Put a row with the names, such as email and phone, above the first user, or give its number as "
            "header_row."
        )
    row = at[found.position] + 1
    unsure: tuple[str, ...] = ()
    if not found.known:
        unsure += (f"No column name in row {row} is one that the kit knows; check that it is the header.",)
    if any(sum(not is_blank_text(cell) for cell in skipped) > 1 for skipped in rows[: found.position][:LOOKED_AT]):
        unsure += (f"Rows above the header in row {row} have several values; check that none is a user.",)
    return row - 1, unsure


def _columns(header: Sequence[Any], rows: Cells) -> tuple[list[str], list[pa.ChunkedArray]]:
    """Convert the columns to text, without columns at the right that have no name and no value."""
    names = [text_of(cell) or "" for cell in header]
    texts = [_texts(column) for column in zip(*rows, strict=True)] if rows else []
    while texts and is_blank_text(names[len(texts) - 1]) and not any(texts[-1]):
        texts.pop()
    return names[: len(texts)], [text_array(column) for column in texts]


def _texts(column: Sequence[Any]) -> list[str | None]:
    return [(cell or None) if type(cell) is str else text_of(cell) for cell in column]


def _preamble(rows: Cells) -> Iterator[pd.DataFrame]:
    for number, row in enumerate(rows, 1):
        text = " | ".join(filter(None, map(text_of, row)))
        if text:
            yield make_findings([None], field=None, code="preamble_skipped", argument=f"row {number}")


def _error_findings(data: bytes, title: str, header: int, names: Sequence[str], count: int) -> pd.DataFrame:
    """Make findings for failed formulas below the header; calamine reads blanks, so the file itself is searched."""
    fields, _ = name_columns(names)
    found = [
        (row - header - 1, fields[column], text)
        for row, column, text in _failed_cells(data, title)
        if header < row <= header + count and column < len(fields)
    ]
    rows = source_rows(count)[np.array([row for row, _, _ in found], np.int64)]
    values = [text for _, _, text in found]
    places = [f"row {row + header + 2}" for row, _, _ in found]
    fields_found = [field for _, field, _ in found]
    return make_findings(rows, field=fields_found, value=values, code="cell_error", argument=places)


def _failed_cells(data: bytes, title: str) -> Iterator[tuple[int, int, str]]:
    """Find the row and column (from 0) and the error of every failed formula of an .xlsx sheet."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        path = _sheet_path(archive, title)
        xml = archive.read(path) if path in archive.namelist() else b""
    for cell in re.finditer(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>.*?<v>([^<]*)</v>', xml):
        letters, number, text = cell.groups()
        column = 0
        for letter in letters:
            column = column * 26 + letter - ord("A") + 1
        yield int(number) - 1, column - 1, text.decode()


def _sheet_path(archive: zipfile.ZipFile, title: str) -> str:
    """Find the path of a sheet within the archive; give "" if it has none, as in an OpenDocument file."""
    from html import unescape

    if "xl/workbook.xml" not in archive.namelist():
        return ""
    book = archive.read("xl/workbook.xml").decode("utf-8")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8")
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        named, linked = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
        if named and linked and unescape(named[1]) == title:
            link = re.search(rf'<Relationship\b(?=[^>]*\bId="{re.escape(linked[1])}")[^>]*\bTarget="([^"]*)"', links)
            target = link[1] if link else ""
            return target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl", target))
    return ""

"""Excel workbooks as rows of text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.columns.plain_text import text_array, text_of
from passage_kit.columns.users_frame import source_rows
from passage_kit.errors import OptionError, SourceError
from passage_kit.findings.findings import make_findings
from passage_kit.reading.excel.cell_notes import NO_VALUE, CellNotes, notes_of, other_kind
from passage_kit.reading.excel.number_formats import padded
from passage_kit.reading.excel.opening import opened_workbook
from passage_kit.reading.footers import LOOKED_AT as LOOKED_AT_BELOW
from passage_kit.reading.footers import footer_length
from passage_kit.reading.header import LOOKED_AT, find_header, is_blank_text, numbered_names
from passage_kit.reading.one_below_another import (
    ALL,
    StackedList,
    chosen_list,
    lists_below,
    no_choice,
    paths_of,
    titled,
)
from passage_kit.reading.user_list import Place, UserList, build_source, name_columns
from passage_kit.translations import gettext, in_panel, worded

_SAMPLE_ROWS = 300
Cells = Sequence[list[Any]]


def read_excel(
    data: bytes,
    name: str,
    *,
    sheet: str | int | None = None,
    header_row: int | None = None,
    table: str | None = None,
    within: str = "",
) -> UserList:
    """Read the bytes of an Excel workbook (.xlsx, .xlsm, .xlsb, .xls) or an OpenDocument sheet (.ods).

    The function reads the stored values. A number that a number format shows as ``00123`` or ``+49...`` is 123 in the
    file; in .xlsx, .xlsm and .xls the zeros and the plus are put back, with a finding. There, too, a formula that
    failed (``#N/A``) or has no stored value is a blank with a finding.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file.
    sheet : str or int, optional
        Name of the sheet, or its number from 0. Default: the first visible one that holds data.
    header_row : int, optional
        Row of the header, from 1; 0 if there is no header. Default: detected.
    table : str, optional
        Title of the list to read, if several stand one below the other. Default: the only one.
    within : str, default ""
        What stands before such a title in messages and choices, if the file is one of an archive.

    Returns
    -------
    UserList

    Raises
    ------
    SourceError
        If the workbook is damaged or protected by a password, or the sheet has no header, no rows, or several lists
        one below the other.
    OptionError
        If there is no such sheet or row.
    """
    book = _read_book(data, name, sheet)
    title, cells = book.title, book.cells
    place = worded("{name}, sheet {title}", name=name, title=repr(title))
    if not cells:
        raise SourceError(
            in_panel(
                f"{place} is empty. Choose one of the sheets with data: {', '.join(book.filled) or 'there is none'}.",
                "{place} is empty. Choose a sheet with data.",
                place=place,
            )
        )
    at, unsure = _header(cells, place, header_row)
    visible = [other.title for other in book.others if not other.hidden]
    if sheet is None and visible:
        unsure += (_several(book.filled, title),)
    unsure += _not_seen(data, name, cells[at + 1 :])
    one = _one_list(cells, at, place, table, within)
    above, at, cells = one.begin, one.header, cells[: one.end]
    footer = _footer_length(cells[max(at, 0) :])
    cells, below = cells[: len(cells) - footer], cells[len(cells) - footer :]
    notes = notes_of(data, title)
    shown = _put_back(cells, at, notes)
    names = cells[at] if at >= 0 else numbered_names(max(map(len, cells)))
    header, columns = _columns(names, cells[at + 1 :])
    return build_source(
        columns,
        header,
        name=name,
        kind="excel",
        findings=[
            *map(_not_read, book.others),
            *(make_findings([None], field=None, code="entries_set_apart", argument=said) for said in one.not_read),
            *_preamble(cells[: max(at, 0)], above),
            *_footer(below, len(cells)),
            _error_findings(notes, at, header, len(cells) - at - 1),
            _format_findings(shown, header),
        ],
        place=Place("row", lambda rows: rows + at + 2),
        sha256=hashlib.sha256(data).hexdigest(),
        header_line=at + 1,
        sheet=title,
        sheets=book.filled,
        unsure=unsure,
        lists=one.lists,
    )


class _List(NamedTuple):
    """The list that is read: where it begins, its header (-1 if there is none) and its end, counted from 0; the titles
    of all lists, and what is said of the others."""

    begin: int
    header: int
    end: int
    lists: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()


def _one_list(cells: Cells, at: int, place: str, chosen: str | None, within: str) -> _List:
    """Give the list that is read: all rows, or, of several lists one below the other, the chosen one."""
    whole = _List(0, at, len(cells))
    found = lists_below(*_columns(cells[at], cells[at + 1 :])) if -1 < at < len(cells) - 1 else []
    if not found:
        if chosen is not None:
            raise no_choice(chosen, place)
        return whole
    above = [text for row in cells[:at] if len(text := [one for one in map(text_of, row) if one]) == 1]
    lists = titled(found, above[-1][0] if above else None)
    one = chosen_list(lists, chosen, place, lambda row: worded("row {number}", number=at + row + 2), within)
    others = [other for other in lists if not one.begin <= other.begin < one.end]
    titles = paths_of([one, *others], within) if others else (within + ALL, *paths_of(lists, within))

    def rows_of(other: StackedList) -> str:
        return f"{other.title} (rows {at + other.begin + 2 if other.header >= 0 else 1} to {at + other.end + 1})"

    begin = 0 if one.header < 0 else at + 1 + one.begin
    return _List(begin, at + 1 + one.header, at + 1 + one.end, titles, tuple(map(rows_of, others)))


@dataclass(frozen=True, slots=True)
class _OtherSheet:
    """A sheet that is not read, the number of its rows, and whether Excel shows it."""

    title: str
    rows: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class _Book:
    """The sheet that was chosen, with its cells, and the other ones that hold data."""

    title: str
    cells: Cells
    filled: tuple[str, ...]
    others: tuple[_OtherSheet, ...]


def _read_book(data: bytes, name: str, sheet: str | int | None) -> _Book:
    """Read the cells of one sheet, and count the rows of the others; one at a time is in memory."""
    import python_calamine as calamine

    with opened_workbook(data, name) as workbook:
        tables = [it for it in workbook.sheets_metadata if it.typ is calamine.SheetTypeEnum.WorkSheet]
        chosen = None if sheet is None else _named([it.name for it in tables], sheet, name)
        cells: Cells = ()
        others: list[_OtherSheet] = []
        filled: list[str] = []
        for table in tables:
            found = _without_blank_end(workbook.get_sheet_by_name(table.name).to_python(skip_empty_area=False))
            hidden = table.visible is not calamine.SheetVisibleEnum.Visible
            if chosen is None and found and not hidden:
                chosen = table.name
            if table.name == chosen:
                cells = found
            elif found:
                others.append(_OtherSheet(table.name, len(found), hidden))
            filled += [table.name] if found else []
    if chosen is not None:
        return _Book(chosen, cells, tuple(filled), tuple(others))
    if filled:
        raise SourceError(
            in_panel(
                f"{name} has data in hidden sheets alone: {', '.join(filled)}. Show the sheet in Excel, or choose it "
                f"(`--sheet {filled[0]!r}`).",
                "{name} has data in hidden sheets alone: {sheets}. Show the sheet in Excel, or choose it.",
                name=name,
                sheets=", ".join(filled),
            )
        )
    raise SourceError(worded("{name} is empty: no sheet holds data. Export the users again.", name=name))


def _named(titles: Sequence[str], sheet: str | int, name: str) -> str:
    if isinstance(sheet, str) and sheet in titles:
        return sheet
    if isinstance(sheet, int) and 0 <= sheet < len(titles):
        return titles[sheet]
    raise OptionError(
        in_panel(
            f"sheet={sheet!r}: {name} has no such sheet. Give one of: {', '.join(titles)}.",
            "{name} has no sheet {sheet}. Choose one of: {titles}.",
            sheet=repr(sheet),
            name=name,
            titles=", ".join(titles),
        )
    )


def _without_blank_end(cells: Cells) -> Cells:
    end = len(cells)
    while end and all(_is_blank(cell) for cell in cells[end - 1]):
        end -= 1
    return cells[:end]


def _is_blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _header(cells: Cells, place: str, header_row: int | None) -> tuple[int, tuple[str, ...]]:
    """Find the position of the header, -1 if there is none, and the doubts about it."""
    if header_row == 0:
        return -1, ()
    if header_row is not None:
        if not 0 < header_row <= len(cells) or all(map(_is_blank, cells[header_row - 1])):
            raise OptionError(
                in_panel(
                    f"header_row={header_row}: {place} has nothing there. Give the row of the header.",
                    "{place} has nothing in row {header_row}. Choose the row of the header.",
                    header_row=header_row,
                    place=place,
                )
            )
        return header_row - 1, ()
    at = [number for number, row in enumerate(cells[:_SAMPLE_ROWS]) if not all(map(_is_blank, row))]
    rows = [[text_of(cell) or "" for cell in cells[number]] for number in at]
    found = find_header(rows)
    if found is None:
        raise SourceError(
            in_panel(
                f"{place} has no header: row {at[0] + 1 if at else 1} looks like a user, expected the names of the "
                "columns. Put a row with the names, such as email and phone, above the first user, or "
                "give its number as "
                "header_row.",
                "{place} has no header: row {row} looks like a user, expected the names of the "
                "columns. Put a row with the names, such as email and phone, above the first user, or "
                "choose the row of the header.",
                place=place,
                row=at[0] + 1 if at else 1,
            )
        )
    row = at[found.position] + 1
    unsure: tuple[str, ...] = ()
    if not found.known:
        unsure += (
            gettext("No column name in row {row} is one that the kit knows; check that it is the header.", row=row),
        )
    if any(sum(not is_blank_text(cell) for cell in skipped) > 1 for skipped in rows[: found.position][:LOOKED_AT]):
        unsure += (
            gettext("Rows above the header in row {row} have several values; check that none is a user.", row=row),
        )
    return row - 1, unsure


def _not_seen(data: bytes, name: str, cells: Cells) -> tuple[str, ...]:
    """Say what the kit does not see in a workbook of another kind than .xlsx and .xls, if it may have such cells."""
    kind = other_kind(data)
    numbers = any(isinstance(cell, int | float) for row in cells[:_SAMPLE_ROWS] for cell in row)
    if kind is None or not (numbers or kind == ".xlsb"):
        return ()
    unseen = gettext(
        "{file} is {kind}, in which the kit sees neither failed formulas nor number formats such as 00000. If a column "
        "has them, save the workbook as .xlsx and read that.",
        file=name,
        kind=kind,
    )
    return (unseen,)


def _columns(header: Sequence[Any], rows: Cells) -> tuple[list[str], list[pa.ChunkedArray]]:
    """Convert the columns to text, without columns at the right that have no name and no value."""
    names = [text_of(cell) or "" for cell in header]
    texts = [_texts(column) for column in zip(*rows, strict=True)] if rows else []
    while texts and is_blank_text(names[len(texts) - 1]) and not any(texts[-1]):
        texts.pop()
    return names[: len(texts)], [text_array(column) for column in texts]


def _texts(column: Sequence[Any]) -> list[str | None]:
    return [(cell or None) if type(cell) is str else text_of(cell) for cell in column]


def _footer_length(cells: Cells) -> int:
    rows = [[text_of(cell) or "" for cell in row] for row in cells[1:][-LOOKED_AT_BELOW:]]
    return footer_length(rows, sum(not _is_blank(cell) for cell in cells[0]))


def _footer(rows: Cells, above: int) -> Iterator[pd.DataFrame]:
    for number, row in enumerate(rows, above + 1):
        if not all(map(_is_blank, row)):
            yield make_findings([None], field=None, code="footer_skipped", argument=f"row {number}")


def _preamble(rows: Cells, begin: int) -> Iterator[pd.DataFrame]:
    for number, row in enumerate(rows[begin:], begin + 1):
        text = " | ".join(filter(None, map(text_of, row)))
        if text:
            yield make_findings([None], field=None, code="preamble_skipped", argument=f"row {number}")


def _not_read(other: _OtherSheet) -> pd.DataFrame:
    """Report a sheet with data that was not read."""
    rows = "1 row" if other.rows == 1 else f"{other.rows:,} rows"
    said = f"sheet {other.title!r} ({rows}{', hidden' if other.hidden else ''})"
    return make_findings([None], field=None, code="sheet_not_read", argument=said)


def _put_back(cells: Cells, header: int, notes: CellNotes) -> Counter[tuple[int, str]]:
    """Write numbers as their formats show them; count them by column and format."""
    counts: Counter[tuple[int, str]] = Counter()
    for row, column, padding in notes.padded:
        if header < row < len(cells) and column < len(cells[row]):
            text = padded(cells[row][column], padding)
            if text is not None:
                cells[row][column] = text
                counts[column, padding.said] += 1
    return counts


def _format_findings(counts: Counter[tuple[int, str]], names: Sequence[str]) -> pd.DataFrame:
    """Report the columns whose zeros or plus were put back."""
    fields, _ = name_columns(names)
    found = sorted(counts.items())
    return make_findings(
        [None] * len(found),
        field=[fields[column] for (column, _), _ in found],
        code="number_format",
        argument=[f"{count:,} as {said}" for (_, said), count in found],
    )


def _error_findings(notes: CellNotes, header: int, names: Sequence[str], count: int) -> pd.DataFrame:
    """Make findings for failed formulas below the header; calamine reads blanks."""
    fields, _ = name_columns(names)
    found = [
        (row - header - 1, fields[column], text)
        for row, column, text in notes.failed
        if header < row <= header + count and column < len(fields)
    ]
    rows = source_rows(count)[np.array([row for row, _, _ in found], np.int64)]
    places = [f"row {row + header + 2}{f': {NO_VALUE}' if text == NO_VALUE else ''}" for row, _, text in found]
    values = [None if text == NO_VALUE else text for _, _, text in found]
    fields_found = [field for _, field, _ in found]
    return make_findings(rows, field=fields_found, value=values, code="cell_error", argument=places)


def _several(filled: Sequence[str], title: str) -> str:
    named = {"sheets": ", ".join(filled), "sheet": repr(title)}
    return gettext("Several sheets hold data ({sheets}); {sheet} was read.", **named)

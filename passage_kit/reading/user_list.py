"""Result of every reader: the rows as text, and the findings about how they were read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.characters import whole_characters
from passage_kit.columns.column_names import is_own_file, tidy_name
from passage_kit.columns.secrets import is_secret
from passage_kit.columns.spreadsheet_cells import as_they_were, names_as_they_were
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import TEXT, as_text, frame_of, holds, source_rows
from passage_kit.errors import SourceError
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.reading.json_cells import Opened, open_json
from passage_kit.reading.known_layouts import layout_named, recognise
from passage_kit.reading.layout import Layout
from passage_kit.reading.long_form import LongForm, one_row_a_person
from passage_kit.reading.side_by_side import check_one_list
from passage_kit.reading.unread_rows import Rows, blank_rows, header_goes_on, rows_like_header, without_rows
from passage_kit.translations import worded

_REPLACEMENT = "\ufffd"
_MAY_HAVE_HALVES = ("json", "frame")  # kinds of sources whose texts are Python's
_SHOWN = 10  # line numbers of empty lines
_EXPORT_AGAIN = worded("Check the app and the filter of the export, and export the users again.")
_NO_ROWS = {
    "csv": worded("has a header, but no rows below the header. {advice}", advice=_EXPORT_AGAIN),
    "sql": worded(
        "has no rows. Check that the address is of the right database, and the name of the table or the query."
    ),
    "frame": "has no rows. Give one with the users in its rows.",
    "parquet": worded("has columns, but no rows. {advice}", advice=_EXPORT_AGAIN),
}
_OPENED_BY_PEOPLE = ("csv", "excel")  # kinds of files that the kit has written with harmless cells


@dataclass(frozen=True, slots=True, eq=False)
class UserList:
    """A user list as read.

    Parameters
    ----------
    users : pandas.DataFrame
        Text columns with the source's own names; index ``source_row``. A row that the reader rejected stays, with nulls
        in every column.
    findings : pandas.DataFrame
        Findings of the reader.
    name : str
        File name, or the database and table; never a password.
    kind : {"csv", "excel", "json", "parquet", "sql", "frame"}
    sha256 : str, optional
        Hash of the bytes that were read, or of the contents of a frame; None for a database.
    encoding, delimiter : str, optional
        Encoding and delimiter of a text file. The delimiter of a file with a single column is None.
    header_line : int, optional
        Line (in Excel the row) of the header, counted from 1; 0 if the source has none.
    sheet : str, optional
        The sheet that was read.
    sheets : tuple of str, default ()
        Every sheet of the workbook that holds data.
    lists : tuple of str, default ()
        Every list of the file that the option ``table`` can choose, the likeliest first, if there are several.
    unsure : tuple of str, default ()
        Sentences about doubtful choices: the header, the delimiter, the sheet.
    layout : str, optional
        Name of the layout that the columns have, such as "auth0": see :func:`passage_kit.layouts`.
    """

    users: pd.DataFrame
    findings: pd.DataFrame
    name: str
    kind: str
    sha256: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    layout: str | None = None

    @property
    def looks_like(self) -> str | None:
        """Sentence that says which system's export it looks like, if any."""
        layout = layout_named(self.layout) if self.layout else None
        return layout.sentence if layout else None


@dataclass(frozen=True, slots=True)
class Place:
    """Place of rows in the source: the word for it, and a function that numbers some rows (counted from 0)."""

    word: str = "row"
    of: Callable[[Rows], Rows] = lambda rows: rows + 1

    def say(self, rows: Rows, then: str | pa.Array = "") -> pa.Array:
        """Give the place of each row as text: "line 17", or "line 17: 3 values"."""
        numbers = as_text(self.of(rows))
        places = pc.binary_join_element_wise(self.word, numbers, " ")
        return pc.binary_join_element_wise(places, then, ": ") if then != "" else places


def build_source(
    columns: Sequence[pa.ChunkedArray],
    header: Sequence[str],
    *,
    name: str,
    kind: str,
    findings: Iterable[pd.DataFrame] = (),
    rejected: Mask | None = None,
    place: Place | None = None,
    index: pd.Index[Any] | None = None,
    beginning: str = "",
    secrets: Collection[str] | None = None,
    **facts: Any,
) -> UserList:
    """Build the result of a reader: name the columns, and find blank rows and repeated headers.

    Parameters
    ----------
    columns : sequence of pyarrow.ChunkedArray
        Text, a blank is null; all of one length.
    header : sequence of str
        A name for each column, as written.
    name, kind, **facts
        Fields of :class:`UserList`.
    findings : iterable of pandas.DataFrame, optional
        Findings of the reader so far. Default: none.
    rejected : numpy array of bool, optional
        Rows that the reader has rejected already, which do not count as blank rows. Default: none.
    place : Place, optional
        Place of the rows. Default: row 1, 2, 3...
    index : pandas.Index, optional
        ``source_row``. Default: from 1.
    beginning : str, optional
        First characters of the file, which may name the system that wrote it. Default: not looked at.
    secrets : collection of str, optional
        Columns of secrets, if the rows are a part of a list of which is known that nothing of it is to be opened or
        turned. Default: found by the rows, which are the whole list.

    Raises
    ------
    SourceError
        If there are no rows, or two lists side by side.
    """
    header, columns = _as_written(header, columns, name, kind)
    if kind in ("csv", "excel"):
        check_one_list(header, columns, name)
    names, renamed = name_columns(header)
    table = _Table(names, columns, source_rows(len(columns[0])) if index is None else index)
    done = np.zeros(len(columns[0]), bool) if rejected is None else rejected
    blank = blank_rows(columns, done)
    repeated = np.union1d(header_goes_on(columns), rows_like_header(columns, header))
    unread = _unread(table.index, blank, repeated, place or Place())
    findings = list(findings)
    if secrets is None and not len(unread) and not done.any():
        table, findings = _one_row_a_person(table, findings)
    halved = _lost_characters(table) if kind in _MAY_HAVE_HALVES else no_findings()
    cells = without_rows(table.columns, np.concatenate([blank, repeated]))
    opened = open_json(table.names, cells) if secrets is None else Opened(table.names, [*cells], no_findings())
    layout = recognise(dict.fromkeys([*opened.names, *table.names]), beginning)
    kept, left_out = _without_secrets(opened, layout, secrets)
    if len(left_out):
        findings = [*(_without_text(some) for some in findings), left_out]
    if facts.get("header_line") == 0:
        findings.insert(0, _without_header(layout))
    users = frame_of(kept, kept.values(), table.index)
    said = collect_findings([*findings, renamed, opened.findings, unread, halved])
    return UserList(users, said, name, kind, layout=layout.name if layout else None, **facts)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Columns with a name of its own each, and the numbers of their rows."""

    names: list[str]
    columns: Sequence[pa.ChunkedArray]
    index: pd.Index[Any]


def _as_written(
    header: Sequence[str], columns: Sequence[pa.ChunkedArray], name: str, kind: str
) -> tuple[list[str], Sequence[pa.ChunkedArray]]:
    """Give header and cells as the source means them, or refuse a source without rows or with a column too large."""
    if not columns or not len(columns[0]):
        raise SourceError(worded("{name} {problem}", name=name, problem=_NO_ROWS.get(kind, _NO_ROWS["csv"])))
    header = [whole_characters(title) for title in header]
    if kind in _OPENED_BY_PEOPLE and is_own_file(map(tidy_name, header)):
        return names_as_they_were(header), [as_they_were(column) for column in columns]
    return header, columns


def _unread(index: pd.Index[Any], blank: Rows, repeated: Rows, place: Place) -> pd.DataFrame:
    """Report the rows that are none: blank ones, and those that repeat the header."""
    found = (("row_blank", blank), ("row_repeats_header", repeated))
    return collect_findings(
        make_findings(index[rows], field=None, code=code, argument=place.say(rows)) for code, rows in found if len(rows)
    )


def _one_row_a_person(table: _Table, findings: list[pd.DataFrame]) -> tuple[_Table, list[pd.DataFrame]]:
    """Turn a table in long form, and say so; another table stays."""
    people = one_row_a_person(table.names, table.columns)
    if people is None:
        return table, findings
    names, renamed = name_columns(people.names)
    moved = [_of_people(some, table.index, people) for some in findings]
    turned = _Table(names, people.columns, source_rows(len(people.columns[0])))
    return turned, [*moved, people.finding, renamed]


def _of_people(findings: pd.DataFrame, index: pd.Index[Any], people: LongForm) -> pd.DataFrame:
    """Move findings from the rows of a table in long form to those of the people."""
    at = index.get_indexer(findings["source_row"].dropna().astype("int64"))
    moved = findings["source_row"].copy()
    moved[moved.notna()] = people.person[at] + 1
    return findings.assign(source_row=moved)


def _lost_characters(table: _Table) -> pd.DataFrame:
    """Report the values with a character of which only half was there."""
    found = []
    for name, column in zip(table.names, table.columns, strict=True):
        rows = np.flatnonzero(holds(column, _REPLACEMENT))
        if len(rows):
            values = take_rows(column, pa.array(rows))
            found.append(make_findings(table.index[rows], field=name, value=values, code="character_lost"))
    return collect_findings(found)


def _without_secrets(
    opened: Opened, layout: Layout | None, known: Collection[str] | None
) -> tuple[dict[str, pa.ChunkedArray], pd.DataFrame]:
    """Leave out the columns of secrets, known ones or those that are found, and report them."""
    columns = dict(zip(opened.names, opened.columns, strict=True))
    secret = {
        title: column
        for title, column in columns.items()
        if (_is_secret(title, column, layout) if known is None else title in known)
    }
    said = make_findings(
        [None] * len(secret),
        field=list(secret),
        code="secret_left_out",
        argument=[str(len(column) - column.null_count) for column in secret.values()],
    )
    return {title: column for title, column in columns.items() if title not in secret}, said


def _is_secret(title: str, column: pa.ChunkedArray, layout: Layout | None) -> bool:
    return (layout is not None and layout.holds_secrets(title)) or is_secret(title, column)


def _without_text(findings: pd.DataFrame) -> pd.DataFrame:
    """Leave the text of unreadable lines out of findings, since it holds the secrets of its row."""
    return findings.assign(value=pd.array([None] * len(findings), dtype=TEXT))


def name_columns(header: Sequence[str]) -> tuple[list[str], pd.DataFrame]:
    """Give every column a name of its own.

    Names are trimmed, and white space in them is one space; an empty name becomes ``column <number>``, a repeated one
    gets a number.

    Returns
    -------
    names : list of str
    findings : pandas.DataFrame
        A ``header_renamed`` for each name that was empty or repeated.

    Examples
    --------
    >>> names, findings = name_columns([" E-Mail", "", "E-Mail"])
    >>> names
    ['E-Mail', 'column 2', 'E-Mail (2)']
    >>> findings[["field", "argument"]]
            field argument
    0    column 2        2
    1  E-Mail (2)        3
    """
    tidy = [tidy_name(name) for name in header]
    taken = set(filter(None, tidy))
    used: set[str] = set()
    names: list[str] = []
    renamed: list[int] = []
    numbers: dict[str, int] = {}
    for position, name in enumerate(tidy):
        new = name or f"column {position + 1}"
        if not name or name in used:
            renamed.append(position)
            new = _free_name(new, taken, numbers)
            taken.add(new)
        names.append(new)
        used.add(new)
    findings = make_findings(
        [None] * len(renamed),
        field=[names[position] for position in renamed],
        value=[tidy[position] or None for position in renamed],
        code="header_renamed",
        argument=[str(position + 1) for position in renamed],
    )
    return names, findings


def blank_lines(numbers: Sequence[int]) -> pd.DataFrame:
    """Report the lines that were skipped because they are empty.

    Examples
    --------
    >>> blank_lines([3, 17])["argument"].tolist()
    ['2 lines: 3, 17']
    """
    if not numbers:
        return no_findings()
    shown = ", ".join(map(str, numbers[:_SHOWN])) + (", ..." if len(numbers) > _SHOWN else "")
    lines = f"{len(numbers)} line{'s' if len(numbers) > 1 else ''}: {shown}"
    return make_findings([None], field=None, code="lines_blank", argument=lines)


def _without_header(layout: Layout | None) -> pd.DataFrame:
    """Report that a source has no header, and where the names of its columns come from."""
    said = f"the columns are those of {layout.title}" if layout else "the columns are numbered"
    return make_findings([None], field=None, code="header_absent", argument=said)


def other_encoding(reason: str | None, mixed: Sequence[int] = ()) -> pd.DataFrame:
    """Report that a file was read in another encoding than UTF-8, if there is a reason, and its lines that are UTF-8.

    Examples
    --------
    >>> other_encoding("read as Windows-1252")["code"].tolist(), len(other_encoding(None))
    (['encoding_fallback'], 0)
    """
    fallback = make_findings([None] if reason else [], field=None, code="encoding_fallback", argument=reason)
    lines = [f"line {number}" for number in mixed]
    others = make_findings([None] * len(lines), field=None, code="encoding_mixed", argument=lines)
    return collect_findings([fallback, others])


def _free_name(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    """Number a name so that it is free; the last number of each name is kept, since there may be thousands."""
    new = name
    while new in taken:
        numbers[name] = numbers.get(name, 1) + 1
        new = f"{name} ({numbers[name]})"
    return new

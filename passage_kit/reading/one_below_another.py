"""Several lists one below the other in one table: each has a header of its own, and often a title above that.

It needs no pandas, which may still load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions
from passage_kit.columns.column_names import ABOUT_IDENTIFIERS, IDENTIFIERS, keys_of, name_key, name_words
from passage_kit.columns.masks import mask_of
from passage_kit.columns.text_parts import take_rows
from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.header import count_known, is_blank_text, is_identifier, is_known_name, is_line_of_ids
from passage_kit.translations import in_panel, joined, worded

ALL = "*"  # every list, where their headers are one
_LOOKED_AT = 1000  # first values of a column, to see whether it holds emails
_MOST = 200_000  # rows that may be headers: more are those of a list without emails and phones
_WIDEST = 1000  # columns of a table that a person has put together
_BELOW = 20  # rows below a header that must have identifiers under its names
_VALUE = r"^\s*[+(]?\d|\d{4}|@"  # begins as no name of a column does
_LONGEST = 60
_LONGEST_EMAIL = 1_000  # bytes, with a name before it
_NUMBERED = re.compile(r"(?i)(page|seite|sheet|p[áa]gina|blatt)\b")
_DECORATION = " \t#*=-_:;,|\"'"

Cells = Callable[[int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class StackedList:
    """One of the lists: its title, the rows of title and header (-1 of the first), the row below its end, and whether
    its header is that of the first list. Rows are counted from 0 below the first header."""

    title: str | None
    begin: int
    header: int
    end: int
    like_first: bool


def lists_below(
    header: Sequence[str], columns: Sequence[pa.ChunkedArray], *, others: Mapping[int, Sequence[str]] | None = None
) -> list[StackedList]:
    """Find the lists that stand below the first one in a table.

    A further header is a row of names, of which the kit knows several, with emails or phones below those that name
    some. The header of the first list counts if it has a title above it: without one, it is that of a page.

    Parameters
    ----------
    header : sequence of str
    columns : sequence of pyarrow.ChunkedArray
        Text, a blank is null.
    others : mapping, optional
        Cells of the rows that are too long, which are nulls in ``columns``. Default: none.

    Returns
    -------
    list of StackedList
        The first list, too; empty if there is no other.

    Examples
    --------
    >>> columns = [["Ann", "Suppliers", "Company", "Acme"], ["ann@example.org", None, "E-Mail", "eve@example.org"]]
    >>> found = lists_below(["Name", "Mail"], [pa.chunked_array([column]) for column in columns])
    >>> [(one.title, one.header, one.end) for one in found]
    [(None, -1, 1), ('Suppliers', 2, 4)]
    """
    if len(columns) > _WIDEST:
        return []
    others, count = others or {}, len(columns[0])
    cells_of = partial(_cells, columns, others)
    found: list[StackedList] = []
    first = _keys(header)
    longer = [row for row, cells in others.items() if not any("@" in cell for cell in cells)]
    for row in sorted({*_may_be_headers(columns).tolist(), *longer}):
        title, begin = _title_above(row, cells_of)
        again = _keys(cells_of(row)) == first
        if again and (title is None or _NUMBERED.match(title)):
            continue
        if _heads_people(row, count, cells_of, title is not None):
            found.append(StackedList(title, begin, row, count, again))
    if not found:
        return []
    top = StackedList(None, 0, -1, found[0].begin, like_first=True)
    ends = [one.begin for one in found[1:]] + [count]
    return [top, *(replace(one, end=end) for one, end in zip(found, ends, strict=True))]


def may_begin_lists(
    header: Sequence[str],
    columns: Sequence[pa.ChunkedArray],
    others: Mapping[int, Sequence[str]],
    *,
    is_first: bool,
    is_last: bool,
) -> bool:
    """Tell whether a further list may begin in some rows of a table; where none may, :func:`lists_below` finds none.

    A row near the first or the last one, which cannot be told without the rows around, may begin one.

    Parameters
    ----------
    header, columns, others
        Of the rows, as of :func:`lists_below`.
    is_first, is_last : bool
        Whether no row of the table is above them, and below them.

    Examples
    --------
    >>> columns = [["Ann", "Name"], ["ann@example.org", "E-Mail"]]
    >>> rows = [pa.chunked_array([column]) for column in columns]
    >>> may_begin_lists(["Name", "Mail"], rows, {}, is_first=True, is_last=False)
    True
    """
    if len(columns) > _WIDEST:
        return False
    count, first = len(columns[0]), _keys(header)
    cells_of = partial(_cells, columns, others)
    longer = [row for row, cells in others.items() if not any("@" in cell for cell in cells)]
    for row in sorted({*_may_be_headers(columns).tolist(), *longer}):
        if not _is_header_like(cells_of(row), least=1 if len(columns) == 1 else 2):
            continue
        if not is_first and all(all(map(is_blank_text, cells_of(at))) for at in range(row)):
            return True  # its title may stand above
        title, _ = _title_above(row, cells_of)
        if _keys(cells_of(row)) == first and (title is None or _NUMBERED.match(title)):
            continue
        if (not is_last and row + 2 * _BELOW >= count) or _heads_people(row, count, cells_of, title is not None):
            return True
    return False


def _cells(columns: Sequence[pa.ChunkedArray], others: Mapping[int, Sequence[str]], row: int) -> Sequence[str]:
    """Give the cells of a row, of which a row that is too long has its own."""
    return others[row] if row in others else [column[row].as_py() or "" for column in columns]


def titled(lists: Sequence[StackedList], title: str | None) -> list[StackedList]:
    """Give the first list its title, and number each list that has no title or the title of another list.

    Examples
    --------
    >>> both = [StackedList(None, 0, -1, 1, True), StackedList(None, 2, 2, 4, False)]
    >>> [one.title for one in titled(both, "Customers")]
    ['Customers', 'list 2']
    """
    titles = [as_title(title or "") or None, *(one.title for one in lists[1:])]
    alone = [one if one and titles.count(one) == 1 and one != ALL else None for one in titles]
    return [
        replace(one, title=said or f"list {number}")
        for number, (one, said) in enumerate(zip(lists, alone, strict=True), 1)
    ]


def as_title(text: str) -> str:
    """Take what adorns a title away.

    Examples
    --------
    >>> as_title("=== Suppliers: ===")
    'Suppliers'
    """
    return " ".join(text.strip(_DECORATION).split())


def paths_of(lists: Sequence[StackedList], within: str) -> tuple[str, ...]:
    """Give what chooses each of the lists."""
    return tuple(f"{within}{one.title}" for one in lists)


def chosen_list(
    lists: Sequence[StackedList], chosen: str | None, name: str, place: Callable[[int], str], within: str = ""
) -> StackedList:
    """Give the list that a person has chosen; all of them are one from the first row to the last.

    Parameters
    ----------
    lists : sequence of StackedList
        With titles.
    chosen : str or None
    name : str
        Name of the file.
    place : callable
        Says where a header stands.
    within : str, default ""
        What stands before a title in choices, such as "users.csv:" of an archive.

    Raises
    ------
    SourceError
        If nobody has chosen, or there is no such list; its ``choices`` are the titles.
    """
    titles = [str(one.title) for one in lists]
    choices = (*titles, ALL) if all(one.like_first for one in lists) else tuple(titles)
    if chosen in titles:
        return lists[titles.index(chosen)]
    if chosen in choices:
        return replace(lists[0], end=lists[-1].end)
    named = joined(
        worded("{title} (header in {place})", title=title, place=place(one.header))
        for title, one in zip(titles, lists, strict=True)
    )
    first = within + titles[0]
    every = f"; all have the same columns, and {within + ALL!r} reads them as one" if ALL in choices else ""
    wrong = "" if chosen is None else f"It has none called {chosen!r}. "
    raise SourceError(
        in_panel(
            f"{name} holds {len(lists)} lists, one below the other: {named}. {wrong}Give the one with the users "
            f"(`--records {_quoted(first)}`, or table={first!r} in Python){every}.",
            "{name} holds several lists, one below the other: {named}. Choose the one with the users.",
            name=name,
            named=named,
        ),
        choices=[within + choice for choice in choices],
    )


def no_choice(chosen: str, name: str) -> OptionError:
    """Make the error for a choice in a file that holds one list."""
    return OptionError(
        in_panel(
            f"table={chosen!r}: {name} holds one list, so there is none to choose. Leave the choice "
            "out (--records, table).",
            "{name} holds one list, so there is none to choose.",
            name=name,
        )
    )


def _quoted(title: str) -> str:
    return title if title.isalnum() else f'"{title}"'


def _keys(cells: Sequence[str]) -> list[str]:
    """Give the names of a header as they are compared, without blank ones at the end."""
    keys = [name_key(cell) for cell in cells]
    while keys and not keys[-1]:
        keys.pop()
    return keys


def _may_be_headers(columns: Sequence[pa.ChunkedArray]) -> Positions:
    """Find the rows without an email in the column of emails, of which no cell begins as a value does, and some is a
    name for identifiers."""
    counts = [int(mask_of(_has_sign(_short(column[:_LOOKED_AT]))).sum()) for column in columns]
    rows = np.arange(len(columns[0]))
    if max(counts):
        rows = np.flatnonzero(~mask_of(_has_sign(columns[counts.index(max(counts))])))
    for column in columns:
        if not len(rows):
            return rows
        cells = take_rows(column, pa.array(rows))
        is_value = mask_of(pc.match_substring_regex(cells, _VALUE)) | mask_of(
            pc.greater(pc.utf8_length(cells), _LONGEST)
        )
        rows = rows[~is_value]
    if len(rows) > _MOST:
        return rows[:0]
    named = np.zeros(len(rows), bool)
    for column in columns:
        cells = take_rows(column, pa.array(rows))
        names = [text for text in pc.unique(cells).to_pylist() if text and _kind_of(text)]
        named |= mask_of(pc.is_in(cells, value_set=pa.array(names, pa.string()), skip_nulls=True))
    return rows[named]


def _short(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Leave out long texts, which are no emails and take long to search."""
    return (
        cells
        if cells.nbytes <= _LONGEST_EMAIL * len(cells)
        else cells.filter(pc.less_equal(pc.binary_length(cells), _LONGEST_EMAIL))
    )


def _has_sign(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.match_substring(cells, "@")


def _title_above(row: int, cells_of: Cells) -> tuple[str | None, int]:
    """Give the text that stands alone in the row above, blank ones aside, and the row where it all begins."""
    above = row - 1
    while above >= 0 and all(map(is_blank_text, cells_of(above))):
        above -= 1
    filled = [cell for cell in cells_of(above) if not is_blank_text(cell)] if above >= 0 else []
    if len(filled) != 1 or is_identifier(filled[0]) or filled[0].strip().isdigit() or not as_title(filled[0]):
        return None, row
    return as_title(filled[0]), above


def _heads_people(row: int, count: int, cells_of: Cells, has_title: bool) -> bool:
    """Check that a row is a header: the kit knows several of its names, and identifiers stand below some of them."""
    cells = cells_of(row)
    if is_line_of_ids(cells) or (row + 1 < count and is_line_of_ids(cells_of(row + 1))):
        return False  # a further line of the header above
    filled = [cell for cell in cells if not is_blank_text(cell)]
    if not _is_header_like(cells, least=2 if len(cells) > 1 or not has_title else 1):
        return False
    known = count_known(filled)
    below = _rows_below(row, count, cells_of)
    for at, cell in enumerate(cells):
        kind = _kind_of(cell)
        if kind and (has_title or known == len(filled) or is_known_name(cell)) and _holds_mostly(below, at, kind):
            return True
    return False


def _is_header_like(cells: Sequence[str], *, least: int) -> bool:
    """Check that cells are no values, and that the kit knows so many of them as names at least."""
    filled = [cell for cell in cells if not is_blank_text(cell)]
    return count_known(filled) >= least and not any(re.search(_VALUE, cell) or len(cell) > _LONGEST for cell in filled)


def _rows_below(row: int, count: int, cells_of: Cells) -> list[Sequence[str]]:
    rows = (cells_of(at) for at in range(row + 1, min(count, row + 1 + 2 * _BELOW)))
    return [cells for cells in rows if sum(not is_blank_text(cell) for cell in cells) > (len(cells) > 1)][:_BELOW]


def _holds_mostly(rows: Iterable[Sequence[str]], at: int, kind: str) -> bool:
    cells = [cells[at] for cells in rows if at < len(cells) and not is_blank_text(cells[at])]
    told = [("@" in cell) if kind == "email" else sum(map(str.isdigit, cell)) > 5 for cell in cells]
    return sum(told) * 2 > len(cells)


def _kind_of(text: str) -> str | None:
    """Tell which kind of identifier a text names as a column, in its last words or as a whole."""
    if len(text) > _LONGEST:
        return None
    words = name_words(text)
    if not words or len(words) > 4 or not ABOUT_IDENTIFIERS.isdisjoint(words):
        return None
    endings = {name_key(text), *("".join(words[at:]) for at in range(len(words)))}
    return next((kind for kind, names in IDENTIFIERS.items() if not endings.isdisjoint(keys_of(names))), None)

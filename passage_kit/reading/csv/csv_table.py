"""CSV and TSV as a table of text, which arrow reads after the module has found and noted the lines that do not fit.

The module passes a row that cannot be read to arrow as a row of blanks, so that every record keeps its place. It does
not need pandas, so a file can be read while pandas still loads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from passage_kit.columns.arrays import Mask
from passage_kit.columns.spool import one_table, pieces_of
from passage_kit.errors import SourceError
from passage_kit.reading.csv.csv_dialect import Dialect, find_dialect
from passage_kit.reading.csv.csv_lines import Scan, find_lines, unquoted
from passage_kit.reading.csv.csv_piece import Misfits, PieceRead, ReadingNote, TableForm, read_pieces
from passage_kit.reading.csv.csv_quotes import Rows
from passage_kit.reading.csv.csv_spelling import Respelled, respell
from passage_kit.reading.footers import LOOKED_AT, footer_length
from passage_kit.reading.one_below_another import (
    ALL,
    StackedList,
    chosen_list,
    lists_below,
    no_choice,
    paths_of,
    titled,
)
from passage_kit.reading.text_encoding import Text, decode, line_number
from passage_kit.translations import in_panel, worded

TAIL = 1 << 16  # bytes at the end in which a footer is sought
_MOST_LONG = 50_000  # rows with more values than the header, which may be those of another list
_UNKNOWN = "?"  # stands for a line that is no row by itself


@dataclass(frozen=True, slots=True, eq=False)
class CsvTable:
    """A CSV file as read.

    Parameters
    ----------
    name, sha256, encoding, delimiter, header_line, unsure
        As of :class:`passage_kit.reading.user_list.UserList`.
    header : tuple of str
        As written.
    columns : sequence of pyarrow.ChunkedArray
        Text, a blank is null.
    rejected : numpy array of bool
        Records that cannot be read; they are nulls.
    notes : sequence of ReadingNote
    fallback : str or None
        Why the file was read in another encoding than UTF-8.
    mixed : tuple of int
        Numbers of the lines that are UTF-8 nevertheless.
    preamble : tuple of (int, str)
        Number and text of the lines above the header.
    blank : list of int
        Numbers of the empty lines.
    line_numbers : callable
        Gives the number of the first line of some records.
    spelling : tuple of str
        Ways to quote other than that of RFC 4180.
    footer : tuple of int
        Numbers of the lines of a footer below the last row.
    lists, not_read : tuple of str
        Titles of the lists that stand one below the other, if there are several, the one that was read first; and what
        is said of the others.
    """

    name: str
    header: tuple[str, ...]
    columns: Sequence[pa.ChunkedArray]
    rejected: Mask
    notes: Sequence[ReadingNote]
    fallback: str | None
    mixed: tuple[int, ...]
    preamble: tuple[tuple[int, str], ...]
    blank: list[int]
    line_numbers: Callable[[Rows], Rows]
    sha256: str
    encoding: str
    delimiter: str | None
    header_line: int
    unsure: tuple[str, ...]
    spelling: tuple[str, ...] = ()
    footer: tuple[int, ...] = ()
    lists: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()


def parse_csv(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    table: str | None = None,
    within: str = "",
    alone: bool = True,
) -> CsvTable:
    """Parse the bytes of a CSV file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file.
    encoding, delimiter, header_row, table : optional
        Default: detected. See :func:`passage_kit.reading.readers.read_source`.
    within : str, default ""
        What stands before the title of a list in messages and choices, if the file is one of an archive.
    alone : bool, default True
        False leaves the other processors to what is done meanwhile.

    Raises
    ------
    SourceError
        If the file is no text, has no header, or has several lists one below the other.

    Examples
    --------
    >>> table = parse_csv(b"email,name\\nann@example.org\\nbob@example.org,Bob,Smith\\n", "users.csv")
    >>> table.columns[0].to_pylist(), table.rejected.tolist()
    (['ann@example.org', None], [False, True])
    >>> [(note.code, note.records.tolist()) for note in table.notes if len(note.records)]
    [('row_too_long', [1]), ('row_too_short', [0])]
    """
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(_sha256_of, data)
        text = decode(data, name, encoding=encoding)
        spelled = Respelled(text.data)
        if not text.broken:  # else their places would be others
            spelled = respell(text.data, name, delimiter=delimiter, header_row=header_row)
            text = replace(text, data=spelled.data)
        whole = _parsed(text, name, delimiter=delimiter, header_row=header_row, alone=alone)
        return replace(
            _one_list(whole, text, table, within=within, alone=alone), sha256=digest.result(), spelling=spelled.said
        )


def _sha256_of(data: bytes) -> str:
    digest = hashlib.sha256()
    for piece in pieces_of(data):
        digest.update(piece)
    return digest.hexdigest()


def _parsed(text: Text, name: str, *, delimiter: str | None, header_row: int | None, alone: bool) -> CsvTable:
    """Parse a text with one header."""
    dialect = find_dialect(text.data, name, delimiter=delimiter, header_row=header_row)
    _check_header(text, dialect, name)
    end, footer = _end_of_rows(text, dialect)
    broken = np.array([at for at in text.broken if dialect.end <= at < end], np.int64) - dialect.end
    body = RowsRead.of(read_pieces(text.data, TableForm(name, dialect, broken, alone), end=end))
    check_widths(body.misfits, dialect, name)
    return CsvTable(
        name=name,
        header=dialect.names,
        columns=body.columns,
        rejected=body.rejected,
        notes=body.notes,
        fallback=text.fallback,
        mixed=text.mixed,
        preamble=dialect.preamble,
        blank=[*dialect.blank, *body.blank],
        line_numbers=body.line_numbers(dialect.last_line),
        sha256="",
        encoding=text.encoding,
        delimiter=None if dialect.single else dialect.delimiter,
        header_line=dialect.line,
        unsure=dialect.unsure,
        footer=footer,
    )


def _one_list(whole: CsvTable, text: Text, chosen: str | None, *, within: str, alone: bool) -> CsvTable:
    """Give the table as it is, or, of several lists one below the other, the chosen one."""
    found = lists_below(whole.header, whole.columns, others=long_rows(whole)) if whole.header_line else []
    if not found:
        if chosen is not None:
            raise no_choice(chosen, whole.name)
        return whole

    def line(row: int) -> int:
        return whole.header_line if row < 0 else int(whole.line_numbers(np.array([row]))[0])

    lists = titled(found, whole.preamble[-1][1] if whole.preamble else None)
    one = chosen_list(lists, chosen, whole.name, lambda row: worded("line {number}", number=line(row)), within)
    others = [other for other in lists if not one.begin <= other.begin < one.end]
    if not others:
        return replace(whole, lists=(within + ALL, *paths_of(lists, within)))
    starts = find_lines(text.data).starts
    count = len(whole.rejected)

    def lines_of(other: StackedList) -> str:
        last = line(other.end) - 1 if other.end < count else len(starts)
        return f"{other.title} (lines {line(other.begin) if other.header >= 0 else 1} to {last})"

    above = line(one.header) - 1 if one.header >= 0 else 0
    begin, end = int(starts[above]), int(starts[line(one.end) - 1]) if one.end < count else len(text.data)
    part = replace(text, data=text.data[begin:end], broken=tuple(at - begin for at in text.broken if begin <= at < end))
    header_row = whole.header_line - above if one.header < 0 else 1
    table = _parsed(part, whole.name, delimiter=whole.delimiter, header_row=header_row, alone=alone)
    titles = paths_of([one, *others], within)
    return replace(_moved_down(table, above), lists=titles, not_read=tuple(map(lines_of, others)))


def _moved_down(table: CsvTable, lines: int) -> CsvTable:
    """Count the lines of a table from the beginning of its file, so many lines above."""
    within = table.line_numbers
    return replace(
        table,
        header_line=table.header_line + lines,
        blank=[number + lines for number in table.blank],
        footer=tuple(number + lines for number in table.footer),
        line_numbers=lambda rows: within(rows) + lines,
    )


def long_rows(table: CsvTable) -> dict[int, list[str]]:
    """Split the rows with more values than the header into cells, if there are not too many."""
    notes = [note for note in table.notes if note.code == "row_too_long" and len(note.records) <= _MOST_LONG]
    cells = dict[int, list[str]]()
    for record, text in ((at, text) for note in notes for at, text in zip(note.records, note.texts or (), strict=True)):
        data = text.encode()
        found = Scan(data, table.delimiter or _UNKNOWN, find_lines(data)).record(0)
        cells[int(record)] = [unquoted(cell) for cell in found.cells] if found else [text]
    return cells


def _end_of_rows(text: Text, dialect: Dialect) -> tuple[int, tuple[int, ...]]:
    """Find where the rows end, above the footer of a report if there is one, and the numbers of the footer's lines."""
    tail = max(dialect.end, text.data.rfind(b"\n", dialect.end, max(dialect.end, len(text.data) - TAIL)) + 1)
    end, footer = end_of_last_rows(text.data[tail:], dialect)
    if not footer:
        return len(text.data), ()
    first = line_number(text.data, tail + end)
    return tail + end, tuple(first + at for at in footer)


def end_of_last_rows(data: bytes, dialect: Dialect) -> tuple[int, tuple[int, ...]]:
    """Find where the rows end in the last lines of a file, and which lines from there on a footer has, from 0.

    Examples
    --------
    >>> from passage_kit.reading.csv.csv_dialect import find_dialect
    >>> end_of_last_rows(b"ann@example.org,1\\n\\nTotal: 1\\n", find_dialect(b"email,id\\n", "users.csv"))
    (18, (1,))
    """
    lines = find_lines(data)
    last = range(max(0, len(lines) - LOOKED_AT), len(lines))
    scan, width = Scan(data, dialect.delimiter, lines), len(dialect.names)
    rows = []
    for at in last:
        record = scan.record(at, most=1) if lines.stops[at] > lines.starts[at] else None
        blank = lines.stops[at] == lines.starts[at]
        rows.append([unquoted(cell) for cell in record.cells] if record else [] if blank else [_UNKNOWN] * width)
    length = footer_length(rows, width)
    if not length:
        return len(data), ()
    shown = tuple(at for at, row in enumerate(rows[-length:]) if any(map(str.strip, row)))
    return int(lines.starts[last[-length]]), shown


def _check_header(text: Text, dialect: Dialect, name: str) -> None:
    for line in {line_number(text.data, position) for position in text.broken if position < dialect.end}:
        if line >= dialect.line:
            raise SourceError(
                in_panel(
                    f"{name}, line {line}: the header has a byte that is not UTF-8. Correct it, or give the encoding.",
                    "{name}, line {line}: the header has a byte that is not UTF-8. Correct it, or choose the encoding.",
                    name=name,
                    line=line,
                )
            )


class RowsRead(NamedTuple):
    """The rows of all pieces."""

    columns: list[pa.ChunkedArray]
    rejected: Mask
    notes: list[ReadingNote]
    misfits: Misfits
    blank: list[int]
    lines: list[int]  # of each piece
    rows: list[int]
    first: list[npt.NDArray[np.int32] | None]  # None where each line is a record

    @classmethod
    def of(cls, pieces: Iterable[PieceRead]) -> RowsRead:
        """Put the pieces together."""
        rejected, notes, blank = list[Mask](), dict[str, list[ReadingNote]](), list[int]()
        misfits, lines, rows, first = Misfits(), list[int](), list[int](), list[npt.NDArray[np.int32] | None]()

        def tables() -> Iterator[pa.Table]:
            nonlocal misfits
            for piece in pieces:
                for note in piece.notes:
                    notes.setdefault(note.code, []).append(note._replace(records=note.records + sum(rows)))
                rejected.append(piece.rejected)
                misfits = misfits.with_more(piece.misfits)
                blank.extend(piece.blank.tolist())
                lines.append(piece.lines)
                rows.append(len(piece.rejected))
                first.append(None if piece.first is None else piece.first.astype(np.int32))
                yield piece.table

        columns = one_table(tables()).columns
        said = list(map(_one_note, notes.values()))
        return cls(columns, np.concatenate(rejected), said, misfits, blank, lines, rows, first)

    def line_numbers(self, above: int) -> Callable[[Rows], Rows]:
        """Make a function that gives the first line of some records; it does not keep the file in memory."""
        lines_above = above + np.cumsum([0, *self.lines])[:-1]
        rows_above = np.cumsum([0, *self.rows])[:-1]
        firsts = self.first

        def of(rows: Rows) -> Rows:
            piece = np.searchsorted(rows_above, rows, side="right") - 1
            found: Rows = rows - rows_above[piece]
            for at, first in enumerate(firsts):
                if first is not None:
                    some = piece == at
                    found[some] = first[found[some]]
            found += lines_above[piece] + 1
            return found

        return of


def _one_note(notes: Sequence[ReadingNote]) -> ReadingNote:
    """Join the notes of one code."""
    reasons = [reason for note in notes for reason in note.reasons]
    texts = None if notes[0].texts is None else [text for note in notes for text in note.texts or ()]
    return ReadingNote(notes[0].code, np.concatenate([note.records for note in notes]), reasons, texts)


def check_widths(misfits: Misfits, dialect: Dialect, name: str) -> None:
    """Refuse a table none of whose rows has the width of the header, since the values stand under other names.

    The other rows do not count if they are blank.

    Raises
    ------
    SourceError
    """
    if misfits.rows < 2 or len(misfits.widths) > 1 or dialect.least or misfits.values != misfits.of_rows:
        return
    raise SourceError(
        worded(
            "{name}: the header has {names} names, and every row has {values} values, so they "
            "stand under the wrong names. Correct the header, or export the users again.",
            name=name,
            names=len(dialect.names),
            values=min(misfits.widths),
        )
    )

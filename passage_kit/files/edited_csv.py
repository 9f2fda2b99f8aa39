"""Small CSV files of a workspace that a person may edit, with every line checked before any is used."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from passage_kit.columns.spreadsheet_cells import as_they_were
from passage_kit.errors import PlanError
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.translations import in_panel, worded

LARGEST_ROW = 2**63 - 1
_MOST_DIGITS = len(str(LARGEST_ROW))


class EditedLine(NamedTuple):
    """A line of the file: its number and its cells by column, trimmed; a missing cell is ``""``."""

    number: int
    cells: dict[str, str]


def read_edited(path: str | Path, what: str, columns: Sequence[str], *, needed: Sequence[str]) -> list[EditedLine]:
    """Read a CSV file of the kit that a person, a spreadsheet or an editor may have changed.

    Parameters
    ----------
    path : str or pathlib.Path
        UTF-8 CSV.
    what : str
        Word for its lines in messages, such as ``corrections``.
    columns : sequence of str
        All columns of the file.
    needed : sequence of str
        Columns that the header and each line must have.

    Returns
    -------
    list of EditedLine

    Raises
    ------
    PlanError
        If the file cannot be read, lacks a column, or has a line with too few or too many values.
    """
    try:
        text = read_regular(path).decode("utf-8-sig")
        lines = list(_lines(text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = reason_of(error)
        raise PlanError(
            in_panel(
                f"The {what} in {path} cannot be read: {reason}. Save the file as a UTF-8 CSV.",
                "{path} cannot be read: {reason}. Save the file as a UTF-8 CSV.",
                path=path,
                reason=reason,
            )
        ) from error
    if not lines:
        raise PlanError(
            in_panel(
                f"The {what} in {path} cannot be read: the file is empty, expected the columns {', '.join(columns)}. "
                "Delete the file, or restore it.",
                "{path} is empty. Delete the file, or restore it.",
                path=path,
            )
        )
    header = [name.strip() for name in lines[0][1]]
    for number, cells in lines[1:] or [(1, header)]:
        problem = _problem(cells, header, columns, needed)
        if problem:
            raise PlanError(
                in_panel(
                    f"The {what} in {path}, line {number}: {problem}. Correct the line, or delete it.",
                    "{path}, line {number}: {problem}. Correct the line, or delete it.",
                    path=path,
                    number=number,
                    problem=problem,
                )
            )
    every_cell = pa.array((cell for _, cells in lines[1:] for cell in cells), pa.string())
    values = iter(as_they_were(every_cell).to_pylist())
    read = []
    for number, cells in lines[1:]:
        own = list(islice(values, len(cells)))  # all of them, also surplus blanks
        given = dict(zip(header, own, strict=False))
        read.append(EditedLine(number, {name: given.get(name, "").strip() for name in columns}))
    return read


def is_row_number(cell: str) -> bool:
    """Check that a cell is the number of a source row.

    Examples
    --------
    >>> [is_row_number(cell) for cell in ("17", "0", "-1", "99999999999999999999")]
    [True, True, False, False]
    """
    return cell.isdecimal() and len(cell) <= _MOST_DIGITS and int(cell) <= LARGEST_ROW


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the number and the cells of each line that is not empty."""
    reader, number = csv.reader(io.StringIO(text, newline=""), strict=True), 1
    for cells in reader:
        if cells:
            yield number, cells
        number = reader.line_num + 1


def _problem(cells: Sequence[str], header: Sequence[str], columns: Sequence[str], needed: Sequence[str]) -> str | None:
    if any(name not in header for name in needed):
        return worded("expected the columns {columns}", columns=", ".join(columns))
    filled = max((at for at, cell in enumerate(cells, 1) if cell), default=0)
    if filled > len(header):
        return worded("it has more values than the header; put quotes around a value that holds a comma")
    if len(cells) <= max(header.index(name) for name in needed):
        return worded("it ends too early, expected the columns {columns}", columns=", ".join(columns))
    return None

"""Search for the header of a table, with titles and comments above it, if any, but never users."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from passage_kit.columns.column_names import IDENTIFIERS, keys_of, known_keys, name_key, name_words, tidy_name
from passage_kit.columns.shapes import SHAPES

LOOKED_AT = 50  # first rows, which must hold the header
_SHAPES = {name: re.compile(pattern) for name, pattern in SHAPES.items()}
_ADDRESS = re.compile(r"(mailto:)?[^@\s]+@[^@\s]+\.[^@\s]+|[^@]*<[^@\s]+@[^@\s]+\.[^@\s]+>")
# A hash of a password anywhere in a cell, or an address in quotes within one, as in a line of code.
_OF_USERS = re.compile(
    r"(^|:)\$(2[abxy]?|argon2\w*|scrypt|pbkdf2[\w-]*|[1567yPHS]|gy|apr1)\$\S{8,}"
    r"|[\w:=({\[]\s*(?P<quote>[\"'`])[^@\s\"'`]+@[^@\s\"'`]+\.[^@\s\"'`]+(?P=quote)"
)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Header:
    """The header among some rows: its position, the number of its known names, and the doubts about it."""

    position: int
    known: int
    unsure: tuple[str, ...] = ()


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """Find the header among the first rows of a table.

    The header stands above the first row that holds an email, a phone or the hash of a password. It has more than one
    name if the table has more than one column. The first such row is the header, unless a later one has clearly more
    names that the kit knows. A row of unknown names must have a name for every column, and no cell that looks like a
    value.

    Parameters
    ----------
    rows : sequence of sequence of str
        Cells, a blank is ``""``.

    Returns
    -------
    Header or None
        The header, or None if the first rows look like users.

    Examples
    --------
    >>> find_header([["Our users", "", ""], ["Name", "E-Mail", "Plan"], ["Ann", "ann@example.org", "pro"]]).position
    1
    >>> find_header([["Ann", "ann@example.org", "pro"], ["Bob", "bob@example.org", "pro"]])
    """
    typical = typical_length(rows)
    best: Header | None = None
    comment: Header | None = None
    for position, row in enumerate(rows[:LOOKED_AT]):
        cells = [cell for cell in row if not is_blank_text(cell)]
        if is_comment(row):
            known = count_known(cells)
            comment = Header(position, known) if known and length_of(row) == typical else comment
            continue
        if (any(map(is_identifier, cells)) and (len(cells) > 1 or typical == 1)) or any(map(_OF_USERS.search, cells)):
            break
        if is_line_of_ids(cells):
            break
        known = count_known(cells)
        if not _may_be_header(row, cells, known, typical):
            continue
        if (
            best is None
            or known > best.known + 1
            or (not best.known and known and len(cells) > _filled(rows[best.position]))
        ):
            best = Header(position, known)
    return best or comment


def numbered_names(width: int) -> tuple[str, ...]:
    """Name columns that have no names.

    Examples
    --------
    >>> numbered_names(2)
    ('column 1', 'column 2')
    """
    return tuple(f"column {number}" for number in range(1, width + 1))


def typical_length(rows: Iterable[Sequence[str]]) -> int:
    """Find the commonest number of cells up to the last one that is not blank; the largest if several tie."""
    counts = Counter(length for row in rows if (length := length_of(row)))
    return max(counts, key=lambda length: (counts[length], length), default=0)


def length_of(row: Sequence[str]) -> int:
    """Count the cells up to the last one that is not blank."""
    return next((number for number in range(len(row), 0, -1) if not is_blank_text(row[number - 1])), 0)


def is_blank_text(cell: str) -> bool:
    """Check that a cell shows nothing."""
    return not tidy_name(cell)


def is_comment(row: Sequence[str]) -> bool:
    """Recognize a comment by its ``#``; a column may also be called ``#``."""
    return bool(row) and row[0].lstrip().startswith("#") and row[0].strip() != "#"


def is_identifier(cell: str) -> bool:
    """Check that a cell looks like an email or a phone, as no column name does.

    Examples
    --------
    >>> [is_identifier(cell) for cell in ("Ann <ann@example.org>", "+1 415 555 2671", "2024-01-31", "E-Mail", "@home")]
    [True, True, False, False, False]
    """
    cell = cell.strip(" \"'")
    return bool(_ADDRESS.fullmatch(cell)) or shape_of_cell(cell) == "phone"


def shape_of_cell(cell: str) -> str | None:
    """Find the first shape of a value that a cell has, if any."""
    return next((name for name, shape in _SHAPES.items() if shape.search(cell.strip())), None)


def is_known_name(name: str) -> bool:
    """Check that a name is exactly one that the kit knows for a column."""
    return name_key(name) in known_keys()


def count_known(cells: Iterable[str]) -> int:
    """Count the cells that are names which the kit knows for a column."""
    return sum(map(_is_known, map(tidy_name, cells)))


def _is_known(name: str) -> bool:
    if len(name) > _LONGEST_NAME:
        return False
    words = name_words(name)
    return is_known_name(name) or (len(words) <= 4 and not _telling_words().isdisjoint(words))


@cache
def _telling_words() -> frozenset[str]:
    """List the words that make a short column name a known one."""
    return frozenset({"id", "name"} | {key for entry in IDENTIFIERS.values() for key in keys_of(entry)})


def _may_be_header(row: Sequence[str], cells: Sequence[str], known: int, typical: int) -> bool:
    if not cells or (typical > 1 and len(cells) == 1):
        return False
    whole = len(cells) == length_of(row) and len(cells) >= typical
    if max(map(len, cells)) > _LONGEST_NAME and not (whole and known):  # a form has its questions for names
        return False
    return bool(known) or (whole and not any(map(shape_of_cell, cells)))


def _filled(row: Sequence[str]) -> int:
    return sum(not is_blank_text(cell) for cell in row)


def is_line_of_ids(cells: Iterable[str | None]) -> bool:
    """Tell whether cells are the ids of a survey's questions in JSON, as of Qualtrics: the last line of its header.

    Examples
    --------
    >>> is_line_of_ids(['{"ImportId":"recipientEmail"}', None]), is_line_of_ids(["ann@example.org", None])
    (True, False)
    """
    filled = [cell.strip() for cell in cells if cell and not is_blank_text(cell)]
    return bool(filled) and all(cell.startswith('{"ImportId"') for cell in filled)

"""Dialect of a CSV file: its delimiter and the line of its header."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.csv.columns_in_one import sign_between, way_out
from passage_kit.reading.csv.csv_lines import Scan, find_lines, unquoted
from passage_kit.reading.csv.csv_quotes import Lines
from passage_kit.reading.header import (
    Header,
    count_known,
    find_header,
    is_blank_text,
    is_known_name,
    length_of,
    numbered_names,
    typical_length,
)
from passage_kit.reading.known_layouts import recognise_headerless
from passage_kit.translations import Worded, gettext, in_panel, told_text, worded

DELIMITERS = (",", ";", "\t", "|", "\x01", "\x1f")  # the last two are those of Hive and of ASCII
_NONE = "\x02"  # splits nothing: stands for the delimiter of a file with a single column
_SAMPLE_BYTES, _SAMPLE_ROWS = 1 << 18, 300
_EXCEL = re.compile(rb'"?sep=([^"\r\n])"?')
_CLOSE = 0.1  # the choice between two delimiters nearer than this is doubtful
_HALF = 0.5  # of the rows


@dataclass(frozen=True, slots=True)
class Dialect:
    """Form of a CSV file.

    ``names`` is the header as written; ``line`` its number, ``last_line`` the number of its last line, ``end`` the
    position where the rows begin. Of a file without a header, ``line`` is 0, and a row has ``least`` values at least.
    ``preamble`` has number and text of every line above it, ``blank`` the numbers of the
    empty ones.
    """

    delimiter: str
    names: tuple[str, ...]
    line: int
    last_line: int
    end: int
    preamble: tuple[tuple[int, str], ...] = ()
    blank: tuple[int, ...] = ()
    unsure: tuple[str, ...] = ()
    least: int = 0

    @property
    def single(self) -> bool:
        """Absence of a delimiter: the file has a single column."""
        return self.delimiter == _NONE


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    last: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Guess:
    """The first rows as one delimiter splits them."""

    delimiter: str
    rows: list[_Row]
    header: Header | None

    @property
    def cells(self) -> list[tuple[str, ...]]:
        return [row.cells for row in self.rows]

    @property
    def width(self) -> int:
        return len(self.rows[self.header.position].cells) if self.header else 0

    @property
    def known(self) -> int:
        return self.header.known if self.header else 0

    @property
    def fit(self) -> float:
        """Share of the rows below the header with as many cells; blank cells at the end do not count."""
        below = self.cells[self.header.position + 1 :] if self.header else []
        fitting = sum(len(row) >= self.width >= length_of(row) for row in below)
        return fitting / len(below) if below else 1.0

    @property
    def qualifies(self) -> bool:
        return self.width > 1 and (self.fit >= 0.5 or self.known > 1)

    def from_line(self, line: int) -> list[tuple[str, ...]]:
        """Give the rows from a line on."""
        return [row.cells for row in self.rows if row.line >= line]

    @property
    def splits_most(self) -> bool:
        """Sign of a delimiter: it splits most of the lines, and all into the same number of cells."""
        typical = typical_length(self.cells)
        return typical > 1 and sum(length_of(row) == typical for row in self.cells) * 2 >= len(self.rows)


def find_dialect(data: bytes, name: str, *, delimiter: str | None = None, header_row: int | None = None) -> Dialect:
    """Find the delimiter and the header of a CSV file.

    The delimiter is the one that gives a header with names the kit knows and rows with as many cells as the header.
    Lines above the header are a preamble, which never holds a user: see :func:`passage_kit.reading.header.find_header`.

    Parameters
    ----------
    data : bytes
        The file as UTF-8.
    name : str
        Name of the file, for messages.
    delimiter : str, optional
        One ASCII character. Default: detected among comma, semicolon, tab, vertical bar, ``\\x01`` and
        ``\\x1f``.
    header_row : int, optional
        Number of the header's line, from 1; 0 if there is no header. Default: detected. A file without a header is
        read unasked if it has the fixed shape of a known layout.

    Raises
    ------
    SourceError
        If the file is empty or has no header.
    OptionError
        If the delimiter is not one character, or there is no such line.

    Examples
    --------
    >>> dialect = find_dialect(b"Our users\\n\\nE-Mail;Name\\nann@example.org;Smith, Ann\\n", "users.csv")
    >>> dialect.delimiter, dialect.names, dialect.line, dialect.preamble
    (';', ('E-Mail', 'Name'), 3, ((1, 'Our users'),))
    """
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0'):
        raise OptionError(f"delimiter={delimiter!r} is not one ASCII character. Give one such as ';' or '\\t'.")
    sample = _sample(data)
    lines = find_lines(sample)
    if not len(lines) or not any(
        sample[start:stop].strip() for start, stop in zip(lines.starts, lines.stops, strict=True)
    ):
        raise SourceError(worded("{name} is empty. Export the users again.", name=name))
    own = _EXCEL.fullmatch(sample[: lines.stops[0]])
    if own and delimiter is None and own[1].isascii():
        delimiter = own[1].decode()
    above = 1 if own else 0
    if header_row and not above < header_row <= len(lines):
        raise OptionError(
            in_panel(
                f"header_row={header_row}: {name} has no such line, or it is too far down. Give the header's line.",
                "{name} has no line {header_row}, or it is too far down. Choose the line of the header.",
                header_row=header_row,
                name=name,
            )
        )
    possible = (delimiter,) if delimiter else [char for char in DELIMITERS if char.encode() in sample]
    readings = [_read(sample, lines, char, above, header_row or None) for char in possible]
    if not header_row and (headerless := _headerless(readings, sample, lines, above, asked=header_row == 0)):
        return headerless
    if signs := _two_signs(readings):
        raise SourceError(_divided_otherwise(name, *signs))
    reading, unsure = (readings[0], ()) if delimiter else _chosen(readings, sample, lines, above, header_row)
    if reading.header is None:
        raise SourceError(_no_header(name, reading, lines, header_row))
    if delimiter is None and reading.delimiter == _NONE:
        _check_one_column(name, [cells[0] for cells in reading.cells[reading.header.position :]])
    return _dialect(reading, sample, lines, above, unsure)


def _sample(data: bytes) -> bytes:
    """Take whole lines from the start of the file."""
    if len(data) <= _SAMPLE_BYTES:
        return data
    cut = max(data.rfind(b"\n", 0, _SAMPLE_BYTES), data.rfind(b"\r", 0, _SAMPLE_BYTES))
    return data[: cut + 1] if cut >= 0 else data


def _read(sample: bytes, lines: Lines, delimiter: str, above: int, header_row: int | None) -> _Guess:
    scan, rows = Scan(sample, delimiter, lines), list[_Row]()
    line = above if header_row is None else header_row - 1
    while line < len(lines) and len(rows) < _SAMPLE_ROWS:
        start, stop = int(lines.starts[line]), int(lines.stops[line])
        record = scan.record(line) if stop > start else None
        if record is not None:
            rows.append(_Row(line, record.last, tuple(map(unquoted, record.cells))))
        elif stop > start:  # unreadable, or a title
            rows.append(_Row(line, line, (sample[start:stop].decode("utf-8", "replace"),)))
        line = record.last + 1 if record else line + 1
    if header_row is None:
        return _Guess(delimiter, rows, find_header([row.cells for row in rows]))
    given = Header(0, count_known(rows[0].cells)) if rows and rows[0].line == header_row - 1 else None
    return _Guess(delimiter, rows, given)


def _two_signs(readings: Sequence[_Guess]) -> tuple[str, str] | None:
    """Find the sign between the names of a header and the one between the values below it, if these are two."""
    if any(one.width > 1 and one.fit >= _HALF for one in readings):
        return None
    for one, other in permutations(readings, 2):
        divided = next((row for row in one.rows if len(row.cells) > 1 or is_known_name(row.cells[0])), None)
        if divided is None:
            continue
        (names, *own), (whole, *below) = one.from_line(divided.line), other.from_line(divided.line) or [()]
        fit, fit_of_other = (_share_of(width, rows) for width, rows in ((len(names), own), (len(names), below)))
        if len(names) > 1 and len(whole) == 1 and len(below) > 1 and fit < _HALF <= fit_of_other:
            return one.delimiter, other.delimiter
    return None


def _share_of(width: int, rows: Sequence[Sequence[str]]) -> float:
    return sum(len(row) == width for row in rows) / max(len(rows), 1)


def _divided_otherwise(name: str, of_header: str, of_rows: str) -> str:
    spelled = _spelled()
    return worded(
        "{name}: the sign between the names of the header is “{one}”, and the sign between the values below it is "
        "“{other}”. Write “{other}” between the names in the file, too, or export the users again.",
        name=name,
        one=spelled[of_header],
        other=spelled[of_rows],
    )


def _spelled() -> dict[str, Worded]:
    """Give the names of delimiters."""
    return {
        ",": worded("comma"),
        ";": worded("semicolon"),
        "\t": worded("tab"),
        "|": worded("vertical bar"),
        "\x01": worded("control sign (^A)"),
        "\x1f": worded("unit separator"),
    }


def _chosen(
    readings: Sequence[_Guess], sample: bytes, lines: Lines, above: int, header_row: int | None
) -> tuple[_Guess, tuple[str, ...]]:
    """Choose the best reading, and list the doubts about it."""
    ranked = sorted(filter(lambda one: one.qualifies, readings), key=lambda one: (-one.known, -one.fit, -one.width))
    if ranked and ranked[0].known:
        return _best(ranked)
    single = _read(sample, lines, _NONE, above, header_row)
    alone = single.cells[single.header.position][0] if single.header else ""
    if ranked and not is_known_name(alone):
        return _best(ranked)
    splitting = next((one for one in readings if one.splits_most), None)
    if splitting is None:
        return single, ()
    if single.known or header_row is not None:
        return single, (
            gettext(
                "There is one column, but this sign stands in most of the lines: {sign}.",
                sign=told_text(_spelled()[splitting.delimiter]),
            ),
        )
    return replace(single, header=None), ()


def _best(ranked: Sequence[_Guess]) -> tuple[_Guess, tuple[str, ...]]:
    """Choose the first reading, and list the others that are nearly as good."""
    best, *others = ranked
    close = [one for one in others if one.known == best.known and best.fit - one.fit < _CLOSE]
    spelled = {sign: told_text(words) for sign, words in _spelled().items()}
    return best, tuple(
        gettext(
            "The delimiter may be “{one}” instead of “{best}”.",
            one=spelled[one.delimiter],
            best=spelled[best.delimiter],
        )
        for one in close
    )


def _check_one_column(name: str, cells: Sequence[str]) -> None:
    """Refuse a list whose columns were read as one."""
    sign = sign_between(cells[0], cells[1:])
    if sign is not None:
        raise SourceError(worded("{name} would be read as one column: {way_out}", name=name, way_out=way_out(sign)))


def _no_header(name: str, reading: _Guess, lines: Lines, header_row: int | None) -> str:
    if header_row is not None:
        return in_panel(
            f"{name}, line {header_row}: found no column names there. Give the line of the header.",
            "{name}, line {header_row}: found no column names there. Choose the line of the header.",
            name=name,
            header_row=header_row,
        )
    line = reading.rows[0].line + 1 if reading.rows else 1
    return in_panel(
        f"{name} has no header: line {line} looks like a user, expected the names of the columns. Put a line with "
        "the names, such as email and phone, above the first user; if there is one, give its number as header_row. "
        "To read the file as it is, say that it has none (`--no-header`, or header_row=0 in Python).",
        "{name} has no header: line {line} looks like a user, expected the names of the columns. Choose the line that "
        "has them, or “none: there is no header”.",
        name=name,
        line=line,
    )


def _headerless(readings: Sequence[_Guess], sample: bytes, lines: Lines, above: int, *, asked: bool) -> Dialect | None:
    """Give the dialect of a file without a header: of a fixed shape, or, if a person says that it has none, of any."""
    if above >= len(lines):
        return None
    begin = int(lines.starts[above])
    known = _fixed_shape(readings, begin)
    if known is not None or not asked:
        return known
    return _numbered(readings or [_read(sample, lines, _NONE, above, None)], begin)


def _fixed_shape(readings: Sequence[_Guess], begin: int) -> Dialect | None:
    """Give the dialect of a file without a header whose rows have the shape of a known layout."""
    for reading in readings:
        layout = recognise_headerless(reading.cells)
        if layout is not None and layout.headerless is not None:
            shape = layout.headerless
            width = max(len(shape.header), *map(len, reading.cells))
            names = (*shape.header, *numbered_names(width)[len(shape.header) :])
            return Dialect(reading.delimiter, names, 0, 0, begin, least=shape.least)
    return None


def _numbered(readings: Sequence[_Guess], begin: int) -> Dialect:
    """Give the dialect of a file without a header: the delimiter that splits most rows into as many cells."""
    widths = [Counter(map(len, reading.cells)).most_common(1)[0] for reading in readings]
    (width, _), best = max(zip(widths, readings, strict=True), key=lambda entry: (entry[0][0] > 1, entry[0][1]))
    delimiter = best.delimiter if width > 1 else _NONE
    return Dialect(delimiter, numbered_names(width), 0, 0, begin, least=width)


def _dialect(reading: _Guess, sample: bytes, lines: Lines, above: int, unsure: tuple[str, ...]) -> Dialect:
    assert reading.header is not None  # noqa: S101 - for the type checker
    row = reading.rows[reading.header.position]
    below = reading.cells[reading.header.position + 1 :]
    names = row.cells
    while len(names) > 1 and is_blank_text(names[-1]) and all(len(cells) < len(names) for cells in below):
        names = names[:-1]  # a delimiter at the end of the header alone
    skipped = [(line + 1, sample[lines.starts[line] : lines.stops[line]]) for line in range(above, row.line)]
    preamble = tuple((number, text.decode("utf-8", "replace")) for number, text in skipped if text)
    blank = tuple(number for number, text in skipped if not text)
    at = row.line + 1
    if not reading.known:
        unsure += (
            gettext("No column name in line {line} is one that the kit knows; check that it is the header.", line=at),
        )
    if any(sum(not is_blank_text(cell) for cell in cells) > 1 for cells in reading.cells[: reading.header.position]):
        unsure += (
            gettext("Lines above the header in line {line} have several values; check that none is a user.", line=at),
        )
    if reading.fit < 0.5:
        unsure += (gettext("Most rows have another number of values than the header in line {line}.", line=at),)
    end = int(lines.starts[row.last + 1]) if row.last + 1 < len(lines) else len(sample)
    return Dialect(reading.delimiter, names, row.line + 1, row.last + 1, end, preamble, blank, unsure)

"""JSON text as Python objects, with numbers as they are written and every pair of a repeated key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from passage_kit.columns.nested import pairs_of
from passage_kit.errors import SourceError
from passage_kit.reading.text_encoding import Text, line_number
from passage_kit.translations import in_panel, worded

_AS_WRITTEN: dict[str, Any] = {
    "parse_int": str, "parse_float": str, "parse_constant": str, "object_pairs_hook": pairs_of
}  # fmt: skip
_DECODER = json.JSONDecoder(**_AS_WRITTEN)
_COMMENTS = re.compile(r"(?:[\s\ufeff]+|//[^\n\r]*|/\*.*?\*/)+", re.S)
_TABLE_NAME = re.compile(r"^//\s*(\S+\.\S+)\s*$", re.M)
_BETWEEN = re.compile(
    r"[\s\ufeff]*,?[\s\ufeff]*"
)  # documents one after the other; the mark of JSON sequences is a space
_LOOKS_AHEAD = 16  # letters from the place of an error that may tell what it is, such as those of -Infinity
BROKEN = object()  # stands for a line that is not JSON


@dataclass(frozen=True, slots=True)
class JsonLines:
    """The lines of NDJSON: their numbers and entries, the texts of those that are no objects, and the blank."""

    numbers: list[int]
    entries: list[Any]
    raw: dict[int, str]
    blank: list[int]


def parse(text: Text, name: str) -> Any:
    """Parse one JSON document, or several one after the other as if they stood in a list.

    Raises
    ------
    SourceError
        If the text is not JSON; the message has the line and the column.
    """
    try:
        written = text.data.decode("utf-8")
        tables = commented_tables(written)
        return _one_or_several(written) if tables is None else tables
    except UnicodeDecodeError as error:
        where = line_number(text.data, error.start)
        raise SourceError(
            in_panel(
                f"{name} cannot be read: line {where} has a byte that is not UTF-8 (0x{text.data[error.start]:02x}). "
                "Correct that line, or give the encoding.",
                "{name} cannot be read: line {where} has a byte that is not UTF-8. Correct that line, "
                "or choose the encoding.",
                name=name,
                where=where,
            )
        ) from error
    except json.JSONDecodeError as error:
        raise SourceError(
            worded(
                "{name} cannot be read as JSON: line {line}, column {column}: {why}. Correct it, or export it again.",
                name=name,
                line=error.lineno,
                column=error.colno,
                why=error.msg,
            )
        ) from error
    except RecursionError as error:
        raise too_deep(name) from error


def commented_tables(text: str) -> Any:
    """Parse a dump whose tables stand below comments with their names; None if the text does not begin with a comment.

    Older versions of phpMyAdmin write so, which is not JSON.

    Examples
    --------
    >>> commented_tables("/* Export */\\n// Database 'app'\\n// app.users\\n[{}]\\n// app.posts\\n[]")
    {'app.users': [{}], 'app.posts': []}
    >>> commented_tables("// by hand\\n[{}]")
    [{}]
    """
    if not text.lstrip("\ufeff \t\r\n").startswith(("//", "/*")):
        return None
    found: list[tuple[str, Any]] = []
    at = 0
    while True:
        comments = _COMMENTS.match(text, at)
        at, above = (comments.end(), comments.group()) if comments else (at, "")
        if at == len(text):
            break
        content, at = _DECODER.raw_decode(text, at)
        names = _TABLE_NAME.findall(above)
        found.append((names[-1] if names else f"table {len(found) + 1}", content))
    return found[0][1] if len(found) == 1 else pairs_of(found)


def documents(text: str) -> list[Any] | None:
    """Parse documents one after the other, with or without commas between; None if the text is something else.

    Examples
    --------
    >>> documents('{"id": 1},\\n{\\n  "id": 2\\n}\\n')
    [{'id': '1'}, {'id': '2'}]
    >>> documents('[{"id": 1}]\\n[{"id": 2}]')
    [{'id': '1'}, {'id': '2'}]
    >>> documents('{"id": 1} {"id": 2')
    """
    found: list[Any] = []
    at = _behind(text, 0)
    while at < len(text):
        try:
            content, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError:
            return None
        found.append(content)
        at = _behind(text, at)
    if len(found) > 1 and all(isinstance(content, list) for content in found):
        return [entry for entries in found for entry in entries]
    return found if len(found) > 1 and all(isinstance(content, dict) for content in found) else None


def _behind(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _one_or_several(text: str) -> Any:
    try:
        return _loads(text)
    except json.JSONDecodeError:
        if (several := documents(text)) is None:
            raise
        return several


def too_deep(name: str) -> SourceError:
    """Make the error for a file that is nested too deeply."""
    return SourceError(
        worded("{name} cannot be read as JSON: it is nested too deeply. Export the users as a flat list.", name=name)
    )


def parse_lines(data: bytes, *, by_line: bool) -> JsonLines | None:
    """Parse the lines of NDJSON; None if the text is one document.

    Parameters
    ----------
    data : bytes
        UTF-8.
    by_line : bool
        True if the file's name says that it is NDJSON.

    Examples
    --------
    >>> parse_lines(b'{"id": 1}\\n\\n{"id": 2}\\n', by_line=False)
    JsonLines(numbers=[1, 3], entries=[{'id': '1'}, {'id': '2'}], raw={}, blank=[2])
    >>> parse_lines(b'{"id":\\n 1}', by_line=False)
    """
    if not by_line and data.lstrip()[:1] == b"[" and not _two_lists(data):
        return None
    if data.lstrip()[:2] in (b"//", b"/*"):
        return None
    lines = lines_of(data)
    entries = lines.entries
    structured = sum(isinstance(entry, dict | list) for entry in entries)
    if len(entries) == 1 and entries[0] is not BROKEN:
        return None  # a document in one line is a document
    if not by_line and not (isinstance(entries[0], dict | list) or structured * 2 > len(entries)):
        return None
    is_document = BROKEN in entries and _is_written_over_lines(data)
    return lines if structured and not is_document else None


def breaks_off(text: str, *, is_all: bool) -> bool:
    """Tell whether documents one after the other end in an error, whatever stands below a text.

    Parameters
    ----------
    text : str
        Lines of a file.
    is_all : bool
        Whether nothing stands below them.

    Examples
    --------
    >>> lines = '{"id": 1}\\n{"id": 2,\\n{"id": 3, "name": "Ann"}\\n'
    >>> breaks_off(lines, is_all=False), breaks_off('{"id": 1},\\n{"id": 2', is_all=False)
    (True, False)
    """
    at = _behind(text, 0)
    while at < len(text):
        try:
            _, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            is_there = error.pos < len(text) - _LOOKS_AHEAD and not error.msg.startswith("Unterminated")
            return is_all or is_there
        at = _behind(text, at)
    return False


def _is_written_over_lines(data: bytes) -> bool:
    """Tell whether the text is JSON where its lines are not."""
    try:
        return parsed_line(data) is not BROKEN or documents(data.decode("utf-8")) is not None
    except (UnicodeDecodeError, RecursionError):
        return False


def _two_lists(data: bytes) -> bool:
    """Tell whether the first two lines are a list each."""
    first, _, rest = data.strip().partition(b"\n")
    if not rest:
        return False
    second = rest.lstrip().partition(b"\n")[0]
    return isinstance(parsed_line(first.strip()), list) and isinstance(parsed_line(second.strip()), list)


def lines_of(data: bytes) -> JsonLines:
    """Parse each line for itself.

    Examples
    --------
    >>> lines_of(b'{"id": 1}\\n\\nid\\n').raw
    {1: 'id'}
    """
    lines = JsonLines([], [], {}, [])
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", data) if b"\r" in data else data.split(b"\n"), 1):
        if not line.strip():
            lines.blank.append(number)
            continue
        entry = parsed_line(line)
        if not isinstance(entry, dict):
            lines.raw[len(lines.entries)] = line.decode("utf-8", "backslashreplace")
        lines.numbers.append(number)
        lines.entries.append(entry)
    if lines.blank and data[-1:] in b"\r\n":  # what follows the last line ending is no line
        lines.blank.pop()
    return lines


def parsed_line(line: bytes) -> Any:
    """Parse a line; ``BROKEN`` if it is not JSON.

    Examples
    --------
    >>> parsed_line(b'{"id": 1.0}'), parsed_line(b'{"id') is BROKEN
    ({'id': '1.0'}, True)
    """
    try:
        return _loads(line.decode("utf-8"))
    except (ValueError, RecursionError):  # not UTF-8 is a ValueError, too
        return BROKEN


def _loads(text: str) -> Any:
    """Parse JSON, and keep every number as it is written."""
    if text.startswith("\ufeff"):
        return json.loads(text)  # raises the error that says so
    return _DECODER.decode(text)

"""JSON as rows of text: an array of objects, an object around one, or an object a line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from passage_kit.columns.characters import whole_characters
from passage_kit.columns.plain_text import flatten, text_array
from passage_kit.columns.users_frame import source_rows
from passage_kit.errors import SourceError
from passage_kit.findings.findings import make_findings
from passage_kit.reading.text_encoding import Text, decode, line_number
from passage_kit.reading.user_list import Place, UserList, blank_lines, build_source, other_encoding

_MOST_COLUMNS, _MOST_CELLS = 2_000, 50_000_000
_BROKEN = object()  # stands for a line that is not JSON


def read_json(data: bytes, name: str, *, encoding: str | None = None, by_line: bool = False) -> UserList:
    """Read the bytes of a JSON file.

    Numbers stay as they are written. Nested objects become columns with dots in their names. An entry that is not an
    object is rejected as ``line_unreadable``, and so is a line of NDJSON that is not JSON.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file.
    encoding : str, optional
        Encoding of the file. Default: detected.
    by_line : bool, default False
        Read the file as NDJSON.

    Returns
    -------
    UserList

    Raises
    ------
    SourceError
        If the file is not JSON, or does not hold one list of objects.

    Examples
    --------
    >>> data = b'{"users": [{"id": 1.0, "name": {"first": "Ann"}}, {"id": 10000000000000000001}]}'
    >>> read_json(data, "users.json").users
                                  id name.first
    source_row
    1                            1.0        Ann
    2           10000000000000000001       <NA>
    """
    text = decode(data, name, encoding=encoding)
    if not text.data.strip():
        raise SourceError(f"{name} is empty. Export the users again.")
    lines = None if text.data.lstrip().startswith(b"[") else _parsed_lines(text.data, by_line)
    if lines is None:
        entries = _list_of_users(_parsed(text, name), name)
        place, blank = Place("entry"), list[int]()
        raw = [_as_written(entry) for entry in entries]
    else:
        numbers, entries, raw, blank = lines
        place = Place("line", lambda rows: np.array(numbers, np.int64)[rows])
    if not any(isinstance(entry, dict) and entry for entry in entries):
        raise SourceError(
            f"{name} has no users: found no object with a user in it, expected a list of them. Export it again."
        )
    records = [entry for entry in entries if isinstance(entry, dict)]
    _check_width(len(set().union(*records)), len(entries), name)  # before they are laid out
    try:
        columns = flatten([entry if isinstance(entry, dict) else {} for entry in entries])
        _check_width(len(columns), len(entries), name)
    except RecursionError as error:
        raise _too_deep(name) from error
    rejected = np.array([not isinstance(entry, dict) for entry in entries])
    at = np.flatnonzero(rejected).tolist()
    why = pa.array(["not JSON" if entries[number] is _BROKEN else "not an object" for number in at], pa.string())
    unreadable = make_findings(
        source_rows(len(entries))[at],
        field=None,
        value=[whole_characters(raw[number]) for number in at],
        code="line_unreadable",
        argument=place.say(np.array(at, np.int64), why),
    )
    return build_source(
        [text_array(texts) for _, texts in columns],
        [path for path, _ in columns],
        name=name,
        kind="json",
        findings=[other_encoding(text.fallback), blank_lines(blank), unreadable],
        rejected=rejected,
        place=place,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=text.encoding,
    )


class _Repeated(dict[str, Any]):
    """An object with a repeated key, which keeps all of its pairs."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def items(self) -> Any:
        return self._pairs


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    return entry if len(entry) == len(pairs) else _Repeated(pairs)


def _loads(text: str) -> Any:
    """Parse JSON, and keep every number as it is written."""
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_object)


def _parsed(text: Text, name: str) -> Any:
    try:
        return _loads(text.data.decode("utf-8"))
    except UnicodeDecodeError as error:
        where = line_number(text.data, error.start)
        raise SourceError(
            f"{name} cannot be read: line {where} has a byte that is not UTF-8 (0x{text.data[error.start]:02x}). "
            "Mend that line, or give the encoding."
        ) from error
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{name} cannot be read as JSON: line {error.lineno}, column {error.colno}: {error.msg}. Correct it, or "
            "export it again."
        ) from error
    except RecursionError as error:
        raise _too_deep(name) from error


def _too_deep(name: str) -> SourceError:
    """Make the error for JSON with more levels than can be followed."""
    return SourceError(f"{name} cannot be read as JSON: it is nested too deeply. Export the users as a flat list.")


def _check_width(columns: int, rows: int, name: str) -> None:
    if columns > _MOST_COLUMNS and columns * rows > _MOST_CELLS:
        raise SourceError(
            f"{name} has {columns:,} names for the values of {rows:,} entries, so its names are data themselves. "
            "Export the users as a list of objects with the same names."
        )


def _parsed_lines(data: bytes, by_line: bool) -> tuple[list[int], list[Any], list[str], list[int]] | None:
    """Parse the lines of NDJSON: their numbers, objects and texts, and the numbers of blank lines; else None."""
    numbers: list[int] = []
    entries: list[Any] = []
    raw: list[str] = []
    blank: list[int] = []
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", data), 1):
        if not line.strip():
            blank.append(number)
            continue
        numbers.append(number)
        raw.append(line.decode("utf-8", "backslashreplace"))
        entries.append(_parsed_line(line))
    objects = sum(isinstance(entry, dict) for entry in entries)
    if not by_line and (len(entries) == 1 or not (isinstance(entries[0], dict) or objects * 2 > len(entries))):
        return None  # one object, in one line or several
    end = len(blank) if data[-1:] not in b"\r\n" else len(blank) - 1  # what follows the last line ending is no line
    return numbers, entries, raw, blank[:end]


def _parsed_line(line: bytes) -> Any:
    try:
        return _loads(line.decode("utf-8"))
    except (ValueError, RecursionError):  # not UTF-8 is a ValueError, too
        return _BROKEN


def _list_of_users(content: Any, name: str) -> Sequence[Any]:
    if isinstance(content, list):
        return content
    found = _lists_of_objects(content)
    if len(found) > 1:
        raise SourceError(
            f"{name} holds several lists of objects ({', '.join(sorted(found))}), expected one. "
            "Save the list of users alone."
        )
    if found:
        return next(iter(found.values()))
    return [content] if isinstance(content, dict) and [] not in content.values() else []


def _lists_of_objects(content: Any) -> dict[str, list[Any]]:
    """Find the lists of objects by their path, without looking into lists."""
    return dict(_lists("", content)) if isinstance(content, dict) else {}


def _lists(prefix: str, content: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for key, value in content.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield f"{prefix}{key}", value
        elif isinstance(value, dict):
            yield from _lists(f"{prefix}{key}.", value)


def _as_written(entry: Any) -> str:
    return "" if isinstance(entry, dict) else entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)

"""JSON as rows of text: the people of the file, one a row."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.columns.characters import whole_characters
from passage_kit.columns.nested import address_kind, is_object, named_values, nested_of
from passage_kit.columns.plain_text import flatten, text_array
from passage_kit.columns.users_frame import source_rows
from passage_kit.errors import SourceError
from passage_kit.findings.findings import make_findings, no_findings
from passage_kit.reading.json.chosen_list import FileLists, counted
from passage_kit.reading.json.crowded import check_one_user
from passage_kit.reading.json.declared_totals import more_declared
from passage_kit.reading.json.empty_lists import empty_lists
from passage_kit.reading.json.parsing import BROKEN, JsonLines, parse, parse_lines, too_deep
from passage_kit.reading.json.people_lists import PeopleList, people_lists
from passage_kit.reading.json.person_likeness import SURE, key_level
from passage_kit.reading.known_layouts import recognise_envelope
from passage_kit.reading.text_encoding import decode
from passage_kit.reading.user_list import Place, UserList, blank_lines, build_source, other_encoding
from passage_kit.translations import worded

MOST_COLUMNS, _MOST_CELLS = 2_000, 50_000_000
BEGINNING = 500  # bytes of a file that may name the system
MEMBER = "key"  # column with the names of the members of a map of people


def read_json(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    by_line: bool = False,
    records: str | None = None,
    within: str = "",
) -> UserList:
    """Read the bytes of a JSON file.

    Numbers stay as they are written. The people are found by what the lists and maps of the file hold, and pages are
    joined. Nested objects become columns with dots in their names. An entry that is not an object is rejected as
    ``line_unreadable``, and so is a line of NDJSON that is not JSON.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file.
    encoding : str, optional
        Encoding of the file. Default: detected.
    by_line : bool, default False
        Read the file as NDJSON, even if its first line alone could be a document.
    records : str, optional
        Path of the list of people, such as ``data.users``; ``.`` is the file itself. Default: as found.
    within : str, optional
        What stands before such a path in messages and choices, if the file is one of an archive.

    Returns
    -------
    UserList

    Raises
    ------
    SourceError
        If the file is not JSON or holds no people, or if several lists could be the people.

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
        raise SourceError(worded("{name} is empty. Export the users again.", name=name))
    lines = parse_lines(text.data, by_line=by_line)
    content = parse(text, name) if lines is None else lines.entries
    try:
        found = people_lists(content)
        lists = FileLists(found, name, within, recognise_envelope(content))
        chosen = lists.named(records) if records else lists.likeliest(empty_lists(content))
        if chosen.single:
            check_one_user(chosen.entries, name)
        people = [entry if is_object(entry) else {} for entry in chosen.entries]
        _check_width(len(set().union(*people)), len(people), name)  # before they are laid out
        columns = flatten(people)
        _check_width(len(columns), len(people), name)
    except RecursionError as error:
        raise too_deep(name) from error
    rows = Entries.of(chosen, lines, name)
    if chosen.member_names is not None:
        columns.insert(0, (MEMBER, [member or None for member in chosen.member_names]))
    return build_source(
        [text_array(texts) for _, texts in columns],
        [path for path, _ in columns],
        name=name,
        kind="json",
        findings=[
            other_encoding(text.fallback, text.mixed),
            blank_lines(lines.blank if lines else []),
            rows.unreadable(),
            _set_apart(found, chosen),
            _more_declared(content, len(chosen.entries)),
            people_inside_people(people_inside(chosen.entries)),
        ],
        rejected=rows.rejected,
        place=rows.place,
        beginning=text.data[:BEGINNING].decode("utf-8", "replace"),
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=text.encoding,
        lists=lists.paths,
    )


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries that become rows: their place in the file, and those that are no objects.

    Examples
    --------
    >>> from passage_kit.reading.json.parsing import lines_of
    >>> Entries.of_lines(lines_of(b'{"id": 7}\\n\\nid\\n'), above=40).unreadable()["argument"].tolist()
    ['line 43: not JSON']
    """

    entries: list[Any]
    place: Place
    rejected: np.ndarray[Any, np.dtype[np.bool_]]
    raw: dict[int, str] | None

    @classmethod
    def of(cls, chosen: PeopleList, lines: JsonLines | None, name: str) -> Entries:
        """Give the entries of the chosen list.

        Raises
        ------
        SourceError
            If lines of other lists are no JSON, so that there may be entries of this one in them.
        """
        if lines is None:
            return cls(chosen.entries, Place("entry"), ~_are_objects(chosen.entries), None)
        if len(chosen.entries) == len(lines.entries) and chosen.path == ".":
            return cls.of_lines(lines)
        broken = [number for number, entry in zip(lines.numbers, lines.entries, strict=True) if entry is BROKEN]
        if broken:
            raise SourceError(
                worded(
                    "{name} cannot be read: line {line} is not JSON, so the users in it would be lost. "
                    "Correct the line, or export the users again.",
                    name=name,
                    line=broken[0],
                )
            )
        return cls(chosen.entries, Place("entry"), ~_are_objects(chosen.entries), None)

    @classmethod
    def of_lines(cls, lines: JsonLines, above: int = 0) -> Entries:
        """Give an entry a line, below so many lines of the file."""
        numbers = np.array(lines.numbers, np.int64) + above
        return cls(lines.entries, Place("line", lambda rows: numbers[rows]), ~_are_objects(lines.entries), lines.raw)

    def unreadable(self) -> pd.DataFrame:
        """Report the entries that are no objects."""
        at = np.flatnonzero(self.rejected).tolist()
        why = ["not JSON" if self.entries[number] is BROKEN else "not an object" for number in at]
        raw = self.raw
        return make_findings(
            source_rows(len(self.entries))[at],
            field=None,
            value=[
                whole_characters(_as_written(self.entries[number]) if raw is None else raw[number]) for number in at
            ],
            code="line_unreadable",
            argument=self.place.say(np.array(at, np.int64), pa.array(why, pa.string())),
        )


def _are_objects(entries: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.fromiter(map(is_object, entries), bool, len(entries))


def _check_width(columns: int, rows: int, name: str) -> None:
    if columns > MOST_COLUMNS and columns * rows > _MOST_CELLS:
        raise SourceError(
            f"{name} has {columns:,} names for the values of {rows:,} entries, so its names are data themselves. "
            "Export the users as a list of objects with the same names."
        )


def _set_apart(found: Sequence[PeopleList], chosen: PeopleList) -> pd.DataFrame:
    """Report lists and objects that are not rows, since they describe something else than people."""
    others = [it for it in found if it is not chosen and not (it.within and it.path.startswith(chosen.path))]
    said = [f"{it.path} ({counted(len(it.entries))})" for it in others]
    return make_findings([None] * len(said), field=None, code="entries_set_apart", argument=said)


def _more_declared(content: Any, read: int) -> pd.DataFrame:
    """Say that the file declares more users than it holds."""
    declared = more_declared(content, read)
    return make_findings([None], field="", code="more_declared", argument=declared) if declared else no_findings()


def people_inside(entries: Sequence[Any]) -> Counter[str]:
    """Count the entries of lists within the people that have emails or phones, too, such as the orders of a customer.

    Examples
    --------
    >>> people_inside([{"email": "ann@example.org", "orders": [{"phone": "+1 415 555 0132"}, {"id": "7"}]}])
    Counter({'orders': 1})
    """
    counts: Counter[str] = Counter()
    for entry in filter(is_object, nested_of(entries)):
        counts.update(_inside(entry, ""))
    return counts


def people_inside_people(counts: Mapping[str, int]) -> pd.DataFrame:
    """Report them.

    Examples
    --------
    >>> people_inside_people({"orders": 2})["argument"].tolist()
    ['orders (2 entries)']
    """
    said = [f"{path} ({counted(number)})" for path, number in sorted(counts.items())]
    return make_findings([None] * len(said), field=None, code="people_inside_people", argument=said)


def _inside(entry: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in entry.items():
        if type(value) is str:
            continue
        path = f"{prefix}{key}"
        if is_object(value):
            yield from _inside(value, f"{path}.")
        elif isinstance(value, list | tuple) and not address_kind(str(key)):
            objects = [item for item in value if is_object(item)]
            if objects and named_values(objects) is None:
                yield from (path for item in objects if any(key_level(str(name)) == SURE for name in item))


def _as_written(entry: Any) -> str:
    if is_object(entry):
        return ""
    return entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)

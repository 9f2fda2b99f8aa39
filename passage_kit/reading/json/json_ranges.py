"""Ranges of a large file of NDJSON, each read by itself, with the rows, numbers and findings of the whole.

A range begins behind a line break. A first look at each tells what adds up: its columns, how much its entries look like
people, how many lines it has. The columns of all ranges, in the order of their first appearance, are those of the file,
and each range is read with them. A file of which the ranges cannot tell that its lines are one list of people is not
split: it is read whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePath
from typing import Any, NamedTuple

import pandas as pd

from passage_kit.columns.nested import is_object
from passage_kit.columns.plain_text import Column, lay_out, text_array, without_empty_parents
from passage_kit.errors import PassageKitError
from passage_kit.files.unpacking import packing_of
from passage_kit.reading.content_kinds import KIND_OF_ENDING, kind_of_content
from passage_kit.reading.json.empty_lists import empty_lists
from passage_kit.reading.json.json_reader import BEGINNING, MOST_COLUMNS, Entries, people_inside, people_inside_people
from passage_kit.reading.json.parsing import BROKEN, breaks_off, lines_of, parsed_line
from passage_kit.reading.json.people_lists import are_people_alone, looks_by_kind, may_differ
from passage_kit.reading.json.person_likeness import SURE, level_by, looks_of
from passage_kit.reading.known_layouts import recognise_envelope
from passage_kit.reading.rows_of_ranges import SECRET_ROWS, RowsOfRange, read_rows, secrets_of_rows
from passage_kit.reading.text_encoding import BOM, begins_in_utf8, is_utf8, line_number
from passage_kit.reading.user_list import blank_lines

HEAD = 1 << 20  # bytes at the beginning that decide what a file is
_NO_KIND = "None"  # of an entry that says none, as it is written


@dataclass(frozen=True, slots=True)
class LinesOutline:
    """What a file of NDJSON is, by its beginning.

    Parameters
    ----------
    name : str
    size : int
        Its bytes.
    begin : int
        Where its first line begins, below a byte order mark.
    beginning : str
        First characters, which may name the system.
    """

    name: str
    size: int
    begin: int
    beginning: str


class LinesEvidence(NamedTuple):
    """What the lines of a range add to what decides on the file.

    Parameters
    ----------
    columns : dict
        Columns in the order of their first appearance, and whether they have a value.
    looks : dict
        How many entries look how much like people.
    kinds : dict
        The same by the kind that they say they are, for each of the keys that may say it.
    inside : dict
        How many entries of lists within the people look like people, by the paths of the lists.
    rows, breaks : int
        Number of entries, and of lines.
    blank : list of int
        Numbers of the empty lines.
    """

    columns: dict[Column, bool]
    looks: dict[int, int]
    kinds: dict[str, dict[str, dict[int, int]]]
    inside: dict[str, int]
    rows: int
    breaks: int
    blank: list[int]


class LinesForm(NamedTuple):
    """How a file is read in ranges: its columns and rows, and what stands above each range."""

    columns: list[Column]
    rows: int
    rows_above: list[int]
    lines_above: list[int]
    blank: list[int]
    inside: dict[str, int]


def outline_of_lines(head: bytes, size: int, name: str, reading: Mapping[str, Any]) -> LinesOutline | None:
    """Tell what a large file is by its beginning; None if it has to be read whole.

    Parameters
    ----------
    head : bytes
        Its first ``HEAD`` bytes.
    size : int
        Its bytes.
    name : str
    reading : mapping
        Options of :func:`passage_kit.read_source`.

    Examples
    --------
    >>> outline_of_lines(b'{"id": 1}\\n{"id": 2}\\n', 20, "users.ndjson", {}).begin
    0
    >>> outline_of_lines(b'[{"id": 1},\\n{"id": 2}]\\n', 24, "users.json", {})
    """
    options = {option: value for option, value in reading.items() if value is not None}
    if not is_named_json(name) or options.keys() - {"encoding"} or packing_of(head):
        return None
    try:
        is_json = kind_of_content(head, name, name) == "json" and begins_in_utf8(head, name, **options)
    except PassageKitError:
        return None  # the reader of the whole file says what is wrong
    text = head.removeprefix(BOM)
    first, end, _ = text.lstrip(b" \t\r\n").partition(b"\n")
    if not is_json or not end or not isinstance(parsed_line(first), dict):
        return None
    return LinesOutline(name, size, len(head) - len(text), text[:BEGINNING].decode("utf-8", "replace"))


def is_named_json(name: str) -> bool:
    """Tell whether a file is JSON by its name.

    Examples
    --------
    >>> is_named_json("users.jsonl"), is_named_json("users.ndjson.gz")
    (True, False)
    """
    return KIND_OF_ENDING.get(PurePath(name).suffix.lower()) == "json"


def look_at_lines(data: bytes, *, is_last: bool) -> LinesEvidence | None:
    """Look at the lines of a range; None if the whole file decides how it is read.

    Parameters
    ----------
    data : bytes
        The lines, without a byte order mark.
    is_last : bool
        Whether no line stands below them.

    Examples
    --------
    >>> found = look_at_lines(b'{"email": "ann@example.org", "name": {"first": "Ann"}}\\n\\n', is_last=True)
    >>> list(found.columns), found.rows, found.breaks, found.blank
    ([('email', 0), ('name.first', 0)], 1, 2, [2])
    """
    if not is_utf8(data):
        return None
    lines = lines_of(data)
    entries = lines.entries
    try:
        if not _may_be_cut(entries) or (BROKEN in entries and not breaks_off(data.decode(), is_all=is_last)):
            return None
        columns = lay_out(_people(entries))
        looks, kinds, inside = looks_of(entries), looks_by_kind(entries), people_inside(entries)
    except RecursionError:
        return None
    return LinesEvidence(
        {column: any(text is not None for text in texts) for column, texts in columns.items()},
        dict(looks),
        {name: {kind: dict(some) for kind, some in found.items()} for name, found in kinds.items()},
        dict(inside),
        len(entries),
        line_number(data, len(data)) - 1,
        lines.blank,
    )


def _may_be_cut(entries: Sequence[Any]) -> bool:
    """Tell whether entries are people, each for itself, with names that are none of a system's envelope."""
    if not entries:
        return True
    return (
        len(set().union(*_people(entries))) <= MOST_COLUMNS
        and recognise_envelope(entries) is None
        and are_people_alone(entries)
        and not empty_lists(entries)
    )


def _people(entries: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [entry if is_object(entry) else {} for entry in entries]


def add_up_lines(ranges: Sequence[LinesEvidence | None]) -> LinesForm | None:
    """Tell how a file is read, by all of its ranges; None if it has to be read whole.

    Examples
    --------
    >>> first = look_at_lines(b'{"email": "ann@example.org", "name": null}\\n\\n', is_last=False)
    >>> last = look_at_lines(b'{"email": "bob@example.org", "name": {"first": "Bob"}}\\n', is_last=True)
    >>> add_up_lines([first, last])
    LinesForm(columns=[('email', 0), ('name.first', 0)], rows=2, rows_above=[0, 1], lines_above=[0, 2], blank=[2],
    inside={})
    """
    known = [one for one in ranges if one is not None]
    rows = [0, *accumulate(one.rows for one in known)]
    columns: dict[Column, bool] = {}
    for one in known:
        columns |= {column: has or columns.get(column, False) for column, has in one.columns.items()}
    if len(known) < len(ranges) or rows[-1] < 2 or len(columns) > MOST_COLUMNS or not _are_one_list(known):
        return None
    lines = [0, *accumulate(one.breaks for one in known)]
    return LinesForm(
        without_empty_parents(columns, columns.__getitem__),
        rows[-1],
        rows[:-1],
        lines[:-1],
        [above + number for one, above in zip(known, lines, strict=False) for number in one.blank],
        dict(sum((Counter(one.inside) for one in known), Counter())),
    )


def findings_on_lines(form: LinesForm) -> list[pd.DataFrame]:
    """Make the findings on a whole file that its lines show before they are rows.

    Examples
    --------
    >>> [found["code"].tolist() for found in findings_on_lines(LinesForm([], 2, [0], [0], [2], {"orders": 7}))]
    [['lines_blank'], ['people_inside_people']]
    """
    return [blank_lines(form.blank), people_inside_people(form.inside)]


def _are_one_list(ranges: Sequence[LinesEvidence]) -> bool:
    """Tell whether all entries look like people, and are not split by what they say they are."""
    looks = sum((Counter(one.looks) for one in ranges), Counter[int]())
    names = {name for one in ranges for name in one.kinds}
    return level_by(looks) == SURE and not any(may_differ(_kinds(ranges, name), name) for name in names)


def _kinds(ranges: Sequence[LinesEvidence], name: str) -> dict[str, Counter[int]]:
    """Add up how entries look by the kind that a key says; where no entry has the key, all are of none."""
    kinds: dict[str, Counter[int]] = {}
    for one in ranges:
        for kind, looks in one.kinds.get(name, {_NO_KIND: one.looks} if one.looks else {}).items():
            kinds[kind] = kinds.get(kind, Counter()) + Counter(looks)
    return kinds


def read_lines(
    data: bytes,
    outline: LinesOutline,
    columns: Sequence[Column],
    *,
    rows_above: int,
    lines_above: int,
    secrets: Collection[str],
) -> RowsOfRange | None:
    """Read the rows of a range; None if the whole file has to be read.

    Parameters
    ----------
    data : bytes
        The lines.
    outline : LinesOutline
    columns : sequence of (str, int)
        Those of the file.
    rows_above, lines_above : int
    secrets : collection of str
        Columns of secrets: see :func:`secrets_of_lines`.

    Examples
    --------
    >>> outline = LinesOutline("users.ndjson", 900, 0, "")
    >>> lines, columns = b'{"email": "ann@example.org"}\\nid\\n', [("id", 0), ("email", 0)]
    >>> found = read_lines(lines, outline, columns, rows_above=7, lines_above=7, secrets=()).read
    >>> found.users["email"].tolist(), found.findings["argument"].tolist()
    (['ann@example.org', <NA>], ['line 9: not JSON'])
    """
    rows = Entries.of_lines(lines_of(data), lines_above)
    laid_out = lay_out(_people(rows.entries))
    return read_rows(
        [text_array(laid_out.get(column) or [None] * len(rows.entries)) for column in columns],
        [name for name, _ in columns],
        name=outline.name,
        kind="json",
        above=rows_above,
        secrets=secrets,
        place=rows.place,
        findings=[rows.unreadable()],
        rejected=rows.rejected,
        beginning=outline.beginning,
        encoding="utf-8",
    )


def secrets_of_lines(data: bytes, outline: LinesOutline, columns: Sequence[Column]) -> frozenset[str] | None:
    """Find the columns of secrets by the first rows; None if the whole file decides how it is read.

    Examples
    --------
    >>> outline = LinesOutline("users.ndjson", 900, 0, "")
    >>> secrets_of_lines(b'{"email": "ann@example.org", "password": "x4"}\\n', outline, [("password", 0)])
    frozenset({'password'})
    """
    entries = lines_of(data).entries[:SECRET_ROWS]
    laid_out = lay_out(_people(entries))
    return secrets_of_rows(
        [text_array(laid_out.get(column) or [None] * len(entries)) for column in columns],
        [name for name, _ in columns],
        name=outline.name,
        kind="json",
        beginning=outline.beginning,
    )

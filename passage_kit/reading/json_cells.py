"""Columns whose every cell is JSON, opened into columns of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.nested import pairs_of, stays_closed
from passage_kit.columns.plain_text import flatten, text_array
from passage_kit.columns.secrets import is_secret_name
from passage_kit.columns.text_parts import halves
from passage_kit.findings.findings import collect_findings, make_findings

MOST_OPENED = 200  # columns; with more names, the names are data themselves
_MOST_CELLS = 50_000_000
_STARTS = r"^\s*(\{|\[\s*\{|null\s*$)"
_SHOWN = 8
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=pairs_of)


class Opened(NamedTuple):
    """Columns with the JSON among them opened, their names, and the findings about it."""

    names: list[str]
    columns: list[pa.ChunkedArray]
    findings: pd.DataFrame


def open_json(names: Sequence[str], columns: Sequence[pa.ChunkedArray]) -> Opened:
    """Open the columns whose every value is a JSON object, or a list of objects.

    The columns that come of it have names such as ``metadata.first_name``; nested values become plain as in a JSON file
    (see :func:`passage_kit.columns.plain_text.flatten`). A column with only some values of JSON stays, and so does one
    whose name is that of a secret.

    Parameters
    ----------
    names : sequence of str
        Unique.
    columns : sequence of pyarrow.ChunkedArray
        Text, a blank is null.

    Returns
    -------
    Opened

    Examples
    --------
    >>> column = pa.chunked_array([['{"name": "Ann", "age": 41}', None]])
    >>> opened = open_json(["meta"], [column])
    >>> opened.names, opened.columns[0].to_pylist()
    (['meta.name', 'meta.age'], ['Ann', None])
    """
    new_names: list[str] = []
    new_columns: list[pa.ChunkedArray] = []
    said: list[tuple[str, str]] = []
    taken = set(names)
    for name, column in zip(names, columns, strict=True):
        parts = None if is_secret_name(name) else _parts(name, column)
        if parts is None:
            new_names.append(name)
            new_columns.append(column)
            continue
        own = [_free(path, taken) for path, _ in parts]
        new_names += own
        new_columns += [part for _, part in parts]
        shown = ", ".join(own[:_SHOWN]) + (", ..." if len(own) > _SHOWN else "")
        said.append((name, f"{len(own)} column{'s' if len(own) > 1 else ''}: {shown}"))
    findings = make_findings(
        [None] * len(said), field=[name for name, _ in said], code="json_opened", argument=[text for _, text in said]
    )
    return Opened(new_names, new_columns, collect_findings([findings]))


def _parts(name: str, column: pa.ChunkedArray) -> list[tuple[str, pa.ChunkedArray]] | None:
    """Open one column; None if it is not all JSON, or has nothing to open."""
    if not may_be_json(column):
        return None
    encoded = [pc.dictionary_encode(part).combine_chunks() for part in halves(column)]
    values = [_parsed(text) for part in encoded for text in part.dictionary.to_pylist()]
    objects = [value for value in values if value is not None]
    if not objects or not all(map(_is_record, objects)):
        return None
    if all(stays_closed(name, value) for value in objects):
        return None
    keys = {key for value in objects if isinstance(value, Mapping) for key in value}
    if len(keys) > MOST_OPENED or len(keys) * len(column) > _MOST_CELLS:
        return None
    try:
        found = flatten([{} if value is None else {name: value} for value in values])
    except RecursionError:
        return None
    if not found or len(found) > MOST_OPENED or [path for path, _ in found] == [name]:
        return None
    return [(path, pa.chunked_array(_by_row(texts, encoded), pa.string())) for path, texts in found]


def _by_row(texts: Sequence[str | None], encoded: Iterable[pa.DictionaryArray]) -> Iterator[pa.Array]:
    """Give each row its text, by the distinct values of each part of the column."""
    start = 0
    for part in encoded:
        stop = start + len(part.dictionary)
        yield text_array(texts[start:stop]).chunk(0).take(part.indices)
        start = stop


def may_be_json(column: pa.ChunkedArray) -> bool:
    """Check the first character of every value, the first values first.

    Examples
    --------
    >>> may_be_json(pa.chunked_array([["{}", None]])), may_be_json(pa.chunked_array([["{}", "Ann"]]))
    (True, False)
    """
    for some in (column.slice(0, 1_000), column):
        starts = pc.match_substring_regex(some, _STARTS)
        if not pc.all(starts, min_count=0).as_py():
            return False
    return bool(column.null_count < len(column))


def may_open(name: str, column: pa.ChunkedArray) -> bool:
    """Tell whether some value of a column is JSON for which a column would be opened: no list such as one of orders.

    Examples
    --------
    >>> may_open("orders", pa.chunked_array([['[{"id": 7}]', None]])), may_open("meta", pa.chunked_array([["{}", "x"]]))
    (False, True)
    """
    values = pc.unique(column.filter(pc.match_substring_regex(column, _STARTS))).to_pylist()
    return any(value is not None and not stays_closed(name, value) for value in map(_parsed, values))


def _parsed(text: str) -> Any:
    """Parse JSON, with numbers as they are written; what is no JSON stays text."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return text


def _is_record(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
    )


def _free(name: str, taken: set[str]) -> str:
    number, new = 1, name
    while new in taken:
        number += 1
        new = f"{name} ({number})"
    taken.add(new)
    return new

"""Tables in JSON that are given by columns, or by a header and rows, turned into one object a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from passage_kit.columns import column_names as names
from passage_kit.columns.column_names import keys_of, name_key

_HEADERS = ("columns", "fields", "header", "headers", "columnNames", "cols", "meta")
_ROWS = ("data", "rows", "values", "records", "items", "data_array")
_AROUND = ("schema", "manifest", "result")  # objects that hold the header or the rows of a warehouse's answer


def table_rows(value: Any) -> list[Any] | None:
    """Give the rows of a table as objects; None if the value is no table.

    A table is an object of columns of one length, an object with a header and rows, or a list of lists whose first one
    is a header.

    Examples
    --------
    >>> table_rows({"email": ["ann@example.org", "bob@example.org"], "city": ["Ulm", None]})
    [{'email': 'ann@example.org', 'city': 'Ulm'}, {'email': 'bob@example.org', 'city': None}]
    >>> table_rows({"columns": ["id", "email"], "data": [[1, "ann@example.org"]]})
    [{'id': 1, 'email': 'ann@example.org'}]
    >>> table_rows({"schema": {"fields": [{"name": "email"}]}, "rows": [{"f": [{"v": "ann@example.org"}]}]})
    [{'email': 'ann@example.org'}]
    >>> table_rows([["id", "email"], [1, "ann@example.org"]])
    [{'id': 1, 'email': 'ann@example.org'}]
    """
    if isinstance(value, Mapping) and value:
        return _split(value) or _by_columns(value)
    if isinstance(value, list | tuple) and len(value) > 1 and all(isinstance(row, list) for row in value):
        return _rows(value[0], value[1:]) if _has_identifier(value[0]) else None
    return None


def _by_columns(value: Mapping[str, Any]) -> list[Any] | None:
    columns = list(value.values())
    if not _has_identifier(list(value)):
        return None
    numbered = all(isinstance(column, Mapping) and column for column in columns)  # by the labels of rows
    if numbered:
        labels = list(columns[0])
        if _has_identifier(labels) or any(list(column) != labels for column in columns):
            return None
        numbered = all(label.isdecimal() for label in labels)
        columns = [list(column.values()) for column in columns]
    if len(columns) < 2 and not numbered:
        return None
    if not all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        return None
    named = dict(zip(value, columns, strict=True))
    if not columns[0] or not (numbered or _are_rows(named)):
        return None
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _are_rows(columns: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether lists of one length are the columns of a table, and not what one person has several of.

    A table may have nested cells, too, but its identifiers are plain.
    """
    nested = {name: {type(cell) for cell in column} & {dict, list} for name, column in columns.items()}
    if any(kinds for name, kinds in nested.items() if _has_identifier([name])):
        return False
    plain = [name for name, kinds in nested.items() if not kinds]
    return len(plain) > 1 or all(dict not in kinds for kinds in nested.values())


def _split(value: Mapping[str, Any]) -> list[Any] | None:
    header, rows = _list_of(value, _HEADERS), _list_of(value, _ROWS)
    if not header or not rows:
        return None
    rows = [_cells(row) for row in rows]
    if not all(isinstance(row, list) for row in rows):
        return None
    named = [
        item.get("name", item.get("label", item.get("id"))) if isinstance(item, Mapping) else item for item in header
    ]
    return _rows(named, rows)


def _list_of(value: Mapping[str, Any], keys: Sequence[str]) -> list[Any] | None:
    """Give the first list of some keys, of the object itself or of those around a table."""
    found = (value[key] for key in keys if isinstance(value.get(key), list))
    around = (value[key] for key in _AROUND if isinstance(value.get(key), Mapping))
    return next(found, None) or next((inner for some in around if (inner := _list_of(some, keys))), None)


def _cells(row: Any) -> Any:
    """Give the cells of a row of BigQuery, ``{"f": [{"v": "1"}]}``; any other row stays as it is."""
    cells = row.get("f") if isinstance(row, Mapping) and len(row) == 1 else None
    if isinstance(cells, list) and all(isinstance(cell, Mapping) and [*cell] == ["v"] for cell in cells):
        return [cell["v"] for cell in cells]
    return row


def _rows(header: Sequence[Any], rows: Sequence[Any]) -> list[Any] | None:
    """Pair a header with rows; a row of another length stays as it is, and is rejected later.

    Blank cells at the end of a row may be left out, as the API of Google Sheets does, if other rows are whole.
    """
    if not header or not all(isinstance(name, str) for name in header):
        return None
    width = len(header)
    if any(len(row) == width for row in rows):
        rows = [[*row, *[None] * (width - len(row))] if row else row for row in rows]
    return [dict(zip(header, row, strict=True)) if len(row) == width else row for row in rows]


def _has_identifier(header: Sequence[Any]) -> bool:
    known = (*keys_of(names.IDENTIFIERS["email"]), *keys_of(names.IDENTIFIERS["phone"]))
    return any(isinstance(name, str) and name_key(name) in known for name in header)

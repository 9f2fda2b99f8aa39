"""Rows of a range of a table or of a large file, with the findings that they have in the whole list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from passage_kit.columns.secrets import is_secret_name
from passage_kit.reading.json_cells import may_be_json, may_open
from passage_kit.reading.long_form import names_and_values
from passage_kit.reading.unread_rows import header_goes_on
from passage_kit.reading.user_list import Place, UserList, build_source, name_columns

SECRET_ROWS = 20_000  # first rows of a list that tell which columns are secrets


class RowsOfRange(NamedTuple):
    """The rows of a range, numbered from 1, and its findings, with the rows of the whole list.

    ``json`` are the columns whose every value may be JSON, blank ones included; ``closed`` those of which nothing
    would be opened.
    """

    read: UserList
    json: frozenset[str]
    closed: frozenset[str]


def read_rows(
    columns: Sequence[pa.ChunkedArray],
    header: Sequence[str],
    *,
    name: str,
    kind: str,
    above: int,
    secrets: Collection[str],
    place: Place | None = None,
    **more: Any,
) -> RowsOfRange | None:
    """Build the result for a range; None if the whole list decides how it is read.

    So it is if its first rows would be lines of a header, which they are in no list, or if a column of secrets may be
    one of JSON, parts of which are none.

    Parameters
    ----------
    columns : sequence of pyarrow.ChunkedArray
        Text, a blank is null.
    header : sequence of str
    name, kind : str
        Fields of :class:`passage_kit.reading.user_list.UserList`.
    above : int
        Number of rows before the range.
    secrets : collection of str
        Columns of secrets: see :func:`secrets_of_rows`.
    place : Place, optional
        Place of the rows in the list. Default: their numbers.
    **more
        What :func:`passage_kit.reading.user_list.build_source` takes besides.

    Examples
    --------
    >>> emails = pa.chunked_array([["ann@example.org", " "]])
    >>> read = read_rows([emails], ["email"], name="users", kind="parquet", above=40, secrets=()).read
    >>> read.findings[["source_row", "argument"]].values.tolist()
    [[2, 'row 42']]
    """
    names, _ = name_columns(header)
    in_json = any(_may_open(title, column) for title, column in zip(names, columns, strict=True) if title in secrets)
    if in_json or (above and len(header_goes_on(columns))):
        return None
    place = place or Place("row", lambda rows: rows + above + 1)
    read = build_source(columns, header, name=name, kind=kind, place=place, secrets=secrets, **more)
    found = {str(title): pa.chunked_array(read.users[title].array.__arrow_array__()) for title in read.users}
    blank = {title for title, column in found.items() if column.null_count == len(column)}
    json = {title for title, column in found.items() if may_be_json(column)}
    closed = {title for title in json if not may_open(title, found[title])}
    return RowsOfRange(read, frozenset(blank | json), frozenset(blank | closed))


def secrets_of_rows(
    columns: Sequence[pa.ChunkedArray], header: Sequence[str], *, name: str, kind: str, beginning: str = ""
) -> frozenset[str] | None:
    """Find the columns of secrets by the first rows; None if the whole list decides how it is read.

    So it is with a column of JSON, and with a table of names and values.

    Examples
    --------
    >>> columns = [pa.chunked_array([["ann@example.org"]]), pa.chunked_array([["x4"]])]
    >>> secrets_of_rows(columns, ["email", "password"], name="users", kind="parquet")
    frozenset({'password'})
    """
    names, _ = name_columns(header)
    if names_and_values(names) is not None:
        return None
    findings = build_source(columns, header, name=name, kind=kind, beginning=beginning).findings
    codes = findings["code"]
    secrets = frozenset(findings.loc[codes.eq("secret_left_out").to_numpy(dtype=bool), "field"].tolist())
    opened = codes.eq("json_opened").any() or any(
        _may_open(title, column) for title, column in zip(names, columns, strict=True) if title in secrets
    )
    return None if opened else secrets


def _may_open(title: str, column: pa.ChunkedArray) -> bool:
    return not is_secret_name(title) and may_open(title, column)

"""Rows of a range of a table or of a large Parquet file, with the findings that they have in the whole list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import pyarrow as pa

from passage_kit.reading.json_cells import may_be_json
from passage_kit.reading.long_form import names_and_values
from passage_kit.reading.unread_rows import header_goes_on
from passage_kit.reading.user_list import Place, UserList, build_source, name_columns

SECRET_ROWS = 20_000  # first rows of a list that tell which columns are secrets


class RowsOfRange(NamedTuple):
    """The rows of a range, numbered from 1, and its findings, with the rows of the whole list.

    ``json`` are the columns whose every value may be JSON, blank ones included, and ``empty`` those without a value.
    """

    read: UserList
    json: frozenset[str]
    empty: frozenset[str]


def read_rows(
    columns: Sequence[pa.ChunkedArray],
    header: Sequence[str],
    *,
    name: str,
    kind: str,
    above: int,
    secrets: Collection[str],
) -> RowsOfRange | None:
    """Build the result for a range; None if its first rows would be lines of a header, which they are in no list.

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

    Examples
    --------
    >>> emails = pa.chunked_array([["ann@example.org", " "]])
    >>> read = read_rows([emails], ["email"], name="users", kind="parquet", above=40, secrets=()).read
    >>> read.findings[["source_row", "argument"]].values.tolist()
    [[2, 'row 42']]
    """
    if above and len(header_goes_on(columns)):
        return None
    place = Place("row", lambda rows: rows + above + 1)
    read = build_source(columns, header, name=name, kind=kind, place=place, secrets=secrets)
    found = {str(title): pa.chunked_array(read.users[title].array.__arrow_array__()) for title in read.users}
    empty = frozenset(title for title, column in found.items() if column.null_count == len(column))
    return RowsOfRange(read, empty | {title for title, column in found.items() if may_be_json(column)}, empty)


def secrets_of_rows(
    columns: Sequence[pa.ChunkedArray], header: Sequence[str], *, name: str, kind: str
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
    findings = build_source(columns, header, name=name, kind=kind).findings
    codes = findings["code"]
    secrets = frozenset(findings.loc[codes.eq("secret_left_out").to_numpy(dtype=bool), "field"].tolist())
    opened = codes.eq("json_opened").any() or any(
        may_be_json(column) for title, column in zip(names, columns, strict=True) if title in secrets
    )
    return None if opened else secrets

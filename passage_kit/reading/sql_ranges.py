"""A table of a database in ranges of its key, each read by itself, with the rows and findings of the whole table.

The table is not read in one transaction then: rows that are written meanwhile may be missed, or come twice. So its rows
are counted before and while they are read, and another number is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import pyarrow as pa

from passage_kit.errors import SourceError
from passage_kit.reading.rows_of_ranges import RowsOfRange, read_rows, secrets_of_rows
from passage_kit.reading.sql_reader import KeyedTable, connected, every_column, fetch, keyed_table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

_KINDS = (int, str, UUID)  # of keys that every driver gives and takes alike


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Rows of a table whose key is in a range.

    Parameters
    ----------
    begin, end : int, str, UUID or None
        First key, and the first one of the next range; None of the first range, and of the last one.
    above, rows : int
        Number of rows before, and in the range.
    """

    begin: int | str | UUID | None
    end: int | str | UUID | None
    above: int
    rows: int


def key_ranges(address: str, table: str, rows: int) -> list[KeyRange] | None:
    """Cut a table into ranges of so many rows, by one walk through its key.

    Parameters
    ----------
    address : str
        URL of the database.
    table : str
    rows : int

    Returns
    -------
    list of KeyRange or None
        None if the table has to be read whole: it has no key of one column of numbers or texts.
    """
    import sqlalchemy as sa

    begins: list[Any] = []
    with connected(address, f"table {table}") as (connection, name):
        found = keyed_table(connection, table, name)
        if len(found.keys) != 1:
            return None
        key = found.target.c[found.keys[0]]
        step = sa.select(key).order_by(key).offset(rows).limit(1)
        while (row := connection.execute(step.where(key >= begins[-1]) if begins else step).first()) is not None:
            begins.append(row[0])
            if type(row[0]) not in _KINDS:
                return None
        if not begins:
            return None
        count = sa.select(sa.func.count()).select_from(found.target)
        total, last = (connection.execute(some).scalar_one() for some in (count, count.where(key >= begins[-1])))
    if total != rows * len(begins) + last:
        raise _changed(table)
    ends = [*begins, None]
    return [
        KeyRange(begin, end, rows * at, last if end is None else rows)
        for at, (begin, end) in enumerate(zip([None, *begins], ends, strict=True))
    ]


class _Fetched(NamedTuple):
    """What was read of a table: its name for messages, the names of the columns, and portions of each."""

    name: str
    header: list[str]
    columns: list[list[Any]]


def read_key_range(address: str, table: str, of: KeyRange, secrets: Collection[str]) -> RowsOfRange | None:
    """Read the rows of a range; None if a column holds bytes or nested values, since all of it tells how to write them.

    Raises
    ------
    SourceError
        If it has other rows than were counted.
    """
    fetched = _fetched(address, table, of)
    columns = _plain(fetched)
    if columns is None:
        return None
    if len(columns[0]) != of.rows:
        raise _changed(table)
    return read_rows(columns, fetched.header, name=fetched.name, kind="sql", above=of.above, secrets=secrets)


def secrets_of_table(address: str, table: str, first: KeyRange) -> frozenset[str] | None:
    """Find the columns of secrets by the first rows; None if the whole table decides how it is read.

    So it is with a column of JSON, bytes or nested values, and with a table of names and values.
    """
    fetched = _fetched(address, table, first)
    columns = _plain(fetched)
    return None if columns is None else secrets_of_rows(columns, fetched.header, name=fetched.name, kind="sql")


def _fetched(address: str, table: str, of: KeyRange) -> _Fetched:
    with connected(address, f"table {table}") as (connection, name):
        found = keyed_table(connection, table, name)
        header, columns = fetch(connection.execute(every_column(found).where(*_within(found, of))), name)
    return _Fetched(name, header, columns)


def _within(found: KeyedTable, of: KeyRange) -> list[ColumnElement[bool]]:
    """Build the conditions of a range; SQLite has keys without a value, which come first."""
    import sqlalchemy as sa

    key = found.target.c[found.keys[0]]
    conditions: list[ColumnElement[bool]] = []
    if of.begin is not None:
        conditions.append(key >= of.begin)
    if of.end is not None:
        conditions.append(key < of.end if of.begin is not None else sa.or_(key < of.end, key.is_(None)))
    return conditions


def _plain(fetched: _Fetched) -> list[pa.ChunkedArray] | None:
    """Give the columns of texts; None if a column has other values."""
    if not all(isinstance(portion, pa.Array) for parts in fetched.columns for portion in parts):
        return None
    return [pa.chunked_array(parts, pa.string()) for parts in fetched.columns]


def _changed(table: str) -> SourceError:
    return SourceError(
        f"The table {table} changed while it was read, so that rows could be missing. Read it when nothing is written "
        "to it, or from a copy."
    )

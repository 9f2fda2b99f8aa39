"""Tables in long form: a row for each name and value of a person, made one row a person.

A table of attributes such as WordPress's ``usermeta`` has the id of a person, a name and a value in each row. Joined
with the users it also has their columns, the same in all rows of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.column_names import name_key, name_words
from passage_kit.columns.text_parts import take_rows
from passage_kit.findings.findings import make_findings
from passage_kit.reading.header import is_known_name

# Keys of the column of names, and of the column of values beside it.
_NAMES_AND_VALUES = {
    "metakey": ("metavalue",),
    "key": ("value",),
    "name": ("value",),
    "attribute": ("value", "attributevalue"),
    "attributename": ("value", "attributevalue"),
    "attributekey": ("value", "attributevalue"),
    "field": ("value", "fieldvalue"),
    "fieldname": ("value", "fieldvalue"),
    "property": ("value", "propertyvalue"),
    "propertyname": ("value", "propertyvalue"),
}
_PERSON = ("userid", "customerid", "memberid", "contactid", "personid", "accountid")  # before other ids
_MOST_NAMES = 500  # more would be data, and not names of columns
_BETWEEN = "; "  # of several values of one name: the kit never chooses

Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class LongForm:
    """The people of a table in long form: their columns, and the person of each row (counted from 0)."""

    names: list[str]
    columns: list[pa.ChunkedArray]
    person: Numbers
    finding: pd.DataFrame


def one_row_a_person(names: Sequence[str], columns: Sequence[pa.ChunkedArray]) -> LongForm | None:
    """Make a table in long form one row a person; None if the table is none.

    Parameters
    ----------
    names : sequence of str
    columns : sequence of pyarrow.ChunkedArray
        Text, a blank is null.

    Returns
    -------
    LongForm or None
        The id, the columns that are the same in all rows of a person, then one column for each name. Several values of
        one name stand in one cell.

    Examples
    --------
    >>> names = ["umeta_id", "user_id", "meta_key", "meta_value"]
    >>> columns = ["1234", "7788", ["email", "city", "email", "city"], "abcd"]
    >>> people = one_row_a_person(names, [pa.chunked_array([list(texts)]) for texts in columns])
    >>> dict(zip(people.names, (column.to_pylist() for column in people.columns)))
    {'user_id': ['7', '8'], 'email': ['a', 'c'], 'city': ['b', 'd']}
    """
    pair = names_and_values(names)
    if pair is None or not _are_names(columns[pair[0]]):
        return None
    others = [at for at in range(len(names)) if at not in pair]
    of_row = _person(names, columns, others)
    if of_row is None:
        return None
    by, person, first = of_row
    same = [at for at in others if at != by and _is_same(columns[at], person, first)]
    left_out = [names[at] for at in others if at != by and at not in same]
    if any(not _is_numbering(columns[at]) for at in others if names[at] in left_out):
        return None  # such as the date of each row, which would be lost
    attributes = dict(_attributes(columns[pair[0]], columns[pair[1]], person, len(first)))
    kept = [by, *same]
    return LongForm(
        [*(names[at] for at in kept), *attributes],
        [*(take_rows(columns[at], pa.array(first)) for at in kept), *attributes.values()],
        person,
        _finding(len(person), len(first), names[by], left_out),
    )


def names_and_values(names: Sequence[str]) -> tuple[int, int] | None:
    """Find the columns that would hold the names and the values of a table in long form, by their own names.

    Examples
    --------
    >>> names_and_values(["user_id", "meta_key", "meta_value"]), names_and_values(["email", "name"])
    ((1, 2), None)
    """
    keys = [name_key(name) for name in names]
    for name, values in _NAMES_AND_VALUES.items():
        if name in keys and (value := next((value for value in values if value in keys), None)):
            return keys.index(name), keys.index(value)
    return None


def _are_names(column: pa.ChunkedArray) -> bool:
    """Tell whether a column holds names of what one knows about a person, over and over."""
    names = pc.unique(column)
    if column.null_count or not 1 < len(names) <= min(_MOST_NAMES, len(column) - 1):
        return False
    return sum(map(is_known_name, names.to_pylist())) > 1


def _person(
    names: Sequence[str], columns: Sequence[pa.ChunkedArray], others: Sequence[int]
) -> tuple[int, Numbers, Numbers] | None:
    """Find the column with the id of the person, the number of each row's person, and the first row of each person."""
    ids = [at for at in others if name_words(names[at])[-1:] == ("id",) and not columns[at].null_count]
    for at in sorted(ids, key=lambda at: name_key(names[at]) not in _PERSON):
        encoded = pc.dictionary_encode(columns[at]).combine_chunks()
        person = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        if len(encoded.dictionary) * 2 <= len(person):
            return at, person, np.unique(person, return_index=True)[1].astype(np.int64)
    return None


def _is_same(column: pa.ChunkedArray, person: Numbers, first: Numbers) -> bool:
    """Tell whether a column has one value in all rows of a person."""
    expected = take_rows(column, pa.array(first[person]))
    return bool(pc.all(pc.fill_null(pc.equal(column, expected), False)).as_py()) or column.null_count == len(column)


def _is_numbering(column: pa.ChunkedArray) -> bool:
    """Tell whether a column only numbers the rows."""
    return len(pc.unique(column)) == len(column) and bool(pc.all(pc.utf8_is_digit(column)).as_py())


def _attributes(
    names: pa.ChunkedArray, values: pa.ChunkedArray, person: Numbers, count: int
) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Give the column of each name."""
    encoded = pc.dictionary_encode(names).combine_chunks()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes))
    for name, rows in zip(encoded.dictionary.to_pylist(), np.split(order, ends[:-1]), strict=True):
        texts = take_rows(values, pa.array(rows))
        people = person[rows]
        if len(np.unique(people)) < len(people):
            joined = (
                pd.Series(texts.to_pandas()).dropna().groupby(people[np.asarray(pc.is_valid(texts))]).agg(_BETWEEN.join)
            )
            people, texts = joined.index.to_numpy(), pa.chunked_array([pa.array(joined.tolist(), pa.string())])
        place = np.full(count, -1, np.int64)
        place[people] = np.arange(len(people))
        yield name, take_rows(texts, pa.array(place, mask=place < 0))


def _finding(rows: int, people: int, by: str, left_out: Sequence[str]) -> pd.DataFrame:
    without = f", without {', '.join(left_out)}" if left_out else ""
    said = f"{rows:,} rows of names and values are {people:,} users, by {by}{without}"
    return make_findings([None], field=None, code="rows_of_attributes", argument=said)

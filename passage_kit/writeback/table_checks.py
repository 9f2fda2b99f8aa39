"""Checks that a write-back can be completed, before anything is changed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from passage_kit.columns.users_frame import arrow
from passage_kit.errors import DatabaseError
from passage_kit.translations import in_panel, worded
from passage_kit.writeback.statements import ID_LENGTH
from passage_kit.writeback.users_table import TableFacts


def check_table(facts: TableFacts) -> None:
    """Refuse a table that shares its rows or its columns with others.

    Raises
    ------
    DatabaseError
        If tables of PostgreSQL inherit from it, or if it is a partition without the column.
    """
    if facts.heirs:
        raise DatabaseError(
            worded(
                "Tables inherit from {table}: {tables}. A key may stand in several of them, and no "
                "index covers them all. Name a table that no other inherits from.",
                table=facts.shown,
                tables=", ".join(facts.heirs),
            )
        )
    if facts.partition and not facts.has_column:
        raise DatabaseError(
            worded(
                "{table} is a partition, which gets its columns from the partitioned table. Add the "
                "column {column} to that one first.",
                table=facts.shown,
                column=facts.column,
            )
        )


@dataclass(frozen=True, slots=True)
class IdCounts:
    """What is known of the ids in a table, or in a range of it, and of those to write; ranges add up.

    Parameters
    ----------
    longest, shortest : int
        Length of the ids to write.
    blank : int
        Number of blank texts in the column.
    repeated : int
        Number of other values in it that a row above has, too.
    alike : int
        Number of ids that differ from another one in capitals only, if the column takes both for one.
    """

    longest: int = ID_LENGTH
    shortest: int = sys.maxsize
    blank: int = 0
    repeated: int = 0
    alike: int = 0

    def __add__(self, other: IdCounts) -> IdCounts:
        return IdCounts(
            max(self.longest, other.longest),
            min(self.shortest, other.shortest),
            self.blank + other.blank,
            self.repeated + other.repeated,
            self.alike + other.alike,
        )


NO_IDS = IdCounts()


def count_ids(current: pd.Series[Any], ids: pd.Series[Any], *, caseless: bool) -> IdCounts:
    """Count what the checks need of the ids in the table, and of the ids to write.

    Examples
    --------
    >>> count_ids(pd.Series(["a", "a", "", ""]), pd.Series(["B" * 30]), caseless=False)
    IdCounts(longest=30, shortest=30, blank=2, repeated=1, alike=0)
    """
    present, lengths = current.dropna(), pc.utf8_length(arrow(ids))
    blank = (present == "").to_numpy(dtype=bool)
    return IdCounts(
        id_length(ids),
        pc.min(lengths).as_py() or sys.maxsize,
        int(blank.sum()),
        int(present[~blank].duplicated().sum()),
        _alike(present, ids.dropna()) if caseless else 0,
    )


def id_length(ids: pd.Series[Any]) -> int:
    """Return the length of the longest id, and 24 at least."""
    return max(ID_LENGTH, pc.max(pc.utf8_length(arrow(ids))).as_py() or 0)


def check_ids(facts: TableFacts, current: pd.Series[Any], ids: pd.Series[Any], *, share: bool) -> None:
    """Refuse ids that the column cannot hold, as :func:`check_counted` does.

    Parameters
    ----------
    facts : TableFacts
    current, ids : pandas.Series
        Ids in the table, and ids to write.
    share : bool
        Whether several rows may have the same id.
    """
    check_counted(facts, count_ids(current, ids, caseless=facts.caseless), share=share)


def check_counted(facts: TableFacts, counts: IdCounts, *, share: bool) -> None:
    """Refuse ids that the column cannot hold.

    Parameters
    ----------
    facts : TableFacts
    counts : IdCounts
        Of all ranges of the table.
    share : bool
        Whether several rows may have the same id.

    Raises
    ------
    DatabaseError
        If the column is too short, if it cannot become unique since the table is partitioned, if it takes different
        ids for the same one, if it holds an id twice and must become unique, or if ids are to be shared and a
        constraint that cannot be dropped makes it unique.
    """
    where = worded("The column {column} of {table}", column=facts.column, table=facts.shown)
    _check_length(where, facts, counts)
    if not facts.uniques and not share:
        _check_can_be_unique(where, facts, counts.repeated + max(counts.blank - 1, 0))
    if facts.caseless and counts.alike:
        raise DatabaseError(
            worded(
                "{where} takes capitals for small letters, and {alike} ids differ in nothing else. "
                "Change its collation to one that compares letter by letter, such as ascii_bin, or "
                "name another column.",
                where=where,
                alike=counts.alike,
            )
        )
    if share and "unnamed" in facts.constraints:
        raise DatabaseError(f"{where} is unique by the table's own definition. Create the table again to share ids.")


def _check_length(where: str, facts: TableFacts, counts: IdCounts) -> None:
    """Refuse ids that are longer than the column, or shorter than one that is filled with blanks."""
    length = counts.longest
    if facts.length is not None and facts.length < length:
        raise DatabaseError(
            worded(
                "{where} holds {length} characters, and the ids have up to {longest}. Make the column longer.",
                where=where,
                length=facts.length,
                longest=length,
            )
        )
    if facts.padded and counts.shortest < (facts.length or 0):
        raise DatabaseError(
            worded(
                "{where} fills every id with blanks up to {length} characters. Change it to VARCHAR({length}).",
                where=where,
                length=facts.length,
            )
        )


def _check_can_be_unique(where: str, facts: TableFacts, repeated: int) -> None:
    """Refuse a column that cannot become unique, or that holds so many values that another row has."""
    if facts.partitioned:
        raise DatabaseError(
            f"{where} cannot become unique, since the table is partitioned and no unique index covers its partitions. "
            "Share ids between rows (share=True, --share), which needs no unique index."
        )
    if repeated:
        raise DatabaseError(
            in_panel(
                f"{where} has {repeated} values that another row has, too (blank texts included), "
                "so it cannot become unique. Correct the values, or share ids between rows.",
                "{where} has {count} values that another row has, too (blank texts included), so it "
                "cannot become unique. Correct the values first.",
                where=where,
                count=repeated,
            )
        )


def _alike(present: pd.Series[Any], ids: pd.Series[Any]) -> int:
    """Count the ids that differ from another one in capitals only."""
    both = pc.unique(arrow(pd.concat([present, ids], ignore_index=True)))
    return int(len(both) - pc.count_distinct(pc.utf8_lower(both)).as_py())

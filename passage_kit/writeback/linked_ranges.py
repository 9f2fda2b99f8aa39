"""Ranges of a long users table, each with all rows and ids that may concern each other.

A row and an id meet by a key, an email, a phone or the id itself, and two rows by their survivor. What is linked, over
however many others, comes into one range, so the rules of a whole table give the same result range by range.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions, narrowest
from passage_kit.columns.fingerprints import whole_prints
from passage_kit.columns.spool import ROWS, forget
from passage_kit.columns.users_frame import EMAIL, PHONE, arrow, mask_of
from passage_kit.duplicates.clusters import link_labels
from passage_kit.writeback.matching import KEY, TABLE
from passage_kit.writeback.passage_ids import PASSAGE_ID
from passage_kit.writeback.table_rows import CURRENT

RANGE = 1 << 19  # rows and ids of a range: more take more memory
_PAIRS = 1 << 21  # links that are followed together

# What rows have in common with ids, and with each other: columns of the rows, and of the ids.
_MEETINGS = (
    ((KEY, "survivor"), (KEY,)),
    ((TABLE[EMAIL], EMAIL), (EMAIL,)),
    ((TABLE[PHONE], PHONE), (PHONE,)),
    ((CURRENT,), (PASSAGE_ID,)),
)


class LinkedRange(NamedTuple):
    """Positions of rows and of ids, in their order."""

    rows: Positions
    lines: Positions


def linked_ranges(
    rows: pd.DataFrame, ids: pd.DataFrame, most: int | None = None, *, caseless: bool = False
) -> Iterator[LinkedRange]:
    """Cut the rows of a table and the ids into ranges that do not concern each other.

    Ranges follow the order of the rows, as far as links allow; ids without a row come last. What is linked stays
    together, so a range may have more rows and ids than it should.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`passage_kit.writeback.table_rows.read_rows` gives them.
    ids : pandas.DataFrame
        The ids, with a column ``key``.
    most : int, optional
        Rows and ids of a range. Default: some 500,000.
    caseless : bool, default False
        Whether ids that differ in capitals only concern each other, too.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> names = ["key", "survivor", "email", "table_email", "phone", "table_phone", "current"]
    >>> rows = users_frame({**dict.fromkeys(names, [None] * 3), "key": ["1", "2", "3"], "survivor": [None, None, "1"]})
    >>> ids = users_frame({"key": ["2"], "email": [None], "phone": [None], "passage_id": ["a"]})
    >>> [(each.rows.tolist(), each.lines.tolist()) for each in linked_ranges(rows, ids, 2)]
    [([0, 2], []), ([1], [0])]
    """
    most = RANGE if most is None else most
    count = len(rows) + len(ids)
    if count <= most:
        yield LinkedRange(np.arange(len(rows)), np.arange(len(ids)))
        return
    labels = _labels(rows, ids, caseless=caseless)
    sizes = np.bincount(labels, minlength=count)
    numbers = ((np.cumsum(sizes) - sizes) // most)[labels].astype(narrowest(count // most + 1))
    del labels, sizes
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers))
    del numbers
    for begin, end in zip([0, *ends], ends, strict=False):
        some = order[begin:end]
        yield LinkedRange(some[some < len(rows)], some[some >= len(rows)] - len(rows))


def _labels(rows: pd.DataFrame, ids: pd.DataFrame, *, caseless: bool) -> Positions:
    """Give all rows and ids that are linked the lowest of their numbers; those of ids follow those of rows."""
    count = len(rows) + len(ids)
    labels = np.arange(count, dtype=narrowest(count))
    for of_rows, of_ids in _MEETINGS:
        columns = [(arrow(rows[name]), 0) for name in of_rows]
        columns += [(arrow(ids[name]), len(rows)) for name in of_ids]
        one, other = _meetings(columns, labels.dtype, lower=caseless and CURRENT in of_rows)
        for at in range(0, len(one), _PAIRS):
            labels = link_labels(labels, one[at : at + _PAIRS], other[at : at + _PAIRS])
    return labels


def _meetings(columns: list[tuple[pa.ChunkedArray, int]], kind: Any, *, lower: bool) -> tuple[Positions, Positions]:
    """Pair those who have a text in common, be it in the sense of its fingerprint: more links do no harm."""
    prints, owners = [], []
    for column, first in columns:
        for at in range(0, len(column), ROWS):
            part = column.slice(at, ROWS)
            filled = mask_of(pc.greater(pc.binary_length(part), 0))  # many rows may have a blank text for an id
            prints.append(whole_prints(pc.utf8_lower(part) if lower else part)[filled])
            owners.append((np.flatnonzero(filled) + at + first).astype(kind))
        forget()
    if not prints:
        return np.zeros(0, dtype=kind), np.zeros(0, dtype=kind)
    every, whose = np.concatenate(prints), np.concatenate(owners)
    del prints, owners
    order = np.argsort(every)
    every, whose = every[order], whose[order]
    same = every[1:] == every[:-1]
    one, other = whose[1:][same], whose[:-1][same]
    apart = one != other
    return one[apart], other[apart]

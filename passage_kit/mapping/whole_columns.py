"""The two questions of a suggestion that the first values of a column do not answer: answers of parts add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.users_frame import TEXT, arrow, is_blank, matches


class WholeColumns(Protocol):
    """Answers about all rows of a list."""

    def covering(self, names: Sequence[str]) -> frozenset[str]:
        """Find the columns among some that have every value which the others have."""

    def with_addresses(self, first: str, others: Sequence[str]) -> frozenset[str]:
        """Find the columns that have an address in a row in which the first one is blank."""


class ColumnsOfFrame:
    """Answers about a frame.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"mail": ["ann@example.org", None], "Mail": ["ANN@example.org", "bo@example.org"]})
    >>> sorted(ColumnsOfFrame(raw).covering(["mail", "Mail"]))
    ['Mail']
    >>> sorted(ColumnsOfFrame(raw).with_addresses("mail", ["Mail"]))
    ['Mail']
    """

    def __init__(self, raw: pd.DataFrame) -> None:
        self._raw = raw

    def covering(self, names: Sequence[str]) -> frozenset[str]:
        """Find the columns among some that have every value which the others have."""
        texts = {name: _compared(self._raw[name]) for name in names}
        return frozenset(name for name, text in texts.items() if all(_has(text, other) for other in texts.values()))

    def with_addresses(self, first: str, others: Sequence[str]) -> frozenset[str]:
        """Find the columns that have an address in a row in which the first one is blank."""
        blank = is_blank(self._raw[first]).to_numpy(dtype=bool)
        return frozenset(name for name in others if bool((blank & _are_addresses(self._raw[name])).any()))


def of_all_parts(parts: Iterable[frozenset[str]], *, covering: bool) -> frozenset[str]:
    """Add up the answers of parts of a list: a column covers the others if it does so in every part.

    Examples
    --------
    >>> parts = [frozenset({"mail", "Mail"}), frozenset({"Mail"})]
    >>> sorted(of_all_parts(parts, covering=True)), sorted(of_all_parts(parts, covering=False))
    (['Mail'], ['Mail', 'mail'])
    """
    return reduce(frozenset.intersection if covering else frozenset.union, parts)


def _has(text: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    """Tell whether a column has every value of another one."""
    same = pc.or_kleene(pc.is_null(other), pc.fill_null(pc.equal(text, other), False))
    return bool(pc.all(same).as_py())


def _compared(column: pd.Series[Any]) -> pa.ChunkedArray:
    text = pc.utf8_lower(pc.utf8_trim_whitespace(arrow(column if column.dtype == TEXT else column.astype(TEXT))))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _are_addresses(column: pd.Series[Any]) -> Mask:
    return matches(arrow(column), "@") & ~matches(arrow(column), "(?i)#EXT#@")

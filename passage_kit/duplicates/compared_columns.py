"""The columns by which rows are compared, as they are or spelled alike; only the rows asked for are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.fingerprints import fingerprints, first_rows, mixed, repeated_rows
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import arrow, mask_of
from passage_kit.duplicates.spelling import index_spelled_alike, prints_spelled_alike, spelled_alike

Ints = npt.NDArray[np.int64]
_NOWHERE, _NO_PRINTS = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class ComparedColumns:
    """Columns of all rows, by name.

    Parameters
    ----------
    columns : mapping of str to pyarrow.ChunkedArray
        Text, or another type, which is compared as it is.
    spelled : frozenset of str, default none
        Names of the columns whose case and accents do not count.

    Examples
    --------
    >>> compared = ComparedColumns({"city": pa.chunked_array([["Köln", "KOLN"]])}, frozenset({"city"}))
    >>> compared.values("city", np.array([1, 0])).to_pylist()
    ['koln', 'koln']
    """

    columns: Mapping[str, pa.ChunkedArray]
    spelled: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, frame: pd.DataFrame) -> ComparedColumns:
        """Take the columns of a frame as they are."""
        return cls({str(name): arrow(frame[name]) for name in frame})

    def __len__(self) -> int:
        """Count the rows."""
        return max(map(len, self.columns.values()), default=0)

    def values(self, name: str, rows: Ints) -> pa.ChunkedArray:
        """Give the values of a column in some rows."""
        values = take_rows(self.columns[name], pa.array(rows))
        return spelled_alike(values) if name in self.spelled else values

    def numbers(self, name: str, rows: Ints) -> Ints:
        """Number the values of some rows; equal ones have the same number, and a blank has -1."""
        values = self.columns[name] if len(rows) == len(self) else take_rows(self.columns[name], pa.array(rows))
        if not pa.types.is_string(values.type):
            return np.asarray(pd.factorize(pd.arrays.ArrowExtensionArray(values))[0])
        spelled = name in self.spelled
        # most texts of a long column have no equal, and need not be kept in another spelling
        prints = np.concatenate([_NO_PRINTS, *in_pieces(values, prints_spelled_alike if spelled else fingerprints)])
        some = repeated_rows(prints, among=mask_of(values.is_valid()))
        numbers = np.arange(len(rows))
        numbers[mask_of(values.is_null())] = -1
        texts = take_rows(values, pa.array(some))
        numbers[some] = some[first_rows(spelled_alike(texts) if spelled else texts)]
        return numbers

    def count_like(self, name: str, rows: Ints) -> Ints:
        """Count for each of some rows how many rows of all have its value; 0 for a blank."""
        own = self.values(name, rows)
        distinct = pc.unique(own).drop_null()
        find = index_spelled_alike if name in self.spelled else pc.index_in
        found = in_pieces(self.columns[name], partial(find, value_set=distinct))
        counts = np.bincount(np.concatenate([_NOWHERE, *map(_filled, found)]), minlength=len(distinct))
        at = pc.index_in(own, value_set=distinct)
        counted: Ints = np.append(counts, 0)[np.asarray(at.fill_null(len(distinct)))]
        return counted

    def repeated(self) -> Ints:
        """Find rows that may agree with another in every column: all that do, and hardly any others.

        Columns that are spelled alike are not looked at.
        """
        prints = np.zeros(len(self), dtype=np.uint64)
        for name, values in self.columns.items():
            if name not in self.spelled:
                prints = mixed(prints, _prints(values))
        return repeated_rows(prints)


def _filled(places: pa.Array) -> Ints:
    return np.asarray(places.drop_null())


def _prints(values: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Fingerprint of each value; a blank has one of its own."""
    if pa.types.is_string(values.type):
        prints = fingerprints(values)
    else:
        prints = pd.factorize(pd.arrays.ArrowExtensionArray(values))[0].astype(np.uint64)
    if values.null_count:
        prints[np.asarray(pc.is_null(values))] = 1
    return prints

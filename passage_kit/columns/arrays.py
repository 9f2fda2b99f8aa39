"""Kinds of numpy arrays that the whole kit speaks of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.signedinteger[Any]]  # of rows, counted from 0

_NARROW = np.iinfo(np.int32).max


def narrowest(most: int) -> type[np.signedinteger[Any]]:
    """Choose the type of whole numbers up to some number: half as many bytes do for all but the longest lists.

    Examples
    --------
    >>> narrowest(3_000_000).__name__, narrowest(3_000_000_000).__name__
    ('int32', 'int64')
    """
    return np.int32 if most <= _NARROW else np.int64


def has_others(numbers: Positions) -> Mask:
    """Mark the elements that have the number of another one; the numbers are small, from 0.

    Examples
    --------
    >>> has_others(np.array([4, 0, 4])).tolist()
    [True, False, True]
    """
    own = np.arange(len(numbers), dtype=numbers.dtype)
    last = np.empty(numbers.max(initial=-1) + 1, dtype=numbers.dtype)
    last[numbers] = own  # of several assignments to one place the last one stays
    repeated = np.zeros(len(last), dtype=bool)
    repeated[numbers[last[numbers] != own]] = True
    is_other: Mask = repeated[numbers]
    return is_other

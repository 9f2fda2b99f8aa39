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

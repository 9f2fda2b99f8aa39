"""Kinds of numpy arrays that the whole kit speaks of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]  # of rows, counted from 0

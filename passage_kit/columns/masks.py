"""Boolean arrow values as numpy masks, without pandas, which may still load."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def mask_of(values: pa.Array | pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Turn boolean arrow values into a numpy mask; null becomes False.

    Examples
    --------
    >>> mask_of(pa.array([True, None, False])).tolist()
    [True, False, False]
    """
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    masks = [_unpacked(pc.fill_null(chunk, False) if chunk.null_count else chunk) for chunk in chunks if len(chunk)]
    return masks[0] if len(masks) == 1 else np.concatenate([np.zeros(0, dtype=bool), *masks])


def _unpacked(bits: pa.BooleanArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    first, skipped = divmod(bits.offset, 8)
    packed = np.frombuffer(bits.buffers()[1], np.uint8)[first:]
    return np.unpackbits(packed, count=skipped + len(bits), bitorder="little")[skipped:].view(bool)

"""Fingerprints of texts: equal texts have equal ones, so that whole columns are compared as numbers first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from passage_kit.frames import bytes_of

_WORD = 8  # bytes
_LONGEST = 64  # bytes that count; longer texts are told apart by these and by their length
_BATCH = 1 << 16  # texts at a time, so that what is worked on stays in the cache of the processor
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # an odd number without a pattern: multiplying by it spreads the bits
_HALF = np.uint64(32)

Fingerprints = np.ndarray[Any, np.dtype[np.uint64]]


def fingerprints(values: pa.Array | pa.ChunkedArray) -> Fingerprints:
    """Compute a number for each text: equal texts have equal numbers, and others hardly ever.

    Parameters
    ----------
    values : pyarrow.Array or ChunkedArray
        Text. What a null gets means nothing.

    Returns
    -------
    numpy.ndarray of uint64

    Examples
    --------
    >>> one, other, same = fingerprints(pa.array(["ann@example.org", "bob@example.org", "ann@example.org"]))
    >>> bool(one == same), bool(one == other)
    (True, False)
    """
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    parts = [_of_batch(chunk.slice(at, _BATCH)) for chunk in chunks for at in range(0, len(chunk), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _of_batch(texts: pa.Array) -> Fingerprints:
    data, bounds = bytes_of(texts)
    text = np.append(data, np.zeros(_WORD, dtype=np.uint8))  # with room for the last word
    words: Fingerprints = np.ndarray(len(text) - _WORD + 1, np.uint64, text, strides=(1,))  # one begins at every byte
    starts, length = bounds[:-1], np.diff(bounds)
    prints = length.astype(np.uint64) * _SPREAD
    for at in range(0, min(int(length.max(initial=0)), _LONGEST), _WORD):
        left = np.clip(length - at, 0, _WORD).astype(np.uint64)
        word = words[np.minimum(starts + at, len(words) - 1)]
        word = np.where(left < _WORD, word & ((np.uint64(1) << left * np.uint64(8)) - np.uint64(1)), word)
        prints = (prints ^ word) * _SPREAD
        prints ^= prints >> _HALF
    return prints

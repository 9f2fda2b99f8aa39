"""Hash of a users frame, by which a source is known that is no file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import arrow

_AT_ONCE = 1 << 16  # rows to hash


def hash_frame(users: pd.DataFrame) -> str:
    """Hash a frame of text; what it holds decides, not its chunks.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> one, other = (users_frame({"email": [email]}) for email in ("ann@", "bo@"))
    >>> hash_frame(one) == hash_frame(one.copy()), hash_frame(one) == hash_frame(other)
    (True, False)
    """
    return hash_columns(list(users.columns), users.index, lambda name: [arrow(users[name])])


def hash_columns(names: Sequence[str], index: pd.Index[Any], parts_of: Callable[[str], Iterable[Any]]) -> str:
    """Hash columns of text, each of which comes in parts.

    Parameters
    ----------
    names : sequence of str
    index : pandas.Index
        Numbers of all rows.
    parts_of : callable
        Function that gives the values of a column, part by part.

    Examples
    --------
    >>> rows = pd.RangeIndex(1, 3)
    >>> whole = hash_columns(["email"], rows, lambda name: [pa.chunked_array([["ann@", None]])])
    >>> in_parts = [pa.chunked_array([["ann@"]]), pa.chunked_array([pa.nulls(1, pa.string())])]
    >>> whole == hash_columns(["email"], rows, lambda name: in_parts)
    True
    """
    digest = hashlib.sha256(repr((list(names), len(index))).encode())
    for start in range(0, len(index), _AT_ONCE):
        digest.update(index[start : start + _AT_ONCE].to_numpy(dtype="int64").tobytes())
    for name in names:
        for texts in _at_once(parts_of(name)):
            lengths = pc.fill_null(pc.binary_length(texts), -1)
            digest.update(lengths.to_numpy().astype("int32").tobytes())
            digest.update("".join(pc.drop_null(texts).to_pylist()).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _at_once(parts: Iterable[pa.ChunkedArray]) -> Iterator[pa.ChunkedArray]:
    """Cut a column anew, whatever its parts."""
    left = pa.chunked_array([], pa.string())
    for part in parts:
        left = pa.chunked_array([*left.chunks, *part.chunks], pa.string())
        while len(left) >= _AT_ONCE:
            yield left[:_AT_ONCE]
            left = left[_AT_ONCE:]
    if len(left):
        yield left

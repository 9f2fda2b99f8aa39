"""The list of all partitions, in the storage: a call names it, and a worker reads it once.

Each call needs to know all partitions, of which there may be thousands, and there are thousands of calls in each step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from functools import lru_cache
from typing import Any, overload

import pyarrow as pa

from passage_kit.cluster.job import Part
from passage_kit.cluster.storage import WORK, Storage

_NAMES = [field.name for field in fields(Part)]
_LISTS = 8  # that a worker keeps: of the lists of a run, with and without an earlier export


class KeptParts(Sequence[Part]):
    """Partitions that were written to a storage; what goes to a worker is the name of the file.

    Examples
    --------
    >>> import pickle, tempfile
    >>> storage = Storage(tempfile.mkdtemp())
    >>> parts = keep_parts(storage, [Part(number, 2 * number, 2, 0, number, 0) for number in range(4_000)])
    >>> len(pickle.dumps(parts)) < 300, pickle.loads(pickle.dumps(parts))[3_999].start
    (True, 7998)
    """

    def __init__(self, storage: Storage, name: str, parts: Sequence[Part]) -> None:
        self._storage, self._name, self._parts = storage, name, tuple(parts)

    def __len__(self) -> int:
        return len(self._parts)

    @overload
    def __getitem__(self, at: int) -> Part: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Part, ...]: ...
    def __getitem__(self, at: int | slice) -> Part | tuple[Part, ...]:
        """Give one of them, or some."""
        return self._parts[at]

    def __iter__(self) -> Iterator[Part]:
        return iter(self._parts)

    def __reduce__(self) -> tuple[Any, ...]:
        return read_parts, (self._storage, self._name)


def keep_parts(storage: Storage, parts: Sequence[Part]) -> KeptParts:
    """Write a list of partitions, under a name that tells its content."""
    rows = [astuple(part) for part in parts]
    table = pa.table({name: pa.array([row[at] for row in rows], pa.int64()) for at, name in enumerate(_NAMES)})
    digest = hashlib.sha256(repr(table.to_pydict()).encode()).hexdigest()[:16]
    name = f"{WORK}/parts/{digest}"
    storage.write_table(name, table)
    return KeptParts(storage, name, parts)


@lru_cache(maxsize=_LISTS)
def read_parts(storage: Storage, name: str) -> KeptParts:
    """Read a list of partitions, which a worker does once for all its calls."""
    table = storage.read_table(name)
    return KeptParts(storage, name, [Part(*row) for row in zip(*table.to_pydict().values(), strict=True)])

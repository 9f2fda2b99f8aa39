"""Calls for several files at once, and what they tell of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.reading_steps import FileRead

T = TypeVar("T")


def run_by_file(
    engine: Engine, name: str, call: Callable[..., T], items: Mapping[str, Sequence[Sequence[Any]]]
) -> dict[str, list[T]]:
    """Call a function with the items of each file, those of all files at once.

    Examples
    --------
    >>> from passage_kit.cluster.engine import InThisProcess
    >>> run_by_file(InThisProcess(), "sizes", len, {"a.csv": [("ab",), ("c",)], "b.csv": [("def",)]})
    {'a.csv': [2, 1], 'b.csv': [3]}
    """
    results = iter(engine.run(name, call, [item for some in items.values() for item in some]))
    return {address: [next(results) for _ in some] for address, some in items.items()}


def to_split(addresses: Iterable[str], found: Iterable[T | None]) -> dict[str, T]:
    """Give what was found for each file, without those that have to be read whole.

    Examples
    --------
    >>> to_split(["a.csv", "b.csv"], [None, 4])
    {'b.csv': 4}
    """
    return {address: one for address, one in zip(addresses, found, strict=True) if one is not None}


def with_hashes(files: Mapping[str, list[FileRead] | None], hashes: Iterable[str]) -> dict[str, list[FileRead]]:
    """Tell of each file the hash of its bytes, without those that have to be read whole."""
    known = dict(zip(files, hashes, strict=True))
    return {
        address: [replace(ranges[0], read=replace(ranges[0].read, sha256=known[address])), *ranges[1:]]
        for address, ranges in files.items()
        if ranges is not None
    }

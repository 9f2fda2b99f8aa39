"""Reading of a large CSV file on workers, a range each; the bytes come from a folder, or from an address by ranges."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from passage_kit.cluster.job import Job
from passage_kit.cluster.reading_steps import FileRead, fetched, size_of, written_file
from passage_kit.cluster.storage import opened
from passage_kit.columns.spool import spooling
from passage_kit.errors import SourceError
from passage_kit.reading.csv.csv_ranges import (
    BESIDE,
    END,
    HEAD,
    SECRET_ROWS,
    Outline,
    RangeEvidence,
    Survey,
    find_boundary,
    find_secrets,
    is_respelled,
    outline_of,
    read_range,
    survey,
)

_WINDOW, _WIDEST = 1 << 20, 1 << 26  # bytes in which the boundary of a range is sought, first and at the most
_PIECE = 1 << 24


@dataclass(frozen=True, slots=True)
class Range:
    """Rows of a large file.

    Parameters
    ----------
    begin, end : int
        Where they begin and end.
    below : int
        Where enough lines below them end to tell how the last of them end.
    above : int, default 0
        Number of lines above.
    is_first, is_last : bool, default False
        Whether they are the first ones, and the last ones.
    """

    begin: int
    end: int
    below: int
    above: int = 0
    is_first: bool = False
    is_last: bool = False


class RangeWritten(NamedTuple):
    """A range whose rows are in the storage, None if it has none, and what it adds to what decides on the file."""

    file: FileRead | None
    evidence: RangeEvidence


def outline_file(job: Job, address: str, large: int) -> Outline | None:
    """Look at the beginning and the end of a CSV file; None if it is small, or has to be read whole."""
    size = size_of(address)
    if size is None or size < max(large, HEAD + END):
        return None
    tail = bytes_of(address, size - END, size)
    return outline_of(bytes_of(address, 0, HEAD), tail, size, PurePosixPath(address).name, job.plan.reading)


def boundary_near(address: str, outline: Outline, at: int) -> tuple[int, int] | None:
    """Find where a record begins below a position, and where the lines end that tell of those above; None if nowhere.

    Lines are sought in a window that grows as long as they are few.
    """
    width = _WINDOW
    while width <= _WIDEST and at + width < outline.end:
        found = find_boundary(bytes_of(address, at, at + width), outline.dialect)
        if found is not None:
            return at + found.begin, at + found.below
        width *= 4
    return None


def survey_range(address: str, outline: Outline, begin: int, end: int) -> Survey:
    """Look at the bytes of a range."""
    first, last = max(0, begin - BESIDE), min(outline.size, end + BESIDE)
    return survey(bytes_of(address, first, last), (begin - first, last - end), outline.sign)


def hash_file(address: str) -> str:
    """Hash a file, which goes through its bytes in their order."""
    digest = hashlib.sha256()
    for piece in _pieces(address):
        digest.update(piece)
    return digest.hexdigest()


def has_other_quotes(job: Job, address: str) -> bool:
    """Tell whether a file has another way to quote; one worker goes through it, with the file aside on its disk."""
    with (
        tempfile.TemporaryDirectory(prefix="passage-kit-") as folder,
        spooling(Path(folder)),
        fetched(address) as path,
    ):
        return is_respelled(path, job.plan.reading)


def secrets_of(address: str, outline: Outline, ranges: list[Range]) -> frozenset[str] | None:
    """Find the columns of secrets by the first rows; None if some column may be JSON."""
    begin, found = ranges[0].begin, None
    for one in ranges:
        found = find_secrets(bytes_of(address, begin, one.below), outline, stop=one.end - begin)
        if found is None or found[1] >= SECRET_ROWS:
            break
    return None if found is None else found[0]


def write_range(
    job: Job, number: int, address: str, outline: Outline, of: Range, secrets: frozenset[str]
) -> RangeWritten:
    """Read the rows of a range, and write them as partitions."""
    found = read_range(
        bytes_of(address, of.begin, of.below),
        outline,
        above=of.above,
        stop=of.end - of.begin,
        secrets=secrets,
        is_first=of.is_first,
        is_last=of.is_last,
    )
    file = None if found.read is None else written_file(job, number, found.read)
    return RangeWritten(file, found.evidence)


def bytes_of(address: str, begin: int, end: int) -> bytes:
    """Read some bytes of a file; of an address, no more than these are fetched.

    Raises
    ------
    SourceError
        If there are fewer or more of them.
    """
    data: bytes
    if "://" in address:
        system, path = opened(address)
        data = system.cat_file(path, start=begin, end=end)
    else:
        with open(address, "rb") as file:
            file.seek(begin)
            data = file.read(end - begin)
    if len(data) != end - begin:
        raise SourceError(
            f"{PurePosixPath(address).name} changed while it was read, so that rows could be missing. Read it when "
            "nothing is written to it, or from a copy."
        )
    return data


def _pieces(address: str) -> Iterator[bytes]:
    if "://" in address:
        system, path = opened(address)
        file = system.open(path, "rb")
    else:
        file = open(address, "rb")  # noqa: SIM115 - closed below
    with file:
        while piece := file.read(_PIECE):
            yield piece

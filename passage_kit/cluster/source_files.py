"""Files of a run: small ones are read by a worker each, a large CSV, Parquet or NDJSON file by many, where exact.

A large CSV file goes through four rounds of calls: where its ranges begin; what their bytes show (line breaks, UTF-8,
signs of another way to quote); which columns are secrets, by the first rows; and the rows. Where one of them finds
something that only the whole file decides, one worker reads the file whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from passage_kit.cluster.calls_by_file import run_by_file
from passage_kit.cluster.csv_steps import (
    Range,
    RangeWritten,
    boundary_near,
    has_other_quotes,
    hash_file,
    outline_file,
    secrets_of,
    survey_range,
    write_range,
)
from passage_kit.cluster.database_steps import Hidden, is_database, read_table
from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job
from passage_kit.cluster.json_steps import read_json_files
from passage_kit.cluster.parquet_steps import read_parquet_files
from passage_kit.cluster.reading_steps import FileRead, list_files, one_source, read_file
from passage_kit.reading.csv.added_ranges import add_up, findings_beside
from passage_kit.reading.csv.csv_ranges import Outline, Survey
from passage_kit.reading.readers import UserList
from passage_kit.reading.several_files import join_lists

RANGE = 1 << 25  # bytes of a range: some 300,000 rows, which a worker reads in a few hundred megabytes
LARGE = 4 * RANGE  # bytes from which on a file is split


class FilesRead(NamedTuple):
    """The files of a source, or the ranges of large ones, in the order of the rows; and the source without its rows."""

    files: list[FileRead]
    source: UserList


@dataclass(frozen=True, slots=True)
class _Large:
    """A large file, and what is known of it so far."""

    outline: Outline
    ranges: list[Range]
    sha256: str = ""
    secrets: frozenset[str] = frozenset()
    breaks: int = 0  # lines above the end of the rows


def read_files(engine: Engine, job: Job, source: str) -> FilesRead:
    """Read the files of a source, or a table of a database."""
    if is_database(source):
        files = read_table(engine, job, Hidden(source))
        return FilesRead(files, files[0].read)
    listed = list_files(source)
    addresses = [source] if listed is None else listed
    split = _split(engine, job, addresses)
    others = [address for address in addresses if address not in split]
    split |= read_parquet_files(engine, job, others, _free_number(split))
    split |= read_json_files(engine, job, others, _free_number(split))
    whole = [address for address in addresses if address not in split]
    items = [(job, number, address) for number, address in enumerate(whole, _free_number(split))]
    split |= {address: [file] for address, file in zip(whole, engine.run("read", read_file, items), strict=True)}
    files = [file for address in addresses for file in split[address]]
    reads = [split[address][0].read for address in addresses]
    return FilesRead(files, reads[0] if listed is None else join_lists(reads, source))


def _free_number(split: Mapping[str, Sequence[FileRead]]) -> int:
    """Give the first number above those of all files and ranges, which need not be without gaps."""
    return 1 + max((file.number for files in split.values() for file in files), default=-1)


def _split(engine: Engine, job: Job, addresses: Sequence[str]) -> dict[str, list[FileRead]]:
    """Read the large files, those that can be split."""
    outlines = engine.run("look at files", outline_file, [(job, address, LARGE) for address in addresses])
    large = {
        address: _Large(outline, [])
        for address, outline in zip(addresses, outlines, strict=True)
        if outline is not None
    }
    for step in (_with_ranges, _surveyed, _hashed, _with_secrets):
        large = step(engine, job, large)
    read = _read(engine, job, large)
    return {address: files for address, found in large.items() if (files := _as_one(found, read[address]))}


def _with_ranges(engine: Engine, _job: Job, large: Mapping[str, _Large]) -> dict[str, _Large]:
    """Find where ranges begin."""
    places = {
        address: [(address, found.outline, at) for at in range(found.outline.begin + RANGE, found.outline.end, RANGE)]
        for address, found in large.items()
    }
    cuts = run_by_file(engine, "boundaries", boundary_near, places)
    return {address: replace(found, ranges=_ranges(found.outline, cuts[address])) for address, found in large.items()}


def _ranges(outline: Outline, cuts: Sequence[tuple[int, int] | None]) -> list[Range]:
    known = sorted({cut for cut in cuts if cut is not None and cut[1] <= outline.end})
    begins = [outline.begin, *(begin for begin, _ in known)]
    ends = [*known, (outline.end, outline.end)]
    return [
        Range(begin, end, below, 0, at == 0, at == len(known))
        for at, (begin, (end, below)) in enumerate(zip(begins, ends, strict=True))
    ]


def _surveyed(engine: Engine, _job: Job, large: Mapping[str, _Large]) -> dict[str, _Large]:
    """Number the lines of the ranges; a file that is not all UTF-8, or has another way to quote, is read whole."""
    items = {
        address: [(address, found.outline, *ends) for ends in pairwise(_edges(found))]
        for address, found in large.items()
    }
    shown = run_by_file(engine, "survey", survey_range, items)
    doubtful = [address for address, some in shown.items() if any(one.shows_signs for one in some)]
    respelled = dict(
        zip(doubtful, engine.run("quoting", has_other_quotes, [(_job, it) for it in doubtful]), strict=True)
    )
    return {
        address: _numbered(found, shown[address])
        for address, found in large.items()
        if all(one.is_utf8 for one in shown[address]) and not respelled.get(address)
    }


def _edges(found: _Large) -> Iterator[int]:
    """List where the bytes of the ranges begin and end, from the first byte of the file to the last."""
    yield 0
    yield from (one.end for one in found.ranges)
    if found.outline.end < found.outline.size:
        yield found.outline.size


def _numbered(found: _Large, shown: Sequence[Survey]) -> _Large:
    breaks = list(accumulate(one.breaks for one in shown[: len(found.ranges)]))
    above = [found.outline.dialect.last_line, *breaks]
    ranges = [replace(one, above=lines) for one, lines in zip(found.ranges, above, strict=False)]
    return replace(found, ranges=ranges, breaks=breaks[-1])


def _hashed(engine: Engine, _job: Job, large: Mapping[str, _Large]) -> dict[str, _Large]:
    hashes = engine.run("hash", hash_file, [(address,) for address in large])
    return {address: replace(found, sha256=it) for (address, found), it in zip(large.items(), hashes, strict=True)}


def _with_secrets(engine: Engine, _job: Job, large: Mapping[str, _Large]) -> dict[str, _Large]:
    """Find the columns of secrets; a file with a column that may be JSON is read whole."""
    items = [(address, found.outline, found.ranges) for address, found in large.items()]
    secrets = engine.run("secrets", secrets_of, items)
    return {
        address: replace(found, secrets=some)
        for (address, found), some in zip(large.items(), secrets, strict=True)
        if some is not None
    }


def _read(engine: Engine, job: Job, large: Mapping[str, _Large]) -> dict[str, list[RangeWritten]]:
    """Read the ranges."""
    numbers = iter(range(sum(len(found.ranges) for found in large.values())))
    items = {
        address: [(job, next(numbers), address, found.outline, one, found.secrets) for one in found.ranges]
        for address, found in large.items()
    }
    return run_by_file(engine, "read ranges", write_range, items)


def _as_one(found: _Large, read: Sequence[RangeWritten]) -> list[FileRead]:
    """Give the ranges of a file, the first with the findings on all of it; none if the file has to be read whole."""
    files = [one.file for one in read if one.file is not None]
    if any(one.evidence.unclosed for one in read):
        return []
    if not add_up(found.outline, [one.evidence for one in read if one.file is not None]):
        return []
    blank = [number for one in read for number in one.evidence.blank]
    beside = findings_beside(found.outline, breaks=found.breaks, blank=blank)
    first, *others = one_source(files, beside)
    return [replace(first, read=replace(first.read, sha256=found.sha256)), *others]

"""Reading of large files of NDJSON on workers, a range each.

A large file goes through five rounds of calls: what it is, by its beginning; where its ranges begin; what their lines
show; which columns are secrets, by the first rows; and the rows. Where one of them finds something that only the whole
file decides, one worker reads the file whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

from passage_kit.cluster.calls_by_file import run_by_file, to_split, with_hashes
from passage_kit.cluster.csv_steps import bytes_of, hash_file
from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job
from passage_kit.cluster.reading_steps import FileRead, RowsWritten, as_one_list, size_of, written_rows
from passage_kit.columns.plain_text import Column
from passage_kit.reading.json.json_ranges import (
    HEAD,
    LinesEvidence,
    LinesForm,
    LinesOutline,
    add_up_lines,
    findings_on_lines,
    is_named_json,
    look_at_lines,
    outline_of_lines,
    read_lines,
    secrets_of_lines,
)
from passage_kit.reading.rows_of_ranges import SECRET_ROWS

RANGE = 1 << 25  # bytes of a range: of eight keys, some 150,000 lines
LARGE = 2 * RANGE  # bytes from which on a file is split
_WINDOW, _WIDEST = 1 << 16, 1 << 26  # bytes in which a line break is sought, at a time and at the most


class LinesRange(NamedTuple):
    """Lines of a large file: where they begin and end, and whether none stands below them."""

    begin: int
    end: int
    is_last: bool


def read_json_files(engine: Engine, job: Job, addresses: Sequence[str], first: int) -> dict[str, list[FileRead]]:
    """Read the large files of NDJSON among some, those that can be split.

    Parameters
    ----------
    engine : Engine
    job : Job
    addresses : sequence of str
    first : int
        First number for what is read.
    """
    named = [address for address in addresses if is_named_json(PurePosixPath(address).name)]
    if not named:
        return {}
    items = [(job, address, LARGE) for address in named]
    outlines = to_split(named, engine.run("look at lines", outline_file_of_lines, items))
    ranges = _ranges(engine, outlines)
    forms = _forms(engine, ranges)
    first_rows = [(address, outlines[address], _first(ranges[address], form), form.columns) for address, form in forms]
    secrets = to_split((address for address, _ in forms), engine.run("secrets", secrets_in_lines, first_rows))
    hashes = engine.run("hash", hash_file, [(address,) for address in secrets])
    numbers, known = count(first), dict(forms)
    calls = {
        address: [
            (job, next(numbers), address, outlines[address], one, known[address].columns, *above, some)
            for one, above in _with_rows(ranges[address], known[address])
        ]
        for address, some in secrets.items()
    }
    written = run_by_file(engine, "read lines", write_lines, calls)
    return with_hashes({address: _as_one(known[address], some) for address, some in written.items()}, hashes)


def _ranges(engine: Engine, outlines: Mapping[str, LinesOutline]) -> dict[str, list[LinesRange]]:
    """Cut files at line breaks; those without any in the right places are left out."""
    places = {
        address: [(address, at, outline.size) for at in range(outline.begin + RANGE, outline.size, RANGE)]
        for address, outline in outlines.items()
    }
    cuts = run_by_file(engine, "line breaks", line_break_below, places)
    edges = {
        address: [outline.begin, *sorted({cut for cut in cuts[address] if cut is not None}), outline.size]
        for address, outline in outlines.items()
    }
    return {
        address: [LinesRange(begin, end, end == some[-1]) for begin, end in pairwise(some)]
        for address, some in edges.items()
        if len(some) > 2
    }


def _forms(engine: Engine, ranges: Mapping[str, Sequence[LinesRange]]) -> list[tuple[str, LinesForm]]:
    """Tell how files are read, by what all of their ranges show."""
    items = {address: [(address, one) for one in some] for address, some in ranges.items()}
    shown = run_by_file(engine, "columns of lines", look_at_range, items)
    return list(to_split(shown, map(add_up_lines, shown.values())).items())


def _first(ranges: Sequence[LinesRange], form: LinesForm) -> tuple[int, int]:
    """Give where so many first lines stand as tell which columns are secrets."""
    enough = next((one for one, above in zip(ranges, form.rows_above[1:], strict=False) if above >= SECRET_ROWS), None)
    return ranges[0].begin, (enough or ranges[-1]).end


def _with_rows(ranges: Sequence[LinesRange], form: LinesForm) -> list[tuple[LinesRange, tuple[int, int]]]:
    """Give the ranges that have rows, with the number of rows and of lines above each."""
    rows = [*form.rows_above[1:], form.rows]
    above = zip(ranges, form.rows_above, form.lines_above, rows, strict=True)
    return [(one, (before, lines)) for one, before, lines, after in above if after > before]


def _as_one(form: LinesForm, ranges: Sequence[RowsWritten | None]) -> list[FileRead] | None:
    """Give the ranges of a file, the first with the findings on all of it; None if the file has to be read whole."""
    return as_one_list(ranges, findings_on_lines(form))


def outline_file_of_lines(job: Job, address: str, large: int) -> LinesOutline | None:
    """Look at the beginning of a file; None if it is small, or has to be read whole."""
    size = size_of(address)
    if size is None or size < large:
        return None
    return outline_of_lines(bytes_of(address, 0, min(HEAD, size)), size, PurePosixPath(address).name, job.plan.reading)


def line_break_below(address: str, at: int, size: int) -> int | None:
    """Find where the first line below a position begins; None if that is far."""
    for begin in range(at, min(at + _WIDEST, size), _WINDOW):
        found = bytes_of(address, begin, min(begin + _WINDOW, size)).find(b"\n")
        if found >= 0:
            return begin + found + 1 if begin + found + 1 < size else None
    return None


def look_at_range(address: str, one: LinesRange) -> LinesEvidence | None:
    """Look at the lines of a range; None if the whole file decides how it is read."""
    return look_at_lines(bytes_of(address, one.begin, one.end), is_last=one.is_last)


def secrets_in_lines(
    address: str, outline: LinesOutline, first: tuple[int, int], columns: Sequence[Column]
) -> frozenset[str] | None:
    """Find the columns of secrets by the first lines of a file; None if it has to be read whole."""
    return secrets_of_lines(bytes_of(address, *first), outline, columns)


def write_lines(
    job: Job,
    number: int,
    address: str,
    outline: LinesOutline,
    one: LinesRange,
    columns: Sequence[Column],
    rows_above: int,
    lines_above: int,
    secrets: frozenset[str],
) -> RowsWritten | None:
    """Read the lines of a range, and write its rows; None if the whole file has to be read."""
    found = read_lines(
        bytes_of(address, one.begin, one.end),
        outline,
        columns,
        rows_above=rows_above,
        lines_above=lines_above,
        secrets=secrets,
    )
    return written_rows(job, number, found)

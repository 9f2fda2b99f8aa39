"""Reading on workers: a file at a time, cut into partitions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.storage import opened
from passage_kit.columns.null_words import BY_EVIDENCE, find_null_words, without_words
from passage_kit.columns.profile import SAMPLE, first_filled
from passage_kit.columns.users_frame import SOURCE_ROW, arrow
from passage_kit.errors import SourceError
from passage_kit.files.reasons import reason_of
from passage_kit.findings.findings import no_findings
from passage_kit.mapping.stepped_parts import with_touched
from passage_kit.reading.csv.added_ranges import findings_on_all, open_nothing
from passage_kit.reading.readers import UserList, read_one_file
from passage_kit.reading.rows_of_ranges import RowsOfRange
from passage_kit.reading.several_files import are_data, files_of, is_pattern, moved, with_columns


@dataclass(frozen=True, slots=True)
class FileRead:
    """What is known of a file that was read, or of a range of a large one.

    Parameters
    ----------
    number : int
        Under which its rows are in the storage.
    read : UserList
        How it was read, with its columns and without its rows.
    rows : int
        Number of its rows.
    whole : pandas.DataFrame
        Findings on the whole file.
    words : mapping of str to set of str
        Words in each column that may mean nothing.
    filled : mapping of str to list of int
        Values of each column in each of its pieces.
    """

    number: int
    read: UserList
    rows: int
    whole: pd.DataFrame
    words: dict[str, set[str]]
    filled: dict[str, list[int]]


class RowsWritten(NamedTuple):
    """A range whose rows are in the storage, its columns that may be JSON, and those of them that stay as they are."""

    file: FileRead
    json: frozenset[str]
    closed: frozenset[str]


def list_files(source: str) -> list[str] | None:
    """List the files of a folder, a pattern or an address; None if the source is one file.

    Raises
    ------
    SourceError
        If there is no file, or if the address is one of a web server with a query.
    """
    if "://" not in source:
        here = files_of(source)
        return None if here is None else [str(path) for path in here]
    if is_web(source) and "?" in source:
        raise SourceError(
            f"{source.partition('?')[0]} is given with a query, which may have a key in it that the outputs would "
            "show. Download the file, and give its path."
        )
    system, path = opened(source)
    if is_pattern(source):
        found = system.glob(path)
    elif not is_web(source) and system.isdir(path):
        found = [entry["name"] for entry in system.ls(path, detail=True) if entry["type"] == "file"]
    else:
        return None
    files = are_data(found)
    if not files:
        raise SourceError(f"No file is in {source}. Name the folder, or the pattern, of the files with the users.")
    return [system.unstrip_protocol(name) for name in files]


def read_file(job: Job, number: int, address: str) -> FileRead:
    """Read a file, and write its rows as partitions of so many rows at the most."""
    with fetched(address) as path:
        read = read_one_file(path, job.plan.reading)
    return written_file(job, number, read)


def written_file(job: Job, number: int, read: UserList) -> FileRead:
    """Write the rows of a file that was read as partitions."""
    users, findings = read.users, read.findings
    starts = range(0, len(users), job.rows)
    pieces = [users.iloc[at : at + job.rows] for at in starts]
    job.storage.write_frame(of("raw", number), *pieces)
    of_rows = findings[findings[SOURCE_ROW].notna().to_numpy(dtype=bool)]
    at = np.searchsorted(list(starts), of_rows[SOURCE_ROW].to_numpy(dtype=np.int64), side="left") - 1
    job.storage.write_findings(of("read", number), *(of_rows[at == piece] for piece in range(len(pieces))))
    return FileRead(
        number,
        replace(read, users=users.iloc[:0], findings=findings.iloc[:0]),
        len(users),
        findings[findings[SOURCE_ROW].isna().to_numpy(dtype=bool)],
        find_null_words(users),
        {str(name): [int(piece[name].notna().sum()) for piece in pieces] for name in users},
    )


def written_rows(job: Job, number: int, found: RowsOfRange | None) -> RowsWritten | None:
    """Write the rows of a range as partitions; nothing if the whole list has to be read."""
    return None if found is None else RowsWritten(written_file(job, number, found.read), found.json, found.closed)


def as_one_list(ranges: Sequence[RowsWritten | None], above: Iterable[pd.DataFrame] = ()) -> list[FileRead] | None:
    """Give all ranges of a list, with the findings above its rows; None if the whole list decides how it is read."""
    read = [one for one in ranges if one is not None]
    if len(read) < len(ranges) or not open_nothing([one.json for one in read], [one.closed for one in read]):
        return None
    return one_source([one.file for one in read], above)


def one_source(files: Sequence[FileRead], above: Iterable[pd.DataFrame] = ()) -> list[FileRead]:
    """Give the ranges of a file or a table, the first with the findings on all of it, and those above its rows."""
    whole = findings_on_all([file.whole for file in files], above)
    return [replace(files[0], whole=whole), *(replace(file, whole=no_findings()) for file in files[1:])]


def is_web(address: str) -> bool:
    """Tell whether an address is one of a web server, which may give the whole file where a part is asked for.

    Examples
    --------
    >>> is_web("https://example.org/users.csv"), is_web("s3://people/users.csv")
    (True, False)
    """
    return address.lower().startswith(("http://", "https://"))


def size_of(address: str) -> int | None:
    """Give the size of a file of which parts can be read; None if one worker has to read it, or say what is wrong."""
    if is_web(address):
        return None
    try:
        if "://" not in address:
            return os.stat(address).st_size if Path(address).is_file() else None
        system, path = opened(address)
        size = system.size(path)
    except OSError:
        return None
    return None if size is None else int(size)


@contextmanager
def fetched(address: str) -> Iterator[Path]:
    """Bring a file to this machine, under its own name."""
    if "://" not in address:
        yield Path(address)
        return
    system, path = opened(address)
    with tempfile.TemporaryDirectory(prefix="passage-kit-") as folder:
        local = Path(folder, PurePosixPath(path).name)
        try:
            system.get_file(path, str(local))
        except OSError as error:
            raise SourceError(
                f"{address} cannot be read: {reason_of(error)}. Check the address, and that the workers may read it."
            ) from error
        yield local


def raw_part(job: Job, part: Part) -> pd.DataFrame:
    """Give the rows of a partition as read, with the columns and row numbers of the whole source."""
    frame = with_columns(job.storage.read_frame(of("raw", part.file), part.piece), job.columns)
    return frame.set_axis(part.index)


def stepped_part(job: Job, part: Part) -> pd.DataFrame:
    """Give the rows of a partition after the value steps."""
    return job.storage.read_frame(of("stepped", part.number)) if job.stepped else raw_part(job, part)


def step_findings(job: Job, part: Part) -> pd.DataFrame:
    """Give the findings of the value steps on the rows of a partition."""
    if not job.stepped:
        return no_findings()
    return with_touched(job.storage.read_findings(of("findings-0", part.number)), job.touched)


def read_findings(job: Job, part: Part) -> pd.DataFrame:
    """Give the reader's findings on the rows of a partition."""
    return moved(job.storage.read_findings(of("read", part.file), part.piece), part.file_start)


def first_of_part(job: Job, part: Part, wanted: dict[str, int], *, after: bool = False) -> dict[str, pa.Array]:
    """Give the first values of columns, so many of each: as read, or (``after``) of the users to export."""
    return _first_of(job.storage.read_frame(of("users", part.number)) if after else raw_part(job, part), wanted)


def _first_of(frame: pd.DataFrame, wanted: dict[str, int]) -> dict[str, pa.Array]:
    return {
        name: pa.concat_arrays([*first_filled(frame[name], count).cast(pa.string()).chunks, pa.array([], pa.string())])
        for name, count in wanted.items()
    }


def first_of_stepped(job: Job, part: Part, wanted: dict[str, int]) -> dict[str, pa.Array]:
    """Give the first values of columns after the value steps, so many of each."""
    return _first_of(stepped_part(job, part), wanted)


def first_without_words(job: Job, part: Part, name: str) -> pa.Array:
    """Give the first values of a column without the words that may mean nothing."""
    column, _ = without_words(stepped_part(job, part)[name], BY_EVIDENCE)
    return pa.concat_arrays([*first_filled(column, SAMPLE).chunks, pa.array([], arrow(column).type)])


def wanted_of(filled: Sequence[dict[str, int]], most: Mapping[str, int] | None = None) -> list[dict[str, int]]:
    """Choose how many first values of each column each partition gives, for the first ones of all.

    Parameters
    ----------
    filled : sequence of dict of str to int
        Values of each column, partition by partition.
    most : mapping of str to int, optional
        How many first values of each column are wanted. Default: 5,000 of each.

    Examples
    --------
    >>> wanted_of([{"email": 4_000}, {"email": 3_000}, {"email": 1}])
    [{'email': 4000}, {'email': 1000}, {}]
    """
    left = dict(most or {})
    wanted = []
    for counts in filled:
        chosen = {name: min(count, left.get(name, SAMPLE)) for name, count in counts.items()}
        for name, count in chosen.items():
            left[name] = left.get(name, SAMPLE) - count
        wanted.append({name: count for name, count in chosen.items() if count})
    return wanted


def together(pieces: Sequence[dict[str, pa.Array]], name: str) -> pa.Array:
    """Join the first values of a column, in the order of the partitions."""
    some: list[Any] = [piece[name] for piece in pieces if name in piece]
    return pa.concat_arrays([*some, pa.array([], pa.string())])

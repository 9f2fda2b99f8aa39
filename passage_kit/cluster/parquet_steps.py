"""Reading of large Parquet files on workers, in runs of row groups; of an address, a worker fetches these alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from passage_kit.cluster.calls_by_file import run_by_file, to_split, with_hashes
from passage_kit.cluster.csv_steps import hash_file
from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job
from passage_kit.cluster.reading_steps import FileRead, RowsWritten, as_one_list, size_of, written_rows
from passage_kit.cluster.storage import opened
from passage_kit.reading.parquet_ranges import GroupRun, is_named_parquet, read_run, runs_of_groups, secrets_of_runs
from passage_kit.reading.rows_of_ranges import SECRET_ROWS

LARGE = 1 << 24  # bytes from which on a file is split: of eight columns, some half a million rows


def read_parquet_files(engine: Engine, job: Job, addresses: Sequence[str], first: int) -> dict[str, list[FileRead]]:
    """Read the large Parquet files among some, those that can be split.

    Parameters
    ----------
    engine : Engine
    job : Job
    addresses : sequence of str
    first : int
        First number for what is read.
    """
    named = [address for address in addresses if is_named_parquet(_name(address))]
    if not named or any(value is not None for value in job.plan.reading.values()):
        return {}  # no option of reading fits Parquet, which the reader of one file says
    runs = to_split(named, engine.run("row groups", runs_in, [(job, address, LARGE) for address in named]))
    secrets = to_split(runs, engine.run("secrets", secrets_in_file, list(runs.items())))
    hashes = engine.run("hash", hash_file, [(address,) for address in secrets])
    numbers = count(first)
    items = {
        address: [(job, next(numbers), address, run, some) for run in runs[address]]
        for address, some in secrets.items()
    }
    written = run_by_file(engine, "read row groups", write_run, items)
    return with_hashes({address: as_one_list(some) for address, some in written.items()}, hashes)


def runs_in(job: Job, address: str, large: int) -> list[GroupRun] | None:
    """Cut a file into runs of row groups; None if it is small, or has to be read whole."""
    size = size_of(address)
    if size is None or size < large:
        return None
    with _open(address) as source:
        return runs_of_groups(source, job.rows)


def secrets_in_file(address: str, runs: Sequence[GroupRun]) -> frozenset[str] | None:
    """Find the columns of secrets by the first rows of a file; None if it has to be read whole."""
    with _open(address) as source:
        return secrets_of_runs(source, runs, SECRET_ROWS, name=_name(address))


def write_run(job: Job, number: int, address: str, run: GroupRun, secrets: frozenset[str]) -> RowsWritten | None:
    """Read a run of row groups, and write its rows; None if the whole file has to be read."""
    with _open(address) as source:
        found = read_run(source, run, name=_name(address), secrets=secrets)
    return written_rows(job, number, found)


@contextmanager
def _open(address: str) -> Iterator[Any]:
    """Open a file of which a part is read: of an address, no more than that is fetched."""
    if "://" not in address:
        with pa.memory_map(address) as mapped:
            yield mapped
        return
    system, path = opened(address)
    with system.open(path, "rb", cache_type="none") as file:
        yield pa.PythonFile(file, mode="r")


def _name(address: str) -> str:
    return PurePosixPath(address).name

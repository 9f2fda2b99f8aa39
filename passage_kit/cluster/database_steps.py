"""Reading of a table of a database on workers, in ranges of its key; only the calls that read are told its URL."""

from __future__ import annotations

import importlib

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job
from passage_kit.cluster.reading_steps import FileRead, RowsWritten, as_one_list, written_file, written_rows
from passage_kit.reading.readers import read_source
from passage_kit.reading.rows_of_ranges import SECRET_ROWS
from passage_kit.reading.sql_ranges import KeyRange, key_ranges, read_key_range, secrets_of_table


class Hidden:
    """The URL of a database, which no log shows: an engine logs the arguments of a call that fails.

    Examples
    --------
    >>> Hidden("postgresql://ann:secret@db.example.org/app")
    Hidden(...)
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __repr__(self) -> str:
        return "Hidden(...)"


def is_database(source: str) -> bool:
    """Tell whether an address is that of a database: it has none of the protocols of fsspec.

    Examples
    --------
    >>> [is_database(source) for source in ("postgresql://db.example.org/app", "s3://people/users.csv", "users.csv")]
    [True, False, False]
    """
    protocol, mark, _ = source.partition("://")
    if not mark:
        return False
    try:
        protocols = importlib.import_module("fsspec").available_protocols()
    except ImportError:
        return False  # whoever opens the address says what is missing
    return protocol.split("::")[0] not in protocols


def read_table(engine: Engine, job: Job, url: Hidden) -> list[FileRead]:
    """Read a table in ranges of its key where that is exact, or else, as the result of a query, by one worker."""
    reading = {option: value for option, value in job.plan.reading.items() if value is not None}
    ranges = _ranges(engine, job, url, reading["table"]) if reading.keys() == {"table"} else None
    if ranges is not None:
        files = _read(engine, job, url, reading["table"], ranges)
        if files is not None:
            return files
    return engine.run("read", read_whole, [(job, url)])


def _ranges(engine: Engine, job: Job, url: Hidden, table: str) -> list[KeyRange] | None:
    [ranges] = engine.run("key ranges", ranges_of, [(url, table, job.rows)])
    return ranges


def _read(engine: Engine, job: Job, url: Hidden, table: str, ranges: list[KeyRange]) -> list[FileRead] | None:
    """Read the ranges; None if the whole table decides how it is read."""
    enough = next((one for one in ranges if one.above + one.rows >= SECRET_ROWS), ranges[-1])
    first = KeyRange(None, enough.end, 0, enough.above + enough.rows)
    [secrets] = engine.run("secrets", secrets_in, [(url, table, first)])
    if secrets is None:
        return None
    items = [(job, number, url, table, one, secrets) for number, one in enumerate(ranges)]
    return as_one_list(engine.run("read ranges", write_key_range, items))


def ranges_of(url: Hidden, table: str, rows: int) -> list[KeyRange] | None:
    """Cut a table into ranges of its key."""
    return key_ranges(url.address, table, rows)


def secrets_in(url: Hidden, table: str, first: KeyRange) -> frozenset[str] | None:
    """Find the columns of secrets by the first rows of a table; None if it has to be read whole."""
    return secrets_of_table(url.address, table, first)


def write_key_range(
    job: Job, number: int, url: Hidden, table: str, of: KeyRange, secrets: frozenset[str]
) -> RowsWritten | None:
    """Read a range of a table, and write its rows; None if a column has bytes or nested values."""
    return written_rows(job, number, read_key_range(url.address, table, of, secrets))


def read_whole(job: Job, url: Hidden) -> FileRead:
    """Read a table or a query by one worker."""
    return written_file(job, 0, read_source(url.address, **job.plan.reading))

"""Columns put aside in a private file, from which the system fetches what is read, and forgets it again.

A run over a large list makes many columns that a later step needs and no step in between. They are written to a file
without a name and mapped into memory: the frames stay what they are, and memory holds the parts that are being read.
The file is gone as soon as nothing refers to it, also after a kill.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import IO, Any

import pyarrow as pa
import pyarrow.ipc

from passage_kit.errors import OutputError

SMALL = 1 << 24  # bytes that are not worth a file
ROWS = 1 << 17  # of a batch: what is read together
_PAGE = mmap.ALLOCATIONGRANULARITY
_current: ContextVar[Spool | None] = ContextVar("spool", default=None)


@contextmanager
def spooling(folder: Path) -> Iterator[Spool]:
    """Put large columns aside in a folder within the block, wherever :func:`put_aside` is called in its thread.

    Raises
    ------
    OutputError
        If the folder has no room for them.

    Examples
    --------
    >>> import tempfile
    >>> with spooling(Path(tempfile.mkdtemp())):
    ...     put_aside(pa.table({"email": ["ann@example.org"]})).to_pydict()
    {'email': ['ann@example.org']}
    """
    spool = Spool(folder)
    token = _current.set(spool)
    try:
        yield spool
    finally:
        _current.reset(token)
        spool.close()


def current_spool() -> Spool | None:
    """Give the spool of the run that this thread works for, if it has one."""
    return _current.get()


def put_aside(table: pa.Table) -> pa.Table:
    """Put a table aside if a run does so; else, and if it is small, return the same table."""
    spool = _current.get()
    return table if spool is None or table.nbytes < SMALL else spool.keep(table)


def one_table(tables: Iterator[pa.Table]) -> pa.Table:
    """Put tables one below the other as they come, aside if a run does so and there are several.

    Examples
    --------
    >>> one_table(iter([pa.table({"a": ["x"]}), pa.table({"a": ["y"]})])).to_pydict()
    {'a': ['x', 'y']}
    """
    spool, first = _current.get(), next(tables)
    second = next(tables, None)
    if second is None:
        return first
    every = chain([first, second], tables)
    schema = first.schema
    del first, second  # each is free again once it is written
    return pa.concat_tables(every) if spool is None else spool.below(every, schema)


def forget() -> None:
    """Let go of the parts in memory of what is put aside; they are fetched again where they are read."""
    spool = _current.get()
    if spool is not None:
        spool.forget()


def forget_all() -> None:
    """Let go of what is put aside, and of memory that was freed, as between two steps of which each needs other pieces.

    It does nothing unless a run has put something aside.
    """
    spool = _current.get()
    if spool is not None and spool.is_used:
        spool.forget()
        pa.default_memory_pool().release_unused()


class Spool:
    """The private file of a run, and the tables in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._writing = Lock()
        self._mapped: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
        self._spans: list[tuple[int, int]] = []

    def keep(self, table: pa.Table) -> pa.Table:
        """Write a table, and give the one that is read from the file."""
        return self.below([table], table.schema)

    def below(self, tables: Iterator[pa.Table] | Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
        """Write tables one below the other as they come, and give them as one that is read from the file."""
        try:
            with self._writing:
                start, stop = self._write(tables, schema)
            view = mmap.mmap(self._opened().fileno(), stop - start, access=mmap.ACCESS_READ, offset=start)
        except OSError as error:
            raise OutputError(
                f"{self._folder} has no room for what a run over so many users puts aside: "
                f"{error.strerror or error}. Nothing was changed. Free some space or choose another output folder."
            ) from error
        self._mapped.add(view)
        buffer = pa.py_buffer(view)
        self._spans.append((buffer.address, buffer.address + buffer.size))
        return pa.ipc.open_stream(pa.BufferReader(buffer)).read_all()

    def holds(self, column: pa.ChunkedArray) -> bool:
        """Check that the values of a column are in the file, all of them."""
        return all(self._is_within(buffer) for chunk in column.chunks for buffer in chunk.buffers() if buffer)

    @property
    def is_used(self) -> bool:
        """Whether anything was put aside."""
        return bool(self._spans)

    def forget(self) -> None:
        """Let go of what was read; systems that cannot be told so do it when memory is short."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for view in list(self._mapped):
                view.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Close the file; what is mapped stays readable as long as it is referred to."""
        if self._file is not None:
            self._file.close()

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder, prefix=".spool-", buffering=0)  # noqa: SIM115 - close() does
        return self._file

    def _write(self, tables: Iterator[pa.Table] | Sequence[pa.Table], schema: pa.Schema) -> tuple[int, int]:
        file = self._opened()
        start = -(-file.seek(0, os.SEEK_END) // _PAGE) * _PAGE
        file.seek(start)
        with pa.ipc.new_stream(file, schema) as stream:
            for table in tables:
                stream.write_table(table, max_chunksize=ROWS)
        return start, file.tell()

    def _is_within(self, buffer: Any) -> bool:
        return any(start <= buffer.address < stop for start, stop in self._spans)

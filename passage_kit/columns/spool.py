"""Columns put aside in a private file, from which the system fetches what is read, and forgets it again.

A run over a large list makes many columns that a later step needs and no step in between. They are written to files
without a name and mapped into memory: the frames stay what they are, and memory holds the parts that are being read. A
file is gone as soon as nothing refers to it, also after a kill.
"""

from __future__ import annotations

import mmap
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

import pyarrow as pa
import pyarrow.ipc

from passage_kit.columns.parallel import together
from passage_kit.errors import OutputError

T = TypeVar("T")

SMALL, LARGE = 1 << 24, 1 << 29  # bytes that are not worth a file, and those of a long list
WINDOW = 1 << 24  # bytes of a file that are looked through together
_WITHIN, _LONGEST = range(0x80, 0xC0), 4  # bytes within a character of UTF-8, and how many bytes one has
ROWS = 1 << 17  # of a batch: what is read together
PARTITION = 1 << 19  # rows that are judged together where each is judged by itself: more take more memory
FEW = 4  # partitions whose columns may be made at a time: the peak of two million rows is the same as one by one
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


def current_spool() -> Spool | None:
    """Give the spool of the run that this thread works for, if it has one."""
    return _current.get()


def put_aside(table: pa.Table) -> pa.Table:
    """Put a table aside if a run does so; else, and if it is small, return the same table."""
    spool = _current.get()
    return table if spool is None or is_small(table.nbytes) else spool.keep([table], table.schema)


def is_small(size: int) -> bool:
    """Tell whether so many bytes are not worth a file.

    Examples
    --------
    >>> is_small(1_000), is_small(1_000_000_000)
    (True, False)
    """
    return size < SMALL


def put_column_aside(values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Put one column aside as :func:`put_aside` does with a table."""
    if _current.get() is None or is_small(values.nbytes):
        return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    return put_aside(pa.table([values], names=["values"]))["values"]


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
    return pa.concat_tables(every) if spool is None else spool.keep(every, schema)


def partitions_of(rows: int) -> range:
    """Give the first row of each partition, from 0; no rows are one partition.

    Examples
    --------
    >>> list(partitions_of(2_000_000)), list(partitions_of(0))
    ([0, 524288, 1048576, 1572864], [0])
    """
    return range(0, max(rows, 1), PARTITION)


def together_if_few(*calls: Callable[[], T], rows: int) -> list[T]:
    """Run calls in parallel on rows of a few partitions; on more, one after the other, and let go of what each read.

    Examples
    --------
    >>> together_if_few(lambda: 1, lambda: 2, rows=5_000_000)
    [1, 2]
    """
    return together(*calls, rows=rows) if len(partitions_of(rows)) <= FEW else [call() for call in letting_go(calls)]


def forget() -> None:
    """Let go of the parts in memory of what is put aside; they are fetched again where they are read."""
    spool = _current.get()
    if spool is not None:
        spool.forget()


def letting_go(things: Iterable[T]) -> Iterator[T]:
    """Give things one after another, such as names of columns, and let go of what is put aside after each.

    Examples
    --------
    >>> list(letting_go(["email", "phone"]))
    ['email', 'phone']
    """
    for thing in things:
        yield thing
        forget()


def pieces_of(data: bytes) -> Iterator[bytes]:
    """Give bytes whole, or those that are put aside piece by piece; no piece ends within a character of UTF-8.

    Examples
    --------
    >>> list(pieces_of(b"email"))
    [b'email']
    """
    if not isinstance(data, HeldBytes):
        yield data
        return
    start = 0
    while start < len(data):
        stop = min(start + WINDOW, len(data))
        while stop < len(data) and data[stop] in _WITHIN and stop > start + WINDOW - _LONGEST:
            stop -= 1
        yield data[start:stop]
        data.forget(start, stop)
        start = stop


def let_go(data: bytes, start: int, stop: int) -> None:
    """Let go of some bytes if they are put aside, once they were looked at.

    Examples
    --------
    >>> let_go(b"email", 0, 5)
    """
    if isinstance(data, HeldBytes):
        data.forget(start, stop)


def forget_all() -> None:
    """Let go of what is put aside and, in a run over a long list, of memory that was freed, which takes a moment.

    That is of use between two steps of which each needs other pieces.
    """
    spool = _current.get()
    if spool is not None:
        spool.forget()
        if spool.is_large:
            pa.default_memory_pool().release_unused()


class HeldBytes(mmap.mmap):
    """Bytes that are put aside, with the methods of bytes that readers need; a slice of them is bytes.

    To look through them does not keep them in memory.

    Examples
    --------
    >>> import tempfile
    >>> held = Spool(Path(tempfile.mkdtemp())).hold([b"email,", b"name"])
    >>> held.startswith(b"email"), b"name" in held, held.count(b"m"), held[6:]
    (True, True, 2, b'name')
    """

    def find(self, part: Any, start: int = 0, stop: int | None = None) -> int:
        """Find the first place of some bytes; -1 if there is none."""
        end = len(self) if stop is None else stop
        while start < end:
            border = start - start % WINDOW + WINDOW
            found = super().find(part, start, min(border + len(part) - 1, end))
            if found >= 0:
                return found
            self.forget(border - WINDOW, border)
            start = border
        return -1

    def forget(self, start: int, stop: int) -> None:
        """Let go of the pages of some bytes; systems that cannot be told so do it when memory is short."""
        if hasattr(mmap, "MADV_DONTNEED"):
            begin = start - start % mmap.PAGESIZE
            self.madvise(mmap.MADV_DONTNEED, begin, min(stop, len(self)) - begin)

    def __contains__(self, part: Any) -> bool:
        """Tell whether they hold some bytes."""
        return self.find(part) >= 0

    def startswith(self, beginning: bytes | tuple[bytes, ...], start: int = 0) -> bool:
        """Tell whether they begin with some bytes, or those from a position on do."""
        some = beginning if isinstance(beginning, tuple) else (beginning,)
        return any(self[start : start + len(each)] == each for each in some)

    def count(self, part: bytes) -> int:
        """Count how often they hold some bytes."""
        return self[:].count(part)

    def removeprefix(self, prefix: bytes) -> bytes:
        """Give them without some bytes at the beginning."""
        return self[len(prefix) :] if self.startswith(prefix) else cast("bytes", self)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Read them as text."""
        return self[:].decode(encoding, errors)


class Spool:
    """What a run has put aside: one private file without a name for each table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mapped: list[weakref.ref[mmap.mmap]] = []  # a list, since threads add to it while others go through it
        self._spans: list[tuple[int, int]] = []

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._folder

    def keep(self, tables: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
        """Write tables one below the other as they come, and give them as one that is read from the file."""
        with self._finding_room(), self._new_file() as file:
            with pa.ipc.new_stream(file, schema) as stream:
                for table in tables:
                    stream.write_table(table, max_chunksize=ROWS)
                    self.forget()
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # stays when the file is closed
        self._mapped.append(weakref.ref(view))
        buffer = pa.py_buffer(view)
        self._spans.append((buffer.address, buffer.address + buffer.size))
        return pa.ipc.open_stream(pa.BufferReader(buffer)).read_all()

    def hold(self, pieces: Iterable[bytes]) -> HeldBytes:
        """Write bytes as they come, and give them as they are read from the file."""
        with ExitStack() as opened:
            with self._finding_room():
                file = opened.enter_context(self._new_file())
            for piece in pieces:  # an error of theirs is not one of this file
                with self._finding_room():
                    file.write(piece)
            view = HeldBytes(file.fileno(), 0, access=mmap.ACCESS_READ)  # stays when the file is closed
        self._mapped.append(weakref.ref(view))
        return view

    def _new_file(self) -> BinaryIO:
        """Open a file without a name."""
        return cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder, prefix=".spool-", buffering=0))

    @contextmanager
    def _finding_room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"{self._folder} has no room for what a run over so many users puts aside: "
                f"{error.strerror or error}. Nothing was changed. Free some space or choose another output folder."
            ) from error

    def lacks(self, column: pa.ChunkedArray) -> int:
        """Count the bytes of a column that are not put aside."""
        return sum(
            chunk.nbytes for chunk in column.chunks if not all(map(self._is_within, filter(None, chunk.buffers())))
        )

    @property
    def is_large(self) -> bool:
        """Whether much was put aside so far."""
        return sum(stop - start for start, stop in self._spans) > LARGE

    def forget(self) -> None:
        """Let go of what was read; systems that cannot be told so do it when memory is short."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for mapped in self._mapped[:]:
                if (view := mapped()) is not None:
                    view.madvise(mmap.MADV_DONTNEED)

    def _is_within(self, buffer: Any) -> bool:
        return any(start <= buffer.address < stop for start, stop in self._spans)

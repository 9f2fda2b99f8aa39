"""Parallel work on whole columns: arrow and numpy release the interpreter lock, so threads use every processor.

There are never more threads at work than processors. A caller that finds none free does its work alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from threading import Lock
from typing import Any, TypeVar

import pyarrow as pa

T = TypeVar("T")

FEW = 5_000  # rows that are not worth a thread
PIECE = 1 << 16  # rows that one thread works on at a time, so that they stay in the cache of the processor


def together(*calls: Callable[[], T], rows: int | None = None) -> list[T]:
    """Run calls in parallel, as far as there are processors, and return their results in order.

    Parameters
    ----------
    *calls : callable
        Without arguments. They may call this function, too.
    rows : int, optional
        Number of rows that each call works on. Calls on fewer than 5,000 are made one after the other, since a thread
        would cost more than it saves. Default: many.

    Returns
    -------
    list

    Raises
    ------
    Exception
        Of a call that went wrong; those that were not begun by then are not made.

    Examples
    --------
    >>> together(lambda: 1, lambda: "a")
    [1, 'a']
    """
    if len(calls) < 2 or (rows is not None and rows < FEW):
        return [call() for call in calls]
    results: list[Any] = [None] * len(calls)
    waiting = iter(range(len(calls)))  # each number is given out once, whoever asks

    def work() -> Iterator[int]:
        """Make one call after another as long as some wait; what is yielded are the numbers of the calls to come."""
        try:
            for at in waiting:
                yield at
                results[at] = calls[at]()
        finally:
            deque(waiting, maxlen=0)  # after an error, nothing is left to the others

    def help_out() -> None:
        try:
            deque(work(), maxlen=0)
        finally:
            _processors.give_back()

    helping: list[Future[None]] = []
    with ThreadPoolExecutor(max(len(calls) - 1, 1)) as threads:
        for at in work():
            free = _processors.take(len(calls) - 1 - at)  # some may have become free since
            helping += [threads.submit(copy_context().run, help_out) for _ in range(free)]
        with _processors.lent():
            wait(helping)
    for helper in helping:
        helper.result()
    return results


def begin(call: Callable[[], T]) -> Future[T]:
    """Start a call in a thread of its own; the future gives its result or raises its error.

    Nothing here needs it any more; it goes with its former name, ``parallel.beside``.

    Examples
    --------
    >>> begin(lambda: 1).result()
    1
    """
    thread = ThreadPoolExecutor(1)
    begun = thread.submit(call)
    thread.shutdown(wait=False)
    return begun


def in_pieces(values: pa.Array | pa.ChunkedArray, work: Callable[[pa.Array], T], *, rows: int = PIECE) -> list[T]:
    """Run work on pieces of a column in parallel, and return the results in order.

    Examples
    --------
    >>> in_pieces(pa.array(["a", "b", "c"]), len, rows=2)
    [2, 1]
    """
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    pieces = [chunk.slice(at, rows) for chunk in chunks for at in range(0, len(chunk), rows)]
    return together(*(partial(work, piece) for piece in pieces))


class _Processors:
    """A counter of the threads at work, which allows as many as arrow may use."""

    def __init__(self) -> None:
        self._taken = 1  # by the thread that asks first
        self._lock = Lock()

    def take(self, wanted: int) -> int:
        """Take as many as are wanted and free."""
        with self._lock:
            taken: int = max(0, min(wanted, pa.cpu_count() - self._taken))
            self._taken += taken
            return taken

    def give_back(self) -> None:
        with self._lock:
            self._taken -= 1

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Leave the processor of a thread that waits to others."""
        self.give_back()
        try:
            yield
        finally:
            with self._lock:
                self._taken += 1  # whether one is free or not


_processors = _Processors()

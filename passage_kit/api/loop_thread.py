"""An event loop in a thread of its own, for scripts and for notebooks, whose own loop is running already."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import ExitStack
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

THREAD = "passage-kit"  # name of the threads, for debugging
GRACE = 1.0  # seconds for what is under way to end after an interrupt


class LoopThread:
    """An event loop in a thread; both start at the first call.

    Examples
    --------
    >>> async def double(number):
    ...     return 2 * number
    >>> background = LoopThread()
    >>> background.run(double(21))
    42
    >>> background.close()
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def run(
        self,
        work: Coroutine[Any, Any, T],
        *,
        watch: Callable[[], object] | None = None,
        stop: Callable[[], object] | None = None,
    ) -> T:
        """Run a coroutine to its end, and return its result.

        Parameters
        ----------
        work : coroutine
        watch : callable, optional
            Called in the calling thread, ten times a second until the work ends; for a progress bar.
        stop : callable, optional
            Called in the loop on Ctrl-C, to ask the work to end soon. Work that goes on for a second more is canceled.
            An error while it ends is raised in place of the interrupt.
        """
        loop = self._started()
        begun: list[asyncio.Task[Any]] = []
        future = asyncio.run_coroutine_threadsafe(_known(work, begun), loop)

        def end() -> None:
            if stop is not None:
                loop.call_soon_threadsafe(stop)
                wait([future], timeout=GRACE)
            future.cancel()
            wait([future], timeout=GRACE / 2)
            for task in begun:  # the future of canceled work does not tell
                if task.done() and not task.cancelled():
                    task.result()

        with ExitStack() as interrupted:
            interrupted.callback(end)  # Ctrl-C interrupts the waiting, not the work
            while not wait([future], timeout=0.1).done:
                if watch is not None:
                    watch()
            interrupted.pop_all()
        return future.result()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine, and return the future of its result at once."""
        return asyncio.run_coroutine_threadsafe(work, self._started())

    def close(self, last: Callable[[], Coroutine[Any, Any, object]] | None = None, *, wait_for_it: bool = True) -> None:
        """End the loop and its thread; a later call starts new ones.

        Parameters
        ----------
        last : callable, optional
            Last work of the loop.
        wait_for_it : bool, default True
            Give False in a finalizer: it may run in the loop's own thread, which would then wait for itself.
        """
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            ended = asyncio.run_coroutine_threadsafe(_end(loop, last), loop)
            if wait_for_it:
                self._thread.join()
                ended.result()
            else:
                ended.add_done_callback(partial(_tell, loop))

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_turn, args=(self._loop,), name=THREAD, daemon=True)
                self._thread.start()
            return self._loop


async def _known(work: Coroutine[Any, Any, T], begun: list[asyncio.Task[Any]]) -> T:
    """Do work, and make its task known from the start."""
    begun += filter(None, [asyncio.current_task()])
    return await work


def _tell(loop: asyncio.AbstractEventLoop, ended: Future[None]) -> None:
    """Log an error that nobody waits for, as asyncio logs those of its tasks."""
    error = None if ended.cancelled() else ended.exception()
    if error is not None:
        loop.call_exception_handler({"message": "The connections could not be closed", "exception": error})


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _end(loop: asyncio.AbstractEventLoop, last: Callable[[], Coroutine[Any, Any, object]] | None) -> None:
    try:
        if last is not None:
            await last()
    finally:
        loop.stop()

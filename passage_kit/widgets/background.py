"""Long work of a panel in a thread: the panel answers at once, and completes its answer later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

Job = tuple[Callable[[], Any], Callable[[Any], None]]  # the work, and the function that takes its result


class Background:
    """One thread for the jobs of a panel, in the order of the requests.

    Results are handed over on the kernel's own thread, between two cells, so a panel needs no locks; where there is no
    kernel, as in a script, on the background thread itself. The kernel's loop logs the error of a job at once, and who
    waits gets it raised.

    Examples
    --------
    >>> background, counts = Background(), []
    >>> background.ask([(lambda: 1 + 1, counts.append)])
    >>> background.wait()
    >>> counts
    [2]
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="passage-panel")
        self._asked: list[Future[None]] = []

    def ask(self, jobs: Iterable[Job]) -> None:
        """Ask for jobs, and cancel former jobs that have not begun."""
        for job in self._asked:
            job.cancel()
        loop = _running_loop()
        self._asked = [job for job in self._asked if not job.done() or _error_of(job)]
        for work, take in jobs:
            job = self._thread.submit(_work, work, take, loop)
            if loop is not None:
                job.add_done_callback(partial(_tell, loop))
            self._asked.append(job)

    def wait(self) -> None:
        """Wait until everything that was asked for is worked out; an error of a job is raised, once."""
        asked, self._asked = self._asked, []
        wait(asked)
        for error in filter(None, map(_error_of, asked)):
            raise error


def _error_of(job: Future[None]) -> BaseException | None:
    """Give what went wrong in a job that is done; nothing went wrong in one that gave way to others."""
    return None if job.cancelled() else job.exception()


def _tell(loop: asyncio.AbstractEventLoop, job: Future[None]) -> None:
    """Log the error of a job, for whom the page does not wait."""
    if (error := _error_of(job)) and not loop.is_closed():
        problem = {"message": "Work beside the page went wrong", "exception": error}
        loop.call_soon_threadsafe(loop.call_exception_handler, problem)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the kernel's event loop, whose thread runs the panels."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _work(work: Callable[[], Any], take: Callable[[Any], None], loop: asyncio.AbstractEventLoop | None) -> None:
    result = partial(take, work())
    if loop is None:
        result()
    else:
        loop.call_soon_threadsafe(result)

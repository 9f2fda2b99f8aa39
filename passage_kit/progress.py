"""Progress of a run: a bar that appears after one second, on a terminal or in a notebook, but never in a pipe."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import TracebackType
from typing import Any

from passage_kit.translations import gettext, ngettext, number

PATIENCE = 1.0  # seconds before the bar appears

_FORMAT = "{desc} {bar} {percentage:3.0f}%{postfix}, {remaining} left"
_RATED = "{desc} {bar} {percentage:3.0f}%{postfix}, {rate_noinv_fmt}, {remaining} left"
_OF_CALLS = "{desc} {bar} {n_fmt} of {total_fmt}{postfix}"
_ALWAYS = ("created", "existing", "failed")  # outcomes that are shown even if their count is 0
_silent: ContextVar[bool] = ContextVar("silent", default=False)
Hear = Callable[[str, float], None]  # takes the name of the stage that begins and the share that is done
_hearing: ContextVar[Hear | None] = ContextVar("hearing", default=None)


@contextmanager
def no_progress() -> Iterator[None]:
    """Show no progress within the block, since a program reads the output."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


@contextmanager
def progress_to(hear: Hear) -> Iterator[None]:
    """Report the progress within the block to a function, and show none.

    Parameters
    ----------
    hear : callable
        Function that takes the name of the stage and the share that is done, from 0 to 1. If it raises
        KeyboardInterrupt, the work ends as after Ctrl-C.

    Examples
    --------
    >>> with progress_to(lambda stage, share: print(f"{stage}: {share:.0%}")):
    ...     with Stages({"read": 1, "map": 3}) as stages:
    ...         stages.next()
    ...         stages.next(rows=1_000)
    read: 0%
    map, 1,000 rows: 25%
    """
    token = _hearing.set(hear)
    try:
        with no_progress():
            yield
    finally:
        _hearing.reset(token)


class Stages:
    """A bar over the stages of a run, which appears after one second.

    Parameters
    ----------
    weights : mapping of str to float
        Name of each stage in order, and its share of the time in any unit.

    Examples
    --------
    >>> with Stages({"read": 1, "map": 2}) as stages:
    ...     stages.next()
    ...     stages.next(rows=1_000)
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._stages = iter(weights.items())
        self._done = self._share = 0.0
        self._total = sum(weights.values())
        self._rows = ""
        self._hear = _hearing.get()
        self._bar = _bar(self._total)
        self._late = threading.Timer(PATIENCE, self._bar.refresh)
        self._late.daemon = True

    def next(self, *, rows: int | None = None) -> None:
        """Begin the next stage, and show the number of rows once it is known."""
        name, weight = next(self._stages)
        self._bar.set_description_str(name, refresh=False)
        if rows is not None:
            self._bar.set_postfix_str(f"{rows:,} rows", refresh=False)
            self._rows = f", {ngettext('{count} row', '{count} rows', rows)}"
        self._bar.update(self._done)
        self._share += self._done / self._total
        if self._hear:
            self._hear(gettext(name) + self._rows, self._share)
        self._done = weight

    def __enter__(self) -> Stages:
        if not in_notebook():  # where another thread may not draw
            self._late.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._late.cancel()
        self._bar.close()


class Tally:
    """A bar over many users with outcomes, rate and time left, which appears after one second.

    Parameters
    ----------
    total : int
        Number of users to come.
    count : callable
        Function that returns the number of users so far by outcome.
    done : int, default 0
        Number of users done before. The rate counts neither them nor their time.

    Examples
    --------
    >>> with Tally(3, lambda: {"created": 2, "failed": 1}) as tally:
    ...     tally.show()
    """

    def __init__(self, total: int, count: Callable[[], Mapping[str, int]], *, done: int = 0) -> None:
        self._count, self._done, self._total = count, done, total
        self._hear = _hearing.get()
        self._bar = _bar(total, _RATED)
        self._bar.set_description_str("Users", refresh=False)

    def show(self) -> None:
        """Show the current counts."""
        counts = self._count()
        words = [f"{count:,} {name}" for name, count in counts.items() if count or name in _ALWAYS]
        self._bar.set_postfix_str(" · ".join(words), refresh=False)
        so_far = sum(counts.values())
        self._bar.update(so_far - self._done - self._bar.n)
        if self._hear:
            some = {"some": number(so_far), "words": ", ".join(words)}
            said = ngettext("{some} of {count} user: {words}", "{some} of {count} users: {words}", self._total, **some)
            self._hear(said, so_far / max(self._total, 1))

    def __enter__(self) -> Tally:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()


class Calls:
    """A bar over the calls of one step on a cluster, with the page on which the cluster shows its work.

    Parameters
    ----------
    step : str
        Name of the step.
    total : int
        Number of its calls.
    link : str
        Address of the page.

    Examples
    --------
    >>> with progress_to(lambda step, share: print(f"{step}: {share:.0%}")):
    ...     with Calls("merge", 2, "http://127.0.0.1:8787/status") as calls:
    ...         calls.next()
    merge: 0%
    merge: 50%
    """

    def __init__(self, step: str, total: int, link: str) -> None:
        self._step, self._total, self._done = step, total, 0
        self._hear = _hearing.get()
        self._bar = _bar(total, _OF_CALLS)
        self._bar.set_description_str(step, refresh=False)
        self._bar.set_postfix_str(link, refresh=False)
        self._tell()

    def next(self) -> None:
        """Count one call that is complete."""
        self._done += 1
        self._bar.update(1)
        self._tell()

    def _tell(self) -> None:
        if self._hear:
            self._hear(self._step, self._done / max(self._total, 1))

    def __enter__(self) -> Calls:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()


def in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook, not merely a program that has imported one."""
    kernels = sys.modules.get("ipykernel.kernelapp")
    return kernels is not None and bool(kernels.IPKernelApp.initialized())


def _bar(total: float, form: str = _FORMAT) -> Any:
    options: dict[str, Any] = {"total": total, "delay": PATIENCE, "leave": False, "bar_format": form, "unit": "users"}
    if in_notebook() and not _silent.get():
        from tqdm.notebook import tqdm as notebook_bar

        return _unwatched(notebook_bar)(**options)
    from tqdm import tqdm

    return _unwatched(tqdm)(**options, disable=True if _silent.get() else None)  # None shows the bar on a terminal only


@cache
def _unwatched(bar: Any) -> Any:
    """Derive a class of bars that needs no thread to watch it; the one of tqdm runs until the process ends."""
    return type(bar.__name__, (bar,), {"monitor_interval": 0})

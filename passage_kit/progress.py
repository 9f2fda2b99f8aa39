"""Progress of a run: a bar that appears after a second, on a terminal only."""

from __future__ import annotations

import threading
from types import TracebackType

from tqdm import tqdm

PATIENCE = 1.0  # seconds before anything is shown


class Stages:
    """Named stages of a run, shown one after the other on stderr; nothing in a pipe, nothing within the first second.

    Examples
    --------
    >>> with Stages("read", "map") as stages:
    ...     stages.next()
    ...     stages.next()
    """

    def __init__(self, *names: str) -> None:
        self._names = iter(names)
        self._begun = 0
        self._bar = tqdm(
            total=len(names), delay=PATIENCE, disable=None, leave=False, bar_format="{desc} {bar} {n_fmt}/{total_fmt}"
        )
        self._late = threading.Timer(PATIENCE, self._bar.refresh)
        self._late.daemon = True

    def next(self) -> None:
        """Say that the next stage begins."""
        self._bar.set_description_str(next(self._names), refresh=False)
        self._bar.update(min(self._begun, 1))
        self._begun += 1

    def __enter__(self) -> Stages:
        self._late.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._late.cancel()
        self._bar.close()

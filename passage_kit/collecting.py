"""Python's search for cycles, held back where there are many objects and no cycles among them."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting(*, last: bool = False) -> Iterator[None]:
    """Spare Python the search for cycles: among a million rows that have none it would be most of the time.

    Parameters
    ----------
    last : bool, default False
        Whether the process ends with this work. What there is by then is left out of every later search, too.

    Examples
    --------
    >>> with no_collecting():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if last:
            gc.freeze()
        if enabled:
            gc.enable()


def no_collecting_at_exit() -> None:
    """Spare a command its last search for cycles, a quarter of a second: their memory goes with the process."""
    atexit.register(gc.freeze)

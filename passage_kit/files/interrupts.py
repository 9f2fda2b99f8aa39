"""Ctrl-C held back while something must not end halfway."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back within the block, and let it through at the end.

    What is within the block is short: it cannot be stopped. Only the main thread receives Ctrl-C, so a block in another
    thread is as it would be without.

    Raises
    ------
    KeyboardInterrupt
        At the end of the block, if there was a Ctrl-C within and nobody else handles it.

    Examples
    --------
    >>> try:
    ...     with interrupts_held():
    ...         signal.raise_signal(signal.SIGINT)
    ...         print("all of it")
    ... except KeyboardInterrupt:
    ...     print("interrupted")
    all of it
    interrupted
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or usual is None:  # None: not set from Python
        yield
        return
    received: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        received.append(number)

    signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if received:
            signal.raise_signal(signal.SIGINT)

"""Waiting for what is waited for: a state, however long a busy machine takes to reach it, and never for a time."""

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

LONG = 120.0  # seconds until something has gone wrong; nothing takes as long, not on a busy machine either
BUSY = 15.0  # how many times as long as on an idle machine something may take that is to be quick


def until(
    reached: Callable[[], object],
    *,
    rest: Callable[[float], object] = time.sleep,
    too_early: tuple[type[Exception], ...] = (),
) -> None:
    """Wait until something holds, and ``rest`` for some seconds between two looks; fail if it does not come to that.

    Errors that are ``too_early`` mean that it does not hold yet; the last of them is raised at the end.
    """
    end = time.monotonic() + LONG
    while True:
        is_last = time.monotonic() > end
        try:
            if reached():
                return
        except too_early:
            if is_last:
                raise
        if is_last:
            pytest.fail(f"it did not come to this within {LONG:.0f} seconds: {reached}")
        rest(0.01)


def interrupted_when(reached: Callable[[], object]) -> threading.Thread:
    """Press Ctrl-C in this process as soon as something holds; the moment is in the thread's ``pressed``."""

    def press() -> None:
        until(reached)
        thread.pressed = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press, daemon=True)
    thread.pressed = None
    thread.start()
    return thread

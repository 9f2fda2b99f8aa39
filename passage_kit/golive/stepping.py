"""A rule that is written once, and followed by sync and by async applications.

A rule is a generator. It yields calls to make, and is sent their results. :func:`run` makes the calls, and
:func:`run_async` makes and awaits them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Steps: TypeAlias = Generator[Callable[[], Any], Any, T]


def run(steps: Steps[T]) -> T:
    """Follow a rule whose calls give their results.

    Examples
    --------
    >>> def rule():
    ...     found = yield lambda: 20
    ...     return found + 1
    >>> run(rule())
    21
    """
    try:
        call = next(steps)
        while True:
            call = steps.send(call())
    except StopIteration as ended:
        result: T = ended.value
        return result
    finally:
        steps.close()


async def run_async(steps: Steps[T]) -> T:
    """Follow a rule whose calls give awaitables."""
    try:
        call = next(steps)
        while True:
            call = steps.send(await call())
    except StopIteration as ended:
        result: T = ended.value
        return result
    finally:
        steps.close()

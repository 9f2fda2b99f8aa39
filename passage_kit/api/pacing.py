"""The pace of requests: it rises step by step, and after a 429 it halves and all requests pause."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from email.utils import parsedate_to_datetime

FLOOR = 10.0  # requests a second, the lowest rate after many refusals
RECOVERY = 20.0  # seconds until the rate has grown back by half
LONGEST_PAUSE = 15 * 60.0
BASE, LONGEST = 0.25, 30.0  # seconds of the first back-off at most, and of any

_random = random.SystemRandom()


def back_off(attempt: int) -> float:
    """Compute the seconds until the next attempt: exponential, with jitter so that clients do not return at once.

    Examples
    --------
    >>> 0 <= back_off(1) <= BASE and 0 <= back_off(30) <= LONGEST
    True
    """
    return _random.uniform(0.1, 1.0) * min(LONGEST, BASE * 2.0 ** min(attempt - 1, 30))


def retry_after(value: str | None, date: str | None) -> float | None:
    """Read the seconds that a ``Retry-After`` asks for; None if it cannot be understood.

    Parameters
    ----------
    value : str or None
        The header: seconds, or a date.
    date : str or None
        The answer's own ``Date``. Dates are read by this clock, since the clock of this machine may be wrong.

    Examples
    --------
    >>> retry_after("4", None), retry_after("soon", None), retry_after("-3", None)
    (4.0, None, None)
    >>> retry_after("Mon, 23 Nov 2026 10:00:07 GMT", "Mon, 23 Nov 2026 10:00:00 GMT")
    7.0
    """
    text = (value or "").strip()
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return float(text)
    until, now = moment(text), moment(date)
    if until is None:
        return None
    return max(0.0, until - (time.time() if now is None else now))


def moment(text: str | None) -> float | None:
    """Convert the date of a header to seconds since 1970; None if it is no date."""
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, TypeError, OverflowError):
        return None


class Pace:
    """The pace of all requests of a client.

    There is no limit until the first 429. A 429 halves the rate, which then grows by the same step every second. It
    delays every request, not only the one that it answers. All waiting uses the monotonic clock.

    Parameters
    ----------
    max_rps : float, optional
        Largest number of requests a second.
    """

    def __init__(self, max_rps: float | None = None) -> None:
        self.max_rps = max_rps
        self.rate = max_rps
        self.refusals = 0  # 429s since the last answer that was none
        self.accepted = 0  # answers that were none
        self._step = 0.0
        self._grown = self._next = self._paused_until = self._slowed = 0.0
        self._answers: deque[float] = deque(maxlen=64)

    async def turn(self) -> float:
        """Wait until a request may leave, and return the moment it does."""
        while True:
            now = time.monotonic()
            if now < self._paused_until:
                await asyncio.sleep(self._paused_until - now)
                continue
            at = now
            if self.rate is not None:
                at = max(now, self._next)
                self._next = at + 1.0 / self.rate
                if at > now:
                    await asyncio.sleep(at - now)
            if time.monotonic() >= self._paused_until:
                return time.monotonic()

    def went_well(self) -> None:
        """Count an answer that is no refusal."""
        now = time.monotonic()
        self.refusals = 0
        self.accepted += 1
        self._answers.append(now)
        if self.rate is None or self._step == 0.0:
            return
        self.rate += self._step * (now - self._grown)
        self._grown = now
        if self.max_rps is not None and self.rate >= self.max_rps:
            self.rate, self._step = self.max_rps, 0.0

    @property
    def observed(self) -> float:
        """Measure the recent answers a second."""
        taken = self._answers[-1] - self._answers[0] if len(self._answers) > 1 else 0.0
        return (len(self._answers) - 1) / taken if taken else FLOOR

    def refused(self, *, sent: float, wait: float | None) -> None:
        """Slow down after a 429.

        Parameters
        ----------
        sent : float
            Moment when the request left. A request from before the last slowdown changes nothing.
        wait : float or None
            Seconds that the answer asks to wait.
        """
        now = time.monotonic()
        if sent >= self._slowed:
            self.refusals += 1
            before = self.rate if self.rate is not None else self.observed
            self.rate = max(FLOOR, before / 2)
            if self.max_rps is not None:
                self.rate = min(self.rate, self.max_rps)
            self._step = max(1.0, before / 2 / RECOVERY)
            self._grown = self._slowed = now
        pause = back_off(self.refusals) if wait is None else wait + _random.uniform(0.0, 0.05)
        self._paused_until = max(self._paused_until, now + min(pause, LONGEST_PAUSE))
        self._slowed = max(self._slowed, self._paused_until)
        self._next = max(self._next, self._paused_until)

"""The pace of requests: it rises step by step, and after a 429 it halves and all requests pause."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from email.utils import parsedate_to_datetime

from passage_kit.api.random_refusals import RandomRefusals

START = 10.0  # requests a second that are assumed while too few answers tell
RECOVERY = 20.0  # seconds until the rate has doubled
FEW = 3  # answers between two refusals: if that is so twice, the service is slower than half of the former rate
LONGEST_PAUSE = 15 * 60.0
LOWEST = 1.0  # requests a second after many refusals that do not say how long to wait; their pauses grow, too
CATCH_UP = 0.01  # seconds by which a timer may be late without slowing the rate
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
    delays every request, not only the one that it answers. If hardly any answer comes between two 429s, the rate is
    what the service let through: one request in a quarter of an hour, if that is what ``Retry-After`` says. If the
    service refuses the same share at the lowest rate as at higher ones, the rate rises in spite of 429s. All waiting
    uses the monotonic clock.

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
        self._line: deque[object] = deque()  # those who wait for their turn, the first one first
        self._passed: int | None = None  # answers since the last refusal that counted; None before the first
        self._few = 0  # refusals in a row that had few answers before them
        self._refused = 0.0
        self._answers: deque[float] = deque(maxlen=64)
        self._trial = RandomRefusals()

    async def turn(self) -> float:
        """Wait until a request may leave, and return the moment it does."""
        ticket = object()
        self._line.append(ticket)
        try:
            while True:
                now = time.monotonic()
                at = max(self._next, self._paused_until)
                if self.rate is not None:
                    at += self._line.index(ticket) / self.rate
                if now >= at:
                    break
                await asyncio.sleep(at - now)
        finally:
            self._line.remove(ticket)
        if self.rate is not None:
            self._next = (self._next if now - self._next < CATCH_UP else now) + 1.0 / self.rate
        return now

    def went_well(self) -> None:
        """Count an answer that is no refusal."""
        now = time.monotonic()
        self.refusals = 0
        self.accepted += 1
        if self._passed is not None:
            self._passed += 1
        self._answers.append(now)
        if self.rate is None or self._step == 0.0:
            return
        if self._trial.count(refused=False, slow=self._is_slow) and self._trial.unchanged:
            self.rate *= 2
        self.rate += self._step * (now - self._grown)
        self._grown = now
        if self.max_rps is not None and self.rate >= self.max_rps:
            self.rate, self._step = self.max_rps, 0.0

    @property
    def observed(self) -> float:
        """Measure the recent answers a second."""
        taken = self._answers[-1] - self._answers[0] if len(self._answers) > 1 else 0.0
        return (len(self._answers) - 1) / taken if taken else START

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
        if wait is None and sent >= self._slowed and self._trial.count(refused=True, slow=self._is_slow):
            return
        if sent >= self._slowed:
            self.refusals += 1
            self.rate = self._slower(now, wait)
            self._step = max(self.rate / RECOVERY, min(1.0, self.rate**2 / 5))  # a slow rate doubles in five requests
            self._grown = self._slowed = self._refused = now
            self._passed = 0
        pause = back_off(self.refusals) if wait is None else wait + _random.uniform(0.0, 0.05)
        self._paused_until = max(self._paused_until, now + min(pause, LONGEST_PAUSE))
        self._slowed = max(self._slowed, self._paused_until)
        self._next = self._paused_until if wait else max(self._next, self._paused_until)

    @property
    def _is_slow(self) -> bool:
        return self.rate is not None and self.rate <= 2 * LOWEST

    def _slower(self, now: float, wait: float | None) -> float:
        """Compute the rate after a refusal: half, but no less than what the service let through since the last one.

        If few answers came before two refusals in a row, and the service says how long to wait, the rate is just that.
        """
        before = self.rate if self.rate is not None else self.observed
        rate = before / 2
        if self._passed is not None:
            self._few = self._few + 1 if self._passed <= FEW else 0
            if wait and self._few > 1:
                rate = min(0.9 * before, max(self._passed, 1) / (now - self._paused_until + wait))
            elif now > self._refused:
                rate = max(rate, min(0.9 * before, self._passed / (now - self._refused)))
        rate = max(rate, 1 / LONGEST_PAUSE if wait else LOWEST)
        return rate if self.max_rps is None else min(rate, self.max_rps)

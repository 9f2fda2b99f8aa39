"""Refusals that have nothing to do with the pace, such as those of a proxy that refuses every third request."""

from __future__ import annotations

from collections import deque

ANSWERS = 32  # in a row, whose refusals give a share
LEAST = 1 / 8  # share of refusals below which slowing has helped
MOST = 1 / 2  # share of refusals above which even the lowest rate may be too high
CHANCE = 0.25  # by which a share may be larger without a reason: three standard deviations of a third


class RandomRefusals:
    """Find out whether a service refuses a share of the requests at any rate, so that to slow down helps nobody.

    The answers at a slow rate give the usual share. Then the rate doubles with each row of answers, as long as the
    share stays. If it grows, the rate does matter: this trial is not repeated.

    Examples
    --------
    >>> trial = RandomRefusals()
    >>> [trial.count(refused=at % 3 == 0, slow=True) for at in range(ANSWERS)][-1]
    True
    >>> all(trial.count(refused=True, slow=False) for _ in range(ANSWERS))
    False
    """

    def __init__(self) -> None:
        self._answers: deque[bool] = deque(maxlen=ANSWERS)
        self._usual: float | None = None
        self._over = False

    def count(self, *, refused: bool, slow: bool) -> bool:
        """Count an answer, and tell whether refusals are random as far as one can see.

        Parameters
        ----------
        refused : bool
        slow : bool
            Whether the rate is about the lowest one.
        """
        if self._over or not (slow or self._usual is not None):
            self._answers.clear()
            return False
        self._answers.append(refused)
        share = sum(self._answers) / ANSWERS
        if self._usual is None:
            if len(self._answers) == ANSWERS and LEAST <= share <= MOST:
                self._usual = share
        elif share > self._usual + CHANCE:
            self._usual, self._over = None, True
        return self._usual is not None

    @property
    def unchanged(self) -> bool:
        """Whether a whole row of answers had the usual share; the next row begins."""
        whole = self._usual is not None and len(self._answers) == ANSWERS
        if whole:
            self._answers.clear()
        return whole

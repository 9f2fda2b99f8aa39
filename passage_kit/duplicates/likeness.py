"""Groups of rows that may be one person, and the choice of those that are hardly a chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

# A look-alike is telling if by chance so few rows of the list would agree: one in a hundred, or ten of a short list.
_BY_CHANCE, _BY_CHANCE_IN_A_SHORT_LIST = 0.01, 10
# So many rows are suggested at most, the most telling first: a share of the list, or what a person can look through.
_MOST, _MOST_OF_A_SHORT_LIST = 0.03, 100

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Rows that may be one person: their positions, the number of each row's group, and the reason."""

    rows: Ints
    group: Ints
    reason: str


def nobody(reason: str) -> Likeness:
    """Make a likeness of no rows."""
    nothing = np.array([], dtype=np.int64)
    return Likeness(nothing, nothing, reason)


def group_sizes(group: Ints) -> Ints:
    """Count the rows in the group of each row.

    Examples
    --------
    >>> group_sizes(np.array([0, 1, 0])).tolist()
    [2, 1, 2]
    """
    return np.bincount(group, minlength=1)[group]


def most_rows(count: int) -> float:
    """Give the number of rows that are suggested at most, in a list of so many rows.

    Examples
    --------
    >>> most_rows(50), most_rows(1_000_000)
    (100, 30000.0)
    """
    return max(_MOST * count, _MOST_OF_A_SHORT_LIST)


def at_most(likeness: Likeness, rows: float) -> Likeness:
    """Keep the most telling groups that together have so many rows at most; the first group tells most.

    Examples
    --------
    >>> pairs = Likeness(np.array([0, 1, 2, 3]), np.array([1, 0, 0, 1]), "alike")
    >>> at_most(pairs, 3).rows.tolist()
    [1, 2]
    """
    fits = np.cumsum(np.bincount(likeness.group)) <= rows
    chosen = fits[likeness.group] if len(fits) else np.zeros(0, bool)
    return Likeness(likeness.rows[chosen], likeness.group[chosen], likeness.reason)


def largest_expected(count: int) -> float:
    """Give the number of others that may agree by chance, in a list of so many rows, where a group is telling.

    Examples
    --------
    >>> largest_expected(100), largest_expected(1_000_000)
    (0.1, 0.01)
    """
    return max(_BY_CHANCE, _BY_CHANCE_IN_A_SHORT_LIST / max(count, 1))


def most_telling(rows: Ints, group: Ints, expected: Floats, count: int) -> tuple[Ints, Ints]:
    """Choose the groups that are hardly a chance, numbered from the most telling one; rows stay in their order.

    Parameters
    ----------
    rows, group : array of int
        Positions of rows, and the number of the group of each.
    expected : array of float
        How many others would agree by chance, for each row.
    count : int
        Number of rows of the list.
    """
    telling = expected <= largest_expected(count)
    rows, group, expected = rows[telling], group[telling], expected[telling]
    begins = ~pd.Series(group).duplicated().to_numpy(dtype=bool)
    numbers, first = group[begins], rows[begins]
    ranked = numbers[np.lexsort((first, expected[begins]))]
    sizes = np.bincount(group, minlength=1)[ranked]
    ranked = ranked[np.cumsum(sizes) <= most_rows(count)]
    rank = np.full(int(group.max(initial=0)) + 1, -1)
    rank[ranked] = np.arange(len(ranked))
    chosen = rank[group] >= 0
    return rows[chosen], rank[group][chosen]


def not_yet_said(likeness: Likeness, before: Likeness, count: int) -> Likeness:
    """Remove the groups whose rows stand together in a group of another likeness.

    Examples
    --------
    >>> pair = Likeness(np.array([0, 2]), np.array([0, 0]), "alike")
    >>> len(not_yet_said(pair, pair, 3).rows), len(not_yet_said(pair, nobody("alike"), 3).rows)
    (0, 2)
    """
    if not len(likeness.rows) or not len(before.rows):
        return likeness
    said = np.full(count, -1)
    said[before.rows] = before.group
    of_rows = pd.Series(said[likeness.rows]).groupby(likeness.group)
    least, most = of_rows.transform("min"), of_rows.transform("max")
    known = ((least == most) & (least >= 0)).to_numpy(bool)
    return Likeness(likeness.rows[~known], likeness.group[~known], likeness.reason)

"""How telling it is that rows agree: the number of other people of whom the same might be said by chance.

A value that many rows have says little, one that few have says much. A column that follows from another, as the country
does from the city, adds nothing. So the chance that somebody else agrees is the product of how frequent each value is,
where a column that depends on another one counts for less. How much less is measured: among pairs of rows that agree in
one column, how many agree in the other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from passage_kit.duplicates.compared_columns import ComparedColumns

_SAMPLE = 50_000  # rows among which dependence is measured
_FEWEST_PAIRS = 30  # that agree in a column, to measure what else they have in common
_MOST_TELLING = 5  # columns on which others may depend

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


def expected_others(metadata: ComparedColumns, rows: _Ints, group: _Ints, repeated: _Ints) -> _Floats:
    """Estimate for each row of some groups how many rows outside agree with it by chance.

    Parameters
    ----------
    metadata : ComparedColumns
        The columns that are compared, with all rows of the list.
    rows, group : array of int
        Positions of rows that agree in every column with those of their group.
    repeated : array of int
        Positions of rows that repeat others, which say nothing about chance.

    Returns
    -------
    numpy.ndarray of float
        One number for each of the rows; far below 1 it is no chance that the group agrees.

    Examples
    --------
    >>> names, cities = ["Zoë Quill", "Zoë Quill", *["Ann Lee"] * 8], ["Ulm"] * 5 + ["Bonn"] * 5
    >>> metadata = ComparedColumns.of(pd.DataFrame({"name": names, "city": cities}))
    >>> expected_others(metadata, np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1]), np.array([1, 3])).round(2).tolist()
    [0.4, 0.4, 2.8, 2.8]
    """
    count = len(metadata)
    size = np.bincount(group, minlength=1)[group]
    alone = np.ones(count, dtype=bool)
    alone[repeated] = False
    places = np.flatnonzero(alone)
    places = places[sample_places(len(places))]
    alike, sample = {}, {}
    for name in metadata.columns:
        alike[name] = metadata.count_like(name, rows)
        sample[name] = metadata.numbers(name, places) + 1
    return expected_by(weights_of(sample), alike, size, count)


def sample_places(alone: int) -> _Ints:
    """Choose those of so many rows that repeat no other, among which dependence is measured.

    Examples
    --------
    >>> sample_places(3).tolist()
    [0, 1, 2]
    """
    return np.linspace(0, alone - 1, min(_SAMPLE, alone)).astype(np.int64)


def weights_of(sample: Mapping[str, _Ints]) -> dict[str, float]:
    """Tell how much each column counts, in the order in which they are taken: 0 if it follows from an earlier one.

    Parameters
    ----------
    sample : mapping of str to array of int
        Numbers of the values in some rows, by column; equal values have one number.

    Examples
    --------
    >>> weights_of({"city": np.array([1, 2, 3, 4] * 25), "country": np.array([1, 1, 2, 2] * 25)})
    {'city': 1.0, 'country': 0.0}
    """
    agree = {name: _agreement(codes) for name, codes in sample.items()}
    order = sorted(sample, key=lambda name: agree[name])
    weights = {}
    for at, name in enumerate(order):
        before = order[: min(at, _MOST_TELLING)]
        depends = max((_dependence(sample, agree, name, other) for other in before), default=0.0)
        weights[name] = 1 - depends
    return weights


def expected_by(weights: Mapping[str, float], alike: Mapping[str, _Ints], size: _Ints, count: int) -> _Floats:
    """Estimate how many rows outside agree with each row by chance.

    Parameters
    ----------
    weights : mapping of str to float
        As :func:`weights_of` gives them.
    alike : mapping of str to array of int
        How many rows of the list have the value of each row, by column; 0 for a blank.
    size : array of int
        How many rows each row's group has.
    count : int
        Number of rows of the list.
    """
    expected = np.full(len(size), float(count))
    for name, weight in weights.items():
        expected *= np.where(alike[name] == 0, 1.0, (alike[name] - size + 1) / count) ** weight
    return expected


def _agreement(codes: _Ints) -> float:
    """Share of the pairs of rows that agree."""
    sizes = np.bincount(codes).astype(np.float64)
    pairs = len(codes) * (len(codes) - 1)
    return float((sizes * (sizes - 1)).sum()) / pairs if pairs else 0.0


def _dependence(sample: Mapping[str, _Ints], agree: dict[str, float], name: str, other: str) -> float:
    """Tell how far a column follows from another: 0 if not at all, 1 if wholly."""
    count = len(sample[name])
    if agree[other] * count * (count - 1) / 2 < _FEWEST_PAIRS or not 0 < agree[name] < 1:
        return 0.0
    both, _ = pd.factorize(sample[name] * (int(sample[other].max(initial=0)) + 1) + sample[other])
    given_other = _agreement(both) / agree[other]
    if given_other <= agree[name]:
        return 0.0
    return float(1 - np.log(given_other) / np.log(agree[name]))

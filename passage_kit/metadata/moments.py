"""Moments of a column: epochs, dates and times, as all of its values, given part by part, show."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.metadata.dates import NumericDates, parse_dates

# Counts since 1970 of the years 2001 to 2286, which all have as many digits; those of Windows of 1981 to 2044.
_EPOCHS: dict[NumericDates, str] = {
    "epoch_s": r"^1\d{9}(?:\.\d+)?$",
    "epoch_ms": r"^1\d{12}$",
    "epoch_us": r"^1\d{15}$",
    "filetime": r"^1[23]\d{16}$",
}
NEVER = pa.array(["0", "9223372036854775807"])  # what a count has for no day; the last one is of Windows
_NO_YEAR = r"^(?:--?\d{1,2}-?\d{1,2}|\d{1,2}[-/.] ?\d{1,2}\.?)$"


def epoch_of(parts: Iterable[pa.Array]) -> NumericDates | None:
    """Tell whether all values of a column are epochs, and of which kind; zeros among them stand for no day.

    Parameters
    ----------
    parts : iterable of pyarrow.Array
        The distinct values of the column, part by part: trimmed text; ``""`` is a blank.

    Examples
    --------
    >>> epoch_of([pa.array(["1704067200000", ""]), pa.array(["1704326400000"])])
    'epoch_ms'
    >>> epoch_of([pa.array(["1704067200", "2024-01-31"])]) is None
    True
    """
    return one_epoch(epochs_of(parts))


def epochs_of(parts: Iterable[pa.Array]) -> frozenset[NumericDates | None]:
    """Give what the numbers of each part of a column mean; None for a part in which not all values are epochs.

    Examples
    --------
    >>> sorted(epochs_of([pa.array(["1704067200"]), pa.array(["soon"])]), key=str)
    [None, 'epoch_s']
    """
    days = (_without_never(_filled(part)) for part in parts)
    return frozenset(_epoch(values) for values in days if len(values))


def one_epoch(meanings: frozenset[NumericDates | None]) -> NumericDates | None:
    """Give the meaning that the parts of a column agree in."""
    return next(iter(meanings)) if len(meanings) == 1 else None


def _filled(distinct: pa.Array) -> pa.Array:
    return distinct.filter(pc.not_equal(distinct, ""))


def _without_never(values: pa.Array) -> pa.Array:
    return values.filter(pc.invert(pc.is_in(values, value_set=NEVER)))


def _epoch(values: pa.Array) -> NumericDates | None:
    """Tell what all numbers of some values mean, if all are epochs."""
    for meaning, pattern in _EPOCHS.items():
        if pc.all(pc.match_substring_regex(values, pattern)).as_py():
            return meaning
    return None


def lacks_year(distinct: pa.Array) -> pa.Array:
    """Mark the texts that are a day and a month without a year.

    Examples
    --------
    >>> lacks_year(pa.array(["--03-15", "15.3.", "03-15", "2024-03-15"])).to_pylist()
    [True, True, True, False]
    """
    return pc.match_substring_regex(distinct, _NO_YEAR)


def are_moments(parts: Iterable[pa.Array]) -> bool:
    """Tell whether all values of a column, given part by part, are dates or times.

    Examples
    --------
    >>> are_moments([pa.array(["2024-01-05 10:00:00", ""])]), are_moments([pa.array(["2024-01-05"]), pa.array(["yes"])])
    (True, False)
    """
    meanings = moments_of(parts)
    return meanings is not None and len(meanings) == 1


def moments_of(parts: Iterable[pa.Array]) -> frozenset[NumericDates | None] | None:
    """Give what the moments of each part of a column are: epochs, or None for others; None if some value is no moment.

    Examples
    --------
    >>> moments_of([pa.array(["2024-01-05"]), pa.array(["1704067200"])]) == {None, "epoch_s"}
    True
    """
    meanings: set[NumericDates | None] = set()
    for values in filter(len, map(_filled, parts)):
        if pc.any(pc.match_substring_regex(values, r"^\d{0,9}$")).as_py():
            return None
        meaning = _epoch(values)
        meanings.add(meaning)
        if meaning is None and np.isnat(parse_dates(values, date_order="DMY").days).any():
            return None
    return frozenset(meanings)

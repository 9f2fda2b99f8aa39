"""Reading of dates as people and systems write them, without guessing which part is the day.

The module reads ISO 8601 (``2024-01-31``, ``2024/1/31``, ``20240131``), day and month in figures (``31/1/2024``,
``1-31-2024``, ``31.1.2024``), month names of many languages (``31 Jan 2024``, ``January 31st, 2024``,
``31. März 2024``) and the signs of East Asia (``2024年1月31日``), each with or without a time after it. It decides for
a whole column, whatever the separators, if the day or the month comes first: a value that is a date in one order only
proves that order. It never completes years of two digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.text_parts import parts_of_text
from passage_kit.columns.users_frame import arrow, mask_of
from passage_kit.errors import OptionError
from passage_kit.metadata.date_parts import Array, Parts, plain_text, take_apart

DateOrder = Literal["DMY", "MDY"]
NumericDates = Literal["excel", "epoch_s", "epoch_ms", "epoch_us", "filetime"]
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
NUMERIC_DATES: tuple[NumericDates, ...] = get_args(NumericDates)

_NUMBER = r"^[+-]?\d{1,30}(?:\.\d+)?$"
_DAY_SECONDS = 86_400
# How many of a count are a day, and on which day before 1970 it begins.
_COUNTS: dict[NumericDates, tuple[float, int]] = {
    "epoch_s": (_DAY_SECONDS, 0),
    "epoch_ms": (_DAY_SECONDS * 1e3, 0),
    "epoch_us": (_DAY_SECONDS * 1e6, 0),
    "filetime": (_DAY_SECONDS * 1e7, 134_774),  # of Windows: since 1601
}
_IN_FIGURES = r"^\d{1,2}[-/.]"  # so begins each date whose order is open
_EXCEL_PATTERN = r"^\d{1,7}(?:\.\d+)?$"
_EXCEL_LEAP_DAY = 60  # 1900-02-29, which exists in Excel but not in the calendar
_FIRST_DAY, _LAST_DAY = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")
_NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """Evidence of a column for the order of day and month, in rows.

    Parameters
    ----------
    order : {"DMY", "MDY"} or None
        Order that some values prove and none contradicts.
    day_first, month_first : int
        Number of values that are a date in this order only.
    undecidable : int
        Number of values that are two different dates in the two orders.
    """

    order: DateOrder | None
    day_first: int
    month_first: int
    undecidable: int

    def __add__(self, other: DateEvidence) -> DateEvidence:
        """Add the evidence of another part of the column."""
        day_first, month_first = self.day_first + other.day_first, self.month_first + other.month_first
        order: DateOrder | None = None
        if bool(day_first) != bool(month_first):
            order = "DMY" if day_first else "MDY"
        return DateEvidence(order, day_first, month_first, self.undecidable + other.undecidable)


NO_DATE_EVIDENCE = DateEvidence(None, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """Evidence of a column that tells newer rows from older ones, in rows: the evidence of parts adds up.

    Parameters
    ----------
    dates : DateEvidence
        Evidence for the order of day and month.
    moments, numbers, either : int
        Number of values that are dates or times only, numbers only, or may be both.
    """

    dates: DateEvidence = NO_DATE_EVIDENCE
    moments: int = 0
    numbers: int = 0
    either: int = 0

    def __add__(self, other: OrderEvidence) -> OrderEvidence:
        """Add the evidence of another part of the column."""
        return OrderEvidence(
            self.dates + other.dates,
            self.moments + other.moments,
            self.numbers + other.numbers,
            self.either + other.either,
        )

    @property
    def are_numbers(self) -> bool:
        """True if the column is read as numbers."""
        return not self.moments or self.numbers > self.moments + self.either


class Dates(NamedTuple):
    """Dates of texts: ``days`` (NaT without a date), a mask of ``ambiguous`` ones, and the reason as ``argument``."""

    days: Array
    ambiguous: Array
    argument: pa.Array


def date_evidence(column: pd.Series[Any]) -> DateEvidence:
    """Count the evidence of a column for the order of day and month.

    Parameters
    ----------
    column : pandas.Series
        Text.

    Returns
    -------
    DateEvidence
        The order that the values prove, and the counts behind it.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> date_evidence(users_frame({"born": ["31/01/1980", "02/03/1981", None]})["born"])
    DateEvidence(order='DMY', day_first=1, month_first=0, undecidable=1)
    """
    counted = NO_DATE_EVIDENCE
    for part in parts_of_text(arrow(column)):
        encoded = pc.dictionary_encode(part).combine_chunks()
        counts = np.bincount(np.asarray(encoded.indices.drop_null()), minlength=len(encoded.dictionary))
        counted += _evidence(take_apart(plain_text(encoded.dictionary)), counts)
    return counted


def evidence_of(parts: Iterable[pa.Array]) -> DateEvidence:
    """Count the evidence for the order of day and month in parts of a column: its distinct texts, part by part.

    Examples
    --------
    >>> evidence_of([pa.array(["31/01/1980"]), pa.array(["02/03/1981", "2024-01-31"])]).order
    'DMY'
    """
    counted = NO_DATE_EVIDENCE
    for part in parts:
        plain = plain_text(part)
        some = plain.filter(pc.match_substring_regex(plain, _IN_FIGURES))
        counted += _evidence(take_apart(some), np.ones(len(some), dtype=np.int64))
    return counted


def parse_dates(
    distinct: pa.Array,
    *,
    date_order: DateOrder | None = None,
    numeric_dates: NumericDates | None = None,
    evidence: DateEvidence | None = None,
) -> Dates:
    """Parse the distinct values of a column as dates, without the time after a date and without its zone.

    Parameters
    ----------
    distinct : pyarrow.Array
        Text without nulls: all values of the column, or some of them and the evidence of all.
    date_order : {"DMY", "MDY"}, optional
        Order of day and month in figures. Default: the order that the values prove.
    numeric_dates : {"excel", "epoch_s", "epoch_ms", "epoch_us", "filetime"}, optional
        Meaning of plain numbers: days of Excel's 1900 calendar, or seconds, milliseconds or microseconds since
        1970-01-01 UTC, or what Windows counts (tenths of a microsecond since 1601).
        Default: a number is not a date, except for eight figures as in ``20240131``.
    evidence : DateEvidence, optional
        Evidence of the whole column for the order of day and month. Default: that of the values given.

    Returns
    -------
    Dates
        Arrays with one element for each value.

    Raises
    ------
    OptionError
        If an option has a value that it cannot have.

    Examples
    --------
    >>> parse_dates(pa.array(["2024-01-31", "30/01/2024", "2024-02-30"])).days.astype(str).tolist()
    ['2024-01-31', '2024-01-30', 'NaT']
    """
    check_date_options(date_order, numeric_dates)
    plain = plain_text(distinct)
    dates = _resolve(take_apart(plain), date_order, evidence)
    if numeric_dates is None:
        return dates
    numeric, days = _numeric_days(plain, numeric_dates)
    return Dates(np.where(numeric, days, dates.days), dates.ambiguous & ~numeric, dates.argument)


def order_evidence(column: pd.Series[Any]) -> OrderEvidence:
    """Count what a column, or a part of it, shows of how :func:`read_order` has to read it.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> found = order_evidence(users_frame({"order": ["2024-01-31", "31/01/2024", "17", None]})["order"])
    >>> found.moments, found.numbers, found.dates.order
    (2, 1, 'DMY')
    """
    encoded = pc.dictionary_encode(_cast_to_string(column)).combine_chunks()
    plain = plain_text(encoded.dictionary)
    return _order_evidence(encoded, plain, take_apart(plain))


def _order_evidence(encoded: pa.DictionaryArray, plain: pa.Array, parts: Parts) -> OrderEvidence:
    counts = np.bincount(np.asarray(encoded.indices.drop_null()), minlength=len(plain))
    dated = ~np.logical_and(*map(np.isnat, _two_readings(parts))) & ~parts.short_year
    numeric = mask_of(pc.match_substring_regex(plain, _NUMBER))
    kinds = (dated & ~numeric, numeric & ~dated, dated & numeric)
    return OrderEvidence(_evidence(parts, counts), *(int(counts[kind].sum()) for kind in kinds))


def read_order(
    column: pd.Series[Any], *, date_order: DateOrder | None = None, evidence: OrderEvidence | None = None
) -> pd.Series[float]:
    """Read the column that says which of two rows is newer.

    A number stays as it is. A date becomes seconds since 1970-01-01 UTC; a time without a zone counts as UTC. Numbers
    and dates cannot be compared, so a column with both is read as the kind of most of its values.

    Parameters
    ----------
    column : pandas.Series
        Text: dates, times or numbers.
    date_order : {"DMY", "MDY"}, optional
        As in :func:`parse_dates`.
    evidence : OrderEvidence, optional
        What the whole column shows, if this is a part of it. Default: what these values show.

    Returns
    -------
    pandas.Series of float64
        Larger numbers for later rows; NaN for a value that is blank or cannot be read. Same index and name.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> read_order(users_frame({"order": ["2024-01-31T12:00:00+01:00", "2024-01-31 11:00", "soon"]})["order"])
    source_row
    1    1.706699e+09
    2    1.706699e+09
    3             NaN
    Name: order, dtype: float64
    """
    check_date_options(date_order)
    encoded = pc.dictionary_encode(_cast_to_string(column)).combine_chunks()
    plain = plain_text(encoded.dictionary)
    parts = take_apart(plain)
    shown = evidence or _order_evidence(encoded, plain, parts)
    if shown.are_numbers:
        numeric = mask_of(pc.match_substring_regex(plain, _NUMBER))
        instants = np.full(len(plain), np.nan)
        instants[numeric] = pc.cast(_filter(plain, numeric), pa.float64())
    else:
        days = _resolve(parts, date_order, shown.dates).days
        seconds = days.astype(np.int64) * float(_DAY_SECONDS) + parts.seconds
        instants = np.where(np.isnat(days), np.nan, seconds)
    by_row = pa.array(instants, from_pandas=True).take(encoded.indices)
    return pd.Series(by_row.to_numpy(zero_copy_only=False), index=column.index, name=column.name, dtype="float64")


def check_date_options(date_order: str | None, numeric_dates: str | None = None) -> None:
    """Check that the two options of dates have allowed values."""
    check_choice("date_order", date_order, DATE_ORDERS)
    check_choice("numeric_dates", numeric_dates, NUMERIC_DATES)


def check_choice(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    """Check that an option is None or one of its allowed values; else raise an OptionError."""
    if value is not None and value not in allowed:
        choices = ", ".join(map(repr, allowed))
        raise OptionError(f"The option {name} cannot be used: found {value!r}, expected one of {choices}. Choose one.")


def _cast_to_string(column: pd.Series[Any]) -> pa.ChunkedArray:
    """Take the arrow column of a Series, with strings of the usual width."""
    return pc.cast(arrow(column), pa.string())


def _filter(values: pa.Array, mask: Array) -> pa.Array:
    return values.filter(pa.array(mask))


def _days(year: Array, month: Array, day: Array) -> Array:
    """Compute days of the calendar; NaT for a day that does not exist."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    exists = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    return np.where(exists, days, _NO_DAY)


def _two_readings(parts: Parts) -> tuple[Array, Array]:
    """Read dates with the day first and with the month first; a short year counts as 20xx, only to test the date."""
    year = np.where(parts.short_year, parts.year + 2000, parts.year)
    month_first = _days(year, parts.first, parts.second)
    return np.where(parts.figures, _days(year, parts.second, parts.first), month_first), month_first


def _evidence(parts: Parts, counts: Array) -> DateEvidence:
    day_first, month_first = _two_readings(parts)
    open_order = parts.figures & ~parts.short_year
    no_day_first, no_month_first = np.isnat(day_first), np.isnat(month_first)
    proofs_day = int(counts[open_order & ~no_day_first & no_month_first].sum())
    proofs_month = int(counts[open_order & no_day_first & ~no_month_first].sum())
    undecidable = open_order & ~no_day_first & ~no_month_first & (day_first != month_first)
    return NO_DATE_EVIDENCE + DateEvidence(None, proofs_day, proofs_month, int(counts[undecidable].sum()))


def _resolve(parts: Parts, date_order: DateOrder | None, evidence: DateEvidence | None = None) -> Dates:
    """Choose between the two readings by the setting, else by the evidence, else take the only possible one."""
    day_first, month_first = _two_readings(parts)
    if date_order is None and evidence is None:
        evidence = _evidence(parts, np.ones(len(day_first), dtype=np.int64))
    order = date_order or (evidence.order if evidence else None)
    if order == "DMY":
        days = day_first
    elif order == "MDY":
        days = month_first
    else:
        days = np.where(np.isnat(month_first), day_first, month_first)
    two_days = ~np.isnat(day_first) & ~np.isnat(month_first) & (day_first != month_first)
    undecided = two_days if order is None else np.zeros(len(days), dtype=bool)
    short = parts.short_year & ~(np.isnat(day_first) & np.isnat(month_first))
    argument = np.full(len(days), None, dtype=object)
    readings = day_first[undecided].astype(str), month_first[undecided].astype(str)
    argument[undecided] = [f"{one} or {other}" for one, other in zip(*readings, strict=True)]
    argument[short] = "a year of two digits"
    days = np.where(undecided | parts.short_year, _NO_DAY, days)
    return Dates(days, undecided | short, pa.array(argument, type=pa.string()))


def _numeric_days(plain: pa.Array, meaning: NumericDates) -> tuple[Array, Array]:
    """Mark the texts that are numbers, and compute their days."""
    numeric = mask_of(pc.match_substring_regex(plain, _EXCEL_PATTERN if meaning == "excel" else _NUMBER))
    days = np.full(len(plain), _NO_DAY)
    number = np.asarray(pc.cast(_filter(plain, numeric), pa.float64()))
    if meaning == "excel":
        serial = np.floor(number)
        counted, known = serial - 25_569 + (serial < _EXCEL_LEAP_DAY), (serial >= 1) & (serial != _EXCEL_LEAP_DAY)
    else:
        in_a_day, before = _COUNTS[meaning]
        counted = np.floor(number / in_a_day) - before
        known = np.ones(len(number), dtype=bool)
    known &= (counted >= _FIRST_DAY.astype(np.int64)) & (counted <= _LAST_DAY.astype(np.int64))
    days[numeric] = np.where(known, np.where(known, counted, 0).astype(np.int64).astype("datetime64[D]"), _NO_DAY)
    return numeric, days

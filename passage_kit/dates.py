"""Dates as people and systems write them, read without guessing which part is the day.

Read are ISO 8601 (``2024-01-31``, ``2024/1/31``, ``20240131``), day and month in figures (``31/1/2024``,
``1-31-2024``, ``31.1.2024``) and English month names (``31 Jan 2024``, ``January 31st, 2024``), each with a time
after it or without. Whether the day or the month stands first is decided for a whole column, whatever its separators:
a value that is a date in one order only proves that order. Years of two digits are never completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.errors import OptionError
from passage_kit.frames import arrow, mask_of

DateOrder = Literal["DMY", "MDY"]
NumericDates = Literal["excel", "epoch_s", "epoch_ms"]
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
NUMERIC_DATES: tuple[NumericDates, ...] = get_args(NumericDates)

# White space of Unicode, and the marks of no width that copying from documents and chats leaves behind.
SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
ZERO_WIDTH = "\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<first>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
_DAY = r"(?P<second>\d{1,2})"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_CLOCK = r"(?P<clock>(?:[Tt ,].*)?)$"

# ``first`` is the month and ``second`` the day, except in figures, where the order is open.
_FIGURES = "figures"
_SHAPES = {
    "year first": r"^(?P<year>\d{4})(?P<s>[-/.] ?)(?P<first>\d{1,2})(?P<z>[-/.] ?)" + _DAY + r"\.?" + _CLOCK,
    _FIGURES: r"^(?P<first>\d{1,2})(?P<s>[-/.] ?)(?P<second>\d{1,2})(?P<z>[-/.] ?)" + _YEAR + r"\.?" + _CLOCK,
    "day and name": r"(?i)^" + _WEEKDAY + _DAY + r"(?:st|nd|rd|th)?(?: of )?[-/ .,]{0,2}" + _MONTH
    + r"[-/ .,]{0,2}'?" + _YEAR + _CLOCK,
    "name and day": r"(?i)^" + _WEEKDAY + _MONTH + r"[-/ .]{1,2}" + _DAY + r"(?:st|nd|rd|th)?[-/ ,]{1,2}'?"
    + _YEAR + _CLOCK,
    "year and name": r"(?i)^(?P<year>\d{4})[-/ .,]{1,2}" + _MONTH + r"[-/ .,]{1,2}" + _DAY + _CLOCK,
}  # fmt: skip
_TIME = (
    r"(?i)^(?:t|,? ?)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>(?:[0-5]\d|60)(?:[.,]\d+)?))?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?P<zone>[a-z]{1,5}))?"
    r"(?: ?(?P<sign>[+-])(?P<ahead>\d{2})(?::?(?P<minutes>[0-5]\d))?)?(?: ?(?:utc|gmt|z))?"
    r"(?: ?\([^)]*\)|\[[^\]]*\])?$"
)
_UTC = pa.array(["z", "utc", "gmt"])
_NUMBER = r"^[+-]?\d{1,30}(?:\.\d+)?$"

_DAY_SECONDS = 86_400
_EXCEL_PATTERN = r"^\d{1,7}(?:\.\d+)?$"
_EXCEL_LEAP_DAY = 60  # 1900-02-29, which Excel has and the calendar has not
_FIRST_DAY, _LAST_DAY = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")
_NO_DAY = np.datetime64("NaT", "D")

_Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """What a column says about the order of day and month, in rows.

    Parameters
    ----------
    order : {"DMY", "MDY"} or None
        The order that is proved and not contradicted.
    day_first, month_first : int
        Values that are a date in this order only.
    undecidable : int
        Values that are two different dates in the two orders.
    """

    order: DateOrder | None
    day_first: int
    month_first: int
    undecidable: int


class Dates(NamedTuple):
    """Dates of texts: ``days`` (NaT where there is none), what is ``ambiguous``, and what speaks for that."""

    days: _Array
    ambiguous: _Array
    detail: pa.Array


class _Parts(NamedTuple):
    """Texts taken apart; zeros where a text has none of the shapes."""

    first: _Array
    second: _Array
    year: _Array
    figures: _Array
    short_year: _Array
    seconds: _Array  # of the day in UTC, NaN where the zone is not known


def date_evidence(column: pd.Series[Any]) -> DateEvidence:
    """Weigh what the values of a column say about the order of day and month.

    Parameters
    ----------
    column : pandas.Series
        Text.

    Returns
    -------
    DateEvidence

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> date_evidence(users_frame({"born": ["31/01/1980", "02/03/1981", None]})["born"])
    DateEvidence(order='DMY', day_first=1, month_first=0, undecidable=1)
    """
    encoded = pc.dictionary_encode(_text(column)).combine_chunks()
    counts = np.bincount(np.asarray(encoded.indices.drop_null()), minlength=len(encoded.dictionary))
    return _evidence(_take_apart(encoded.dictionary), counts)


def parse_dates(
    distinct: pa.Array, *, date_order: DateOrder | None = None, numeric_dates: NumericDates | None = None
) -> Dates:
    """Parse the distinct values of a column as dates; a time after the date is left out, and so is its zone.

    Parameters
    ----------
    distinct : pyarrow.Array
        Text, without nulls: all that the column holds, since it is the evidence for the order of day and month.
    date_order : {"DMY", "MDY"}, optional
        Order of day and month in figures. Default: what the values prove.
    numeric_dates : {"excel", "epoch_s", "epoch_ms"}, optional
        What plain numbers mean: days of Excel's 1900 calendar, or seconds or milliseconds since 1970 in UTC.
        Default: they are no dates, but for the eight figures of ``20240131``.

    Returns
    -------
    Dates

    Raises
    ------
    OptionError
        If an option has another value.

    Examples
    --------
    >>> parse_dates(pa.array(["2024-01-31", "30/01/2024", "2024-02-30"])).days.astype(str).tolist()
    ['2024-01-31', '2024-01-30', 'NaT']
    """
    check_date_options(date_order, numeric_dates)
    parts = _take_apart(distinct)
    dates = _resolve(parts, date_order)
    if numeric_dates is None:
        return dates
    numeric, days = _numeric_days(_plain(distinct), numeric_dates)
    return Dates(np.where(numeric, days, dates.days), dates.ambiguous & ~numeric, dates.detail)


def read_order(column: pd.Series[Any], *, date_order: DateOrder | None = None) -> pd.Series[float]:
    """Read the column that says which of two rows is newer.

    Numbers are taken as they are, dates as seconds since 1970 (a time without a zone as UTC). A column that holds both
    is read as what most of its distinct values are, since the two cannot be compared.

    Parameters
    ----------
    column : pandas.Series
        Text: dates, times or numbers.
    date_order : {"DMY", "MDY"}, optional
        As in :func:`parse_dates`.

    Returns
    -------
    pandas.Series of float64
        The later, the larger; NaN where a value is blank or cannot be read. Same index and name.

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> read_order(users_frame({"order": ["2024-01-31T12:00:00+01:00", "2024-01-31 11:00", "soon"]})["order"])
    source_row
    1    1.706699e+09
    2    1.706699e+09
    3             NaN
    Name: order, dtype: float64
    """
    check_date_options(date_order)
    encoded = pc.dictionary_encode(_text(column)).combine_chunks()
    plain = _plain(encoded.dictionary)
    parts = _take_apart(plain)
    days = _resolve(parts, date_order).days
    dated = ~np.isnat(days)
    instants = np.where(dated, days.astype(np.int64) * float(_DAY_SECONDS) + parts.seconds, np.nan)
    numeric = mask_of(pc.match_substring_regex(plain, _NUMBER))
    if not (dated & ~numeric).any() or (numeric & ~dated).sum() > dated.sum():
        instants = np.full(len(plain), np.nan)
        instants[numeric] = pc.cast(_filter(plain, numeric), pa.float64())
    by_row = pa.array(instants, from_pandas=True).take(encoded.indices)
    return pd.Series(by_row.to_numpy(zero_copy_only=False), index=column.index, name=column.name, dtype="float64")


def trimmed(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Text without white space and marks of no width at its ends.

    Examples
    --------
    >>> trimmed(pa.array(["\\u200b Anna\\u00a0"])).to_pylist()
    ['Anna']
    """
    return pc.utf8_trim(values, characters=SPACES + ZERO_WIDTH)


def check_date_options(date_order: str | None, numeric_dates: str | None = None) -> None:
    """Check that the two options of dates have values that they can have."""
    check_choice("date_order", date_order, DATE_ORDERS)
    check_choice("numeric_dates", numeric_dates, NUMERIC_DATES)


def check_choice(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    """Check that an option is None or one of its values; else raise an OptionError."""
    if value is not None and value not in allowed:
        choices = ", ".join(map(repr, allowed))
        raise OptionError(f"The option {name} cannot be used: found {value!r}, expected one of {choices}. Choose one.")


def _text(column: pd.Series[Any]) -> pa.ChunkedArray:
    return pc.cast(arrow(column), pa.string())


def _filter(values: pa.Array, mask: _Array) -> pa.Array:
    return values.filter(pa.array(mask))


def _plain(values: pa.Array) -> pa.Array:
    """Trimmed text with single ASCII spaces, and basic ISO 8601 in its extended form."""
    values = trimmed(values)
    if not pc.all(pc.string_is_ascii(values), min_count=0).as_py():
        values = pc.replace_substring_regex(values, f"[{ZERO_WIDTH}]", "")
    return pc.replace_substring_regex(values, f"[{SPACES}]+", " ")


def _extended(plain: pa.Array) -> pa.Array:
    """ISO 8601 with its separators where it is written without (``20240131T1200``)."""
    basic = pc.match_substring_regex(plain, r"^\d{8}(?:[tT]\d{4}|$)")
    if not pc.any(basic, min_count=0).as_py():
        return plain
    timed = pc.replace_substring_regex(plain.filter(basic), r"^(\d{8}T\d{2})(\d{2})(\d{2})", r"\1:\2:\3")
    timed = pc.replace_substring_regex(timed, r"(?i)^(\d{8}T\d{2})(\d{2})", r"\1:\2")
    dashed = pc.replace_substring_regex(timed, r"^(\d{4})(\d{2})(\d{2})", r"\1-\2-\3")
    return pc.replace_with_mask(plain, basic, dashed)


def _take_apart(distinct: pa.Array) -> _Parts:
    """Take texts apart by the first shape that each of them has."""
    values = _extended(_plain(distinct))
    count = len(values)
    first, second, year = np.zeros((3, count), dtype=np.int64)
    figures, short_year = np.zeros((2, count), dtype=bool)
    parts = _Parts(first, second, year, figures, short_year, seconds=np.zeros(count))
    left = np.arange(count)
    for shape, pattern in _SHAPES.items():
        found = pc.extract_regex(values.take(pa.array(left)), pattern)
        hit = mask_of(found.is_valid())
        if hit.any():
            _fill(parts, left[hit], found.drop_null(), shape)
        left = left[~hit]
    return parts


def _fill(parts: _Parts, at: _Array, found: pa.StructArray, shape: str) -> None:
    """Put what one shape has found into the parts, but for times that are none and mixed separators."""
    first, year = found.field("first"), found.field("year")
    named = "name" in shape
    if named:
        first = pc.add(pc.index_in(pc.utf8_lower(pc.utf8_slice_codeunits(first, 0, 3)), pa.array(_MONTHS)), 1)
    seconds, good = _seconds_of_day(found.field("clock"))
    if not named:
        good &= mask_of(pc.equal(found.field("s"), found.field("z")))
    parts.first[at] = np.where(good, _integers(first), 0)
    parts.second[at] = _integers(found.field("second"))
    parts.year[at] = _integers(year)
    parts.figures[at] = shape == _FIGURES
    parts.short_year[at] = np.asarray(pc.utf8_length(year)) == 2
    parts.seconds[at] = seconds


def _integers(values: pa.Array) -> _Array:
    return np.asarray(pc.cast(values, pa.int64()))


def _seconds_of_day(clock: pa.Array) -> tuple[_Array, _Array]:
    """Seconds since midnight UTC (NaN in a zone that has only a name), and whether the text is a time or empty."""
    encoded = pc.dictionary_encode(clock)  # a day has few seconds, a column of times many rows
    seconds, good = _read_clock(encoded.dictionary)
    at = np.asarray(encoded.indices)
    return seconds[at], good[at]


def _read_clock(clock: pa.Array) -> tuple[_Array, _Array]:
    empty = mask_of(pc.equal(clock, ""))
    seconds = np.zeros(len(clock))
    if empty.all():
        return seconds, empty
    found = pc.extract_regex(clock, _TIME)
    timed = mask_of(found.is_valid())
    time = found.drop_null()
    hour, minute = _numbers(time.field("hour")), _numbers(time.field("minute"))
    half = np.asarray(pc.utf8_lower(time.field("half")).to_numpy(zero_copy_only=False))
    hour = np.where((half == "p") & (hour < 12), hour + 12, np.where((half == "a") & (hour == 12), 0, hour))
    offset = _numbers(time.field("ahead")) * 3600 + _numbers(time.field("minutes")) * 60
    ahead = np.where(mask_of(pc.equal(time.field("sign"), "-")), -offset, offset)
    zone = pc.utf8_lower(time.field("zone"))
    known = mask_of(pc.or_(pc.equal(zone, ""), pc.is_in(zone, value_set=_UTC)))
    known |= mask_of(pc.not_equal(time.field("sign"), ""))
    at = hour * 3600 + minute * 60 + _numbers(time.field("second")) - ahead
    seconds[timed] = np.where(known, at, np.nan)
    return seconds, empty | timed


def _numbers(values: pa.Array) -> _Array:
    """Numbers of texts; a part that is not there is 0."""
    filled = pc.replace_substring(pc.if_else(pc.equal(values, ""), "0", values), ",", ".")
    return np.asarray(pc.cast(filled, pa.float64()))


def _days(year: _Array, month: _Array, day: _Array) -> _Array:
    """Days of the calendar; NaT where there is no such day."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    exists = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    return np.where(exists, days, _NO_DAY)


def _two_readings(parts: _Parts) -> tuple[_Array, _Array]:
    """Day-first and month-first reading; a short year counts as one of this century, only to see if it can be."""
    year = np.where(parts.short_year, parts.year + 2000, parts.year)
    month_first = _days(year, parts.first, parts.second)
    return np.where(parts.figures, _days(year, parts.second, parts.first), month_first), month_first


def _evidence(parts: _Parts, counts: _Array) -> DateEvidence:
    day_first, month_first = _two_readings(parts)
    open_order = parts.figures & ~parts.short_year
    no_day_first, no_month_first = np.isnat(day_first), np.isnat(month_first)
    proofs_day = int(counts[open_order & ~no_day_first & no_month_first].sum())
    proofs_month = int(counts[open_order & no_day_first & ~no_month_first].sum())
    undecidable = open_order & ~no_day_first & ~no_month_first & (day_first != month_first)
    order: DateOrder | None = None
    if bool(proofs_day) != bool(proofs_month):
        order = "DMY" if proofs_day else "MDY"
    return DateEvidence(order, proofs_day, proofs_month, int(counts[undecidable].sum()))


def _resolve(parts: _Parts, date_order: DateOrder | None) -> Dates:
    """Choose between the two readings by the setting, else by the evidence, else only where one is possible."""
    day_first, month_first = _two_readings(parts)
    order = date_order or _evidence(parts, np.ones(len(day_first), dtype=np.int64)).order
    if order == "DMY":
        days = day_first
    elif order == "MDY":
        days = month_first
    else:
        days = np.where(np.isnat(month_first), day_first, month_first)
    two_days = ~np.isnat(day_first) & ~np.isnat(month_first) & (day_first != month_first)
    undecided = two_days if order is None else np.zeros(len(days), dtype=bool)
    short = parts.short_year & ~(np.isnat(day_first) & np.isnat(month_first))
    detail = np.full(len(days), None, dtype=object)
    readings = day_first[undecided].astype(str), month_first[undecided].astype(str)
    detail[undecided] = [f"{one} or {other}" for one, other in zip(*readings, strict=True)]
    detail[short] = "a year of two digits"
    days = np.where(undecided | parts.short_year, _NO_DAY, days)
    return Dates(days, undecided | short, pa.array(detail, type=pa.string()))


def _numeric_days(plain: pa.Array, meaning: NumericDates) -> tuple[_Array, _Array]:
    """Which texts are numbers, and the days that they stand for."""
    numeric = mask_of(pc.match_substring_regex(plain, _EXCEL_PATTERN if meaning == "excel" else _NUMBER))
    days = np.full(len(plain), _NO_DAY)
    number = np.asarray(pc.cast(_filter(plain, numeric), pa.float64()))
    if meaning == "excel":
        serial = np.floor(number)
        counted, known = serial - 25_569 + (serial < _EXCEL_LEAP_DAY), (serial >= 1) & (serial != _EXCEL_LEAP_DAY)
    else:
        counted = np.floor(number / (_DAY_SECONDS if meaning == "epoch_s" else _DAY_SECONDS * 1000))
        known = np.ones(len(number), dtype=bool)
    known &= (counted >= _FIRST_DAY.astype(np.int64)) & (counted <= _LAST_DAY.astype(np.int64))
    days[numeric] = np.where(known, np.where(known, counted, 0).astype(np.int64).astype("datetime64[D]"), _NO_DAY)
    return numeric, days

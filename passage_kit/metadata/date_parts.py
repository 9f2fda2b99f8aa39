"""Parts of dates in text: year, month and day in figures, or the month by its name, and the time of the day.

If day and month are both in figures, this module does not decide which is which.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import are_ascii, mask_of
from passage_kit.metadata.month_names import in_english

# White space of Unicode, and the zero-width characters that copies from documents and chats contain.
_SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_ZERO_WIDTH = "\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"

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
    "year and name": r"(?i)^(?P<year>\d{4})[-/ .,]{1,2}" + _MONTH + r"[-/ .,]{1,2}" + _DAY + r"\.?" + _CLOCK,
}  # fmt: skip
_TIME = (
    r"(?i)^(?:t|,? ?)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>(?:[0-5]\d|60)(?:[.,]\d+)?))?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?P<zone>[a-z]{1,5}))?"
    r"(?: ?(?P<sign>[+-])(?P<ahead>\d{2})(?::?(?P<minutes>[0-5]\d))?)?(?: ?(?:utc|gmt|z))?"
    r"(?: ?\([^)]*\)|\[[^\]]*\])?$"
)
_UTC = pa.array(["z", "utc", "gmt"])
# Without separators; with the time, too, as directories and MySQL write it.
_BASIC = r"^\d{8}(?:[tT]\d{4}|$|\d{6}(?:[.,]\d+)?(?:[zZ]|[+-]\d{4})?$|\d{4}[zZ]$)"
_NET = r"^/Date\((?P<milliseconds>-?\d{1,13})(?:[+-]\d{4})?\)/$"

Array = np.ndarray[Any, Any]


class Parts(NamedTuple):
    """Parts of texts; zeros for a text that has none of the shapes."""

    first: Array
    second: Array
    year: Array
    figures: Array
    short_year: Array
    seconds: Array  # of the day in UTC, NaN where the zone is not known


def trimmed(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Trim white space and zero-width characters from both ends of texts.

    Examples
    --------
    >>> trimmed(pa.array(["\\u200b Anna\\u00a0"])).to_pylist()
    ['Anna']
    """
    return pc.utf8_trim(values, characters=_SPACES + _ZERO_WIDTH)


def plain_text(values: pa.Array) -> pa.Array:
    """Trim texts, and replace white space within them by single ASCII spaces."""
    values = trimmed(values)
    if not are_ascii(values):
        values = pc.replace_substring_regex(values, f"[{_ZERO_WIDTH}]", "")
    return pc.replace_substring_regex(values, f"[{_SPACES}]+", " ")


def _extended(plain: pa.Array) -> pa.Array:
    """Add the separators of ISO 8601 to dates and times written without them (``20240131T1200``)."""
    basic = pc.match_substring_regex(plain, _BASIC)
    if not pc.any(basic, min_count=0).as_py():
        return plain
    timed = pc.replace_substring_regex(plain.filter(basic), r"^(\d{8})(\d{4})", r"\1T\2")
    timed = pc.replace_substring_regex(timed, r"^(\d{8}T\d{2})(\d{2})(\d{2})", r"\1:\2:\3")
    timed = pc.replace_substring_regex(timed, r"(?i)^(\d{8}T\d{2})(\d{2})", r"\1:\2")
    dashed = pc.replace_substring_regex(timed, r"^(\d{4})(\d{2})(\d{2})", r"\1-\2-\3")
    return pc.replace_with_mask(plain, basic, dashed)


def _from_net(plain: pa.Array) -> pa.Array:
    """Write the moments of .NET and OData, ``/Date(1704448800000)/``, as ISO 8601 does."""
    found = pc.extract_regex(plain, _NET)
    if found.null_count == len(found):
        return plain
    milliseconds = pc.cast(pc.struct_field(found, "milliseconds"), pa.int64())
    written = pc.strftime(pc.cast(milliseconds, pa.timestamp("ms")), format="%Y-%m-%dT%H:%M:%SZ")
    return pc.coalesce(written, plain)


def take_apart(plain: pa.Array) -> Parts:
    """Take plain texts apart by the first shape that each one has.

    Examples
    --------
    >>> parts = take_apart(pa.array(["31/1/2024", "31 Jan 2024"]))
    >>> parts.first.tolist(), parts.second.tolist(), parts.figures.tolist()
    ([31, 1], [1, 31], [True, False])
    """
    values = _from_net(_extended(in_english(plain)))
    count = len(values)
    first, second, year = np.zeros((3, count), dtype=np.int64)
    figures, short_year = np.zeros((2, count), dtype=bool)
    parts = Parts(first, second, year, figures, short_year, seconds=np.zeros(count))
    left = np.arange(count)
    for shape, pattern in _SHAPES.items():
        if not len(left):
            break
        found = pc.extract_regex(values.take(pa.array(left)), pattern)
        hit = mask_of(found.is_valid())
        if hit.any():
            _fill(parts, left[hit], found.drop_null(), shape)
        left = left[~hit]
    return parts


def _fill(parts: Parts, at: Array, found: pa.StructArray, shape: str) -> None:
    """Fill in the parts that one shape has found, but not for invalid times and mixed separators."""
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


def _integers(values: pa.Array) -> Array:
    return np.asarray(pc.cast(values, pa.int64()))


def _seconds_of_day(clock: pa.Array) -> tuple[Array, Array]:
    """Compute seconds since midnight UTC (NaN for a zone with only a name), and mark texts that are times or empty."""
    encoded = pc.dictionary_encode(clock)  # a column has many rows, but few distinct times
    seconds, good = _read_clock(encoded.dictionary)
    at = np.asarray(encoded.indices)
    return seconds[at], good[at]


def _read_clock(clock: pa.Array) -> tuple[Array, Array]:
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


def _numbers(values: pa.Array) -> Array:
    """Convert texts to numbers; a missing part is 0."""
    filled = pc.replace_substring(pc.if_else(pc.equal(values, ""), "0", values), ",", ".")
    return np.asarray(pc.cast(filled, pa.float64()))

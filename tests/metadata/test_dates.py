"""Dates: every shape that is read, the column's evidence for day and month, and the order helper."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel, to_excel

from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import OptionError
from passage_kit.metadata.dates import DateEvidence, date_evidence, order_evidence, parse_dates, read_order

SOME_DATES = st.dates(min_value=dt.date(1, 1, 1), max_value=dt.date(9999, 12, 31))


def column(*texts: str | None) -> pd.Series:
    return pd.Series(
        pd.array(texts, dtype=TEXT), index=pd.RangeIndex(1, len(texts) + 1, name="source_row"), name="order"
    )


def dates(*texts: str, **options: str) -> list[str | None]:
    """Each text as an ISO date, "?" where it is ambiguous, None where it is none."""
    read = parse_dates(pa.array(texts, pa.string()), **options)
    return [
        "?" if ambiguous else None if np.isnat(day) else str(day)
        for day, ambiguous in zip(read.days, read.ambiguous, strict=True)
    ]


# Shapes


@pytest.mark.few(10)
@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31",
        "2024/01/31",
        "2024.1.31",
        "2024. 1. 31.",
        "20240131",
        "2024-01-31T12:30:00",
        "2024-01-31t12:30:00z",
        "2024-01-31 12:30",
        "2024-01-31 12:30:00.123456789",
        "2024-01-31 12:30:00,5",
        "2024-01-31T23:59:60Z",
        "2024-01-31T12:30:00+01:00",
        "2024-01-31 12:30:00+00",
        "2024-01-31 12:30:00 -0800",
        "2024-01-31 12:30:00 +0000 UTC",
        "2024-01-31 12:30:00 PST",
        "2024-01-31T12:30:00+01:00[Europe/Berlin]",
        "20240131T123000Z",
        "20240131123000.0Z",
        "20240131123000",
        "20240131123000+0100",
        "202401311230Z",
        "/Date(1706704200000)/",
        "/Date(1706704200000+0100)/",
        "20240131T1230",
        "31/01/2024",
        "31-1-2024",
        "31.1.2024",
        "31. 1. 2024",
        "01/31/2024",
        "1/31/2024 1:05 PM",
        "1/31/2024, 1:05:00\u202fp.m.",
        "\u200e1/\u200e31/\u200e2024",
        "31 Jan 2024",
        "31-JAN-2024",
        "31jan2024",
        "31st of January 2024",
        "Jan 31, 2024",
        "January 31st 2024",
        "2024-Jan-31",
        "Wed, 31 Jan 2024 12:30:00 GMT",
        "Wednesday, January 31, 2024",
        "Wed Jan 31 2024 12:30:00 GMT+0100 (Central European Standard Time)",
        "\u00a0 2024-01-31 \ufeff",
    ],
)
def test_shape_is_read(text: str) -> None:
    assert dates(text) == ["2024-01-31"]


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2024",
        "2024-01",
        "Jan 2024",
        "31 Januarr 2024",
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "2024-13-01",
        "2024-00-10",
        "31/04/2024",
        "32/01/2024",
        "13/13/2024",
        "2024-01/31",
        "31/01-2024",
        "31 Feb 2024",
        "20241301",
        "202401311",
        "2024-01-31 24:00",
        "2024-01-31 12:60",
        "2024-01-31 12",
        "2024-01-31x",
        "2024-01-31 to 2024-02-01",
        "12024-01-31",
        "45322",
        "1706659200",
        "",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert dates(text) == [None]


@pytest.mark.parametrize("text", ["31/01/24", "1/2/24", "31-Jan-24", "Jan 31, '24"])
def test_year_of_two_digits_is_never_completed(text: str) -> None:
    assert dates(text) == ["?"]
    assert parse_dates(pa.array([text])).argument.to_pylist() == ["a year of two digits"]
    assert dates(text, date_order="DMY") == ["?"]


def test_what_is_a_date_in_no_century_is_invalid() -> None:
    assert dates("45/45/24") == [None]


# Day first or month first


def test_without_evidence_only_equal_day_and_month_are_certain() -> None:
    assert dates("03/04/2024", "05/05/2024") == ["?", "2024-05-05"]
    assert parse_dates(pa.array(["03/04/2024"])).argument.to_pylist() == ["2024-04-03 or 2024-03-04"]


@pytest.mark.parametrize(("proof", "expected"), [("13/04/2024", "2024-04-03"), ("04/13/2024", "2024-03-04")])
def test_one_proof_decides_the_column(proof: str, expected: str) -> None:
    assert dates(proof, "03/04/2024", "3.4.2024") == ["2024-04-13", expected, expected]


def test_contradicting_proofs_decide_only_themselves() -> None:
    assert dates("13/04/2024", "04/13/2024", "03/04/2024") == ["2024-04-13", "2024-04-13", "?"]


@pytest.mark.parametrize(
    "no_proof", ["31/02/2024", "99/01/2024", "13/04/24", "2024-01-31", "31 Jan 2024", "12/12/2024"]
)
def test_what_proves_nothing(no_proof: str) -> None:
    assert dates(no_proof, "03/04/2024")[1] == "?"


def test_setting_overrules_the_evidence() -> None:
    texts = ("13/04/2024", "03/04/2024", "2024-01-31", "31 Jan 2024")
    assert dates(*texts, date_order="MDY") == [None, "2024-03-04", "2024-01-31", "2024-01-31"]
    assert dates(*texts, date_order="DMY") == ["2024-04-13", "2024-04-03", "2024-01-31", "2024-01-31"]


def test_evidence_counts_rows() -> None:
    read = date_evidence(column("13/04/2024", "13/04/2024", "03/04/2024", "05/05/2024", "4/5/24", None, "soon"))
    assert read == DateEvidence("DMY", day_first=2, month_first=0, undecidable=1)
    assert date_evidence(column("13/04/2024", "04/13/2024")) == DateEvidence(None, 1, 1, 0)
    assert date_evidence(column()) == DateEvidence(None, 0, 0, 0)


@pytest.mark.parametrize("options", [{"date_order": "YMD"}, {"numeric_dates": "unix"}])
def test_unknown_option(options: dict[str, str]) -> None:
    with pytest.raises(OptionError, match="expected one of"):
        parse_dates(pa.array(["2024-01-31"]), **options)


@given(st.lists(SOME_DATES, min_size=1, max_size=30), st.sampled_from(["/", "-", "."]), st.sampled_from(["DMY", "MDY"]))
def test_written_in_an_order_and_read_in_it(days: list[dt.date], separator: str, order: str) -> None:
    texts = [separator.join(
        [f"{day.day:02}", f"{day.month:02}", f"{day.year:04}"] if order == "DMY"
        else [f"{day.month}", f"{day.day}", f"{day.year:04}"]
    ) for day in days]  # fmt: skip
    assert dates(*texts, date_order=order) == [day.isoformat() for day in days]
    for day, read in zip(days, dates(*texts), strict=True):
        assert read in (day.isoformat(), "?")  # from evidence: right, or not at all


FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y", "%a, %d %b %Y", "%Y-%m-%dT%H:%M:%S")


@given(st.datetimes(min_value=dt.datetime(1000, 1, 1)), st.sampled_from(FORMATS))
def test_same_as_the_formats_of_the_standard_library(moment: dt.datetime, form: str) -> None:
    assert dates(moment.strftime(form)) == [moment.date().isoformat()]


@given(st.from_regex(r"\A[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\Z"))
@settings(max_examples=settings().max_examples * 3 // 2)
def test_same_as_strptime_on_what_may_not_be_a_date(text: str) -> None:
    try:
        expected = dt.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        expected = None
    assert dates(text) == [expected]


@given(
    st.from_regex(r"\A[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\Z"), st.sampled_from([("DMY", "%d/%m/%Y"), ("MDY", "%m/%d/%Y")])
)
@settings(max_examples=settings().max_examples * 3 // 2)
def test_same_as_strptime_in_either_order(text: str, order: tuple[str, str]) -> None:
    try:
        expected = dt.datetime.strptime(text, order[1]).date().isoformat()
    except ValueError:
        expected = None
    assert dates(text, date_order=order[0]) == [expected]


@given(st.text(max_size=30))
def test_any_text_is_read_without_error(text: str) -> None:
    parse_dates(pa.array([text]))
    for meaning in ("excel", "epoch_s", "epoch_ms"):
        parse_dates(pa.array([text]), numeric_dates=meaning)
    read_order(column(text))


# Numbers, only when asked


def test_excel_serials() -> None:
    assert dates("45322", "45322.75", "1", "59", "61", numeric_dates="excel") == [
        "2024-01-31", "2024-01-31", "1900-01-01", "1900-02-28", "1900-03-01",
    ]  # fmt: skip
    assert dates("0", "60", "2958466", "-1", numeric_dates="excel") == [None] * 4
    assert dates("2958465", "20240131", "2024-01-31", numeric_dates="excel") == [
        "9999-12-31",
        "2024-01-31",
        "2024-01-31",
    ]


@given(st.dates(min_value=dt.date(1900, 3, 1)))
def test_same_serials_as_openpyxl(day: dt.date) -> None:
    serial = int(to_excel(day))
    assert from_excel(serial).date() == day
    assert dates(str(serial), numeric_dates="excel") == [day.isoformat()]


@given(st.datetimes(), st.booleans())
def test_epochs(moment: dt.datetime, milliseconds: bool) -> None:
    seconds = (moment.replace(microsecond=0) - dt.datetime(1970, 1, 1)) // dt.timedelta(seconds=1)
    text, meaning = (f"{seconds}000", "epoch_ms") if milliseconds else (str(seconds), "epoch_s")
    assert dates(text, numeric_dates=meaning) == [moment.date().isoformat()]


def test_milliseconds_taken_for_seconds_are_no_date() -> None:
    assert dates("1706659200000", numeric_dates="epoch_s") == [None]


# The order helper


def seconds(moment: dt.datetime) -> float:
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp()


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31T13:30:05Z",
        "2024-01-31 14:30:05+01:00",
        "2024-01-31T05:30:05-0800",
        "20240131T133005",
        "20240131133005.0Z",
        "20240131143005+0100",
        "1/31/2024 1:30:05 PM",
        "Wed, 31 Jan 2024 13:30:05 GMT",
        "Wed Jan 31 2024 14:30:05 GMT+0100 (CET)",
    ],
)
def test_order_keeps_time_and_zone(text: str) -> None:
    assert read_order(column(text)).tolist() == [seconds(dt.datetime(2024, 1, 31, 13, 30, 5))]


def test_order_midnight_and_noon() -> None:
    read = read_order(column("1/31/2024 12:00 AM", "1/31/2024 12:00 PM", "1/31/2024 11:59 PM"))
    start = seconds(dt.datetime(2024, 1, 31))
    assert (read - start).tolist() == [0, 43_200, 86_340]


def test_order_of_numbers() -> None:
    read = read_order(column("10", "9.5", "-3", " 20240131 ", "1E+3", "ten", None))
    assert read.tolist()[:4] == [10, 9.5, -3, 20240131]
    assert read.isna().tolist() == [False] * 4 + [True] * 3
    assert read.index.name == "source_row"
    assert read.name == "order"


def test_order_does_not_compare_dates_with_numbers() -> None:
    assert read_order(column("2024-01-31", "2024-02-01", "17")).isna().tolist() == [False, False, True]
    assert read_order(column("2024-01-31", "18", "17")).isna().tolist() == [True, False, False]
    assert read_order(column("2024-01-31", "20240201")).is_monotonic_increasing


def test_order_needs_to_know_day_and_month() -> None:
    assert read_order(column("03/04/2024")).isna().tolist() == [True]
    assert read_order(column("03/04/2024", "13/04/2024")).is_monotonic_increasing
    assert read_order(column("03/04/2024"), date_order="DMY").tolist() == [seconds(dt.datetime(2024, 4, 3))]


def test_order_does_not_guess_a_zone() -> None:
    assert read_order(column("2024-01-31 12:30:00 PST")).isna().all()


def test_order_of_an_empty_column() -> None:
    assert read_order(column()).tolist() == []
    assert read_order(column(None)).isna().tolist() == [True]


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


@given(st.lists(st.datetimes(min_value=dt.datetime(1900, 1, 1), timezones=ZONES), min_size=2, max_size=10))
def test_order_sorts_as_the_moments_do(moments: list[dt.datetime]) -> None:
    read = read_order(column(*(moment.isoformat() for moment in moments)))
    assert all(
        math.isclose(value, moment.timestamp(), abs_tol=1e-3) for value, moment in zip(read, moments, strict=True)
    )


MOMENTS = st.sampled_from(["31/01/2024", "02/03/2024", "2024-05-01 10:00", "20240131", "17", "-4.5", "", "x"])


@given(st.lists(MOMENTS, max_size=4), st.lists(MOMENTS, max_size=4))
def test_the_order_of_a_part_is_read_by_the_evidence_of_all(one, other):
    whole = column(*one, *other)
    shown = order_evidence(whole[: len(one)]) + order_evidence(whole[len(one) :])
    assert shown == order_evidence(whole)
    parts = [read_order(part, evidence=shown) for part in (whole[: len(one)], whole[len(one) :])]
    pd.testing.assert_series_equal(pd.concat(parts), read_order(whole))

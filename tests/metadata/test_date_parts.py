"""Texts of dates taken apart, whichever part is the day."""

import pyarrow as pa
import pytest

from passage_kit.metadata.date_parts import plain_text, take_apart, trimmed


def test_trimmed_leaves_what_is_inside() -> None:
    assert trimmed(pa.array(["\u200b\u00a0 a\u00a0b \ufeff", " \u200b ", ""])).to_pylist() == ["a\u00a0b", "", ""]


def test_plain_text_has_single_spaces() -> None:
    assert plain_text(pa.array(["\u200b31\u00a0\u2009Jan\u200b 2024 "])).to_pylist() == ["31 Jan 2024"]


@pytest.mark.parametrize(
    ("text", "year", "first", "second", "figures"),
    [
        ("2024-01-31", 2024, 1, 31, False),
        ("20240131", 2024, 1, 31, False),
        ("31/1/2024", 2024, 31, 1, True),
        ("January 31st, 2024", 2024, 1, 31, False),
        ("2024 Jan 31", 2024, 1, 31, False),
        ("31/1-2024", 2024, 0, 1, True),  # mixed separators: no month
        ("soon", 0, 0, 0, False),
    ],
)
def test_a_text_is_taken_apart_by_its_shape(text: str, year: int, first: int, second: int, figures: bool) -> None:
    parts = take_apart(pa.array([text]))
    assert [*parts][:4] == [first, second, year, figures]


def test_a_year_of_two_digits_is_known_as_one() -> None:
    assert take_apart(pa.array(["31/1/24", "31/1/2024"])).short_year.tolist() == [True, False]


def test_the_time_is_in_utc_and_unknown_in_a_zone_that_has_only_a_name() -> None:
    seconds = take_apart(pa.array(["2024-01-31T01:00:10+01:00", "2024-01-31 01:00 CET", "2024-01-31"])).seconds
    assert [seconds[0], seconds[2]] == [10, 0]
    assert seconds[1] != seconds[1]

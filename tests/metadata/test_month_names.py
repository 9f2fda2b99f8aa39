import datetime

import pyarrow as pa
import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.metadata.dates import parse_dates
from passage_kit.metadata.month_names import in_english

LANGUAGES = [
    "cs",
    "da",
    "de",
    "el",
    "es",
    "fi",
    "fr",
    "hu",
    "it",
    "ja",
    "ko",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
    "tr",
    "uk",
    "zh",
]
SAID_TWICE = {"lip", "lis", "listopada", "srp"}  # another month in another language


def read(*texts):
    return [str(day) for day in parse_dates(pa.array(texts)).days]


@pytest.mark.slow
@given(st.dates(datetime.date(1000, 1, 1)), st.sampled_from(LANGUAGES), st.sampled_from(["full", "long"]))
def test_a_date_in_words_is_that_date(day, language, form):
    text = format_date(day, form, locale=language)
    if SAID_TWICE.isdisjoint(text.split()):
        assert read(text) == [day.isoformat()], text


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Di, 05. März 2024", "2024-03-05"), ("mar. 5 mars 2024", "2024-03-05"), ("1er août 2024", "2024-08-01"),
        ("5 de septiembre del 2024", "2024-09-05"), ("1º de janeiro de 2024", "2024-01-01"),
        ("5 марта 2024 г.", "2024-03-05"), ("05/déc/2024", "2024-12-05"), ("marzo 5, 2024", "2024-03-05"),
        ("Mar 5, 2024", "2024-03-05"),
        ("5 mars 2024 à 14:30", "2024-03-05"), ("05.März 2024 um 14:30 Uhr", "2024-03-05"),
        ("2024年 3月 5日 14:30", "2024-03-05"), ("2024年3月5日(火)", "2024-03-05"), ("2024년 12월 31일", "2024-12-31"),
    ],
)  # fmt: skip
def test_other_ways_to_write_one(text, day):
    assert read(text) == [day]


@pytest.mark.parametrize("text", ["15 listopada 2024", "2 lip 2024", "mars", "32 mars 2024", "5 marsh 2024"])
def test_what_is_no_date_or_may_be_another_one_is_not_read(text):
    assert read(text) == ["NaT"]


@given(st.lists(st.from_regex(r"[0-9TZ:./ -]{6,20}", fullmatch=True)))
def test_dates_in_figures_stay(texts):
    assert in_english(pa.array(texts, pa.string())).to_pylist() == texts

"""Words for nothing: always, by evidence, and never of a person called Null."""

import pytest

from passage_kit.columns.null_words import ALWAYS, null_words_of, without_words
from passage_kit.columns.users_frame import users_frame


@pytest.mark.parametrize("word", ALWAYS)
def test_some_always_mean_nothing(word):
    assert null_words_of(users_frame({"city": [word, "Ulm"]})) == {"city": (word,)}


def test_a_person_may_be_called_null():
    assert null_words_of(users_frame({"last_name": ["NULL", "Lee", "Null"], "city": ["Ulm", "Bonn", "Köln"]})) == {}


def test_null_in_several_columns_is_a_dump():
    frame = users_frame({"last_name": ["NULL", "Lee"], "city": ["Ulm", "NULL"], "first_name": ["null", "Null"]})
    assert null_words_of(frame) == {"last_name": ("NULL",), "city": ("NULL",), "first_name": ("null",)}


@pytest.mark.parametrize("values", [["a@example.org"], ["2024-01-31"], ["17"], ["yes"], ["+1 415 555 2671"]])
def test_null_in_a_column_without_words_is_nothing(values):
    frame = users_frame({"x": [*values, "NULL"], "last_name": ["Lee", "Null"]})
    assert null_words_of(frame) == {"x": ("NULL",)}


def test_only_these_words_become_blank():
    column, count = without_words(users_frame({"x": ["NULL", "null", None, "NULL"]})["x"], ["NULL"])
    assert ([value if isinstance(value, str) else None for value in column], count) == ([None, "null", None, None], 2)

"""Checks of columns: what fails, and that a null passes."""

import re

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.metadata.column_checks import (
    NORMAL_FORMS,
    are_phones,
    has_form,
    has_identifier,
    has_pattern,
    is_chosen,
    is_repeated,
    is_short,
    is_unique,
    is_unique_row,
)


def column(*values):
    return users_frame({"value": values})["value"]


@pytest.mark.parametrize(
    ("field", "value", "passes"),
    [
        ("email", "ann@example.org", True),
        ("email", "Ann@example.org", False),
        ("email", "ann@example", False),
        ("phone", "+14155550101", True),
        ("phone", "14155550101", False),
        ("phone", "+0415555", False),
    ],
)
def test_the_normal_forms(field, value, passes):
    assert has_form(column(value, None), NORMAL_FORMS[field]).tolist() == [passes, True]


def test_a_value_is_unique_where_it_stands_first():
    values = column("a", None, "b", "a", None)
    assert is_unique(values).tolist() == [True, True, True, False, True]
    assert is_repeated(values).tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("rows", "verdicts"), [([1, 2, 5], [True] * 3), ([2, 1, 2], [True, True, False]), ([3, 1], [True] * 2), ([], [])]
)
def test_a_row_has_a_number_of_its_own(rows, verdicts):
    assert is_unique_row(pd.Series(rows, dtype="int64")).tolist() == verdicts


def test_the_rules_of_a_field():
    values = column("pro", "free!", None)
    assert is_short(values, 3).tolist() == [True, False, True]
    assert has_pattern(values, "[a-z]+").tolist() == [True, False, True]
    assert is_chosen(values, ("pro",)).tolist() == [True, False, True]


def test_a_row_needs_one_identifier():
    users = users_frame({"email": ["a@example.org", None, None], "phone": [None, "+14155550101", None]})
    assert has_identifier(users).tolist() == [True, True, False]


@given(st.lists(st.none() | st.from_regex(r"\A\+?[0-9]{0,22}[+ x٣]?[0-9]?\Z") | st.from_regex(NORMAL_FORMS["phone"])))
def test_phones_are_told_at_a_glance_as_the_pattern_tells_them(texts):
    pattern = re.compile(NORMAL_FORMS["phone"].replace("$", r"\Z"), re.ASCII)
    at_a_glance = are_phones(pa.array(texts, pa.string()))
    assert at_a_glance == all(pattern.match(text) for text in texts if text)

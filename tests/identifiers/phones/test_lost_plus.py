"""Digits that may have lost their plus: the column decides, or they are withheld with both readings."""

from functools import cache

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.identifiers.phones.lost_plus import find_readings
from passage_kit.identifiers.phones.phone_cells import judge_cells
from passage_kit.identifiers.phones.phones import normalize_phones, witnesses_of

ABROAD = ["447400123456", "4915112345678", "358401234567", "6591234567", "33612345678"]  # none is valid in the US
HOME = ["4155552671", "6505551234", "2125550101", "9195551234"]  # US numbers, and none with a plus
BOTH = ["2015550123", "2015550199"]  # of New Jersey, or of Egypt


def judge(values, region=None, default=None, **options):
    """Numbers, and the code and argument of each finding that is about the column or withholds."""
    users = users_frame({"phone": list(values), "region": region or [None] * len(values)})
    phones, findings = normalize_phones(users["phone"], region=users["region"], default_region=default, **options)
    said = findings[findings["source_row"].isna() | findings["effect"].eq("withheld")]
    return phones.fillna("").to_list(), list(zip(said["code"], said["argument"].fillna(""), strict=True))


def test_a_column_whose_numbers_need_a_plus_lost_it():
    numbers, said = judge(["12125550101", *ABROAD, *BOTH], default="US")
    assert numbers == ["+12125550101", *(f"+{digits}" for digits in ABROAD + BOTH)]
    assert said == [("phone_plus_added", "7")]


def test_a_column_whose_numbers_are_valid_at_home_lost_none():
    numbers, said = judge([*HOME, *BOTH], default="US")
    assert numbers == [f"+1{digits}" for digits in HOME + BOTH]
    assert said == [("phone_read_at_home", "2")]
    assert judge(HOME, default="US")[1] == []


def test_a_column_with_both_kinds_withholds_what_has_two_readings():
    numbers, said = judge([*HOME, ABROAD[0], BOTH[0]], default="US")
    assert numbers == [*(f"+1{digits}" for digits in HOME), "", ""]
    assert said == [
        ("phone_invalid", "too long for US"),
        ("phone_two_readings", "+12015550123 or +2015550123"),
    ]


@pytest.mark.parametrize("values", [BOTH, [*BOTH, "+12015550123", "001 201 555 0123", "", "n/a", "1234567890"]])
def test_a_column_that_shows_nothing_withholds_them_too(values):
    numbers, said = judge(values, default="US")
    assert numbers[:2] == ["", ""]
    assert [code for code, _ in said].count("phone_two_readings") == 2


def test_one_number_does_not_show_that_a_column_lost_its_plus():
    assert judge([ABROAD[0]] * 3, default="US") == (["", "", ""], [("phone_invalid", "too long for US")] * 3)
    assert judge([ABROAD[0]] * 3)[0] == ["", "", ""]


def test_without_a_country_all_numbers_must_be_valid_with_a_plus():
    assert judge(ABROAD) == ([f"+{digits}" for digits in ABROAD], [("phone_plus_added", "5")])
    numbers, said = judge([*ABROAD, HOME[0]])
    assert numbers == [""] * 6
    assert {code for code, _ in said} == {"phone_no_region"}


def test_each_row_has_the_country_that_it_names():
    values = ["4155552671", "15223456789", "2015550123", "447400123456", "491701234567"]
    numbers, said = judge(values, ["US", "DE", "US", "GB", "Atlantis"])
    assert numbers == ["+14155552671", "+4915223456789", "+12015550123", "+447400123456", ""]
    assert said == [("phone_read_at_home", "2"), ("phone_no_region", "")]
    numbers, said = judge(["4155552671", "2015550123", "447400123456"], ["US", "US", "GB"])
    assert numbers == ["+14155552671", "+12015550123", "+447400123456"]
    assert said == [("phone_read_at_home", "1")]


WRITTEN = ["44 7400 123456", "44-7400-123456", "447400 123456", "447400123456.0", "'447400123456", '="447400123456"',
           "44 (0)7400 123456", "44\u00a07400\u00a0123456"]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_digits_may_be_written_apart(written):
    assert judge([written, ABROAD[1]], default="US")[0] == ["+447400123456", f"+{ABROAD[1]}"]


@pytest.mark.parametrize("written", ["(201) 555-0123", "201-555-0123", "201.555.0123", "201 555 0123"])
def test_an_area_code_that_stands_apart_is_no_calling_code(written):
    assert judge([written], default="US") == (["+12015550123"], [])


@pytest.mark.parametrize("options", [{"default": "US"}, {"default": "DE"}, {}])
def test_every_way_of_judging_says_the_same(options):
    values = [*HOME, *ABROAD, *BOTH, "+12015550123", "030 1234567", "x", None] * 30
    assert judge(values, **options) == judge(values, **options, fast_paths=False)


OTHERS = ["+447400123456", "(201) 555-0123", "12345", "1234567890", "12125550101", None]
CELLS = st.sampled_from([*HOME, *ABROAD, *BOTH, *OTHERS])


@settings(derandomize=True)
@given(st.lists(CELLS, min_size=1, max_size=12), st.sampled_from(["US", None]))
def test_the_column_is_read_by_the_rule_told_naively(values, default):
    numbers, _ = judge(values, default=default)
    bare = {*values} & {*HOME, *ABROAD, *BOTH, "12125550101"}
    needs_plus = bare & {*ABROAD, *([] if default else [*BOTH, "12125550101"])}
    at_home = bare & set(HOME)
    lost = len(needs_plus) >= 2 and not at_home
    for value, number in zip(values, numbers, strict=True):
        if value in BOTH:
            right = f"+{value}" if lost else f"+1{value}" if default and at_home and not needs_plus else ""
            assert number == right
        elif value in ABROAD:
            assert number == (f"+{value}" if lost else "")


@settings(derandomize=True)
@given(st.lists(CELLS, min_size=1, max_size=30), st.sampled_from(["US", None]), st.randoms(use_true_random=False))
def test_some_rows_with_the_witnesses_are_read_as_within_the_column(values, default, random):
    users = users_frame({"phone": values})
    whole, _ = normalize_phones(users["phone"], default_region=default)
    some = users.index[[random.random() < 0.2 for _ in users.index]]
    rows = some.union(witnesses_of(users["phone"], default_region=default))
    assert len(rows) <= len(some) + 8
    part, _ = normalize_phones(users["phone"].loc[rows], default_region=default)
    pd.testing.assert_series_equal(part.loc[some], whole.loc[some])


@pytest.mark.parametrize("default", ["US", None])
def test_a_person_decides_for_the_column(default):
    values = [ABROAD[0], HOME[0], BOTH[0], "+12015550123", "x"]
    numbers, said = judge(values, default=default, lost_plus=True)
    assert numbers == [f"+{ABROAD[0]}", "+14155552671" if default else "", f"+{BOTH[0]}", "+12015550123", ""]
    assert said[0] == ("phone_plus_added", "2")
    numbers, said = judge(values, default=default, lost_plus=False)
    at_home = [f"+1{digits}" if default else "" for digits in (HOME[0], BOTH[0])]
    assert numbers == ["", *at_home, "+12015550123", ""]
    assert said[0] == (("phone_read_at_home", "1") if default else ("phone_no_region", ""))


@pytest.mark.parametrize("default", ["US", None])
def test_a_system_that_writes_no_plus_needs_no_second_number(default):
    assert judge([ABROAD[0], None], default=default, lost_plus="likely") == (
        [f"+{ABROAD[0]}", ""],
        [("phone_plus_added", "1")],
    )
    assert judge([BOTH[0]], default=default, lost_plus="likely")[0] == [f"+{BOTH[0]}"]


def test_numbers_of_the_country_contradict_the_system():
    numbers, said = judge([HOME[0], BOTH[0]], default="US", lost_plus="likely")
    assert numbers == ["+14155552671", ""]
    assert said == [("phone_two_readings", "+12015550123 or +2015550123")]


@cache
def judged_alone(value, default):
    """The number of a cell that has a column of its own; the same few cells come in all examples."""
    return judge([value], default=default, lost_plus=False)[0][0]


@pytest.mark.slow
@settings(derandomize=True)
@given(
    st.lists(CELLS, min_size=1, max_size=12),
    st.sampled_from(["US", None]),
    st.sampled_from([True, False, "likely", None]),
)
def test_what_is_told_is_the_rule_told_naively(values, default, lost_plus):
    numbers, _ = judge(values, default=default, lost_plus=lost_plus)
    alone = {value: judged_alone(value, default) for value in values}
    at_home = bool({*values} & {*HOME}) and default is not None
    for value, number in zip(values, numbers, strict=True):
        if lost_plus is False:
            assert number == alone[value]
        elif value in ABROAD and (lost_plus is True or (lost_plus == "likely" and not at_home)):
            assert number == f"+{value}"
        elif value in BOTH and lost_plus:
            assert number == (f"+{value}" if lost_plus is True or not at_home else "")
        elif value in HOME:
            assert number in ("", alone[value])
    whole = users_frame({"phone": values})["phone"]
    witnesses = whole.loc[witnesses_of(whole, default_region=default)]
    expected, _ = normalize_phones(whole, default_region=default, lost_plus=lost_plus)
    part, _ = normalize_phones(witnesses, default_region=default, lost_plus=lost_plus)
    pd.testing.assert_series_equal(part, expected.loc[witnesses.index])


def test_normalizing_again_changes_nothing():
    users = users_frame({"phone": [*ABROAD, *BOTH]})
    once, _ = normalize_phones(users["phone"], default_region="US")
    again, findings = normalize_phones(once, default_region="US")
    assert again.equals(once)
    assert not findings["source_row"].isna().any()


def test_the_readings_of_a_cell_are_found_by_its_position():
    values = pa.chunked_array([["x", "2015550123", None, "447400123456"]])
    judge_all = judge_cells(["x", "2015550123", "447400123456"], ["US"] * 3)

    def abroad(texts):
        return pd.RangeIndex(len(texts)).to_numpy(), judge_cells(texts.to_pylist(), [None] * len(texts))

    readings = find_readings(values, pd.Index([0, 1, -1, 2]).to_numpy(), judge_all, abroad)
    assert readings.rows.tolist() == [1, 3]
    assert readings.both.tolist() == [True, False]
    assert readings.way() is None

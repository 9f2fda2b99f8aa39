"""Codes for the state of an account mean what a person says, and what nobody explained is counted."""

import pyarrow as pa
import pytest

import passage_kit as pk
from passage_kit.columns.account_codes import (
    count_words,
    may_be_codes,
    read_account_states,
    states_as_told,
    written_states,
)


def column(*cells):
    return pa.chunked_array([pa.array(cells, pa.string())])


def test_a_word_of_the_person_goes_before_one_that_the_kit_knows():
    told = {"Pending": "inactive", "2": "deleted"}
    assert states_as_told("status", column("pending ", "2", "active", None, "9"), told).to_pylist() == [
        "inactive", "deleted", "active", None, "9",
    ]  # fmt: skip


def test_a_flag_keeps_its_meaning_and_what_it_cannot_mean_is_told():
    told = {"1": "active", "Z": "banned"}
    assert states_as_told("blocked", column("1", "0", "Z"), told).to_pylist() == ["blocked", "active", "banned"]
    assert states_as_told("deleted_at", column("2020-01-01", "Z", None), told).to_pylist() == [
        "deleted", "banned", None,
    ]  # fmt: skip


def test_one_word_has_one_meaning():
    with pytest.raises(pk.OptionError, match="'a' of account_states has two meanings, active and banned"):
        states_as_told("status", column("a"), {"A": "active", "a": "banned"})
    with pytest.raises(pk.OptionError, match="'A' has two meanings"):
        read_account_states(["A=active", "A=banned"])
    with pytest.raises(pk.OptionError, match="cannot be read, expected WORD=STATE"):
        read_account_states(["active"])


def test_meanings_are_written_as_they_are_read():
    told = read_account_states(["a=b=active", "0 = Inactive"])
    assert told == {"a=b": "active", "0": "inactive"}
    assert read_account_states(written_states(told).split(",")) == told


def test_what_may_be_personal_is_not_quoted():
    said = count_words(column("X", " X", "call her on 4155552671", "a@example.org", "4155552671", None))
    assert said == "'X' in 2 rows, 3 others in 3 rows"
    assert count_words(column(*(f"c{number}" for number in range(20)))).endswith("12 others in 12 rows")
    assert count_words(column(None)) == ""


@pytest.mark.parametrize(
    ("name", "cells", "may"),
    [
        ("status", ("A", "I"), True),
        ("status", ("true", "false"), True),
        ("status", ("Regular", "Staff", "Deactivated"), True),
        ("status", ("sent", "failed"), False),
        ("Status", ("0", "1", "2"), True),
        ("account_state", ("running", "halted"), True),
        ("status", ("gold", "silver"), False),  # of a customer
        ("state", ("NY", "CA"), False),
        ("Estado", ("Alta", "Baja"), True),
        ("status", ("A", "A"), False),
        ("plan", ("A", "I"), False),
        ("status", tuple(map(str, range(100, 120))), False),
    ],
)
def test_columns_that_may_have_codes(name, cells, may):
    assert may_be_codes(name, column(*cells)) is may

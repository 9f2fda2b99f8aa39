"""Slips: which emails and phones of one name are a slip apart, and which are two people's."""

import pandas as pd
import pyarrow as pa
import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.slips import find_slips


def slips(column: str, *values: str | None, names: list[str | None] | None = None) -> list[list[int]]:
    users = users_frame({"email": [None] * len(values), "phone": [None] * len(values), column: list(values)})
    found = find_slips(users, pa.chunked_array([pa.array(names or ["anna berg"] * len(values), pa.string())]))
    pairs = pd.Series(found[("email", "phone").index(column)].rows).groupby(
        found[("email", "phone").index(column)].group
    )
    return sorted(sorted(rows) for rows in pairs.agg(list))


@pytest.mark.parametrize(
    "other",
    [
        "anna.brg@example.org",
        "anna.bberg@example.org",
        "anna.burg@example.org",
        "anna.breg@example.org",
        "nana.berg@example.org",
        "annaberg@example.org",
        "anna_berg@example.org",
        "anna.berg@exampel.org",
    ],
)
def test_a_slip_in_an_email(other: str) -> None:
    assert slips("email", "anna.berg@example.org", "zoe.quill@example.org", other) == [[0, 2]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna.berg1@example.org", "anna.berg2@example.org"),
        ("anna.berg@example.org", "anna.berg1@example.org"),
        ("anna.berg@example.org", "anna.borgen@example.org"),
        ("ab@example.de", "ac@example.org"),
        ("a@b.de", "c@b.de"),
        ("anna.berg@example.org", None),
    ],
)
def test_no_slip_in_an_email(one: str, other: str | None) -> None:
    assert slips("email", one, other) == []


@pytest.mark.parametrize("other", ["+14155550110", "+14155551001", "+14155550102"])
def test_a_slip_in_a_phone(other: str) -> None:
    assert slips("phone", "+14155550101", other, "+442079460123") == [[0, 1]]


def test_other_names_and_no_names_are_other_people() -> None:
    emails = ["anna.berg@example.org", "anna.breg@example.org"]
    assert slips("email", *emails, names=["anna berg", "zoe quill"]) == []
    assert slips("email", *emails, names=[None, None]) == []


def test_a_name_that_many_have_says_little() -> None:
    emails = [f"{chr(97 + at % 26)}{chr(97 + at // 26)}xxxxx@example.org" for at in range(500)]
    assert slips("email", *emails) == []
    assert len(slips("email", *emails, names=["anna berg"] * 2 + [str(at) for at in range(498)])) == 1

"""Rows found for a table: as a search by hand finds them, in a stable order."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.preparation.found_rows import ANY, dispositions_of, find_rows, findings_of, people_of

cells = st.one_of(st.none(), st.text("abAB.(", min_size=1, max_size=3))
frames = st.lists(st.tuples(cells, cells), min_size=1, max_size=8).map(
    lambda rows: users_frame({"email": [one for one, _ in rows], "city": [two for _, two in rows]})
)
USERS = users_frame(
    {
        "email": ["ann@example.org", None, "cy@", "ann@example.org"],
        "full_name": ["Ann", None, "Cy", None],
        "source_key": ["7", "8", None, None],
    }
)
FOUND = collect_findings(
    [
        make_findings([2, 3], field="email", code="no_identifier"),
        make_findings([3], field="email", code="email_invalid"),
        make_findings([4], field="email", code="duplicate_email", other_row=[1]),
        make_findings([1], field="email", code="email_normalized"),
    ]
)


@given(users=frames, text=st.text("abAB.(", max_size=2), column=st.sampled_from(["", "email", "city"]))
def test_a_text_is_found_as_by_hand(users, text, column):
    columns = [column] if column else ["email", "city"]
    by_hand = [
        at
        for at, values in enumerate(users[columns].itertuples(index=False))
        if not text or any(pd.notna(value) and text.lower() in value.lower() for value in values)
    ]
    assert find_rows(users, text=text, column=column).tolist() == by_hand


@given(users=frames, descending=st.booleans())
def test_rows_are_in_order_and_blanks_come_last(users, descending):
    found = find_rows(users, sort="city", descending=descending)
    assert sorted(found.tolist()) == list(range(len(users)))
    values = [None if pd.isna(value) else value.lower() for value in users["city"].iloc[found]]
    filled = [value for value in values if value is not None]
    assert filled == sorted(filled, reverse=descending)
    assert values[: len(filled)] == filled


def test_a_number_finds_its_row():
    assert find_rows(USERS, text="3").tolist() == [2]
    assert find_rows(USERS, text="3", column="email").tolist() == []


def test_the_order_of_the_list_can_be_turned():
    assert find_rows(USERS, descending=True).tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize(
    ("code", "column", "expected"),
    [("email_invalid", "", [2]), (ANY, "", [1, 2, 3]), (ANY, "phone", []), ("email_normalized", "email", [0])],
)
def test_rows_are_found_by_their_findings(code, column, expected):
    assert find_rows(USERS, findings=findings_of(FOUND, code, column)).tolist() == expected


def test_each_row_has_its_disposition():
    assert dispositions_of(USERS, FOUND).tolist() == ["kept", "rejected", "rejected", "absorbed"]
    assert dispositions_of(USERS, no_findings()).tolist() == ["kept"] * 4


def test_people_are_named_by_what_is_known():
    assert people_of(USERS, [1, 2, 3, 9]) == {1: "Ann, ann@example.org", 2: "8", 3: "Cy, cy@"}
    assert len(people_of(users_frame({"email": ["x" * 500]}), [1])[1]) == 81

import pandas as pd
import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.decisions import Decision
from passage_kit.duplicates.review import find_groups, foresee
from passage_kit.widgets.described_groups import describe_group, named_rows


def described(users: pd.DataFrame, made: Decision | None = None) -> dict:
    groups = find_groups(users)
    return describe_group(groups, 0, made, foresee(groups, [0], "apart")[0], names={"email": "Email"})


@pytest.fixture
def one_email():
    return users_frame({"email": ["ann@example.org"] * 2, "phone": ["+14155552671", None], "city": ["Lyon", "Oslo"]})


def test_a_group_with_one_email(one_email):
    group = described(one_email)
    assert (group["rows"], group["why"]) == ([1, 2], "the same email")
    assert group["rule"] == "Row 1 stays and absorbs row 2."
    assert group["apart"] == "Row 1 keeps only its phone; row 2 keeps its email."
    assert group["choices"] == ["rule", "survivor", "apart"]
    assert {field["name"]: field["marks"] for field in group["fields"]}["city"] == ["", "differs"]
    assert [field["label"] for field in group["fields"]] == ["Email", "phone", "city"]
    assert group["decided"] is None


def test_people_who_share_a_phone_are_no_cluster():
    users = users_frame({"email": ["ann@example.org", "bo@example.org"], "phone": ["+14155552671"] * 2})
    group = described(users)
    assert group["choices"] == ["apart", "merge"]
    assert not any(column["stays"] for column in group["columns"])


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (Decision((1, 2), "apart", None), "Decided: different people."),
        (Decision((1, 2), "survivor", 2), "Decided: one person, row 2 stays."),
    ],
)
def test_what_was_decided_is_said(one_email, made, text):
    assert described(one_email, made)["decided"]["text"] == text


def test_a_large_group_shows_its_first_rows_and_cuts_long_values():
    notes = [f"{number}" + "x" * 300 for number in range(20)]
    users = users_frame({"email": ["ann@example.org"] * 20, "phone": [None] * 20, "note": notes})
    group = described(users)
    assert (len(group["columns"]), group["more"]) == (12, 8)
    shown = next(field for field in group["fields"] if field["name"] == "note")
    assert all(value.endswith("…") and len(value) == 201 for value in shown["values"])


def test_a_few_rows_are_named():
    assert (named_rows([3, 1]), named_rows(range(1, 9))) == ("rows 1, 3", "rows 1, 2, 3, 4, 5 and 3 more")

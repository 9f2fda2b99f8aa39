"""Look-alikes: what is suggested for review, and what is not alike enough."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.lookalikes import suggest_duplicates
from passage_kit.duplicates.merge import merge_duplicates
from passage_kit.findings.findings import describe_findings


def with_emails(*emails: str | None, **columns: list[str | None]) -> pd.DataFrame:
    return users_frame({"email": emails, "phone": [None] * len(emails), **columns})


def suggested(users: pd.DataFrame) -> list[tuple[int, str]]:
    """Row and detail of each suggestion."""
    findings = suggest_duplicates(users)
    assert set(findings["code"]) <= {"possible_duplicate"}
    return list(zip(findings["source_row"], describe_findings(findings)["detail"], strict=True))


def test_aliases_of_one_mailbox_are_suggested() -> None:
    users = with_emails("anna.b@gmail.com", "ben@example.org", "annab+shop@googlemail.com", "cara+1@example.org")
    assert suggested(users) == [(1, "rows 1, 3: one mailbox"), (3, "rows 1, 3: one mailbox")]


def test_aliases_need_not_include_the_plain_address() -> None:
    assert [row for row, _ in suggested(with_emails("anna+1@example.org", "anna+2@example.org"))] == [1, 2]


def test_dots_outside_gmail_are_other_addresses() -> None:
    assert suggested(with_emails("anna.b@example.org", "annab@example.org", None)) == []


def test_long_lists_are_cut() -> None:
    found = suggested(with_emails(*[f"anna+{number}@gmail.com" for number in range(7)]))
    assert found == [(row, "rows 1, 2, 3, 4, 5 and 2 more: one mailbox") for row in range(1, 8)]


def look_alikes(*rows: tuple[str | None, ...]) -> list[int]:
    columns = {f"field_{at}": list(column) for at, column in enumerate(zip(*rows, strict=True))}
    emails = [f"user{number}@example.org" for number in range(len(rows))]
    return [row for row, _ in suggested(with_emails(*emails, **columns))]


def test_rows_that_say_the_same_are_suggested() -> None:
    assert look_alikes(("Anna Berg", "Lyon", None), ("Ben Dahl", "Oslo", "5"), ("Anna Berg", "Lyon", None)) == [1, 3]
    assert look_alikes(*[("Anna Berg", "Lyon", "1")] * 5) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "rows",
    [
        [("Anna Berg", "Lyon", "1"), ("Anna Berg", "Lyon", "2")],
        [("Anna Berg", "Lyon", None), ("Anna Berg", "Lyon", "2")],
        [(name, city, "Acme") for name, city in [("Anna", "Lyon"), ("Anna", "Oslo"), ("Ben", None), ("Ben", "Lyon")]],
        [("Anna Berg", None, "2"), ("Anna Berg", None, "2")],
        [("Anna Berg", "true", "1980-02-29"), ("Anna Berg", "true", "1980-02-29")],
        [("Anna Berg", "Lyon", "1")] * 6,
        [("Anna Berg",)] * 2,
        [()] * 2,
    ],
    ids=[
        "a value differs",
        "a blank differs",
        "names differ",
        "one text",
        "no texts",
        "too many",
        "one column",
        "no columns",
    ],
)
def test_rows_that_are_not_alike_enough(rows: list[tuple[str | None, ...]]) -> None:
    assert look_alikes(*rows) == []


def test_helpers_may_differ() -> None:
    users = with_emails("a@example.org", "b@example.org", name=["Anna Berg"] * 2, city=["Lyon"] * 2, order=["1", "2"])
    assert suggested(users) == [
        (1, "rows 1, 2: the same but for email and phone"),
        (2, "rows 1, 2: the same but for email and phone"),
    ]


def test_row_with_a_phone_only_may_look_alike() -> None:
    users = with_emails("a@example.org", None, None, name=["Anna Berg"] * 3, city=["Lyon"] * 3)
    users.loc[2, "phone"] = "+14155550101"
    assert [row for row, _ in suggested(users)] == [1, 2]


def test_rows_of_one_identifier_are_one_person_not_two_alike() -> None:
    assert suggested(with_emails(*["a@example.org"] * 2, name=["Anna Berg"] * 2, city=["Lyon"] * 2)) == []
    assert suggested(with_emails(*["a.b+c@gmail.com"] * 2)) == []


def test_no_rows() -> None:
    assert suggested(with_emails(name=[], city=[])) == []


def test_numbers_booleans_and_dates_are_no_words() -> None:
    users = users_frame({"email": ["anna@example.org", "ann@example.org"], "phone": [None, None], "city": ["Bonn"] * 2})
    typed = users.assign(age=[41.5, 41.5], vip=[True, True], born=[dt.date(1980, 2, 29)] * 2)
    merged, findings = merge_duplicates(typed)
    assert merged["age"].tolist() == [41.5, 41.5]
    assert not len(findings)
    _, findings = merge_duplicates(typed.assign(street=["Main St", "Main St"]))
    assert findings["code"].tolist() == ["possible_duplicate"] * 2


def test_case_accents_and_swapped_names_are_one_spelling() -> None:
    users = with_emails(
        *[f"user{number}@example.org" for number in range(4)],
        first_name=["Zoë", "QUILL", "Ben", "Ann"],
        last_name=["Quill", "zoe", "Dahl", "Ben"],
        city=["Lyon", "LYON", "Oslo", "Oslo"],
    )
    assert suggested(users) == [(row, "rows 1, 2: the same but for email, phone and spelling") for row in (1, 2)]


def test_rows_that_say_just_the_same_are_suggested_once() -> None:
    users = with_emails("a@example.org", "b@example.org", name=["Anna Berg"] * 2, city=["Lyon"] * 2, birthday=["1"] * 2)
    assert {detail for _, detail in suggested(users)} == {"rows 1, 2: the same but for email and phone"}


def test_one_name_and_one_birthday_are_suggested_whatever_else_differs() -> None:
    columns = {"full_name": ["Anna Berg", "Berg, Anna", "Anna Berg", None], "city": ["Lyon", "Oslo", "Bonn", "Ulm"]}
    users = with_emails(*[f"user{at}@example.org" for at in range(4)], **columns, born=["1980", "1980", "1981", "1980"])
    assert suggested(users) == [
        (1, "rows 1, 2: one name and one birthday"),
        (2, "rows 1, 2: one name and one birthday"),
    ]
    blank = users.assign(born=pd.array([None] * 4, dtype=users["born"].dtype))
    assert suggested(blank) == []


def test_a_birthday_that_everybody_has_says_nothing() -> None:
    count = 2_000
    users = with_emails(
        *[f"user{at}@example.org" for at in range(count)],
        name=[f"Name {chr(97 + at % 26)}{at % 700}" for at in range(count)],
        birthday=["1900-01-01"] * count,
        city=[f"City {at}" for at in range(count)],
    )
    assert suggested(users) == []


def test_all_kinds_together_are_at_most_three_in_a_hundred_rows() -> None:
    count = 10_000
    users = with_emails(
        *[f"user{at}@example.org" for at in range(count)],
        name=[f"Name {at // 2}" for at in range(count)],
        birthday=[str(at // 2) for at in range(count)],
        city=[f"City {at // (1 + at % 2)}" for at in range(count)],
    )
    assert 0 < len(suggested(users)) <= 0.03 * count

"""Phones of several people: who loses them, and to whom they are left."""

import numpy as np
import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.clusters import identify, rank_rows
from passage_kit.duplicates.shared_phones import reject_shared, withhold_shared
from passage_kit.findings.findings import describe_findings

PHONE = "+14155550101"
USERS = users_frame(
    {
        "email": ["anna@example.org", "ben@example.org", "ben@example.org", "eve@example.org", None],
        "phone": [PHONE, PHONE, None, "+14155550102", None],
        "city": [None, "Lyon", None, None, None],
    }
)
PEOPLE = identify(USERS)
RANKED = rank_rows(USERS, np.arange(len(USERS)), "complete")


def test_it_is_withheld_from_all_who_have_it():
    users, findings = withhold_shared(USERS, PEOPLE, RANKED, to_survivor=False)
    assert users["phone"].notna().tolist() == [False, False, False, True, False]
    assert findings["source_row"].tolist() == [1, 2]
    assert set(describe_findings(findings)["detail"]) == {"2 people with different emails have it"}


def test_it_is_left_to_the_person_whom_the_rule_prefers():
    users, findings = withhold_shared(USERS, PEOPLE, RANKED, to_survivor=True)
    assert users["phone"].notna().tolist() == [False, True, False, True, False]
    assert describe_findings(findings)[["source_row", "detail"]].values.tolist() == [[1, "left to row 2"]]


def test_it_is_left_to_the_first_row_too():
    ranked = rank_rows(USERS, np.arange(len(USERS)), "first")
    users, findings = withhold_shared(USERS, PEOPLE, ranked, to_survivor=True)
    assert users["phone"].notna().tolist() == [True, False, False, True, False]
    assert describe_findings(findings)[["source_row", "detail"]].values.tolist() == [[2, "left to row 1"]]


def test_every_row_of_those_who_share_it_is_rejected():
    rejected, findings = reject_shared(USERS, PEOPLE)
    assert rejected.tolist() == [True, True, True, False, False]
    assert findings["value"].fillna("").tolist() == [PHONE, PHONE, ""]


@pytest.mark.parametrize("to_survivor", [False, True])
def test_a_row_with_nothing_else_keeps_it(to_survivor):
    users = users_frame({"email": ["anna@example.org", "ben@example.org", None], "phone": [PHONE] * 3})
    people = identify(users)
    ranked = rank_rows(users, np.arange(3), "first")
    users, findings = withhold_shared(users, people, ranked, to_survivor=to_survivor)
    assert users["phone"].notna().tolist() == [False, False, True]
    assert set(describe_findings(findings)["detail"]) == {"left to row 3"}

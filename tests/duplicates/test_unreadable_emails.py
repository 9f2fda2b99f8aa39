"""A row whose email cannot be read is not a row without email: its phone makes it nobody else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from duplicate_rows import ANNA, BEN, ONE, TWO, people, user_frames
from hypothesis import given, settings
from hypothesis import strategies as st

from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_ROW
from passage_kit.duplicates.clustered_users import SHARED_PHONE_CHOICES, find_clusters, find_shared_phones
from passage_kit.duplicates.decisions import decide, no_decisions
from passage_kit.duplicates.merge import merge_duplicates
from passage_kit.duplicates.review import find_groups, foresee
from passage_kit.duplicates.unreadable_emails import UNREADABLE, have_unreadable_email
from passage_kit.errors import OptionError
from passage_kit.findings.findings import make_findings, no_findings
from passage_kit.identifiers.identifiers import normalize_identifiers


def judged(*rows):
    """Users and findings of emails and phones as a list has them."""
    return normalize_identifiers(people(*rows))


UNREAD = [(ANNA, ONE), ("bob@example,org", ONE), ("cy@example.org; cy@example.net", TWO), (BEN, TWO)]


def test_an_email_that_cannot_be_read_or_is_one_of_several_is_an_email():
    users, findings = judged(*UNREAD, ("n/a", None), ("noreply@example.org", None), (None, None))
    assert have_unreadable_email(users, findings).tolist() == [False, True, True, False, False, False, False]
    assert not have_unreadable_email(users, None).any()


def test_only_a_row_whose_email_is_still_blank_is_marked():
    users, findings = judged(("ann@", None))
    assert not have_unreadable_email(users.assign(email=pd.array([ANNA], users[EMAIL].dtype)), findings).any()


@pytest.mark.parametrize("code", UNREADABLE)
def test_another_email_field_does_not_count(code):
    users = people((None, ONE))
    assert not have_unreadable_email(users, make_findings([1], field="manager", code=code)).any()


def test_a_frame_that_holds_no_findings_is_refused():
    with pytest.raises(OptionError, match="the findings have no column 'source_row'"):
        merge_duplicates(people((ANNA, ONE)), findings=pd.DataFrame())


def test_a_phone_in_common_with_such_a_row_is_shared():
    users, findings = judged(*UNREAD)
    merged, said = merge_duplicates(users, findings=findings)
    assert merged.index.tolist() == [1, 2, 3, 4]
    assert merged[PHONE].isna().all()
    assert said[[SOURCE_ROW, "code", "argument"]].to_numpy().tolist() == [
        [at, "shared_phone", "2"] for at in (1, 2, 3, 4)
    ]
    assert find_clusters(users, findings=findings).empty
    assert find_shared_phones(users, findings=findings)[SOURCE_ROW].tolist() == [1, 2, 3, 4]


def test_a_placeholder_is_no_email():
    users, findings = judged((ANNA, ONE), ("n/a", ONE))
    merged, _ = merge_duplicates(users, findings=findings)
    assert merged.index.tolist() == [1]


def test_the_review_shows_what_the_run_does():
    users, findings = judged(*UNREAD)
    groups = find_groups(users, findings=findings)
    assert list(zip(groups.source_rows, groups.reasons, strict=True)) == [
        ((1, 2), {"shared_phone"}),
        ((3, 4), {"shared_phone"}),
    ]
    merged = foresee(groups, [0], "merge", findings=findings)[0]
    assert merged.to_numpy().tolist() == [[ANNA, ONE]]


def test_a_decision_merges_such_rows_into_the_one_with_the_email():
    users, findings = judged(("bob@example,org", ONE), (ANNA, ONE))
    decisions = decide(no_decisions(), [1, 2], "merge")
    merged, said = merge_duplicates(users, findings=findings, survivor="first", decisions=decisions)
    assert merged[[EMAIL, PHONE]].to_numpy().tolist() == [[ANNA, ONE]]
    absorbed = said[said["code"] == "merged_by_decision"]
    assert absorbed[[SOURCE_ROW, "field", "value"]].to_numpy().tolist() == [[1, "phone", ONE]]


@settings(derandomize=True)
@given(user_frames(), st.sampled_from(SHARED_PHONE_CHOICES), st.randoms(use_true_random=False))
def test_the_people_are_those_of_a_list_where_each_such_row_had_an_email_of_its_own(users, choice, random):
    marked = users[EMAIL].isna().to_numpy(dtype=bool) & np.array([random.random() < 0.5 for _ in users.index], bool)
    rows = users.index[marked]
    findings = make_findings(rows, field=EMAIL, code="email_invalid") if len(rows) else no_findings()
    own = users.assign(email=users[EMAIL].where(~marked, [f"own{row}@example.org" for row in users.index]))
    merged, said = merge_duplicates(users, survivor="first", shared_phone=choice, findings=findings)
    expected, said_of_own = merge_duplicates(own, survivor="first", shared_phone=choice)
    if choice in ("withhold", "reject"):  # else one is preferred whose email can be read
        assert sorted(merged[PHONE].dropna()) == sorted(expected[PHONE].dropna())
    assert len(merged) == len(expected)
    absorbed = [frame[frame["effect"].eq("absorbed")][SOURCE_ROW].nunique() for frame in (said, said_of_own)]
    assert absorbed[0] == absorbed[1]

"""What decisions make of rows: merged, kept apart, or told that they no longer fit; and what holds of any decisions."""

from __future__ import annotations

import pandas as pd
import pytest
from duplicate_rows import ANNA, BEN, CARA, ONE, THREE, TWO, found, made, people, user_frames, values
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import EMAIL, PHONE
from passage_kit.duplicates.clustered_users import SHARED_PHONE_CHOICES, find_clusters
from passage_kit.duplicates.clusters import SURVIVOR_RULES
from passage_kit.duplicates.decisions import decisions_of
from passage_kit.duplicates.merge import merge_duplicates
from passage_kit.findings.ledger import build_ledger


def kept(rows: pd.DataFrame, *entries, **options) -> tuple[dict[int, tuple[object, object]], pd.DataFrame]:
    """Email and phone of the rows that stay, and the findings."""
    users, findings = merge_duplicates(rows, decisions=made(*entries), **options)
    return {row: (record["email"], record["phone"]) for row, record in values(users).items()}, findings


def unused(findings: pd.DataFrame) -> list[str]:
    return [entry[3].partition("; ")[2] for entry in found(findings, "decision_unused")]


# The survivor


def test_the_chosen_row_stays_and_takes_over_what_it_lacks():
    rows = people((ANNA, ONE), (ANNA, None), (None, ONE), city=["Lyon", "Oslo", None])
    users, findings = merge_duplicates(rows, decisions=made(([1, 2], "survivor", 2)))
    assert values(users) == {2: {"email": ANNA, "phone": ONE, "city": "Oslo"}}
    assert found(findings, "decision_applied") == [(2, None, None, "survivor: rows 1, 2, row 2 stays")]
    assert [row[0] for row in found(findings, "duplicate_email")] == [1]


def test_the_chosen_row_stays_though_people_with_a_shared_phone_are_rejected():
    rows = people((ANNA, ONE), (BEN, ONE), (CARA, TWO), (CARA, None))
    stays, findings = kept(rows, ([3, 4], "survivor", 4), shared_phone="reject")
    assert stays == {4: (CARA, TWO)}
    assert {row for row, *_ in found(findings, "shared_phone")} == {1, 2}


def test_a_row_without_email_may_be_chosen():
    users, findings = merge_duplicates(people((ANNA, ONE), (None, ONE)), decisions=made(([1, 2], "survivor", 2)))
    assert values(users) == {2: {"email": ANNA, "phone": ONE}}
    assert found(findings, "merged_by_decision") == [(1, "email", ANNA, "into row 2")]


def test_the_rules_choice_can_be_settled():
    users, findings = merge_duplicates(people((ANNA, ONE), (ANNA, None)), decisions=made(([1, 2], "rule")))
    assert list(users.index) == [1]
    assert len(found(findings, "decision_applied")) == 1


def test_a_choice_of_survivor_does_not_take_a_phone_from_others():
    rows = people((ANNA, ONE), (BEN, ONE), (BEN, TWO))
    stays, _ = kept(rows, ([2, 3], "survivor", 3), survivor="first", shared_phone="survivor")
    assert stays == {1: (ANNA, ONE), 3: (BEN, TWO)}


def test_the_last_of_two_choices_for_a_person_holds():
    rows = people((ANNA, ONE), (ANNA, None), (None, ONE))
    entries = pd.concat([made(([1, 2], "survivor", 1)), made(([2, 3], "survivor", 3))], ignore_index=True)
    users, findings = merge_duplicates(rows, decisions=entries)
    assert list(users.index) == [3]
    assert unused(findings) == ["a later decision chooses another row of the same person"]


@pytest.mark.parametrize("choice", [("rule",), ("survivor", 2)])
def test_a_choice_for_rows_that_are_two_people_is_not_used(choice):
    stays, findings = kept(people((ANNA, None), (BEN, None)), ([1, 2], *choice))
    assert set(stays) == {1, 2}
    assert unused(findings) == ["its rows are no longer one person"]


def test_a_decision_about_a_row_that_is_not_there_is_not_used():
    stays, findings = kept(people((ANNA, None), (ANNA, None)), ([1, 9], "apart"))
    assert set(stays) == {1}
    assert unused(findings) == ["one of its rows is not there"]


def test_rows_stay_apart_though_a_third_one_is_not_there():
    stays, findings = kept(people((ANNA, None), (ANNA, ONE)), ([1, 2, 9], "apart"))
    assert stays == {1: (ANNA, None), 2: (None, ONE)}
    assert unused(findings) == []


# Merged across emails


def test_people_are_merged_as_decided():
    rows = people((ANNA, ONE), (BEN, TWO), (BEN, None), (None, TWO), (CARA, THREE))
    stays, findings = kept(rows, ([1, 2], "merge"))
    assert stays == {1: (ANNA, ONE), 5: (CARA, THREE)}
    assert found(findings, "merged_by_decision") == [
        (2, "email", BEN, "into row 1"), (3, "email", BEN, "into row 1")
    ]  # fmt: skip
    assert found(findings, "duplicate_phone") == [(4, "phone", TWO, "into row 1")]
    assert (2, "email", BEN, f"row 1 keeps {ANNA}") in found(findings, "conflicting_value")


def test_the_survivor_of_merged_people_can_be_chosen():
    stays, findings = kept(people((ANNA, ONE), (BEN, TWO)), ([1, 2], "merge", 2))
    assert stays == {2: (BEN, TWO)}
    assert len(found(findings, "decision_applied")) == 1


def test_a_phone_of_merged_people_is_no_longer_shared():
    stays, findings = kept(people((ANNA, ONE), (BEN, ONE), (None, ONE)), ([1, 2], "merge"))
    assert stays == {1: (ANNA, ONE)}
    assert found(findings, "shared_phone") == []


def test_a_row_without_identifiers_can_be_merged():
    stays, _ = kept(people((ANNA, ONE), (None, None)), ([1, 2], "merge"))
    assert stays == {1: (ANNA, ONE)}


def test_a_row_without_email_goes_where_it_was_decided():
    stays, findings = kept(people((ANNA, ONE), (BEN, TWO), (None, TWO)), ([1, 3], "merge"))
    assert stays == {1: (ANNA, ONE), 2: (BEN, None)}
    assert [row[0] for row in found(findings, "shared_phone")] == [2, 3]


# Kept apart


def test_of_rows_with_one_email_the_one_that_has_nothing_else_keeps_it():
    stays, findings = kept(people((ANNA, ONE), (ANNA, None), name=["Anna", None]), ([1, 2], "apart"))
    assert stays == {1: (None, ONE), 2: (ANNA, None)}
    assert found(findings, "kept_apart") == [(1, "email", ANNA, "row 2 keeps it")]


def test_a_row_that_is_left_with_nothing_is_for_validation_to_reject():
    stays, findings = kept(people((ANNA, None), (ANNA, None), (ANNA, TWO)), ([1, 2, 3], "apart"))
    assert stays == {1: (ANNA, None), 2: (None, None), 3: (None, TWO)}
    assert [row[0] for row in found(findings, "kept_apart")] == [2, 3]


def test_rows_with_one_email_and_one_phone_share_them_out():
    stays, findings = kept(people((ANNA, ONE), (ANNA, ONE)), ([1, 2], "apart"))
    assert stays == {1: (ANNA, None), 2: (None, ONE)}
    assert found(findings, "shared_phone") == [(1, "phone", ONE, "left to row 2")]


def test_a_row_without_email_keeps_the_phone_of_one_who_has_an_email():
    stays, _ = kept(people((None, ONE), (ANNA, ONE)), ([1, 2], "apart"))
    assert stays == {1: (None, ONE), 2: (ANNA, None)}


def test_of_two_rows_with_nothing_but_one_phone_one_keeps_it():
    stays, findings = kept(people((None, ONE), (None, ONE), (None, ONE)), ([1, 2], "apart"))
    assert stays == {1: (None, ONE), 2: (None, None)}
    assert found(findings, "kept_apart") == [(2, "phone", ONE, "row 1 keeps it")]


def test_a_row_that_lost_its_email_does_not_join_another_person_by_phone():
    stays, _ = kept(people((ANNA, None), (ANNA, TWO), (BEN, TWO)), ([1, 2], "apart"))
    assert stays == {1: (ANNA, None), 2: (None, TWO), 3: (BEN, None)}


def test_a_row_that_loses_its_email_to_a_later_decision_stays_apart_by_phone():
    rows = people((None, None), (ANNA, None), (None, TWO), (ANNA, TWO))
    stays, findings = kept(rows, ([3, 4], "apart"), ([1, 2, 4], "apart"))
    assert stays == {1: (None, None), 2: (ANNA, None), 3: (None, None), 4: (None, TWO)}
    assert found(findings, "kept_apart") == [
        (4, "email", ANNA, "row 2 keeps it"), (3, "phone", TWO, "row 4 keeps it"),
    ]  # fmt: skip


def test_rows_that_the_decision_does_not_name_stay_with_the_email():
    stays, _ = kept(people((ANNA, None), (ANNA, TWO), (ANNA, THREE)), ([1, 2], "apart"))
    assert stays == {2: (None, TWO), 3: (ANNA, THREE)}


def test_people_with_a_shared_phone_are_kept_apart_though_others_are_merged():
    rows = people((ANNA, ONE), (BEN, ONE), (CARA, ONE), ("dan@example.org", ONE), (CARA, TWO), (ANNA, TWO))
    stays, _ = kept(rows, ([1, 2], "apart"), shared_phone="merge")
    assert stays == {1: (ANNA, None), 2: (BEN, None), 3: (CARA, None)}


def test_rows_that_are_kept_apart_are_merged_by_no_other_decision():
    entries = pd.concat([made(([1, 2], "apart")), made(([1, 3], "merge"), ([2, 3], "merge"))], ignore_index=True)
    users, findings = merge_duplicates(people((ANNA, ONE), (ANNA, TWO), (BEN, None)), decisions=entries)
    assert list(users.index) == [1, 2]
    assert unused(findings) == ["another decision keeps its rows apart"]


def test_a_suggestion_that_was_turned_down_is_not_made_again():
    aliases = people(("anna.b@gmail.com", None), ("annab+shop@gmail.com", None), ("annab+news@gmail.com", None))
    assert len(found(merge_duplicates(aliases)[1], "possible_duplicate")) == 3
    assert len(found(kept(aliases, ([1, 2], "apart"))[1], "possible_duplicate")) == 3
    assert found(kept(aliases, ([1, 2, 3], "apart"))[1], "possible_duplicate") == []


def test_clusters_know_the_decisions():
    rows = people((ANNA, ONE), (ANNA, TWO), (BEN, None))
    assert find_clusters(rows, decisions=made(([1, 2], "apart"))).empty
    clusters = find_clusters(rows, decisions=made(([1, 3], "merge", 3)))
    assert clusters[["source_row", "survivor_row"]].to_numpy().tolist() == [[3, 3], [1, 3], [2, 3]]
    assert clusters["reason"].iloc[1:].tolist() == ["merged_by_decision"] * 2


# What holds of every frame, every rule and any decisions


@st.composite
def decided_frames(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Users and decisions about them, some of which contradict each other or name rows that are not there."""
    users = draw(user_frames().filter(lambda frame: len(frame) > 1))
    numbers = st.sampled_from([*users.index.tolist(), 99])
    entries = []
    for rows in draw(st.lists(st.lists(numbers, min_size=2, max_size=4, unique=True), max_size=4)):
        choice = draw(st.sampled_from(["rule", "survivor", "apart", "apart", "merge", "merge"]))
        stays = (
            [draw(st.sampled_from(rows))] if choice == "survivor" or (choice == "merge" and draw(st.booleans())) else []
        )
        entries.append(made((rows, choice, *stays)))
    return users, pd.concat(entries, ignore_index=True) if entries else made()


@pytest.mark.slow
@given(
    decided=decided_frames(),
    random=st.randoms(use_true_random=False),
    rule=st.sampled_from(SURVIVOR_RULES),
    choice=st.sampled_from(SHARED_PHONE_CHOICES),
)
def test_what_holds_of_any_decisions(decided, random, rule, choice):
    users, decisions = decided
    chosen = {"survivor": rule, "shared_phone": choice, "decisions": decisions}
    merged, findings = merge_duplicates(users, **chosen)
    every_row_identifier_and_decision_is_accounted_for(users, decisions, merged, findings)
    nobody_is_merged_across_emails_undecided_and_nobody_who_is_kept_apart(users, findings, **chosen)
    if "another decision keeps its rows apart" not in unused(findings):  # the row that tells may be absorbed by now
        pd.testing.assert_frame_equal(merge_duplicates(merged, **chosen)[0], merged)
    shuffled = users.loc[random.sample(users.index.tolist(), len(users))]
    for one, other in zip((merged, findings), merge_duplicates(shuffled, **chosen), strict=True):
        pd.testing.assert_frame_equal(one, other)


def every_row_identifier_and_decision_is_accounted_for(users, decisions, merged, findings):
    build_ledger(users.index, merged, findings)  # raises if the rows do not add up
    rejected = set(findings.loc[findings["effect"] == "rejected", "source_row"])
    for name in (EMAIL, PHONE):
        assert merged[name].dropna().is_unique
        told = set(findings.loc[findings["field"] == name, "value"].dropna())
        assert set(users.loc[~users.index.isin(rejected), name].dropna()) - set(merged[name].dropna()) <= told
    about_decisions = findings[findings["code"].isin(["decision_applied", "decision_unused"])]
    assert len(about_decisions) == len(decisions)


def nobody_is_merged_across_emails_undecided_and_nobody_who_is_kept_apart(users, findings, **chosen):
    clusters = find_clusters(users, **chosen)
    cluster_of = dict(zip(clusters["source_row"], clusters["cluster"], strict=True))
    unfit = {entry[3].partition(";")[0] for entry in found(findings, "decision_unused")}
    fitting = [entry for entry in decisions_of(chosen["decisions"]) if entry.words not in unfit]
    for entry in fitting:
        if entry.choice == "apart":
            own = [cluster_of[row] for row in entry.rows if row in cluster_of]
            assert len(own) == len(set(own))
    if chosen["shared_phone"] == "merge":
        return
    linked = {row for entry in fitting if entry.choice == "merge" for row in entry.rows}
    emails = users[EMAIL].reindex(clusters["source_row"].astype("int64")).groupby(clusters["cluster"].to_numpy())
    for number, count in emails.nunique().items():
        assert count <= 1 or len(linked & {row for row, at in cluster_of.items() if at == number}) >= 2

"""Groups to review: what the rules alone see, what they say, and what a decision about them would bring."""

import pandas as pd
import pytest
from duplicate_rows import ANNA, BEN, CARA, ONE, TWO, people

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.clustered_users import find_shared_phones
from passage_kit.duplicates.review import find_groups, foresee


def grouped(users: pd.DataFrame, **options) -> list[tuple[tuple[int, ...], set[str]]]:
    groups = find_groups(users, **options)
    return list(zip(groups.source_rows, groups.reasons, strict=True))


def test_clusters_then_shared_phones_then_suggestions():
    rows = people(
        *[(ANNA, ONE), (ANNA, None), (None, TWO), (BEN, ONE), (CARA, TWO)],
        *[("d.an@gmail.com", None), ("dan@gmail.com", None)],
    )
    assert grouped(rows) == [
        ((1, 2), {"duplicate_email"}),
        ((3, 5), {"duplicate_phone"}),
        ((1, 4), {"shared_phone"}),
        ((6, 7), {"possible_duplicate"}),
    ]
    assert find_groups(rows).likeness == ["", "", "", "one mailbox"]


def test_people_who_are_merged_by_phone_are_a_cluster():
    rows = people((ANNA, ONE), (BEN, ONE))
    assert grouped(rows, shared_phone="merge") == [((1, 2), {"merged_by_phone"})]
    assert grouped(rows, shared_phone="reject") == [((1, 2), {"shared_phone"})]


def test_of_people_with_several_rows_the_one_that_stays_shares_the_phone():
    rows = people((ANNA, ONE), (ANNA, TWO), (BEN, ONE), (BEN, ONE), (CARA, TWO))
    shared = find_shared_phones(rows, survivor="last")
    assert list(zip(shared["phone"], shared["source_row"], strict=True)) == [(ONE, 2), (ONE, 4), (TWO, 2), (TWO, 5)]


def test_the_survivor_is_first_and_the_order_of_the_rows_decides_nothing():
    rows = people((None, ONE), (ANNA, ONE), name=["Anna", None])
    groups = find_groups(rows.iloc[::-1])
    assert groups.users.index[groups.of(0)].tolist() == [2, 1]


def test_conflicts_are_values_that_differ_blanks_and_helpers_aside():
    rows = people(
        *[(ANNA, None)] * 2, *[(BEN, None)] * 2, *[(CARA, None)] * 2,
        city=["Lyon", None, "Lyon", "Oslo", None, None], source_key=["1", "2", "3", "4", "5", "6"],
    )  # fmt: skip
    assert find_groups(rows).conflicting.tolist() == [False, True, False]


def test_a_group_is_found_by_any_value_or_row():
    groups = find_groups(
        people((ANNA, None), (ANNA, None), (BEN, None), (BEN, None), city=["Lyon", None, None, "Óslo"])
    )
    assert groups.containing("LYON").tolist() == [True, False]
    assert groups.containing("óslo").tolist() == [False, True]
    assert groups.containing("4").tolist() == [False, True]
    assert groups.containing(".").tolist() == [True, True]
    assert groups.containing("(").tolist() == [False, False]


def test_nothing_to_group():
    groups = find_groups(users_frame({"email": [], "phone": []}))
    assert (len(groups), groups.source_rows, groups.conflicting.tolist(), groups.containing("x").tolist()) == (
        0, [], [], []
    )  # fmt: skip
    assert foresee(groups, [], "apart") == {}


@pytest.mark.parametrize("choice", ["apart", "merge"])
def test_what_a_decision_would_bring_is_what_it_brings(choice):
    rows = people((ANNA, ONE), (BEN, ONE), (CARA, ONE), (None, ONE), (CARA, TWO), (BEN, TWO))
    groups = find_groups(rows)
    numbers = list(range(len(groups)))
    foreseen = foresee(groups, numbers, choice)
    for number in numbers:
        [alone] = foresee(groups, [number], choice).values()
        pd.testing.assert_frame_equal(foreseen[number], alone)

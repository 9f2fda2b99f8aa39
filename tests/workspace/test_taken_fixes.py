"""Fixes of an earlier export beside own ones: what does not contradict is taken over, once, and the rest is said."""

import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.workspace.fixes import match_fixes
from passage_kit.workspace.taken_fixes import hash_of_fixes, take_fixes

USERS = users_frame(
    {
        "source_key": ["1", "2", "3", "4"],
        "email": ["ann@", "bo@", "cleo@", "dora@"],
        "city": [None, "Lima", "Lima", "Oslo"],
    }
)


@pytest.fixture
def homes(tmp_path):
    return pk.Workspace(tmp_path / "july").make(), pk.Workspace(tmp_path / "june").make()


def correct(home, row, value, field="email"):
    home.save_corrections(pk.correct(home.load_corrections(), [row], field, value, users=USERS))


def decide(home, rows, choice, **more):
    home.save_decisions(pk.decide(home.load_decisions(), rows, choice, **more))


def taken(own, former):
    return take_fixes(match_fixes(own, USERS), match_fixes(former, USERS), taken=hash_of_fixes(former))


def cells(fixes):
    lines = fixes.corrections
    return {(row, field): value for row, field, value in zip(lines.source_row, lines.field, lines.value, strict=True)}


def test_corrections_of_other_cells_are_taken_over_and_contradictions_said(homes):
    own, former = homes
    correct(own, 1, "ann@example.org")
    correct(own, 4, "dora@example.org")
    for row, value in ((1, "anna@example.org"), (2, "bo@example.org"), (4, " dora@example.org")):
        correct(former, row, value)
    correct(former, 1, "Rome", field="city")
    fixes, said = taken(own, former)
    assert cells(fixes) == {
        (1, "email"): "ann@example.org",
        (4, "email"): "dora@example.org",
        (2, "email"): "bo@example.org",
        (1, "city"): "Rome",
    }
    assert said[["code", "field", "argument"]].to_numpy().tolist() == [
        ["fix_not_taken", "email", "the correction of row 1"]
    ]
    assert "anna" not in said.to_csv()


def test_decisions_that_hold_together_with_own_ones_are_taken_over(homes):
    own, former = homes
    decide(own, [1, 2], "apart")
    decide(own, [3, 4], "rule")
    decide(former, [1, 2], "merge", survivor_row=2)
    decide(former, [2, 3], "apart")
    decide(former, [3, 4], "rule")
    fixes, said = taken(own, former)
    assert sorted(fixes.decisions["rows"]) == ["1 2", "2 3", "3 4"]
    assert said["argument"].tolist() == ["merge: rows 1, 2, row 2 stays"]


def test_what_was_taken_back_is_not_taken_over_again_until_it_changes(homes):
    own, former = homes
    decide(own, [3, 4], "apart")
    correct(former, 2, "bo@example.org")
    fixes, _ = taken(own, former)
    fixes.save(own)
    assert own.load_corrections()["source_row"].tolist() == [2]
    own.save_corrections(pk.take_back(own.load_corrections(), [2], "email"))
    again, _ = taken(own, former)
    assert again.corrections.empty
    correct(former, 1, "ann@example.org")
    assert cells(taken(own, former)[0]) == {(1, "email"): "ann@example.org", (2, "email"): "bo@example.org"}


def test_fixes_find_their_people_in_the_list_after_that(homes):
    """The people of both are noted, so a list in another order has each fix on its person."""
    own, former = homes
    decide(own, [3, 4], "apart")
    correct(former, 2, "bo@example.org")
    state = {"sha256": "july", "made_for": "july"}
    fixes, _ = take_fixes(
        match_fixes(own, USERS, **state), match_fixes(former, USERS, **state), taken=hash_of_fixes(former)
    )
    fixes.save(own)
    august = USERS.iloc[::-1].set_axis(USERS.index)
    moved = match_fixes(own, august, sha256="august")
    assert (moved.corrections["source_row"].tolist(), moved.decisions["rows"].tolist()) == ([3], ["1 2"])


def test_without_own_ones_all_are_taken_over(homes):
    own, former = homes
    correct(former, 2, "bo@example.org")
    fixes, said = take_fixes(None, match_fixes(former, USERS), taken=hash_of_fixes(former))
    fixes.save(own)
    assert own.load_corrections()["value"].tolist() == ["bo@example.org"]
    assert said.empty

"""Closed accounts: kept with a warning, or left out before duplicates are sought."""

import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.workspace.workspace import Workspace

RAW = {
    "id": ["1", "2", "3", "4", "5"],
    "email": ["a@example.org", "b@example.org", "c@example.org", "d@example.org", "e@example.org"],
    "deleted_at": [None, "2024-01-31 10:00:00", None, None, None],
    "is_active": ["true", "true", "false", "true", "?"],
    "password_hash": ["$2b$10$a4VB/EsiAZHJoQTVM0QW3Bd2zDIb"] * 5,
}


def raw(**columns):
    return users_frame({**RAW, **columns})


def codes(frame, code):
    return frame.loc[frame["code"] == code, ["source_row", "effect"]].to_numpy().tolist()


def test_closed_accounts_are_kept_with_a_warning():
    prepared = pk.prepare(raw())
    assert prepared.mapping.to_dict()["account_state"] == ["deleted_at", "is_active"]
    assert prepared.users.index.tolist() == [1, 2, 3, 4, 5]
    assert codes(prepared.findings, "account_inactive") == [[2, "warning"], [3, "warning"]]
    assert codes(prepared.findings, "account_state_unknown") == [[5, "warning"]]
    assert prepared.notices.inactive == 2


def test_closed_accounts_are_left_out_if_chosen_and_the_rows_add_up():
    prepared = pk.prepare(raw(), inactive="reject")
    assert prepared.users.index.tolist() == [1, 4, 5]
    assert codes(prepared.findings, "account_inactive") == [[2, "rejected"], [3, "rejected"]]
    assert prepared.funnel.adds_up
    assert prepared.funnel.rejected_by == {"account_inactive": 2}
    assert prepared.rejected_rows["rejected_reasons"].tolist() == ["account_inactive"] * 2


@pytest.mark.few(1)
@pytest.mark.parametrize("survivor", ["complete", "first", "last"])
@pytest.mark.parametrize("closed_row", [0, 1])
def test_a_closed_account_takes_nobody_out_who_has_an_open_one(survivor, closed_row):
    states = ["true", "true"]
    states[closed_row] = "false"
    columns = {"id": ["7", "8"], "email": ["a@example.org", "A@example.org"], "is_active": states}
    columns["phone"] = [None, None]
    columns["phone"][closed_row] = "+14155552671"  # makes the closed one the most complete
    open_row = 2 - closed_row
    for inactive in ("keep", "reject"):
        prepared = pk.prepare(users_frame(columns), inactive=inactive, survivor=survivor)
        assert prepared.users.index.tolist() == [open_row]
        assert prepared.ledger.loc[open_row, "source_key"] == columns["id"][open_row - 1]
        assert prepared.notices.inactive == 0
        assert prepared.funnel.adds_up


def test_a_correction_opens_or_closes_an_account(tmp_path):
    workspace = Workspace(tmp_path / "m")
    pk.prepare(raw(), out=workspace)
    corrections = pk.correct(workspace.load_corrections(), [2], "account_state", "active")
    corrections = pk.correct(corrections, [5], "account_state", "closed")
    workspace.save_corrections(corrections)
    prepared = pk.prepare(raw(), out=workspace, inactive="reject")
    assert prepared.users.index.tolist() == [1, 2, 4]


def test_the_plan_keeps_the_choice_and_no_output_has_the_column(tmp_path):
    workspace = Workspace(tmp_path / "m")
    pk.prepare(raw(), out=workspace, inactive="reject")
    plan = workspace.load_plan()
    assert plan.options.inactive == "reject"
    assert plan.mapping is not None
    assert plan.mapping.to_dict()["account_state"] == ["deleted_at", "is_active"]
    header = (workspace.out / "console_import.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "email,phone"


def test_a_column_may_be_a_field_and_the_state_of_the_account():
    schema = pk.MetadataSchema([pk.MetadataField("is_active", type="boolean")])
    prepared = pk.prepare(raw(is_active=["true", "true", "false", "true", "true"]), schema=schema)
    assert prepared.mapping.to_dict()["account_state"] == ["deleted_at", "is_active"]
    assert prepared.users["is_active"].tolist() == [True, True, False, True, True]
    assert codes(prepared.findings, "account_inactive") == [[2, "warning"], [3, "warning"]]


def test_who_left_a_mailing_list_has_an_account_unless_a_person_says_otherwise():
    listed = users_frame({"email": RAW["email"][:3], "status": ["subscribed", "unsubscribed", "cleaned"]})
    assert "account_state" not in pk.prepare(listed).mapping
    chosen = pk.prepare(listed, mapping={"email": "email", "account_state": "status"})
    assert codes(chosen.findings, "account_inactive") == [[2, "warning"], [3, "warning"]]


def test_judging_in_python():
    users = pk.apply_mapping(raw(), pk.suggest_mapping(raw()))
    same, findings = pk.judge_accounts(users)
    assert same is users
    assert findings["code"].value_counts().to_dict() == {
        "account_inactive": 2,
        "account_state_unknown": 1,
        "account_words_unknown": 1,
    }
    going, _ = pk.judge_accounts(users, inactive="reject")
    assert going.index.tolist() == [1, 4, 5]
    without, nothing = pk.judge_accounts(users.drop(columns="account_state"), inactive="reject")
    assert (len(without), len(nothing)) == (5, 0)
    with pytest.raises(pk.OptionError, match="expected one of keep, reject"):
        pk.judge_accounts(users, inactive="drop")
    with pytest.raises(pk.OptionError, match="inactive"):
        pk.prepare(raw(), inactive="drop")


CODED = {"email": [f"{name}@example.org" for name in "abcd"], "status": ["A", "I", "X", "A"]}
MEANINGS = {"A": "active", "i": "inactive", "X": "deleted"}


def test_codes_mean_what_the_person_says():
    mapping = {"email": "email", "account_state": "status"}
    prepared = pk.prepare(users_frame(CODED), mapping=mapping, account_states=MEANINGS, inactive="reject")
    assert prepared.users.index.tolist() == [1, 4]
    assert codes(prepared.findings, "account_inactive") == [[2, "rejected"], [3, "rejected"]]
    assert not len(codes(prepared.findings, "account_words_unknown"))
    by_verbs = pk.apply_mapping(users_frame(CODED), pk.FieldMapping(mapping), account_states=MEANINGS)
    assert by_verbs["account_state"].tolist() == ["active", "inactive", "deleted", "active"]


def test_an_explained_code_closes_an_account_beside_one_that_is_not_explained():
    frame = users_frame({**CODED, "state2": ["?", "?", "?", "?"]})
    mapping = {"email": "email", "account_state": ["state2", "status"]}
    prepared = pk.prepare(frame, mapping=mapping, account_states=MEANINGS)
    assert codes(prepared.findings, "account_inactive") == [[2, "warning"], [3, "warning"]]


def test_unknown_words_are_counted_with_the_next_step():
    prepared = pk.prepare(users_frame(CODED), mapping={"email": "email", "account_state": "status"})
    found = prepared.findings[prepared.findings["code"] == "account_words_unknown"]
    assert found["argument"].tolist() == ["'A' in 2 rows, 'I' in 1 row, 'X' in 1 row"]
    assert "--account-state X=inactive" in prepared.notices.to_text()
    assert prepared.summary()["unknown_states"] == found["argument"].item()


def test_a_column_that_may_say_the_state_is_said_if_none_is_mapped():
    prepared = pk.prepare(users_frame(CODED))
    assert "account_state" not in prepared.mapping
    assert prepared.notices.may_say_state == ("status",)
    assert "column status may say which accounts are closed" in prepared.notices.to_text()


def test_a_constant_is_a_state():
    mapping = {"email": "email", "account_state": {"constant": "X"}}
    prepared = pk.prepare(users_frame(CODED), mapping=mapping, account_states=MEANINGS)
    assert prepared.notices.inactive == 4


def test_a_state_that_the_kit_does_not_have_is_refused():
    with pytest.raises(pk.OptionError, match="account_states: found 'gone', expected one of 'active', 'inactive'"):
        pk.prepare(users_frame(CODED), account_states={"X": "gone"})

"""The panel of the history: clicked == direct call, after a restart too, and the other panels show what holds."""

import json

import pytest
from panel_parts import parts

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.widgets import ChangeHistory, ChangeValues, FixFindings, ReviewDuplicates
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

USERS = users_frame({"email": ["ann@", "bo@example.org", "bo@example.org"], "phone": [None] * 3})


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Workspace("migration")


def click(panel, do, **given):
    panel.table.hear({"do": do, "with": given})


def test_it_begins_empty(workspace):
    panel = ChangeHistory(workspace)
    assert panel.messages == ["Nothing was changed yet."]
    assert (panel.page["changes"], panel.page["undo"], panel.page["redo"]) == ([], "", "")
    click(panel, "undo")
    assert "nothing to undo" in panel.messages[0]


def test_undo_and_redo_are_the_direct_calls_and_reach_the_other_panels(workspace):
    fix = FixFindings(USERS, workspace)
    fix.wait()
    review = ReviewDuplicates(USERS, workspace, mapped=USERS)
    review.wait()
    history = ChangeHistory(workspace)
    fix.view(code="email_invalid")
    fix.fix(1, "email", "ann@example.org")
    review.decide([2, 3], "apart")
    assert [change["says"] for change in history.page["changes"]] == [
        "Decided about rows 2, 3: different people.", "Corrected email of row 1: ann@ became ann@example.org.",
    ]  # fmt: skip
    click(history, "undo")
    assert history.messages == ["Undone: Decided about rows 2, 3: different people."]
    assert review.value.empty
    click(history, "undo")
    assert fix.value.empty
    assert fix.page["items"][0]["value"] == "ann@"
    assert fix.page["items"][0]["verdicts"][0]["code"] == "email_invalid"
    assert history.code == "pk.undo_change(workspace)"
    exec("pk.redo_change(workspace)", {"pk": pk, "workspace": workspace})  # noqa: S102 - as the panel shows it
    again = ChangeHistory(workspace)  # as after a restart
    assert again.page["redo"] == "Decided about rows 2, 3: different people."
    click(again, "redo")
    assert len(review.value) == len(fix.value) == 1


def test_a_step_that_is_undone_goes_from_the_panel_of_values(workspace):
    workspace.save_plan(Plan("users.csv"))
    values = ChangeValues(USERS, workspace)
    history = ChangeHistory(workspace)
    values.map_value("email", "ann@", "ann@example.org")
    assert values.changed.loc[1, "email"] == "ann@example.org"
    click(history, "undo")
    assert (values.value, values.changed.loc[1, "email"]) == ((), "ann@")
    assert workspace.load_plan().steps == ()
    click(history, "redo")
    assert len(values.value) == 1
    assert [change["state"] for change in history.page["changes"]] == ["done"]


def test_there_are_pages(workspace):
    history = ChangeHistory(workspace)
    for row in range(1, 13):
        workspace.save_corrections(pk.correct(workspace.load_corrections(), [row], "email", "x@example.org"))
    history.look_again()
    click(history, "view", page=5)
    assert (history.page["page"], history.page["pages"], len(history.page["changes"])) == (1, 2, 2)


def test_a_damaged_history_is_said(workspace):
    workspace.make()
    (workspace.folder / "history").mkdir()
    (workspace.folder / "history" / "changes.json").write_text("{")
    panel = ChangeHistory(workspace)
    assert "Delete the folder" in panel.messages[0]


def test_no_value_is_in_the_state_of_a_widget(workspace):
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [1], "email", "eve@example.org"))
    panel = ChangeHistory(workspace)
    assert "eve@example.org" in json.dumps(panel.page)
    state = json.dumps([{name: str(value) for name, value in part.get_state().items()} for part in parts(panel)])
    assert "eve@example.org" not in state

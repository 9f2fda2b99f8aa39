"""What was changed, in plain sentences."""

import pytest

from passage_kit.duplicates.decisions import decide, withdraw
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.workspace.change_words import said_of
from passage_kit.workspace.corrections import correct, take_back
from passage_kit.workspace.history import Change, load_history
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "migration")


def last(workspace):
    return said_of(load_history(workspace.folder)[-1])


def test_corrections(workspace):
    workspace.save_corrections(correct(workspace.load_corrections(), [1_200], "email", "a@x.org"))
    assert last(workspace) == "Corrected email of row 1,200: blank became a@x.org."
    workspace.save_corrections(correct(workspace.load_corrections(), [1, 2], "phone", None))
    assert last(workspace) == "Corrected phone of 2 rows: all became blank."
    workspace.save_corrections(correct(workspace.load_corrections(), [1, 2], "email", ["a", "b"]))
    assert last(workspace) == "Corrected email of 2 rows."
    workspace.save_corrections(take_back(workspace.load_corrections(), [1], "email"))
    assert last(workspace) == "Took back the correction of email of row 1."
    workspace.save_corrections(workspace.load_corrections().iloc[:0])
    assert last(workspace) == "Took back the corrections of email and phone of 4 rows."


def test_decisions(workspace):
    workspace.save_decisions(decide(workspace.load_decisions(), [17, 3], "survivor", survivor_row=17))
    assert last(workspace) == "Decided about rows 3, 17: one person, and one of the rows stays, row 17."
    workspace.save_decisions(withdraw(workspace.load_decisions(), [17, 3]))
    assert last(workspace) == "Took back the decision about rows 3, 17."


def test_steps(workspace):
    land = ValueStep("Land", "map", {"values": {"BRD": "Germany"}})
    both = ValueStep("Land", "map", {"values": {"BRD": "Germany", "F": "France"}})
    other = ValueStep("Name", "case", {"to": "lower"})
    workspace.save_plan(Plan("users.csv"))
    said = []
    for steps in (
        (land,), (both,), (both, other), (other, both), (ValueStep("Name", "case", {"to": "lower"}, off=True), both),
        (other, both), (other,), (),
    ):  # fmt: skip
        workspace.save_plan(Plan("users.csv", steps=steps))
        said.append(last(workspace))
    lower = "Name: write with small letters."
    assert said == [
        "Added a step: Land: BRD becomes Germany.", "Changed a step: Land: F becomes France.", f"Added a step: {lower}",
        said[3], f"Switched off a step: {lower}", f"Switched on a step: {lower}",
        "Took back a step: Land: BRD becomes Germany, F becomes France.", f"Took back a step: {lower}",
    ]  # fmt: skip
    assert said[3].startswith("Moved a step: ")


def test_what_a_newer_kit_has_written_is_said_in_general():
    assert said_of(Change(1, "2026-12-01T09:00:00+00:00", "steps", about={"did": "juggled"})) == "Changed steps."

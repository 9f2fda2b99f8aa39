"""Results that are older than what they were made with: since when, by what, and not after it was undone."""

from dataclasses import replace

import pytest

import passage_kit as pk
from passage_kit.preparation.out_of_date import Basis
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "users.csv").write_text("email\nann@\nbo@example.org\nBO@example.org\n")
    workspace = Workspace(tmp_path / "migration")
    pk.prepare(tmp_path / "users.csv", mapping=pk.FieldMapping({"email": "email"}), out=workspace)
    return workspace


def fix(workspace, row, value="x@example.org"):
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [row], "email", value))


@pytest.mark.slow
@pytest.mark.parametrize("basis_of", [Basis.of, Basis.of_last_run])
def test_corrections_decisions_and_choices_make_a_result_old(workspace, basis_of):
    basis = basis_of(workspace)
    assert basis.outdated_by(workspace) == ""
    fix(workspace, 1)
    fix(workspace, 2)
    assert basis.outdated_by(workspace).endswith(": 2 corrections since.")
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [2, 3], "apart"))
    assert basis.outdated_by(workspace).endswith(": 2 corrections and 1 decision since.")
    assert basis.outdated_by(workspace, decisions=False).endswith(": 2 corrections since.")
    plan = workspace.load_plan()
    workspace.save_plan(replace(plan, options=replace(plan.options, survivor="last")))
    assert basis.outdated_by(workspace).endswith("and 1 decision and other choices in the plan since.")
    assert basis.outdated_by(workspace).startswith("Out of date since ")
    pk.prepare(plan=workspace.plan_path, out=workspace)
    assert Basis.of_last_run(workspace).outdated_by(workspace) == ""


def test_what_was_undone_makes_nothing_old(workspace):
    basis = Basis.of(workspace)
    fix(workspace, 1)
    pk.undo_change(workspace)
    assert basis.outdated_by(workspace) == ""


def test_a_change_by_hand_is_told_without_a_number(workspace):
    basis = Basis.of(workspace)
    workspace.corrections_path.write_text("source_row,field,value\n1,email,x@example.org\n")
    assert basis.outdated_by(workspace).endswith(": other corrections since.")


def test_without_a_run_nothing_is_old(tmp_path):
    assert Basis.of_last_run(Workspace(tmp_path / "new")) is None

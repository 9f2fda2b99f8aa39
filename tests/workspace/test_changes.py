"""Undo and redo: also in another process, never of what somebody else changed, and never for another list."""

import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.decisions import decide, withdraw
from passage_kit.errors import PlanError
from passage_kit.workspace.corrections import correct, take_back
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "migration")


def fix(workspace, row, value, field="email"):
    workspace.save_corrections(correct(workspace.load_corrections(), [row], field, value))


def values(workspace):
    table = workspace.load_corrections()
    return list(zip(table["source_row"].tolist(), table["value"].tolist(), strict=True))


def states(workspace):
    return pk.list_changes(workspace)["state"].tolist()


_rows = st.integers(1, 4)
_actions = st.one_of(
    st.tuples(st.just("fix"), _rows, st.sampled_from(["a@x.org", "b@x.org", None])),
    st.tuples(st.just("back"), _rows, st.none()),
    st.tuples(
        st.just("decide"), st.sampled_from([(1, 2), (2, 3), (1, 3)]), st.sampled_from(["apart", "merge", "rule"])
    ),
    st.tuples(st.just("withdraw"), st.sampled_from([(1, 2), (2, 3)]), st.none()),
    st.tuples(st.just("step"), st.integers(0, 2), st.none()),
)


@pytest.mark.slow
@given(actions=st.lists(_actions, max_size=6))
@example(
    actions=[("decide", (2, 3), "merge"), ("decide", (1, 2), "apart"), ("decide", (2, 3), "merge")]
)  # moves a line
def test_all_undone_is_as_before_and_all_made_again_as_after(tmp_path_factory, actions):
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    workspace.save_plan(Plan("users.csv"))
    seen = [everything(workspace)]
    for do, what, value in actions:
        act(workspace, do, what, value)
        if everything(workspace) != seen[-1]:
            seen.append(everything(workspace))
    for expected in reversed(seen[:-1]):
        pk.undo_change(workspace)
        assert everything(workspace) == expected
    with pytest.raises(PlanError, match="nothing to undo"):
        pk.undo_change(workspace)
    for expected in seen[1:]:
        pk.redo_change(workspace)
        assert everything(workspace) == expected
    with pytest.raises(PlanError, match="nothing to make again"):
        pk.redo_change(workspace)


def everything(workspace):
    tables = (workspace.load_corrections(), workspace.load_decisions())
    return (*(table.to_csv() for table in tables), workspace.load_plan().steps)


def act(workspace, do, what, value):
    if do == "fix":
        fix(workspace, what, value)
    elif do == "back":
        workspace.save_corrections(take_back(workspace.load_corrections(), [what], "email"))
    elif do == "decide":
        workspace.save_decisions(decide(workspace.load_decisions(), what, value))
    elif do == "withdraw":
        workspace.save_decisions(withdraw(workspace.load_decisions(), what))
    else:
        steps = tuple(pk.ValueStep(f"Column {number}", "country") for number in range(what))
        workspace.save_plan(Plan("users.csv", steps=steps[::-1]))


@pytest.mark.slow
def test_another_process_undoes_it(workspace):
    fix(workspace, 2, "bo@example.org")
    code = "import sys, passage_kit as pk; print(pk.undo_change(sys.argv[1]).number)"
    run = subprocess.run(
        [sys.executable, "-c", code, str(workspace.folder)], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["1"]
    assert values(workspace) == []
    assert pk.redo_change(workspace).number == 1


def test_lines_that_somebody_wrote_by_hand_stay_in_their_order(workspace):
    fix(workspace, 1, "a@x.org")
    text = workspace.corrections_path.read_text()
    header, line = text.splitlines()
    workspace.corrections_path.write_text(f"{header}\n9,,email,,z@x.org,by hand\n{line}\n8,,email,,y@x.org,\n")
    fix(workspace, 2, "b@x.org")
    pk.undo_change(workspace)
    pk.undo_change(workspace)
    assert values(workspace) == [(9, "z@x.org"), (8, "y@x.org")]
    pk.redo_change(workspace)
    assert dict(values(workspace)) == {9: "z@x.org", 1: "a@x.org", 8: "y@x.org"}


def test_a_value_that_somebody_changed_by_hand_is_not_undone_and_the_one_before_is(workspace):
    fix(workspace, 1, "a@x.org")
    fix(workspace, 2, "b@x.org")
    workspace.corrections_path.write_text(workspace.corrections_path.read_text().replace("b@x.org", "hand@x.org"))
    with pytest.raises(PlanError, match="was changed otherwise since") as told:
        pk.undo_change(workspace)
    assert "b@x.org" not in str(told.value)  # masked
    assert states(workspace) == ["done", "stays"]
    assert dict(values(workspace)) == {1: "a@x.org", 2: "hand@x.org"}
    pk.undo_change(workspace)
    assert values(workspace) == [(2, "hand@x.org")]


def test_what_would_contradict_a_change_by_hand_is_not_made_again(workspace):
    fix(workspace, 1, "a@x.org")
    pk.undo_change(workspace)
    workspace.corrections_path.write_text("source_row,field,value\n1,email,hand@x.org\n")
    with pytest.raises(PlanError, match="It is dropped"):
        pk.redo_change(workspace)
    assert (values(workspace), states(workspace)) == ([(1, "hand@x.org")], ["dropped"])


def test_a_new_change_ends_what_can_be_made_again(workspace):
    fix(workspace, 1, "a@x.org")
    pk.undo_change(workspace)
    fix(workspace, 2, "b@x.org")
    assert states(workspace) == ["dropped", "done"]
    with pytest.raises(PlanError, match="nothing to make again"):
        pk.redo_change(workspace)


@pytest.mark.slow
def test_nothing_is_undone_for_another_list(workspace, tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("email\nann@\nbo@example.org\n")
    mapping = pk.FieldMapping({"email": "email"})
    pk.prepare(source, mapping=mapping, out=workspace)
    mapped = users_frame({"email": ["ann@", "bo@example.org"]})
    workspace.save_corrections(correct(workspace.load_corrections(), [1], "email", "ann@example.org", users=mapped))
    pk.prepare(plan=workspace.plan_path, out=workspace)
    source.write_text("email\nbo@example.org\nann@\n")
    with pytest.raises(PlanError, match=r"users\.csv has changed since"):
        pk.undo_change(workspace)
    pk.prepare(plan=workspace.plan_path, out=workspace)
    assert states(workspace) == ["stays"]
    with pytest.raises(PlanError, match="nothing to undo"):
        pk.undo_change(workspace)
    assert len(workspace.load_corrections()) == 1


def test_the_list_has_its_types_also_without_any_change(workspace):
    listed = pk.list_changes(workspace)
    assert listed.empty
    assert not workspace.folder.exists()
    assert isinstance(listed["at"].dtype, pd.DatetimeTZDtype)
    with pytest.raises(PlanError, match="nothing to undo"):
        pk.undo_change(workspace)

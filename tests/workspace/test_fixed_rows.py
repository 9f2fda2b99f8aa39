"""What a workspace notes about the rows of corrections and decisions comes back as it was saved."""

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.decisions import decide, no_decisions
from passage_kit.workspace.corrections import correct, no_corrections
from passage_kit.workspace.fixed_rows import SourceState, list_fixed_rows, load_note, note_fixes, save_note

USERS = users_frame(
    {"source_key": ["c1", "c2", "c3"], "email": ["ann@", "bo@example.org", None], "phone": [None, None, "+14155552671"]}
)


@pytest.fixture
def workspace(tmp_path):
    return pk.Workspace(tmp_path / "m")


@pytest.fixture
def noted():
    corrections = correct(no_corrections(), [1], "email", "ann@example.org", users=USERS)
    decisions = decide(no_decisions(), [2, 3], "apart")
    return note_fixes(USERS, list_fixed_rows(corrections, decisions))


def test_each_row_that_a_fix_names_is_noted_once_with_whose_it_is(noted):
    assert noted["source_row"].tolist() == [1, 2, 3]
    assert noted["was"].dropna().tolist() == ["ann@"]
    assert noted["identity"].nunique() == 3


def test_a_line_without_a_row_keeps_its_identity(noted):
    lines = noted.assign(source_row=noted["source_row"].where(noted["source_row"] != 1))
    pd.testing.assert_frame_equal(note_fixes(USERS, lines), lines)


def test_a_note_comes_back_with_the_state_that_it_is_about(workspace, noted):
    state = SourceState.of("9f2b", {"encoding": "utf-8"}, "77aa")
    save_note(workspace, noted, state)
    loaded = load_note(workspace)
    pd.testing.assert_frame_equal(loaded.fixes, noted)
    assert loaded.state == state


def test_where_nothing_is_fixed_there_is_no_file(workspace, noted):
    save_note(workspace, noted[:0], SourceState("9f2b"))
    assert not workspace.folder.exists()
    assert load_note(workspace).state is None


def test_a_damaged_note_is_named(workspace):
    (workspace.make().folder / "fixed_rows.parquet").write_bytes(b"PAR1")
    with pytest.raises(pk.PlanError, match=r"fixed_rows\.parquet cannot be read.*Delete it"):
        load_note(workspace)


def test_states_are_compared_by_what_is_known():
    assert SourceState("a", "b").same_as(SourceState(None, "b"))
    assert not SourceState("a").same_as(SourceState("b"))
    assert not SourceState(None).same_as(SourceState(None))

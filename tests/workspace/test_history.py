"""The history as files: private, bounded, with what was changed or not at all; a damaged one is said."""

import json
import stat

import pytest

from passage_kit.errors import OutputError, PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.workspace import history
from passage_kit.workspace.corrections import correct, no_corrections
from passage_kit.workspace.history import load_history, load_lines
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "migration")


def fix(workspace, row, value="x@example.org"):
    workspace.save_corrections(correct(workspace.load_corrections(), [row], "email", value))


def test_a_change_is_kept_with_its_lines_for_the_owner_alone(workspace):
    fix(workspace, 3)
    [change] = load_history(workspace.folder)
    assert (change.number, change.what, change.state, change.lines) == (1, "corrections", "done", 1)
    assert load_lines(workspace.folder, change).put == ((0, '[3, null, "email", null, "x@example.org", null]'),)
    for path in (workspace.folder / "history").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_saving_the_same_again_is_no_change(workspace):
    fix(workspace, 3)
    fix(workspace, 3)
    workspace.save_corrections(workspace.load_corrections())
    assert len(load_history(workspace.folder)) == 1


def test_the_oldest_changes_go(workspace, monkeypatch):
    monkeypatch.setattr(history, "MOST_CHANGES", 3)
    for row in range(1, 6):
        fix(workspace, row)
    assert [one.number for one in load_history(workspace.folder)] == [3, 4, 5]
    names = sorted(path.name for path in (workspace.folder / "history").iterdir())
    assert names == ["000003.json", "000004.json", "000005.json", "changes.json"]


def test_a_change_of_many_lines_takes_the_place_of_many_and_stays_itself(workspace, monkeypatch):
    monkeypatch.setattr(history, "MOST_LINES", 10)
    fix(workspace, 1)
    workspace.save_corrections(correct(no_corrections(), range(1, 21), "email", "y@example.org"))
    [change] = load_history(workspace.folder)
    assert (change.number, change.lines) == (2, 21)


def test_the_file_and_its_history_appear_together(workspace, monkeypatch):
    fix(workspace, 1)
    before = workspace.corrections_path.read_bytes()

    def full(*_):
        raise OutputError("no space")

    monkeypatch.setattr("passage_kit.workspace.workspace.record", full)
    with pytest.raises(OutputError):
        fix(workspace, 2)
    assert workspace.corrections_path.read_bytes() == before
    assert len(load_history(workspace.folder)) == 1


@pytest.mark.parametrize(
    "text",
    ["{", "[1]", '[{"number": 1}]', json.dumps([{"number": 1, "at": "then", "what": "steps"}]),
     json.dumps([{"number": 1, "at": "2026-12-01T09:00:00+00:00", "what": "shoes"}])],
)  # fmt: skip
def test_a_damaged_history_is_said_and_nothing_is_written(workspace, text):
    fix(workspace, 1)
    before = workspace.corrections_path.read_bytes()
    (workspace.folder / "history" / "changes.json").write_text(text)
    with pytest.raises(PlanError, match="Delete the folder"):
        fix(workspace, 2)
    assert workspace.corrections_path.read_bytes() == before


def test_damaged_lines_are_said(workspace):
    fix(workspace, 1)
    (workspace.folder / "history" / "000001.json").write_text('{"out": 3}')
    with pytest.raises(PlanError, match=r"000001\.json cannot be read"):
        load_lines(workspace.folder, load_history(workspace.folder)[0])


def test_rows_of_a_changed_source_end_what_can_be_undone(workspace):
    fix(workspace, 1)
    with FileSet() as files:
        history.settle_history(workspace.folder, files)
    assert load_history(workspace.folder)[0].state == "stays"
    fix(workspace, 2)
    workspace.save_corrections(workspace.load_corrections(), moved=True)
    assert [one.state for one in load_history(workspace.folder)] == ["stays", "stays"]

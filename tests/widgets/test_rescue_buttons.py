"""A plan that cannot be read stops nobody: the first panel says so, and offers the ways on."""

from pathlib import Path

import pytest

from passage_kit.widgets import ChoosePath
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Workspace("migration")


def test_a_damaged_plan_is_said_in_a_sentence(workspace):
    workspace.make().plan_path.write_text("source = ]")
    panel = ChoosePath(workspace)
    [said] = panel.messages
    assert "cannot be read: its line 1 is wrong. Put it aside in the notebook 00_start_here" in said
    panel.save()
    assert workspace.plan_path.read_text() == "source = ]"
    assert panel.rescue.layout.display == ""
    assert panel.rescue.before.layout.display == "none"
    assert panel.back.layout.display == "none"
    panel.rescue.anew.click()
    assert (workspace.folder / "plan.unread.toml").read_text() == "source = ]"
    assert panel.messages == ["Not saved yet: change something, or run the next cell as it is."]
    assert panel.rescue.layout.display == "none"
    panel.save()
    assert workspace.load_plan() == panel.value


def test_a_damaged_plan_gives_way_to_the_one_before(workspace):
    Path("own.csv").write_text("email\nann@example.org\n")
    panel = ChoosePath(workspace)
    panel.source.value = "own.csv"
    panel.identifiers_only.value = True
    before = workspace.load_plan()
    panel.identifiers_only.value = False
    workspace.plan_path.write_text("[source]\npath = 5\n")
    again = ChoosePath(workspace)
    assert "In [source], path: found 5, expected a text in quotes." in again.messages[0]
    again.rescue.before.click()
    assert workspace.load_plan() == before
    assert again.saved
    assert again.source.value == "own.csv"
    assert again.identifiers_only.value


def test_what_cannot_be_moved_is_said(workspace):
    workspace.make().plan_path.mkdir()
    panel = ChoosePath(workspace)
    panel.rescue.anew.click()
    assert panel.messages == [
        "migration/plan.toml cannot be read: it is a folder, expected a file. Check that you may read it."
    ]
    assert workspace.plan_path.is_dir()

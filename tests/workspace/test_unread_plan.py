"""A plan that cannot be read is put aside, never deleted; the one before takes its place where there is one."""

import pytest

from passage_kit.errors import PlanError
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.unread_plan import has_plan_before, plan_trouble, put_plan_aside
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "migration")
    workspace.save_plan(Plan("may.csv"))
    workspace.save_plan(Plan("june.csv"))
    return workspace


def test_a_plan_that_can_be_read_is_no_trouble(workspace):
    assert plan_trouble(workspace) is None
    workspace.plan_path.write_text("source = [")
    assert isinstance(plan_trouble(workspace), PlanError)


def test_each_plan_that_is_put_aside_has_a_place_of_its_own(workspace):
    for text, name in (("source = [", "plan.unread.toml"), ("x = 1", "plan.unread-2.toml")):
        workspace.plan_path.write_text(text)
        assert put_plan_aside(workspace) == workspace.folder / name
        assert (workspace.folder / name).read_text() == text
        assert not workspace.has_plan


def test_the_plan_before_takes_its_place(workspace):
    workspace.plan_path.write_text("source = [")
    assert has_plan_before(workspace)
    put_plan_aside(workspace, before=True)
    assert workspace.load_plan().source.endswith("may.csv")


def test_a_plan_before_that_cannot_be_read_is_not_offered(workspace):
    (workspace.folder / "plan.previous.toml").write_text("source = [")
    assert not has_plan_before(workspace)
    (workspace.folder / "plan.previous.toml").unlink()
    assert not has_plan_before(workspace)
    with pytest.raises(PlanError, match="previous"):
        put_plan_aside(workspace, before=True)
    assert workspace.has_plan

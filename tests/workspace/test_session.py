import datetime as dt
import stat

import pytest

import passage_kit as pk
from passage_kit.errors import BusyError
from passage_kit.workspace.session import (
    FILE,
    VARIABLE,
    begin_session,
    end_session,
    in_app,
    read_session,
    refuse_another_session,
)


@pytest.fixture
def workspace(tmp_path):
    return pk.Workspace(tmp_path / "migration")


def test_the_first_one_works_until_another_takes_over(workspace):
    folder = workspace.folder
    first = begin_session(folder, "1f", "Anna")
    assert begin_session(folder, "2a", "Bo") == first == read_session(folder)
    assert begin_session(folder, "2a", "Bo", take_over=True).name == "Bo"
    assert begin_session(folder, "1f", "Anna").name == "Bo"


def test_each_page_of_the_same_person_is_noted(workspace):
    first = begin_session(workspace.folder, "1f", "Anna")
    again = begin_session(workspace.folder, "1f", "Anna Berg")
    assert again.since == first.since
    assert again.seen >= first.seen
    assert again.name == "Anna Berg"


def test_the_record_is_private(workspace):
    begin_session(workspace.folder, "1f", "Anna")
    assert stat.S_IMODE((workspace.folder / FILE).stat().st_mode) == 0o600


def test_only_who_works_ends_the_work(workspace):
    begin_session(workspace.folder, "1f", "Anna")
    end_session(workspace.folder, "2a")
    assert read_session(workspace.folder)
    end_session(workspace.folder, "1f")
    assert read_session(workspace.folder) is None
    end_session(workspace.folder)  # of a server before, which left nothing


@pytest.mark.parametrize("left", ["", "[]", '{"ident": 1}', '{"ident": "1", "name": "A", "since": "x", "seen": "y"}'])
def test_a_record_that_says_nothing_is_of_nobody(workspace, left):
    workspace.make()
    (workspace.folder / FILE).write_text(left)
    assert read_session(workspace.folder) is None
    assert begin_session(workspace.folder, "2a", "Bo").name == "Bo"


def test_a_kernel_of_somebody_else_saves_nothing(workspace, monkeypatch):
    monkeypatch.setenv(VARIABLE, "1f")
    assert in_app()
    begin_session(workspace.folder, "1f", "Anna")
    workspace.save_plan(pk.Plan("users.csv"))
    begin_session(workspace.folder, "2a", "Bo", take_over=True)
    with pytest.raises(BusyError, match=r"Bo has worked on this migration since \d\d:\d\d, in another browser"):
        workspace.save_plan(pk.Plan("others.csv"))
    assert workspace.load_plan().source.endswith("users.csv")
    end_session(workspace.folder)
    workspace.save_plan(pk.Plan("others.csv"))


def test_notebooks_and_commands_are_not_asked(workspace, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    begin_session(workspace.folder, "2a", "Bo")
    refuse_another_session(workspace.folder)
    workspace.save_plan(pk.Plan("users.csv"))
    assert read_session(workspace.folder).since <= dt.datetime.now().astimezone()

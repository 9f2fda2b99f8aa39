import os
import re
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from pushing import people, workspace_of

import passage_kit as pk
from passage_kit.api.credentials import Credentials
from passage_kit.errors import BusyError, JournalError, PushError
from passage_kit.push.journal import Done
from passage_kit.push.journal_files import (
    UNDONE,
    check_same,
    check_target,
    copied_journal,
    open_journal,
    take_up,
)
from passage_kit.push.push_input import PushInput
from passage_kit.workspace.workspace import Workspace

HERE = Credentials("app", "key", "http://127.0.0.1:1234/v1", "the call")
SAME = Credentials("app", "other", "http://localhost:99/v1", "the call")
THERE = Credentials("real", "key", "https://api.passage.id/v1", "the call")
ELSEWHERE = Credentials("app", "key", "https://other.example.org/v1", "the call")


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "m", people(3))


def begin(workspace, credentials=HERE):
    with open_journal(workspace, made=True) as journal:
        take_up(journal, PushInput(workspace), credentials)
        journal.commit(done=[Done(1, "created", "p1")])


def test_without_a_push_there_is_none(workspace):
    with pytest.raises(PushError, match="Nothing was pushed"), open_journal(workspace):
        pass


def test_it_goes_on_where_it_was_even_on_another_port(workspace):
    begin(workspace)
    with open_journal(workspace) as journal:
        take_up(journal, PushInput(workspace), SAME)
        assert journal.counts()["created"] == 1


@pytest.mark.parametrize("made", [False, True])
def test_two_at_once_are_refused(workspace, made):
    begin(workspace)

    def refused(opened):
        with pytest.raises(BusyError, match="is writing the workspace"), opened:
            pass

    with open_journal(workspace), ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(refused, open_journal(workspace, made=made)).result()
        elsewhere.submit(refused, copied_journal(workspace)).result()


def test_a_copy_leaves_no_trace(workspace):
    def files():
        return {path.name: path.stat().st_mtime_ns for path in workspace.folder.rglob("*")}

    for begun in (False, True):
        if begun:
            begin(workspace)
        before = files()
        with copied_journal(workspace) as journal:
            take_up(journal, PushInput(workspace), HERE)
            assert journal.counts()["created"] == begun
            journal.commit(done=[Done(2, "created", "p2")])
        assert files() == before


@pytest.mark.parametrize(
    ("first", "second"), [(HERE, Credentials("x", "k", HERE.base_url, "")), (THERE, HERE), (THERE, ELSEWHERE)]
)
def test_another_target_is_refused(workspace, first, second):
    begin(workspace, first)
    with open_journal(workspace) as journal:
        with pytest.raises(PushError, match="to another app") as caught:
            take_up(journal, PushInput(workspace), second)
        assert f"passage-kit undo {workspace.folder}" in str(caught.value)
        with pytest.raises(PushError, match="to another app"):
            check_same(journal, PushInput(workspace), second)
        with pytest.raises(PushError, match="Give the credentials of the push"):
            check_target(journal, second)
        check_target(journal, first)


def test_other_users_are_refused(workspace):
    begin(workspace)
    workspace_of(workspace.folder, people(4))
    with open_journal(workspace) as journal, pytest.raises(PushError, match="another user list"):
        take_up(journal, PushInput(workspace), HERE)


def test_another_plan_is_refused(workspace):
    begin(workspace)
    plan = workspace.load_plan()
    workspace.save_plan(type(plan)(source="x.csv", mapping=plan.mapping, schema=plan.schema))
    with open_journal(workspace) as journal, pytest.raises(PushError, match="another plan"):
        take_up(journal, PushInput(workspace), HERE)


def test_a_rehearsal_makes_way_for_the_real_push(workspace):
    begin(workspace, HERE)
    with open_journal(workspace) as journal:
        take_up(journal, PushInput(workspace), THERE)
        assert journal.counts()["created"] == 0
    assert (workspace.folder / "push.rehearsal.sqlite").exists()


def test_a_push_that_was_undone_makes_way_for_another(workspace):
    begin(workspace, THERE)
    with open_journal(workspace) as journal:
        journal.note(**{UNDONE: "yes"})
        take_up(journal, PushInput(workspace), ELSEWHERE)
        assert journal.counts()["created"] == 0
        assert UNDONE not in journal.facts
    assert (workspace.folder / "push.undone.sqlite").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")
def test_every_file_is_its_owners_alone(workspace):
    begin(workspace)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in workspace.folder.glob("push.*")}
    assert modes == dict.fromkeys(("push.sqlite", "push.key"), 0o600)


def test_a_lost_secret_is_made_anew(workspace):
    begin(workspace)
    (workspace.folder / "push.key").unlink()
    with open_journal(workspace) as journal:
        take_up(journal, PushInput(workspace), HERE)
        assert journal.rows_of([journal.digest("ann.0@example.org")])
        assert journal.counts()["created"] == 1


def test_a_secret_that_cannot_be_read_is_said(workspace):
    (workspace.folder / "push.key").mkdir()
    with pytest.raises(JournalError, match=r"push\.key"), open_journal(workspace, made=True):
        pass


def test_a_copy_of_a_workspace_is_found_out(workspace, tmp_path):
    begin(workspace)
    copy = Workspace(tmp_path / "copy")
    shutil.copytree(workspace.folder, copy.folder)
    with pytest.raises(PushError, match=r"copy is a copy of .*, and both have the journal of the same push"), \
            open_journal(copy):  # fmt: skip
        pass
    files = {path: path.read_bytes() for path in copy.folder.rglob("*") if path.is_file()}
    client = pk.PassageClient(app_id=HERE.app_id, api_key=HERE.api_key, base_url=HERE.base_url)
    dry_runs = [
        lambda: pk.push_users(copy, client=client, dry_run=True),
        lambda: pk.undo_push(copy, client=client, dry_run=True),
        lambda: pk.undo_push(copy, dry_run=True),
        lambda: pk.verify_push(copy, client=client),
    ]
    for run in dry_runs:
        with pytest.raises(PushError, match=r"copy is a copy of .*m, and both have the journal of the same push"):
            run()
    assert {path: path.read_bytes() for path in copy.folder.rglob("*") if path.is_file()} == files
    with open_journal(workspace):
        pass


def test_a_dry_run_names_the_workspace_and_not_its_own_copy(workspace):
    begin(workspace, THERE)
    client = pk.PassageClient(app_id=HERE.app_id, api_key=HERE.api_key, base_url=HERE.base_url)
    for run in (pk.push_users, pk.undo_push):
        with pytest.raises(PushError, match=re.escape(f"The journal {workspace.folder}")):
            run(workspace, client=client, dry_run=True)


def test_a_moved_workspace_goes_on(workspace, tmp_path):
    begin(workspace)
    workspace.folder.rename(tmp_path / "moved")
    for _ in range(2):
        with open_journal(Workspace(tmp_path / "moved")) as journal:
            assert journal.counts()["created"] == 1


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("name", ["push.sqlite", "push.key"])
def test_a_link_in_the_place_of_the_journal_is_refused(workspace, tmp_path, name):
    begin(workspace)
    (workspace.folder / name).rename(tmp_path / "elsewhere")
    (workspace.folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalError, match="is a link"), open_journal(workspace):
        pass

"""One writer at a time for a workspace, whoever it is; what dead ones left is cleared, and nothing else."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from waiting import until

import passage_kit as pk
from passage_kit.workspace.lock import HOLDER, LOCK, clear_parts, locked, saving

HOLD = """
import sys
from passage_kit.workspace.lock import locked
with locked({folder!r}, "push", make=True):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock of the folder."""
    code = HOLD.format(folder=str(tmp_path / "m"))
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process


def test_every_writer_is_refused_and_told_who_writes(tmp_path, other):
    workspace = pk.Workspace(tmp_path / "m")
    source = tmp_path / "users.csv"
    source.write_text("email\nanna@example.org\n")
    said = rf"Another command \(push, process {other.pid}, since \d\d:\d\d\) is writing the workspace"
    writers = [
        lambda: pk.prepare(source, out=workspace),
        lambda: pk.push_users(workspace),
        lambda: pk.push_users(workspace, dry_run=True),
        lambda: workspace.save_plan(pk.Plan()),
        lambda: workspace.save_corrections(workspace.load_corrections()),
        lambda: pk.write_passage_ids([], table="users", workspace=workspace, db=f"sqlite:///{tmp_path}/app.db"),
        lambda: workspace.save_stage("users", workspace.load_corrections()),
    ]
    for write in writers:
        with pytest.raises(pk.BusyError, match=said):
            write()
    assert sorted(path.name for path in workspace.folder.iterdir()) == [LOCK, HOLDER]


def test_a_killed_holder_holds_nothing(tmp_path, other):
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert json.loads((tmp_path / "m" / HOLDER).read_text())["process"] == other.pid
    with locked(tmp_path / "m", "prepare"):
        pass
    assert list((tmp_path / "m").iterdir()) == []


def test_calls_within_a_call_go_on_and_other_threads_do_not(tmp_path):
    refused = []

    def elsewhere():
        try:
            with locked(tmp_path, "push"):
                pass
        except pk.BusyError as error:
            refused.append(error)

    with locked(tmp_path, "prepare"), locked(tmp_path, "push"), saving(tmp_path):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert len(refused) == 1
    elsewhere()
    assert len(refused) == 1


def test_without_a_trace(tmp_path):
    with locked(tmp_path / "missing", "dry run", trace=False), locked(tmp_path / "missing", "undo"):
        pass
    with locked(tmp_path, "dry run", trace=False):
        assert list(tmp_path.iterdir()) == []
    (tmp_path / LOCK).write_text("")  # of a command that was killed
    changed = tmp_path.stat().st_mtime_ns
    with locked(tmp_path, "dry run", trace=False):
        pass
    assert ([path.name for path in tmp_path.iterdir()], tmp_path.stat().st_mtime_ns) == ([LOCK], changed)


def test_a_folder_made_for_nothing_is_removed(tmp_path):
    with locked(tmp_path / "m", "prepare", make=True):
        (tmp_path / "m" / "out").mkdir()
    assert not (tmp_path / "m").exists()


def test_what_killed_runs_left_is_cleared_and_a_former_file_put_back(tmp_path):
    (tmp_path / "out").mkdir()
    names = [
        ".ledger.csv.0a1b2c3d.part", ".ledger.csv.0a1b2c3d.former", "ledger.csv", ".gone.csv.0a1b2c3d.former",
        ".mine.csv.part", ".notes.0a1b2c3d.parts", "notes.0a1b2c3d.part",
    ]  # fmt: skip
    for name in names:
        (tmp_path / "out" / name).write_text(name)
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / ".users.csv.0a1b2c3d.part").write_text("half a list")
    clear_parts(tmp_path)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".mine.csv.part", ".notes.0a1b2c3d.parts", "gone.csv", "ledger.csv", "notes.0a1b2c3d.part",
    ]  # fmt: skip
    assert (tmp_path / "out" / "ledger.csv").read_text() == "ledger.csv"
    assert list((tmp_path / "uploads").iterdir()) == []


def test_waiting_for_the_other_is_enough(tmp_path, other):
    other.stdin.close()
    until(lambda: other.poll() is not None)
    pk.Workspace(tmp_path / "m").save_plan(pk.Plan())


def test_only_the_thread_that_holds_the_workspace_saves(tmp_path):
    workspace = pk.Workspace(tmp_path / "m")
    workspace.save_plan(pk.Plan(source="mine.csv"))
    saves = [
        lambda: workspace.save_plan(pk.Plan(source="other.csv")),
        lambda: workspace.save_corrections(workspace.load_corrections()),
        lambda: workspace.save_decisions(workspace.load_decisions()),
        lambda: workspace.save_stage("users", workspace.load_corrections()),
        workspace.sample_database,
    ]
    with locked(workspace.folder, "push"), ThreadPoolExecutor(1) as elsewhere:
        said = r"Another cell or panel of this session \(push, process \d+"
        for save in saves:
            with pytest.raises(pk.BusyError, match=said):
                elsewhere.submit(save).result()
        workspace.save_plan(pk.Plan(source="holder.csv"))
        names = sorted(path.name for path in workspace.folder.iterdir())
    assert names == [".gitignore", LOCK, HOLDER, "plan.previous.toml", "plan.toml"]
    assert workspace.load_plan().source.endswith("holder.csv")
    saves[1]()


def test_a_run_writes_its_files_in_threads_of_its_own(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("email\nanna@example.org\n")
    with locked(tmp_path / "m", "a notebook", make=True):
        assert len(pk.prepare(source, out=tmp_path / "m").users) == 1


def test_a_panel_that_saves_is_waited_for(tmp_path):
    held, order = threading.Event(), []

    def save():
        with saving(tmp_path / "m"):
            held.set()
            until(lambda: order)
            time.sleep(0.1)  # it takes its time, too
            order.append("saved")

    def prepare():
        order.append("asked")
        with locked(tmp_path / "m", "prepare"):
            order.append("prepared")

    with ThreadPoolExecutor(2) as threads:
        saved = threads.submit(save)
        held.wait()
        prepared = threads.submit(prepare)
        saved.result()
        prepared.result()
    assert order == ["asked", "saved", "prepared"]

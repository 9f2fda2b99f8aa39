"""The manifest of a run: nobody takes files of two runs for one, or an exchanged file for the run's."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace

import pytest

import passage_kit as pk
from passage_kit.cutover.guide_steps import list_steps
from passage_kit.push.push_input import PushInput
from passage_kit.workspace.manifest import (
    Entry,
    Manifest,
    check_file,
    manifest_path,
    read_manifest,
    unfinished,
    write_manifest,
)
from passage_kit.writeback.table_rows import load_preparation

USERS = "email\nanna@example.org\nbo@example.org\n"


@pytest.fixture
def prepared(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text(USERS)
    pk.prepare(source, out=tmp_path / "m")
    return pk.Workspace(tmp_path / "m")


def test_it_names_all_files_of_the_run_but_those_that_later_steps_change(prepared):
    files = read_manifest(prepared.folder).files
    there = {path.relative_to(prepared.folder).as_posix() for path in prepared.folder.rglob("*") if path.is_file()}
    applied = Entry.of(prepared.applied_plan_path).sha256
    assert read_manifest(prepared.folder).applied_plan() == applied == Entry.of(prepared.plan_path).sha256
    later = {".gitignore", "plan.toml", "out/report.html", "stages/report.json", "stages/manifest.json"}
    assert set(files) == there - later
    assert all(Entry.of(prepared.folder / path) == entry for path, entry in files.items())


def test_a_run_that_did_not_finish_is_refused(prepared):
    manifest_path(prepared.folder).unlink()
    with pytest.raises(pk.PlanError, match=r"did not finish.*passage-kit prepare` again"):
        pk.push_users(prepared, dry_run=True)


@pytest.mark.few(1)
@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 1}', '{"files": {"a": {}}}', "[" * 100_000])
def test_a_damaged_manifest_is_refused(prepared, text):
    manifest_path(prepared.folder).write_text(text)
    with pytest.raises(pk.PlanError, match="is damaged"):
        read_manifest(prepared.folder)


def test_an_exchanged_file_is_refused(prepared):
    path = prepared.stage_path("users")
    entry = Entry.of(path)
    path.write_bytes(path.read_bytes()[::-1])
    check_file(prepared.folder, path)  # the size alone
    with pytest.raises(pk.PlanError, match=r"users\.parquet is not the one that the last run wrote"):
        check_file(prepared.folder, path, sha256=Entry.of(path).sha256)
    path.write_bytes(b"")
    with pytest.raises(pk.PlanError, match=r"users\.parquet is not the one"):
        check_file(prepared.folder, path)
    path.unlink()
    with pytest.raises(pk.PlanError, match="is missing"):
        check_file(prepared.folder, path, sha256=entry.sha256)


def test_it_comes_back_as_it_was(tmp_path):
    manifest = Manifest({"out/a b.csv": Entry(3, "ab"), "stages/é.parquet": Entry(0, "")})
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


KILLED = """
import os, signal, sys
from pathlib import Path
import passage_kit as pk
steps, replace = int(sys.argv[3]), Path.replace
def counted(self, target):
    global steps
    steps -= 1
    if steps < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
Path.replace = counted  # each file of a run appears by it
pk.prepare(sys.argv[1], out=sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_killed_between_two_files_is_never_taken_for_a_run(prepared, tmp_path, nursery):
    other = tmp_path / "other.csv"
    other.write_text("email\ncy@example.org\n")
    complete = steps = taken = 0
    while not complete:
        run = nursery.run(KILLED, other, prepared.folder, steps)
        complete, steps = run.returncode == 0, steps + 1
        exported = (prepared.out / "console_import.csv").read_text()
        with suppress(pk.PlanError):  # the run did not finish
            state = "again" if unfinished(prepared.folder) else "done"
            assert {step.notebook: step.state for step in list_steps(prepared)}["03_validate_and_export"] == state
            assert len(prepared.load_stage("users")) == exported.count("@")
            users = sum(len(batch) for batch in PushInput(prepared).batches())
            assert users == exported.count("@") == (1 if "cy@" in exported else 2)
            taken += 1
        prepared.save_plan(prepared.load_plan())  # the next writer clears what is left
        assert list(prepared.folder.rglob(".*.part")) == []
    assert taken >= 2  # before the first file appears, and after the last one
    assert steps > 10
    assert "cy@" in exported


READERS = {
    "push": lambda workspace: PushInput(workspace),
    "users": lambda workspace: workspace.load_stage("users"),
    "findings": lambda workspace: workspace.load_stage("findings"),
    "ledger": lambda workspace: workspace.load_stage("ledger"),
    "write-back": load_preparation,
}


@pytest.mark.few(1)
@pytest.mark.parametrize("reader", READERS)
def test_whoever_reads_a_run_that_did_not_finish_is_told(prepared, reader):
    manifest_path(prepared.folder).unlink()
    with pytest.raises(pk.PlanError, match=r"did not finish.*passage-kit prepare` again"):
        READERS[reader](prepared)


@pytest.mark.few(1)
@pytest.mark.parametrize(("reader", "stage"), [("push", "users"), *((name, name) for name in ("users", "findings")),
                                               ("write-back", "ledger")])  # fmt: skip
def test_whoever_reads_a_stage_of_another_run_is_told(prepared, tmp_path, reader, stage):
    other = tmp_path / "other.csv"
    other.write_text(USERS.replace("anna", "cora") + "bad@\n")
    pk.prepare(other, out=tmp_path / "o")
    prepared.stage_path(stage).write_bytes(pk.Workspace(tmp_path / "o").stage_path(stage).read_bytes())
    with pytest.raises(pk.PlanError, match=rf"{stage}\.parquet is not the one that the last run wrote"):
        READERS[reader](prepared)


def test_a_write_back_after_a_run_that_did_not_finish_changes_nothing(prepared, tmp_path):
    manifest_path(prepared.folder).unlink()
    with closing(sqlite3.connect(tmp_path / "app.db")) as app:
        app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    before = (tmp_path / "app.db").read_bytes()
    ids = [{"id": "9DeEXvYBStnzwQcHFd6f558L", "email": "anna@example.org"}]
    with pytest.raises(pk.PlanError, match="did not finish"):
        pk.write_passage_ids(ids, table="users", workspace=prepared, db=f"sqlite:///{tmp_path}/app.db")
    assert (tmp_path / "app.db").read_bytes() == before


@pytest.mark.slow
def test_a_first_run_that_was_killed_is_known_by_its_plan(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text(USERS)
    run = subprocess.run([sys.executable, "-c", KILLED, source, tmp_path / "m", "1"], check=False)
    assert run.returncode != 0
    workspace = pk.Workspace(tmp_path / "m")
    assert unfinished(workspace.folder)
    assert not workspace.has_stage("users")


def test_a_frame_that_was_saved_without_a_run_is_read(prepared, tmp_path):
    frame = prepared.load_stage("users")
    for workspace in (prepared, pk.Workspace(tmp_path / "new")):
        workspace.save_stage("mine", frame)
        assert len(workspace.load_stage("mine")) == 2


def test_a_plan_that_was_exchanged_together_with_that_of_the_run_is_found_out(prepared):
    prepared.save_plan(replace(prepared.load_plan(), options=pk.Options(strict=True)))
    prepared.applied_plan_path.write_bytes(prepared.plan_path.read_bytes())
    with pytest.raises(pk.PlanError, match="prepared with another plan"):
        PushInput(prepared)

import csv
import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from interrupting import interrupted_everywhere

from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import AccountingError, OutputError
from passage_kit.files import file_set
from passage_kit.files.bundled import bundled
from passage_kit.preparation import outputs as outputs_module
from passage_kit.preparation.outputs import output_files, writing
from passage_kit.preparation.run import prepare
from passage_kit.workspace import lock
from passage_kit.workspace.lock import locked
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


@pytest.fixture(scope="module")
def prepared():
    return prepare(bundled("sample_data/legacy_users.csv"), default_region="US")


def write_outputs(prepared, workspace):
    with writing(workspace) as outputs:
        outputs.add_users(prepared.users, prepared.plan)
        outputs.add_account(prepared)
    return output_files(workspace)


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_says_what_the_frames_say(prepared, tmp_path):
    files = {path.name: path for path in write_outputs(prepared, Workspace(tmp_path / "m"))}
    assert len(rows(files["console_import.csv"])) == len(prepared.users)
    assert len(rows(files["findings.csv"])) == len(prepared.findings)
    assert len(rows(files["ledger.csv"])) == len(prepared.raw)
    assert len(rows(files["rejected_rows.csv"])) == prepared.funnel.rejected
    assert [row["email"] for row in rows(files["console_import.csv"])] == prepared.users["email"].fillna("").tolist()


def test_the_stages_are_there_for_the_next_step(prepared, tmp_path):
    workspace = Workspace(tmp_path / "m")
    write_outputs(prepared, workspace)
    for name, frame in {"users": prepared.users, "findings": prepared.findings, "ledger": prepared.ledger}.items():
        pd.testing.assert_frame_equal(workspace.load_stage(name), frame, check_index_type=False)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")
def test_everything_in_the_workspace_is_private(prepared, tmp_path):
    write_outputs(prepared, Workspace(tmp_path / "m"))
    open_to_others = [path for path in (tmp_path / "m").rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []


def test_all_files_appear_or_none(prepared, tmp_path):
    workspace = Workspace(tmp_path / "m")
    (workspace.out / "ledger.csv").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"ledger\.csv"):
        write_outputs(prepared, workspace)
    assert [path.name for path in workspace.folder.rglob("*") if path.is_file() and path.name != ".gitignore"] == []


def test_what_was_begun_is_not_there_when_the_rows_do_not_add_up(prepared, tmp_path):
    workspace = Workspace(tmp_path / "m")

    def go_wrong():
        with writing(workspace) as outputs:
            outputs.add_users(prepared.users, prepared.plan)
            raise AccountingError("a row is lost")

    with pytest.raises(AccountingError):
        go_wrong()
    assert [path.name for path in workspace.folder.rglob("*") if path.is_file() and path.name != ".gitignore"] == []


def test_only_what_is_there_is_listed(tmp_path):
    assert output_files(Workspace(tmp_path)) == []


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_ctrl_c_at_any_moment_leaves_all_of_the_old_or_all_of_the_new(tmp_path):
    workspace, kept = Workspace(tmp_path / "m"), tmp_path / "kept"

    def write(name):
        with writing(workspace) as outputs:
            outputs.add_users(users_frame({"email": [f"{name}@example.org"]}), Plan())

    write("ann")
    shutil.copytree(workspace.folder, kept)
    write("bea")
    before, after = contents(kept), contents(workspace.folder)
    ends = []
    for _ in interrupted_everywhere(lambda: write("bea"), outputs_module, file_set, lock):
        ends.append(contents(workspace.folder))
        assert ends[-1] in (before, after)
        with ThreadPoolExecutor(1) as another:  # nobody holds the lock any more
            another.submit(lambda: locked(workspace.folder, "push").__enter__()).result()
        shutil.rmtree(workspace.folder)
        shutil.copytree(kept, workspace.folder)
    assert ends.count(before) > 50
    assert ends.count(after) > 50

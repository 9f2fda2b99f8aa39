import os
import stat

import pandas as pd
import pytest

from passage_kit.columns.users_frame import BOOLEAN, DATE, INTEGER, users_frame
from passage_kit.duplicates.decisions import decide
from passage_kit.errors import OutputError, PlanError
from passage_kit.files.bundled import bundled
from passage_kit.findings.findings import make_findings, no_findings
from passage_kit.workspace.corrections import correct
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

needs_modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")


def test_looking_at_a_workspace_writes_nothing(tmp_path):
    workspace = Workspace(tmp_path / "new")
    assert not workspace.has_plan
    assert workspace.load_corrections().empty
    assert not (tmp_path / "new").exists()


@needs_modes
def test_folder_and_files_are_private_and_ignored_by_git(tmp_path):
    workspace = Workspace(tmp_path / "migration")
    workspace.save_plan(Plan("users.csv"))
    workspace.save_stage("users", users_frame({"email": ["a@example.org"]}))
    assert stat.S_IMODE(workspace.folder.stat().st_mode) == 0o700
    for path in (workspace.plan_path, workspace.folder / "stages" / "users.parquet"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "*" in (workspace.folder / ".gitignore").read_text().splitlines()


def test_a_stage_comes_back_with_its_index_and_types(tmp_path):
    frame = users_frame({"email": ["a@example.org", None]}).assign(
        vip=pd.array([True, None], dtype=BOOLEAN),
        points=pd.array([1, None], dtype=INTEGER),
        born=pd.array([None, pd.Timestamp("1980-02-29").date()], dtype=DATE),
    )
    workspace = Workspace(tmp_path)
    workspace.save_stage("users", frame.loc[[2, 1]])
    pd.testing.assert_frame_equal(workspace.load_stage("users"), frame.loc[[2, 1]], check_index_type=False)


def test_the_sample_database_beside_the_workspace_is_given(tmp_path):
    beside = tmp_path / "sample_data" / "application.db"
    beside.parent.mkdir()
    beside.write_bytes(b"mine")
    assert Workspace(tmp_path / "migration").sample_database() == f"sqlite:///{beside.as_posix()}"
    assert not (tmp_path / "migration").exists()


@needs_modes
def test_the_sample_database_that_comes_with_the_kit_is_copied_once_and_never_given(tmp_path):
    original = bundled("sample_data/application.db")
    (tmp_path / "sample_data").symlink_to(original.parent)
    workspace = Workspace(tmp_path / "migration")
    copy = workspace.folder / "sample" / "application.db"
    assert workspace.sample_database() == f"sqlite:///{copy.as_posix()}"
    assert copy.read_bytes() == original.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    copy.write_bytes(b"changed")
    workspace.sample_database()
    assert copy.read_bytes() == b"changed"


@pytest.mark.parametrize(
    "found", [no_findings(), make_findings([2, None], field="email", code="email_invalid", value="x")]
)
def test_a_stage_whose_index_only_counts_comes_back_too(tmp_path, found):
    workspace = Workspace(tmp_path)
    workspace.save_stage("findings", found)
    pd.testing.assert_frame_equal(workspace.load_stage("findings"), found)


def test_what_is_missing_is_said_with_the_notebook_that_makes_it(tmp_path):
    with pytest.raises(PlanError, match=r"no users yet\. Run 03_validate_and_export first"):
        Workspace(tmp_path).load_stage("users", made_by="03_validate_and_export")
    with pytest.raises(PlanError, match="00_start_here"):
        Workspace(tmp_path).load_plan(mapped=True)


def test_a_plan_without_a_mapping_is_said_where_one_is_needed(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.save_plan(Plan("users.csv"))
    assert workspace.load_plan().mapping is None
    with pytest.raises(PlanError, match="01_read_and_map"):
        workspace.load_plan(mapped=True)


def test_an_earlier_plan_is_kept_when_another_one_is_saved(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.save_plan(Plan("one.csv"))
    workspace.save_plan(Plan("one.csv"))
    assert not (tmp_path / "plan.previous.toml").exists()
    workspace.save_plan(Plan("two.csv"))
    assert "one.csv" in (tmp_path / "plan.previous.toml").read_text()
    assert workspace.load_plan().source.endswith("two.csv")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "migration").write_text("")
    with pytest.raises(OutputError, match="migration cannot be made"):
        Workspace(tmp_path / "migration").save_plan(Plan("users.csv"))


@needs_modes
def test_corrections_and_decisions_come_back_and_are_private(tmp_path):
    workspace = Workspace(tmp_path / "migration")
    assert workspace.load_decisions().empty
    corrections = correct(workspace.load_corrections(), [17, 3], "name", 'Ann "Lee", née Ray\nof Ulm', note="by phone")
    decisions = decide(workspace.load_decisions(), [17, 3], "survivor", survivor_row=3)
    workspace.save_corrections(corrections)
    workspace.save_decisions(decisions)
    pd.testing.assert_frame_equal(workspace.load_corrections(), corrections)
    pd.testing.assert_frame_equal(workspace.load_decisions(), decisions)
    for path in (workspace.corrections_path, workspace.decisions_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert workspace.decisions_path.read_text(encoding="utf-8").splitlines()[1] == "3 17,survivor,3,"
    assert sorted(path.name for path in workspace.folder.iterdir()) == [
        ".gitignore",
        "corrections.csv",
        "decisions.csv",
        "history",
    ]


def test_a_plan_that_says_the_same_keeps_its_date(tmp_path):
    workspace = Workspace(tmp_path / "migration")
    workspace.save_plan(Plan("users.csv"))
    os.utime(workspace.plan_path, (1_000, 1_000))
    workspace.save_plan(Plan("users.csv"))
    assert workspace.plan_path.stat().st_mtime == 1_000
    workspace.save_plan(Plan("others.csv"))
    assert workspace.plan_path.stat().st_mtime > 1_000

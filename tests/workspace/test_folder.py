"""A workspace's folder is refused where it cannot be one, and made private with all its files together."""

import os
import stat
from pathlib import Path

import pytest

from passage_kit.errors import OutputError
from passage_kit.files.file_set import FileSet
from passage_kit.workspace.folder import check_folder, make_ignored, refuse_links, saving_files
from passage_kit.workspace.lock import LOCK

needs_modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")


@pytest.mark.parametrize(
    ("name", "why"),
    [("caf\udce9", "bytes that are not UTF-8"), ("a\0b", "not one that a folder can have"), ("a" * 300, "too long")],
)
def test_a_path_that_no_folder_can_have_is_refused(tmp_path, name, why):
    with pytest.raises(OutputError, match=f"cannot be opened.*{why}"):
        check_folder(tmp_path / name)


@pytest.mark.parametrize("given", ["s3://people/out", Path("s3://people/out"), "gs://people/out?token=swordfish"])
def test_an_address_is_refused_with_the_next_step_and_without_what_may_be_a_secret(given):
    with pytest.raises(OutputError, match=r"^(s3|gs)://\.\.\. is an address.*Copy what is there") as refused:
        check_folder(given)
    assert "swordfish" not in str(refused.value)


def test_a_folder_whose_name_looks_like_an_address_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("s3:", "people").mkdir(parents=True)
    for given in ("s3:/people", "C:/people", "a:b", "./new:/people"):
        check_folder(given)


def test_a_folder_that_is_not_there_yet_is_taken_and_not_made(tmp_path):
    check_folder(str(tmp_path / "new"))
    assert list(tmp_path.iterdir()) == []


@needs_modes
def test_the_folder_is_private_and_ignored_once_its_files_appear(tmp_path):
    folder = tmp_path / "m"
    with FileSet() as files:
        make_ignored(folder, files)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert not (folder / ".gitignore").exists()
    assert (folder / ".gitignore").read_text().endswith("\n*\n")


def test_a_former_gitignore_stays(tmp_path):
    (tmp_path / ".gitignore").write_text("mine")
    make_ignored(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine"


@needs_modes
def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "out").symlink_to(tmp_path)
    refuse_links(tmp_path / "stages")
    with pytest.raises(OutputError, match="out is a link to another folder"):
        refuse_links(tmp_path / "stages", tmp_path / "out")


def test_a_new_set_of_files_is_written_under_the_lock_and_a_given_one_is_left_to_its_owner(tmp_path):
    folder = tmp_path / "m"
    with saving_files(folder) as files:
        assert (folder / LOCK).exists()
        files.new(folder / "one").write_text("1")
    assert (folder / "one").exists()
    with FileSet() as own:
        with saving_files(folder, own) as files:
            assert files is own
            assert not (folder / LOCK).exists()
            files.new(folder / "two").write_text("2")
        assert not Path(folder / "two").exists()
    assert (folder / "two").exists()

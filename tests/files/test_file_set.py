import errno
import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from passage_kit.errors import OutputError
from passage_kit.files.file_set import FileSet

needs_modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")
needs_limits = pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a file")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_appear_together_when_all_are_complete(tmp_path):
    with FileSet() as files:
        files.new(tmp_path / "a.csv").write_text("a")
        files.new(tmp_path / "b.csv").write_text("b")
        assert not (tmp_path / "a.csv").exists()
    assert names(tmp_path) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_of_a_set_that_fails(tmp_path, error):
    (tmp_path / "a.csv").write_text("before")

    def fail_half_way():
        with FileSet() as files:
            files.new(tmp_path / "a.csv").write_text("half")
            files.new(tmp_path / "b.csv")
            files.remove(tmp_path / "a.csv")
            raise error

    with pytest.raises(error):
        fail_half_way()
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "before"


def test_the_same_path_asked_for_twice_is_one_file(tmp_path):
    with FileSet() as files:
        assert files.new(tmp_path / "a.csv") == files.new(tmp_path / "a.csv")
    assert names(tmp_path) == ["a.csv"]


@needs_modes
def test_files_and_the_folders_made_for_them_are_private(tmp_path):
    with FileSet() as files:
        files.new(tmp_path / "work" / "out" / "a.csv").write_text("a")
    for folder in ("work", "work/out"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "work/out/a.csv").stat().st_mode) == 0o600


@needs_modes
def test_a_file_that_others_could_read_becomes_private(tmp_path):
    (tmp_path / "a.csv").write_text("before")
    (tmp_path / "a.csv").chmod(0o644)
    with FileSet() as files:
        files.new(tmp_path / "a.csv").write_text("after")
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600


def test_a_stale_file_goes_when_the_new_ones_are_there(tmp_path):
    (tmp_path / "old.csv").write_text("old")
    with FileSet() as files:
        files.remove(tmp_path / "old.csv")
        files.remove(tmp_path / "never-was.csv")
        files.new(tmp_path / "new.csv").write_text("new")
        assert (tmp_path / "old.csv").exists()
    assert names(tmp_path) == ["new.csv"]


def test_a_new_file_is_not_removed(tmp_path):
    with FileSet() as files:
        files.new(tmp_path / "a.csv").write_text("a")
        files.remove(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "a"


def test_what_was_replaced_is_put_back_when_a_later_file_cannot_be(tmp_path):
    (tmp_path / "a.csv").write_text("before")
    (tmp_path / "stale.csv").write_text("stale")

    def write_while_somebody_makes_a_folder():
        with FileSet() as files:
            files.remove(tmp_path / "stale.csv")
            for name in ("a.csv", "b.csv", "c.csv"):
                files.new(tmp_path / name).write_text("after")
            (tmp_path / "c.csv").mkdir()
            (tmp_path / "c.csv" / "x").touch()

    with pytest.raises(OutputError, match=r"c\.csv could not be written"):
        write_while_somebody_makes_a_folder()
    (tmp_path / "c.csv" / "x").unlink()
    (tmp_path / "c.csv").rmdir()
    assert names(tmp_path) == ["a.csv", "stale.csv"]
    assert (tmp_path / "a.csv").read_text() == "before"


@pytest.fixture(params=["hard links", "no hard links"])
def file_system(request, monkeypatch):
    """A file system with hard links, and one without."""

    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    if request.param == "no hard links":
        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("file_system")
def test_replaced_and_removed_files_leave_nothing_else_behind(tmp_path):
    for name in ("a.csv", "stale.csv"):
        (tmp_path / name).write_text("before")
    with FileSet() as files:
        files.remove(tmp_path / "stale.csv")
        files.new(tmp_path / "a.csv").write_text("after")
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "after"


@pytest.mark.usefixtures("file_system")
def test_files_come_back_when_a_later_one_cannot_be_removed(tmp_path):
    for name in ("a.csv", "stale.csv"):
        (tmp_path / name).write_text("before")
    (tmp_path / "folder").mkdir()

    def write():
        with FileSet() as files:
            files.remove(tmp_path / "stale.csv")
            files.remove(tmp_path / "folder")
            for name in ("a.csv", "new.csv"):
                files.new(tmp_path / name).write_text("after")

    with pytest.raises(OutputError, match="folder could not be written: there is a folder"):
        write()
    assert names(tmp_path) == ["a.csv", "folder", "stale.csv"]
    assert {(tmp_path / name).read_text() for name in ("a.csv", "stale.csv")} == {"before"}


def test_a_new_file_that_cannot_be_put_in_its_place_is_said_with_its_own_error(tmp_path, monkeypatch):
    put = Path.replace

    def fail_for_b(path, target):
        if target.name == "b.csv":
            raise OSError(errno.EIO, "Input/output error")
        return put(path, target)

    def write():
        with FileSet() as files:
            for name in ("a.csv", "b.csv"):
                files.new(tmp_path / name).write_text("after")

    monkeypatch.setattr(Path, "replace", fail_for_b)
    with pytest.raises(OutputError, match=r"b\.csv could not be written: Input/output error"):
        write()
    assert names(tmp_path) == []


@needs_modes
def test_a_link_in_the_place_of_a_temporary_file_is_not_followed(tmp_path, monkeypatch):
    monkeypatch.setattr(secrets, "token_hex", lambda _: "guessed")
    (tmp_path / "other.csv").write_text("before")
    with FileSet() as files:
        temporary = files.new(tmp_path / "a.csv")
    temporary.symlink_to(tmp_path / "other.csv")
    with pytest.raises(OutputError, match="File exists"), FileSet() as files:
        files.new(tmp_path / "a.csv").write_text("after")
    assert (tmp_path / "other.csv").read_text() == "before"


def test_every_file_is_on_the_disk_before_the_first_one_appears(tmp_path, monkeypatch):
    flush, on_disk = os.fsync, []

    def note(number):
        flush(number)
        on_disk.append(os.fstat(number).st_ino)
        assert not any(path.suffix == ".csv" for path in tmp_path.iterdir())

    monkeypatch.setattr(os, "fsync", note)
    with FileSet() as files:
        for name in ("a.csv", "b.csv"):
            files.new(tmp_path / name).write_text("a")
    assert sorted(on_disk) == sorted(path.stat().st_ino for path in tmp_path.iterdir())
    assert len(on_disk) == 2


def test_a_folder_of_that_name_is_an_error_and_stays(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OutputError, match=r"a\.csv could not be written: there is a folder"), FileSet() as files:
        files.new(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").is_dir()


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match=r"could not be written.*choose another output folder"), FileSet() as files:
        files.new(tmp_path / "out" / "a.csv")
    assert names(tmp_path) == ["out"]


@needs_limits
def test_a_full_disk_leaves_what_stood_there(tmp_path):
    (tmp_path / "a.csv").write_text("before")
    code = """
import resource, sys
from pathlib import Path
from passage_kit.errors import OutputError
from passage_kit.files.file_set import FileSet
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    with FileSet() as files:
        files.new(Path(sys.argv[1])).write_bytes(b"x" * 10_000)
except OutputError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code, tmp_path / "a.csv"], capture_output=True, text=True, check=True)
    assert "a.csv could not be written: File too large. Nothing was changed. Free some space" in run.stdout
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "before"

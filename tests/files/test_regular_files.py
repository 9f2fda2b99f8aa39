"""Only files are read: no folder, pipe or device, nor a file that grows or shrinks meanwhile."""

import io
import os

import pytest

from passage_kit.files.regular_files import read_regular


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "list"
    path.write_bytes(b"x" * 40_000_000)
    assert read_regular(str(path)) == path.read_bytes()
    (tmp_path / "link").symlink_to(path)
    assert len(read_regular(tmp_path / "link")) == 40_000_000


def test_an_empty_file_is_empty(tmp_path):
    (tmp_path / "list").write_bytes(b"")
    assert read_regular(tmp_path / "list") == b""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is a pipe or a device"):
        read_regular(tmp_path / "pipe")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/dev/stdin"])
def test_a_device_is_not_read(path):
    with pytest.raises(OSError, match=r"it is a pipe or a device|No such"):
        read_regular(path)


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "x" * 5_000, "x/" * 5_000])
def test_a_path_that_cannot_be_is_an_ordinary_error(path):
    with pytest.raises(OSError, match=r"not one that a file can have|too long|No such file"):
        read_regular(path)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        read_regular(tmp_path)


@pytest.mark.parametrize("change", ["grow", "shrink", "touch"])
def test_a_file_that_changes_is_refused(tmp_path, monkeypatch, change):
    path = tmp_path / "list"
    path.write_bytes(b"x" * 100)
    opened = os.fdopen

    class Changing(io.FileIO):
        def read(self, size: int = -1) -> bytes:
            data = super().read(size)
            match change:
                case "grow" if data:
                    path.write_bytes(b"y" * 200)
                case "shrink" if data:
                    os.truncate(path, 10)
                case "touch":
                    os.utime(path, (1, 1))
            return data

    monkeypatch.setattr(os, "fdopen", lambda descriptor, *args, **options: Changing(descriptor))
    with pytest.raises(OSError, match="it changed while it was read"):
        read_regular(path)
    assert opened is not os.fdopen

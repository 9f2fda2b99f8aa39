"""Temporary folders: private, gone at the end, and a sentence where nothing can be written."""

import stat
import tempfile

import pytest

from passage_kit.errors import OutputError
from passage_kit.files.temporary_copies import temporary_folder


def test_copies_are_private_and_go_with_the_block(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    with temporary_folder([tmp_path / "a.txt", tmp_path / "missing.txt"]) as folder:
        assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("a.txt", "a")]
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(OutputError, match=r"No temporary file can be written: .*TMPDIR"), temporary_folder():
        pass


def test_a_file_that_cannot_be_copied_is_said(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="No temporary file"), temporary_folder([tmp_path / "folder"]):
        pass

"""Files: what their names say they are, and what their bytes say."""

import gzip
import hashlib
import os
import subprocess
import sys

import pytest

from passage_kit.columns.spool import HeldBytes, spooling
from passage_kit.errors import SourceError
from passage_kit.files.regular_files import read_pieces
from passage_kit.reading import source_bytes
from passage_kit.reading.source_bytes import is_plain_file, kind_of, read_file


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("users.csv", "csv"),
        ("users", "csv"),
        ("users.TSV", "csv"),
        ("users.ods", "excel"),
        ("users.jsonl", "json"),
        ("users.pq", "parquet"),
        ("postgresql://localhost/app", "sql"),
    ],
)
def test_the_name_says_the_kind(source, kind):
    assert kind_of(source) == kind


@pytest.mark.parametrize(
    ("name", "data", "kind", "misnamed"),
    [
        ("users.csv", b"email\n", "csv", None),
        ("users.xls", b"email\tname\n", "csv", "users.xls is read as CSV"),
        ("users.csv", b"PAR1xx", "parquet", "users.csv is read as Parquet"),
        ("users.txt", b'{"email": "ann@example.org"}\n{"email": "bob@example.org"}\n', "json", None),
        ("users", b'[{"email": "ann@example.org"}]', "json", None),
        (
            "users.csv.gz",
            gzip.compress(b'[{"email": "ann@example.org"}]', mtime=0),
            "json",
            "users.csv.gz is read as JSON",
        ),
    ],
)
def test_the_content_decides(tmp_path, name, data, kind, misnamed):
    (tmp_path / name).write_bytes(data)
    file = read_file(tmp_path / name)
    assert (file.kind, file.misnamed) == (kind, misnamed)


def test_the_hash_is_the_one_of_the_packed_file(tmp_path):
    data = gzip.compress(b"email\n", mtime=0)
    (tmp_path / "users.csv.gz").write_bytes(data)
    (tmp_path / "users.csv").write_bytes(b"email\n")
    assert read_file(tmp_path / "users.csv.gz").sha256 == hashlib.sha256(data).hexdigest()
    assert read_file(tmp_path / "users.csv").sha256 is None
    assert [is_plain_file(tmp_path / name) for name in ("users.csv", "users.csv.gz", "none.csv")] == [True, False, True]


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "users.csv").write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        read_file(tmp_path / "users.csv")


def test_no_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(SourceError, match="There is no file"):
        read_file(tmp_path / "none.csv")
    with pytest.raises(SourceError, match="is a folder"):
        read_file(tmp_path)


def test_a_name_that_is_not_utf_8_is_told(tmp_path):
    with pytest.raises(SourceError, match=r"caf\\xe9.csv has bytes that are not UTF-8.*Rename"):
        read_file(tmp_path / "caf\udce9.csv")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="names of files follow the locale")
def test_a_name_that_the_locale_cannot_spell_is_told(tmp_path):
    (tmp_path / "größe.csv").write_text("email\nanna@example.org\n", "utf-8")
    command = [sys.executable, "-m", "passage_kit", "prepare", "größe.csv", "--out", "w"]
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    refused = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "The locale of this process (ascii) cannot spell the name" in refused.stderr
    assert "Set PYTHONUTF8=1" in refused.stderr
    again = subprocess.run(command, cwd=tmp_path, env={**environment, "PYTHONUTF8": "1"}, capture_output=True)
    assert again.returncode == 0


def test_a_file_that_changes_is_told(tmp_path, monkeypatch):
    path = tmp_path / "users.csv"
    path.write_text("email\n")
    found = os.fstat

    def growing(descriptor):
        state = found(descriptor)
        path.write_text(path.read_text() + "x@example.org\n")
        return state

    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(SourceError, match=r"changed while it was read"):
        read_file(path)


@pytest.mark.parametrize(("name", "data"), [("users.csv", b"email\nann@example.org\n"), ("users.json", b'["a"]')])
def test_a_large_file_is_put_aside_for_the_reader_of_csv_alone(tmp_path, monkeypatch, name, data):
    monkeypatch.setattr(source_bytes, "LARGE", 1)
    path = tmp_path / name
    path.write_bytes(data)
    with spooling(tmp_path):
        found = read_file(path).data
    assert isinstance(found, HeldBytes) == (name == "users.csv")
    assert found[:] == data
    assert isinstance(read_file(path).data, bytes)


def test_a_large_file_that_grows_while_it_is_put_aside_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(source_bytes, "LARGE", 1)
    path = tmp_path / "users.csv"
    path.write_bytes(b"email\n")

    def growing(path, *, largest):
        for piece in read_pieces(path, largest=3):
            with path.open("ab") as file:
                file.write(b"ann@example.org\n" if path.stat().st_size < 50 else b"")
            yield piece

    monkeypatch.setattr(source_bytes, "read_pieces", growing)
    with spooling(tmp_path), pytest.raises(SourceError, match=r"changed while it was read"):
        read_file(path)
    assert list(tmp_path.iterdir()) == [path]

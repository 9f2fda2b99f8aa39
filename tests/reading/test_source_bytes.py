"""Files: what their names say they are, and what their bytes say."""

import os

import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.source_bytes import kind_of, read_file


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
    ("kind", "data", "message"),
    [
        ("csv", b"PK\x03\x04", "not a text file but a zip archive or an Excel workbook"),
        ("json", b"\x1f\x8b", "not a text file but a gzip archive"),
        ("excel", b"email\n", "not an Excel workbook but text"),
        ("parquet", b"%PDF", "not a Parquet file but a PDF document"),
        ("csv", b"", "is empty"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path, kind, data, message):
    (tmp_path / "users").write_bytes(data)
    with pytest.raises(SourceError, match=message):
        read_file(tmp_path / "users", kind)


def test_no_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(SourceError, match="There is no file"):
        read_file(tmp_path / "none.csv", "csv")
    with pytest.raises(SourceError, match="is a folder"):
        read_file(tmp_path, "csv")


def test_a_name_that_is_not_utf_8_is_told(tmp_path):
    with pytest.raises(SourceError, match=r"caf\\xe9.csv has bytes that are not UTF-8.*Rename"):
        read_file(tmp_path / "caf\udce9.csv", "csv")


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
        read_file(path, "csv")

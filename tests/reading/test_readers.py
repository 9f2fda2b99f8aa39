"""The public face: the kind of a source, its options, and every bad input said in a paragraph."""

import bz2
import contextlib
import gzip
import hashlib
import io
import json
import lzma
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

import passage_kit
from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.readers import read_source, read_users

FRAME = pd.DataFrame({"email": ["ann@example.org", "bob@example.org"], "code": ["00123", "NA"]})


def write_sqlite(frame: pd.DataFrame, path: Path) -> str:
    connection = sqlite3.connect(path)
    frame.to_sql("users", connection, index=False)
    connection.close()
    return f"sqlite:///{path}"


def pack_zip(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/users", data)
        archive.writestr("__MACOSX/._users", "x")
    return file.getvalue()


def pack_zstandard(data: bytes) -> bytes:
    file = pa.BufferOutputStream()
    with pa.CompressedOutputStream(file, "zstd") as packed:
        packed.write(data)
    return file.getvalue().to_pybytes()


WRITERS = {
    "users.csv": lambda frame, path: frame.to_csv(path, index=False),
    "users.TSV": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "users.txt": lambda frame, path: frame.to_csv(path, index=False, sep="|"),
    "users.xlsx": lambda frame, path: frame.to_excel(path, index=False),
    "users.json": lambda frame, path: path.write_text(json.dumps({"users": frame.to_dict("records")})),
    "users.ndjson": lambda frame, path: path.write_text("\n".join(map(json.dumps, frame.to_dict("records")))),
    "users.jsonl": lambda frame, path: path.write_text("\n".join(map(json.dumps, frame.to_dict("records")))),
    "users.parquet": lambda frame, path: frame.to_parquet(path),
    "users.db": write_sqlite,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_gives_the_same_users(tmp_path, name):
    made = WRITERS[name](FRAME, tmp_path / name)
    source = read_source(made, table="users") if name == "users.db" else read_source(tmp_path / name)
    pd.testing.assert_frame_equal(source.users, read_users(FRAME))
    assert set(source.users.dtypes) == {TEXT}
    assert (source.users.index.name, source.users.index.tolist()) == ("source_row", [1, 2])
    assert len(source.findings) == 0
    assert (source.sha256 is None) == (name == "users.db")
    assert source.name.startswith("sqlite:" if name == "users.db" else name)


def test_read_users_is_read_source_without_the_rest(tmp_path):
    path = tmp_path / "users.csv"
    FRAME.to_csv(path, index=False, sep=";", encoding="utf-16")
    pd.testing.assert_frame_equal(
        read_users(str(path), delimiter=";", encoding="utf-16", header_row=1), read_source(path).users
    )


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("users.csv", {"sheet": 0}), ("users.xlsx", {"delimiter": ";"}), ("users.json", {"header_row": 1}),
        ("users.parquet", {"encoding": "utf-8"}), ("users.parquet", {"table": "users"}), (FRAME, {"sheet": "x"}),
        ("sqlite:///x.db", {"encoding": "utf-8"}),
    ],
)  # fmt: skip
def test_an_option_of_another_kind(tmp_path, name, option):
    if isinstance(name, str) and "://" not in name:
        WRITERS[name](FRAME, tmp_path / name)
        name = tmp_path / name
    with pytest.raises(OptionError, match=f"{next(iter(option))} is not an option of this kind"):
        read_source(name, **option)


def test_not_a_source():
    with pytest.raises(OptionError, match="this is a int"):
        read_source(5)


def zipped() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("users.csv", b"", "users.csv is empty"),
        ("users.csv", b"\n \n", "users.csv is empty"),
        ("users.csv", b"email,name\n", "no rows below the header"),
        ("users.csv", b"ann@example.org,Ann\n", "no header"),
        ("users.csv", zipped(), "no sheet holds data"),
        ("users.csv", b"\x89PNG\r\n\x1a\n123", "an image"),
        ("users.csv", b"%PDF-1.7", "a PDF"),
        ("users.csv.gz", gzip.compress(b"email\n", mtime=0), "no rows below the header"),
        ("users.csv.gz", gzip.compress(b"email\n", mtime=0)[:-9], "cannot be unpacked"),
        ("users.csv", b"PAR1xxxx", "cannot be read as Parquet"),
        ("users.csv", b"SQLite format 3\0xx", "sqlite:///"),
        ("users.csv", bytes(range(256)) * 4, "control characters"),
        ("users.csv", b"name\nZo\x81\xeb\n", "Give the encoding"),
        ("users.json", b"PK\x03\x04", "cannot be unpacked"),
        ("users.json", b"[{]", "line 1, column 3"),
        ("users.xlsx", b"email,name\n", "no rows below the header"),
        ("users.xlsx", b"PK\x03\x04 and no more", "cannot be read as a workbook"),
        ("users.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "cannot be read as a workbook"),
        ("users.xlsx", zipped(), "no sheet holds data"),
        ("users.parquet", b"email,name\n", "no rows below the header"),
        ("users.parquet", b"PAR1 and no more", "cannot be read as Parquet"),
    ],
)
def test_bad_input_is_one_paragraph_with_a_next_step(tmp_path, name, data, what):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError, match=what) as caught:
        read_source(path)
    message = str(caught.value)
    assert name in message
    assert "\n" not in message
    assert message.endswith(".")
    assert ". " in message
    assert caught.value.exit_code == 2


PACKINGS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": pack_zstandard, "zip": pack_zip}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", [name for name in WRITERS if name != "users.db"])
def test_every_kind_is_read_packed(tmp_path, name, packing):
    WRITERS[name](FRAME, tmp_path / name)
    packed = PACKINGS[packing]((tmp_path / name).read_bytes())
    for packed_name in (f"{name}.{packing}", "export"):  # the content decides, not the ending
        (tmp_path / packed_name).write_bytes(packed)
        source = read_source(tmp_path / packed_name)
        pd.testing.assert_frame_equal(source.users, read_users(FRAME))
        assert source.sha256 == hashlib.sha256(packed).hexdigest()
        assert source.name.startswith(packed_name)


def test_a_choice_in_an_archive(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("old.csv", "email\nold@example.org\n")
        archive.writestr("new.json", '{"a": [{"email": "a@example.org"}], "b": [{"email": "b@example.org"}]}')
        archive.writestr("README.md", "Your export")
    with pytest.raises(SourceError, match=r"several files.*old.csv, new.json\. Give the one to read \(`--records old"):
        read_source(path)
    with pytest.raises(SourceError, match=r"several lists.*`--records new\.json:a`") as refusal:
        read_source(path, table="new.json")
    assert refusal.value.choices == ("new.json:a", "new.json:b")
    with pytest.raises(SourceError, match=r"no file 'none\.csv'") as refusal:
        read_source(path, table="none.csv")
    assert refusal.value.choices == ("old.csv", "new.json")
    chosen = read_source(path, table="new.json:b")
    assert chosen.users["email"].tolist() == ["b@example.org"]
    assert chosen.lists == ("new.json:a", "new.json:b", "old.csv")
    source = read_source(path, table="old.csv")
    assert source.findings[["code", "argument"]].to_numpy().tolist() == [
        ["entries_set_apart", "new.json"], ["entries_set_apart", "README.md"],
    ]  # fmt: skip


def test_a_name_that_says_another_kind_is_said(tmp_path):
    (tmp_path / "users.xls").write_text("email\tname\nann@example.org\tAnn\n")
    source = read_source(tmp_path / "users.xls")
    assert source.kind == "csv"
    assert source.findings[["code", "argument"]].to_numpy().tolist() == [
        ["kind_by_content", "users.xls is read as CSV"]
    ]


@pytest.mark.parametrize("nothing", ["", "  "])
def test_no_name_is_not_the_current_folder(nothing, tmp_path, monkeypatch):
    (tmp_path / "users.csv").write_text("email\nann@example.org\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="There is no user list to read"):
        read_source(nothing)


def test_missing_and_folder(tmp_path):
    with pytest.raises(SourceError, match=r"There is no file .*users\.csv\. Check the path"):
        read_source(tmp_path / "users.csv")
    with pytest.raises(SourceError, match="No file is in"):
        read_source(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def refuse(path, flags):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "users.csv").write_text("email\n")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SourceError, match="Permission denied"):
        read_source(tmp_path / "users.csv")


@pytest.mark.slow
def test_heavy_libraries_are_imported_when_needed():
    code = "import sys, passage_kit.reading.readers; "
    code += "print({'sqlalchemy', 'python_calamine', 'pandera'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_public_name():
    assert passage_kit.read_users is read_users


MYSQL = "-- MySQL dump 10.13\nCREATE TABLE `users` (`id` int);\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("dump.sql", MYSQL, r"an SQL dump, and it has no row of any table\. Check that it is of the right database"),
        (
            "dump.sql",
            MYSQL + "INSERT INTO `log` VALUES (1);",
            r"an SQL dump, and its table 'users' has no rows\. Check",
        ),
        ("dump.sql", MYSQL + "INSERT INTO `users` VALUES (1);", r"an SQL dump\. Load it into a database"),
        ("users.csv", "email,name\n", r"no rows below the header\. Check the app and the filter of the export"),
        ("users.json", "[]", r"has no users: no list in it has an object with values\. Check the app and the filter"),
        ("users.json", '{"total": 0, "items": []}', "no list in it has an object with values"),
        ("users.json", "[{}, {}]", "no list in it has an object with values"),
        ("users.ndjson", "{}\n{}\n", "no list in it has an object with values"),
        ("users.json", '{"users": []}', r"users is empty\. Check the app and the filter"),
    ],
)
def test_a_source_with_nobody_in_it_says_what_to_do(tmp_path, name, content, said):
    (tmp_path / name).write_text(content)
    with pytest.raises(SourceError, match=said):
        read_source(tmp_path / name)


def test_an_empty_table_or_frame_speaks_of_itself(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "users.db")) as database:
        database.execute("CREATE TABLE users (id integer, email text)")
    with pytest.raises(SourceError, match=r"table users has no rows\. Check that the address is of the right database"):
        read_source(f"sqlite:///{tmp_path / 'users.db'}", table="users")
    with pytest.raises(SourceError, match=r"the frame has no rows\. Give one with the users in its rows\."):
        read_source(pd.DataFrame({"email": []}))
    pd.DataFrame({"email": pd.Series([], dtype=str)}).to_parquet(tmp_path / "users.parquet")
    with pytest.raises(SourceError, match=r"has columns, but no rows\. Check the app and the filter"):
        read_source(tmp_path / "users.parquet")

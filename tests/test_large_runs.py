"""Runs that take seconds: the same with one thread and with many, to the byte, and interrupted at any moment.

Long runs read columns of more than 2 GB.
"""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from long_runs import LONG

import passage_kit as pk

INPUTS = Path(__file__).parents[1] / "benchmarks" / "inputs.py"
ROWS = 100_000  # several batches of everything that is worked on in batches


@pytest.fixture
def threads():
    usual = pa.cpu_count()
    yield pa.set_cpu_count
    pa.set_cpu_count(usual)


@pytest.fixture(scope="module", params=["", "wrong"])
def source(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "users.csv"
    subprocess.run([sys.executable, INPUTS, path, str(ROWS), *filter(None, [request.param])], check=True)
    return path


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_the_number_of_threads_makes_no_difference(source, tmp_path, threads):
    schema = pk.MetadataSchema([pk.MetadataField("first_name"), pk.MetadataField("newsletter", type="boolean")])
    written = []
    for count in (1, 2, 7):
        threads(count)
        pk.prepare(source, schema=schema, out=tmp_path / "migration")
        written.append(digests(tmp_path / "migration"))
    assert len(written[0]) > 10
    assert written[0] == written[1] == written[2]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("source", ["wrong"], indirect=True)  # the list of which most is written
def test_an_interrupted_run_leaves_all_of_the_old_or_all_of_the_new(source, tmp_path):
    folder = tmp_path / "migration"
    pk.prepare(source, out=folder)
    pk.prepare(source, default_region="FR", out=folder)
    after = digests(folder)
    begun = time.monotonic()
    pk.prepare(source, out=folder)
    usual, before = time.monotonic() - begun, digests(folder)
    interrupted = 0
    for share in (0.3, 0.6, 0.8, 0.9, 1.0, 1.1, 1.2):
        command = [sys.executable, "-m", "passage_kit", "prepare", str(source), "--region", "FR", "--out", str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(share * usual)
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1]
        assert process.returncode in (0, 130, -signal.SIGINT), said
        assert digests(folder) in (before, after)
        interrupted += process.returncode != 0
        if digests(folder) == after:
            break
    assert interrupted


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="writes 2.3 GB, and takes 5 GB of memory")
def test_short_notes_of_more_than_two_gigabytes(tmp_path):
    rows = 4_400_000
    with (tmp_path / "users.csv").open("w") as file:
        file.write("email,note\n")
        file.writelines(f"u{number}@example.org,{number:0500}\n" for number in range(rows))
    schema = pk.MetadataSchema([pk.MetadataField("note")])
    counts = pk.prepare(tmp_path / "users.csv", schema=schema, out=tmp_path / "m").summary()
    assert counts["read"] == counts["kept"] == rows


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="takes some minutes, 6 GB of memory and 15 GB of disk")
@pytest.mark.parametrize("wide", ["email", "note", "born"])
def test_a_column_of_more_than_two_gigabytes(tmp_path, wide):
    rows, text = 250_000, "lorem ipsum " * 800
    path = tmp_path / "users.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,email,born,note\n")
        for row in range(rows):
            cells = {"id": row, "email": f"user{row}@example.org", "born": "1980-01-31", "note": "late"}
            cells[wide] = f"{cells[wide]} {row} {text}"  # with a space behind it, so that each has a finding
            file.write(",".join(map(str, cells.values())) + "\n")
    assert path.stat().st_size > 1 << 31
    schema = pk.MetadataSchema([pk.MetadataField("born", type="date"), pk.MetadataField("note")])
    counts = pk.prepare(path, schema=schema, out=tmp_path / "migration").summary()
    code = {"email": "email_invalid", "note": "value_normalized", "born": "date_invalid"}[wide]
    assert (counts["read"], counts["findings"][code]) == (rows, rows)
    assert counts["kept"] == (0 if wide == "email" else rows)


def users_with_long_notes():
    for row in range(250_000):
        yield {"email": f"user{row}@example.org", "note": f" {row} {'lorem ipsum ' * 800}"}


def write_json(folder):
    path = folder / "users.json"
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for row, user in enumerate(users_with_long_notes()):
            file.write(",\n" * bool(row) + json.dumps(user))
        file.write("]")
    return path


def write_ndjson(folder):
    path = folder / "users.ndjson"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(user) + "\n" for user in users_with_long_notes())
    return path


def write_parquet(folder):
    schema = pa.schema([("email", pa.string()), ("note", pa.string())])
    with pq.ParquetWriter(folder / "users.parquet", schema) as file:
        users = users_with_long_notes()
        while some := list(islice(users, 10_000)):
            file.write_table(pa.Table.from_pylist(some, schema=schema))
    return folder / "users.parquet"


def write_sqlite(folder):
    database = sqlite3.connect(folder / "users.db")
    with database:
        database.execute("CREATE TABLE users (email TEXT PRIMARY KEY, note TEXT)")
        database.executemany("INSERT INTO users VALUES (:email, :note)", users_with_long_notes())
    database.close()
    return f"sqlite:///{folder}/users.db"


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="takes some minutes, 13 GB of memory and 8 GB of disk each")
@pytest.mark.parametrize("write", [write_json, write_ndjson, write_parquet, write_sqlite])
def test_other_lists_of_more_than_two_gigabytes(tmp_path, write):
    schema = pk.MetadataSchema([pk.MetadataField("note")])
    counts = pk.prepare(write(tmp_path), schema=schema, out=tmp_path / "migration").summary()
    assert counts["read"] == counts["kept"] == counts["findings"]["value_normalized"] == 250_000

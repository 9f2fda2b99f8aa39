"""Runs whose columns are put aside in parts of any size: the same outputs, to the byte, as runs that keep them all."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from long_runs import LONG

import passage_kit as pk
from passage_kit.columns import spool
from passage_kit.columns.users_frame import users_frame
from passage_kit.reading import source_bytes
from passage_kit.reading.csv import csv_piece
from passage_kit.workspace.manifest import manifest_path

INPUTS = Path(__file__).parents[1] / "benchmarks" / "inputs.py"
SCHEMA = pk.MetadataSchema(
    [
        pk.MetadataField("first_name", registration=True),
        pk.MetadataField("newsletter", type="boolean"),
        pk.MetadataField("signed_up", type="date"),
        pk.MetadataField("note", max_length=60),
    ]
)
OPTIONS = (
    {"schema": SCHEMA, "default_region": "US"},
    {"schema": SCHEMA, "survivor": "newest", "shared_phone": "merge", "strict": True},
    {"default_region": "FR", "shared_phone": "reject", "survivor": "last"},
)
STEPS = (
    pk.ValueStep("newsletter", "map", {"values": {"maybe": "yes", "NULL": ""}}),
    pk.ValueStep("note", "split", {"into": ["day", "rest"], "separator": "/", "at": "first"}),
    pk.ValueStep("signed_up", "date", {"order": "MDY"}),
    pk.ValueStep("first_name", "join", {"others": ["day"], "into": "both"}),
)
WHOLE = 1 << 40
EMAILS = [
    *(None, "", "ann@example.org", "Ann@Example.org ", "bo@", "bo@gmial.com", "noreply@example.org"),
    "c@x.org, d@x.org",
]
PHONES = [None, "(415) 555-2671", "+14155552671", "00 49 30 901820", "0000000000", "030 901820", "447400123456"]
WORDS = [None, "yes", "NO", "\\N", "maybe", "=1+1", "31/01/1980", "03/04/2024", "NULL"]


def outputs(folder):
    """Give the hash of each output, what the manifest says of it, and the frames of the stages."""
    workspace = pk.Workspace(folder)
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(workspace.out.iterdir())}
    listed = json.loads(manifest_path(workspace.folder).read_text(encoding="utf-8"))["files"]
    said = {name: entry for name, entry in listed.items() if name.startswith("out/")}
    return hashes, said, [workspace.load_stage(name) for name in ("users", "findings", "ledger")]


def prepared_in(monkeypatch, folder, source, *, rows, small=0, piece=100_000, **options):
    """Prepare a list with everything put aside in parts of so many rows."""
    monkeypatch.setattr(spool, "ROWS", rows)
    monkeypatch.setattr(spool, "PARTITION", rows)
    monkeypatch.setattr(spool, "SMALL", small)
    monkeypatch.setattr(source_bytes, "LARGE", small)
    monkeypatch.setattr(csv_piece, "PIECE", piece)
    pk.prepare(source, out=folder, **options)
    return outputs(folder)


def check_same(found, expected):
    assert found[0] == expected[0]
    assert found[1] == expected[1]
    assert len(found[1]) > 3
    for frame, other in zip(found[2], expected[2], strict=True):
        pd.testing.assert_frame_equal(frame, other)


@pytest.fixture(scope="module", params=["", "messy", "hostile", "wrong"])
def source(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("lists") / "users.csv"
    subprocess.run([sys.executable, INPUTS, path, "5000", *filter(None, [request.param])], check=True)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS)
def test_the_size_of_a_part_makes_no_difference(options, source, tmp_path, monkeypatch):
    whole = prepared_in(monkeypatch, tmp_path / "whole", source, rows=WHOLE, small=WHOLE, piece=WHOLE, **options)
    assert len(whole[2][0]) > 250
    for rows in (1_000, 100_000) if LONG or options is OPTIONS[0] else (1_000,):
        check_same(prepared_in(monkeypatch, tmp_path / str(rows), source, rows=rows, **options), whole)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_part_of_few_rows_makes_no_difference(seed, tmp_path, monkeypatch):
    draw = np.random.default_rng(seed)
    cells = {"email": EMAILS, "phone": PHONES} | dict.fromkeys(SCHEMA.columns, WORDS)
    raw = users_frame({name: draw.choice(np.array(values, object), 60) for name, values in cells.items()})
    options = OPTIONS[0] | {"survivor": "complete"}
    if seed % 2:
        options |= {"survivor": "newest", "mapping": {name: name for name in raw} | {"order": "signed_up"}}
    if seed:
        options |= {"plan": pk.Plan(steps=STEPS)}
    whole = prepared_in(monkeypatch, tmp_path / "whole", raw, rows=WHOLE, small=WHOLE, **options)
    for rows in (7, 50):
        check_same(prepared_in(monkeypatch, tmp_path / str(rows), raw, rows=rows, **options), whole)


@pytest.mark.slow
def test_a_run_leaves_nothing_of_what_it_put_aside(tmp_path, monkeypatch):
    raw = users_frame({"email": [f"ann{at}@example.org" for at in range(50)]})
    prepared_in(monkeypatch, tmp_path / "m", raw, rows=10)
    assert not [path for path in (tmp_path / "m").rglob("*") if "spool" in path.name]
    prepared = pk.prepare(raw, out=tmp_path / "m")
    assert prepared.users["email"].tolist() == raw["email"].tolist()  # also after the run
    assert prepared.raw["email"].tolist() == raw["email"].tolist()


RUN = """
import sys
import passage_kit as pk
from passage_kit.columns import spool
from passage_kit.reading.csv import csv_piece
spool.SMALL, csv_piece.PIECE = 0, 100_000
{limit}
try:
    pk.prepare(sys.argv[1], out=sys.argv[2])
except pk.OutputError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_disk_that_fills_while_columns_are_put_aside_changes_nothing(tmp_path):
    rows = "".join(f"ann.{at}@example.org,Ann {at}\n" for at in range(20_000))
    (tmp_path / "users.csv").write_text(f"email,first_name\n{rows}")
    pk.prepare(users_frame({"email": ["ann@example.org"]}), out=tmp_path / "m")
    before = outputs(tmp_path / "m")
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    )
    command = [sys.executable, "-c", RUN.format(limit=limit), tmp_path / "users.csv", tmp_path / "m"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "has no room for what a run over so many users puts aside" in run.stdout
    check_same(outputs(tmp_path / "m"), before)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_at_any_moment_leaves_nothing_behind(stop, tmp_path, nursery):
    subprocess.run([sys.executable, INPUTS, tmp_path / "users.csv", "6000", "messy"], check=True)
    folder = tmp_path / "m"
    pk.prepare(users_frame({"email": ["ann@example.org"]}), out=folder)
    before = outputs(folder)
    for calls in (1, 3, 6, 9):
        counted = RUN.format(limit=STOPPED.format(calls=calls, stop=int(stop)))
        run = nursery.run(counted, tmp_path / "users.csv", folder)
        assert run.returncode != 0, run.stdout
        assert not list(folder.rglob("*spool*"))
        check_same(outputs(folder), before)


STOPPED = """
import os
usual, left = spool.Spool.keep, {calls}
def keep(self, *given):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), {stop})
    return usual(self, *given)
spool.Spool.keep = keep
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="others count memory otherwise")
def test_memory_does_not_grow_with_the_columns_that_nobody_maps(tmp_path):
    asks = """
import sys
from passage_kit.cli.startup import run
try:
    run(["prepare", sys.argv[1], "--out", sys.argv[2]])
finally:
    print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""
    peaks = []
    for length in (1, 900):
        path = tmp_path / f"{length}.csv"
        path.write_text("email,note\n" + "".join(f"ann{at}@example.org,{'x' * length}\n" for at in range(300_000)))
        command = [sys.executable, "-c", asks, path, tmp_path / str(length)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        peaks.append(1024 * int(run.stdout.split()[-1]))
    size = (tmp_path / "900.csv").stat().st_size
    assert size > 250_000_000
    assert peaks[1] - peaks[0] < 1.5 * size, peaks  # the bytes of the file while it is read, and pieces

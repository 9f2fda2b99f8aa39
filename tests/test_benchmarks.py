"""The benchmarks measure what they say: inputs come of a seed, and all ways to do the work find the same users."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

import passage_kit as pk

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
ROWS = 2_000


def run(*arguments: object) -> str:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=BENCHMARKS, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    for name in ("one.csv", "two.csv"):
        run(BENCHMARKS / "inputs.py", folder / name, ROWS)
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()
    return folder / "one.csv"


@pytest.mark.parametrize("baseline", ["row_by_row", "in_pandas"])
def test_a_row_by_row_baseline_finds_the_users_that_the_kit_finds(source, baseline, tmp_path):
    run(BENCHMARKS / f"{baseline}.py", source, tmp_path)
    found = rows_of(tmp_path / "console_import-001.csv")
    prepared = pk.prepare(source)
    users = prepared.users[["email", "phone"]].fillna("")
    assert [(row["email"], row["phone"]) for row in found] == list(users.itertuples(index=False, name=None))
    ledger = [row["disposition"] for row in rows_of(tmp_path / "ledger.csv")]
    assert ledger == prepared.ledger["disposition"].to_list()
    assert len(rows_of(tmp_path / "findings.csv")) > 0.9 * len(prepared.findings)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("library", ["arrow", "polars"])
def test_a_copy_is_the_input(source, library, tmp_path):
    run(BENCHMARKS / "copies.py", library, source, tmp_path / "out.csv")
    assert pk.read_users(source).equals(pk.read_users(tmp_path / "out.csv"))


def test_each_reader_is_measured_against_the_bare_one(tmp_path):
    table = run(BENCHMARKS / "readers.py", "--rows", 200, "--runs", 1, "--folder", tmp_path)
    kinds = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if line.startswith("| ")]
    assert kinds == ["kind", "---", "NDJSON", "NDJSON, nested", "JSON", "SQLite", "300 columns", "cells of 10 kB"]


def test_each_wait_at_a_panel_is_measured():
    waits = [line.split(" | ")[0].removeprefix("| ") for line in run(BENCHMARKS / "panels.py", ROWS).splitlines()[4:]]
    assert waits[:3] == ["the list is read", "the mapping is shown", "its rows are counted"]
    assert len(waits) == 10


def test_the_tables_and_the_plot_are_made(tmp_path):
    options = ["--rows", 500, 1_000, "--folder", tmp_path]
    tables = run(BENCHMARKS / "run.py", *options, "--runs", 1)
    assert "| kit, 1,000 rows / 500 rows |" in tables
    assert "| phones: library, each distinct value / kit |" in tables
    assert "| Writing |" in tables
    run(BENCHMARKS / "linear.py", "--rows", 500, "--folder", tmp_path, "--out", tmp_path / "rows.svg")
    assert (tmp_path / "rows.svg").read_text(encoding="utf-8").count("<circle") == 2


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_every_way_of_writing_back_sets_every_id(database):
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "write_back.py", "--database", database, "--rows", "500", "--runs", "1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("| ") > 8
    assert "one UPDATE a row / kit" in done.stdout


def test_the_push_is_measured_against_the_bare_loop():
    few = ["--users", "100", "--rounds", "1", "--concurrency", "4", "--memory", "50"]
    ended = subprocess.run(
        [sys.executable, BENCHMARKS / "push.py", *few], check=True, stdout=subprocess.PIPE, text=True
    )
    table = [line for line in ended.stdout.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in table if line[2].isdigit()] == ["| 4", "| 50"]


def test_the_middleware_is_measured_against_bare_verification():
    said = run(BENCHMARKS / "middleware.py", "--requests", 5, "--rounds", 2)
    rows = [line.split(" | ")[0] for line in said.splitlines() if line.startswith("| ")]
    assert rows == ["| what a request costs more", "| ---", "| Starlette, rows in memory", "| token and row in SQLite"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
def test_the_run_of_kills_kills_and_finds_every_promise_kept():
    said = run(BENCHMARKS / "kills.py", "--kills", 2, "--users", 30).splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "prepare", "push", "undo", "write-back", "undo of a write-back",
    ]  # fmt: skip
    assert all("2 kills" in line for line in said)


@pytest.mark.parametrize("strength", ["messy", "hostile"])
def test_a_messy_input_has_the_users_of_the_clean_one_and_more_to_say(source, strength, tmp_path):
    run(BENCHMARKS / "inputs.py", tmp_path / "users.csv", ROWS, strength)
    clean, messy = pk.prepare(source), pk.prepare(tmp_path / "users.csv")
    assert len(messy.raw) == ROWS
    assert len(messy.findings) > 1.1 * len(clean.findings)
    assert len(set(messy.users["email"].dropna()) & set(clean.users["email"].dropna())) > ROWS / 4


def test_the_drift_check_is_measured_against_the_sandbox():
    ended = subprocess.run(
        [sys.executable, BENCHMARKS / "drift.py", "--rows", "300"], check=True, stdout=subprocess.PIPE, text=True
    )
    assert "| Comparison, 300 rows |" in ended.stdout


def test_a_run_on_a_cluster_is_measured_against_one_machine():
    said = run("cluster.py", "--rows", 300, "--workers", 1, "--partition", 200, "--files", 1)  # each call costs time
    assert "1 workers:" in said
    assert "= 300 read" in said
    assert "| look-alikes |" in said
    assert "one machine:" in said


def test_each_trait_of_a_cell_is_measured():
    lines = run(BENCHMARKS / "traits.py", 50).splitlines()
    traits = [line.removeprefix("| ").split(" | ")[0] for line in lines if line.startswith("| ")]
    assert {"phones", "emails", "rows of a file"} <= set(traits)
    assert traits.count("clean") == 3
    assert {"Arabic digits", "international domain, all distinct", "half of the rows short"} <= set(traits)


@pytest.mark.parametrize("script", sorted(path.stem for path in BENCHMARKS.glob("*.py")))
def test_what_a_benchmark_imports_is_there(script):
    run("-c", f"import {script}")

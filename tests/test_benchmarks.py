"""The benchmarks measure what they say: inputs come of a seed, and all ways to do the work find the same users."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

import passage_kit as pk

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
ROWS = 3_000


def run(*arguments: object) -> None:
    subprocess.run([sys.executable, *map(str, arguments)], cwd=BENCHMARKS, check=True)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    for name in ("one.csv", "two.csv"):
        run(BENCHMARKS / "inputs.py", folder / name, ROWS)
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()
    return folder / "one.csv"


@pytest.mark.parametrize("baseline", ["rows", "distinct"])
def test_a_baseline_finds_the_emails_that_the_kit_finds(source, baseline, tmp_path):
    run(BENCHMARKS / "baselines.py", baseline, source, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = {row["email"] for row in csv.DictReader(file)} - {""}
    assert found == set(pk.prepare(source).users["email"].dropna())


@pytest.mark.parametrize("baseline", ["arrow", "polars"])
def test_a_copy_is_the_input(source, baseline, tmp_path):
    run(BENCHMARKS / "baselines.py", baseline, source, tmp_path / "out.csv")
    assert pk.read_users(source).equals(pk.read_users(tmp_path / "out.csv"))


def test_the_push_is_measured_against_the_bare_loop():
    few = ["--users", "100", "--rounds", "1", "--concurrency", "4", "--memory", "50", "100"]
    ended = subprocess.run(
        [sys.executable, BENCHMARKS / "push.py", *few], check=True, stdout=subprocess.PIPE, text=True
    )
    table = [line for line in ended.stdout.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in table if line[2].isdigit()] == ["| 4", "| 50", "| 100"]

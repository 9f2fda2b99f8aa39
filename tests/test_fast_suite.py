"""The fast tests are some of all tests, and CI leaves none out."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from few import is_chosen

CI = Path(__file__).parents[1] / ".ci" / "run"


@pytest.mark.parametrize(
    ("count", "cases", "chosen"), [(1, 5, [0]), (2, 5, [0, 3]), (3, 7, [0, 3, 5]), (4, 4, [0, 1, 2, 3])]
)
def test_as_many_cases_are_chosen_as_wanted_and_they_lie_evenly(count, cases, chosen):
    assert [place for place in range(cases) if is_chosen(place, count, cases)] == chosen


def test_a_test_has_no_more_fast_cases_than_its_mark_says(request):
    wanted, fast = {}, Counter()
    for item in request.session.items:
        mark = item.get_closest_marker("few")
        if mark and not item.get_closest_marker("slow"):
            wanted[item.parent, item.originalname] = mark.args[0]
            fast[item.parent, item.originalname] += 1
    assert {test: count for test, count in fast.items() if count > wanted[test]} == {}


def test_ci_chooses_no_tests():
    [run] = [line for line in CI.read_text(encoding="utf-8").splitlines() if " pytest -n " in line]
    chosen, _, after = run.split(" pytest ")[1].partition(" || ")
    assert chosen.split() == ["-n", "5", "--dist", "loadfile", "--no-loadscope-reorder"]
    assert after == "failed=$?"  # what failed is tried once more


@pytest.mark.parametrize(("codes", "ended"), [([0], 0), ([1, 0], 0), ([1, 1], 1), ([2], 2), ([5], 5)])
def test_ci_tries_what_failed_once_more_and_nothing_else(tmp_path, codes, ended):
    stand_in = tmp_path / "bin" / "python"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nset -- {" ".join(map(str, codes))}\n'
        f"shift $(($(wc -l < {tmp_path}/asked) - 1))\nexit $1\n"
    )
    stand_in.chmod(0o700)
    [end] = re.findall(r"^failed=0\n.*?(?=^wait)", CI.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    script = f"set -euo pipefail\nvenv={tmp_path}\n{end}"
    assert subprocess.run(["bash", "-c", script], check=False).returncode == ended
    asked = (tmp_path / "asked").read_text().splitlines()
    assert ["--last-failed" in line for line in asked] == [False, True][: len(codes)]

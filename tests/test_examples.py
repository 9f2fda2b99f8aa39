"""How often the property tests try a promise in CI."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FEWEST = 200


@pytest.mark.slow
def test_ci_tries_two_hundred_examples():
    code = "import conftest; from hypothesis import settings; print(settings().max_examples)"
    paths = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"CI": "true", "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) >= FEWEST


def test_no_property_asks_for_fewer():
    text = {path.name: path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")}
    asked = [(name, int(count)) for name, lines in text.items() for count in re.findall(r"max_examples=(\d+)", lines)]
    assert [name for name, count in asked if count < FEWEST] == []

"""Libraries load less where it is not used, and work all the same."""

import os
import subprocess
import sys

import pytest

THREADS = "import os, numpy; print(len(os.listdir('/proc/self/task')))"
VALIDATE = """
import sys
from passage_kit.schema import make_ready
make_ready()
print(sys.modules.get("hypothesis") is not None)
"""


def printed(script: str, *, lean: bool) -> str:
    first = "from passage_kit.lean import do_without; do_without()\n" if lean else ""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    run = subprocess.run(
        [sys.executable, "-c", first + script], capture_output=True, check=True, text=True, env=environment
    )
    return run.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_no_thread_is_started_for_algebra():
    assert printed(THREADS, lean=True) == "1"


def test_pandera_validates_without_making_up_data():
    assert (printed(VALIDATE, lean=False), printed(VALIDATE, lean=True)) == ("True", "False")

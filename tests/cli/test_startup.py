"""The command tunes its own process; a process that imports the package stays as it was."""

import os
import platform
import shlex
import subprocess
import sys

import pytest
from waiting import LONG

COUNT_FAULTS = """
import resource, sys
from passage_kit.cli.startup import tune_process
if "tuned" in sys.argv:
    tune_process("prepare")
import numpy as np
import pyarrow as pa

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        several = [np.ones(900_000) for _ in range(4)]
        del several
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(faults(), pa.default_memory_pool().backend_name)
"""
COUNT_BYTES = """
import sys
from pathlib import Path
from passage_kit.cli.startup import tune_process
tune_process("prepare")
import numpy as np

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

before, array = held(), np.ones(8 << 20)
with_array = held()
small = np.ones(100)
del array
print(with_array - before, held() - before)
"""
STATE = """
import atexit, gc, logging, os, signal, sys, threading
import hypothesis, numpy, pandas, pandera.pandas, pyarrow, httpx, sqlalchemy

def state():
    signals = [signal.getsignal(number) for number in signal.valid_signals()]
    log = logging.getLogger()
    return (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), dict(os.environ), list(sys.meta_path),
            list(sys.path_hooks), signals, log.level, list(log.handlers), sys.modules.get("hypothesis", "not loaded"),
            pyarrow.default_memory_pool().backend_name, pyarrow.cpu_count(), os.getcwd(), sys.excepthook,
            threading.excepthook, pandas.get_option("mode.string_storage"), os.umask(0o22))

before = state()
"""
WORK = {
    "importing": "import passage_kit as pk; [getattr(pk, name) for name in pk.__all__]",
    "preparing": "import passage_kit as pk, pandas as pd; pk.prepare(pd.DataFrame({'email': ['a@example.org']}))",
    "the command, called within a process": (
        "from passage_kit.cli import main\ntry:\n    main(['codes'])\nexcept SystemExit:\n    pass"
    ),
}
SETTINGS = """
import sys
from passage_kit.cli.startup import tune_process
tune_process(sys.argv[1])
import gc, os
print(gc.isenabled(), os.environ.get("OPENBLAS_NUM_THREADS"))
"""


def printed(script: str, *arguments: str, **environment: str) -> list[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBLAS_", "PASSAGE_"))}
    run = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True, check=True, text=True, env={**inherited, **environment},
    )  # fmt: skip
    return run.stdout.split()


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="settings of glibc's allocator")
def test_an_array_takes_the_place_of_the_one_before():
    fetched, _ = printed(COUNT_FAULTS)
    reused, pool = printed(COUNT_FAULTS, "tuned")
    assert int(reused) < int(fetched) / 10
    assert pool == "system"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="settings of glibc's allocator")
def test_a_large_array_leaves_no_hole():
    with_array, without = map(int, printed(COUNT_BYTES))
    assert with_array > 60_000_000
    assert without < 5_000_000


@pytest.mark.slow
@pytest.mark.parametrize("work", WORK.values(), ids=WORK.keys())
def test_a_process_of_somebody_else_is_left_as_it_is(work):
    compare = "\nafter = state()\nprint('same' if before == after else [b for a, b in zip(before, after) if a != b])"
    assert printed(STATE + work + compare)[-1] == "same"


def test_the_collector_rests_only_where_a_command_ends_by_itself():
    assert printed(SETTINGS, "prepare") == ["False", "1"]
    assert printed(SETTINGS, "sandbox") == ["True", "None"]
    assert printed(SETTINGS, "lab") == ["True", "None"]


def test_one_switch_turns_everything_off():
    assert printed(SETTINGS, "prepare", PASSAGE_KIT_PLAIN="1") == ["True", "None"]


def test_a_system_with_another_allocator_is_left_alone():
    script = (
        "import ctypes, os\n"
        "def none(name): raise OSError(name)\n"
        "ctypes.CDLL = none\n"
        "from passage_kit.cli.startup import tune_process\n"
        "tune_process('prepare')\n"
        "print(os.environ.get('ARROW_DEFAULT_MEMORY_POOL'))"
    )
    assert printed(script) == ["None"]


def test_at_exit_everything_is_left_where_it_is():
    """What is called at exit is called in the reverse order, so the count comes after the freezing."""
    count = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0))"
    assert printed(f"{count}; from passage_kit.cli.startup import tune_process; tune_process('codes')") == ["True"]


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_no_thread_is_started_for_algebra():
    script = (
        "from passage_kit.cli.startup import tune_process; tune_process('prepare');"
        "import os, numpy; print(len(os.listdir('/proc/self/task')))"
    )
    assert printed(script) == ["1"]


def test_the_module_runs_the_command_line():
    run = subprocess.run([sys.executable, "-m", "passage_kit", "--version"], capture_output=True, text=True, check=True)
    assert "passage-kit, version" in run.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="closes streams by a POSIX shell")
def test_closed_streams_are_opened_on_nothing(tmp_path):
    """What is asked is refused as without a terminal, and no file takes the number of a closed stream."""
    (tmp_path / "users.csv").write_text("email\nanna@example.org\n", "utf-8")
    kit = f"exec {shlex.quote(sys.executable)} -m passage_kit"
    closed = "<&- >&- 2>&-"
    shell = {"shell": True, "cwd": tmp_path, "capture_output": True, "text": True}
    assert subprocess.run(f"{kit} prepare users.csv --out w {closed}", **shell).returncode == 0
    assert subprocess.run(f"{kit} push w --sandbox {closed}", **shell).returncode == 2
    asked = subprocess.run(f"{kit} push w --sandbox <&-", **shell)
    assert (asked.returncode, "no terminal to ask for consent: give --yes" in asked.stderr) == (2, True)
    assert subprocess.run(f"{kit} push w --sandbox --yes {closed}", **shell).returncode == 0
    csv = (tmp_path / "w" / "out" / "console_import.csv").read_text("utf-8")
    assert csv.splitlines()[1:] == ["anna@example.org,"]


INTERRUPTED = """
import threading
import click
from passage_kit.cli import startup
from passage_kit.cli.commands import commands

def work():
    # As a thread waits for the lock of imports that Ctrl-C left locked.
    threading.Thread(target=threading.Event().wait).start()
    print("some of it")
    raise KeyboardInterrupt

commands.add_command(click.Command("prepare", callback=work))
startup.run(["prepare"])
"""


def test_ctrl_c_waits_for_no_thread_that_cannot_end():
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=LONG, check=False
    )
    assert (ended.returncode, ended.stdout) == (130, "some of it\n")
    assert ended.stderr.strip() == "Interrupted: nothing was left half-written."

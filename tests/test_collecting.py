"""The search for cycles is held back, and comes back."""

import gc
import subprocess
import sys

import pytest

from passage_kit.collecting import no_collecting


def test_it_comes_back_after_an_error():
    def go_wrong() -> None:
        with no_collecting():
            raise ValueError(f"collecting: {gc.isenabled()}")

    with pytest.raises(ValueError, match="collecting: False"):
        go_wrong()
    assert gc.isenabled()


def test_it_stays_away_if_it_was_away():
    gc.disable()
    try:
        with no_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_after_the_last_work_nothing_there_is_looked_at_again():
    script = (
        "import gc; from passage_kit.collecting import no_collecting\n"
        "with no_collecting(last=True): cycles = [[] for _ in range(1000)]\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 1000, gc.collect() < 1000)"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert printed.stdout == "True True True\n"


def test_at_exit_everything_is_left_where_it_is():
    """What is called at exit is called in the reverse order, so the count comes after the freezing."""
    count = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0))"
    then = "from passage_kit.collecting import no_collecting_at_exit; no_collecting_at_exit()"
    printed = subprocess.run([sys.executable, "-c", f"{count}; {then}"], capture_output=True, text=True, check=True)
    assert printed.stdout == "True\n"

import io
import os
import sys
import time

import pytest

from passage_kit.progress import Calls, Stages, Tally, no_progress

WEIGHTS = {"read": 1, "map": 3}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def shown(monkeypatch):
    """What the stages print to a stream that is a terminal, or a pipe."""

    def on(stream):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((100, 30)))
        return stream

    return on


def run(pause: float) -> None:
    with Stages(WEIGHTS) as stages:
        stages.next()
        stages.next(rows=1_200)
        time.sleep(pause)


def test_a_quick_run_shows_nothing(shown):
    terminal = shown(Terminal())
    run(0)
    assert terminal.getvalue() == ""


def test_a_run_over_a_second_shows_stage_share_rows_and_time_left(shown):
    terminal = shown(Terminal())
    run(1.2)
    assert "map" in terminal.getvalue()
    assert "25%, 1,200 rows" in terminal.getvalue()
    assert "left" in terminal.getvalue()


def test_a_pipe_stays_clean(shown):
    pipe = shown(io.StringIO())
    run(1.2)
    assert pipe.getvalue() == ""


def test_a_machine_is_shown_nothing(shown):
    terminal = shown(Terminal())
    with no_progress():
        run(1.2)
    assert terminal.getvalue() == ""


def tally(pause: float) -> None:
    counts = {"created": 10, "existing": 0, "failed": 0}
    with Tally(1_200, lambda: counts, done=10) as bar:
        bar.show()
        time.sleep(pause)
        counts |= {"created": 700, "existing": 50, "failed": 2, "unknown": 1}
        bar.show()


def test_a_tally_shows_outcomes_rate_and_time_left(shown):
    terminal = shown(Terminal())
    tally(1.2)
    text = terminal.getvalue()
    assert "700 created · 50 existing · 2 failed · 1 unknown" in text
    assert "users/s" in text
    assert "left" in text


def test_a_tally_of_a_moment_or_for_a_machine_shows_nothing(shown):
    terminal = shown(Terminal())
    tally(0)
    with no_progress():
        tally(1.2)
    assert terminal.getvalue() == ""


def test_calls_of_a_cluster_are_counted_beside_the_page_that_shows_its_work(shown):
    terminal = shown(Terminal())
    with Calls("merge", 3, "http://127.0.0.1:8787/status") as calls:
        calls.next()
        time.sleep(1.2)
        calls.next()
    assert "merge" in terminal.getvalue()
    assert "2 of 3, http://127.0.0.1:8787/status" in terminal.getvalue()

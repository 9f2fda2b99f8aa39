import io
import os
import sys
import time

import pytest

from passage_kit.progress import Stages, no_progress

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

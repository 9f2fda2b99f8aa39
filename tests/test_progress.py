import io
import time

import pytest
from tqdm import tqdm

from passage_kit import progress
from passage_kit.progress import Stages


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def shown(monkeypatch):
    """What the stages print on a terminal, or in a pipe."""

    def on(file):
        monkeypatch.setattr(progress, "tqdm", lambda **options: tqdm(file=file, **options))
        return file

    return on


def test_a_quick_run_shows_nothing(shown):
    terminal = shown(Terminal())
    with Stages("read", "map") as stages:
        stages.next()
        stages.next()
    assert terminal.getvalue() == ""


def test_a_run_over_a_second_names_its_stage(shown):
    terminal = shown(Terminal())
    with Stages("read", "map") as stages:
        stages.next()
        stages.next()
        time.sleep(1.1)
    assert "map" in terminal.getvalue()


def test_a_pipe_stays_clean(shown):
    pipe = shown(io.StringIO())
    with Stages("read", "map") as stages:
        stages.next()
        time.sleep(1.1)
        stages.next()
    assert pipe.getvalue() == ""

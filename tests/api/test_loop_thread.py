import asyncio
import os
import threading
import time

import pytest
from waiting import BUSY, LONG, interrupted_when

from passage_kit.api.loop_thread import GRACE, THREAD, LoopThread


@pytest.fixture
def background():
    background = LoopThread()
    yield background
    background.close()


async def answer():
    return threading.current_thread().name


def test_it_runs_within_a_loop_that_is_running(background):
    async def notebook():
        return background.run(answer())

    assert asyncio.run(notebook()) == THREAD


def test_an_error_comes_back(background):
    async def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        background.run(fail())


def test_it_is_watched_from_the_thread_that_waits(background):
    seen = []
    background.run(asyncio.sleep(0.35), watch=lambda: seen.append(threading.current_thread()))
    assert set(seen) == {threading.main_thread()}


@pytest.mark.skipif(os.name == "nt", reason="Windows does not send Ctrl-C to one process alone")
@pytest.mark.parametrize("obeys", [True, False])
def test_an_interrupt_asks_to_stop_and_then_cancels(background, obeys):
    ended = []

    async def work():
        try:
            working.set()
            while obeys is False or not stopped:
                await asyncio.sleep(0.01)
            ended.append("stopped")
        except asyncio.CancelledError:
            ended.append("canceled")
            raise

    stopped, working = [], threading.Event()
    pressing = interrupted_when(working.is_set)
    with pytest.raises(KeyboardInterrupt):
        background.run(work(), stop=lambda: stopped.append(True))
    assert ended == ["stopped" if obeys else "canceled"]
    assert time.monotonic() - pressing.pressed < (GRACE + 1.0) * BUSY


def test_it_can_be_closed_twice_and_begins_anew(background):
    background.run(answer())
    background.close(answer)
    background.close(answer)
    assert background.run(answer()) == THREAD


@pytest.mark.skipif(os.name == "nt", reason="Windows does not send Ctrl-C to one process alone")
@pytest.mark.parametrize("obeys", [True, False])
def test_what_goes_wrong_while_it_ends_is_not_hidden_by_the_interrupt(background, obeys):
    stopped, working = [], threading.Event()

    async def work():
        try:
            working.set()
            while obeys is False or not stopped:
                await asyncio.sleep(0.01)
        finally:
            raise OSError("the disk is full")

    interrupted_when(working.is_set)
    with pytest.raises(OSError, match="the disk is full"):
        background.run(work(), stop=lambda: stopped.append(True))


async def fail_at_last():
    raise OSError("cannot be closed")


def test_an_error_at_the_end_is_raised_to_who_waits_for_it(background):
    background.run(answer())
    with pytest.raises(OSError, match="cannot be closed"):
        background.close(fail_at_last)


def test_an_error_at_the_end_that_nobody_waits_for_is_logged(background, caplog):
    background.run(answer())
    background.close(fail_at_last, wait_for_it=False)
    until = time.monotonic() + LONG
    while "cannot be closed" not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)
    assert "The connections could not be closed" in caplog.text
    assert "cannot be closed" in caplog.text

"""Work beside the page: in order, replaced by what is asked for later, handed over on the thread of the panels."""

import asyncio
import threading

import pytest
from waiting import LONG

from passage_kit.widgets.background import Background


def test_jobs_are_done_in_order_off_the_page():
    background, taken, threads = Background(), [], set()
    background.ask([(lambda n=n: threads.add(threading.get_ident()) or n, taken.append) for n in range(3)])
    background.wait()
    assert taken == [0, 1, 2]
    assert threading.get_ident() not in threads


def test_what_has_not_begun_gives_way_to_what_is_asked_for_later():
    background, taken, begun, go_on = Background(), [], threading.Event(), threading.Event()

    def first() -> str:
        begun.set()
        assert go_on.wait(LONG)
        return "first"

    background.ask([(first, taken.append), (lambda: "given up", taken.append)])
    assert begun.wait(LONG)
    background.ask([(lambda: "last", taken.append)])
    go_on.set()
    background.wait()
    assert taken == ["first", "last"]


def test_a_result_is_handed_over_on_the_thread_of_the_kernel():
    background, taken = Background(), []

    async def cell() -> None:
        background.ask([(threading.get_ident, lambda worker: taken.append((worker, threading.get_ident())))])
        background.wait()
        assert taken == []  # not in the middle of a cell
        await asyncio.sleep(0.05)

    asyncio.run(cell())
    [(worker, panel)] = taken
    assert panel == threading.get_ident() != worker


def test_an_error_of_a_job_is_raised_to_who_waits():
    background = Background()
    background.ask([(lambda: 1 // 0, print)])
    with pytest.raises(ZeroDivisionError):
        background.wait()


def test_an_error_is_not_forgotten_when_something_else_is_asked_for():
    background, taken = Background(), []
    failed = threading.Event()

    def fail() -> None:
        failed.set()
        raise ValueError("no")

    background.ask([(fail, print)])
    assert failed.wait(LONG)
    background.ask([(lambda: "next", taken.append)])
    with pytest.raises(ValueError, match="no"):
        background.wait()
    background.wait()  # said once
    assert taken == ["next"]


def test_the_kernel_logs_an_error_that_nobody_waits_for(caplog):
    async def cell() -> None:
        Background().ask([(lambda: 1 // 0, print)])
        while "ZeroDivisionError" not in caplog.text:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(cell(), LONG))
    assert "Work beside the page went wrong" in caplog.text

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from passage_kit.files.interrupts import interrupts_held


def test_the_block_is_done_before_ctrl_c_is_let_through():
    done = []

    def interrupted():
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            done.append("within")
        done.append("after")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["within"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_block_within_another_lets_it_through_at_the_end_of_the_outer_one():
    done = []

    def interrupted():
        with interrupts_held():
            with interrupts_held():
                signal.raise_signal(signal.SIGINT)
            done.append("still held")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["still held"]


def test_an_error_within_is_the_context_of_the_interrupt():
    def interrupted():
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            raise ValueError("halfway")

    with pytest.raises(KeyboardInterrupt) as caught:
        interrupted()
    assert isinstance(caught.value.__context__, ValueError)


def test_nothing_changes_in_another_thread():
    def handler_within():
        with interrupts_held():
            return signal.getsignal(signal.SIGINT)

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(handler_within).result() is signal.default_int_handler


def test_whoever_handles_ctrl_c_hears_of_it_at_the_end():
    heard = []
    usual = signal.signal(signal.SIGINT, lambda *_: heard.append("heard"))
    try:
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            assert not heard
        assert heard == ["heard"]
    finally:
        signal.signal(signal.SIGINT, usual)

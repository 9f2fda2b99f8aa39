"""Calls side by side: results in order, errors told, and never more threads than processors."""

import threading
import time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import LONG

from passage_kit.columns.parallel import in_pieces, together


@pytest.fixture(params=[1, 2, 5])
def processors(request):
    before = pa.cpu_count()
    pa.set_cpu_count(request.param)
    yield request.param
    pa.set_cpu_count(before)


def all_meet(processors: int) -> None:
    """Find that as many calls as there are processors are made at the same time."""
    meeting = threading.Barrier(processors)
    together(*[lambda: meeting.wait(LONG)] * processors)


def test_results_are_in_the_order_of_the_calls(processors):
    assert together(*(lambda at=at: time.sleep(0.001 * (at % 3)) or at for at in range(20))) == [*range(20)]
    assert together() == []


def test_calls_on_few_rows_are_made_by_the_caller():
    here = threading.get_ident()
    assert together(*[threading.get_ident] * 4, rows=4_999) == [here] * 4
    with pytest.raises(ZeroDivisionError):
        together(lambda: 1 // 0, here.bit_length, rows=0)


def test_no_more_threads_than_processors_are_at_work_however_calls_are_nested(processors):
    at_work: set[int] = set()
    most: list[int] = []
    all_at_work = threading.Event()

    def work():
        at_work.add(threading.get_ident())
        most.append(len(at_work))
        if len(at_work) >= processors:
            all_at_work.set()
        assert all_at_work.wait(LONG)
        time.sleep(0.002)
        at_work.discard(threading.get_ident())

    together(*(lambda: together(*[work] * 4) for _ in range(6)))
    assert len(most) == 24
    assert max(most) == processors


def test_threads_are_free_again_once_their_calls_are_made(processors):
    together(*[lambda: time.sleep(0.001)] * 8)
    all_meet(processors)


@pytest.mark.parametrize("processors", [2], indirect=True)
def test_a_thread_that_waits_lends_its_processor(processors):
    at_work = set()

    def work():
        if len(at_work) < processors:  # each call gives the other thread a moment to be lent
            time.sleep(0.005)
        at_work.add(threading.get_ident())

    together(lambda: None, lambda: together(*[work] * 5_000))
    assert len(at_work) == processors


def test_an_error_is_raised_and_what_was_not_begun_is_left(processors):
    made = []

    def go_wrong():
        time.sleep(0.005)
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        together(go_wrong, *[lambda: time.sleep(0.005) or made.append(1)] * 50)
    assert len(made) < 50
    all_meet(processors)  # all of them help again


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=4), st.integers(1, 4))
def test_pieces_are_the_column(chunks, rows):
    column = pa.chunked_array(chunks, pa.int64())
    pieces = in_pieces(column, pa.Array.to_pylist, rows=rows)
    assert [value for piece in pieces for value in piece] == column.to_pylist()
    assert all(len(piece) <= rows for piece in pieces)

import asyncio
import random
import time
from email.utils import formatdate
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.api import pacing
from passage_kit.api.pacing import LONGEST, LOWEST, Pace, back_off, retry_after

NOW = 1_795_000_000.0


class Clock:
    """A monotonic clock that sleeping moves."""

    def __init__(self, monkeypatch):
        self.now = 1_000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def turns(pace, count):
    async def take():
        return [await pace.turn() for _ in range(count)]

    return asyncio.run(take())


class TestRetryAfter:
    def test_seconds_and_dates(self):
        assert retry_after("0", None) == 0.0
        assert retry_after(" 30 ", None) == 30.0
        assert retry_after(formatdate(NOW + 9, usegmt=True), formatdate(NOW, usegmt=True)) == 9.0

    def test_the_clock_of_this_machine_does_not_matter(self, monkeypatch):
        monkeypatch.setattr(time, "time", lambda: NOW - 1e8)
        assert retry_after(formatdate(NOW + 9, usegmt=True), formatdate(NOW, usegmt=True)) == 9.0

    def test_a_date_that_has_passed_asks_for_no_pause(self):
        assert retry_after(formatdate(NOW - 9, usegmt=True), formatdate(NOW, usegmt=True)) == 0.0

    @pytest.mark.parametrize("value", [None, "", "soon", "-3", "1e3", "nan", "٣", "Mon, 99 Foo 2026", "1.2.3"])
    def test_what_cannot_be_understood_says_nothing(self, value):
        assert retry_after(value, None) is None

    @given(st.text(max_size=40), st.one_of(st.none(), st.text(max_size=40)))
    def test_no_header_breaks_it(self, value, date):
        wait = retry_after(value, date)
        assert wait is None or wait >= 0


@given(st.integers(1, 10_000))
def test_back_off_is_jittered_and_bounded(attempt):
    assert 0 < back_off(attempt) <= min(LONGEST, pacing.BASE * 2.0 ** min(attempt, 40))
    assert len({back_off(attempt) for _ in range(8)}) > 1


class TestPace:
    def test_without_a_limit_nobody_waits(self, clock):
        assert turns(Pace(), 100) == [1_000.0] * 100

    def test_a_limit_is_never_exceeded(self, clock):
        taken = turns(Pace(max_rps=50), 200)
        assert taken[-1] - taken[0] == pytest.approx(199 / 50)

    def test_a_refusal_holds_everybody_up_as_long_as_it_says(self, clock):
        pace = Pace()
        pace.refused(sent=clock.now, wait=4.0)
        assert 1_004.0 <= turns(pace, 1)[0] <= 1_004.1

    def test_it_is_halved_once_for_all_that_was_under_way(self, clock):
        pace = Pace(max_rps=400)
        sent = clock.now
        for _ in range(10):
            pace.refused(sent=sent, wait=0.0)
        assert pace.rate == 200
        clock.now += 1
        pace.refused(sent=clock.now, wait=0.0)
        assert pace.rate == 100

    def test_it_grows_by_the_same_step_and_not_above_the_limit(self, clock):
        pace = Pace(max_rps=400)
        pace.refused(sent=clock.now, wait=0.0)
        rates = []
        for _ in range(30):
            clock.now += 1
            pace.went_well()
            rates.append(pace.rate)
        steps = {round(later - earlier, 6) for earlier, later in pairwise(rates[:19])}
        assert len(steps) == 1
        assert rates[-1] == 400

    def test_refusals_in_a_row_make_longer_pauses_and_lower_rates(self, clock):
        pace = Pace()
        for _ in range(60):
            [sent] = turns(pace, 1)
            pace.refused(sent=sent, wait=None)
        assert pace.rate == LOWEST
        [resumed] = turns(pace, 1)
        assert resumed - sent >= 0.1 * LONGEST

    @pytest.mark.parametrize("told", [True, False])
    @pytest.mark.parametrize("every", [1.0, 10.0, 60.0])
    def test_a_service_that_takes_one_request_in_a_while_is_respected(self, clock, every, told):
        pace, last, accepted, refused = Pace(), -1e9, [], 0
        while len(accepted) < 60:
            [sent] = turns(pace, 1)
            if sent - last >= every:
                last = sent
                accepted.append(sent)
                pace.went_well()
            else:
                pace.refused(sent=sent, wait=every - (sent - last) if told else None)
                refused += 1
        assert refused <= len(accepted) * (1 if told else 15)
        assert accepted[-1] - accepted[0] <= (1.2 if told else 2.0) * every * len(accepted)

    def test_refusals_that_have_nothing_to_do_with_the_rate_do_not_bring_it_to_a_stop(self, clock):
        pace, chance = Pace(), random.Random(7)  # noqa: S311 - the same refusals each time
        for _ in range(1_000):
            [sent] = turns(pace, 1)
            if chance.random() < 0.3:
                pace.refused(sent=sent, wait=None)
            else:
                pace.went_well()
        assert clock.now - 1_000.0 < 200

    @pytest.mark.few(2)
    @pytest.mark.parametrize("told", [True, False])
    @pytest.mark.parametrize("limit", [0.7, 1.0, 1.5, 2.5, 5.0, 40.0])
    def test_refusals_of_a_real_limit_are_not_taken_for_random_ones(self, clock, limit, told):
        pace, tokens, last, accepted, refused = Pace(), 0.0, clock.now, 0, 0
        while accepted < 600:
            [sent] = turns(pace, 1)
            tokens, last = min(max(limit, 1.0), tokens + (sent - last) * limit), sent
            if tokens >= 1.0:
                tokens -= 1.0
                accepted += 1
                pace.went_well()
            else:
                refused += 1
                pace.refused(sent=sent, wait=(1.0 - tokens) / limit if told else None)
        assert refused < 1.1 * accepted
        assert clock.now - 1_000.0 < 2.5 * accepted / limit

    def test_refusals_now_and_then_that_say_how_long_to_wait_cost_little_more_than_their_pauses(self, clock):
        pace, chance, refused = Pace(), random.Random(7), 0  # noqa: S311 - the same refusals each time
        for _ in range(1_000):
            [sent] = turns(pace, 1)
            if chance.random() < 0.1:
                refused += 1
                pace.refused(sent=sent, wait=1.0)
            else:
                pace.went_well()
        assert clock.now - 1_000.0 < 6 * refused

    def test_many_who_wait_leave_one_by_one_in_the_order_they_came(self, clock):
        pace, left = Pace(max_rps=10), []

        async def leave(number):
            left.append((number, await pace.turn()))

        async def all_at_once():
            await asyncio.gather(*map(leave, range(20)))

        asyncio.run(all_at_once())
        assert [number for number, _ in left] == list(range(20))

    def test_a_service_that_takes_more_again_gets_more(self, clock):
        pace = Pace()
        for _ in range(40):
            [sent] = turns(pace, 1)
            pace.refused(sent=sent, wait=None)
        slow = pace.rate
        for _ in range(100):
            turns(pace, 1)
            pace.went_well()
        assert pace.rate > 3 * slow

    def test_a_rate_is_taken_from_what_was_seen_if_there_was_no_limit(self, clock):
        pace = Pace()
        for _ in range(50):
            clock.now += 0.01
            pace.went_well()
        pace.refused(sent=clock.now, wait=0.0)
        assert pace.rate == pytest.approx(50)

"""A rule that yields calls is followed by sync and by async applications alike."""

import asyncio

import pytest

from passage_kit.golive.stepping import run, run_async


def rule(calls):
    total = 0
    for call in calls:
        total += yield call
    return total


async def later(value):
    await asyncio.sleep(0)
    return value


def test_both_ways_give_what_the_rule_gives():
    assert run(rule([lambda: 1, lambda: 2])) == 3
    assert asyncio.run(run_async(rule([lambda: later(1), lambda: later(2)]))) == 3
    assert run(rule([])) == asyncio.run(run_async(rule([]))) == 0


def test_an_error_of_a_call_ends_the_rule():
    async def fails():
        raise LookupError

    steps = rule([lambda: [][0], lambda: 2])
    with pytest.raises(LookupError):
        run(steps)
    assert steps.gi_frame is None
    with pytest.raises(LookupError):
        asyncio.run(run_async(rule([fails])))

"""Refusals at the lowest rate tell whether slowing helps; more of them at a higher rate end the trial for good."""

import random

import pytest

from passage_kit.api.random_refusals import ANSWERS, RandomRefusals


def answers(trial, share, count, *, slow):
    chance = random.Random(3)  # noqa: S311 - the same refusals each time
    return [trial.count(refused=chance.random() < share, slow=slow) for _ in range(count)]


def test_a_share_that_stays_at_the_lowest_rate_is_random():
    trial = RandomRefusals()
    assert not any(answers(trial, 0.3, ANSWERS - 1, slow=True))
    assert all(answers(trial, 0.3, 4 * ANSWERS, slow=True)[ANSWERS:])
    assert trial.unchanged
    assert not trial.unchanged, "the next row has only begun"


@pytest.mark.parametrize(("share", "slow"), [(0.02, True), (0.9, True), (0.3, False)])
def test_few_refusals_or_most_or_those_at_a_high_rate_tell_nothing(share, slow):
    trial = RandomRefusals()
    assert not any(answers(trial, share, 10 * ANSWERS, slow=slow))
    assert not trial.unchanged


def test_more_refusals_at_a_higher_rate_end_the_trial_for_good():
    trial = RandomRefusals()
    assert answers(trial, 0.3, 4 * ANSWERS, slow=True)[-1]
    assert not answers(trial, 0.95, ANSWERS, slow=False)[-1]
    assert not any(answers(trial, 0.3, 4 * ANSWERS, slow=True))

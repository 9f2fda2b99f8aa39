"""Likeness: the most telling groups, the bound of their number, and nothing said twice."""

import numpy as np

from passage_kit.duplicates.likeness import (
    Likeness,
    at_most,
    group_sizes,
    most_rows,
    most_telling,
    nobody,
    not_yet_said,
)


def test_the_most_telling_groups_come_first_and_chances_are_left_out():
    rows, group = np.array([0, 1, 2, 3, 4, 5]), np.array([0, 0, 1, 1, 2, 2])
    expected = np.repeat([0.005, 0.5, 0.001], 2)
    chosen, rank = most_telling(rows, group, expected, 10_000)
    assert (chosen.tolist(), rank.tolist()) == ([0, 1, 4, 5], [1, 1, 0, 0])


def test_a_short_list_may_have_more_by_chance():
    rows, group = np.array([0, 1]), np.array([0, 0])
    assert len(most_telling(rows, group, np.full(2, 0.5), 10)[0]) == 2
    assert len(most_telling(rows, group, np.full(2, 0.5), 10_000)[0]) == 0


def test_as_many_groups_as_fit():
    pairs = Likeness(np.arange(6), np.array([1, 0, 2, 0, 1, 2]), "alike")
    assert at_most(pairs, 4).rows.tolist() == [0, 1, 3, 4]
    assert at_most(pairs, 1).rows.tolist() == []
    assert at_most(nobody("alike"), 4).rows.tolist() == []
    assert (most_rows(10), most_rows(10_000)) == (100, 300)


def test_what_an_earlier_likeness_says_is_left_out():
    before = Likeness(np.array([0, 1, 4, 5]), np.array([0, 0, 1, 1]), "before")
    then = Likeness(np.array([0, 1, 2, 3, 4, 0]), np.array([0, 0, 1, 1, 2, 2]), "then")
    left = not_yet_said(then, before, 6)
    assert (left.rows.tolist(), left.group.tolist()) == ([2, 3, 4, 0], [1, 1, 2, 2])
    assert group_sizes(left.group).tolist() == [2, 2, 2, 2]

"""Changes of lists of lines: unmade they give the list of before, and they move no line of anybody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.workspace.line_changes import LineChange

lists = st.lists(st.sampled_from("abcde"), max_size=8)
own = st.lists(st.sampled_from("ABC"), max_size=4)


def in_order(lines, others):
    """Those lines that are somebody else's, in order."""
    return [line for line in lines if line in others]


@pytest.mark.parametrize("ordered", [False, True])
@given(before=st.lists(st.sampled_from("abcdefgh"), unique=True), taken=st.sets(st.sampled_from("abcdefgh")), put=own)
def test_a_change_unmade_gives_what_was_before(ordered, before, taken, put):
    after = [line for line in before if line not in taken] + put
    change = LineChange.of(before, after, ordered=ordered)
    assert change.made_in(before) == after
    assert change.backwards.made_in(after) == before


@given(before=lists, after=lists)
def test_an_ordered_change_tells_moves_too(before, after):
    change = LineChange.of(before, after, ordered=True)
    assert bool(change) == (before != after)
    assert change.made_in(before) == after
    assert change.backwards.made_in(after) == before


@given(before=own, after=own, others=st.lists(st.sampled_from("xyz"), max_size=6), seed=st.randoms())
def test_lines_of_others_stay_in_their_order(before, after, others, seed):
    change = LineChange.of(before, after)
    today = list(others)
    at = 0
    for line in after:
        at = seed.randint(at, len(today))
        today.insert(at, line)
        at += 1
    unmade = change.backwards.made_in(today)
    assert in_order(unmade, "xyz") == others
    assert sorted(in_order(unmade, "ABC")) == sorted(before)


@given(before=lists, after=lists)
def test_it_is_not_made_where_a_line_is_missing(before, after):
    change = LineChange.of(before, after)
    if change.out:
        assert change.made_in([line for line in before if line != change.out[0][1]]) is None

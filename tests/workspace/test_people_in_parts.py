"""A few rows of a list place fixes as the whole list does, however it is cut into parts."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_fixes import FIELDS, frame, people, refreshed

from passage_kit.duplicates.decisions import decide, no_decisions
from passage_kit.workspace.corrections import correct, no_corrections
from passage_kit.workspace.fixed_rows import Note, SourceState
from passage_kit.workspace.fixes import FormerFixes, place_fixes
from passage_kit.workspace.people_in_parts import looked_for, signs_of, with_signs


def few_rows(users, size, former):
    """Give the rows that parts of a list find, as the steps of a cluster do."""
    parts = [users.iloc[at : at + size] for at in range(0, len(users), size)]
    named = pd.concat([looked_for(part, former.rows, former.identities) for part in parts])
    signs = signs_of(named)
    every = pd.concat([named, *(with_signs(part, signs) for part in parts)])
    return every[~every.index.duplicated()].sort_index()


@pytest.mark.slow
@given(data=st.data(), keyed=st.booleans(), by_hand=st.booleans(), size=st.integers(1, 5))
def test_few_rows_place_fixes_as_the_whole_list_does(data, keyed, by_hand, size):
    former = data.draw(people())
    later = data.draw(refreshed(former))
    before, today = frame(former, keyed), frame(later, keyed)
    corrections, decisions = no_corrections(), no_decisions()
    for row in data.draw(st.sets(st.integers(1, len(former) + 1))):
        field = data.draw(st.sampled_from(FIELDS))
        corrections = correct(corrections, [row], field, f"{row}.fix", users=None if by_hand else before)
    if len(former) > 1:
        decisions = decide(decisions, [1, 2], data.draw(st.sampled_from(["apart", "merge", "rule"])))
    note = Note()
    for users, state in ((before, SourceState("former")), (today, SourceState("later"))):
        fixes = FormerFixes(corrections, decisions, note)
        whole, few = (
            place_fixes(rows, corrections, decisions, note, state) for rows in (users, few_rows(users, size, fixes))
        )
        pd.testing.assert_frame_equal(few.corrections, whole.corrections)
        pd.testing.assert_frame_equal(few.decisions, whole.decisions)
        pd.testing.assert_frame_equal(few.noted, whole.noted)
        assert few.moved == whole.moved
        corrections, decisions, note = whole.corrections, whole.decisions, Note(whole.noted, state)


def test_a_value_that_a_million_rows_have_gives_two_of_them():
    users = frame(people_of_one_phone(1_000), keyed=False)
    signs = {**dict.fromkeys(("key", "email", "cells"), pa.array([], pa.string())), "digits": pa.array(["14155552671"])}
    assert len(with_signs(users, signs)) == 2


def people_of_one_phone(count):
    from test_fixes import Person

    return [Person(number, "", f"p{number}@example.org", "+1 415 555 2671", "Oslo") for number in range(count)]

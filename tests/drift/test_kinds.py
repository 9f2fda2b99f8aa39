"""Which side of a difference is mended."""

import pytest

from passage_kit.drift.kinds import KINDS, Values, judge

OLD, NEW, OTHER = "ann@old.org", "ann@new.org", "ann@other.org"


def side(table, passage, prepared, *, verified=True, corrected=False, has=True, trust=None, raw=...):
    raw = table if raw is ... else raw
    return judge(Values(raw, table, passage, prepared, has, corrected, verified), trust)


def test_the_side_that_still_has_the_prepared_value_is_updated():
    assert side(OLD, NEW, OLD) == ("differs", "table")
    assert side(NEW, OLD, OLD) == ("differs", "passage")


def test_what_nobody_has_verified_does_not_reach_the_table_by_itself():
    assert side(OLD, NEW, OLD, verified=False) == ("differs", "decide")
    assert side(OLD, NEW, None, has=False, verified=False, trust="passage") == ("differs", "decide")


def test_where_both_have_changed_a_person_decides():
    assert side(NEW, OTHER, OLD) == ("differs", "decide")
    assert side(NEW, OTHER, OLD, trust="table") == ("differs", "passage")
    assert side(NEW, OTHER, OLD, trust="passage") == ("differs", "table")


def test_without_a_preparation_a_person_decides():
    assert side(NEW, OLD, None, has=False) == ("differs", "decide")


def test_a_corrected_value_is_not_taken_for_a_change_of_the_table():
    assert side("ann@gmial.com", "ann@gmail.com", "ann@gmail.com", corrected=True) == ("differs", "decide")


def test_a_withheld_value_is_no_drift():
    assert side("+14155550101", None, None, corrected=True) is None
    assert side(None, None, None, raw="12345") is None


def test_a_value_that_the_table_got_since_goes_to_passage():
    assert side("+14155550101", None, None) == ("differs", "passage")


def test_a_value_that_was_lost_in_the_table_is_decided_by_a_person():
    assert side(None, OLD, OLD, raw=None) == ("differs", "decide")  # the survivor may have got it from an absorbed row


def test_what_is_no_identifier_is_corrected_in_the_table():
    assert side(None, OLD, OLD, raw="n/a") == ("unreadable", "table")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_says_what_it_means_and_what_to_do(kind):
    assert all(text.endswith(".") for text in KINDS[kind])

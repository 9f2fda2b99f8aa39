"""A changed export: which columns are gone and new, which targets lost theirs, and what is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.mapping.changed_columns import compare_columns, known_columns
from passage_kit.mapping.mapping import Constant, FieldMapping

MAPPING = FieldMapping({"email": "Mail", "name": ["First", "Last"], "region": "Land", "city": Constant("Ulm")})
KNOWN = ["Mail", "First", "Last", "Land", "Notes"]


def test_the_same_columns_in_another_order_are_no_change():
    changed = compare_columns(MAPPING, reversed(KNOWN), known=KNOWN)
    assert (changed.gone, changed.new, changed.lost) == ((), (), {})
    assert len(changed.findings()) == 0


def test_gone_new_and_lost():
    changed = compare_columns(MAPPING, ["Mail", "First", "Surname", "Land"], known=KNOWN)
    assert changed.gone == ("Last", "Notes")
    assert changed.new == ("Surname",)
    assert changed.lost == {"name": ("Last",)}
    found = changed.findings()[["field", "code", "effect"]].to_numpy().tolist()
    assert found == [
        ["Last", "column_gone", "warning"],
        ["Notes", "column_gone", "warning"],
        ["Surname", "column_new", "warning"],
    ]


def test_without_the_former_columns_nothing_is_called_new():
    changed = compare_columns(MAPPING, ["Mail", "First", "Surname", "Land"])
    assert (changed.gone, changed.new, changed.unused) == (("Last",), (), ("Surname",))
    assert "Not used yet are: 'Surname'." in changed.question()


def test_the_question_names_both_and_the_answers():
    asked = compare_columns(MAPPING, ["Mail", "First", "Zip", "Last name", "Land"], known=KNOWN).question()
    assert "name took 'Last'" in asked
    assert "New are: 'Zip', 'Last name'." in asked
    assert '`--map "name=Last name"`' in asked
    assert '`--map "name="`' in asked


def test_no_mapping_loses_nothing():
    changed = compare_columns(None, ["A"], known=["B"])
    assert (changed.gone, changed.new, changed.lost) == (("B",), ("A",), {})


@pytest.mark.parametrize("value", ["ann@example.org", "+14155552671"])
def test_a_column_that_is_called_like_a_person_is_masked(value):
    asked = compare_columns(FieldMapping({"email": value}), ["Mail"], known=[value]).question()
    assert value not in asked


def test_a_name_like_a_person_is_neither_kept_nor_new():
    columns = ["Mail", "ann@example.org", "+14155552671"]
    assert known_columns(columns) == ("Mail",)
    assert compare_columns(None, columns, known=["Mail"]).new == ()


names = st.lists(st.sampled_from("ABCDEFG"), unique=True)


@given(names, names, names)
def test_every_column_is_the_same_gone_or_new(before, now, mapped):
    mapping = FieldMapping({f"target {name}": name for name in mapped})
    changed = compare_columns(mapping, now, known=before)
    assert {*changed.gone} == {*before, *mapped} - {*now}
    assert {*changed.new} == ({*now} - {*before} - {*mapped} if before else set())
    assert {*changed.lost} == {f"target {name}" for name in mapped if name not in now}
    assert {*changed.unused} == {*now} - {*mapped}

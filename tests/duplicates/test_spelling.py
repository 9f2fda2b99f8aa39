"""Spelling: what is one name in spite of case, accents and order, and which columns hold names."""

import pytest

from passage_kit.columns.users_frame import arrow, users_frame
from passage_kit.duplicates.spelling import column_about, name_columns_of, names_alike, spelled_alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "ZOE"),
        ("Strauß", "strauss"),
        ("Søren", "Soren"),
        ("Łukasz", "lukasz"),
        ("e\u0301", "é"),
        (" Ann ", "Ann"),
    ],
)
def test_one_spelling(one, other):
    first, second = spelled_alike(arrow(users_frame({"name": [one, other]})["name"])).to_pylist()
    assert first == second


def test_other_letters_and_signs_stay_apart():
    values = ["Ann", "Anna", "C", "C++", "12", "1.2", None]
    assert len(set(spelled_alike(arrow(users_frame({"name": values})["name"])).to_pylist())) == len(values)


def test_a_value_is_spelled_alike_whether_or_not_another_one_has_accents():
    values = [f"Ann{chr(code)}B" for code in range(128)]
    plain = users_frame({"name": values})
    mixed = users_frame({"name": [*values, "Zoë"]})
    assert spelled_alike(arrow(plain["name"])).to_pylist() == spelled_alike(arrow(mixed["name"])).to_pylist()[:-1]
    assert names_alike(plain).to_pylist() == names_alike(mixed).to_pylist()[:-1]


def test_names_in_any_order():
    users = users_frame({"first_name": ["Anna Maria", "Berg", None], "last_name": ["Berg", "maria, anna", "Berg"]})
    first, second, third = names_alike(users).to_pylist()
    assert first is not None
    assert third is None
    assert second == "anna maria berg"
    whole = users_frame({"name": ["Anna Berg", "BERG, Anna", "-"]})
    assert names_alike(whole).to_pylist() == ["anna berg", "anna berg", None]


def test_no_names():
    assert names_alike(users_frame({"city": ["Lyon"]})) is None
    assert name_columns_of(["first_name", "city"]) == []
    assert column_about(["city", "Geburtsdatum"], "birth date") == "Geburtsdatum"
    assert column_about(["city"], "birth date") is None

"""A person has an email or a phone of their own; a page, a device or a folder has none."""

import pytest

from passage_kit.reading.json.person_likeness import (
    LIKELY,
    SURE,
    UNLIKELY,
    is_page,
    level_of,
    look_of,
    map_of_people,
    own_level,
)

ANN = {"id": "7", "email": "ann@example.org"}


@pytest.mark.parametrize(
    ("entry", "level"),
    [
        (ANN, SURE),
        ({"id": "7", "contact": {"phone": "+12025550101"}}, SURE),
        ({"emails": [{"address": "ann@example.org"}]}, SURE),
        ({"identities": [{"type": "email", "value": "ann@example.org"}]}, SURE),
        ({"attributes": [{"name": "email", "value": "ann@example.org"}]}, SURE),
        ({"username": "ann", "age": None}, LIKELY),
        ({"id": "7", "name": "Phone", "price": True}, UNLIKELY),
        ({"orders": [{"email": "ann@example.org"}]}, UNLIKELY),
        ({}, UNLIKELY),
    ],
)
def test_how_much_an_object_looks_like_a_person(entry, level):
    assert look_of(entry) == level


def test_objects_within_do_not_count_as_the_own_level():
    assert own_level({"id": "7", "contact": {"email": "ann@example.org"}}) == UNLIKELY


def test_a_fifth_of_a_list_tells_what_it_holds():
    assert level_of([ANN] + [{"id": "8"}] * 4) == SURE
    assert level_of([ANN] + [{"id": "8"}] * 5) == UNLIKELY
    assert level_of([{"login": "ann"}, "ann", None]) == LIKELY


def test_a_page_has_a_list_of_people_and_no_address():
    assert is_page({"total": "1", "users": [ANN]})
    assert not is_page({"email": "team@example.org", "members": [ANN]})
    assert not is_page({"user": ANN})


def test_a_map_has_people_by_their_names_and_parts_of_one_person_are_no_map():
    people = {"u1": ANN, "u2": {"id": "8", "email": "bo@example.org"}}
    assert map_of_people(people) == people
    assert map_of_people({"ann@example.org": {"city": "Ulm"}}) == {"ann@example.org": {"city": "Ulm"}}
    assert map_of_people({"home": ANN, "work": ANN}) == {}


def test_tables_by_id_beside_one_another_are_no_people():
    assert map_of_people({"people::user": {"1": ANN, "2": ANN}, "shop::article": {"1": {"id": "1"}}}) == {}
    people = {"1": {"profile": ANN}, "2": {"profile": ANN}}
    assert map_of_people(people) == people

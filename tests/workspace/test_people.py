"""What tells a row from all others, and the search for it in another state of the source."""

import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.workspace.people import find_people, identities_of

ANN = {"email": "ann@example.org", "phone": "+1 415 555 2671", "city": "Lyon"}
BO = {"email": "bo@example.org", "phone": "+1 415 555 2672", "city": "Oslo"}


def frame(*rows):
    return users_frame(
        {name: [row.get(name) for row in rows] for name in dict.fromkeys(key for row in rows for key in row)}
    )


def found(former, today):
    return find_people(today, identities_of(former)).rows.astype(object).where(lambda rows: rows.notna(), None).tolist()


@pytest.mark.parametrize(
    ("today", "row"),
    [
        ([BO, ANN], 2),
        ([BO, ANN | {"city": "Ulm"}], 2),
        ([BO, ANN | {"email": " ANN@example.org"}], 2),
        ([BO, ANN | {"email": "ann@example.net"}], None),
        ([BO, ANN | {"phone": None}], None),
        ([BO | {"phone": ANN["phone"]}, ANN], None),
        ([ANN | {"email": BO["email"]}, BO | {"email": ANN["email"]}], None),
        ([ANN, ANN], None),
        ([BO], None),
    ],
)
def test_two_identifiers_of_their_own_name_a_person(today, row):
    assert found(frame(ANN), frame(*today)) == [row]


@pytest.mark.parametrize(
    "one", [{"email": "ann@example.org"}, {"email": "n/a", "phone": "0000000000"}, {"phone": "12"}]
)
def test_less_than_that_names_a_person_only_with_all_the_rest_of_the_row(one):
    former = {"email": None, "phone": None, "city": "Lyon"} | one
    assert found(frame(former), frame(BO, former)) == [2]
    assert found(frame(former), frame(BO, former | {"city": "Ulm"})) == [None]


def test_a_key_names_a_person_whatever_else_has_changed():
    former = frame(ANN | {"source_key": "c1"}, BO | {"source_key": "c2"})
    assert found(former, frame(BO | {"source_key": "c1"}, ANN | {"source_key": "c9"})) == [1, None]


def test_cells_that_hold_the_separator_are_no_others():
    one, other = {"email": "a\x1fb", "phone": "c"}, {"email": "a", "phone": "b\x1fc"}
    assert found(frame(one), frame(other)) == [None]


def test_nobody_is_found_by_blanks():
    assert found(frame({"email": None, "city": None}), frame({"email": None, "city": None})) == [None]

"""Users tables of SQLAlchemy: values of new rows, and mistakes in the options."""

import pytest
import sqlalchemy as sa
from signing_in import ID, OTHER, Account, add, rows, store_of
from sqlalchemy.exc import IntegrityError

from passage_kit.errors import OptionError
from passage_kit.golive import LinkNote, PassagePerson, SqlUsers

ANNA = PassagePerson(ID, email="anna@example.org")


def test_further_values_of_a_new_row_come_from_the_application(application):
    store = store_of(application, new_user=lambda person: {"handle": person.email.split("@")[0], "plan": "trial"})
    made = store.create(ANNA, LinkNote(ID, "created"))
    assert (made.handle, made.plan) == ("anna", "trial")


def test_a_value_that_somebody_else_has_makes_no_row(application):
    store = store_of(application, new_user=lambda _: {"handle": "anna"})
    add(store, Account(handle="anna", email="first@example.org"))
    assert store.create(ANNA, LinkNote(ID, "created")) is None
    assert rows(store) == [("first@example.org", None)]
    assert list(store.notes()) == []


def test_a_row_that_the_table_refuses_is_an_error(application):
    store = store_of(application, new_user=lambda _: {"active": None})
    with pytest.raises(IntegrityError):
        store.create(ANNA, LinkNote(ID, "created"))
    assert rows(store) == []


def test_without_phone_and_active_flag_neither_is_asked(application):
    store = store_of(application, phone=None, active=None, email=None)
    add(store, Account(phone="+12025550123", passage_id=OTHER, active=False))
    assert store.is_active(store.find(OTHER)) is True
    assert list(store.matches(PassagePerson(ID, email="a@example.org", phone="+12025550123"))) == []


@pytest.mark.parametrize("option", ["passage_id", "email", "phone", "active"])
def test_an_attribute_that_is_none_is_refused(option):
    with pytest.raises(OptionError, match=f"{option}: Account has no attribute 'nothing'"):
        SqlUsers(sa.create_engine("sqlite://"), Account, **{option: "nothing"})

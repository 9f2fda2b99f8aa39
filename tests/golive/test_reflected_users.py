"""A users table that is known by its name alone."""

import pytest
import sqlalchemy as sa
from servers import written
from signing_in import ID, Account, Base, add, store_of

from passage_kit.errors import DatabaseError, OptionError
from passage_kit.golive import LinkNote, list_links, open_users_table, settle_hold, undo_link


@pytest.fixture
def store(application):
    return store_of(application)


def test_links_are_listed_undone_and_settled_by_the_name_of_the_table_alone(store, application):
    [key, other] = add(store, Account(email="anna@example.org"), Account(email="bo@example.org"))
    store.link(key, LinkNote(ID, "linked", str(key), "verified_email"))
    with open_users_table(written(application), "accounts") as users:
        assert [(note.passage_id, note.user_key) for note in list_links(users)] == [(ID, str(key))]
        assert undo_link(users, ID)
        assert settle_hold(users, ID, key=users.key_from(str(other)))
        assert users.key_of(users.find(ID)) == other
    assert [note.event for note in store.notes(ID)] == ["linked", "undone", "linked"]


@pytest.mark.parametrize(
    ("table", "column", "said"),
    [
        ("nobody", "passage_id", "There is no table nobody"),
        ("accounts", "ref", "accounts has no column ref"),
        ("accounts", "email", "not unique"),
        ("passage_links", "passage_id", "not unique"),
    ],
)
def test_a_table_that_does_not_fit_is_said(sqlite, table, column, said):
    store_of(sqlite)
    with pytest.raises(DatabaseError, match=said), open_users_table(written(sqlite), table, column=column):
        pytest.fail("it was opened")


def test_a_table_without_the_record_is_said(sqlite):
    engine = sa.create_engine(sqlite)
    Base.metadata.create_all(engine, tables=[Account.__table__])
    engine.dispose()
    with pytest.raises(DatabaseError, match="passage_links"), open_users_table(written(sqlite), "accounts"):
        pytest.fail("it was opened")


def test_what_the_database_says_meanwhile_is_an_error_of_the_kit(sqlite):
    store_of(sqlite)
    with pytest.raises(DatabaseError, match="no such table"), open_users_table(written(sqlite), "accounts") as users:
        users._in_one(lambda session: session.execute(sa.text("SELECT * FROM gone")))


def test_a_key_of_another_kind_is_refused(sqlite):
    store_of(sqlite)
    with open_users_table(written(sqlite), "accounts") as users:
        assert users.key_from("7") == 7
        with pytest.raises(OptionError, match=r"none of accounts\.id, expected int"):
            users.key_from("seven")

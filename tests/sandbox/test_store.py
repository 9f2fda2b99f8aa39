"""What the sandbox remembers, and what the switches do to it."""

import os
import sqlite3
import threading

import pytest

import passage_kit as pk
from passage_kit.sandbox.contract import RefusedError, Unknowns
from passage_kit.sandbox.list_query import read_query
from passage_kit.sandbox.store import NewUser, Store


@pytest.fixture
def store_of():
    """Make a store with switches; it is closed afterwards."""
    stores = []

    def make(path=None, **switches):
        stores.append(Store(path, Unknowns(**switches)))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


ANNA = NewUser("anna@example.org", "+12025550123", {"plan": "pro", "age": 41})


def test_a_new_user_has_every_key_in_its_form(store_of):
    store = store_of()
    user_id, made = store.create(ANNA)
    user = store.get(user_id)
    assert made is True
    assert user == {
        "created_at": user["updated_at"],
        "email": "anna@example.org",
        "email_verified": False,
        "external_id": "",
        "id": user_id,
        "last_login_at": "0001-01-01T00:00:00Z",
        "login_count": 0,
        "phone": "+12025550123",
        "phone_verified": False,
        "status": "pending",
        "updated_at": user["updated_at"],
        "user_metadata": {"plan": "pro", "age": 41},
        "recent_events": [],
        "social_connections": {},
        "webauthn": False,
        "webauthn_devices": [],
        "webauthn_types": [],
    }
    [item] = store.every_user()
    assert user.items() >= item.items()
    assert user.keys() - item.keys() == {
        "recent_events",
        "social_connections",
        "webauthn",
        "webauthn_devices",
        "webauthn_types",
    }


@pytest.mark.parametrize("status", ["pending", "active", "inactive"])
def test_the_status_after_creation_is_a_switch(store_of, status):
    store = store_of(new_status=status)
    assert store.get(store.create(ANNA)[0])["status"] == status


@pytest.mark.parametrize(("switch", "value"), [("null", None), ("object", {})])
@pytest.mark.parametrize("metadata", [None, {}])
def test_how_no_metadata_appears_is_a_switch(store_of, switch, value, metadata):
    store = store_of(no_metadata=switch)
    assert store.get(store.create(NewUser("a@example.org", None, metadata))[0])["user_metadata"] == value


@pytest.mark.parametrize(
    "again", [NewUser("anna@example.org"), NewUser(None, "+12025550123"), NewUser("anna@example.org", "+12025550199")]
)
def test_a_repeated_identifier_gives_the_existing_user(store_of, again):
    store = store_of()
    user_id, _ = store.create(ANNA)
    before = store.get(user_id)
    assert store.create(again) == (user_id, False)
    assert store.get(user_id) == before
    assert store.count() == 1


def test_of_two_users_with_the_identifiers_the_one_with_the_email_is_given(store_of):
    store = store_of()
    store.create(NewUser(None, "+12025550123"))
    by_email, _ = store.create(NewUser("anna@example.org"))
    assert store.create(ANNA) == (by_email, False)


def test_a_repeated_identifier_is_refused_if_the_switch_says_so(store_of):
    store = store_of(repeated="refused")
    user_id, _ = store.create(ANNA)
    with pytest.raises(RefusedError, match=r"^user: already exists\.$"):
        store.create(NewUser("anna@example.org", None, {"plan": "free"}))
    assert store.get(user_id)["user_metadata"] == ANNA.metadata
    assert store.create_all([ANNA]) == [(user_id, False)]  # an import and a magic link are never refused


@pytest.mark.parametrize(
    ("switch", "metadata"),
    [
        ("kept", {"plan": "pro", "age": 41}),
        ("merged", {"plan": "free", "age": 41, "team": 7}),
        ("replaced", {"plan": "free", "team": 7}),
    ],
)
def test_what_a_repeated_creation_does_to_metadata_is_a_switch(store_of, switch, metadata):
    store = store_of(repeated_metadata=switch)
    user_id, _ = store.create(ANNA)
    store.create(NewUser("anna@example.org", None, {"plan": "free", "team": 7}))
    assert store.get(user_id)["user_metadata"] == metadata
    store.create(NewUser("anna@example.org"))
    assert store.get(user_id)["user_metadata"] == metadata


@pytest.mark.parametrize(
    ("switch", "metadata"), [("merged", {"plan": "free", "age": 41}), ("replaced", {"plan": "free"})]
)
def test_what_an_update_does_to_metadata_is_a_switch(store_of, switch, metadata):
    store = store_of(patched_metadata=switch)
    user_id, _ = store.create(ANNA)
    before = store.get(user_id)
    changed = store.update(user_id, NewUser(None, None, {"plan": "free"}))
    assert changed["user_metadata"] == metadata
    assert changed["updated_at"] > before["updated_at"]
    same = {"updated_at", "user_metadata"}
    assert {k: v for k, v in changed.items() if k not in same} == {k: v for k, v in before.items() if k not in same}


def test_an_update_to_an_identifier_of_someone_else_is_refused(store_of):
    store = store_of()
    user_id, _ = store.create(ANNA)
    store.create(NewUser("bo@example.org"))
    before = store.every_user()
    with pytest.raises(RefusedError, match=r"^user: already exists\.$"):
        store.update(user_id, NewUser("bo@example.org"))
    assert store.every_user() == before


def test_a_deleted_user_leaves_identifier_and_devices_behind_to_nobody(store_of):
    store = store_of()
    user_id, _ = store.create(ANNA)
    store.sign_in(user_id)
    store.delete(user_id)
    for use in (store.get, store.delete, store.devices, store.check_user, store.sign_in):
        with pytest.raises(RefusedError, match="User not found"):
            use(user_id)
    again, made = store.create(ANNA)
    assert made
    assert store.devices(again) == []


def test_an_error_in_the_middle_of_many_takes_all_back(store_of):
    store = store_of()

    def users():
        yield ANNA
        raise KeyError

    with pytest.raises(KeyError):
        store.create_all(users())
    assert store.count() == 0


def test_threads_take_turns(store_of):
    store = store_of()

    def create(start):
        for number in range(start, start + 300):
            store.create(NewUser(f"u{number % 400}@example.org"))

    threads = [threading.Thread(target=create, args=[start]) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count() == 400


def test_a_file_keeps_users_and_credentials(store_of, tmp_path):
    path = tmp_path / "sandbox.sqlite"
    first = store_of(path)
    first.create(ANNA)
    kept = first.app_id, first.api_key, first.created_at, first.every_user()
    first.close()
    second = store_of(path)
    assert (second.app_id, second.api_key, second.created_at, second.every_user()) == kept
    assert store_of().app_id != first.app_id


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")
def test_the_file_is_private(store_of, tmp_path):
    store_of(tmp_path / "sandbox.sqlite")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_file_of_something_else_is_left_alone(store_of, tmp_path):
    path = tmp_path / "notes.sqlite"
    path.write_text("not a database, and longer than the header of one would have to be" * 10)
    before = path.read_bytes()
    with pytest.raises(pk.OutputError, match="not a database"):
        store_of(path)
    assert path.read_bytes() == before


def test_values_are_bound_and_never_part_of_the_sql(store_of):
    store = store_of()
    user_id, _ = store.create(NewUser("x');drop--@example.org", None, {"a": "'; DROP TABLE users; --"}))
    assert store.get(user_id)["user_metadata"] == {"a": "'; DROP TABLE users; --"}
    with pytest.raises(RefusedError):
        store.get("' OR 1=1 --")


def test_closing_lets_go_of_the_file(tmp_path):
    store = Store(tmp_path / "sandbox.sqlite", Unknowns())
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.count()


def test_pages_in_a_row_are_those_by_their_numbers(store_of):
    """A page is looked for where the one before ended, unless something has changed since."""
    store = store_of()
    ids = [store.create(NewUser(email=f"user{n}@example.org"))[0] for n in range(9)]
    anchor = [("created_before", "4102444800"), ("order_by", "created_at:ASC"), ("limit", "2")]

    def page(number):
        return [user["id"] for user in store.select(read_query([*anchor, ("page", str(number))], 15))[1]]

    assert [page(number) for number in (1, 2, 3, 4, 5, 6)] == [ids[0:2], ids[2:4], ids[4:6], ids[6:8], ids[8:], []]
    assert page(2) == ids[2:4]
    store.delete(ids[0])
    assert page(3) == ids[5:7]
    assert [page(1), page(4)] == [ids[1:3], ids[7:]]

"""From a request to the application's own user, end to end: found, linked, created once, or refused."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from long_runs import LONG
from signing_in import (
    ID,
    Account,
    add,
    async_store_of,
    authenticator_of,
    bearing,
    engine_of,
    parts_of,
    register,
    rows,
    store_of,
)  # fmt: skip
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from passage_kit.errors import DatabaseError, OptionError
from passage_kit.golive import (
    AccountHeldError,
    AsyncAuthenticator,
    AuthenticationUnavailableError,
    Incoming,
    NotAuthenticatedError,
    OriginRefusedError,
    SqlUsers,
)
from passage_kit.sandbox import Fault

AT_ONCE = 24
MANY = 1_000 if LONG else 10 * AT_ONCE  # requests; who makes the row is settled among the first


@pytest.fixture
def store(sqlite):
    return store_of(sqlite)


@pytest.fixture
def authenticator(sandbox, store):
    return authenticator_of(sandbox, store)


def test_somebody_with_a_row_is_found_without_asking_passage(sandbox, store, authenticator):
    user_id = register(sandbox, email="anna@example.org")
    [key] = add(store, Account(email="anna@example.org", passage_id=user_id))
    assert authenticator.user_of(sandbox.issue_token(user_id)).id == key
    assert sandbox.requests["get"] == 0


def test_a_request_without_a_token_is_nobodys(authenticator):
    assert authenticator.authenticate(Incoming("GET", "example.org")) is None


def test_an_imported_user_is_linked_at_the_first_sign_in(sandbox, store, authenticator, caplog):
    caplog.set_level(logging.INFO)
    user_id = register(sandbox, email="anna@example.org")
    [key] = add(store, Account(email="Anna@Example.org"))
    for _ in range(2):
        assert authenticator.authenticate(bearing(sandbox.issue_token(user_id))).id == key
    assert sandbox.requests["get"] == 1
    assert [(note.event, note.user_key) for note in store.notes(user_id)] == [("linked", str(key))]
    assert f"Linked: the user {user_id}" in caplog.text
    assert "anna" not in caplog.text.lower()


def test_somebody_new_gets_a_row_with_what_is_verified(sandbox, store, authenticator):
    verified = register(sandbox, email="anna@example.org")
    unproved = register(sandbox, email="bob@example.org", verified=False)
    assert authenticator.user_of(sandbox.issue_token(verified)).email == "anna@example.org"
    assert authenticator.user_of(sandbox.issue_token(unproved)).email is None
    with_phone = register(sandbox, email="cleo@example.org", phone="+12025550123")  # which nobody has verified
    cleo = authenticator.user_of(sandbox.issue_token(with_phone))
    assert (cleo.email, cleo.phone) == ("cleo@example.org", None)
    assert [note.event for note in store.notes()] == ["created"] * 3


def test_a_held_user_does_not_keep_the_api_busy(sandbox, store, authenticator):
    token = sandbox.issue_token(register(sandbox, email="anna@example.org", verified=False))
    add(store, Account(email="anna@example.org"))
    for _ in range(100):
        with pytest.raises(AccountHeldError, match="email_not_verified"):
            authenticator.user_of(token)
    assert sandbox.requests["get"] < 100 / 10


def test_few_held_users_are_remembered(sandbox, store, authenticator, monkeypatch):
    monkeypatch.setattr("passage_kit.golive.authenticator._MOST_HELD", 2)
    for number in range(4):
        add(store, Account(email=f"user{number}@example.org"))
        user_id = register(sandbox, email=f"user{number}@example.org", verified=False)
        with pytest.raises(AccountHeldError):
            authenticator.user_of(sandbox.issue_token(user_id))
    assert list(authenticator._rule._held)[-1] == user_id
    assert len(authenticator._rule._held) == 2


def test_an_unverified_email_takes_nobodys_account(sandbox, store, authenticator, caplog, monkeypatch):
    monkeypatch.setattr("passage_kit.golive.authenticator.HELD_FOR", 0.0)
    user_id = register(sandbox, email="anna@example.org", verified=False)
    add(store, Account(email="anna@example.org"))
    for _ in range(3):
        with pytest.raises(AccountHeldError) as held:
            authenticator.user_of(sandbox.issue_token(user_id))
    assert held.value.reason == "a person has to decide: email_not_verified"
    assert rows(store) == [("anna@example.org", None)]
    assert [(note.event, note.reason) for note in store.notes(user_id)] == [("held", "email_not_verified")]
    assert "anna" not in caplog.text
    sandbox.store.sign_in(user_id, verifies="email")
    assert authenticator.user_of(sandbox.issue_token(user_id)).email == "anna@example.org"


def test_two_users_who_claim_one_email_are_not_both_let_in(sandbox, store, authenticator):
    first = register(sandbox, email="anna@example.org")
    [key] = add(store, Account(email="anna@example.org"))
    authenticator.user_of(sandbox.issue_token(first))
    sandbox.store.delete(first)  # and somebody else gets the address
    second = register(sandbox, email="anna@example.org")
    with pytest.raises(AccountHeldError, match="row_has_another_id"):
        authenticator.user_of(sandbox.issue_token(second))
    assert rows(store) == [("anna@example.org", first)]
    assert authenticator.user_of(sandbox.issue_token(first)).id == key


def test_a_phone_alone_leads_to_nobody(sandbox, store, authenticator):
    user_id = register(sandbox, phone="+12025550123")
    add(store, Account(email="anna@example.org", phone="+12025550123"))
    with pytest.raises(AccountHeldError, match="phone_alone"):
        authenticator.user_of(sandbox.issue_token(user_id))
    assert rows(store) == [("anna@example.org", None)]


def test_an_inactive_row_is_refused_and_gets_no_double(sandbox, store, authenticator):
    known, imported = (register(sandbox, email=f"{name}@example.org") for name in ("anna", "bob"))
    add(store, Account(email="anna@example.org", passage_id=known, active=False))
    add(store, Account(email="bob@example.org", active=False))
    for user_id in (known, imported):
        with pytest.raises(NotAuthenticatedError, match="row is inactive"):
            authenticator.user_of(sandbox.issue_token(user_id))
    assert rows(store) == [("anna@example.org", known), ("bob@example.org", imported)]


def test_a_user_whom_passage_has_deactivated_gets_no_row(sandbox, store, authenticator):
    user_id = register(sandbox, email="anna@example.org")
    sandbox.store.set_status(user_id, "inactive")
    with pytest.raises(NotAuthenticatedError):
        authenticator.user_of(sandbox.issue_token(user_id))
    assert rows(store) == []


@pytest.mark.parametrize("status_within", [None, 0])
def test_a_deactivated_user_is_refused_at_once_only_where_asked(sandbox, store, status_within):
    authenticator = authenticator_of(sandbox, store, status_within=status_within)
    user_id = register(sandbox, email="anna@example.org")
    token = sandbox.issue_token(user_id)
    authenticator.user_of(token)
    sandbox.store.set_status(user_id, "inactive")
    if status_within is None:
        assert authenticator.user_of(token).passage_id == user_id  # until the token expires
    else:
        with pytest.raises(NotAuthenticatedError):
            authenticator.user_of(token)


def test_an_outage_of_the_api_holds_up_first_sign_ins_alone(sandbox, store, authenticator):
    known, new = register(sandbox, email="anna@example.org"), register(sandbox, email="bob@example.org")
    authenticator.user_of(sandbox.issue_token(known))
    sandbox.faults = [Fault("error_503", operation="get")]
    assert authenticator.user_of(sandbox.issue_token(known)).email == "anna@example.org"
    with pytest.raises(AuthenticationUnavailableError):
        authenticator.user_of(sandbox.issue_token(new))
    assert len(rows(store)) == 1


def test_a_changing_request_with_a_cookie_names_its_origin(sandbox, store):
    authenticator = authenticator_of(sandbox, store, origins=["https://www.example.net"])
    token = sandbox.issue_token(register(sandbox, email="anna@example.org"))
    assert authenticator.authenticate(Incoming("POST", "a.org", cookie=token, origin="https://www.example.net"))
    with pytest.raises(OriginRefusedError):
        authenticator.authenticate(Incoming("POST", "a.org", cookie=token, origin="https://evil.example"))


def test_a_table_without_a_unique_id_creates_nobody(sandbox, store):
    with Session(store._engine) as session:
        session.connection().exec_driver_sql("DROP TABLE accounts")
        session.connection().exec_driver_sql(
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, active INT, plan TEXT, handle TEXT,"
            " passage_id TEXT)"
        )
        session.commit()
    authenticator = authenticator_of(sandbox, SqlUsers(store._engine, Account))
    with pytest.raises(DatabaseError, match="not unique"):
        authenticator.check()
    with pytest.raises(DatabaseError, match="not unique"):
        authenticator.user_of(sandbox.issue_token(register(sandbox, email="anna@example.org")))
    assert rows(store) == []


def test_a_status_of_less_than_no_time_is_refused(sandbox, store):
    with pytest.raises(OptionError, match="status_within is -1"):
        authenticator_of(sandbox, store, status_within=-1)


@pytest.fixture
def pooled_store(application):
    """A users table whose connections are kept for the next request, as an application keeps them."""
    engine = engine_of(application, poolclass=QueuePool, pool_size=AT_ONCE)
    yield store_of(application, engine=engine)
    engine.dispose()


@pytest.mark.parametrize("known", [False, True])
def test_hundreds_of_first_requests_at_once_make_one_row(sandbox, pooled_store, known):
    store = pooled_store
    authenticator = authenticator_of(sandbox, store)
    user_id = register(sandbox, email="anna@example.org")
    if known:
        add(store, Account(email="anna@example.org"))
    token = sandbox.issue_token(user_id)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        keys = list(threads.map(lambda _: authenticator.user_of(token).id, range(MANY)))
    assert len(keys) == MANY
    assert len(set(keys)) == 1
    assert rows(store) == [("anna@example.org", user_id)]
    assert [note.event for note in store.notes()] == ["linked" if known else "created"]


def async_authenticator(sandbox, url, **options):
    verifier, directory = parts_of(sandbox)
    return AsyncAuthenticator(verifier, async_store_of(url), directory, **options)


@pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.slow),
        pytest.param("mariadb", marks=pytest.mark.slow),
    ],
)
def test_hundreds_of_first_requests_in_one_event_loop_make_one_row(request, sandbox, database):
    authenticator = async_authenticator(sandbox, url := request.getfixturevalue(database))
    token = sandbox.issue_token(register(sandbox, email="anna@example.org"))

    async def sign_in():
        await authenticator.check()
        few = asyncio.Semaphore(20)  # connections that a database lets in

        async def one():
            async with few:
                return (await authenticator.user_of(token)).id

        return await asyncio.gather(*(one() for _ in range(MANY)))

    assert len(set(asyncio.run(sign_in()))) == 1
    assert len(rows(store_of(url))) == 1


def test_the_async_way_refuses_what_the_other_refuses(sandbox, sqlite):
    authenticator = async_authenticator(sandbox, sqlite, status_within=0)
    user_id = register(sandbox, email="anna@example.org")
    token = sandbox.issue_token(user_id)

    async def sign_in():
        assert await authenticator.authenticate(Incoming("GET", "example.org")) is None
        assert (await authenticator.authenticate(bearing(token))).passage_id == user_id
        sandbox.store.set_status(user_id, "inactive")
        with pytest.raises(NotAuthenticatedError):
            await authenticator.user_of(token)
        with pytest.raises(NotAuthenticatedError):
            await authenticator.user_of(sandbox.issue_token(ID, lifetime=-60))

    asyncio.run(sign_in())

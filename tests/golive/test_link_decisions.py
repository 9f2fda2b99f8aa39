"""What a person decides about links: each can be taken back, and each hold settled."""

import pytest
from signing_in import ID, Account, add, authenticator_of, register, rows, store_of

from passage_kit.errors import DatabaseError
from passage_kit.golive import (
    AccountHeldError,
    LinkNote,
    NotAuthenticatedError,
    list_links,
    open_holds,
    settle_hold,
    undo_link,
)


@pytest.fixture
def store(sqlite):
    return store_of(sqlite)


@pytest.fixture
def sign_in(sandbox, store, monkeypatch):
    monkeypatch.setattr("passage_kit.golive.authenticator.HELD_FOR", 0.0)  # a decision holds at once
    authenticator = authenticator_of(sandbox, store)
    return lambda user_id: authenticator.user_of(sandbox.issue_token(user_id))


def test_a_link_that_was_undone_is_not_made_again(sandbox, store, sign_in):
    user_id = register(sandbox, email="anna@example.org")
    [key] = add(store, Account(email="anna@example.org"))
    sign_in(user_id)
    assert undo_link(store, user_id) is True
    assert undo_link(store, user_id) is False
    assert rows(store) == [("anna@example.org", None)]
    for _ in range(2):
        with pytest.raises(AccountHeldError, match="undone"):
            sign_in(user_id)
    assert [note.passage_id for note in open_holds(store)] == [user_id]
    assert settle_hold(store, user_id, key=key) is True
    assert sign_in(user_id).id == key
    assert open_holds(store) == []
    assert undo_link(store, user_id) is True


def test_a_held_user_can_get_a_row_of_their_own(sandbox, store, sign_in):
    user_id = register(sandbox, email="anna@example.org", verified=False)
    [key] = add(store, Account(email="anna@example.org"))
    with pytest.raises(AccountHeldError):
        sign_in(user_id)
    assert [(note.passage_id, note.reason) for note in open_holds(store)] == [(user_id, "email_not_verified")]
    settle_hold(store, user_id)
    assert open_holds(store) == []
    own = sign_in(user_id)
    assert (own.email, own.id != key) == (None, True)


def test_a_row_of_ones_own_has_no_identifier_not_even_a_verified_one(sandbox, store, sign_in):
    """Another row has the email, or it would not have been held."""
    user_id = register(sandbox, email="anna@example.org")
    add(store, Account(email="anna@example.org", passage_id=ID))
    with pytest.raises(AccountHeldError, match="row_has_another_id"):
        sign_in(user_id)
    settle_hold(store, user_id)
    assert sign_in(user_id).email is None
    assert rows(store) == [("anna@example.org", ID), (None, user_id)]


def test_a_row_that_has_an_id_is_nobody_elses(sandbox, store):
    [key] = add(store, Account(email="anna@example.org", passage_id=ID))
    store.note(LinkNote("somebody", "held"))
    assert settle_hold(store, "somebody", key=key) is False
    assert settle_hold(store, "somebody", key=999) is False
    assert rows(store) == [("anna@example.org", ID)]


@pytest.mark.parametrize("options", [{}, {"key": 1}, {"dry_run": True}])
def test_a_misspelt_id_is_given_no_row(store, options):
    """The row would be its user's no more: it has an id, and nobody has that."""
    add(store, Account(email="anna@example.org"))
    store.note(LinkNote(ID, "held"))
    store.note(LinkNote("of somebody who was linked", "linked"))
    for misspelt in (ID.lower(), f"{ID} ", "", "of somebody who was linked"):
        with pytest.raises(DatabaseError, match="was held"):
            settle_hold(store, misspelt, **options)
    assert (rows(store), len(store.notes())) == ([("anna@example.org", None)], 2)


def test_a_decision_may_be_another_until_the_user_comes(store):
    [key] = add(store, Account(email="anna@example.org"))
    store.note(LinkNote(ID, "held"))
    assert settle_hold(store, ID)
    assert settle_hold(store, ID, key=key)
    assert rows(store) == [("anna@example.org", ID)]


def test_only_a_link_is_undone(sandbox, store, sign_in):
    add(store, Account(passage_id=ID))  # by a write-back
    created = register(sandbox, email="bob@example.org")
    sign_in(created)
    for user_id in (ID, created):
        with pytest.raises(DatabaseError, match="was not linked"):
            undo_link(store, user_id)
    assert len(rows(store)) == 2


def test_a_dry_run_tells_and_changes_nothing(sandbox, store, sign_in):
    user_id = register(sandbox, email="anna@example.org")
    [key, other] = add(store, Account(email="anna@example.org"), Account(passage_id=ID))
    sign_in(user_id)
    for held in ("somebody", ID):
        store.note(LinkNote(held, "held"))
    before = rows(store), store.notes()
    assert undo_link(store, user_id, dry_run=True) is True
    assert undo_link(store, "somebody", dry_run=True) is False
    assert settle_hold(store, "somebody", dry_run=True) is True
    assert [settle_hold(store, "somebody", key=it, dry_run=True) for it in (key, other, 999)] == [False] * 3
    assert (rows(store), store.notes()) == before
    undo_link(store, user_id)
    assert settle_hold(store, user_id, key=key, dry_run=True) is True
    assert settle_hold(store, ID, key=key, dry_run=True) is False  # another row has this id


def test_everybody_is_listed_once_and_a_refusal_hides_nothing(store):
    for ident, event in [("a", "held"), ("b", "refused"), ("c", "linked"), ("a", "refused"), ("c", "undone")]:
        store.note(LinkNote(ident, event))
    assert [(note.passage_id, note.event) for note in list_links(store)] == [
        ("a", "held"), ("b", "refused"), ("c", "undone"),
    ]  # fmt: skip
    assert [note.passage_id for note in open_holds(store)] == ["a", "c"]


def test_an_inactive_user_is_noted_once(sandbox, store, sign_in):
    user_id = register(sandbox, email="anna@example.org")
    sandbox.store.set_status(user_id, "inactive")
    for _ in range(3):
        with pytest.raises(NotAuthenticatedError):
            sign_in(user_id)
    assert [(note.event, note.reason) for note in store.notes()] == [("refused", "inactive")]

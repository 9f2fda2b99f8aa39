"""What linking asks of a users table, asked of each store and database."""

import pytest
from signing_in import ID, OTHER, Account, Awaited, add, async_store_of, rows, store_of

from passage_kit.golive import LinkNote, Match, PassagePerson
from passage_kit.golive.linking import decide

KINDS = ["sqlite", "async sqlite"] + [
    pytest.param(kind, marks=pytest.mark.slow) for kind in ("postgres", "mariadb", "async postgres")
]


@pytest.fixture(params=KINDS)
def stores(request):
    """A store of each kind, and a sync one of the same table to look into it."""
    url = request.getfixturevalue(request.param.split()[-1])
    if not request.param.startswith("async"):
        store = store_of(url)
        yield store, store
        return
    awaited = Awaited(async_store_of(url))
    yield awaited, store_of(url)
    awaited.close()


ANNA = PassagePerson(ID, email="anna@example.org", phone="+12025550123")


def linked(passage_id=ID):
    return LinkNote(passage_id, "linked", reason="verified_email")


def test_the_table_is_found_fit(stores):
    stores[0].check()


def test_a_row_is_found_by_exactly_its_id(stores):
    store, table = stores
    [key] = add(table, Account(email="anna@example.org", passage_id=ID))
    found = store.find(ID)
    assert (found.id, found.email, store.key_of(found), store.is_active(found)) == (key, "anna@example.org", key, True)
    assert store.find(OTHER) is None
    assert store.find(f"{ID} ") is None


def test_an_inactive_row_is_found_too(stores):
    store, table = stores
    add(table, Account(passage_id=ID, active=False))
    assert store.is_active(store.find(ID)) is False


def test_rows_match_by_email_in_any_case_or_by_phone(stores):
    store, table = stores
    one, two, _ = add(
        table,
        Account(email="Anna@Example.org"),
        Account(phone="+12025550123", passage_id=OTHER),
        Account(email="annb@example.org"),
    )
    assert sorted(store.matches(ANNA), key=lambda match: match.key) == [
        Match(one, None, "Anna@Example.org", None),
        Match(two, OTHER, None, "+12025550123"),
    ]
    assert list(store.matches(PassagePerson(ID))) == []


@pytest.mark.parametrize(
    "email", ["Ünal@example.org", "İrem@example.org", "ΧΡΙΣΤΟΣ@example.org", "Stra\u1e9ee@example.org"]
)
def test_an_email_is_found_though_databases_lower_other_letters(stores, email):
    store, table = stores
    [key] = add(table, Account(email=email))
    found = store.matches(PassagePerson(ID, email=email, email_verified=True))
    assert decide(PassagePerson(ID, email=email, email_verified=True), found) == ("link", "verified_email", key)


def test_one_email_with_its_accents_written_in_two_ways_is_for_a_person_to_decide(stores):
    store, table = stores
    add(table, Account(email="zo\u00eb@example.org"), Account(email="rene\u0301@example.org"))
    for email in ("zoe\u0308@example.org", "ren\u00e9@example.org"):
        person = PassagePerson(ID, email=email, email_verified=True)
        assert decide(person, store.matches(person)).reason == "spelling_differs"


def test_many_matches_are_not_all_read(stores):
    store, table = stores
    add(table, *(Account(email="anna@example.org") for _ in range(20)))
    assert len(store.matches(ANNA)) == 3


def test_a_row_is_linked_once_and_that_is_noted(stores):
    store, table = stores
    key, other = add(table, Account(email="a@example.org"), Account(email="b@example.org"))
    assert store.link(key, linked()) is True
    assert store.link(key, linked(OTHER)) is False  # the row has an id
    assert store.link(other, linked()) is False  # another row has this id
    assert store.link(999, linked(OTHER)) is False  # there is no such row
    assert rows(table) == [("a@example.org", ID), ("b@example.org", None)]
    [note] = store.notes()
    assert (note.passage_id, note.event, note.reason, note.noted_at.utcoffset().total_seconds()) == (
        ID, "linked", "verified_email", 0
    )  # fmt: skip


def test_a_link_is_taken_back_from_the_row_that_has_it(stores):
    store, table = stores
    key, other = add(table, Account(email="a@example.org"), Account(email="b@example.org", passage_id=OTHER))
    store.link(key, linked())
    assert table.unlink(other, LinkNote(ID, "undone")) is False
    assert table.unlink(key, LinkNote(ID, "undone")) is True
    assert rows(table) == [("a@example.org", None), ("b@example.org", OTHER)]
    assert [note.event for note in store.notes(ID)] == ["linked", "undone"]


def test_a_row_is_created_once_with_the_defaults_of_its_columns(stores):
    store, _ = stores
    made, again = (store.create(ANNA, LinkNote(ID, "created")) for _ in range(2))
    assert (made.id, made.email, made.phone, made.plan, made.active) == (
        again.id, "anna@example.org", "+12025550123", "free", True
    )  # fmt: skip
    assert [(note.event, note.user_key) for note in store.notes(ID)] == [("created", str(made.id))]


def test_ids_that_differ_in_capitals_are_two_users(stores):
    store, _ = stores
    one = store.create(PassagePerson(ID), LinkNote(ID, "created"))
    two = store.create(PassagePerson(OTHER), LinkNote(OTHER, "created"))
    assert one.id != two.id
    assert [len(store.notes(passage_id)) for passage_id in (ID, OTHER)] == [1, 1]


def test_what_changes_no_row_is_noted(stores):
    store, table = stores
    store.note(LinkNote(ID, "held", reason="several_rows"))
    assert [(note.event, note.reason, note.user_key) for note in store.notes(ID)] == [("held", "several_rows", "")]
    assert list(store.notes(OTHER)) == rows(table) == []

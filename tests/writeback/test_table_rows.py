"""The rows as they are read, with what table and preparation know of them."""

from contextlib import nullcontext

import pandas as pd
import pytest
from servers import execute, make_users, written

import passage_kit as pk
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.table_rows import Preparation, check_key, find_identifiers, load_preparation, read_rows
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import UsersTable


def read(url, **settings):
    with UsersDatabase(written(url)) as database:
        facts = find_identifiers(database, find_table(database, UsersTable(**{"name": "users", **settings})))
        return facts, read_rows(database, facts, Preparation())


def cells(rows, *columns):
    frame = rows.frame.set_index("key")[list(columns)].sort_index().astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def test_identifiers_are_found_and_normalized(application):
    make_users(application)
    facts, rows = read(application)
    assert (facts.email, facts.phone) == ("email", "phone")
    assert cells(rows, "email", "phone", "current") == [
        ["ann@example.org", "+14155550101", None],
        ["bob@example.org", None, None],
        [None, "+14155550103", None],
    ]


def test_identifiers_are_found_by_their_values(application):
    execute(application, "CREATE TABLE users (id INTEGER PRIMARY KEY, who VARCHAR(50), since DATE)")
    execute(application, "INSERT INTO users VALUES (1, 'ann@example.org', '2024-01-31')")
    facts, rows = read(application)
    assert (facts.email, facts.phone) == ("who", None)
    assert cells(rows, "email") == [["ann@example.org"]]


def test_named_identifiers_are_taken(application):
    make_users(application)
    facts, _ = read(application, phone="email")
    assert (facts.email, facts.phone) == (None, "email")


def test_an_empty_table(application):
    make_users(application, [])
    assert len(read(application)[1].frame) == 0


@pytest.mark.slow
def test_what_a_workspace_knows(tmp_path):
    nothing = load_preparation(Workspace(tmp_path / "none"))
    assert (nothing.users, nothing.separator, nothing.region) == (None, " ", None)
    people = pd.DataFrame({"tenant": ["a", "a"], "no": ["1", "2"], "mail": ["ann@example.org", "bob@example.org"]})
    mapping = {"email": "mail", "source_key": {"join": ["tenant", "no"], "separator": "-"}}
    pk.prepare(people, mapping=mapping, default_region="DE", out=tmp_path / "keys")
    known = load_preparation(Workspace(tmp_path / "keys"))
    assert (known.separator, known.region, known.ledger["source_key"].tolist()) == ("-", "DE", ["a-1", "a-2"])
    pk.prepare(people, mapping={"email": "mail"}, out=tmp_path / "no-keys")
    assert load_preparation(Workspace(tmp_path / "no-keys")).ledger is None


def known_people(folder, emails):
    """What a preparation of people with these emails knows; their keys are 1, 2, ..."""
    people = pd.DataFrame({"id": [str(at) for at in range(1, len(emails) + 1)], "mail": emails})
    pk.prepare(people, mapping={"email": "mail", "source_key": "id"}, out=folder)
    return load_preparation(Workspace(folder))


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("rows", "same", "refused"),
    [(20, 10, False), (20, 9, True), (11, 5, True), (11, 6, False), (10, 0, True), (9, 0, False)],
)
def test_a_key_that_leads_to_other_people_is_refused(sqlite, tmp_path, rows, same, refused):
    emails = [f"person{at}@example.org" for at in range(rows)]
    make_users(sqlite, [(at + 1, email, None) for at, email in enumerate(emails)])
    known = known_people(
        tmp_path, [email if at < same else f"other{at}@example.org" for at, email in enumerate(emails)]
    )
    with UsersDatabase(written(sqlite)) as database:
        facts = find_identifiers(database, find_table(database, UsersTable(name="users", key="id", column="account")))
        said = pytest.raises(pk.DatabaseError, match=f"leads to other people.* the first {rows} emails")
        with said if refused else nullcontext():
            check_key(database, facts, known)


def test_without_emails_in_the_table_the_key_is_taken_as_right(sqlite, tmp_path):
    execute(sqlite, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))")
    execute(sqlite, "INSERT INTO users VALUES (1, 'Ann')")
    known = known_people(tmp_path, ["ann@example.org"])
    with UsersDatabase(written(sqlite)) as database:
        facts = find_identifiers(database, find_table(database, UsersTable(name="users", key="id")))
        check_key(database, facts, known)
        assert cells(read_rows(database, facts, known), "email") == [["ann@example.org"]]


def test_what_was_prepared_holds_and_of_the_others_what_the_table_has(sqlite, tmp_path):
    make_users(
        sqlite, [(1, "old@example.org", "+14155550101"), (2, None, None), (3, "new@example.org", "+14155550103")]
    )
    known = known_people(tmp_path, ["ann@example.org", "bob@example.org"])
    with UsersDatabase(written(sqlite)) as database:
        facts = find_identifiers(database, find_table(database, UsersTable(name="users", key="id")))
        rows = read_rows(database, facts, known)
    assert cells(rows, "email", "phone", "disposition") == [
        ["ann@example.org", None, "kept"],
        ["bob@example.org", None, "kept"],
        ["new@example.org", "+14155550103", None],
    ]
    assert rows.keys["id"].tolist() == ["1", "2", "3"]


def test_keys_of_two_columns_are_told_in_their_parts(sqlite):
    make_users(
        sqlite,
        [("a", 1, None, None), ("b", 1, None, None)],
        key="tenant VARCHAR(9), no INTEGER",
        more=", PRIMARY KEY (tenant, no)",
    )
    _, rows = read(sqlite, key=("tenant", "no"))
    assert rows.frame["key"].tolist() == ["a 1", "b 1"]
    assert rows.keys.to_dict("list") == {"tenant": ["a", "b"], "no": ["1", "1"]}


@pytest.mark.slow
def test_the_password_of_the_source_is_not_needed(postgres, tmp_path):
    make_users(postgres)
    mapping = {"email": "email", "source_key": "id"}
    pk.prepare(written(postgres), reading={"table": "users"}, mapping=mapping, out=tmp_path)
    assert load_preparation(Workspace(tmp_path)).ledger["source_key"].tolist() == ["1", "2", "3"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("phones", "lost", "read_as"),
    [
        (["447400123456", "447400123457", "4915112345678"], True, "+4915112345678"),  # with a plus only
        (["2015550123", "4155552671", "4915112345678"], None, None),  # some of each kind, so the list says nothing
        (["2015550123", "4155552671", "3125550123"], False, None),  # of these, the last would be one with a plus, too
    ],
)
def test_phones_of_the_table_are_read_as_those_of_the_list_were(tmp_path, application, phones, lost, read_as):
    """A table, and each page of one, may have a single number, which shows nothing by itself."""
    list_ = pd.DataFrame({"email": [f"u{number}@example.org" for number in range(3)], "phone": phones})
    pk.prepare(list_, out=tmp_path / "m", default_region="US")
    known = load_preparation(Workspace(tmp_path / "m"))
    assert known.lost_plus is lost
    make_users(application, [(1, "u9@example.org", phones[2])])
    with UsersDatabase(written(application)) as database:
        facts = find_table(database, UsersTable("users", email="email", phone="phone"))
        [phone] = read_rows(database, facts, known).frame["phone"].astype(object).where(lambda x: x.notna(), None)
    assert phone == (read_as or ("+13125550123" if lost is False else None))

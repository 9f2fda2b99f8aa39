"""The rows as they are read, with what table and preparation know of them."""

import pandas as pd
import pytest
from servers import execute, make_users, written

import passage_kit as pk
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.table_rows import Preparation, find_identifiers, load_preparation, read_rows
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


@pytest.mark.slow
def test_the_password_of_the_source_is_not_needed(postgres, tmp_path):
    make_users(postgres)
    mapping = {"email": "email", "source_key": "id"}
    pk.prepare(written(postgres), reading={"table": "users"}, mapping=mapping, out=tmp_path)
    assert load_preparation(Workspace(tmp_path)).ledger["source_key"].tolist() == ["1", "2", "3"]

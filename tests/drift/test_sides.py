"""The users table as the comparison reads it."""

import pytest
from servers import execute, make_users, rows, written

import passage_kit as pk
from passage_kit.api.operations import PAGE
from passage_kit.drift.comparison import Comparison, TableRow
from passage_kit.drift.sides import add_passage, add_table
from passage_kit.writeback import users_database
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.table_rows import Preparation
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import UsersTable


def read(url, **names):
    table = UsersTable("users", email="email", phone="phone", **names)
    with UsersDatabase(written(url)) as database, Comparison() as comparison:
        add_table(comparison, database, find_table(database, table), Preparation(region="US"))
        return list(comparison._ask("SELECT key, id, email, phone, raw_email, raw_phone, open FROM ours ORDER BY at"))


def test_identifiers_come_in_their_normal_form_and_as_they_are(application):
    make_users(application, [(1, " Ann@Example.org ", "(201) 555-0123"), (2, "n/a", None), (3, "", "")])
    assert read(application) == [
        ("1", None, "ann@example.org", "+12015550123", " Ann@Example.org ", "(201) 555-0123", None),
        ("2", None, None, None, "n/a", None, None),
        ("3", None, None, None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("column", "value", "is_open"),
    [
        ("deleted_at", None, 1),
        ("deleted_at", "2024-01-31", 0),
        ("is_active", "true", 1),
        ("is_active", "false", 0),
        ("status", "banned", 0),
        ("status", None, None),
        ("status", "vip", None),
    ],
)
def test_the_state_of_an_account_is_read_as_in_the_preparation(sqlite, column, value, is_open):
    make_users(sqlite, [(1, "ann@example.org", None, value)], more=f", {column} TEXT")
    assert read(sqlite, state=column)[0][-1] == is_open


def test_a_table_of_many_pages_is_read_whole_and_in_order(sqlite, monkeypatch):
    monkeypatch.setattr(users_database, "_ROWS_AT_A_TIME", 3)
    make_users(sqlite, [(n, f"user{n}@example.org", None) for n in range(1, 9)])
    execute(sqlite, "ALTER TABLE users ADD COLUMN passage_id TEXT", "UPDATE users SET passage_id = 'Id' || id")
    assert [(key, ident) for key, ident, *_ in read(sqlite)] == [(str(n), f"Id{n}") for n in range(1, 9)]
    assert rows(sqlite, "SELECT count(*) FROM users") == [(8,)]


def test_users_who_are_deleted_while_the_list_is_read_hide_nobody(sandbox):
    """Each of them moves another user to a page that was read before."""
    gone = ["..", "a/b", "gone" * 6]
    ids = sandbox.add_users([{"email": f"user{n}@example.org"} for n in range(2 * PAGE + 3)])

    class Meanwhile(Comparison):
        def add_users(self, users):
            users = list(users)
            super().add_users(users)
            if len(users) == PAGE:
                for user in users[:2]:
                    sandbox.store.delete(user.id)

    with (
        Meanwhile() as comparison,
        pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as client,
    ):
        comparison.add_rows(TableRow(f"[{n}]", str(n), ident, None, None) for n, ident in enumerate([*ids, *gone]))
        client.run(add_passage(client.api, comparison))
        assert sandbox.requests["get"] >= 1
        assert sorted(comparison.unknown_ids(10)) == sorted(gone)


def test_a_blank_id_is_none(sqlite):
    make_users(sqlite, [(1, "ann@example.org", None)])
    execute(sqlite, "ALTER TABLE users ADD COLUMN passage_id TEXT", "UPDATE users SET passage_id = ''")
    assert [ident for _, ident, *_ in read(sqlite)] == [None]

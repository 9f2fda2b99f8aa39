"""What is found out about the users table; what is refused is in test_writeback."""

import pytest
from servers import execute, make_users, written

from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import UsersTable


def facts_of(url, **settings):
    with UsersDatabase(written(url)) as database:
        return find_table(database, UsersTable(**{"name": "users", **settings}))


def test_a_table_without_the_column(application):
    make_users(application)
    facts = facts_of(application)
    assert (facts.identity, facts.key, facts.key_kind, facts.has_column) == (("id",), ("id",), "integer", False)
    assert (facts.uniques, facts.indexes, facts.triggers) == ((), (), ())


def test_a_column_and_its_indexes(application):
    make_users(application)
    execute(
        application,
        "ALTER TABLE users ADD COLUMN passage_id VARCHAR(30)",
        "CREATE UNIQUE INDEX one ON users (passage_id)",
        "CREATE INDEX two ON users (passage_id)",
        "CREATE UNIQUE INDEX three ON users (passage_id, email)",
    )
    facts = facts_of(application)
    assert (facts.has_column, facts.length, facts.uniques, facts.indexes) == (True, 30, ("one",), ("two",))


@pytest.mark.parametrize(
    ("key", "kind"),
    [("BIGINT", "integer"), ("NUMERIC(20)", "integer"), ("VARCHAR(9)", "text"), ("CHAR(9)", "char"), ("DATE", "text")],
)
def test_how_keys_are_compared(application, key, kind):
    make_users(application, [], key=f"id {key} PRIMARY KEY")
    assert facts_of(application).key_kind == kind


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "key", "kind"),
    [
        ("postgres", "UUID", "uuid"),
        ("postgres", "BYTEA", "binary"),
        ("mariadb", "UUID", "uuid"),
        ("mariadb", "BINARY(16)", "binary"),
        ("mariadb", "VARBINARY(16)", "binary"),
    ],
)
def test_how_keys_of_one_database_are_compared(server, key, kind, request):
    url = request.getfixturevalue(server)
    make_users(url, [], key=f"id {key} PRIMARY KEY")
    assert facts_of(url).key_kind == kind


@pytest.mark.slow
def test_an_engine_that_cannot_change_online(mariadb):
    execute(mariadb, "CREATE TABLE users (id INTEGER PRIMARY KEY) ENGINE=MyISAM")
    assert not facts_of(mariadb).online


@pytest.mark.slow
def test_a_period_of_mariadb_is_no_warning(mariadb):
    execute(mariadb, "CREATE TABLE users (id int PRIMARY KEY, since date, until date, PERIOD FOR valid (since, until))")
    assert facts_of(mariadb).key_kind == "integer"


@pytest.mark.slow
def test_a_partitioned_table_is_refused(postgres):
    execute(postgres, "CREATE TABLE users (id int PRIMARY KEY) PARTITION BY RANGE (id)")
    with pytest.raises(Exception, match="is partitioned"):
        facts_of(postgres)

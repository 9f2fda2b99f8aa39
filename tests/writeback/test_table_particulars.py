"""What each database tells in its own way; what follows from it is in test_hostile_tables."""

import pytest
from servers import execute, make_users, written

from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import UsersTable

COLUMN = "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)"


def facts_of(url, **settings):
    with UsersDatabase(written(url)) as database:
        return find_table(database, UsersTable(**{"name": "users", **settings}))


def test_names_that_nothing_has(application):
    make_users(application)
    assert (facts_of(application).batch, facts_of(application).index) == ("passage_kit_batch", "users_passage_id_index")
    execute(application, "CREATE TABLE passage_kit_batch (x INTEGER)", "CREATE TABLE passage_kit_batch_2 (x INTEGER)")
    execute(application, "CREATE INDEX users_passage_id_index ON users (email)")
    facts = facts_of(application)
    assert (facts.batch, facts.index) == ("passage_kit_batch_3", "users_passage_id_2_index")


def test_the_kits_own_index_keeps_its_name(application):
    make_users(application)
    execute(application, COLUMN, "CREATE INDEX users_passage_id_index ON users (passage_id)")
    assert facts_of(application).index == "users_passage_id_index"


def test_triggers_that_fire_for_updates(application):
    make_users(application)
    for moment in ("UPDATE", "INSERT"):
        body = f"FOR EACH ROW BEGIN DELETE FROM {'users_old'} WHERE 1 = 0; END"
        if application.get_backend_name() == "postgresql":
            execute(
                application,
                f"CREATE FUNCTION at_{moment}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            )
            body = f"FOR EACH ROW EXECUTE FUNCTION at_{moment}()"
        execute(application, f"CREATE TRIGGER on_{moment.lower()} AFTER {moment} ON users {body}")
    assert facts_of(application).triggers == ("on_update",)


def test_a_column_is_told_from_another_one_of_its_name(application):
    make_users(application)
    assert facts_of(application).mark is None
    execute(application, COLUMN)
    first = facts_of(application).mark
    execute(application, "UPDATE users SET passage_id = 'x'", "CREATE INDEX one ON users (email)")
    assert facts_of(application).mark == first
    execute(application, "ALTER TABLE users DROP COLUMN passage_id", COLUMN.replace("24", "36"))
    assert facts_of(application).mark != first


@pytest.mark.parametrize(
    ("server", "kind", "caseless"),
    [
        ("sqlite", "VARCHAR(24)", False),
        ("sqlite", "TEXT COLLATE NOCASE", True),
        pytest.param("postgres", "VARCHAR(24)", False, marks=pytest.mark.slow),
        pytest.param("mariadb", "VARCHAR(24) COLLATE utf8mb4_general_ci", True, marks=pytest.mark.slow),
        pytest.param("mariadb", "VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin", False, marks=pytest.mark.slow),
        pytest.param("mariadb", "VARCHAR(24) CHARACTER SET latin1", True, marks=pytest.mark.slow),
    ],
)
def test_how_ids_are_compared(server, kind, caseless, request):
    url = request.getfixturevalue(server)
    make_users(url, [], more=f", passage_id {kind}")
    assert facts_of(url).caseless is caseless


@pytest.mark.slow
def test_an_unfinished_index_of_the_kit(postgres):
    make_users(postgres)
    execute(
        postgres,
        COLUMN,
        "CREATE INDEX users_passage_id_index ON users (passage_id)",
        "CREATE INDEX theirs ON users (passage_id)",
        "CREATE INDEX users_passage_id_2_index ON users (passage_id)",
    )
    break_indexes = "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('{}'::regclass, 'theirs'::regclass)"
    admin = postgres.set(username="postgres", password=None)
    execute(admin, break_indexes.format("users_passage_id_index"))
    assert facts_of(postgres).broken == ("users_passage_id_index",)

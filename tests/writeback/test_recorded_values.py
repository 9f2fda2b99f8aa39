"""Values of any text column set in batches, recorded and undone."""

import pytest
from servers import execute, make_users, rows, written

import passage_kit as pk
from passage_kit.writeback import recorded_values
from passage_kit.writeback.recorded_values import NewValues, portions, set_values
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import UsersTable

TABLE = UsersTable("users")


def values(*numbers):
    return NewValues(
        "email", [f"[{n}]" for n in numbers], [f"old{n}@x.org" for n in numbers], [f"new{n}@x.org" for n in numbers]
    )


@pytest.fixture
def setting(application, tmp_path):
    make_users(application, [(n, f"old{n}@x.org", None) for n in range(1, 8)])

    def set_them(given, *, dry_run=False):
        with UsersDatabase(written(application)) as database:
            return set_values(database, TABLE, given, tmp_path, dry_run=dry_run)

    return set_them


def emails(application):
    return [email for (email,) in rows(application, "SELECT email FROM users ORDER BY id")]


def test_values_are_set_in_batches_and_undone(application, setting, tmp_path, monkeypatch):
    monkeypatch.setattr(recorded_values, "BATCH_ROWS", 2)
    done = setting(values(1, 2, 3, 5, 7))
    assert (done.column, done.rows, done.left) == ("email", 5, 0)
    assert emails(application) == [f"{'new' if n in (1, 2, 3, 5, 7) else 'old'}{n}@x.org" for n in range(1, 8)]
    assert pk.undo_write_back(tmp_path, db=written(application)).set_back == 5
    assert emails(application) == [f"old{n}@x.org" for n in range(1, 8)]


def test_a_dry_run_leaves_no_record(application, setting, tmp_path):
    done = setting(values(1, 2), dry_run=True)
    assert (done.rows, done.left) == (2, 0)
    assert not (tmp_path / "write_back.sqlite").exists()
    assert emails(application)[0] == "old1@x.org"


def test_a_row_that_is_gone_or_changed_is_left_alone(application, setting):
    execute(application, "DELETE FROM users WHERE id = 1", "UPDATE users SET email = 'mine@x.org' WHERE id = 2")
    done = setting(values(1, 2, 3))
    assert (done.rows, done.left) == (1, 2)
    assert emails(application)[:2] == ["mine@x.org", "new3@x.org"]


def test_nothing_to_set_needs_no_sql(setting):
    assert setting(values()).sql == ()


def test_the_stages_cover_all_rows():
    assert sum(portions(120_001, 50_000).values()) == 120_001
    assert portions(0, 50_000) == {}

"""Undo: exactly what the run set, and nothing else."""

import pandas as pd
import pytest
from servers import an_id, columns_in, execute, ids_in, ids_of, indexes_in, make_users, written

import passage_kit as pk


@pytest.fixture
def options(application, tmp_path):
    make_users(application)
    return {"workspace": tmp_path / "m", "db": written(application)}


def undo(options, **more):
    return pk.undo_write_back(**options, **more)


def test_a_dry_run_says_what_undoing_does(application, options):
    pk.write_passage_ids(ids_of(1, 2), table="users", **options)
    dry = undo(options, dry_run=True)
    assert ids_in(application)[1] == an_id(1)
    done = undo(options)
    assert (dry.summary() | {"dry_run": False}) == done.summary()
    assert (done.set_back, done.changed_since, done.gone, done.column_dropped) == (2, 0, 0, True)
    assert "2  rows of users (" in done.to_text()
    assert len(columns_in(application)) == 3


def test_what_others_did_since_stays(application, options):
    pk.write_passage_ids(ids_of(1, 2, 3), table="users", **options)
    execute(application, "UPDATE users SET passage_id = 'theirs' WHERE id = 2", "DELETE FROM users WHERE id = 3")
    done = undo(options)
    assert (done.set_back, done.changed_since, done.gone, done.column_dropped) == (1, 1, 1, False)
    assert ids_in(application) == {1: None, 2: "theirs"}
    assert indexes_in(application) == {"users_passage_id_index": True}


def test_a_column_that_was_there_stays_without_the_index(application, options):
    execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
    pk.write_passage_ids(ids_of(1), table="users", **options)
    assert not undo(options).column_dropped
    assert ids_in(application) == {1: None, 2: None, 3: None}
    assert indexes_in(application) == {}


def test_runs_are_undone_one_by_one(application, options):
    pk.write_passage_ids(ids_of(1), table="users", **options)
    pk.write_passage_ids(ids_of(1, 2), table="users", **options)
    other = pd.DataFrame({"source_key": ["1"], "passage_id": [an_id(7)]})
    pk.write_passage_ids(other, table="users", overwrite=True, **options)
    assert ids_in(application) == {1: an_id(7), 2: an_id(2), 3: None}
    assert undo(options).set_back == 1
    assert ids_in(application) == {1: an_id(1), 2: an_id(2), 3: None}
    assert undo(options).set_back == 1
    assert ids_in(application) == {1: an_id(1), 2: None, 3: None}
    assert undo(options).column_dropped
    with pytest.raises(pk.DatabaseError, match="no write-back to undo"):
        undo(options)


def test_a_run_after_an_undone_one_can_be_undone(application, options):
    for _ in range(2):
        pk.write_passage_ids(ids_of(1), table="users", **options)
        assert undo(options).column_dropped


def test_a_column_that_somebody_dropped_is_no_obstacle(application, options):
    pk.write_passage_ids(ids_of(1), table="users", **options)
    for name in indexes_in(application):
        execute(
            application, f"DROP INDEX {name}" + (" ON users" if application.get_backend_name() == "mariadb" else "")
        )
    execute(application, "ALTER TABLE users DROP COLUMN passage_id")
    assert undo(options).set_back == 0


def test_composite_keys(application, tmp_path):
    make_users(
        application,
        [("a", 1, None, None), ("b", 1, None, None)],
        key="tenant VARCHAR(9), id INTEGER",
        more=", PRIMARY KEY (tenant, id)",
    )
    ids = pd.DataFrame({"source_key": ["a 1", "b 1"], "passage_id": [an_id(1), an_id(2)]})
    options = {"workspace": tmp_path / "m", "db": written(application)}
    pk.write_passage_ids(ids, table="users", **options)
    assert undo(options).set_back == 2


def test_another_database_is_refused(application, options, tmp_path):
    pk.write_passage_ids(ids_of(1), table="users", **options)
    other = tmp_path / "other.db"
    other.touch()
    with pytest.raises(pk.DatabaseError, match="was on another database"):
        pk.undo_write_back(tmp_path / "m", db=f"sqlite:///{other}")


def test_nothing_to_undo(tmp_path):
    with pytest.raises(pk.DatabaseError, match="no write-back to undo"):
        pk.undo_write_back(tmp_path, db="sqlite://")
    assert list(tmp_path.iterdir()) == []


def test_a_former_id_that_another_row_has_by_now_stays_there(application, options):
    pk.write_passage_ids(ids_of(1), table="users", **options)
    other = pd.DataFrame({"source_key": ["1"], "passage_id": [an_id(7)]})
    pk.write_passage_ids(other, table="users", overwrite=True, **options)
    execute(application, f"UPDATE users SET passage_id = '{an_id(1)}' WHERE id = 3")
    done = undo(options)
    assert (done.set_back, done.changed_since) == (0, 1)
    assert ids_in(application) == {1: an_id(7), 2: None, 3: an_id(1)}

"""Reading and setting a batch on real databases, and what is said when they refuse."""

import pytest
import sqlalchemy as sa
from servers import an_id, execute, ids_in, make_users, written

from passage_kit.errors import DatabaseError, WriteBackError
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.users_database import Batch, UsersDatabase
from passage_kit.writeback.users_table import UsersTable


@pytest.fixture
def database(application):
    make_users(application)
    execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
    with UsersDatabase(written(application)) as database:
        yield database


@pytest.fixture
def statements(database):
    return database.statements(find_table(database, UsersTable("users")))


def test_rows_come_as_columns(database):
    assert database.read("SELECT id, phone FROM users ORDER BY id") == [
        [1, 2, 3],
        ["+14155550101", None, "+14155550103"],
    ]


def test_a_batch_sets_what_is_as_it_was_read(application, database, statements):
    execute(application, f"UPDATE users SET passage_id = '{an_id(9)}' WHERE id = 2")
    batch = Batch([[1, 2, 3, 4]], [None, None, "x", None], [an_id(number) for number in (1, 2, 3, 4)])
    assert not database.changed
    assert database.write(batch, statements) == {1, 2, 3}
    assert database.changed
    assert ids_in(application) == {1: an_id(1), 2: an_id(9), 3: None}


def test_ids_can_be_taken_back(application, database, statements):
    database.write(Batch([[1]], [None], [an_id(1)]), statements)
    assert database.write(Batch([[1, 2]], [an_id(1), an_id(2)], [None, None]), statements) == {1}
    assert set(ids_in(application).values()) == {None}


def test_a_transaction_is_whole_or_not_at_all(application, database):
    def half(connection):
        connection.exec_driver_sql("UPDATE users SET passage_id = 'x' WHERE id = 1")
        connection.exec_driver_sql("UPDATE nowhere SET x = 1")

    with pytest.raises(DatabaseError, match=r"Trying in .* failed: .*nowhere"):
        database.together(half, "Trying")
    assert ids_in(application)[1] is None


def test_after_a_change_a_failure_is_one_of_the_run(database):
    database.change(["CREATE TABLE more (id INTEGER)"], "Trying")
    with pytest.raises(WriteBackError, match="Trying"):
        database.change(["CREATE TABLE more (id INTEGER)"], "Trying")


@pytest.mark.slow
@pytest.mark.parametrize("server", ["postgres", "mariadb"])
def test_a_transaction_that_lost_a_deadlock_is_tried_again(server, request):
    url = request.getfixturevalue(server)
    make_users(url)
    with UsersDatabase(written(url)) as database:
        calls, engine = [], sa.create_engine(url)
        with engine.connect() as other:
            other.exec_driver_sql("UPDATE users SET phone = '1' WHERE id = 2")

            def crossed(connection):
                calls.append(1)
                if len(calls) == 1:
                    error = sa.exc.OperationalError("x", {}, _deadlock(server))
                    raise error
                other.commit()
                connection.exec_driver_sql("UPDATE users SET phone = '2' WHERE id = 2")

            database.together(crossed, "Trying")
        engine.dispose()
    assert len(calls) == 2


def _deadlock(server):
    if server == "postgres":
        from psycopg.errors import DeadlockDetected

        return DeadlockDetected("deadlock detected")
    from pymysql.err import OperationalError

    return OperationalError(1213, "Deadlock found when trying to get lock")


def test_where_it_is_told_from_other_databases_without_user_and_password(database, application):
    assert str(application.database) in database.target
    assert "app:" not in database.target


def test_a_file_is_the_same_one_from_anywhere(sqlite, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    targets = set()
    for address in (written(sqlite), "sqlite:///app.db", "sqlite+pysqlite:///./app.db"):
        with UsersDatabase(address) as database:
            targets.add(database.target)
    assert targets == {f"sqlite {tmp_path / 'app.db'}"}

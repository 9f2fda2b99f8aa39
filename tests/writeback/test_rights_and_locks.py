"""Users without a right, locks of others, time limits, connections that end: each is told, and nothing is half done."""

import itertools
import sqlite3
import time
from contextlib import closing, contextmanager

import pytest
import sqlalchemy as sa
from servers import columns_in, execute, ids_in, ids_of, make_users, quoted, written

import passage_kit as pk

COLUMN = ", passage_id VARCHAR(24) UNIQUE"
EMPTY = [(number, None, None, None) for number in (1, 2, 3)]
_roles = itertools.count(1)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    monkeypatch.setattr("passage_kit.writeback.users_database._PATIENCE", 0.001)


@contextmanager
def somebody(admin, url, *rights):
    """Make a user with some rights in the database, each a statement with the user's name for {0}."""
    name = f"kit_role_{next(_roles)}"
    postgres = url.get_backend_name() == "postgresql"
    there = admin.set(database=url.database)
    made = f"ROLE {name} LOGIN PASSWORD" if postgres else f"USER {name}@'%' IDENTIFIED BY"
    execute(there, f"CREATE {made} 's3cret-of-{name}'")
    try:
        execute(there, *(right.format(name, quoted(url, url.database)) for right in rights))
        yield url.set(username=name, password=f"s3cret-of-{name}")
    finally:
        if postgres:
            execute(there, f"REASSIGN OWNED BY {name} TO app", f"DROP OWNED BY {name}", f"DROP ROLE {name}")
        else:
            execute(there, f"DROP USER {name}@'%'")


@contextmanager
def holding(admin, url, *statements):
    """Hold what some statements lock, in a session of somebody else."""
    engine = sa.create_engine(admin.set(database=url.database))
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        yield
        connection.rollback()
    engine.dispose()


def write(url, workspace, **more):
    return pk.write_passage_ids(ids_of(1, 2, 3), table="users", workspace=workspace, db=written(url), **more)


def refused(url, workspace, says, *, exit_code=2):
    """Check that a write-back is refused with these words."""
    with pytest.raises(pk.DatabaseError, match=says) as caught:
        write(url, workspace)
    assert caught.value.exit_code == exit_code
    assert "s3cret" not in str(caught.value)


@pytest.mark.slow
class TestRightsInPostgresql:
    OWN = "ALTER TABLE users OWNER TO {0}", "GRANT USAGE, CREATE ON SCHEMA public TO {0}"
    SOME = "GRANT SELECT ON users TO {0}", "GRANT UPDATE (passage_id) ON users TO {0}"

    @pytest.mark.parametrize(
        ("rights", "says"),
        [
            ((), r"Reading.*permission denied.*Ask for the right"),
            (("GRANT SELECT ON users TO {0}",), r"must be owner.*Ask for the right to alter"),
            ((*OWN, "ALTER ROLE {0} SET default_transaction_read_only = on"), r"read-only.*can only read"),
            ((*OWN, "ALTER ROLE {0} SET statement_timeout = '1ms'"), r"too little time.*statement_timeout"),
            ((*OWN, "ALTER ROLE {0} CONNECTION LIMIT 0"), "has no connection left"),
        ],
        ids=["none", "select", "read-only role", "no time", "no connection"],
    )
    def test_who_may_not_write_changes_nothing(self, postgres_server, postgres, tmp_path, rights, says):
        make_users(postgres)
        with somebody(postgres_server, postgres, *rights) as url:
            refused(url, tmp_path / "m", says)
        assert len(columns_in(postgres)) == 3

    def test_who_may_change_the_column_alone_needs_no_more(self, postgres_server, postgres, tmp_path):
        make_users(postgres, EMPTY, more=COLUMN)
        with somebody(postgres_server, postgres, *self.SOME) as url:
            assert write(url, tmp_path / "m").check["right"] == 3
            assert pk.undo_write_back(workspace=tmp_path / "m", db=written(url)).set_back == 3

    def test_who_may_change_the_column_cannot_build_its_index(self, postgres_server, postgres, tmp_path):
        make_users(postgres, EMPTY, more=COLUMN.replace(" UNIQUE", ""))
        with somebody(postgres_server, postgres, *self.SOME) as url:
            refused(url, tmp_path / "m", "must be owner.*Ask for the right to alter")
        assert set(ids_in(postgres).values()) == {None}

    def test_who_may_build_nothing_in_the_schema_is_told_so(self, postgres_server, postgres, tmp_path):
        make_users(postgres)
        with somebody(postgres_server, postgres, "ALTER TABLE users OWNER TO {0}") as url:
            refused(url, tmp_path / "m", "to create an index in its schema", exit_code=1)
            assert pk.undo_write_back(workspace=tmp_path / "m", db=written(url)).column_dropped

    def test_who_may_make_no_temporary_tables_is_told_so(self, postgres_server, postgres, tmp_path):
        make_users(postgres, EMPTY, more=COLUMN)
        rights = *self.SOME, "REVOKE TEMPORARY ON DATABASE {1} FROM PUBLIC"
        with somebody(postgres_server, postgres, *rights) as url:
            refused(url, tmp_path / "m", "and to make temporary tables")
        assert set(ids_in(postgres).values()) == {None}

    @pytest.mark.parametrize("end", ["pg_sleep(20)", "pg_terminate_backend(pg_backend_pid())"])
    def test_a_statement_that_is_ended_on_the_way_leaves_no_row_set(self, postgres_server, postgres, tmp_path, end):
        make_users(postgres)
        execute(
            postgres,
            f"CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.id = 3 THEN PERFORM {end}; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER ends BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fire()",
        )
        says = r"too little time" if "sleep" in end else r"server ended the connection"
        with somebody(postgres_server, postgres, *self.OWN, "ALTER ROLE {0} SET statement_timeout = '2s'") as url:
            refused(url, tmp_path / "m", says, exit_code=1)
            assert set(ids_in(url).values()) == {None}
            execute(postgres_server.set(database=postgres.database), "DROP TRIGGER ends ON users")
            assert write(url, tmp_path / "m").check["right"] == 3
            assert pk.undo_write_back(workspace=tmp_path / "m", db=written(url)).column_dropped

    @pytest.mark.parametrize(
        "lock",
        [
            "LOCK TABLE users IN ACCESS EXCLUSIVE MODE",
            "LOCK TABLE users IN SHARE MODE",
            "SELECT * FROM users WHERE id = 2 FOR UPDATE",
        ],
    )
    def test_a_lock_of_another_session_is_told_and_waited_for_no_longer(
        self, postgres_server, postgres, tmp_path, lock
    ):
        make_users(postgres, EMPTY, more=COLUMN)
        with somebody(postgres_server, postgres, *self.OWN, "ALTER ROLE {0} SET lock_timeout = '200ms'") as url:
            with holding(postgres_server, postgres, lock):
                refused(url, tmp_path / "m", r"Another session locks the table.*run it again")
            assert set(ids_in(url).values()) == {None}
            assert write(url, tmp_path / "m").check["right"] == 3
            assert pk.undo_write_back(workspace=tmp_path / "m", db=written(url)).set_back == 3


@pytest.mark.slow
class TestRightsInMariadb:
    ALL = "GRANT ALL ON {1}.* TO {0}@'%'"

    @pytest.mark.parametrize(
        ("rights", "says"),
        [
            (("GRANT SELECT ON {1}.* TO {0}@'%'",), r"denied.*Ask for the right"),
            (("GRANT SELECT, UPDATE ON {1}.* TO {0}@'%'",), r"and to make temporary tables"),
            (
                (
                    "GRANT SELECT, CREATE TEMPORARY TABLES ON {1}.* TO {0}@'%'",
                    "GRANT UPDATE (email) ON {1}.users TO {0}@'%'",
                ),
                r"denied.*Ask for the right",
            ),
        ],
        ids=["select", "no temporary tables", "another column"],
    )
    def test_who_may_not_write_changes_nothing(self, mariadb_server, mariadb, tmp_path, rights, says):
        make_users(mariadb, EMPTY, more=COLUMN)
        with somebody(mariadb_server, mariadb, *rights) as url:
            refused(url, tmp_path / "m", says)
        assert set(ids_in(mariadb).values()) == {None}

    @pytest.mark.parametrize(
        ("setting", "says"),
        [
            ("read_only = ON", "only allows reading"),
            ("max_statement_time = 0.2", "too little time"),
        ],
    )
    def test_what_the_server_allows_nobody(self, mariadb_server, mariadb, tmp_path, setting, says):
        make_users(mariadb, EMPTY, more=COLUMN)
        execute(
            mariadb,
            "CREATE TRIGGER waits BEFORE UPDATE ON users FOR EACH ROW SET NEW.phone = concat('', sleep(NEW.id / 3))",
        )
        name = setting.partition(" ")[0]
        with somebody(mariadb_server, mariadb, self.ALL) as url:
            execute(mariadb_server, f"SET GLOBAL {setting}")
            try:
                refused(url, tmp_path / "m", says)
            finally:
                execute(mariadb_server, f"SET GLOBAL {name} = {0 if 'time' in name else 'OFF'}")
        assert set(ids_in(mariadb).values()) == {None}

    @pytest.mark.parametrize(
        "mode", ["", "ANSI", "ORACLE", "NO_BACKSLASH_ESCAPES", "PAD_CHAR_TO_FULL_LENGTH,ONLY_FULL_GROUP_BY"]
    )
    def test_an_odd_mode_of_sql_is_no_obstacle(self, mariadb_server, mariadb, tmp_path, mode):
        make_users(mariadb, [(number, f"o'{number}\\@example.org", None) for number in (1, 2, 3)])
        execute(mariadb_server, f"SET GLOBAL sql_mode = '{mode}'")
        try:
            assert write(mariadb, tmp_path / "m").check["right"] == 3
            assert pk.undo_write_back(workspace=tmp_path / "m", db=written(mariadb)).column_dropped
        finally:
            execute(mariadb_server, "SET GLOBAL sql_mode = DEFAULT")

    def test_a_lock_of_another_session_is_told(self, mariadb_server, mariadb, tmp_path):
        make_users(mariadb, EMPTY, more=COLUMN)
        execute(mariadb_server, "SET GLOBAL innodb_lock_wait_timeout = 1")
        try:
            with holding(mariadb_server, mariadb, "SELECT * FROM users WHERE id = 2 FOR UPDATE"):
                refused(mariadb, tmp_path / "m", "Another session locks the table")
        finally:
            execute(mariadb_server, "SET GLOBAL innodb_lock_wait_timeout = DEFAULT")
        assert write(mariadb, tmp_path / "m").check["right"] == 3

    def test_a_connection_that_is_killed_on_the_way_leaves_no_row_set(self, mariadb, tmp_path):
        make_users(mariadb)
        execute(
            mariadb,
            "CREATE TRIGGER ends BEFORE UPDATE ON users FOR EACH ROW "
            "BEGIN IF NEW.id = 3 THEN KILL CONNECTION_ID(); END IF; END",
        )
        refused(mariadb, tmp_path / "m", "The server ended the connection", exit_code=1)
        assert set(ids_in(mariadb).values()) == {None}
        execute(mariadb, "DROP TRIGGER ends")
        assert write(mariadb, tmp_path / "m").check["right"] == 3
        assert pk.undo_write_back(workspace=tmp_path / "m", db=written(mariadb)).column_dropped


class TestFilesOfSqlite:
    @pytest.fixture
    def impatient(self, sqlite):
        make_users(sqlite)
        return sqlite.update_query_dict({"timeout": "0.05"})

    @pytest.mark.parametrize("begin", ["EXCLUSIVE", "IMMEDIATE"])
    def test_a_file_that_another_program_locks(self, sqlite, impatient, tmp_path, begin):
        with closing(sqlite3.connect(sqlite.database, isolation_level=None)) as other:
            other.execute(f"BEGIN {begin}")
            begun = time.monotonic()
            refused(impatient, tmp_path / "m", "Another session locks the database")
            assert time.monotonic() - begun < 25, "it waits as long as the URL says, not half a minute"
            other.execute("ROLLBACK")
        assert len(columns_in(sqlite)) == 3
        assert write(impatient, tmp_path / "m").check["right"] == 3

    def test_what_stands_in_a_log_that_is_not_in_the_file_yet_is_read(self, sqlite, impatient, tmp_path):
        with closing(sqlite3.connect(sqlite.database, isolation_level=None)) as other:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("INSERT INTO users (id) VALUES (4)")
            assert len(write(impatient, tmp_path / "m").rows) == 4
            assert pk.undo_write_back(workspace=tmp_path / "m", db=written(impatient)).column_dropped

    @pytest.mark.parametrize("table", ["temp.users", "other.users"])
    def test_a_database_that_is_not_attached_has_no_table(self, sqlite, impatient, tmp_path, table):
        with pytest.raises(pk.DatabaseError, match=r"has no table .*Name one of its tables: users"):
            pk.write_passage_ids(ids_of(1), table=table, workspace=tmp_path / "m", db=written(sqlite))

    def test_a_damaged_file_is_told(self, sqlite, impatient, tmp_path):
        with open(sqlite.database, "r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 4096)
        refused(impatient, tmp_path / "m", "The file is damaged. Restore it from a backup")

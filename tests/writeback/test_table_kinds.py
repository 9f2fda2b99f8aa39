"""What the users table is comes before what else is missing, so that nobody adds a key to a table without rows."""

import sqlite3
from contextlib import closing

import pytest
from servers import columns_in, execute, ids_in, ids_of, rows, written

import passage_kit as pk

PEOPLE = "INSERT INTO users (id, email) VALUES (1, 'a@example.org'), (2, 'b@example.org'), (3, 'c@example.org')"
VERSIONED = "CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(50){}) WITH SYSTEM VERSIONING"


def write(url, folder, **more):
    return pk.write_passage_ids(ids_of(1, 2, 3), workspace=folder / "m", db=written(url), table="users", **more)


@pytest.mark.slow
class TestPostgres:
    @pytest.fixture
    def foreign(self, postgres, postgres_server):
        """Let the database have a server whose rows are elsewhere."""
        there = postgres_server.set(database=postgres.database)
        execute(
            there,
            "CREATE FOREIGN DATA WRAPPER elsewhere",
            "CREATE SERVER crm FOREIGN DATA WRAPPER elsewhere",
            "GRANT USAGE ON FOREIGN SERVER crm TO app",
        )
        return postgres

    @pytest.mark.parametrize("column", ["", ", passage_id text"])
    @pytest.mark.parametrize("settings", [{}, {"share": True}], ids=["own", "shared"])
    def test_a_foreign_table_is_told_for_what_it_is(self, foreign, tmp_path, column, settings):
        execute(foreign, f"CREATE FOREIGN TABLE users (id int, email text{column}) SERVER crm")
        with pytest.raises(pk.DatabaseError, match=r"users is a foreign table.*server crm \(elsewhere\).*Connect to"):
            write(foreign, tmp_path, **settings)

    def test_a_foreign_table_that_is_a_partition(self, foreign, tmp_path):
        execute(
            foreign,
            "CREATE TABLE everybody (id int, email text) PARTITION BY RANGE (id)",
            "CREATE FOREIGN TABLE users PARTITION OF everybody FOR VALUES FROM (0) TO (100) SERVER crm",
        )
        with pytest.raises(pk.DatabaseError, match="users is a foreign table"):
            write(foreign, tmp_path)

    def test_a_partitioned_table_without_a_key(self, postgres, tmp_path):
        execute(postgres, "CREATE TABLE users (id int, email text) PARTITION BY RANGE (id)")
        with pytest.raises(pk.DatabaseError, match=r"users is partitioned.*Name the table that holds the rows"):
            write(postgres, tmp_path)

    @pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
    def test_a_view(self, postgres, tmp_path, kind):
        execute(postgres, "CREATE TABLE people (id int, email text)", f"CREATE {kind} users AS SELECT * FROM people")
        with pytest.raises(pk.DatabaseError, match="users is a view"):
            write(postgres, tmp_path)


@pytest.mark.slow
class TestMariaDB:
    def test_rows_in_a_file(self, mariadb, tmp_path):
        execute(mariadb, "CREATE TABLE users (id INT NOT NULL, email VARCHAR(50) NOT NULL) ENGINE=CSV")
        with pytest.raises(pk.DatabaseError, match=r"users is a table of the engine CSV.*in a CSV file"):
            write(mariadb, tmp_path)

    def test_rows_of_other_tables(self, mariadb, tmp_path):
        columns = "(id INT, email VARCHAR(50))"
        execute(
            mariadb,
            f"CREATE TABLE people {columns} ENGINE=MyISAM",
            f"CREATE TABLE users {columns} ENGINE=MRG_MyISAM UNION=(people)",
        )
        with pytest.raises(pk.DatabaseError, match="its rows are kept in other tables"):
            write(mariadb, tmp_path)

    def test_a_sequence(self, mariadb, tmp_path):
        execute(mariadb, "CREATE SEQUENCE users")
        with pytest.raises(pk.DatabaseError, match="counts and keeps no rows"):
            write(mariadb, tmp_path)

    def test_a_table_that_keeps_its_history_gets_no_column(self, mariadb, tmp_path):
        execute(mariadb, VERSIONED.format(""), PEOPLE)
        with pytest.raises(pk.DatabaseError, match=r"users is system-versioned.*system_versioning_alter_history"):
            write(mariadb, tmp_path)
        assert columns_in(mariadb) == [("id", "INTEGER"), ("email", "VARCHAR(50)")]

    def test_a_table_that_keeps_its_history_and_lacks_the_index(self, mariadb, tmp_path):
        execute(mariadb, VERSIONED.format(", passage_id VARCHAR(24)"), PEOPLE)
        with pytest.raises(pk.DatabaseError, match="users is system-versioned"):
            write(mariadb, tmp_path)

    def test_a_table_that_keeps_its_history_and_has_both(self, mariadb, tmp_path):
        execute(mariadb, VERSIONED.format(", passage_id VARCHAR(24) UNIQUE"), PEOPLE)
        assert write(mariadb, tmp_path).check["right"] == 3
        assert len(rows(mariadb, "SELECT 1 FROM users FOR SYSTEM_TIME ALL")) == 6
        assert pk.undo_write_back(workspace=tmp_path / "m", db=written(mariadb)).set_back == 3
        assert set(ids_in(mariadb).values()) == {None}

    def test_a_table_that_keeps_its_history_where_the_database_alters_it(self, mariadb, mariadb_server, tmp_path):
        execute(mariadb, VERSIONED.format(""), PEOPLE)
        execute(mariadb_server, "SET GLOBAL system_versioning_alter_history = 'KEEP'")
        try:
            assert write(mariadb, tmp_path).check["right"] == 3
            assert pk.undo_write_back(workspace=tmp_path / "m", db=written(mariadb)).column_dropped
        finally:
            execute(mariadb_server, "SET GLOBAL system_versioning_alter_history = 'ERROR'")

    @pytest.mark.filterwarnings("ignore:Unknown schema content")  # SQLAlchemy knows no periods
    def test_a_key_that_holds_for_a_period(self, mariadb, tmp_path):
        execute(
            mariadb,
            "CREATE TABLE users (id INT, email VARCHAR(50), since DATE, until DATE, PERIOD FOR valid (since, until), "
            "PRIMARY KEY (id, valid WITHOUT OVERLAPS))",
        )
        with pytest.raises(pk.DatabaseError, match="holds for a period"):
            write(mariadb, tmp_path)


@pytest.mark.skipif(sqlite3.sqlite_version_info < (3, 37), reason="this SQLite does not tell what a table is")
@pytest.mark.parametrize("name", ["users", "main.users"])
def test_a_virtual_table(sqlite, tmp_path, name):
    with closing(sqlite3.connect(sqlite.database)) as app, app:
        app.execute("CREATE VIRTUAL TABLE users USING fts5(id, email)")
    with pytest.raises(pk.DatabaseError, match="users is a virtual table"):
        pk.write_passage_ids(ids_of(1), workspace=tmp_path / "m", db=written(sqlite), table=name)


def test_a_view_of_sqlite(sqlite, tmp_path):
    execute(sqlite, "CREATE TABLE people (id INT, email TEXT)", "CREATE VIEW users AS SELECT * FROM people")
    with pytest.raises(pk.DatabaseError, match="users is a view"):
        write(sqlite, tmp_path)

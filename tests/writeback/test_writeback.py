"""The write-back on real databases: what is planned, set, left alone and checked."""

import signal
import sys
import threading
import traceback
from urllib.parse import quote

import pandas as pd
import pytest
import sqlalchemy as sa
from killed_writes import KILLS_ITSELF
from servers import PASSWORD, an_id, columns_in, execute, ids_in, ids_of, indexes_in, make_users, rows, written
from waiting import until

import passage_kit as pk
from passage_kit.writeback import writeback


@pytest.fixture
def write(application, tmp_path):
    """The verb on the database and a workspace of the test."""

    def passage_ids(ids, table="users", **options):
        return pk.write_passage_ids(ids, table=table, workspace=tmp_path / "m", db=written(application), **options)

    return passage_ids


def prepare(application, tmp_path, **options):
    """Prepare the users of the table in the workspace of the test."""
    return pk.prepare(
        written(application),
        reading={"table": "users"},
        mapping={"email": "email", "phone": "phone", "source_key": "id"},
        out=tmp_path / "m",
        **options,
    )


class TestSetting:
    def test_a_dry_run_says_what_the_run_does_and_changes_nothing(self, application, write, tmp_path):
        make_users(application)
        dry = write(ids_of(1, 2, 9), dry_run=True)
        assert columns_in(application)[-1][0] == "phone"
        assert dry.counts == {
            "set": 2, "right": 0, "different": 0, "without": 1, "by_phone": 0, "to_merge": 0, "ids_without_row": 1,
        }  # fmt: skip
        assert dry.ids_without_row[["source_key", "reason"]].to_numpy().tolist() == [["9", "no_row"]]
        assert not (tmp_path / "m" / "write_back.sqlite").exists()
        done = write(ids_of(1, 2, 9))
        assert (done.counts, done.sql) == (dry.counts, dry.sql)
        assert (dry.dry_run, done.dry_run) == (True, False)
        assert ids_in(application) == {1: an_id(1), 2: an_id(2), 3: None}

    def test_the_sql_of_a_dry_run_is_what_is_executed(self, application, write):
        make_users(application)
        dry = write(ids_of(1, 2), dry_run=True)
        executed = []
        sa.event.listen(sa.Engine, "before_cursor_execute", spy := lambda *call: executed.append(call[2]))
        try:
            write(ids_of(1, 2))
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", spy)
        loaded = [sql for sql in dry.sql if not sql.startswith(("COPY", "INSERT"))]  # these go past the cursor, or
        assert [sql for sql in executed if sql in loaded] == loaded  # are written in the driver's own marks
        writing = ("ALTER", "CREATE", "UPDATE", "WITH", "DROP")
        assert [sql for sql in executed if sql.startswith(writing)] == [
            sql for sql in loaded if sql.startswith(writing)
        ]

    def test_a_second_run_changes_nothing(self, application, write, tmp_path):
        make_users(application)
        write(ids_of(1, 2))
        record = (tmp_path / "m" / "write_back.sqlite").read_bytes()
        again = write(ids_of(1, 2))
        assert (again.counts["right"], again.counts["set"], again.sql) == (2, 0, ())
        assert (tmp_path / "m" / "write_back.sqlite").read_bytes() == record

    def test_the_column_is_made_for_ids(self, application, write):
        make_users(application)
        write(ids_of(1))
        name, kind = columns_in(application)[-1]
        assert (name, kind.split(" ")[0]) == ("passage_id", "VARCHAR(24)")
        assert indexes_in(application) == {"users_passage_id_index": True}

    def test_ids_that_differ_in_capitals_are_different_ids(self, application, write):
        make_users(application)
        ids = pd.DataFrame({"source_key": ["1", "2"], "passage_id": ["a" * 24, "A" * 24]})
        assert write(ids).check["right"] == 2

    def test_another_id_is_left_alone_unless_it_is_to_be_overwritten(self, application, write):
        make_users(application)
        write(ids_of(1, 2))
        other = ids_of(1, 2).assign(passage_id=[an_id(1), an_id(7)])
        done = write(other)
        assert done.different[["id", "passage_id", "current"]].to_numpy().tolist() == [["2", an_id(7), an_id(2)]]
        assert done.check == {"users": 2, "right": 1, "different": 1, "without_id": 0, "without_row": 0}
        assert ids_in(application)[2] == an_id(2)
        assert write(other, overwrite=True).counts["set"] == 1
        assert ids_in(application) == {1: an_id(1), 2: an_id(7), 3: None}

    def test_an_id_that_stands_on_another_row_is_a_conflict(self, application, write):
        make_users(application)
        write(ids_of(1, 2))
        moved = pd.DataFrame({"source_key": ["3"], "passage_id": [an_id(1)]})
        for options in ({}, {"overwrite": True}):
            done = write(moved, **options)
            assert done.different[["id", "reason"]].to_numpy().tolist() == [["3", "id_on_another_row"]]
        assert ids_in(application)[3] is None

    def test_blank_ids_are_filled(self, application, write):
        make_users(application)
        execute(
            application,
            "ALTER TABLE users ADD COLUMN passage_id VARCHAR(30)",
            "UPDATE users SET passage_id = '' WHERE id = 1",
        )
        assert write(ids_of(1, 2)).counts["set"] == 2

    def test_several_batches(self, application, write, monkeypatch):
        monkeypatch.setattr(writeback, "BATCH_ROWS", 7)
        make_users(application, [(number, None, None) for number in range(1, 101)])
        assert write(ids_of(*range(1, 101))).check["right"] == 100
        assert len(set(ids_in(application).values())) == 100


class TestMatching:
    def test_by_email_then_by_phone(self, application, write):
        make_users(application)
        ids = [
            {"id": an_id(1), "email": "ann@example.org", "phone": ""},
            {"id": an_id(3), "email": "", "phone": "+14155550103"},
            {"id": an_id(4), "email": "eve@example.org", "phone": ""},
        ]
        done = write(ids)
        assert done.rows["matched_by"].fillna("-").tolist() == ["email", "-", "phone"]
        assert done.by_phone["id"].tolist() == ["3"]
        assert done.ids_without_row["email"].tolist() == ["eve@example.org"]
        assert ids_in(application) == {1: an_id(1), 2: None, 3: an_id(3)}

    def test_by_the_identifiers_that_were_prepared(self, application, write, tmp_path):
        make_users(application, [(1, "mailto:Ann@Example.org", None), (2, None, "(415) 555-0102"), (3, "n/a", "-")])
        prepare(application, tmp_path, default_region="US")
        users = pd.DataFrame(
            {"id": [an_id(1), an_id(2)], "email": ["ann@example.org", ""], "phone": ["", "+14155550102"]}
        )
        done = write(users)
        assert done.rows["matched_by"].fillna("-").tolist() == ["email", "phone", "-"]
        assert done.without_id[["reason", "codes"]].to_numpy().tolist() == [
            ["rejected", "email_placeholder phone_placeholder no_identifier"]
        ]
        assert done.check == {"users": 2, "right": 2, "different": 0, "without_id": 0, "without_row": 0}

    @pytest.mark.slow
    def test_by_the_emails_of_the_table_where_its_keys_are_other_ones(self, application, write, tmp_path):
        people = pd.DataFrame({"no": ["K-1", "K-2"], "mail": ["ann@example.org", "bob@example.org"]})
        pk.prepare(people, mapping={"email": "mail", "source_key": "no"}, out=tmp_path / "m")
        make_users(application)
        ids = ids_of(1, 2).assign(source_key=["K-1", "K-2"], email=["ann@example.org", "bob@example.org"])
        done = write(ids)
        assert done.rows["matched_by"].fillna("-").tolist() == ["email", "email", "-"]
        assert done.check == {"users": 2, "right": 2, "different": 0, "without_id": 0, "without_row": 0}
        assert ids_in(application) == {1: an_id(1), 2: an_id(2), 3: None}

    def test_a_failed_user_and_a_new_one_say_why(self, application, write, tmp_path):
        make_users(application)
        prepare(application, tmp_path)
        execute(application, "INSERT INTO users VALUES (4, 'dan@example.org', NULL)", "DELETE FROM users WHERE id = 2")
        ids = ids_of(1, 2, 3, outcome=["created", "created", "failed"])
        ids.loc[2, "passage_id"] = None
        done = write(ids)
        assert dict(zip(done.rows["id"], done.rows["reason"].fillna("-"), strict=True)) == {
            "1": "-", "3": "failed", "4": "not_prepared",
        }  # fmt: skip
        assert done.check == {"users": 3, "right": 1, "different": 0, "without_id": 1, "without_row": 1}

    def test_a_key_that_leads_to_other_people_is_refused(self, application, write, tmp_path):
        make_users(application, [(number, f"user{number}@example.org", None) for number in range(1, 31)])
        prepare(application, tmp_path)
        execute(application, "ALTER TABLE users ADD COLUMN other INTEGER", "UPDATE users SET other = 31 - id")
        with pytest.raises(pk.DatabaseError, match="The key other of users leads to other people"):
            write(ids_of(1, 2), table=pk.UsersTable("users", key="other"))


class TestAbsorbed:
    @pytest.fixture
    def twice(self, application, tmp_path):
        make_users(
            application, [(1, "ann@example.org", None), (2, "ANN@example.org", None), (3, "bob@example.org", None)]
        )
        prepare(application, tmp_path)

    def test_only_the_survivor_gets_the_id(self, application, write, tmp_path, twice):
        done = write(ids_of(1, 3))
        assert ids_in(application) == {1: an_id(1), 2: None, 3: an_id(3)}
        assert done.to_merge.to_numpy().tolist() == [["2", "1", "absorbed"]]
        merge = (tmp_path / "m" / "out" / "merge_these_accounts.csv").read_text(encoding="utf-8")
        assert merge == "id,survivor_id,reason\r\n2,1,absorbed\r\n".replace("\r\n", "\n")

    @pytest.mark.slow
    def test_shared_ids_drop_the_unique_index(self, application, write, tmp_path, twice):
        write(ids_of(1, 3))
        done = write(ids_of(1, 3), share=True)
        assert done.to_set[["id", "matched_by"]].to_numpy().tolist() == [["2", "survivor"]]
        assert ids_in(application) == {1: an_id(1), 2: an_id(1), 3: an_id(3)}
        assert set(indexes_in(application).values()) == {False}
        pk.undo_write_back(tmp_path / "m", db=written(application))
        assert ids_in(application) == {1: an_id(1), 2: None, 3: an_id(3)}
        assert set(indexes_in(application).values()) == {True}

    @pytest.mark.slow
    def test_ids_that_are_shared_no_more_are_unique_again(self, application, write, twice):
        write(ids_of(1, 3), share=True)
        with pytest.raises(pk.DatabaseError, match="cannot become unique"):
            write(ids_of(1, 3))
        execute(application, "UPDATE users SET passage_id = NULL WHERE id = 2")
        assert write(ids_of(1, 3)).counts["right"] == 2
        assert indexes_in(application) == {"users_passage_id_index": True}

    def test_rows_that_nothing_tells_apart_get_no_id(self, application, write):
        make_users(application, [(1, "ann@example.org", None), (2, "ANN@example.org", None)])
        done = write([{"id": an_id(1), "email": "ann@example.org"}])
        assert done.to_merge["reason"].tolist() == ["several_rows", "several_rows"]
        assert done.ids_without_row["reason"].tolist() == ["several_rows"]
        assert write([{"id": an_id(1), "email": "ann@example.org"}], share=True).counts["set"] == 2


class TestNames:
    @pytest.mark.few(1)
    @pytest.mark.parametrize(
        "table", ["User Accounts", "select", "Benutzer ünd Größe", "dotted.name", "100% users", "it's", "a:b"]
    )
    def test_names_are_quoted(self, application, write, table):
        make_users(application, table=table)
        column = "Passage-Id für %s:x"
        done = write(ids_of(1, 2), table=pk.UsersTable(table, column=column))
        assert done.check["right"] == 2
        assert ids_in(application, table, column) == {1: an_id(1), 2: an_id(2), 3: None}
        assert write(ids_of(1, 2), table=pk.UsersTable(table, column=column)).sql == ()

    def test_a_quote_in_a_name(self, application, write):
        table = 'users "of" `old`'
        make_users(application, table=table)
        assert write(ids_of(1), table=table).check["right"] == 1

    @pytest.mark.slow
    def test_a_schema_of_postgresql(self, postgres, tmp_path):
        execute(
            postgres,
            "CREATE SCHEMA crm",
            "CREATE TABLE crm.users (id int PRIMARY KEY)",
            "INSERT INTO crm.users VALUES (1)",
        )
        make_users(postgres)
        done = pk.write_passage_ids(ids_of(1), table="crm.users", workspace=tmp_path, db=written(postgres))
        assert done.check["right"] == 1
        assert rows(postgres, "SELECT * FROM crm.users") == [(1, an_id(1))]
        assert columns_in(postgres)[-1][0] == "phone"
        assert pk.undo_write_back(tmp_path, db=written(postgres)).column_dropped


KEYS = {
    "text": ("id VARCHAR(20) PRIMARY KEY", ["00123", "Ann Müller's"], ["00123", "Ann Müller's"]),
    "integer": ("id BIGINT PRIMARY KEY", [7, -(2**62)], ["000007", f"{-(2**62)}.0"]),
    "char": ("id CHAR(8) PRIMARY KEY", ["ab", "cd"], ["ab", "cd  "]),
    "composite": ("tenant VARCHAR(10), id INTEGER", ["acme", "zeta"], ["acme 1", "zeta 1"]),
}


class TestKeys:
    @pytest.mark.few(1)
    @pytest.mark.parametrize("kind", KEYS)
    def test_keys_of_any_type(self, application, write, kind):
        key, values, source_keys = KEYS[kind]
        parts = [(value, 1) if kind == "composite" else (value,) for value in values]
        make_users(
            application,
            [(*part, None, None) for part in parts],
            key=key,
            more=", PRIMARY KEY (tenant, id)" if kind == "composite" else "",
        )
        ids = pd.DataFrame({"source_key": source_keys, "passage_id": [an_id(1), an_id(2)]})
        assert write(ids).check["right"] == 2
        assert sorted(ids_in(application).values()) == [an_id(1), an_id(2)]

    @pytest.mark.slow
    def test_uuids(self, tmp_path, request):
        for server, kind in (("postgres", "uuid"), ("mariadb", "uuid")):
            url = request.getfixturevalue(server)
            make_users(url, [("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", None, None)], key=f"id {kind} PRIMARY KEY")
            ids = pd.DataFrame({"source_key": ["{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}"], "passage_id": [an_id(1)]})
            done = pk.write_passage_ids(ids, table="users", workspace=tmp_path / server, db=written(url))
            assert done.check["right"] == 1
            assert pk.undo_write_back(tmp_path / server, db=written(url)).set_back == 1

    @pytest.mark.slow
    def test_binary_uuids_of_mysql(self, mariadb, tmp_path):
        execute(
            mariadb,
            "CREATE TABLE users (id BINARY(16) PRIMARY KEY)",
            "INSERT INTO users VALUES (UNHEX('A0EEBC999C0B4EF8BB6D6BB9BD380A11'))",
            "INSERT INTO users VALUES (UNHEX('61616161616161616161616161616161'))",
        )
        keys = ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "61616161-6161-6161-6161-616161616161"]
        ids = pd.DataFrame({"source_key": keys, "passage_id": [an_id(1), an_id(2)]})
        done = pk.write_passage_ids(ids, table="users", workspace=tmp_path, db=written(mariadb))
        assert done.check["right"] == 2
        assert pk.undo_write_back(tmp_path, db=written(mariadb)).set_back == 2

    @pytest.mark.slow
    def test_timestamps_of_postgresql(self, postgres, tmp_path):
        execute(
            postgres,
            "CREATE TABLE users (id timestamptz PRIMARY KEY)",
            "INSERT INTO users VALUES ('2024-01-31 09:30:00.123456+00'), ('2024-02-29 00:00:00+00')",
        )
        source = pk.read_users(written(postgres), table="users")
        ids = pd.DataFrame({"source_key": source["id"], "passage_id": [an_id(1), an_id(2)]})
        assert pk.write_passage_ids(ids, table="users", workspace=tmp_path, db=written(postgres)).check["right"] == 2

    def test_a_key_that_is_not_the_primary_key(self, application, write):
        make_users(
            application,
            key="id INTEGER PRIMARY KEY, number VARCHAR(9)",
            users=[(1, "A7", None, None), (2, "A7", None, None), (3, "B8", None, None)],
        )
        ids = pd.DataFrame({"source_key": ["A7", "B8"], "passage_id": [an_id(7), an_id(8)]})
        done = write(ids, table=pk.UsersTable("users", key="number"))
        assert done.rows["reason"].fillna("-").tolist() == ["several_rows", "several_rows", "-"]
        assert ids_in(application) == {1: None, 2: None, 3: an_id(8)}

    def test_a_blank_key(self, application, write, tmp_path):
        make_users(application, [("", "ann@example.org", None)], key="id VARCHAR(9) PRIMARY KEY")
        assert write([{"id": an_id(1), "email": "ann@example.org"}]).check["right"] == 1
        assert pk.undo_write_back(tmp_path / "m", db=written(application)).set_back == 1

    def test_without_a_primary_key_the_key_has_to_be_unique(self, application, write):
        make_users(application, key="id INTEGER NOT NULL")
        with pytest.raises(pk.DatabaseError, match="cannot be told apart"):
            write(ids_of(1), table=pk.UsersTable("users", key="id"))
        execute(application, "CREATE UNIQUE INDEX one ON users (id)")
        assert write(ids_of(1), table=pk.UsersTable("users", key="id")).check["right"] == 1


class TestRefusals:
    def test_a_view(self, application, write):
        make_users(application)
        execute(application, "CREATE VIEW everybody AS SELECT * FROM users")
        with pytest.raises(pk.DatabaseError, match=r"everybody is a view. Name the table"):
            write(ids_of(1), table="everybody")

    @pytest.mark.parametrize(
        ("table", "what"),
        [
            ("nobody", "has no table nobody. Name one of its tables: users"),
            (pk.UsersTable("users", key="number"), "users has no column 'number'"),
            (pk.UsersTable("users", column="id"), "is the key"),
            (pk.UsersTable("users", column="id", key="email"), "is the key"),
            (pk.UsersTable("users", column="email", email="email"), "is the column of emails"),
        ],
    )
    def test_what_is_not_there(self, application, write, table, what):
        make_users(application)
        with pytest.raises(pk.DatabaseError, match=what):
            write(ids_of(1), table=table)

    @pytest.mark.parametrize(
        ("column", "what"),
        [
            ("passage_id VARCHAR(10)", "holds 10 characters"),
            ("passage_id INTEGER", "expected a text"),
            ("passage_id VARCHAR(30) NOT NULL DEFAULT ''", "NOT NULL"),
        ],
    )
    def test_a_column_that_cannot_hold_ids(self, application, write, column, what):
        make_users(application)
        execute(application, f"ALTER TABLE users ADD COLUMN {column}")
        with pytest.raises(pk.DatabaseError, match=what):
            write(ids_of(1))

    def test_values_that_are_there_twice(self, application, write):
        make_users(application)
        execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(30)", "UPDATE users SET passage_id = 'x'")
        with pytest.raises(pk.DatabaseError, match="2 values that another row has"):
            write(ids_of(1))

    @pytest.mark.parametrize("moment", ["BEFORE UPDATE"])
    def test_a_trigger_that_refuses(self, application, write, moment):
        make_users(application)
        trigger_that(application, "refuses")
        with pytest.raises(pk.WriteBackError, match=r"no updates here.*rigger"):
            write(ids_of(1))
        assert ids_in(application)[1] is None

    def test_a_trigger_that_changes_the_id_is_told_and_nothing_is_set(self, application, write, tmp_path):
        make_users(application)
        trigger_that(application, "changes")
        assert write(ids_of(1), dry_run=True).triggers == ("users_trigger",)
        with pytest.raises(pk.WriteBackError, match=r"1 rows of users would not have the id.*users_trigger"):
            write(ids_of(1))
        assert set(ids_in(application).values()) == {None}
        undone = pk.undo_write_back(workspace=tmp_path / "m", db=written(application))
        assert (undone.set_back, undone.changed_since, undone.gone) == (0, 0, 0)

    def test_a_connection_that_may_only_read(self, application, write, tmp_path, monkeypatch):
        make_users(application)
        url = read_only(application)
        options = {"table": "users", "workspace": tmp_path / "m", "db": written(url)}
        assert pk.write_passage_ids(ids_of(1), **options, dry_run=True).counts["set"] == 1
        with pytest.raises(pk.DatabaseError, match=r"(?i)read|denied|right") as caught:
            pk.write_passage_ids(ids_of(1), **options)
        assert caught.value.exit_code == 2
        assert len(columns_in(application)) == 3

    def test_a_database_of_another_kind(self, tmp_path):
        with pytest.raises(pk.DatabaseError, match="expected SQLite, PostgreSQL, MySQL or MariaDB"):
            pk.write_passage_ids(ids_of(1), table="users", workspace=tmp_path, db="oracle://h/x")


def trigger_that(url, does):
    """Have every update refused, or the id changed."""
    backend = url.get_backend_name()
    if backend == "postgresql":
        body = "RAISE EXCEPTION 'no updates here';" if does == "refuses" else "NEW.passage_id = 'x'; RETURN NEW;"
        execute(
            url,
            f"CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            "CREATE TRIGGER users_trigger BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fire()",
        )
        return
    if does == "refuses":
        word = {"sqlite": "SELECT RAISE(ABORT, 'no updates here');"}
        body = word.get(backend, "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no updates here';")
        when = "BEFORE"
    else:
        execute(url, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
        own = "UPDATE users SET passage_id = 'x' WHERE id = NEW.id AND passage_id <> 'x';"
        body, when = (own, "AFTER") if backend == "sqlite" else ("SET NEW.passage_id = 'x';", "BEFORE")
    execute(url, f"CREATE TRIGGER users_trigger {when} UPDATE ON users FOR EACH ROW BEGIN {body} END")


def read_only(url):
    """The same database for somebody who may only read."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        return sa.make_url(f"sqlite:///file:{url.database}?mode=ro&uri=true")
    if backend == "postgresql":
        return url.update_query_dict({"options": "-c default_transaction_read_only=on"})
    return url.update_query_dict({"init_command": "SET SESSION TRANSACTION READ ONLY"})


class TestOthersAtWork:
    def test_rows_that_change_meanwhile_are_left_alone(self, application, write, tmp_path, monkeypatch):
        make_users(application, [(number, None, None) for number in range(1, 21)])
        execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
        monkeypatch.setattr(writeback, "BATCH_ROWS", 5)
        between(
            monkeypatch,
            application,
            "UPDATE users SET passage_id = 'theirs' WHERE id = 3",
            "DELETE FROM users WHERE id = 8",
        )
        done = write(ids_of(*range(1, 21)))
        theirs = done.rows[done.rows["reason"] == "changed_meanwhile"]["id"].tolist()
        assert theirs == ["3", "8"]
        assert (ids_in(application)[3], done.counts["set"]) == ("theirs", 18)
        assert pk.undo_write_back(tmp_path / "m", db=written(application)).set_back == 18
        assert ids_in(application)[3] == "theirs"

    def test_an_id_that_another_row_takes_meanwhile_is_left_to_it(self, application, write, monkeypatch):
        make_users(application)
        between(monkeypatch, application, f"INSERT INTO users (id, passage_id) VALUES (9, '{an_id(2)}')")
        done = write(ids_of(1, 2, 3))
        assert ids_in(application) == {1: an_id(1), 2: None, 3: an_id(3), 9: an_id(2)}
        assert done.different["id"].tolist() == ["2"]

    @pytest.mark.slow
    def test_writers_that_never_rest(self, application, write, monkeypatch):
        """Others update, insert and delete rows of the same table all the while."""
        count = 1_500
        monkeypatch.setattr(writeback, "BATCH_ROWS", 150)
        make_users(application, [(number, f"user{number}@example.org", None) for number in range(1, count + 1)])
        stop, failed, turns = threading.Event(), [], []

        def work():
            engine = sa.create_engine(
                application, connect_args={"timeout": 30} if application.get_backend_name() == "sqlite" else {}
            )
            turn = 0
            while not stop.is_set():
                turn += 1
                number = turn * 37 % count + 1
                try:
                    with engine.begin() as connection:
                        connection.execute(
                            sa.text(f"UPDATE users SET phone = '{turn}' WHERE id IN ({number}, {count + 1 - number})")
                        )
                        connection.execute(
                            sa.text(f"INSERT INTO users (id, email) VALUES ({count + turn}, 'new{turn}@example.org')")
                        )
                        connection.execute(sa.text(f"DELETE FROM users WHERE id = {count + turn - 2} AND id > {count}"))
                except sa.exc.OperationalError as error:
                    failed.append(error)  # a deadlock, resolved against this writer
                turns.append(turn)
            engine.dispose()

        writer = threading.Thread(target=work)
        writer.start()
        try:
            until(lambda: len(turns) > 3)
            before = len(turns)
            done = write(ids_of(*range(1, count + 1)))
            during = len(turns) - before
        finally:
            stop.set()
            writer.join()
        assert done.check["right"] == count
        assert during
        assert len(failed) < len(turns)
        phones = rows(application, "SELECT count(*) FROM users WHERE phone IS NOT NULL")
        assert phones[0][0] > 0


def between(monkeypatch, url, *statements):
    """Have somebody else change the table after it was read, and before the first batch."""
    real, done = writeback.set_batch, []

    def late(*arguments):
        if not done:
            execute(url, *statements)
            done.append(True)
        return real(*arguments)

    monkeypatch.setattr(writeback, "set_batch", late)


KILLED = (
    KILLS_ITSELF
    + """
import sys
import pandas as pd
import passage_kit as pk
from passage_kit.writeback import writeback

writeback.BATCH_ROWS = 100
pk.write_passage_ids(sys.argv[1], table="users", workspace=sys.argv[2])
"""
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_that_was_killed_goes_on(application, write, tmp_path, moment, nursery):
    """kill -9 in the middle, before and after a batch was committed; then the same run again, then undone whole."""
    make_users(application, [(number, None, None) for number in range(1, 1_001)])
    ids = ids_of(*range(1, 1_001))
    ids.to_csv(tmp_path / "ids.csv", index=False)
    environment = {"PASSAGE_DB_URL": written(application)}
    killed = nursery.run(KILLED, tmp_path / "ids.csv", tmp_path / "m", moment, environment=environment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    there = sum(value is not None for value in ids_in(application).values())
    assert there == (300 if moment == "before" else 400)
    done = write(ids)
    assert (done.counts["right"], done.counts["set"]) == (there, 1_000 - there)
    assert done.check["right"] == 1_000
    undone = pk.undo_write_back(tmp_path / "m", db=written(application))
    assert (undone.set_back, undone.column_dropped) == (1_000, True)


@pytest.mark.slow
def test_a_run_that_was_killed_can_be_undone_as_it_is(postgres, tmp_path, nursery):
    make_users(postgres, [(number, None, None) for number in range(1, 1_001)])
    ids_of(*range(1, 1_001)).to_csv(tmp_path / "ids.csv", index=False)
    environment = {"PASSAGE_DB_URL": written(postgres)}
    nursery.run(KILLED, tmp_path / "ids.csv", tmp_path / "m", "before", environment=environment)
    undone = pk.undo_write_back(tmp_path / "m", db=written(postgres))
    assert (undone.set_back, undone.changed_since, undone.column_dropped) == (300, 0, True)


@pytest.mark.slow
def test_an_index_whose_building_was_interrupted_is_built_anew(postgres, tmp_path):
    make_users(postgres, [(1, None, None), (2, None, None)])
    execute(postgres, "ALTER TABLE users ADD COLUMN passage_id varchar(24)", "UPDATE users SET passage_id = 'x'")
    with pytest.raises(sa.exc.IntegrityError):
        execute(postgres, "CREATE UNIQUE INDEX CONCURRENTLY users_passage_id_index ON users (passage_id)")
    execute(postgres, "UPDATE users SET passage_id = NULL")
    done = pk.write_passage_ids(ids_of(1), table="users", workspace=tmp_path, db=written(postgres))
    assert done.sql[0].startswith("DROP INDEX CONCURRENTLY")
    valid = "SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'users_passage_id_index'::regclass"
    assert rows(postgres, valid) == [(True, True)]


@pytest.mark.slow
def test_writers_are_not_kept_out_while_the_index_is_built(postgres, tmp_path):
    """An open transaction that has written keeps the index from being finished, and nobody from writing."""
    make_users(postgres, [(number, None, None) for number in range(1, 11)])
    execute(postgres, "ALTER TABLE users ADD COLUMN passage_id varchar(24)")
    engine, results = sa.create_engine(postgres), []
    with engine.connect() as slow:
        slow.execute(sa.text("UPDATE users SET email = 'a@example.org' WHERE id = 10"))
        run = threading.Thread(
            target=lambda: results.append(
                pk.write_passage_ids(ids_of(*range(1, 10)), table="users", workspace=tmp_path, db=written(postgres))
            )
        )
        run.start()
        building = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE UNIQUE INDEX%%' AND state = 'active'"
        until(lambda: rows(postgres, building.replace("%%", "%")) != [(0,)])
        execute(postgres, "SET statement_timeout = '60s'", "UPDATE users SET email = 'b@example.org' WHERE id = 1")
        slow.commit()
    run.join()
    engine.dispose()
    assert results[0].check["right"] == 9


@pytest.mark.slow
@pytest.mark.parametrize("server", ["postgres", "mariadb"])
def test_the_password_is_nowhere(server, request, tmp_path, capfd):
    """Not in outputs, files, reprs or errors, of runs that work and of runs that fail."""
    url = request.getfixturevalue(server)
    make_users(url)
    options = {"workspace": tmp_path / "m", "db": written(url)}
    result = pk.write_passage_ids(ids_of(1), table="users", **options)
    undone = pk.undo_write_back(**options)
    said = [repr(result), result.to_text(), str(result.summary()), repr(undone), undone.to_text()]
    backend = url.get_backend_name()
    failures = [
        (written(url), "nobody"),
        (written(url.set(database="elsewhere")), "users"),
        (written(url.set(password=PASSWORD[::-1])), "users"),
        (written(url.set(password=None).update_query_dict({"password": PASSWORD})), "nobody"),
        (f"{backend}://app:{PASSWORD}@127.0.0.1/app", "users"),
        (f"{backend}://app:{PASSWORD}@127.0.0.1:port/app", "users"),
    ]
    for db, table in failures:
        with pytest.raises(pk.PassageKitError) as caught:
            pk.write_passage_ids(ids_of(1), table=table, workspace=tmp_path / "m", db=db)
        said += ["".join(traceback.format_exception(caught.value)).replace(str(failures), "")]
    printed = capfd.readouterr()
    said += [printed.out, printed.err]
    said += [path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()]
    for secret in (PASSWORD, PASSWORD[::-1], quote(PASSWORD, safe=""), "s3cret", "terc3s"):
        assert not [text for text in said if secret in text]

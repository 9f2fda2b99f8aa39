"""Tables that are made to be awkward: each gets the right ids on the right rows, or is refused for what it is."""

import datetime as dt
import sqlite3
from contextlib import closing

import pandas as pd
import pytest
from servers import an_id, columns_in, execute, ids_in, ids_of, indexes_in, make_users, rows, written

import passage_kit as pk
from passage_kit.writeback import writeback


@pytest.fixture
def options(tmp_path, application):
    return {"workspace": tmp_path / "m", "db": written(application)}


def write(ids, options, table="users", **more):
    return pk.write_passage_ids(ids, table=table, **options, **more)


def undo(options, **more):
    return pk.undo_write_back(**options, **more)


def emails_by_id(url, table="users"):
    return dict(rows(url, f"SELECT email, passage_id FROM {table}"))


def letters(*emails):
    """Ids by email."""
    return pd.DataFrame({"email": emails, "passage_id": [an_id(at) for at, _ in enumerate(emails, 1)]})


ROWS = {  # the type of the key, and keys that are one text in some way or other
    "types": ("id", [(1,), ("1",), (b"1",), (b"\xfe",), ("fe",), (1.5,), ("1.5",)]),
    "strict": ("id ANY", [(1,), ("1",), (b"1",), (b"\xfe",), ("fe",), (1.5,), ("1.5",)]),
    "blobs": ("id BLOB", [(b"\xfe",), (b"fe",), (b"\\xfe",)]),
    "separators": ("a TEXT, id TEXT", [("a", "b c"), ("a b", "c"), ("a\x1fb", "c"), ("a", "b\x1fc")]),
    "quotes": ("a TEXT, id TEXT", [('a","b', "c"), ("a", 'b","c'), ("a\\", "b"), ("a", "\\b"), ("a\\\\", "b")]),
    "blanks": ("a TEXT, id TEXT", [("", "a"), ("a", ""), (" ", "a"), ("\x00", "a"), ("a", "\x00")]),
}


class TestKeysOfOneText:
    """Rows whose keys look alike as text are different rows."""

    @pytest.fixture(params=ROWS)
    def table(self, request, sqlite, tmp_path):
        columns, keys = ROWS[request.param]
        names = ", ".join(column.split(" ")[0] for column in columns.split(", "))
        strict = " STRICT" if request.param == "strict" else ""
        with closing(sqlite3.connect(sqlite.database)) as app, app:
            app.execute(f"CREATE TABLE users ({columns}, email TEXT, PRIMARY KEY ({names})){strict}")
            marks = ", ".join("?" for _ in (*keys[0], "email"))
            people = [(*key, f"u{at}@example.org") for at, key in enumerate(keys, 1)]
            app.executemany(f"INSERT INTO users VALUES ({marks})", people)
        return {"workspace": tmp_path / "m", "db": written(sqlite)}, len(keys)

    @pytest.mark.few(1)
    def test_each_row_gets_its_own_id_and_loses_it_again(self, table, sqlite):
        options, count = table
        emails = [f"u{at}@example.org" for at in range(1, count + 1)]
        execute(sqlite, "ALTER TABLE users ADD COLUMN passage_id TEXT")
        assert write(letters(*emails), options).check["right"] == count
        assert emails_by_id(sqlite) == {email: an_id(at) for at, email in enumerate(emails, 1)}
        assert undo(options).set_back == count
        assert set(emails_by_id(sqlite).values()) == {None}

    @pytest.mark.few(1)
    def test_a_row_that_changed_since_is_the_only_one_that_stays(self, table, sqlite):
        options, count = table
        execute(sqlite, "ALTER TABLE users ADD COLUMN passage_id TEXT")
        write(letters(*(f"u{at}@example.org" for at in range(1, count + 1))), options)
        execute(sqlite, "UPDATE users SET passage_id = 'theirs' WHERE email = 'u2@example.org'")
        done = undo(options)
        assert (done.set_back, done.changed_since, done.gone) == (count - 1, 1, 0)
        assert {email for email, found in emails_by_id(sqlite).items() if found} == {"u2@example.org"}

    def test_a_source_key_that_fits_several_keys_fits_none(self, sqlite, tmp_path):
        make_users(sqlite, [("a", "b c", None, None), ("a b", "c", None, None)], key="t TEXT, id TEXT",
                   more=", PRIMARY KEY (t, id)")  # fmt: skip
        options = {"workspace": tmp_path / "m", "db": written(sqlite)}
        ids = pd.DataFrame({"source_key": ["a b c"], "passage_id": [an_id(1)]})
        for share in (False, True):
            done = write(ids, options, share=share)
            assert done.rows["reason"].tolist() == ["keys_of_one_text", "keys_of_one_text"]
            assert done.to_merge.empty
        assert set(ids_in(sqlite).values()) == {None}

    def test_keys_that_differ_by_a_space_at_an_end(self, sqlite, tmp_path):
        keys = ["Ann", "Ann ", " Ann", "Ann\u00a0"]
        make_users(
            sqlite, [(key, f"u{at}@example.org", None) for at, key in enumerate(keys, 1)], key="id TEXT PRIMARY KEY"
        )
        options = {"workspace": tmp_path / "m", "db": written(sqlite)}
        ids = pd.DataFrame({"source_key": keys, "passage_id": [an_id(at) for at in range(1, 5)]})
        assert write(ids, options).check["right"] == 4
        assert emails_by_id(sqlite) == {f"u{at}@example.org": an_id(at) for at in range(1, 5)}

    def test_an_email_says_which_of_the_keys_of_one_text_is_meant(self, sqlite, tmp_path):
        make_users(sqlite, [("a", "b c", "ann@example.org", None), ("a b", "c", "bob@example.org", None)],
                   key="t TEXT, id TEXT", more=", PRIMARY KEY (t, id)")  # fmt: skip
        options = {"workspace": tmp_path / "m", "db": written(sqlite)}
        ids = pd.DataFrame({
            "source_key": ["a b c", "a b c"], "passage_id": [an_id(2), an_id(1)],
            "email": ["bob@example.org", "ann@example.org"],
        })  # fmt: skip
        assert write(ids, options).check["right"] == 2
        assert emails_by_id(sqlite) == {"ann@example.org": an_id(1), "bob@example.org": an_id(2)}


class TestKeysOfEveryType:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("kind", "keys"),
        [
            ("date", ["'infinity'", "'-infinity'", "'2024-01-31'", "'4713-01-01 BC'"]),
            ("timestamp", ["'infinity'", "'-infinity'", "'2024-01-31 09:30'", "'12345-01-01'"]),
            ("timestamptz", ["'infinity'", "'2024-01-31 09:30:00.123456+05:30'", "'-infinity'"]),
            ("time", ["'24:00'", "'00:00'", "'12:30:00.5'"]),
            ("timetz", ["'24:00+02'", "'00:00-15:30'"]),
            ("interval", ["'1 mon'", "'31 days'", "'-1 year 2 days'"]),
            ("jsonb", ["""'{"a": 1}'""", "'[1]'", "'1'", """'"1"'""", "'null'"]),
            ("numeric", ["1.0", "1.10", "'NaN'", "1e30"]),
            ("numeric(20, 2)", ["1", "2.5"]),
            ("float8", ["0.1", "'Infinity'", "'NaN'", "1e300"]),
            ("real", ["0.1", "16777216", "1e30"]),
            ("boolean", ["true", "false"]),
            ("bytea", [r"'\xfe'", "'fe'", r"'\x'"]),
            ("uuid", ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"]),
            ("inet", ["'10.0.0.1'", "'10.0.0.1/8'", "'::1'"]),
            ("macaddr", ["'08:00:2b:01:02:03'"]),
            ("int[]", ["'{1,2}'", "'{}'", "'{12}'"]),
            ("text[]", ["""'{"a,b"}'""", "'{a,b}'", "'{NULL}'", """'{"NULL"}'"""]),
            ("int4range", ["'[1,5)'", "'empty'"]),
            ("mood", ["'sad'", "'it''s'"]),
            ("plain_number", ["7", "70"]),
            ("pair", ["'(1,a)'", "'(1,\"a,b\")'"]),
            ("bit(3)", ["B'101'", "B'001'"]),
            ("\"char\"", ["'a'", "'b'"]),
            ("money", ["'1.50'"]),
            ("text", ["'é'", "U&'e\\0301'", "' a'", "'a'", "E'a\\n'", "E'\\\\N'", "''"]),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )  # fmt: skip
    def test_keys_of_postgresql(self, kind, keys, postgres, tmp_path):
        execute(
            postgres,
            "CREATE TYPE mood AS ENUM ('sad', 'it''s')",
            "CREATE DOMAIN plain_number AS integer CHECK (VALUE > 0)",
            "CREATE TYPE pair AS (one int, other text)",
            f"CREATE TABLE users (id {kind} PRIMARY KEY, email text)",
            *(f"INSERT INTO users VALUES ({key}, 'u{at}@example.org')" for at, key in enumerate(keys, 1)),
        )
        options = {"workspace": tmp_path, "db": written(postgres)}
        ids = letters(*(f"u{at}@example.org" for at in range(1, len(keys) + 1)))
        assert write(ids, options).check["right"] == len(keys)
        assert emails_by_id(postgres) == dict(zip(ids["email"], ids["passage_id"], strict=True))
        execute(postgres, f"ALTER DATABASE \"{postgres.database}\" SET timezone = 'Asia/Kathmandu'")
        assert undo(options).set_back == len(keys)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("kind", "keys"),
        [
            ("DATE", ["'2024-01-31'", "'9999-12-31'"]),
            ("DATETIME(6)", ["'2024-01-31 09:30:00.123456'", "'2024-01-31'"]),
            ("TIME", ["'-838:59:59'", "'24:00'", "'00:00'"]),
            ("YEAR", ["2024", "1901"]),
            ("DECIMAL(20, 2)", ["1", "1.10"]),
            ("DOUBLE", ["0.1", "1e300"]),
            ("BIT(9)", ["b'101'", "b'100000001'"]),
            ("BOOLEAN", ["TRUE", "FALSE"]),
            ("ENUM('sad', 'it''s')", ["'sad'", "'it''s'"]),
            ("SET('a', 'b')", ["'a'", "'a,b'", "''"]),
            ("VARBINARY(9)", ["X'fe'", "'fe'", "X'00'", "''"]),
            ("BIGINT UNSIGNED", ["18446744073709551615", "0"]),
            ("INET6", ["'::1'", "'::ffff:10.0.0.1'"]),
            ("VARCHAR(9) COLLATE utf8mb4_bin", ["'é'", "'e'", "'E'", "' a'", "'a'", "'\\\\'"]),
            ("VARCHAR(9) CHARACTER SET latin1", ["'é'", "'f'"]),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_keys_of_mariadb(self, kind, keys, mariadb, tmp_path):
        execute(
            mariadb,
            f"CREATE TABLE users (id {kind} PRIMARY KEY, email VARCHAR(50))",
            *(f"INSERT INTO users VALUES ({key}, 'u{at}@example.org')" for at, key in enumerate(keys, 1)),
        )
        options = {"workspace": tmp_path, "db": written(mariadb)}
        ids = letters(*(f"u{at}@example.org" for at in range(1, len(keys) + 1)))
        assert write(ids, options).check["right"] == len(keys)
        assert emails_by_id(mariadb) == dict(zip(ids["email"], ids["passage_id"], strict=True))
        assert undo(options).set_back == len(keys)

    @pytest.mark.slow
    def test_an_inexact_key_of_mariadb_is_refused(self, mariadb, tmp_path):
        execute(mariadb, "CREATE TABLE users (id FLOAT PRIMARY KEY)", "INSERT INTO users VALUES (16777215)")
        with pytest.raises(pk.DatabaseError, match=r"FLOAT.*Add a primary key"):
            write(ids_of(1), {"workspace": tmp_path, "db": written(mariadb)})

    @pytest.mark.slow
    def test_a_domain_is_compared_as_the_type_under_it(self, postgres, tmp_path):
        execute(postgres, "CREATE DOMAIN number AS bigint")
        make_users(postgres, key="id number PRIMARY KEY")
        ids = ids_of(1, 2).assign(source_key=["0001", "2.0"])
        assert write(ids, {"workspace": tmp_path, "db": written(postgres)}).check["right"] == 2

    def test_rows_with_a_null_in_their_key_are_left_alone_and_listed(self, application, options):
        make_users(application, [], key="tenant VARCHAR(9), id INTEGER", more=", UNIQUE (tenant, id)")
        people = [("'a'", "1", "ann"), ("NULL", "2", "bob"), ("'a'", "NULL", "eve"), ("'a'", "NULL", "joe")]
        for tenant, number, name in people:
            execute(application, f"INSERT INTO users VALUES ({tenant}, {number}, '{name}@example.org', NULL)")
        ids = letters(*(f"{name}@example.org" for *_, name in people))
        done = write(ids, options, table=pk.UsersTable("users", key=("tenant", "id")))
        assert done.reasons == {"no_identity": 3}
        assert [name for name, found in emails_by_id(application).items() if found] == ["ann@example.org"]
        assert undo(options).set_back == 1

    def test_a_key_that_is_unique_for_some_rows_only_is_refused(self, sqlite, tmp_path):
        make_users(sqlite, [(1, "a@example.org", None), (1, "b@example.org", None)], key="id INTEGER")
        execute(sqlite, "CREATE UNIQUE INDEX one ON users (id) WHERE email = 'a@example.org'")
        with pytest.raises(pk.DatabaseError, match="cannot be told apart"):
            write(ids_of(1), {"workspace": tmp_path / "m", "db": written(sqlite)}, table=pk.UsersTable("users", "id"))

    def test_a_key_that_compares_otherwise_than_its_index_is_refused(self, sqlite, tmp_path):
        execute(
            sqlite,
            "CREATE TABLE users (id TEXT COLLATE NOCASE, PRIMARY KEY (id COLLATE BINARY))",
            "INSERT INTO users VALUES ('a'), ('A')",
        )
        with pytest.raises(pk.DatabaseError, match="cannot be told apart"):
            write(ids_of(1), {"workspace": tmp_path / "m", "db": written(sqlite)})

    def test_an_id_column_that_is_the_key_is_refused(self, application, options):
        make_users(application, key="id VARCHAR(24) PRIMARY KEY")
        with pytest.raises(pk.DatabaseError, match="is the key"):
            write(ids_of(1), options, table=pk.UsersTable("users", column="id"), overwrite=True)


class TestComparisonsOfTheDatabase:
    """Databases that take 'A' for 'a', and a trailing space for none."""

    def make(self, application, column="", key="VARCHAR(24)"):
        caseless = {"sqlite": " COLLATE NOCASE", "mariadb": " COLLATE utf8mb4_general_ci"}
        kind = caseless[application.get_backend_name()]
        more = f", passage_id VARCHAR(24){kind}" if column else ""
        make_users(application, [], key=f"id {key}{kind} PRIMARY KEY", more=more)

    @pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.slow)])
    def caseless(self, request):
        return request.getfixturevalue(request.param)

    def test_a_source_key_in_other_letters_leads_to_no_row(self, caseless, tmp_path):
        self.make(caseless)
        execute(caseless, "INSERT INTO users VALUES ('Ann', 'ann@example.org', NULL), ('bob', NULL, NULL)")
        ids = pd.DataFrame({"source_key": ["ann", "bob "], "passage_id": [an_id(1), an_id(2)]})
        options = {"workspace": tmp_path / "m", "db": written(caseless)}
        done = write(ids.iloc[:1], options)
        assert done.ids_without_row["reason"].tolist() == ["no_row"]
        assert set(ids_in(caseless).values()) == {None}

    def test_keys_in_capitals_are_addressed_and_undone(self, caseless, tmp_path):
        self.make(caseless)
        execute(caseless, "INSERT INTO users VALUES ('ANN', NULL, NULL), ('Bob ', NULL, NULL), ('é', NULL, NULL)")
        ids = pd.DataFrame({"source_key": ["ANN", "é"], "passage_id": [an_id(1), an_id(2)]})
        options = {"workspace": tmp_path / "m", "db": written(caseless)}
        assert write(ids, options).check["right"] == 2
        assert ids_in(caseless) == {"ANN": an_id(1), "Bob ": None, "é": an_id(2)}
        assert undo(options).set_back == 2

    def test_ids_that_the_column_takes_for_one_are_refused_before_anything_is_set(self, caseless, tmp_path):
        self.make(caseless, column="passage_id")
        execute(caseless, "INSERT INTO users (id) VALUES ('a'), ('b')")
        ids = pd.DataFrame({"source_key": ["a", "b"], "passage_id": ["x" * 24, "X" * 24]})
        options = {"workspace": tmp_path / "m", "db": written(caseless)}
        with pytest.raises(pk.DatabaseError, match=r"capitals.*Change its collation") as caught:
            write(ids, options)
        assert caught.value.exit_code == 2
        assert set(ids_in(caseless).values()) == {None}
        assert indexes_in(caseless) == {}

    def test_ids_that_differ_in_more_than_capitals_are_set(self, caseless, tmp_path):
        self.make(caseless, column="passage_id")
        execute(caseless, "INSERT INTO users (id) VALUES ('1'), ('2')")
        assert write(ids_of(1, 2), {"workspace": tmp_path / "m", "db": written(caseless)}).check["right"] == 2


class TestNames:
    @pytest.mark.few(1)
    @pytest.mark.parametrize("name", ["passage_kit_batch", "PASSAGE_KIT_BATCH", "done", "b", "u", "temp"])
    def test_a_table_called_like_something_of_the_kit(self, application, options, name):
        make_users(application, table=name)
        assert write(ids_of(1, 2), options, table=name).check["right"] == 2
        assert ids_in(application, name) == {1: an_id(1), 2: an_id(2), 3: None}
        assert undo(options).set_back == 2

    def test_columns_called_like_those_of_the_kit(self, application, options):
        execute(
            application,
            "CREATE TABLE users (n INTEGER, k0 INTEGER, old_id VARCHAR(9), new_id VARCHAR(24), PRIMARY KEY (k0, n))",
            "INSERT INTO users VALUES (1, 2, 'x', NULL), (2, 1, 'y', NULL)",
        )
        table = pk.UsersTable("users", key=("n", "k0"), column="new_id")
        ids = pd.DataFrame({"source_key": ["1 2"], "passage_id": [an_id(1)]})
        assert write(ids, options, table=table).check["right"] == 1
        assert rows(application, "SELECT n, k0, old_id, new_id FROM users ORDER BY n") == [
            (1, 2, "x", an_id(1)),
            (2, 1, "y", None),
        ]

    def test_a_trigger_that_writes_into_a_table_called_like_the_kits_own(self, application, options):
        make_users(application)
        execute(application, "CREATE TABLE passage_kit_batch (who VARCHAR(50))")
        note = "INSERT INTO passage_kit_batch VALUES (NEW.email);"
        if application.get_backend_name() == "postgresql":
            body = f"$$ BEGIN {note} RETURN NEW; END $$"
            execute(
                application,
                f"CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS {body}",
                "CREATE TRIGGER noting AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note()",
            )
        else:
            execute(application, f"CREATE TRIGGER noting AFTER UPDATE ON users FOR EACH ROW BEGIN {note} END")
        assert write(ids_of(1, 2), options).check["right"] == 2
        assert len(rows(application, "SELECT who FROM passage_kit_batch")) == 2

    def test_an_index_of_that_name_on_another_table_is_no_obstacle(self, application, options):
        make_users(application)
        make_users(application, [], table="users_old", more=", passage_id VARCHAR(24)")
        execute(application, "CREATE UNIQUE INDEX users_passage_id_index ON users_old (passage_id)")
        assert write(ids_of(1), options).check["right"] == 1
        assert list(indexes_in(application).values()) == [True]
        assert write(ids_of(1), options).sql == ()
        assert undo(options).column_dropped
        assert indexes_in(application, "users_old") == {"users_passage_id_index": True}

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ['crm."x.y"', '"crm"."x.y"', "crm.x.y", '"cr""m.1"."x.y"'])
    def test_quoted_names_of_postgresql(self, name, postgres, tmp_path):
        schema = '"cr""m.1"' if "m.1" in name else "crm"
        table = f'{schema}."x.y"'
        execute(
            postgres,
            f"CREATE SCHEMA {schema}",
            f"CREATE TABLE {table} (id int PRIMARY KEY)",
            f"INSERT INTO {table} VALUES (1)",
        )
        options = {"workspace": tmp_path, "db": written(postgres)}
        assert write(ids_of(1), options, table=name).check["right"] == 1
        assert rows(postgres, f"SELECT * FROM {table}") == [(1, an_id(1))]
        assert undo(options).column_dropped

    @pytest.mark.parametrize("name", ['"x.y"', "x.y"])
    def test_quoted_names(self, application, options, name):
        make_users(application, table="x.y")
        assert write(ids_of(1), options, table=name).check["right"] == 1

    @pytest.mark.slow
    def test_a_name_that_fits_two_tables_is_asked_about(self, postgres, tmp_path):
        execute(
            postgres,
            "CREATE SCHEMA crm",
            'CREATE SCHEMA "crm.x"',
            'CREATE TABLE crm."x.y" (id int PRIMARY KEY)',
            'CREATE TABLE "crm.x".y (id int PRIMARY KEY)',
        )
        with pytest.raises(pk.DatabaseError, match=r'several tables.*crm."x.y"'):
            write(ids_of(1), {"workspace": tmp_path, "db": written(postgres)}, table="crm.x.y")

    @pytest.mark.slow
    def test_a_table_in_a_later_schema_of_the_search_path(self, postgres, tmp_path):
        execute(
            postgres,
            "CREATE SCHEMA crm",
            "CREATE TABLE crm.people (id int PRIMARY KEY)",
            "INSERT INTO crm.people VALUES (1)",
            f'ALTER DATABASE "{postgres.database}" SET search_path = public, crm',
        )
        done = write(ids_of(1), {"workspace": tmp_path, "db": written(postgres)}, table="people")
        assert done.check["right"] == 1

    @pytest.mark.parametrize("name", ["nowhere.users", '"nowhere"."users"'])
    def test_a_schema_that_is_not_there(self, application, options, name):
        make_users(application)
        with pytest.raises(pk.DatabaseError, match="has no table"):
            write(ids_of(1), options, table=name)


class TestTablesOfSqlite:
    def test_a_strict_table(self, sqlite, tmp_path):
        options = {"workspace": tmp_path / "m", "db": written(sqlite)}
        execute(
            sqlite,
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT) STRICT",
            "INSERT INTO users (id) VALUES (1)",
        )
        assert write(ids_of(1), options).check["right"] == 1
        assert columns_in(sqlite)[-1] == ("passage_id", "TEXT")
        assert undo(options).column_dropped

    def test_a_table_without_rowid(self, sqlite, tmp_path):
        options = {"workspace": tmp_path / "m", "db": written(sqlite)}
        execute(sqlite, "CREATE TABLE users (id TEXT PRIMARY KEY) WITHOUT ROWID", "INSERT INTO users VALUES ('1')")
        assert write(ids_of(1), options).check["right"] == 1
        assert undo(options).column_dropped

    @pytest.mark.parametrize("address", ["file:{path}?uri=true", "file:{path}?mode=rw&uri=true", "file://{path}?uri=1"])
    def test_an_address_with_a_uri_is_the_same_file(self, sqlite, tmp_path, address):
        make_users(sqlite)
        db = "sqlite:///" + address.format(path=sqlite.database)
        assert write(ids_of(1), {"workspace": tmp_path / "m", "db": db}).check["right"] == 1
        assert undo({"workspace": tmp_path / "m", "db": written(sqlite)}).set_back == 1

    @pytest.mark.parametrize(
        "address",
        ["file:{path}?uri=true", "file:{path}?mode=ro&uri=true", "file:{path}?mode=rwc&uri=true", "file:{path}?mode=ro",
         "file:{path}", "{path}"],
    )  # fmt: skip
    def test_a_dry_run_makes_no_file(self, tmp_path, address, monkeypatch):
        monkeypatch.chdir(tmp_path)
        db = "sqlite:///" + address.format(path=tmp_path / "missing.db")
        with pytest.raises(pk.DatabaseError, match=r"no database file|uri=true"):
            write(ids_of(1), {"workspace": tmp_path / "m", "db": db}, dry_run=True)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_no_database(self, tmp_path):
        (tmp_path / "app.db").write_bytes(b"id,email\n1,ann@example.org\n" * 50)
        with pytest.raises(pk.DatabaseError, match=r"not a database.*Check the path"):
            write(ids_of(1), {"workspace": tmp_path / "m", "db": f"sqlite:///{tmp_path / 'app.db'}"})

    def test_text_that_is_not_utf_8_is_told(self, sqlite, tmp_path):
        make_users(sqlite, [], key="id TEXT PRIMARY KEY")
        execute(sqlite, "INSERT INTO users (id) VALUES (CAST(x'fe' AS TEXT))")
        with pytest.raises(pk.DatabaseError, match=r"UTF-8.*Correct"):
            write(ids_of(1), {"workspace": tmp_path / "m", "db": written(sqlite)})


class TestColumns:
    @pytest.mark.parametrize("computed", ["STORED", "VIRTUAL"])
    def test_a_column_that_the_database_computes_is_refused(self, application, options, computed):
        if application.get_backend_name() == "postgresql":
            computed = "STORED"
        column = f", passage_id VARCHAR(200) GENERATED ALWAYS AS (email) {computed}"
        make_users(application, [], more=column)
        with pytest.raises(pk.DatabaseError, match=r"computes.*Name another column"):
            write(ids_of(1), options)

    def test_a_key_that_the_database_computes_is_read(self, application, options):
        make_users(application, [], more=", code VARCHAR(200) GENERATED ALWAYS AS (email) STORED")
        execute(application, "INSERT INTO users (id, email) VALUES (1, 'k1'), (2, 'k2')")
        ids = pd.DataFrame({"source_key": ["k2"], "passage_id": [an_id(2)]})
        assert write(ids, options, table=pk.UsersTable("users", key="code")).check["right"] == 1
        assert ids_in(application) == {1: None, 2: an_id(2)}

    def test_an_identity_column(self, postgres, tmp_path):
        make_users(postgres, [], key="id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        execute(postgres, "INSERT INTO users (email) VALUES (NULL), (NULL)")
        options = {"workspace": tmp_path, "db": written(postgres)}
        assert write(ids_of(1, 2), options).check["right"] == 2
        assert undo(options).set_back == 2

    test_an_identity_column = pytest.mark.slow(test_an_identity_column)

    def test_a_check_that_refuses_the_ids_is_named(self, application, options):
        make_users(application, [], more=", passage_id VARCHAR(24), CONSTRAINT short CHECK (length(passage_id) < 9)")
        execute(application, "INSERT INTO users (id) VALUES (1)")
        with pytest.raises(pk.WriteBackError, match=r"short.*A constraint of the table refuses"):
            write(ids_of(1), options)

    def test_a_row_that_was_wrong_before_is_told(self, postgres, tmp_path):
        make_users(postgres)
        execute(postgres, "ALTER TABLE users ADD CONSTRAINT adult CHECK (id > 1) NOT VALID")
        with pytest.raises(pk.WriteBackError, match=r"adult.*A constraint of the table refuses"):
            write(ids_of(1), {"workspace": tmp_path, "db": written(postgres)})

    test_a_row_that_was_wrong_before_is_told = pytest.mark.slow(test_a_row_that_was_wrong_before_is_told)

    def test_a_unique_index_of_another_table_is_not_another_writer(self, application, options, monkeypatch):
        """A trigger that notes each id in a table that has it already."""
        make_users(application)
        execute(application, "CREATE TABLE log (what VARCHAR(50) PRIMARY KEY)", "INSERT INTO log VALUES ('x')")
        if application.get_backend_name() == "postgresql":
            body = "$$ BEGIN INSERT INTO log VALUES ('x'); RETURN NEW; END $$"
            execute(
                application,
                f"CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS {body}",
                "CREATE TRIGGER noting AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note()",
            )
        else:
            body = "INSERT INTO log VALUES ('x');"
            execute(application, f"CREATE TRIGGER noting AFTER UPDATE ON users FOR EACH ROW BEGIN {body} END")
        with pytest.raises(pk.WriteBackError, match="trigger") as caught:
            write(ids_of(1), options)
        assert "Another writer" not in str(caught.value)


@pytest.mark.slow
class TestHeirsAndPartitions:
    def test_a_table_that_others_inherit_from_is_refused(self, postgres, tmp_path):
        make_users(postgres)
        execute(
            postgres,
            "CREATE TABLE vip (rank int) INHERITS (users)",
            "INSERT INTO vip (id, email) VALUES (1, 'eve@example.org')",
        )
        with pytest.raises(pk.DatabaseError, match=r"inherit from users: vip.*Name a table that no other"):
            write(ids_of(1), {"workspace": tmp_path, "db": written(postgres)})
        assert len(columns_in(postgres)) == 3

    def test_an_heir_that_came_after_the_run_is_not_touched_by_undoing_it(self, postgres, tmp_path):
        make_users(postgres)
        options = {"workspace": tmp_path, "db": written(postgres)}
        write(ids_of(1), options)
        execute(
            postgres,
            "CREATE TABLE vip () INHERITS (users)",
            f"INSERT INTO vip (id, passage_id) VALUES (1, '{an_id(1)}')",
        )
        done = undo(options)
        assert (done.set_back, done.column_dropped) == (1, False)
        assert rows(postgres, "SELECT passage_id FROM vip") == [(an_id(1),)]
        assert rows(postgres, "SELECT passage_id FROM ONLY users WHERE id = 1") == [(None,)]

    def test_an_heir_is_a_table_of_its_own(self, postgres, tmp_path):
        make_users(postgres)
        execute(
            postgres,
            "CREATE TABLE vip (PRIMARY KEY (id)) INHERITS (users)",
            "INSERT INTO vip (id) VALUES (1)",
        )
        options = {"workspace": tmp_path, "db": written(postgres)}
        assert write(ids_of(1), options, table="vip").check["right"] == 1
        assert len(columns_in(postgres)) == 3
        assert undo(options).column_dropped

    def test_a_partition_is_a_table_of_its_own(self, postgres, tmp_path):
        execute(
            postgres,
            "CREATE TABLE users (id int PRIMARY KEY, passage_id varchar(24)) PARTITION BY RANGE (id)",
            "CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (100)",
            "INSERT INTO users VALUES (1), (2)",
        )
        options = {"workspace": tmp_path, "db": written(postgres)}
        assert write(ids_of(1, 2), options, table="users_1").check["right"] == 2
        assert undo(options).set_back == 2

    def test_a_partition_without_the_column_says_where_to_add_it(self, postgres, tmp_path):
        execute(
            postgres,
            "CREATE TABLE users (id int PRIMARY KEY) PARTITION BY RANGE (id)",
            "CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (100)",
        )
        with pytest.raises(pk.DatabaseError, match=r"partition.*Add the column"):
            write(ids_of(1, 2), {"workspace": tmp_path, "db": written(postgres)}, table="users_1")


def swallow(url):
    """Have updates of the row 2 done as if they were, without a word."""
    backend = url.get_backend_name()
    if backend == "postgresql":
        body = "$$ BEGIN IF OLD.id = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$"
        execute(
            url,
            f"CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS {body}",
            "CREATE TRIGGER swallows BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fire()",
        )
        return
    body = "SELECT RAISE(IGNORE);" if backend == "sqlite" else "SET NEW.passage_id = OLD.passage_id;"
    when = "WHEN OLD.id = 2 BEGIN" if backend == "sqlite" else "IF OLD.id = 2 THEN"
    end = "END" if backend == "sqlite" else "END IF"
    if backend == "mariadb":
        execute(url, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
    execute(url, f"CREATE TRIGGER swallows BEFORE UPDATE ON users FOR EACH ROW {when} {body} {end}")


def rewrite(url, change, where):
    """Have a trigger change rows as they are updated."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        own = f"UPDATE users SET {change.format('')} WHERE id = NEW.id AND {where.format('')};"
        execute(url, f"CREATE TRIGGER rewrites AFTER UPDATE ON users FOR EACH ROW BEGIN {own} END")
        return
    body = (
        f"IF {where.format('NEW.')} THEN {'SET ' if backend == 'mariadb' else ''}NEW.{change.format('NEW.')}; END IF;"
    )
    if backend == "mariadb":
        execute(url, f"CREATE TRIGGER rewrites BEFORE UPDATE ON users FOR EACH ROW BEGIN {body} END")
        return
    execute(
        url,
        f"CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$",
        "CREATE TRIGGER rewrites BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fire()",
    )


class TestWhatKeepsARowFromChanging:
    def test_a_partitioned_table_is_refused_before_it_gets_a_column(self, mariadb, tmp_path):
        make_users(mariadb)
        execute(mariadb, "ALTER TABLE users PARTITION BY HASH (id) PARTITIONS 2")
        with pytest.raises(pk.DatabaseError, match="partitioned"):
            write(ids_of(1, 2, 3), {"workspace": tmp_path, "db": written(mariadb)})
        assert "passage_id" not in columns_in(mariadb)
        write(ids_of(1, 2, 3), {"workspace": tmp_path, "db": written(mariadb)}, share=True)
        assert ids_in(mariadb) == {number: an_id(number) for number in (1, 2, 3)}

    def test_a_trigger_that_swallows_updates_is_named(self, application, options, tmp_path):
        make_users(application)
        swallow(application)
        with pytest.raises(pk.WriteBackError, match=r"1 rows .*left as they were.*trigger swallows") as caught:
            write(ids_of(1, 2, 3), options)
        assert "changed meanwhile" not in str(caught.value)
        found = pd.read_csv(tmp_path / "m" / "out" / "write_back.csv", dtype="str").set_index("id")
        assert found["reason"].dropna().to_dict() == {"2": "not_written"}
        assert ids_in(application) == {1: an_id(1), 2: None, 3: an_id(3)}
        assert undo(options).set_back == 2

    def test_undoing_says_what_a_trigger_keeps(self, application, options):
        make_users(application)
        write(ids_of(1, 2, 3), options)
        if application.get_backend_name() == "mariadb":
            execute(
                application,
                "CREATE TRIGGER swallows BEFORE UPDATE ON users FOR EACH ROW "
                "IF OLD.id = 2 THEN SET NEW.passage_id = OLD.passage_id; END IF",
            )
        else:
            swallow(application)
        with pytest.raises(pk.WriteBackError, match=r"1 rows .*kept their id.*swallows"):
            undo(options)
        assert ids_in(application) == {1: None, 2: an_id(2), 3: None}
        execute(application, "DROP TRIGGER swallows" + (" ON users" if "postgres" in str(application) else ""))
        assert undo(options).column_dropped

    @pytest.mark.parametrize("what", ["the id", "the key", "one of three"])
    def test_a_trigger_that_rewrites_rows_has_none_of_them_set(self, application, options, what):
        """What it wrote could not be told from what others wrote, so undoing would leave it there."""
        make_users(application)
        execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
        change = "id = {0}id + 100" if what == "the key" else "passage_id = upper({0}passage_id)"
        rewrite(application, change, "{0}id = 2" if what == "one of three" else "{0}id < 100")
        with pytest.raises(pk.WriteBackError, match=r"a trigger changes them: rewrites. None.*Switch the trigger off"):
            write(ids_of(1, 2, 3), options)
        assert ids_in(application) == {1: None, 2: None, 3: None}
        assert undo(options).changed_since == 0
        execute(application, "DROP TRIGGER rewrites" + (" ON users" if "postgres" in str(application) else ""))
        assert write(ids_of(1, 2, 3), options).check["right"] == 3
        assert undo(options).set_back == 3

    def test_a_trigger_that_leaves_id_and_key_alone_is_no_obstacle(self, application, options):
        make_users(application)
        execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
        rewrite(application, "phone = upper({0}phone)", "{0}id > 0")
        assert write(ids_of(1, 2, 3), options).check["right"] == 3
        assert undo(options).set_back == 3

    @pytest.mark.slow
    def test_a_trigger_that_rewrites_at_the_end_of_the_transaction_is_found(self, postgres, tmp_path):
        make_users(postgres)
        body = "UPDATE users SET passage_id = 'x' WHERE id = NEW.id AND passage_id <> 'x'; RETURN NULL;"
        execute(
            postgres,
            f"CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION fire()",
        )
        with pytest.raises(pk.WriteBackError, match=r"1 rows of users \(.*\) do not have the id.*late"):
            write(ids_of(1), {"workspace": tmp_path, "db": written(postgres)})
        assert "changed_meanwhile" in (tmp_path / "out" / "write_back.csv").read_text(encoding="utf-8")

    @pytest.mark.slow
    def test_a_trigger_that_swallows_every_update_is_bounded(self, postgres, tmp_path, monkeypatch):
        make_users(postgres, [(number, None, None) for number in range(1, 20_001)])
        execute(
            postgres,
            "CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER swallows BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fire()",
        )
        real, steps = sqlite3.connect, []

        def counted(*arguments, **more):  # the record may take work in proportion to its notes, not to their square
            connection = real(*arguments, **more)
            connection.set_progress_handler(lambda: steps.append(1), 1_000)
            return connection

        monkeypatch.setattr(sqlite3, "connect", counted)
        with pytest.raises(pk.WriteBackError, match=r"20,000 rows .*trigger swallows"):
            write(ids_of(*range(1, 20_001)), {"workspace": tmp_path, "db": written(postgres)})
        assert len(steps) < 20_000

    @pytest.mark.slow
    def test_a_rule_is_told(self, postgres, tmp_path):
        make_users(postgres)
        execute(postgres, "CREATE RULE nothing AS ON UPDATE TO users DO INSTEAD NOTHING")
        with pytest.raises(pk.DatabaseError, match=r"rule nothing"):
            write(ids_of(1), {"workspace": tmp_path, "db": written(postgres)})

    @pytest.mark.slow
    @pytest.mark.parametrize("policy", ["FOR ALL USING (id < 3)", "FOR SELECT USING (true)"])
    def test_row_level_security_is_told(self, postgres, tmp_path, policy):
        make_users(postgres)
        execute(
            postgres,
            "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE users FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY few ON users {policy}",
        )
        options = {"workspace": tmp_path, "db": written(postgres)}
        with pytest.raises(pk.DatabaseError, match=r"row-level security.*BYPASSRLS"):
            write(ids_of(1, 2, 3), options)
        assert len(columns_in(postgres)) == 3
        execute(postgres, "ALTER TABLE users NO FORCE ROW LEVEL SECURITY")
        assert write(ids_of(1, 2, 3), options).check["right"] == 3
        execute(postgres, "ALTER TABLE users FORCE ROW LEVEL SECURITY")
        with pytest.raises(pk.DatabaseError, match="row-level security"):
            undo(options)

    def test_a_view_that_needs_the_column_keeps_it(self, application, options):
        make_users(application)
        write(ids_of(1), options)
        execute(application, "CREATE VIEW everybody AS SELECT id, passage_id FROM users")
        done = undo(options)
        assert (done.set_back, done.column_dropped) == (1, application.get_backend_name() == "mariadb")
        with pytest.raises(pk.DatabaseError, match="no write-back to undo"):
            undo(options)


class TestTheColumnOfAnother:
    def fail_once(self, monkeypatch, application):
        """Have the first change of the schema fail, as for somebody without the right."""
        real, calls = writeback.UsersDatabase.change, []

        def change(self, statements, doing):
            if not calls:
                calls.append(1)
                return real(self, ["ALTER TABLE nowhere ADD COLUMN x INTEGER"], doing)
            return real(self, statements, doing)

        monkeypatch.setattr(writeback.UsersDatabase, "change", change)

    def test_a_column_that_somebody_added_after_a_failed_run_stays(self, application, options, monkeypatch):
        make_users(application)
        self.fail_once(monkeypatch, application)
        with pytest.raises(pk.DatabaseError, match="nowhere"):
            write(ids_of(1), options)
        execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
        write(ids_of(1), options)
        assert not undo(options).column_dropped
        assert columns_in(application)[-1][0] == "passage_id"

    def test_a_failed_run_leaves_nothing_to_undo(self, application, options, monkeypatch):
        make_users(application)
        self.fail_once(monkeypatch, application)
        with pytest.raises(pk.DatabaseError):
            write(ids_of(1), options)
        with pytest.raises(pk.DatabaseError, match="no write-back to undo"):
            undo(options)

    def interrupt(self, monkeypatch, options):
        with monkeypatch.context() as patch:
            patch.setattr(writeback, "set_batch", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                write(ids_of(1), options)

    def test_a_column_that_took_the_place_of_the_runs_own_stays(self, application, options, monkeypatch):
        make_users(application)
        self.interrupt(monkeypatch, options)
        if application.get_backend_name() == "sqlite":
            execute(application, "DROP INDEX users_passage_id_index")
        execute(
            application,
            "ALTER TABLE users DROP COLUMN passage_id",
            "ALTER TABLE users ADD COLUMN passage_id VARCHAR(36)",
        )
        write(ids_of(1), options)
        assert not undo(options).column_dropped
        assert columns_in(application)[-1][0] == "passage_id"

    def test_the_column_of_an_interrupted_run_goes(self, application, options, monkeypatch):
        make_users(application)
        self.interrupt(monkeypatch, options)
        write(ids_of(1), options)
        assert undo(options).column_dropped

    def test_an_index_that_somebody_built_meanwhile_stays(self, application, options, monkeypatch):
        make_users(application)
        execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
        self.fail_once(monkeypatch, application)
        with pytest.raises(pk.DatabaseError):
            write(ids_of(1), options)
        execute(application, "CREATE UNIQUE INDEX users_passage_id_index ON users (passage_id)")
        write(ids_of(1), options)
        undo(options)
        assert indexes_in(application) == {"users_passage_id_index": True}


class TestTwoRunsAtOnce:
    def test_each_removes_only_its_own_notes(self, application, options, monkeypatch):
        """A second run sets every id between the first one's note and its batch."""
        make_users(application)
        real = writeback.UsersDatabase.write
        nested = []

        def late(self, batch, statements):
            if not nested:
                nested.append(True)
                write(ids_of(1, 2, 3), options)
            return real(self, batch, statements)

        monkeypatch.setattr(writeback.UsersDatabase, "write", late)
        write(ids_of(1, 2, 3), options)
        assert set(ids_in(application).values()) == {an_id(1), an_id(2), an_id(3)}
        assert undo(options).set_back == 3
        assert columns_in(application)[-1][0] == "phone"


class TestFormerRecords:
    """Records of the release before can be undone."""

    def record(self, folder, target, notes, identity='["id"]', ended="2026-01-01"):
        folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(folder / "write_back.sqlite")) as record, record:
            record.executescript(
                """
                CREATE TABLE runs (
                    run INTEGER PRIMARY KEY, target TEXT NOT NULL, users_table TEXT NOT NULL, id_column TEXT NOT NULL,
                    identity TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT, undone TEXT,
                    column_added INTEGER NOT NULL, index_added TEXT, uniques_dropped TEXT NOT NULL
                );
                CREATE TABLE rows (run INTEGER NOT NULL, identity TEXT NOT NULL, old_id TEXT, new_id TEXT);
                """
            )
            run = (1, target, "users", "passage_id", identity, "2026-01-01", ended, None, 1, None, "[]")
            record.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", run)
            record.executemany("INSERT INTO rows VALUES (1, ?, ?, ?)", notes)

    def make(self, sqlite, keys, *ids):
        with closing(sqlite3.connect(sqlite.database)) as app, app:
            names = ", ".join(f"k{at}" for at, _ in enumerate(keys[0]))
            app.execute(f"CREATE TABLE users ({names}, passage_id VARCHAR(24), PRIMARY KEY ({names}))")
            marks = ", ".join("?" for _ in (*keys[0], "id"))
            app.executemany(f"INSERT INTO users VALUES ({marks})", [(*k, i) for k, i in zip(keys, ids, strict=True)])

    def test_keys_that_were_one_text_are_told_apart_by_their_ids(self, sqlite, tmp_path):
        self.make(sqlite, [(1,), ("1",), (b"\xfe",), ("fe",)], "a", "b", "c", "other")
        notes = [("1", None, "a"), ("1", "x", "b"), ("fe", None, "c"), ("fe", None, "d"), ("9", None, "e")]
        self.record(tmp_path / "m", f"sqlite {sqlite.database}", notes, '["k0"]')
        done = undo({"workspace": tmp_path / "m", "db": written(sqlite)})
        assert (done.set_back, done.changed_since, done.gone, done.column_dropped) == (3, 1, 1, False)
        assert [found for *_, found in rows(sqlite, "SELECT k0, passage_id FROM users")] == [None, "x", None, "other"]

    def test_composite_keys(self, sqlite, tmp_path):
        self.make(sqlite, [("a", 1), ("b", 1)], "a", "b")
        self.record(
            tmp_path / "m", f"sqlite {sqlite.database}", [("a\x1f1", None, "a"), ("b\x1f1", None, "b")], '["k0", "k1"]'
        )
        done = undo({"workspace": tmp_path / "m", "db": written(sqlite)})
        assert (done.set_back, done.column_dropped) == (2, True)

    def test_a_run_that_was_interrupted_goes_on(self, application, options, tmp_path):
        make_users(application)
        execute(
            application,
            "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)",
            f"UPDATE users SET passage_id = '{an_id(1)}' WHERE id = 1",
        )
        with writeback.UsersDatabase(written(application)) as database:
            target = database.target
        self.record(tmp_path / "m", target, [("1", None, an_id(1)), ("2", None, an_id(2))], ended=None)
        assert write(ids_of(1, 2, 3), options).counts["set"] == 2
        done = undo(options)
        assert (done.set_back, done.column_dropped) == (3, True)


class TestTimesAsKeys:
    @pytest.mark.slow
    def test_a_key_with_a_time_zone_is_the_same_instant_anywhere(self, postgres, tmp_path):
        execute(
            postgres,
            "CREATE TABLE users (id timestamptz PRIMARY KEY, email text)",
            "INSERT INTO users VALUES ('2024-01-31 09:30+00', 'ann@example.org')",
        )
        options = {"workspace": tmp_path, "db": written(postgres)}
        write(letters("ann@example.org"), options)
        there = postgres.update_query_dict({"options": "-c timezone=Asia/Kathmandu"})
        assert undo({"workspace": tmp_path, "db": written(there)}).set_back == 1

    def test_dates_of_sqlite_are_texts(self, sqlite, tmp_path):
        make_users(sqlite, [(str(dt.date(2024, 1, 31)), None, None)], key="id DATE PRIMARY KEY")
        ids = pd.DataFrame({"source_key": ["2024-01-31"], "passage_id": [an_id(1)]})
        assert write(ids, {"workspace": tmp_path / "m", "db": written(sqlite)}).check["right"] == 1


def test_the_schema_of_another_database_of_mariadb(mariadb_server, mariadb, tmp_path):
    other = f"{mariadb.database} `x.y`"
    quoted = "`" + other.replace("`", "``") + "`"
    execute(
        mariadb_server.set(database=mariadb.database),
        f"CREATE DATABASE {quoted}",
        f"GRANT ALL ON {quoted}.* TO app@'%'",
    )
    try:
        execute(mariadb, f"CREATE TABLE {quoted}.users (id INT PRIMARY KEY)", f"INSERT INTO {quoted}.users VALUES (1)")
        options = {"workspace": tmp_path, "db": written(mariadb)}
        assert write(ids_of(1), options, table=f"{quoted}.users").check["right"] == 1
        assert undo(options).column_dropped
    finally:
        execute(mariadb_server.set(database=mariadb.database), f"DROP DATABASE {quoted}")


test_the_schema_of_another_database_of_mariadb = pytest.mark.slow(test_the_schema_of_another_database_of_mariadb)


class TestKeysThatContradict:
    """A key that says one row, while email or phone say another."""

    PEOPLE = (
        ("007", "ann@example.org", "+14155550101"),
        ("7", "bob@example.org", "+14155550102"),
        ("8", "eve@example.org", "+14155550103"),
    )

    @pytest.fixture
    def table(self, application):
        make_users(application, self.PEOPLE, key="id VARCHAR(9) PRIMARY KEY")
        return application

    @pytest.mark.parametrize("column", ["email", "phone"])
    def test_none_is_set_and_both_are_listed(self, table, options, column, tmp_path):
        said = {"email": ["ann@example.org", "eve@example.org"], "phone": ["+14155550101", "+14155550103"]}[column]
        ids = pd.DataFrame({"source_key": ["7", "8"], column: said, "passage_id": [an_id(1), an_id(8)]})
        done = write(ids, options)
        assert dict(zip(done.rows["id"], done.rows["reason"].fillna("-"), strict=True)) == {
            "007": "key_contradicts", "7": "key_contradicts", "8": "-",
        }  # fmt: skip
        assert done.ids_without_row[["source_key", "reason"]].to_numpy().tolist() == [["7", "key_contradicts"]]
        assert ids_in(table) == {"007": None, "7": None, "8": an_id(8)}
        assert "2  whose key says another row than email or phone" in done.to_text()
        assert done.reasons["key_contradicts"] == 2

    def test_the_email_of_the_preparation_counts_too(self, table, options, tmp_path):
        """The list that was prepared had lost the zeros, and the ids have the key alone."""
        people = pd.DataFrame({"no": ["7", "8"], "mail": ["ann@example.org", "eve@example.org"]})
        pk.prepare(people, mapping={"email": "mail", "source_key": "no"}, out=tmp_path / "m")
        done = write(pd.DataFrame({"source_key": ["7", "8"], "passage_id": [an_id(1), an_id(8)]}), options)
        assert ids_in(table) == {"007": None, "7": None, "8": an_id(8)}
        assert done.reasons == {"key_contradicts": 2}

    @pytest.mark.few(1)
    @pytest.mark.parametrize(
        ("key", "email", "phone", "set_on"),
        [
            ("7", "bob@example.org", "+14155550101", "7"),  # the email agrees; a household shares the phone
            ("7", "new@example.org", None, "7"),  # an email that changed since
            ("7", "new@example.org", "+14155550102", "7"),
            ("7", "new@example.org", "+14155550101", None),
            ("7", "ann@example.org", "+14155550102", None),  # the email counts more than the phone
            ("7", None, None, "7"),
            ("9", "ann@example.org", None, "007"),
        ],
    )
    def test_email_counts_and_then_phone(self, table, options, key, email, phone, set_on):
        ids = pd.DataFrame({"source_key": [key], "email": [email], "phone": [phone], "passage_id": [an_id(1)]})
        write(ids, options)
        assert {row for row, found in ids_in(table).items() if found} == ({set_on} if set_on else set())

    def test_a_row_whose_own_key_and_email_agree_keeps_its_id(self, table, options):
        ids = pd.DataFrame({
            "source_key": ["7", "007"], "email": ["ann@example.org"] * 2, "passage_id": [an_id(1), an_id(2)],
        })  # fmt: skip
        write(ids, options)
        assert ids_in(table) == {"007": an_id(2), "7": None, "8": None}

    def test_two_keys_that_changed_places(self, table, options):
        ids = pd.DataFrame({
            "source_key": ["7", "8"], "email": ["eve@example.org", "bob@example.org"],
            "passage_id": [an_id(1), an_id(2)],
        })  # fmt: skip
        done = write(ids, options)
        assert set(ids_in(table).values()) == {None}
        assert len(done.ids_without_row) == 2

    def test_a_table_without_emails_and_phones(self, application, options):
        execute(application, "CREATE TABLE users (id INTEGER PRIMARY KEY)", "INSERT INTO users VALUES (1), (2)")
        ids = ids_of(1, 2, email=["ann@example.org", "bob@example.org"])
        assert write(ids, options).check["right"] == 2


class TestIdColumns:
    @pytest.mark.parametrize("kind", ["ENUM('a', 'b')", "SET('a', 'b')", "TEXT"])
    @pytest.mark.slow
    def test_columns_of_mariadb_that_hold_no_ids(self, mariadb, tmp_path, kind):
        make_users(mariadb, [], more=f", passage_id {kind}")
        with pytest.raises(pk.DatabaseError, match=r"expected a text|VARCHAR\(24\)"):
            write(ids_of(1), {"workspace": tmp_path, "db": written(mariadb)})

    @pytest.mark.slow
    def test_columns_of_postgresql_that_hold_no_ids(self, postgres, tmp_path):
        execute(postgres, "CREATE TYPE mood AS ENUM ('sad')")
        make_users(postgres, more="")
        options = {"workspace": tmp_path, "db": written(postgres)}
        for kind, said in (("mood", "expected a text"), ("char(30)", r"blanks up to 30.*VARCHAR\(30\)")):
            execute(postgres, f"ALTER TABLE users ADD COLUMN passage_id {kind}")
            with pytest.raises(pk.DatabaseError, match=said):
                write(ids_of(1), options)
            execute(postgres, "ALTER TABLE users DROP COLUMN passage_id")
        execute(postgres, "ALTER TABLE users ADD COLUMN passage_id char(24)")
        assert write(ids_of(1), options).check["right"] == 1

    def test_ids_that_are_no_text(self, sqlite, tmp_path):
        make_users(sqlite, more=", passage_id VARCHAR(24)", users=[(1, None, None, None), (2, None, None, None)])
        options = {"workspace": tmp_path / "m", "db": written(sqlite)}
        write(ids_of(1), options)
        execute(sqlite, "UPDATE users SET passage_id = x'00ff' WHERE id = 2")
        for call in (lambda: write(ids_of(1), options), lambda: undo(options)):
            with pytest.raises(pk.DatabaseError, match=r"values that are no text.*Correct them"):
                call()

    @pytest.mark.parametrize("column", ["p" * 64, "ü" * 40])
    def test_a_name_that_the_database_would_cut(self, application, options, column):
        make_users(application)
        with pytest.raises(pk.DatabaseError, match="longer than 63 bytes"):
            write(ids_of(1), options, table=pk.UsersTable("users", column=column))

    def test_a_column_in_other_capitals(self, application, options):
        make_users(application)
        execute(application, "ALTER TABLE users ADD COLUMN Passage_ID VARCHAR(24)")
        assert write(ids_of(1), options, table=pk.UsersTable("users", key="id")).check["right"] == 1
        assert len(columns_in(application)) == 4


class TestCollationsOfPostgresql:
    @pytest.mark.slow
    def test_a_column_with_a_collation_can_be_looked_at_after_rows_were_read(self, postgres, tmp_path):
        """SQLAlchemy reads collations as JSON, which the rows of the table are not read as."""
        make_users(postgres, [("a", "ann@example.org", None)], key='id text COLLATE "C" PRIMARY KEY')
        options = {"workspace": tmp_path, "db": written(postgres)}
        assert write(letters("ann@example.org"), options).check["right"] == 1
        assert undo(options).column_dropped


@pytest.mark.parametrize(("keys", "numbers"), [(["1", "1.5"], ["1.0", "1.50"]), (["1.00", "1.50"], ["1.0", "1.50"])])
def test_decimals_are_compared_as_numbers(application, options, keys, numbers):
    make_users(application, [], key="id NUMERIC(9, 2) PRIMARY KEY")
    execute(application, *(f"INSERT INTO users (id) VALUES ({number})" for number in numbers))
    ids = pd.DataFrame({"source_key": keys, "passage_id": [an_id(1), an_id(2)]})
    assert write(ids, options).check["right"] == 2

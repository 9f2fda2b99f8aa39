"""Databases, by a real SQLite file."""

import sqlite3

import pandas as pd
import pytest
import sqlalchemy
from servers import PASSWORD, execute, make_users, written

from passage_kit.cli import commands as cli
from passage_kit.errors import MissingExtraError, OptionError, SourceError
from passage_kit.reading.sql_reader import read_sql


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "users.db"
    connection = sqlite3.connect(path)
    connection.executescript("""
        create table users
            (id integer primary key, email text, score real, seen timestamp, photo blob, "odd name" text);
        insert into users values (3, 'cy@example.org', 1.0, 'not a date', x'ff00', '00123');
        insert into users values (1, 'ann@example.org', 42.5, '2024-01-31 09:30:00', null, '');
        insert into users values (2, null, null, null, x'616263', 'NA');
        create table empty (id integer);
        create view known as select email from users where email is not null;
    """)
    connection.close()
    return f"sqlite:///{path}"


def cells(source):
    return [[None if pd.isna(cell) else cell for cell in row] for row in source.users.itertuples(index=False)]


def test_a_table_comes_in_the_order_of_its_key(database):
    source = read_sql(database, table="users")
    assert list(source.users) == ["id", "email", "score", "seen", "photo", "odd name"]
    assert cells(source) == [
        ["1", "ann@example.org", "42.5", "2024-01-31 09:30:00", None, None],
        ["2", None, None, None, "616263", "NA"],
        ["3", "cy@example.org", "1", "not a date", "ff00", "00123"],
    ]
    assert (source.kind, source.sha256) == ("sql", None)
    assert source.name.endswith("users.db, table users")


@pytest.mark.parametrize(
    ("blobs", "texts"),
    [
        (["x'00'", "x'01'", "null"], ["0", "1", None]),
        (["x'416e6e'", "x'5a6fc3ab'", "'Bob'"], ["Ann", "Zoë", "Bob"]),
        (["x'416e6e0000'", "x''", "null"], ["Ann", None, None]),
        (["x'416e6e'", "x'00ff'", "'Bob'"], ["416e6e", "00ff", "Bob"]),
        (["x'11223344556677881122334455667788'", "x'41414141414141414141414141414141'"], [
            "11223344556677881122334455667788", "41" * 16]),
        (["1", "x'41'"], ["1", "A"]),
    ],
)  # fmt: skip
def test_a_column_of_blobs_is_written_in_one_way(tmp_path, blobs, texts):
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("create table users (id integer primary key, value)")
    for blob in blobs:
        connection.execute(f"insert into users (value) values ({blob})")
    connection.commit()
    connection.close()
    source = read_sql(f"sqlite:///{tmp_path / 'a.db'}", table="users")
    assert [row[1] for row in cells(source)] == texts


def test_a_schema_and_a_view(database):
    assert len(read_sql(database, table="main.users").users) == 3
    assert list(read_sql(database, table="known").users) == ["email"]


def test_a_query_is_run_as_it_stands(database):
    source = read_sql(
        database, query="select id, email as id, ':x 100%' as note from users where email like 'a%' order by id"
    )
    assert source.users.iloc[0].to_dict() == {"id": "1", "id (2)": "ann@example.org", "note": ":x 100%"}
    assert source.findings["code"].tolist() == ["header_renamed"]


def test_nothing_is_ever_changed(database):
    with pytest.raises(SourceError, match="gives no rows"):
        read_sql(database, query="delete from users")
    assert len(read_sql(database, table="users").users) == 3


def test_many_rows_come_in_portions(database):
    numbers = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000) select i, null as x from n"
    )
    source = read_sql(database, query=numbers)
    assert source.users["i"].tolist() == [str(number) for number in range(1, 50_001)]
    assert source.users["x"].isna().all()


def test_values_of_any_type(database):
    engine = sqlalchemy.create_engine(database)
    table = sqlalchemy.Table("typed", sqlalchemy.MetaData(), sqlalchemy.Column("data", sqlalchemy.JSON))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"data": {"a": 1}}])
    engine.dispose()
    source = read_sql(database, table="typed")
    assert (list(source.users), cells(source)) == (["data.a"], [["1"]])


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"table": "nobody"}, r"table nobody does not exist. Give one of the tables: empty, users"),
        ({"table": "empty"}, "no rows"),
        ({"query": "select x from nowhere"}, "no such table: nowhere"),
    ],
)
def test_what_is_not_there(database, options, what):
    with pytest.raises(SourceError, match=what):
        read_sql(database, **options)


@pytest.mark.parametrize("options", [{}, {"table": "users", "query": "select 1"}])
def test_either_table_or_query(database, options):
    with pytest.raises(OptionError, match="either table= or query="):
        read_sql(database, **options)


def test_no_database_file_is_made(tmp_path):
    with pytest.raises(SourceError, match="no database file"):
        read_sql(f"sqlite:///{tmp_path}/users.db", table="users")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "nosuch://ann:s3cret@localhost/x?password=s3cret",
        "sqlite:///nowhere/s.db?password=s3cret",
        "postgresql://ann:s3cret@local:host/x",
        "postgresql://ann:s3cret@127.0.0.1:1/x",
        "https://example.org/users.csv?key=s3cret",
    ],
)
def test_passwords_are_never_shown(url):
    with pytest.raises((SourceError, MissingExtraError)) as caught:
        read_sql(url, table="users")
    assert "s3cret" not in str(caught.value)


@pytest.mark.slow
class TestServers:
    """The same on real servers: types, names, order, and a whole preparation."""

    def test_types_of_postgresql(self, postgres):
        execute(
            postgres,
            "CREATE TABLE users (id uuid PRIMARY KEY, n numeric(12,2), b boolean, at timestamptz, d date, j jsonb, "
            "a text[], raw bytea, big bigint, r double precision)",
            "INSERT INTO users VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 42.50, true, '2024-01-31 09:30:00+00', "
            "'2024-01-31', '{\"tier\": {\"name\": \"pro\"}}', ARRAY['x', 'y'], '\\xff00', 9007199254740993, 1e20)",
        )
        row = read_sql(written(postgres), table="users").users.iloc[0].to_dict()
        assert row == {
            "id": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "n": "42.50", "b": "true", "at": "2024-01-31T09:30:00+00:00",
            "d": "2024-01-31", "j.tier.name": "pro", "a": "x; y", "raw": "ff00", "big": "9007199254740993",
            "r": "100000000000000000000",
        }  # fmt: skip

    @pytest.mark.parametrize("server", ["postgres", "mariadb"])
    def test_a_table_comes_in_the_order_of_its_key(self, server, request):
        url = request.getfixturevalue(server)
        make_users(url, [(3, "cy@example.org", None), (1, "ann@example.org", None), (2, None, "Müller")])
        source = read_sql(written(url), table="users")
        assert source.users["id"].tolist() == ["1", "2", "3"]
        assert source.users["phone"].tolist()[1] == "Müller"
        assert PASSWORD not in source.name

    def test_a_schema_of_postgresql(self, postgres):
        execute(postgres, "CREATE SCHEMA crm", 'CREATE TABLE crm."User Accounts" (id int)')
        execute(postgres, 'INSERT INTO crm."User Accounts" VALUES (1)')
        assert len(read_sql(written(postgres), table="crm.User Accounts").users) == 1

    def test_many_rows_come_in_portions(self, postgres):
        source = read_sql(written(postgres), query="SELECT i FROM generate_series(1, 50000) i ORDER BY i")
        assert source.users["i"].tolist() == [str(number) for number in range(1, 50_001)]

    def test_bits_and_blobs_of_mariadb(self, mariadb):
        execute(
            mariadb,
            "CREATE TABLE users (id int PRIMARY KEY, active bit(1), flags bit(10), uid binary(16), note blob, "
            "name varbinary(20))",
            "INSERT INTO users VALUES (1, b'1', b'1000000001', x'00112233445566778899aabbccddeeff', 'Zoë', 'Ann'), "
            "(2, b'0', b'10', REPEAT('a', 16), NULL, 'Bob'), (3, NULL, NULL, NULL, '', NULL)",
        )
        assert cells(read_sql(written(mariadb), table="users")) == [
            ["1", "1", "513", "00112233445566778899aabbccddeeff", "Zoë", "Ann"],
            ["2", "0", "2", "61" * 16, None, "Bob"],
            ["3", None, None, None, None, None],
        ]

    def test_a_period_of_mariadb_is_no_warning(self, mariadb):
        """Warnings are errors in tests: SQLAlchemy gives one of what it does not know in the table."""
        execute(
            mariadb,
            "CREATE TABLE users (id int PRIMARY KEY, email text, since date, until date, "
            "PERIOD FOR valid (since, until))",
            "INSERT INTO users VALUES (2, 'bob@example.org', '2024-01-01', '2025-01-01')",
        )
        assert read_sql(written(mariadb), table="users").users["email"].tolist() == ["bob@example.org"]

    @pytest.mark.parametrize("server", ["postgres", "mariadb"])
    def test_nothing_is_ever_changed(self, server, request):
        url = request.getfixturevalue(server)
        make_users(url)
        with pytest.raises(SourceError, match=r"gives no rows|syntax error at or near .DELETE"):
            read_sql(written(url), query="DELETE FROM users")
        assert len(read_sql(written(url), table="users").users) == 3

    def test_every_type_of_postgresql_becomes_text(self, postgres):
        source = read_sql(
            written(postgres),
            query="""
            SELECT 'ann@example.org' AS email, '{"a": {"b": [1, null]}, "c": "x"}'::jsonb AS doc, '[]'::jsonb AS list,
                ARRAY['a', 'b'] AS tags, ARRAY[[1, 2], [3, 4]] AS grid, ARRAY['{"k": 1}'::jsonb] AS docs,
                'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS id, '\\xff00'::bytea AS raw,
                interval '1 year 2 days' AS span, int4range(1, 5) AS ages, '10.0.0.1'::inet AS host,
                ROW(1, 'x') AS pair, 'NaN'::numeric AS nothing, 1e100::numeric AS huge,
                time with time zone '09:30+02' AS at, NULL::jsonb AS none
            """,
        )
        row = source.users.iloc[0].dropna().to_dict()
        wanted = {"doc.c": "x", "tags": "a; b", "id": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "raw": "ff00"}
        assert wanted.items() <= row.items()
        assert {"email", "span", "ages", "host", "pair", "huge", "at"} <= row.keys()

    @pytest.mark.parametrize("value", ["'infinity'::date", "'infinity'::timestamp", "'20000-01-01'::date"])
    def test_a_date_that_python_cannot_have_is_told(self, postgres, value):
        with pytest.raises(SourceError, match=r"cannot be read: .*Check the address"):
            read_sql(written(postgres), query=f"SELECT 'ann@example.org' AS email, {value} AS seen")

    @pytest.mark.parametrize("options", ["ssl_ca=/nowhere/ca.pem", "nonsense=1", "connect_timeout=x", "ssl_ca=%00"])
    def test_options_of_an_address_that_do_not_work_are_told(self, mariadb, options):
        address = mariadb.set(drivername="mysql").render_as_string(hide_password=False)
        with pytest.raises(SourceError, match=r"Check the address|database URL") as caught:
            read_sql(f"{address}{'&' if '?' in address else '?'}{options}", table="users")
        assert PASSWORD not in str(caught.value)

    def test_what_is_not_there_is_said_without_the_password(self, postgres):
        make_users(postgres)
        wrong = [
            ({"table": "nobody"}, postgres, "Give one of the tables: users"),
            ({"query": "SELECT x FROM users"}, postgres, 'column "x" does not exist'),
            ({"table": "users"}, postgres.set(password=PASSWORD[::-1]), "password authentication failed"),
        ]
        for options, url, what in wrong:
            with pytest.raises(SourceError, match=what) as caught:
                read_sql(written(url), **options)
            assert PASSWORD not in str(caught.value)
            assert PASSWORD[::-1] not in str(caught.value)

    def test_the_command_line_prepares_a_table_and_repeats_it(self, postgres, tmp_path, monkeypatch, capsys):
        make_users(postgres)
        with pytest.raises(SystemExit) as ended:
            cli.main(["prepare", written(postgres), "--table", "users", "--out", str(tmp_path / "m")])
        assert ended.value.code == 0, capsys.readouterr().err
        plan = (tmp_path / "m" / "plan.toml").read_text(encoding="utf-8")
        assert "app:***@" in plan
        console = (tmp_path / "m" / "out" / "console_import.csv").read_text(encoding="utf-8")
        assert "ann@example.org,+14155550101" in console
        monkeypatch.setenv("PASSAGE_KIT_SOURCE_URL", written(postgres))
        with pytest.raises(SystemExit) as ended:
            cli.main(["prepare", "--plan", str(tmp_path / "m" / "plan.toml"), "--out", str(tmp_path / "again")])
        assert ended.value.code == 0, capsys.readouterr().err
        assert (tmp_path / "again" / "out" / "console_import.csv").read_text(encoding="utf-8") == console
        said = [path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()]
        assert not [text for text in [*said, *capsys.readouterr()] if PASSWORD in text]


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///a\0b",
        "sqlite:///" + "x" * 5_000,
        "sqlite:////dev/zero",
        "sqlite:////",
        "sqlite:///caf\udce9.db",
        "://",
        "x://",
    ],
)
def test_an_address_that_leads_to_no_database_is_told(address):
    with pytest.raises(SourceError):
        read_sql(address, table="users")


@pytest.mark.parametrize("options", ["ssl_ca=/nowhere/ca.pem", "nonsense=1", "connect_timeout=x", "port=x"])
@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
def test_options_of_an_address_that_do_not_work_are_told(kind, options):
    with pytest.raises(SourceError):
        read_sql(f"{kind}://app:{'secret'}@127.0.0.1:1/app?{options}", table="users")


def test_cells_with_a_zero_byte_and_a_damaged_file(tmp_path):
    path = tmp_path / "users.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table users (email text, doc text)")
        connection.execute("insert into users values ('ann@example.org', 'a' || char(0) || 'b')")
    connection.close()
    assert read_sql(f"sqlite:///{path}", table="users").users["doc"].tolist() == ["a\0b"]
    path.write_bytes(path.read_bytes()[:200] + b"x" * 8_000)
    with pytest.raises(SourceError):
        read_sql(f"sqlite:///{path}", table="users")
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("create table users (email text)")
        connection.execute("insert into users values (cast(x'ff' as text))")
    connection.close()
    with pytest.raises(SourceError):
        read_sql(f"sqlite:///{tmp_path / 'other.db'}", table="users")

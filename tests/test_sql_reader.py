"""Databases, by a real SQLite file."""

import sqlite3
import subprocess
import sys

import pandas as pd
import pytest
import sqlalchemy

from passage_kit.errors import MissingExtraError, OptionError, SourceError
from passage_kit.sql_reader import read_sql


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
        ["2", None, None, None, "abc", "NA"],
        ["3", "cy@example.org", "1", "not a date", "ff00", "00123"],
    ]
    assert (source.kind, source.sha256) == ("sql", None)
    assert source.name.endswith("users.db, table users")


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
    assert cells(read_sql(database, table="typed")) == [['{"a": 1}']]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"table": "nobody"}, r"table nobody is not there. Give one of the tables: empty, users"),
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


def test_without_sqlalchemy_the_extra_is_named():
    code = """
import sys
sys.modules["sqlalchemy"] = None
from passage_kit.errors import MissingExtraError
from passage_kit.readers import read_users
try:
    read_users("sqlite:///x.db", table="users")
except MissingExtraError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "passage-kit[sql]"' in done.stdout

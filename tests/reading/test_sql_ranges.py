"""Ranges of the key of a table add up to the table."""

import sqlite3
from uuid import UUID

import pandas as pd
import pytest
from servers import execute, written

from passage_kit.errors import SourceError
from passage_kit.reading.sql_ranges import KeyRange, key_ranges, read_key_range, secrets_of_table
from passage_kit.reading.sql_reader import read_sql


def make(path, columns, rows):
    connection = sqlite3.connect(path)
    connection.execute(f"create table users ({columns})")
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"insert into users values ({marks})", rows)
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


NUMBERS = [(number * 7 % 1_009, f"u{number}@example.org") for number in range(50)]
TEXTS = [(key, f"u{at}@example.org") for at, key in enumerate(["b", "B", "a'", "é", "", "ä", "10", "9", "zz"])]
HOLES = [(None, "a@example.org"), (None, "b@example.org"), ("x", "c@example.org"), ("y", " "), ("z", "d@example.org")]


@pytest.mark.parametrize(
    ("columns", "rows", "size"),
    [
        ("id integer primary key, email text", NUMBERS, 7),
        ("id integer primary key, email text", NUMBERS, 25),
        ("id integer primary key, email text", NUMBERS, 49),
        ("id text primary key, email text", TEXTS, 2),
        ("id text primary key collate nocase, email text", TEXTS[2:], 2),
        ("id text primary key, email text", HOLES, 3),
    ],
)
def test_ranges_in_order_are_the_table(tmp_path, columns, rows, size):
    address = make(tmp_path / "users.db", columns, rows)
    whole = read_sql(address, table="users")
    ranges = key_ranges(address, "users", size)
    assert len(ranges) == -(-len(rows) // size)
    assert [one.rows for one in ranges[:-1]] == [size] * (len(ranges) - 1)
    reads = [read_key_range(address, "users", one, frozenset()).read for one in ranges]
    users = pd.concat([read.users for read in reads], ignore_index=True)
    pd.testing.assert_frame_equal(users, whole.users.reset_index(drop=True), check_index_type=False)
    said = [text for read in reads for text in read.findings["argument"].tolist()]
    assert said == whole.findings["argument"].tolist()


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ("id integer, email text", NUMBERS),
        ("id integer, email text, primary key (id, email)", NUMBERS),
        ("id real primary key, email text", [(number + 0.5, email) for number, email in NUMBERS]),
        ("id integer primary key, email text", NUMBERS[:7]),  # no more than a range has
        ("id text primary key, email text", [(None, email) for _, email in NUMBERS]),
    ],
)
def test_a_table_without_such_a_key_has_no_ranges(tmp_path, columns, rows):
    assert key_ranges(make(tmp_path / "users.db", columns, rows), "users", 7) is None


def test_a_table_that_changes_is_refused(tmp_path):
    address = make(tmp_path / "users.db", "id integer primary key, email text", NUMBERS)
    first, *_ = key_ranges(address, "users", 20)
    connection = sqlite3.connect(tmp_path / "users.db")
    connection.execute("delete from users where id = (select min(id) from users)")
    connection.commit()
    connection.close()
    with pytest.raises(SourceError, match="The table users changed while it was read"):
        read_key_range(address, "users", first, frozenset())


def test_secrets_are_left_out_and_what_all_rows_decide_is_told(tmp_path):
    rows = [(number, f"u{number}@example.org", "abc", "x") for number in range(9)]
    for name, value, expected in (
        ("plain", "x", frozenset({"password"})),
        ("json", '{"a": 1}', None),
        ("bytes", b"\0\1", None),
    ):
        own = [(*row[:3], value) for row in rows]
        address = make(tmp_path / f"{name}.db", "id integer primary key, email, password, meta", own)
        assert secrets_of_table(address, "users", KeyRange(None, None, 0, 9)) == expected
    named = [(number, 7, "email", "a@example.org") for number in range(9)]
    address = make(tmp_path / "long.db", "id integer primary key, user_id, meta_key, meta_value", named)
    assert secrets_of_table(address, "users", KeyRange(None, None, 0, 9)) is None


def test_bytes_in_a_range_and_json_are_told(tmp_path):
    rows = [(number, b"\0" if number > 40 else '{"a": 1}', None) for number in range(50)]
    address = make(tmp_path / "users.db", "id integer primary key, meta, none", rows)
    first, second = key_ranges(address, "users", 30)
    found = read_key_range(address, "users", first, frozenset())
    assert (found.json, found.closed) == ({"meta", "none"}, {"none"})
    assert read_key_range(address, "users", second, frozenset()) is None


@pytest.mark.slow
class TestServersInRanges:
    """Keys of a real server."""

    @pytest.mark.parametrize("kind", ["uuid", "bigint", "varchar(40)"])
    def test_keys_of_postgresql(self, postgres, kind):
        keys = [UUID(int=number * 7**40 % 2**128) for number in range(40)]
        values = {"uuid": keys, "bigint": [key.int % 2**62 for key in keys], "varchar(40)": keys}[kind]
        execute(
            postgres,
            f"CREATE TABLE ranged (id {kind} PRIMARY KEY, email text)",
            *(f"INSERT INTO ranged VALUES ('{key}', 'a@example.org')" for key in values),
        )
        address = written(postgres)
        whole = read_sql(address, table="ranged")
        ranges = key_ranges(address, "ranged", 15)
        assert [one.rows for one in ranges] == [15, 15, 10]
        users = pd.concat([read_key_range(address, "ranged", one, ()).read.users for one in ranges], ignore_index=True)
        pd.testing.assert_frame_equal(users, whole.users.reset_index(drop=True), check_index_type=False)

"""A table of a database is read in ranges of its key, and its URL goes to nobody else."""

import pickle
import random
import sqlite3

import pytest
import sqlalchemy as sa
from messy_lists import HEADER, MAPPING, SCHEMA, check_same, messy_row
from servers import written

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster

SECRET = "open-sesame-4711"  # noqa: S105 - of a test


def make(path, rows, *, key="id integer primary key", change=None):
    chance = random.Random(rows)  # noqa: S311 - no secret
    connection = sqlite3.connect(path)
    connection.execute(f"create table users ({key}, {', '.join(HEADER[1:])}, hash)")
    for number in range(rows):
        cells = [int(cell) if at == 0 else cell or None for at, cell in enumerate(messy_row(number, rows, chance))]
        cells = change(cells) if change else cells
        connection.execute(f"insert into users values ({', '.join('?' * 12)})", [*cells, "$2b$10$a4VB/EsiAZHJoQTVM0Q"])
    connection.commit()
    connection.close()
    return f"sqlite:///file:{path}?mode=ro&uri=true&token={SECRET}"


class Watching(InThisProcess):
    """Keeps the steps whose calls are told the secret, and checks that no file has it and no log would."""

    def __init__(self, out):
        self.out, self.told, self.steps = out, set(), []

    def run(self, name, call, items):
        items = list(items)
        self.steps += [name] * len(items)
        if SECRET.encode() in pickle.dumps([item[3:] if call.__name__ == "recorded" else item for item in items]):
            self.told.add(name)
        assert SECRET not in repr(items)
        results = super().run(name, call, items)
        assert SECRET.encode() not in pickle.dumps(results)
        for path in self.out.rglob("*"):
            assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
        return results


def run_both(tmp_path, address, engine=None, **reading):
    plan = pk.Plan(address, reading=reading, schema=SCHEMA, mapping=pk.FieldMapping(MAPPING))
    one = pk.prepare(plan=plan, out=tmp_path / "one")
    engine = engine or Watching(tmp_path / "other")
    other = prepare_on_cluster(plan=plan, out=tmp_path / "other", client=engine, rows=33)
    check_same(tmp_path / "one", tmp_path / "other")
    assert other.plan == one.plan
    assert other.summary() == one.summary()
    return engine


@pytest.mark.slow
def test_a_table_is_read_in_ranges_and_only_who_reads_is_told_its_url(tmp_path):
    engine = run_both(tmp_path, make(tmp_path / "users.db", 100), table="users")
    assert engine.steps.count("read ranges") == 4
    assert engine.told == {"key ranges", "secrets", "read ranges"}
    assert "hash" not in pk.Workspace(tmp_path / "other").load_stage("users")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "reading"),
    [
        ({"key": "id integer"}, {"table": "users"}),
        ({}, {"query": "select * from users order by id desc"}),
        ({"change": lambda cells: [*cells[:10], b"\0" if cells[0] == 90 else "x"]}, {"table": "users"}),
        ({"change": lambda cells: [*cells[:10], f'{{"number": {cells[0]}}}']}, {"table": "users"}),
    ],
    ids=["no key", "a query", "bytes", "json"],
)
def test_what_the_whole_table_decides_is_read_by_one_worker(tmp_path, given, reading):
    engine = run_both(tmp_path, make(tmp_path / "users.db", 100, **given), **reading)
    assert engine.steps.count("read") == 1
    assert "read" in engine.told


@pytest.mark.slow
def test_json_that_one_range_has_is_no_json_of_the_table(tmp_path):
    """The last range alone has objects in a column; as the table has texts, too, they stay texts."""
    address = make(tmp_path / "users.db", 100, change=lambda cells: [*cells[:10], '{"a": 1}' if cells[0] > 99 else "x"])
    assert run_both(tmp_path, address, table="users").steps.count("read ranges") == 4


@pytest.mark.slow
def test_workers_read_a_table(tmp_path, client):
    run_both(tmp_path, make(tmp_path / "users.db", 100), client, table="users")
    assert SECRET not in str(client.get_worker_logs()) + str(client.get_scheduler_logs())


MARIADB_KEYS = {
    "numbers": ("id bigint unsigned primary key", lambda number: 2**63 + 7 * number),
    "negative": ("id int primary key", lambda number: number - 50),
    "texts": (
        "id varchar(40) collate utf8mb4_general_ci primary key",
        lambda number: f"{'Ab cÄß_%'[number % 8]}{number}",
    ),
    "bin": ("id varchar(40) collate utf8mb4_bin primary key", lambda number: f"{'aB cÄß_%'[number % 8]}{number}"),
    "uuid": ("id uuid primary key", lambda number: f"{number * 2654435761 % 2**32:08x}-0000-1000-8000-{number:012x}"),
}


@pytest.mark.server
@pytest.mark.parametrize("kind", MARIADB_KEYS)
def test_a_table_of_mariadb_is_read_in_ranges(tmp_path, mariadb, kind):
    key, value = MARIADB_KEYS[kind]
    make_on_mariadb(mariadb, key, value)
    engine = run_both(tmp_path, written(mariadb), Steps(), table="users")
    assert engine.steps.count("read ranges") == 4


@pytest.mark.server
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id binary(4) primary key", lambda number: number.to_bytes(4, "big")),
        ("id decimal(9) primary key", lambda number: number),
        ("id int, primary key (id, Tel)", lambda number: number),
    ],
    ids=["bytes", "decimals", "two columns"],
)
def test_a_table_of_mariadb_with_another_key_is_read_by_one_worker(tmp_path, mariadb, key, value):
    make_on_mariadb(mariadb, key, value)
    engine = run_both(tmp_path, written(mariadb), Steps(), table="users")
    assert (engine.steps.count("read"), engine.steps.count("read ranges")) == (1, 0)


class Steps(InThisProcess):
    """Keeps the steps of the calls."""

    def __init__(self):
        self.steps = []

    def run(self, name, call, items):
        items = list(items)
        self.steps += [name] * len(items)
        return super().run(name, call, items)


def make_on_mariadb(url, key, value):
    column, _, more = key.partition(", ")
    texts = ", ".join(f"`{name}` varchar(200) collate utf8mb4_bin" for name in HEADER[1:])
    given = f"create table users ({column}, {texts}, seen datetime, points decimal(9, 3), active tinyint(1)"
    chance = random.Random(9)  # noqa: S311 - no secret
    rows = [
        (
            value(number),
            *(cell if at == 1 else cell or None for at, cell in enumerate(messy_row(number, 100, chance)[1:])),
        )
        for number in range(100)
    ]
    chance.shuffle(rows)  # the table gives them in the order of its key
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"{given}{f', {more}' if more else ''})")
        for row in rows:
            marks = ", ".join(["%s"] * (len(row) + 3))
            more_values = ("2024-05-01 10:00:00", "1.500", 1)
            connection.exec_driver_sql(f"insert into users values ({marks})", (*row, *more_values))
    engine.dispose()

"""A table of a database is read in ranges of its key, and its URL goes to nobody else."""

import pickle
import random
import sqlite3

import pytest
from messy_lists import HEADER, MAPPING, SCHEMA, check_same, messy_row

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


def test_a_table_is_read_in_ranges_and_only_who_reads_is_told_its_url(tmp_path):
    engine = run_both(tmp_path, make(tmp_path / "users.db", 100), table="users")
    assert engine.steps.count("read ranges") == 4
    assert engine.told == {"key ranges", "secrets", "read ranges"}
    assert "hash" not in pk.Workspace(tmp_path / "other").load_stage("users")


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


def test_json_that_one_range_has_is_no_json_of_the_table(tmp_path):
    """The last range alone has objects in a column; as the table has texts, too, they stay texts."""
    address = make(tmp_path / "users.db", 100, change=lambda cells: [*cells[:10], '{"a": 1}' if cells[0] > 99 else "x"])
    assert run_both(tmp_path, address, table="users").steps.count("read ranges") == 4


@pytest.mark.slow
def test_workers_read_a_table(tmp_path, client):
    run_both(tmp_path, make(tmp_path / "users.db", 100), client, table="users")
    assert SECRET not in str(client.get_worker_logs()) + str(client.get_scheduler_logs())

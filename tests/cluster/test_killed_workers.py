"""A worker that is killed in any step is replaced, and its calls are made again: the outputs stay the same."""

import random

import dask
import pytest
from forked_workers import forked_workers
from killed_calls import KillsInEachStep
from long_runs import LONG
from messy_lists import MAPPING, SCHEMA, check_same, messy_row, write_list, write_rows
from test_fixed_steps import make_corrections, make_decisions, put
from test_json_steps import messy_lines
from test_parquet_steps import messy_table, write
from test_since_steps import later_list

import passage_kit as pk
from passage_kit.cluster import csv_steps, json_steps, parquet_steps, source_files
from passage_kit.cluster.prepare import prepare_on_cluster

STEPS = (pk.ValueStep("City", "replace", {"find": "Oslo", "put": "Bergen"}),)
EVERY_RUN = {
    "look at files", "map", "crowds", "identifiers", "values", "meetings", "links 0", "groups", "send", "merge",
    "gather", "look-alikes: keys", "look-alikes: rows", "look-alikes: values", "look-alikes: counts",
    "look-alikes: chances", "look-alikes: slips", "look-alikes", "validate", "people", "clear", "account",
    "kinds of findings", "console", "rejected rows", "stages", "first values before", "first values after",
}  # fmt: skip


@pytest.fixture(scope="module")
def patient():
    """Client of two workers that are started again, however long that takes.

    As it is, a cluster gives up a worker that is away a certain time after it was lost, be it lost again meanwhile.
    """
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "1 hour"}), forked_workers(2) as client:
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("first_before", [True, False] if LONG else [True])
def test_a_worker_killed_in_each_step_changes_nothing(tmp_path, patient, first_before):
    """Half of the steps lose a worker before a call, and the others behind it; in a long run, also the other way."""
    source = write_list(tmp_path / "users", rows=400, files=2, seed=11)
    plan = pk.Plan(str(source), schema=SCHEMA, steps=STEPS)
    pk.prepare(plan=plan, out=tmp_path / "one")
    killing = KillsInEachStep(patient, tmp_path / "kills", first_before=first_before)
    prepare_on_cluster(plan=plan, out=tmp_path / "other", client=killing, rows=150)
    assert set(killing.steps) >= EVERY_RUN | {"read", "steps", "first values"}
    assert killing.kills == len(killing.steps)
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.slow
def test_a_worker_killed_while_it_reads_a_range_of_a_large_file_changes_nothing(tmp_path, patient, monkeypatch):
    monkeypatch.setattr(source_files, "RANGE", 200_000)
    monkeypatch.setattr(source_files, "LARGE", 0)
    [source] = write_list(tmp_path / "users", rows=22_000, files=1, seed=12).iterdir()
    assert source.stat().st_size > csv_steps.HEAD + csv_steps.END
    given = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
    pk.prepare(source, out=tmp_path / "one", **given)
    reading = ["look at files", "boundaries", "survey", "hash", "secrets", "read ranges"]
    killing = KillsInEachStep(patient, tmp_path / "kills", only=reading)
    prepare_on_cluster(source, out=tmp_path / "other", client=killing, rows=9_000, **given)
    assert (killing.steps, killing.kills) == (reading, len(reading))
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "reading"),
    [
        (
            "ndjson",
            ["look at files", "look at lines", "line breaks", "columns of lines", "hash", "secrets", "read lines"],
        ),
        ("parquet", ["look at files", "row groups", "secrets", "hash", "read row groups"]),
    ],
)
def test_a_worker_killed_while_it_reads_a_range_of_another_kind_changes_nothing(
    tmp_path, patient, monkeypatch, ending, reading
):
    monkeypatch.setattr(json_steps, "RANGE", 20_011)
    monkeypatch.setattr(json_steps, "LARGE", 0)
    monkeypatch.setattr(parquet_steps, "LARGE", 0)
    source = tmp_path / f"users.{ending}"
    if ending == "ndjson":
        source.write_text(messy_lines(14, 300), newline="")
    else:
        write(source, messy_table(14, 300), 90)
    given = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
    pk.prepare(source, out=tmp_path / "one", **given)
    killing = KillsInEachStep(patient, tmp_path / "kills", only=reading)
    prepare_on_cluster(source, out=tmp_path / "other", client=killing, rows=100, **given)
    assert (set(killing.steps), killing.kills) == (set(reading), len(reading))
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.slow
def test_a_worker_killed_while_fixes_and_an_earlier_export_are_met_changes_nothing(tmp_path, patient):
    chance = random.Random(13)  # noqa: S311 - no secret
    rows = [messy_row(number, 150, chance) for number in range(200)]
    source = write_rows(tmp_path / "users", rows, files=1)
    given = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
    june = tmp_path / "june"
    put([june], "corrections.csv", make_corrections(rows, chance))
    put([june], "decisions.csv", make_decisions(pk.prepare(source, **given).ledger, chance))
    pk.prepare(source, out=june, **given)
    write_rows(source, later_list(rows, chance, 200), files=2)
    pk.prepare(source, out=tmp_path / "one", since=str(june), **given)
    killing = KillsInEachStep(patient, tmp_path / "kills")
    prepare_on_cluster(source, out=tmp_path / "other", client=killing, rows=80, since=str(june), **given)
    assert killing.kills == len(killing.steps) > len(EVERY_RUN)
    check_same(tmp_path / "one", tmp_path / "other")

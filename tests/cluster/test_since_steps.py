"""A newer export compared with an earlier one on a cluster: nobody twice, and all outputs those of one machine."""

import random

import pandas as pd
import pytest
from long_runs import LONG
from messy_lists import MAPPING, SCHEMA, check_same, messy_row, write_rows

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.preparation.exported import load_exported

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
OPTIONS = ({}, {"shared_phone": "merge", "inactive": "reject"}, {"strict": True, "survivor": "last"})
CODES = {
    "exported_before",
    "changed_since",
    "identifier_changed_since",
    "identifier_of_another",
    "key_of_several",
    "phone_of_another",
}


def later_list(rows, chance, first):
    """Make a newer export: people gone, new and changed, keys lost and shared, rows in another order."""
    later = [list(row) for row in rows if chance.random() < 0.85]
    for row in later:
        kind = chance.randrange(9)
        if kind == 0:
            row[1] = f"moved{row[0]}@example.org"
        elif kind == 1:
            row[2] = f"+1415555{int(row[0] or 0) % 10_000:04d}"
        elif kind == 2:
            row[4] = "Lima"
        elif kind == 3:
            row[0] = chance.choice(["", "7"])
        elif kind == 4:
            row[:2] = chance.choice(later)[0], f"second{first}.{row[0]}@example.org"  # the key of two people
    later += [messy_row(number, len(rows), chance) for number in range(first, first + len(rows) // 4)]
    chance.shuffle(later)
    return later


def prepare_both(source, one, other, rows, client=None, **given):
    prepared = pk.prepare(source, out=one, **given)
    on_cluster = prepare_on_cluster(source, out=other, client=client or InThisProcess(), rows=rows, **given)
    check_same(one, other)
    assert on_cluster.summary() == prepared.summary()
    assert on_cluster.since.to_text() == prepared.since.to_text()
    before = [pk.Workspace(folder).load_stage("exported_before") for folder in (one, other)]
    pd.testing.assert_frame_equal(before[1], before[0])
    return prepared


def write_ids(folder, chance):
    """Write what a push says, of which a few users could not be created."""
    users = pk.Workspace(folder).load_stage("users")
    lines = [f"{row},id{row},{chance.choice(['created', 'created', 'exists', 'failed'])}" for row in users.index[:-3]]
    (folder / "out" / "passage_ids.csv").write_text("\n".join(["source_row,passage_id,outcome", *lines]) + "\n")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6 if LONG else 3))
def test_a_newer_export_gives_the_outputs_of_one_machine(tmp_path, seed):
    count, chance = 60 + 25 * seed, random.Random(seed)  # noqa: S311 - no secret
    given = {**GIVEN, **OPTIONS[seed % 3]}
    rows = [messy_row(number, count * 3 // 4, chance) for number in range(count)]
    source = write_rows(tmp_path / "users", rows, files=1 + seed % 3)
    pk.prepare(source, out=tmp_path / "june", **given)
    if seed % 2:
        write_ids(tmp_path / "june", chance)
    later = later_list(rows, chance, count)
    write_rows(source, later, files=2)
    july = prepare_both(
        source, tmp_path / "july", tmp_path / "other", count // 3, since=str(tmp_path / "june"), **given
    )
    assert july.since.new
    assert july.since.changed
    assert july.since.unchanged
    write_rows(source, later_list(later, chance, 2 * count), files=3)  # and who was exported before those, too
    one, other = tmp_path / "august", tmp_path / "another"
    prepare_both(source, one, other, 31, **{**given, "since": str(tmp_path / "july")})
    pd.testing.assert_frame_equal(load_exported(pk.Workspace(other)), load_exported(pk.Workspace(one)))


@pytest.mark.slow
def test_all_that_a_comparison_says_is_among_these_lists(tmp_path):
    """So that the equality of the outputs speaks about every finding."""
    said, gone = set(), 0
    for seed in range(6):
        chance = random.Random(seed)  # noqa: S311 - no secret
        rows = [messy_row(number, 60, chance) for number in range(80)]
        source = write_rows(tmp_path / "users", rows, files=1)
        pk.prepare(source, out=tmp_path / f"june{seed}", **GIVEN)
        write_rows(source, later_list(rows, chance, 80), files=1)
        prepared = pk.prepare(source, since=str(tmp_path / f"june{seed}"), **GIVEN)
        said |= set(prepared.findings["code"])
        gone += len(prepared.since.gone)
    assert said >= CODES
    assert gone


@pytest.mark.slow
def test_a_list_that_nothing_was_exported_of_is_all_new(tmp_path):
    (tmp_path / "users.csv").write_text("Mail\nbo@\n")
    pk.prepare(tmp_path / "users.csv", mapping={"email": "Mail"}, out=tmp_path / "june")
    (tmp_path / "users.csv").write_text("Mail\nann@example.org\nann@example.org\n")
    folders = (tmp_path / "one", tmp_path / "other")
    prepared = prepare_both(tmp_path / "users.csv", *folders, 1, since=tmp_path / "june")
    assert prepared.since.summary() == {"new": 1, "changed": 0, "unchanged": 0, "held": 0, "gone": 0}


@pytest.mark.slow
def test_the_plan_and_the_fixes_of_the_earlier_workspace_apply(tmp_path):
    header, june = "id,Mail,City", tmp_path / "june"
    source = tmp_path / "users.csv"
    source.write_text(f"{header}\n1,ann@,Oslo\n2,bo@example.org,Bonn\n3,cy@example.org,Ulm\n")
    june.mkdir()
    (june / "corrections.csv").write_text("source_row,source_key,field,was,value\n1,1,email,ann@,ann@example.org\n")
    given = {"mapping": {"email": "Mail", "source_key": "id", "city": "City"}}
    pk.prepare(source, schema=pk.MetadataSchema([pk.MetadataField("city")]), out=june, **given)
    source.write_text(f"{header}\n3,cy@example.org,Ulm\n1,ann@,Rome\n4,di@example.org,Ulm\n")
    prepared = prepare_both(source, tmp_path / "one", tmp_path / "other", 2, since=str(june))
    assert prepared.users["email"].tolist() == ["ann@example.org", "di@example.org"]
    for folder in ("own", "copy"):
        own = pk.Workspace(tmp_path / folder).make()
        own.save_decisions(pk.decide(own.load_decisions(), [1, 3], "apart"))
        own.save_corrections(pk.correct(own.load_corrections(), [2], "email", "anna@example.org"))
    prepared = prepare_both(source, tmp_path / "own", tmp_path / "copy", 2, since=str(june))
    assert "fix_not_taken" in set(prepared.findings["code"])


def test_what_one_machine_refuses_is_refused(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("Mail\nann@example.org\n")
    given = {"mapping": {"email": "Mail"}, "plan": pk.Plan(str(source))}
    refused = [
        ({"out": tmp_path / "june", "since": str(tmp_path / "june")}, pk.OptionError),
        ({"out": tmp_path / "july", "since": str(tmp_path / "june")}, pk.PlanError),
    ]
    for change, error in refused:
        said = []
        for client in ({}, {"client": InThisProcess()}):
            with pytest.raises(error) as raised:
                pk.prepare(**given, **change, **client)
            said.append(str(raised.value))
        assert said[1] == said[0]


@pytest.mark.slow
def test_a_run_without_since_leaves_nothing_of_one_with_it(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("Mail\nann@example.org\n")
    given = {"mapping": {"email": "Mail"}, "client": InThisProcess(), "rows": 1}
    prepare_on_cluster(source, out=tmp_path / "june", **given)
    prepare_on_cluster(source, out=tmp_path / "july", since=str(tmp_path / "june"), **given)
    assert (tmp_path / "july" / "stages" / "exported_before.parquet").exists()
    prepare_on_cluster(source, out=tmp_path / "july", plan=pk.Plan(), **given)
    assert not (tmp_path / "july" / "stages" / "exported_before.parquet").exists()
    assert not list((tmp_path / "july" / "out").glob("*_since.csv"))


@pytest.mark.slow
def test_workers_of_dask_compare_as_one_machine_does(tmp_path, client):
    chance = random.Random(5)  # noqa: S311 - no secret
    rows = [messy_row(number, 200, chance) for number in range(300)]
    source = write_rows(tmp_path / "users", rows, files=2)
    pk.prepare(source, out=tmp_path / "june", **GIVEN)
    write_rows(source, later_list(rows, chance, 300), files=2)
    since = str(tmp_path / "june")
    prepare_both(source, tmp_path / "one", tmp_path / "other", 77, client=client, since=since, **GIVEN)

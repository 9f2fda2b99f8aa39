"""Corrections and decisions on a cluster: what one machine makes of them, and of those that no longer fit."""

import random
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from killed_calls import Stops
from long_runs import LONG
from messy_lists import HEADER, MAPPING, SCHEMA, check_same, messy_row, write_list, write_rows

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
OPTIONS = (
    {},
    {"shared_phone": "merge", "survivor": "last", "inactive": "reject"},
    {"shared_phone": "reject", "survivor": "first", "strict": True},
    {"shared_phone": "survivor", "inactive": "reject"},
)
VALUES = {
    "email": ["user1@example.org", "new@example.org", "bo@", ""], "phone": ["(415) 555-0001", "", "12"],
    "name": ["Ann", ""], "born": ["2024-01-05", "05/06/1990"], "region": ["DE", ""], "account_state": ["deleted", ""],
    "source_key": ["k1", ""], "nothing": ["x"],
}  # fmt: skip
CORRECTIONS = "source_row,source_key,field,was,value,note\n"
DECISIONS = "rows,decision,survivor_row,note\n"


def make_corrections(rows: list[list[str]], chance: random.Random) -> str:
    """Make corrections, of which some name a cell twice, a row or a field that is not there, or another value."""
    lines = ["0,,email,,zero@example.org,", f"{len(rows) + 7},,email,,far@example.org,", ",,city,,Oslo,"]
    lines += [f",{chance.choice(rows)[0]},{chance.choice(['city', 'phone'])},,Lima,x" for _ in range(4)]
    lines += [",no such key,city,,Lima,"]
    for _ in range(len(rows) // 4):
        field = chance.choice([*VALUES])
        was = chance.choice(["", "", "another value"])
        lines.append(f"{chance.randint(1, len(rows))},,{field},{was},{chance.choice(VALUES[field])},")
    chance.shuffle(lines)
    return CORRECTIONS + "\n".join(lines) + "\n"


def make_decisions(ledger, chance: random.Random) -> str:
    """Make decisions about people that the rules merged and about any rows, of which some are not there."""
    last = int(ledger.index.max())
    absorbed = ledger.index[ledger["disposition"].eq("absorbed")].tolist()
    lines = [f"0 1 {last},apart,,", f"{last} {last + 9},merge,,", f"{last + 3} {last + 4},rule,,", "3? 17?,merge,,"]
    for row in chance.sample(absorbed, min(len(absorbed), 12)):
        other = int(ledger["survivor_row"][row])
        lines.append(
            chance.choice([f"{row} {other},apart,,", f"{row} {other},survivor,{row},", f"{row} {other},rule,,"])
        )
    for _ in range(last // 12):
        one, other, third = chance.sample(range(1, last + 1), 3)
        choices = [f"{one} {other},merge,,", f"{one} {other} {third},merge,{other},", f"{one} {other} {third},apart,,"]
        lines.append(chance.choice([*choices, f"{one} {other},survivor,{one},"]))
    chance.shuffle(lines)
    return DECISIONS + "\n".join(lines) + "\n"


def check_same_fixes(one: Path, other: Path) -> None:
    """Check that both runs left the same fixes in their workspaces, with the same note."""
    names = ["corrections.csv", "decisions.csv", "corrections.previous.csv", "decisions.previous.csv"]
    for name in names:
        assert (one / name).exists() == (other / name).exists(), name
        if (one / name).exists():
            assert (other / name).read_bytes() == (one / name).read_bytes(), name
    noted = [pq.read_table(folder / "fixed_rows.parquet") for folder in (one, other)]
    assert noted[1].equals(noted[0], check_metadata=True)


def put(folders, name, text):
    for folder in folders:
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def prepare_both(source, one, other, rows, **given):
    prepared = pk.prepare(source, out=one, **given)
    on_cluster = prepare_on_cluster(source, out=other, client=InThisProcess(), rows=rows, **given)
    check_same(one, other)
    assert on_cluster.summary() == prepared.summary()
    assert on_cluster.funnel.adds_up
    return prepared


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("what", ["corrections", "decisions", "both"])
@pytest.mark.parametrize("seed", range(4 if LONG else 2))
def test_fixes_give_the_outputs_of_one_machine(tmp_path, seed, what):
    count, chance = [90, 120, 75, 150][seed], random.Random(seed)  # noqa: S311 - no secret
    source, folders = tmp_path / "users", (tmp_path / "one", tmp_path / "other")
    rows = [messy_row(number, count * 3 // 4, chance) for number in range(count)]
    write_rows(source, rows, files=1 + seed % 3)
    given = {**GIVEN, **OPTIONS[seed]}
    if what != "decisions":
        put(folders, "corrections.csv", make_corrections(rows, chance))
    if what != "corrections":
        put(folders, "decisions.csv", make_decisions(pk.prepare(source, **given).ledger, chance))
    said = set(prepare_both(source, *folders, count // 3 + seed, **given).findings["code"])
    check_same_fixes(*folders)
    if what != "decisions":
        assert {"corrected", "correction_unused", "correction_unplaced"} <= said
    if what != "corrections":
        assert {"decision_unused", "decision_unplaced"} <= said
        assert {"decision_applied", "kept_apart"} <= said or given.get("shared_phone") == "reject"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3 if LONG else 2))
def test_fixes_find_their_people_in_a_changed_list_as_on_one_machine(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    source, folders = tmp_path / "users", (tmp_path / "one", tmp_path / "other")
    rows = [messy_row(number, 60, chance) for number in range(80)]
    for row in rows[::3]:
        row[0] = chance.choice(["", "7"])  # known by email and phone, by all cells, or not at all
    write_rows(source, rows, files=2)
    put(folders, "corrections.csv", make_corrections(rows, chance))
    put(folders, "decisions.csv", make_decisions(pk.prepare(source, **GIVEN).ledger, chance))
    prepare_both(source, *folders, 30, **GIVEN)
    later = [*rows[5:], *(messy_row(number, 60, chance) for number in range(80, 90))]
    chance.shuffle(later)
    for row in later[:10]:
        row[chance.choice([1, 2, 4])] = "another@example.org"
    write_rows(source, later, files=3)
    moved = prepare_both(source, *folders, 17, **GIVEN)
    check_same_fixes(*folders)
    assert (folders[1] / "decisions.previous.csv").exists()
    assert {"corrected", "correction_unplaced", "decision_applied", "decision_unplaced"} <= set(moved.findings["code"])
    prepare_both(source, *folders, 17, **GIVEN)
    check_same_fixes(*folders)


@pytest.mark.slow
def test_the_fixes_beside_a_plan_apply_and_stay_there(tmp_path):
    source, first = write_list(tmp_path / "users", rows=40, files=2, seed=5), tmp_path / "first"
    pk.prepare(source, out=first, **GIVEN)
    put([first], "corrections.csv", f"{CORRECTIONS}7,,email,,seven@example.org,\n")
    put([first], "decisions.csv", f"{DECISIONS}2 31,merge,,\n")
    kept = {path.name: path.read_bytes() for path in first.glob("*.csv")}
    one, other = tmp_path / "one", tmp_path / "other"
    prepared = pk.prepare(plan=first / "plan.toml", out=one)
    pk.prepare(plan=first / "plan.toml", out=other, client=InThisProcess())
    check_same(one, other)
    assert prepared.findings["code"].isin(["corrected", "decision_applied"]).sum() == 2
    assert {path.name: path.read_bytes() for path in first.glob("*.csv")} == kept
    assert not list(other.glob("*.csv"))


@pytest.mark.slow
def test_the_corrections_of_a_table_find_their_people_by_its_key(tmp_path):
    chance = random.Random(3)  # noqa: S311 - no secret
    rows = [messy_row(number, 30, chance) for number in range(50)]
    address = f"sqlite:///{tmp_path / 'shop.db'}"
    engine = sa.create_engine(address)
    cells = ", ".join(f'"{name}" TEXT' for name in HEADER[1:])
    add = sa.text(f"INSERT INTO users VALUES ({', '.join(f':c{at}' for at in range(len(HEADER)))})")
    with engine.begin() as connection:
        connection.execute(sa.text(f'CREATE TABLE users ("id" INTEGER PRIMARY KEY, {cells})'))
        connection.execute(add, [{f"c{at}": value for at, value in enumerate(row)} for row in rows])
    one, other = tmp_path / "one", tmp_path / "other"
    put(
        (one, other),
        "corrections.csv",
        f"{CORRECTIONS}7,7,email,{rows[6][1]},seven@example.org,\n40,40,city,{rows[39][4]},Lima,\n",
    )
    put((one, other), "decisions.csv", f"{DECISIONS}2 31,merge,,\n")
    plan = pk.Plan(address, reading={"table": "users"})
    for _ in range(2):
        prepare_both(None, one, other, 20, plan=plan, **GIVEN)
        check_same_fixes(one, other)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM users WHERE id < 4"))
    moved = prepare_both(None, one, other, 20, plan=plan, **GIVEN)
    check_same_fixes(one, other)
    assert "decision_unplaced" in set(moved.findings["code"])
    assert [line.partition(",")[0] for line in (other / "corrections.csv").read_text().splitlines()[1:]] == ["4", "37"]


@pytest.mark.slow
def test_rows_that_look_alike_and_were_decided_to_be_two_people_are_not_suggested_again(tmp_path):
    source = tmp_path / "users.csv"
    others = [f"user{number}@example.org" for number in range(6)]
    source.write_text("\n".join(["email", "anna.b@gmail.com", *others, "annab+news@gmail.com"]) + "\n")
    one, other = tmp_path / "one", tmp_path / "other"
    assert "possible_duplicate" in set(prepare_both(source, one, other, 3).findings["code"])
    put((one, other), "decisions.csv", f"{DECISIONS}1 8,apart,,\n")
    assert "possible_duplicate" not in set(prepare_both(source, one, other, 3).findings["code"])


@pytest.mark.slow
@pytest.mark.parametrize("changed", [False, True])
def test_a_run_that_was_stopped_goes_on_and_begins_anew_with_other_fixes(tmp_path, changed):
    source = write_list(tmp_path / "users", rows=40, files=2, seed=5)
    one, other = tmp_path / "one", tmp_path / "other"
    put((one, other), "corrections.csv", f"{CORRECTIONS}7,,email,,seven@example.org,\n")
    put((one, other), "decisions.csv", f"{DECISIONS}2 31,merge,,\n")
    with pytest.raises(KeyboardInterrupt):
        prepare_on_cluster(source, out=other, client=Stops("merge"), rows=15, **GIVEN)
    if changed:
        put((one, other), "corrections.csv", f"{CORRECTIONS}7,,email,,eight@example.org,\n")
    prepare_both(source, one, other, 15, **GIVEN)
    check_same_fixes(one, other)
    assert ("eight" if changed else "seven") in (other / "out" / "console_import.csv").read_text()


@pytest.mark.slow
def test_workers_of_dask_apply_fixes_as_one_machine_does(tmp_path, client):
    source = write_list(tmp_path / "users", rows=300, files=2, seed=11)
    one, other = tmp_path / "one", tmp_path / "other"
    chance = random.Random(11)  # noqa: S311 - no secret
    put([one], "corrections.csv", make_corrections([[str(row)] for row in range(1, 301)], chance))
    put([one], "decisions.csv", make_decisions(pk.prepare(source, **GIVEN).ledger, chance))
    shutil.copytree(one, other)
    pk.prepare(source, out=one, **GIVEN)
    prepare_on_cluster(source, out=other, client=client, rows=77, **GIVEN)
    check_same(one, other)
    check_same_fixes(one, other)

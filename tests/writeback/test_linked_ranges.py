"""A long table in ranges: the same plan, and the same ids, as the table as a whole."""

import random
import signal
import sys
from itertools import chain

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from killed_writes import KILLS_ITSELF
from long_runs import LONG
from servers import an_id, columns_in, execute, ids_in, ids_of, make_users, written

import passage_kit as pk
from passage_kit.columns import spool
from passage_kit.columns.users_frame import users_frame
from passage_kit.writeback import linked_ranges, lookups, planned_changes, row_identities

SMALL = 3


@pytest.fixture
def in_ranges(monkeypatch):
    """Have everything be long: three rows and ids are a range, and all that can be put aside is."""

    def begin():
        monkeypatch.setattr(linked_ranges, "RANGE", SMALL)
        monkeypatch.setattr(row_identities, "FEW", 1)
        monkeypatch.setattr(spool, "SMALL", 0)
        for module in (linked_ranges, lookups, planned_changes):
            monkeypatch.setattr(module, "ROWS", SMALL)

    yield begin
    monkeypatch.undo()


def messy_table(chance):
    """Rows of an application with emails and phones of one another, and with ids that some have already."""
    some = [f"u{number}@example.org" for number in range(12)]
    phones = [f"+1415555{number:04d}" for number in range(2_671, 2_677)]
    rows = [
        (
            number,
            chance.choice([*some, None, "no address"]),
            chance.choice([*phones, None, None, None]),
            chance.choice([None, None, None, "", an_id(number), an_id(chance.randrange(1, 30))]),
        )
        for number in range(1, 25)
    ]
    taken = set()
    for at, (number, email, phone, has) in enumerate(rows):
        if has and has in taken:
            rows[at] = (number, email, phone, None)
        taken.add(has)
    lines = [
        {
            "source_key": chance.choice([str(chance.randrange(1, 28)), None]),
            "email": chance.choice([*some, None]),
            "phone": chance.choice([*phones, None, None]),
            "passage_id": chance.choice([an_id(chance.randrange(1, 30)), None]),
            "outcome": chance.choice(["created", "failed", "existing"]),
        }
        for _ in range(30)
    ]
    return rows, pd.DataFrame(lines)


@pytest.mark.few(6)
@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize("options", [{}, {"overwrite": True}, {"share": True}])
@pytest.mark.parametrize("seed", range(6 if LONG else 2))
def test_ranges_plan_what_the_whole_table_plans(sqlite, tmp_path, in_ranges, seed, options, prepared):
    rows, ids = messy_table(random.Random(seed))  # noqa: S311 - not a secret
    make_users(sqlite, [row[:3] for row in rows])
    execute(
        sqlite,
        "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)",
        *(f"UPDATE users SET passage_id = '{has}' WHERE id = {number}" for number, *_, has in rows if has is not None),
    )
    if prepared:
        mapping = {"email": "email", "phone": "phone", "source_key": "id"}
        reading = {"table": "users"}
        pk.prepare(written(sqlite), reading=reading, mapping=mapping, out=tmp_path / "m", default_region="US")
    planned = []
    for turn in range(2):
        if turn:
            in_ranges()
        try:
            planned.append(
                pk.write_passage_ids(
                    ids, table="users", workspace=tmp_path / "m", db=written(sqlite), dry_run=True, **options
                )
            )
        except pk.DatabaseError as error:
            planned.append(str(error))
    whole, ranges = planned
    if isinstance(whole, str):
        assert ranges == whole
        return
    pd.testing.assert_frame_equal(ranges.rows, whole.rows)
    pd.testing.assert_frame_equal(ranges.ids_without_row, whole.ids_without_row)
    assert (ranges.counts, ranges.sql, ranges.reasons) == (whole.counts, whole.sql, whole.reasons)


def test_the_messy_tables_have_all_states():
    """The comparison above would show nothing of a state that its tables never reach."""
    lists = [messy_table(random.Random(seed)) for seed in range(6)]  # noqa: S311
    assert all(ids["passage_id"].notna().any() and ids["passage_id"].isna().any() for _, ids in lists)
    for place in (1, 2, 3):
        assert all(len({row[place] for row in rows}) < len(rows) for rows, _ in lists)


@given(st.lists(st.tuples(*[st.sampled_from(["1", "2", "3", None])] * 3), max_size=30), st.integers(1, 10))
def test_everybody_is_in_one_range_with_all_whom_they_concern(items, most):
    """Rows, and ids as every third item: one range each, in order, and no key or email in two of them."""
    rows, lines = [item for at, item in enumerate(items) if at % 3], items[::3]
    columns = {name: [row[0] for row in rows] for name in ("key",)}
    columns |= {name: [row[1] for row in rows] for name in ("email", "table_email")}
    columns |= {name: [None] * len(rows) for name in ("survivor", "phone", "table_phone")}
    columns |= {"current": [row[2] for row in rows]}
    table = users_frame(columns, first_row=0)
    ids = users_frame(
        {
            "key": [line[0] for line in lines],
            "email": [line[1] for line in lines],
            "phone": [None] * len(lines),
            "passage_id": [line[2] for line in lines],
        },
        first_row=0,
    )
    ranges = list(linked_ranges.linked_ranges(table, ids, most))
    assert sorted(chain.from_iterable(each.rows.tolist() for each in ranges)) == list(range(len(rows)))
    assert sorted(chain.from_iterable(each.lines.tolist() for each in ranges)) == list(range(len(lines)))
    assert all((each.rows[1:] > each.rows[:-1]).all() for each in ranges)
    for of_rows, of_ids in (("key", "key"), ("email", "email"), ("current", "passage_id")):
        seen = [
            set(table[of_rows].iloc[each.rows].dropna()) | set(ids[of_ids].iloc[each.lines].dropna()) for each in ranges
        ]
        assert sum(map(len, seen)) == len(set().union(*seen))


def test_blank_ids_of_many_rows_make_no_range_of_all(in_ranges):
    names = ("survivor", "email", "table_email", "phone", "table_phone")
    columns = {"key": list("123456"), "current": [""] * 6} | {name: [None] * 6 for name in names}
    ids = users_frame({name: [] for name in ("key", "email", "phone", "passage_id")}, first_row=0)
    in_ranges()
    ranges = linked_ranges.linked_ranges(users_frame(columns, first_row=0), ids)
    assert [each.rows.tolist() for each in ranges] == [[0, 1, 2], [3, 4, 5]]


class TestSetting:
    @pytest.mark.slow
    def test_a_run_in_ranges_sets_and_checks_every_row(self, application, tmp_path, in_ranges):
        make_users(application, [(number, f"u{number}@example.org", None) for number in range(1, 21)])
        in_ranges()
        ids = ids_of(*range(1, 19), 99)
        ids.loc[4, "source_key"] = "1"  # and so has two ids
        where = {"table": "users", "workspace": tmp_path / "m", "db": written(application)}
        dry = pk.write_passage_ids(ids, **where, dry_run=True)
        done = pk.write_passage_ids(ids, **where)
        assert done.counts == dry.counts
        assert (done.counts["set"], done.counts["without"], done.counts["ids_without_row"]) == (16, 4, 3)
        assert done.check["right"] == 16
        there = {number: value for number, value in ids_in(application).items() if value is not None}
        assert there == {number: an_id(number) for number in range(1, 19) if number not in (1, 5)}
        assert pk.undo_write_back(tmp_path / "m", db=written(application)).set_back == 16

    def test_values_that_are_there_twice_are_counted_in_all_ranges(self, sqlite, tmp_path, in_ranges):
        make_users(sqlite, [(number, None, None) for number in range(1, 11)])
        execute(
            sqlite,
            "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)",
            "UPDATE users SET passage_id = CASE WHEN id IN (1, 10) THEN 'twice' WHEN id IN (2, 5, 8) THEN '' END",
        )
        in_ranges()
        with pytest.raises(pk.DatabaseError, match="has 3 values that another row has"):
            pk.write_passage_ids(ids_of(1), table="users", workspace=tmp_path / "m", db=written(sqlite))


KILLED = (
    KILLS_ITSELF
    + """
import sys
import passage_kit as pk
from passage_kit.columns import spool
from passage_kit.writeback import linked_ranges, row_identities, users_database, writeback

linked_ranges.RANGE, row_identities.FEW, spool.SMALL = 400, 100, 0
users_database._ROWS_AT_A_TIME = 90
writeback.BATCH_ROWS = 100
pk.write_passage_ids(pk.Workspace(sys.argv[1]), table="users", workspace=sys.argv[1])
"""
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_over_the_output_of_a_cluster_that_was_killed_goes_on(
    application, tmp_path, monkeypatch, in_ranges, moment, nursery
):
    """Outputs in the partitions of a cluster, their ids in ranges, kill -9 in the middle, and the same again."""
    from passage_kit.cluster.engine import InThisProcess

    make_users(application, [(number, f"u{number}@example.org", None) for number in range(1, 1_001)])
    source = tmp_path / "users.csv"
    source.write_text("id,mail\n" + "".join(f"{number},U{number}@example.org\n" for number in range(1, 1_001)))
    mapping = {"email": "mail", "source_key": "id"}
    pk.prepare_on_cluster(source, client=InThisProcess(), out=tmp_path / "m", mapping=mapping, rows=170)
    workspace = pk.Workspace(tmp_path / "m")
    ids = ids_of(*range(1, 1_001)).assign(email=[f"u{number}@example.org" for number in range(1, 1_001)])
    ids.assign(source_row=range(1, 1_001)).to_csv(workspace.out / "passage_ids.csv", index=False)
    environment = {"PASSAGE_DB_URL": written(application)}
    killed = nursery.run(KILLED, workspace.folder, moment, environment=environment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    there = sum(value is not None for value in ids_in(application).values())
    assert there == (300 if moment == "before" else 400)
    in_ranges()
    monkeypatch.setattr(linked_ranges, "RANGE", 400)
    monkeypatch.setattr(lookups, "ROWS", 300)
    done = pk.write_passage_ids(workspace, table="users", workspace=workspace, db=written(application))
    assert (done.counts["right"], done.counts["set"]) == (there, 1_000 - there)
    assert done.check == {"users": 1_000, "right": 1_000, "different": 0, "without_id": 0, "without_row": 0}
    assert ids_in(application) == {number: an_id(number) for number in range(1, 1_001)}
    undone = pk.undo_write_back(workspace, db=written(application))
    assert (undone.set_back, undone.column_dropped) == (1_000, True)
    assert "passage_id" not in [name for name, *_ in columns_in(application)]

"""One worker and three, partitions of odd sizes: the same outputs, with fixes and an earlier export, too."""

import random

import pytest
from forked_workers import forked_workers
from messy_lists import MAPPING, SCHEMA, check_same, messy_row, write_rows
from test_fixed_steps import check_same_fixes, make_corrections, make_decisions, put
from test_since_steps import later_list

import passage_kit as pk
from passage_kit.cluster.prepare import prepare_on_cluster

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}


@pytest.fixture(scope="module", params=[1, 3])
def workers(request):
    """Client of one worker, and of three, in processes of their own."""
    with forked_workers(request.param) as client:
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("size", [37, 51])
def test_fixes_and_an_earlier_export_are_those_of_one_machine(tmp_path, workers, size):
    chance = random.Random(size)  # noqa: S311 - no secret
    source, folders = tmp_path / "users", (tmp_path / "one", tmp_path / "other")
    rows = [messy_row(number, 80, chance) for number in range(110)]
    write_rows(source, rows, files=2)
    june = pk.prepare(source, out=tmp_path / "june", **GIVEN)
    put(folders, "corrections.csv", make_corrections(rows, chance))
    put(folders, "decisions.csv", make_decisions(june.ledger, chance))
    write_rows(source, later_list(rows, chance, 110), files=3)
    given = {**GIVEN, "since": str(tmp_path / "june")}
    one = pk.prepare(source, out=folders[0], **given)
    other = prepare_on_cluster(source, out=folders[1], client=workers, rows=size, **given)
    check_same(*folders)
    check_same_fixes(*folders)
    assert other.summary() == one.summary()
    assert other.since.to_text() == one.since.to_text()
    assert one.since.new
    assert one.since.changed
    assert {"corrected", "decision_unplaced"} <= set(one.findings["code"])

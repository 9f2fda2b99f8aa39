"""Value steps on a cluster change what they change on one machine."""

import pytest
from messy_lists import MAPPING, SCHEMA, check_same, write_list

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster

STEPS = (
    pk.ValueStep("Name", "split", {"into": ["First", "Last"]}),
    pk.ValueStep("First", "case", {"to": "upper"}),
    pk.ValueStep("City", "replace", {"find": "Oslo", "put": "Bergen"}),
    pk.ValueStep("City", "case", {"to": "upper"}, off=True),
    pk.ValueStep("State", "map", {"values": {"A": "active", "X": "deleted"}}),
    pk.ValueStep("Gone", "case", {"to": "lower"}),
    pk.ValueStep("Other", "join", {"others": ["City"], "into": "Both"}),
    pk.ValueStep("Born", "number", {"thousands": "'"}),
)


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize(
    "given", [{"mapping": {**MAPPING, "name": "First", "city": "Both"}}, {}, {"null_words": ["x"]}]
)
def test_a_plan_with_steps_writes_what_one_machine_writes(tmp_path, given):
    source = write_list(tmp_path / "users", rows=110, files=2, seed=8)
    plan = pk.Plan(str(source), schema=SCHEMA, steps=STEPS)
    one = pk.prepare(plan=plan, out=tmp_path / "one", **given)
    other = prepare_on_cluster(plan=plan, out=tmp_path / "other", client=InThisProcess(), rows=23, **given)
    check_same(tmp_path / "one", tmp_path / "other")
    assert other.summary() == one.summary()
    assert other.plan == one.plan
    assert {"step_applied", "step_unused", "changed_by_step"} <= other.by_code.keys()


@pytest.mark.slow
def test_steps_that_are_all_off_change_nothing(tmp_path):
    source = write_list(tmp_path / "users", rows=30, files=1, seed=8)
    plan = pk.Plan(str(source), schema=SCHEMA, steps=(STEPS[3],))
    pk.prepare(plan=plan, out=tmp_path / "one")
    other = prepare_on_cluster(plan=plan, out=tmp_path / "other", client=InThisProcess(), rows=11)
    check_same(tmp_path / "one", tmp_path / "other")
    assert "step_applied" not in other.by_code


@pytest.mark.slow
def test_workers_apply_steps(tmp_path, client):
    source = write_list(tmp_path / "users", rows=90, files=2, seed=4)
    plan = pk.Plan(str(source), schema=SCHEMA, steps=STEPS)
    pk.prepare(plan=plan, out=tmp_path / "one")
    prepare_on_cluster(plan=plan, out=tmp_path / "other", client=client, rows=40)
    check_same(tmp_path / "one", tmp_path / "other")

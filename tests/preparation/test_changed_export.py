"""A plan on a refreshed export, headless: what fits is applied, what does not is asked, and everything is shown."""

import json

import pytest

import passage_kit as pk
from passage_kit.errors import MappingError
from passage_kit.workspace.plan import Plan

MAY = "Mail,Ort,Plan,Notes\nann@example.org,Ulm,free,x\nbo@example.org,Bonn,pro,y\n"
# A column was renamed, one removed, one added, and they stand in another order.
JUNE = "Plan,Stadt,Mail,Joined\nfree,Ulm,ann@example.org,2024\npro,Bonn,bo@example.org,2025\n"
SCHEMA = pk.MetadataSchema([pk.MetadataField("city"), pk.MetadataField("plan")])


@pytest.fixture
def planned(tmp_path):
    """A workspace that prepared the export of May, and that of June beside it."""
    (tmp_path / "may.csv").write_text(MAY)
    (tmp_path / "june.csv").write_text(JUNE)
    mapping = {"email": "Mail", "city": "Ort", "plan": "Plan"}
    pk.prepare(tmp_path / "may.csv", mapping=mapping, schema=SCHEMA, out=tmp_path / "work")
    return tmp_path


def again(planned, *options, run):
    plan = str(planned / "work" / "plan.toml")
    return run("prepare", str(planned / "june.csv"), "--plan", plan, "--out", str(planned / "work"), *options)


def test_the_plan_knows_the_columns_that_it_was_made_for(planned):
    assert Plan.load(planned / "work" / "plan.toml").columns == ("Mail", "Ort", "Plan", "Notes")


def test_a_lost_column_is_asked_for_with_both_lists_and_nothing_is_written(planned, run):
    before = (planned / "work" / "out" / "ledger.csv").read_bytes(), (planned / "work" / "plan.toml").read_bytes()
    code, _, said = again(planned, run=run)
    assert code == 2
    assert "city took 'Ort'" in said
    assert "'Stadt', 'Joined'" in said
    assert '--map "city=' in said
    assert (planned / "work" / "out" / "ledger.csv").read_bytes() == before[0]
    assert (planned / "work" / "plan.toml").read_bytes() == before[1]


@pytest.mark.slow
def test_the_flag_answers_and_the_rest_is_applied(planned, run):
    code, out, _ = again(planned, "--map", "city=Stadt", "--json", run=run)
    assert code == 0
    assert json.loads(out)["findings"]["column_gone"] == 2
    assert json.loads(out)["findings"]["column_new"] == 1
    plan = Plan.load(planned / "work" / "plan.toml")
    assert plan.mapping.to_dict() == {"email": "Mail", "city": "Stadt", "plan": "Plan"}
    assert plan.columns == ("Plan", "Stadt", "Mail", "Joined")
    users = pk.prepare(plan=planned / "work" / "plan.toml").users
    assert users[["city", "plan"]].to_numpy().tolist() == [["Ulm", "free"], ["Bonn", "pro"]]


def test_a_target_is_left_out_and_the_terminal_shows_what_changed(planned, run):
    code, _, said = again(planned, "--map", "city=", run=run)
    assert code == 0
    assert "gone: column Notes" in said
    assert "new: column Stadt" in said
    assert "city" not in Plan.load(planned / "work" / "plan.toml").mapping


def test_a_line_of_the_plan_answers_too(planned):
    path = planned / "work" / "plan.toml"
    path.write_text(path.read_text().replace('city = "Ort"', 'city = "Stadt"'))
    prepared = pk.prepare(planned / "june.csv", plan=path)
    assert prepared.changed_columns["field"].tolist() == ["Ort", "Notes", "Joined"]


def test_the_same_columns_in_another_order_run_unasked(planned):
    (planned / "june.csv").write_text("Notes,Plan,Ort,Mail\nx,free,Ulm,ann@example.org\n")
    prepared = pk.prepare(planned / "june.csv", plan=planned / "work" / "plan.toml")
    assert len(prepared.changed_columns) == 0
    assert prepared.users["city"].tolist() == ["Ulm"]


def test_a_mapping_that_is_given_is_judged_as_ever(planned):
    with pytest.raises(MappingError, match=r"Did you mean 'Mail'\?"):
        pk.prepare(planned / "june.csv", mapping={"email": "Mial"}, plan=planned / "work" / "plan.toml")

"""Corrections and decisions of a former list: the panels ask about them, and apply or drop each."""

import shutil

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.duplicates.decisions import Decision, decide, no_decisions
from passage_kit.widgets import ChooseOptions, FixFindings, ReviewDuplicates
from passage_kit.widgets.unplaced import UnplacedCorrections, taken_decision
from passage_kit.workspace.corrections import correct, no_corrections

FORMER = "Key,Mail,City\nk1,ann@,Oslo\nk2,bo@,Rome\nk3,cy@example.org,Ulm\nk4,cy@example.org,Bern\nk5,eve@,Oslo\n"
# k2 is gone, k1 and k5 have other rows, and the new k6 has what k2 had
LATER = "Key,Mail,City\nk5,eve@,Oslo\nk6,bo@,Rome\nk4,cy@example.org,Bern\nk3,cy@example.org,Ulm\nk1,ann@,Oslo\n"
MAPPING = pk.FieldMapping({"source_key": "Key", "email": "Mail", "city": "City"})


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """A folder whose list has changed since the corrections and decisions of its workspace were made."""
    folder = tmp_path_factory.mktemp("changed")
    source = folder / "users.csv"
    source.write_text(FORMER)
    workspace = pk.Workspace(folder / "migration")
    schema = pk.MetadataSchema([pk.MetadataField("city")])
    pk.prepare(source, mapping=MAPPING, schema=schema, out=workspace)
    fixes = correct(no_corrections(), [1, 2], "email", ["ann@example.org", "bo@example.org"], users=mapped(workspace))
    workspace.save_corrections(fixes)
    workspace.save_decisions(decide(decide(no_decisions(), [3, 4], "survivor", survivor_row=4), [2, 3], "apart"))
    pk.prepare(plan=workspace.plan_path, out=workspace)
    source.write_text(LATER)
    return folder


@pytest.fixture
def workspace(changed, tmp_path):
    """That workspace, for one test."""
    shutil.copytree(changed, tmp_path, dirs_exist_ok=True)
    return pk.Workspace(tmp_path / "migration")


def mapped(workspace) -> pd.DataFrame:
    plan = workspace.load_plan()
    return pk.apply_mapping(pk.read_users(plan.source), plan.mapping)


def fixing(workspace) -> FixFindings:
    panel = FixFindings(mapped(workspace), workspace)
    panel.wait()
    panel.view(code="corrections")
    return panel


def reviewing(workspace) -> ReviewDuplicates:
    users, _ = pk.normalize_identifiers(mapped(workspace))
    panel = ReviewDuplicates(users, workspace, mapped=mapped(workspace))
    panel.wait()
    return panel


def click(panel, do, **given):
    panel.table.hear({"do": do, "with": given})


def stored(workspace):
    table = workspace.load_corrections()
    return [tuple(None if pd.isna(it) else it for it in line) for line in
            table[["source_row", "source_key", "value"]].itertuples(index=False)]  # fmt: skip


@pytest.mark.slow
def test_corrections_follow_their_people_and_the_others_are_asked_about(workspace):
    before = workspace.corrections_path.read_bytes()
    panel = fixing(workspace)
    assert [(item["row"], item["value"]) for item in panel.page["items"]] == [(5, "ann@example.org")]
    assert panel.page["unplaced"] == [
        {"field": "email", "value": "bo@example.org", "was": "bo@", "key": "k2", "number": 0, "row": None,
         "why": "no row of the source is this person's now"}
    ]  # fmt: skip
    assert panel.messages[0].startswith("1 correction of a former list changes nothing")
    panel.view(code="email_invalid")
    assert [item["row"] for item in panel.page["items"]] == [1, 2]
    assert workspace.corrections_path.read_bytes() == before  # nothing is written until somebody changes something


@pytest.mark.slow
def test_a_correction_of_a_former_list_is_applied_to_a_row(workspace):
    panel = fixing(workspace)
    click(panel, "apply", number=0, row=2)
    assert stored(workspace) == [(5, "k1", "ann@example.org"), (2, "k6", "bo@example.org")]
    assert panel.messages[0].startswith("Applied: row 2.")
    assert (panel.page["unplaced"], panel.page["asked"]) == ([], 0)
    prepared = pk.prepare(plan=workspace.plan_path, out=workspace)
    assert {"ann@example.org", "bo@example.org"} <= set(prepared.users["email"])
    assert "correction_unplaced" not in set(prepared.findings["code"])


def test_a_correction_of_a_former_list_is_dropped(workspace):
    panel = fixing(workspace)
    click(panel, "drop", number=0)
    assert stored(workspace) == [(5, "k1", "ann@example.org")]
    assert panel.messages[0].startswith("Dropped: one correction.")
    click(panel, "drop", number=0)
    assert "not asked about any more" in panel.messages[0]
    assert len(stored(workspace)) == 1


@pytest.mark.slow
def test_a_correction_whose_cell_has_another_value_is_asked_about_with_its_row(workspace):
    workspace.save_corrections(workspace.load_corrections().assign(was=["anna@", "bo@"]))
    panel = fixing(workspace)
    asked = panel.page["unplaced"][0]
    assert (asked["was"], asked["why"]) == ("anna@", "another value stands there now")
    click(panel, "apply", number=0, row=5)
    assert (5, "k1", "ann@example.org") in stored(workspace)


@pytest.mark.few(1)
@pytest.mark.parametrize(("number", "row"), [(0, 99), (0, 0), (0, -1), (7, 1), (-1, 1)])
def test_a_row_or_a_correction_that_is_not_there_changes_nothing(workspace, number, row):
    panel = fixing(workspace)
    before = [value for _, _, value in stored(workspace)]
    click(panel, "apply", number=number, row=row)
    assert len(panel.messages) == 1
    assert [value for _, _, value in stored(workspace)] == before


def test_decisions_follow_their_people_and_the_others_are_asked_about(workspace):
    panel = reviewing(workspace)
    [group] = panel.page["groups"]
    assert (group["rows"], group["decided"]["survivor_row"]) == ([3, 4], 3)
    assert [asked["text"] for asked in panel.page["unplaced"]] == ["Rows 2, 3 of a former list: different people."]
    assert panel.messages[0].startswith("1 decision about a former list has no effect")
    click(panel, "apply", number=0, rows=[2, 4])
    assert workspace.load_decisions()["rows"].tolist() == ["3 4", "2 4"]
    assert workspace.load_decisions()["decision"].tolist() == ["survivor", "apart"]
    assert panel.page["unplaced"] == []


def test_a_decision_about_a_former_list_is_dropped(workspace):
    panel = reviewing(workspace)
    click(panel, "drop", number=0)
    assert workspace.load_decisions()["rows"].tolist() == ["3 4"]
    click(panel, "drop", number=0)
    assert "not asked about any more" in panel.messages[0]


@pytest.mark.slow
def test_a_survivor_of_a_former_list_needs_a_row_that_stays(workspace):
    workspace.save_decisions(decide(no_decisions(), [2, 3], "survivor", survivor_row=2))
    pk.prepare(plan=workspace.plan_path, out=workspace)
    panel = reviewing(workspace)
    assert panel.page["unplaced"][0]["stays"] == 2
    for rows, stays in (([3, 4], None), ([3, 99], 3), ([3], 3)):
        click(panel, "apply", number=0, rows=rows, survivor_row=stays)
        assert workspace.load_decisions()["rows"].tolist() == ["2? 3?"]
    click(panel, "apply", number=0, rows=[4, 3], survivor_row=4)
    assert workspace.load_decisions()[["rows", "survivor_row"]].to_numpy().tolist() == [["3 4", 4]]


@pytest.mark.slow
def test_both_panels_save_into_one_workspace(workspace):
    fix, review = fixing(workspace), reviewing(workspace)
    click(fix, "apply", number=0, row=2)
    click(review, "drop", number=0)
    click(fix, "fix", row=1, field="email", value="eve@example.org")
    assert stored(workspace)[-1] == (1, "k5", "eve@example.org")
    assert len(stored(workspace)) == 3
    assert workspace.load_decisions()["rows"].tolist() == ["3 4"]


def test_the_code_that_a_panel_shows_finds_the_people_too(workspace):
    panel = fixing(workspace)
    names = {"pk": pk, "workspace": workspace, "users": mapped(workspace)}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    assert names["corrected"]["email"].tolist()[4] == "ann@example.org"


@pytest.mark.slow
def test_the_preview_of_the_options_counts_what_a_run_would_do(workspace):
    plan = workspace.load_plan()
    panel = ChooseOptions(pk.read_users(plan.source), workspace)
    panel.wait()
    run = pk.prepare(plan=plan, out=workspace)
    bad = run.findings.loc[run.findings["code"].eq("email_invalid"), "source_row"].nunique()
    assert panel._counted["strict"].rows == bad == 2


def test_what_was_settled_elsewhere_is_not_settled_again():
    users = pk.apply_mapping(pk.read_users(pd.DataFrame({"m": ["b@"]})), pk.FieldMapping({"email": "m"}))
    fixes = correct(no_corrections(), [1], "email", "x@example.org").assign(was="a@")
    asked = UnplacedCorrections(users, fixes)
    assert len(asked) == 1
    for other in (fixes.iloc[:0], fixes.assign(value="y@example.org")):
        with pytest.raises(pk.PlanError, match="not asked about any more"):
            asked.taken_from(other, 0)
    made = Decision((1, 2), "apart", placed=False)
    with pytest.raises(pk.PlanError, match="not asked about any more"):
        taken_decision([made], no_decisions(), 0)

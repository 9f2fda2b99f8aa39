"""The panel of findings, driven from Python: clicked == shown code == direct call; many findings; bad states."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from panel_parts import parts

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import OptionError
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.widgets import FixFindings
from passage_kit.workspace.corrections import apply_corrections, correct
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

USERS = users_frame(
    {
        "email": ["ann@gmial.com", "bo@", "n/a", "n/a", "dee@example.org", "Eve@Gmial.com"],
        "phone": ["(415) 555-2671", None, None, "415 555 2672", "12", None],
        "plan": ["free", "gold", "free", "gold", "pro", "free"],
    }
)
SCHEMA = MetadataSchema([MetadataField("plan", choices=("free", "pro"))])


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace("migration")
    workspace.save_plan(Plan(schema=SCHEMA, options=Options(default_region="US")))
    return workspace


def opened(workspace, users=USERS) -> FixFindings:
    panel = FixFindings(users, workspace)
    panel.wait()
    return panel


@pytest.mark.slow
def test_findings_of_other_choices_are_marked_and_judged_again(workspace):
    panel = opened(workspace)
    panel.fix(2, "email", "bo@example.org")
    assert panel.outdated == ""  # a correction is judged at once
    options = replace(workspace.load_plan().options, default_region="DE")
    workspace.save_plan(replace(workspace.load_plan(), options=options))
    panel.look_again()
    assert panel.outdated.endswith(": other choices in the plan since.")
    panel._head.hear({"do": "renew"})  # as the button does
    panel.wait()
    assert panel.outdated == ""
    assert panel.corrected.judgment.plan.options == options
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [3, 4], "apart"))
    panel.look_again()
    assert panel.outdated.endswith(": 1 decision since.")
    workspace.save_plan(replace(workspace.load_plan(), steps=(pk.ValueStep("Mail", "case", {"to": "lower"}),)))
    panel.look_again()
    assert panel.outdated.endswith("Run this notebook again.")
    panel._head.hear({"do": "renew"})
    assert panel.outdated.endswith("Run this notebook again.")


def click(panel, do, **given):
    """What the page sends when a button is clicked."""
    panel.table.hear({"do": do, "with": given})


def evaluated(panel, users=USERS):
    """The corrected users of the code that the panel shows."""
    names = {"pk": pk, "workspace": panel.workspace, "users": users}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    return names["corrected"]


def listed(workspace):
    table = workspace.load_corrections()
    return [
        (row, field, None if pd.isna(value) else value)
        for row, field, value in table[["source_row", "field", "value"]].itertuples(index=False)
    ]


def kinds(panel):
    return {kind["code"]: kind["findings"] for kind in panel.page["kinds"]}


def verdicts(panel, row, field="email"):
    [item] = [item for item in panel.page["items"] if (item["row"], item["field"]) == (row, field)]
    return [verdict["code"] for verdict in item["verdicts"]]


def test_it_begins_with_the_kinds_and_their_next_steps(workspace):
    panel = opened(workspace)
    assert kinds(panel) == {
        "email_invalid": 1, "email_placeholder": 2, "email_domain_typo": 2, "phone_invalid": 1, "value_not_allowed": 2,
        "no_identifier": 2,
    }  # fmt: skip
    assert panel.page["kinds"][0]["next_step"] == "Correct it, or ask the user for one."
    assert panel.page["items"] == []
    assert panel.messages == ["Nothing is corrected yet."]
    assert not workspace.corrections_path.exists()
    click(panel, "view", all=True)
    assert kinds(panel)["email_normalized"] == 1


def test_a_value_is_corrected_in_place_and_judged_at_once(workspace):
    panel = opened(workspace)
    click(panel, "view", code="email_invalid")
    [item] = panel.page["items"]
    assert (item["row"], item["field"], item["value"], item["alike"]) == (2, "email", "bo@", 1)
    assert verdicts(panel, 2) == ["email_invalid", "no_identifier"]
    click(panel, "fix", row=2, field="email", value="Bo@example.org", alike=False)
    assert verdicts(panel, 2) == ["email_normalized"]
    assert panel.page["items"][0] | {"verdicts": None} == {
        "row": 2, "field": "email", "label": "Email", "value": "Bo@example.org", "was": "bo@", "editable": True,
        "alike": 1, "corrected": True, "suggestion": None, "person": "Bo@example.org", "verdicts": None,
    }  # fmt: skip
    assert "email_invalid" not in kinds(panel)
    assert listed(workspace) == [(2, "email", "Bo@example.org")]
    assert panel.messages == ["Corrected: row 2. Saved in migration/corrections.csv."]
    click(panel, "fix", row=2, field="email", value="bo@@", alike=False)
    assert verdicts(panel, 2) == ["email_invalid", "no_identifier"]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("code", "do", "given", "expected"),
    [
        ("email_invalid", "fix", {"row": 2, "field": "email", "value": "b@x.org"}, [(2, "email", "b@x.org")]),
        ("phone_invalid", "fix", {"row": 5, "field": "phone", "value": None}, [(5, "phone", None)]),
        ("email_placeholder", "fix", {"row": 3, "field": "email", "value": "x@example.org", "alike": True},
         [(3, "email", "x@example.org"), (4, "email", "x@example.org")]),
        ("value_not_allowed", "fix", {"row": 2, "field": "plan", "value": "pro", "alike": True},
         [(2, "plan", "pro"), (4, "plan", "pro")]),
        ("email_domain_typo", "accept", {"rows": [6]}, [(6, "email", "eve@gmail.com")]),
        ("email_domain_typo", "accept all", {}, [(1, "email", "ann@gmail.com"), (6, "email", "eve@gmail.com")]),
    ],
)  # fmt: skip
def test_clicked_is_the_shown_code_is_the_direct_call(workspace, code, do, given, expected):
    panel = opened(workspace)
    click(panel, "view", code=code)
    click(panel, do, **given)
    assert listed(workspace) == expected
    direct = workspace.load_corrections().iloc[:0]
    for row, field, value in expected:
        direct = correct(direct, [row], field, value, users=USERS)
    pd.testing.assert_frame_equal(panel.value, direct)
    users, _ = apply_corrections(USERS, direct)
    pd.testing.assert_frame_equal(evaluated(panel), users)
    assert listed(workspace) == expected
    workspace.corrections_path.unlink()
    pd.testing.assert_frame_equal(evaluated(panel), users)
    assert listed(workspace) == expected


def test_a_suggested_domain_is_offered_for_the_address_in_normal_form(workspace):
    panel = opened(workspace)
    click(panel, "view", code="email_domain_typo")
    assert [item["suggestion"] for item in panel.page["items"]] == ["ann@gmail.com", "eve@gmail.com"]
    assert panel.page["can_accept_all"]
    click(panel, "accept", rows=[1])
    assert [item["suggestion"] for item in panel.page["items"]] == [None, "eve@gmail.com"]
    assert kinds(panel)["email_domain_typo"] == 1


def test_a_correction_is_taken_back(workspace):
    panel = opened(workspace)
    click(panel, "view", code="email_invalid")
    click(panel, "fix", row=2, field="email", value="bo@example.org")
    click(panel, "fix", row=2, field="plan", value="pro")
    click(panel, "view", code="corrections")
    assert [(item["row"], item["field"], item["value"]) for item in panel.page["items"]] == [
        (2, "email", "bo@example.org"), (2, "plan", "pro")
    ]  # fmt: skip
    click(panel, "take back", rows=[2], field="email")
    assert listed(workspace) == [(2, "plan", "pro")]
    assert verdicts(panel, 2)[:1] == ["email_invalid"]
    assert evaluated(panel).loc[2, "email"] == "bo@"
    assert kinds(panel)["email_invalid"] == 1


@pytest.mark.slow
def test_running_the_cell_again_finds_the_corrections(workspace):
    click(opened(workspace), "fix", row=2, field="email", value="bo@example.org")
    again = opened(workspace)
    assert "email_invalid" not in kinds(again)
    assert again.messages == ["1 correction in migration/corrections.csv."]
    assert evaluated(again).loc[2, "email"] == "bo@example.org"


def test_earlier_lines_of_the_file_stay(workspace):
    panel = opened(workspace)
    workspace.save_corrections(correct(panel.value, [5], "phone", "415 555 2673", note="she called"))
    click(panel, "fix", row=2, field="email", value="bo@example.org")
    assert listed(workspace) == [(5, "phone", "415 555 2673"), (2, "email", "bo@example.org")]
    assert workspace.load_corrections()["note"][0] == "she called"


@pytest.mark.slow
def test_the_next_run_applies_the_corrections(workspace, tmp_path):
    source = tmp_path / "users.csv"
    USERS.to_csv(source, index=False)
    workspace.save_plan(Plan(str(source), schema=SCHEMA, options=Options(default_region="US")))
    users = pk.apply_mapping(pk.read_users(source), pk.suggest_mapping(pk.read_users(source), SCHEMA))
    panel = opened(workspace, users)
    click(panel, "fix", row=2, field="email", value="bo@example.org")
    assert pk.prepare(plan=workspace.plan_path, out=workspace).users.loc[2, "email"] == "bo@example.org"
    source.write_text("email\nx@example.org\n")
    click(panel, "fix", row=2, field="email", value="cy@example.org")
    assert "users.csv has changed since" in panel.messages[0]
    assert listed(workspace) == [(2, "email", "bo@example.org")]


def test_duplicates_are_found_when_all_are_judged_again(workspace):
    panel = opened(workspace)
    click(panel, "fix", row=2, field="email", value="dee@example.org")
    assert "conflicting_value" not in kinds(panel)
    click(panel, "judge")
    panel.wait()
    click(panel, "view", all=True)
    assert kinds(panel)["duplicate_email"] == 1


def test_filters(workspace):
    panel = opened(workspace)
    click(panel, "view", code="email_domain_typo", text="EVE")
    assert [item["row"] for item in panel.page["items"]] == [6]
    click(panel, "view", text="1")
    assert [item["row"] for item in panel.page["items"]] == [1]
    click(panel, "view", text="(")
    assert panel.page["found"] == 0


def test_a_view_that_is_none_and_a_column_that_is_none_are_said(workspace):
    panel = opened(workspace)
    with pytest.raises(OptionError, match="no such view"):
        panel.view(code="shoe_size")
    click(panel, "view", code="shoe_size")
    assert "no such view" in panel.messages[0]
    click(panel, "fix", row=2, field="shoe", value="43")
    assert "no column 'shoe'" in panel.messages[0]
    click(panel, "dance")
    assert not workspace.corrections_path.exists()


def test_a_damaged_file_of_corrections_is_said(workspace):
    panel = opened(workspace)
    workspace.corrections_path.write_text("source_row,field,value\none,email,x\n")
    click(panel, "fix", row=2, field="email", value="x@example.org")
    assert "corrections.csv, line 2" in panel.messages[0]


def test_an_option_that_cannot_be_is_said_in_the_panel(workspace):
    workspace.save_plan(Plan(options=Options(survivor="newest")))
    panel = opened(workspace)
    assert "no column is mapped to it" in panel.messages[0]
    click(panel, "view", code="email_invalid")
    assert panel.page == {}


def test_no_value_is_in_the_state_of_a_widget(workspace):
    panel = opened(workspace)
    click(panel, "view", code="email_domain_typo")
    click(panel, "accept", rows=[6])
    state = json.dumps([{name: str(value) for name, value in part.get_state().items()} for part in parts(panel)])
    assert "gmial" not in state
    assert "eve@gmail.com" not in state
    assert "eve@gmail.com" in panel.code


@pytest.mark.slow
def test_many_findings_stay_usable(workspace):
    users = users_frame(
        {
            "email": [f"person{at}@gmial.com" if at % 2 else "nobody@" for at in range(20_000)],
            "phone": [None] * 20_000,
            "plan": ["x" * 5_000 if at % 1_000 == 1 else "free" for at in range(20_000)],
        }
    )
    panel = opened(workspace, users)
    steps = [
        ("view", {"code": "email_domain_typo"}),
        ("view", {"page": 999}),
        ("view", {"text": "person1999"}),
        ("view", {"code": "value_not_allowed", "text": ""}),
        ("view", {"code": "email_invalid"}),
        ("fix", {"row": 1, "field": "email", "value": "person@example.org"}),
        ("fix", {"row": 3, "field": "email", "value": None, "alike": True}),
        ("accept all", {}),
    ]
    for do, given in steps:
        click(panel, do, **given)
        assert len(panel.page["items"]) <= 20
        assert len(json.dumps(panel.page)) < 60_000
    assert len(workspace.load_corrections()) == 20_000


def test_a_value_that_is_too_long_for_a_line_is_not_edited_here(workspace):
    panel = opened(workspace, USERS.assign(plan=["x" * 5_000, *["free"] * 5]))
    click(panel, "view", code="value_not_allowed")
    [item] = panel.page["items"]
    assert (len(item["value"]), item["editable"]) == (501, False)


def test_rows_that_the_reader_rejected_are_not_among_the_findings(workspace, tmp_path):
    (tmp_path / "users.csv").write_text("email,phone\nann@example.org,\n,,,\nbo@,,,,\n\nn/a,\n")
    raw = pk.read_users(tmp_path / "users.csv")
    mapping = pk.FieldMapping({"email": "email", "phone": "phone", "plan": {"constant": "free"}})
    workspace.save_plan(Plan(str(tmp_path / "users.csv"), mapping=mapping, schema=SCHEMA))
    panel = opened(workspace, pk.apply_mapping(raw, mapping))
    prepared = pk.prepare(plan=workspace.plan_path)
    assert (prepared.source.findings["effect"] == "rejected").any()
    assert kinds(panel)["no_identifier"] == (prepared.findings["code"] == "no_identifier").sum() == 2


def test_a_correction_without_a_row_does_not_stop_the_panel(workspace):
    workspace.make().corrections_path.write_text(
        "source_row,source_key,field,was,value,note\n,,email,x@,y@example.org,\n"
    )
    panel = opened(workspace)
    click(panel, "view", code="corrections")
    assert (panel.page["items"], panel.page["corrections"]) == ([], 1)

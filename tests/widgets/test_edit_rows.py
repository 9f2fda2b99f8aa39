"""The panel of whole rows, driven from Python: clicked == shown code == direct call; many rows; bad states."""

import json

import pandas as pd
import pytest
from panel_parts import parts

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import OptionError
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.widgets import EditRows, FixFindings
from passage_kit.widgets import edit_rows as module
from passage_kit.workspace.corrections import apply_corrections, correct
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

USERS = users_frame(
    {
        "email": ["ann@gmial.com", "bo@", "n/a", "n/a", "dee@example.org", "dee@example.org"],
        "phone": ["(415) 555-2671", None, None, "415 555 2672", "12", None],
        "plan": ["free", "gold", "free", "gold", "pro", "free"],
    }
)
SCHEMA = MetadataSchema([MetadataField("plan", "Plan", choices=("free", "pro"))])


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace("migration")
    workspace.save_plan(Plan(schema=SCHEMA, options=Options(default_region="US")))
    return workspace


def opened(workspace, users=USERS) -> EditRows:
    panel = EditRows(users, workspace)
    panel.wait()
    return panel


def click(panel, do, **given):
    panel.table.hear({"do": do, "with": given})


def rows(panel):
    return [row["row"] for row in panel.page["rows"]]


def row_of(panel, number):
    [row] = [row for row in panel.page["rows"] if row["row"] == number]
    return row


def evaluated(panel, users=USERS):
    names = {"pk": pk, "workspace": panel.workspace, "users": users}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    return names["corrected"]


def test_it_shows_whole_rows_with_what_is_found(workspace):
    panel = opened(workspace)
    assert [column["label"] for column in panel.page["columns"]] == ["Email", "Phone", "Plan"]
    assert rows(panel) == [1, 2, 3, 4, 5, 6]
    second = row_of(panel, 2)
    assert (second["disposition"], second["cells"]["email"]["effect"]) == ("rejected", "withheld")
    assert {verdict["code"] for verdict in second["verdicts"]} == {
        "email_invalid",
        "no_identifier",
        "value_not_allowed",
    }
    assert row_of(panel, 6)["disposition"] == "absorbed"
    assert panel.messages == ["Nothing is corrected yet."]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ({"text": "DEE"}, [5, 6]),
        ({"text": "gold", "column": "plan"}, [2, 4]),
        ({"text": "gold", "column": "email"}, []),
        ({"code": "email_placeholder"}, [3, 4]),
        ({"code": "any", "column": "phone"}, [5]),
        ({"disposition": "rejected"}, [2, 3]),
        ({"disposition": "absorbed"}, [6]),
        ({"sort": "plan", "descending": True}, [5, 2, 4, 1, 3, 6]),
        ({"sort": "phone"}, [1, 5, 4, 2, 3, 6]),
        ({"text": "n/a", "disposition": "kept"}, [4]),
    ],
)
def test_filters_and_order(workspace, view, expected):
    panel = opened(workspace)
    click(panel, "view", **view)
    assert rows(panel) == expected
    assert panel.page["found"] == len(expected)


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("chosen", "do", "given", "expected"),
    [
        ([], "edit", {"row": 2, "field": "email", "value": "bo@x.org"}, [(2, "email", "bo@x.org")]),
        ([], "edit", {"row": 5, "field": "phone", "value": None}, [(5, "phone", None)]),
        ([2, 4], "change", {"field": "plan", "value": "pro"}, [(2, "plan", "pro"), (4, "plan", "pro")]),
        ([3], "change", {"field": "email", "value": None}, [(3, "email", None)]),
    ],
)
def test_clicked_is_the_shown_code_is_the_direct_call(workspace, chosen, do, given, expected):
    panel = opened(workspace)
    if chosen:
        click(panel, "choose", rows=chosen, on=True)
    click(panel, do, **given)
    direct = workspace.load_corrections().iloc[:0]
    for row, field, value in expected:
        direct = correct(direct, [row], field, value, users=USERS)
    pd.testing.assert_frame_equal(workspace.load_corrections(), direct)
    pd.testing.assert_frame_equal(panel.value, direct)
    users, _ = apply_corrections(USERS, direct)
    workspace.corrections_path.unlink()
    pd.testing.assert_frame_equal(evaluated(panel), users)


def test_a_value_is_judged_at_once_and_its_row_leaves_the_filter(workspace):
    panel = opened(workspace)
    click(panel, "view", disposition="rejected")
    click(panel, "edit", row=2, field="email", value="bo@example.org")
    assert rows(panel) == [3]
    click(panel, "view", disposition="corrected")
    row = row_of(panel, 2)
    assert (row["disposition"], row["cells"]["email"]["was"]) == ("kept", "bo@")
    click(panel, "choose", rows=[2], on=True)
    click(panel, "take back", field="email")
    assert rows(panel) == []
    assert workspace.load_corrections().empty
    pd.testing.assert_frame_equal(evaluated(panel), USERS)


def test_all_found_are_selected_across_pages_and_filters(workspace):
    users = users_frame({"email": [f"n{at}@x.org" for at in range(50)], "phone": [None] * 50, "plan": ["gold"] * 50})
    panel = opened(workspace, users)
    click(panel, "view", text="n1", column="email")
    click(panel, "choose found")
    assert len(panel.chosen) == 11
    click(panel, "choose", rows=[2], on=False)
    click(panel, "view", text="")
    assert (panel.page["chosen"], row_of(panel, 2)["chosen"]) == (10, False)
    click(panel, "change", field="plan", value="free")
    assert len(workspace.load_corrections()) == 10
    click(panel, "view", page=99)
    assert (panel.page["view"]["page"], len(rows(panel))) == (2, 10)
    click(panel, "choose none")
    click(panel, "change", field="plan", value="pro")
    assert "No row is selected" in panel.messages[0]


def test_very_many_values_are_a_step_and_many_are_judged_in_a_thread(workspace, monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(module, "AT_ONCE", 2)
    panel = opened(workspace)
    click(panel, "choose found")
    click(panel, "change", field="plan", value="pro")
    assert "add a step under 'Change values'" in panel.messages[0]
    click(panel, "choose", rows=[6], on=False)
    click(panel, "change", field="plan", value="pro")
    panel.wait()
    assert panel.messages == ["Changed: plan of 5 rows. Saved in migration/corrections.csv."]
    assert len(workspace.load_corrections()) == 5


@pytest.mark.slow
def test_it_shares_what_is_judged_with_the_panel_of_findings(workspace):
    fix = FixFindings(USERS, workspace)
    panel = EditRows(fix, workspace)
    fix.wait()
    assert rows(panel) == [1, 2, 3, 4, 5, 6]
    fix.view(code="email_invalid")
    assert fix.page["items"][0]["person"] == "bo@"
    click(panel, "edit", row=2, field="email", value="bo@example.org")
    assert fix.page["items"][0]["value"] == "bo@example.org"
    fix.fix(5, "phone", None)
    assert row_of(panel, 5)["cells"]["phone"]["was"] == "12"


def test_what_is_not_there_is_said(workspace):
    panel = opened(workspace)
    with pytest.raises(OptionError, match="no such view"):
        panel.view(sort="shoe")
    for do, given, said in [
        ("view", {"code": "shoe_size"}, "no such view"),
        ("edit", {"row": 99, "field": "email", "value": "x"}, "no row 99"),
        ("edit", {"row": 1, "field": "shoe", "value": "x"}, "no column 'shoe'"),
        ("dance", {}, "does not know"),
    ]:
        click(panel, do, **given)
        assert said in panel.messages[0]
    click(panel, "choose", rows=[99], on=True)
    assert panel.chosen == []
    assert not workspace.corrections_path.exists()


def test_long_values_and_states(workspace):
    panel = opened(workspace, USERS.assign(plan=["x" * 5_000, *["eve@example.org"] * 5]))
    cell = row_of(panel, 1)["cells"]["plan"]
    assert (len(cell["value"]), cell["editable"]) == (501, False)
    state = json.dumps([{name: str(value) for name, value in part.get_state().items()} for part in parts(panel)])
    assert "eve@example.org" not in state
    json.dumps(panel.page, allow_nan=False)


@pytest.mark.slow
def test_many_rows_stay_usable(workspace):
    count = 100_000
    users = users_frame(
        {"email": [f"p{at}@" if at % 2 else f"p{at}@example.org" for at in range(count)], "phone": [None] * count,
         "plan": ["free", "gold"] * (count // 2)}
    )  # fmt: skip
    panel = opened(workspace, users)
    for do, given in [
        ("view", {"code": "email_invalid"}), ("view", {"page": 999}), ("view", {"sort": "email"}),
        ("view", {"text": "p9999"}), ("edit", {"row": 2, "field": "email", "value": "x@example.org"}),
        ("choose found", {}), ("change", {"field": "plan", "value": "free"}),
    ]:  # fmt: skip
        click(panel, do, **given)
        assert len(json.dumps(panel.page)) < 60_000
        assert len(rows(panel)) <= 20
    assert len(workspace.load_corrections()) > 2

"""The panel of values: clicked result == evaluated shown code == direct call; each step is seen, moved, taken back."""

from dataclasses import replace

import pandas as pd
import pytest
from panel_parts import SAVED

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.mapping.value_steps import apply_value_steps
from passage_kit.widgets import ChangeValues, MapFields
from passage_kit.widgets import change_values as module
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

LIST = {
    "Mail": ["ann@example.org", "bo@example.org", "cy@example.org"],
    "Land": ["BRD", "BRD", "France"],
    "Aktiv": ["actif", "inactif", " actif"],
    "Name": ["Ann Lee", "Bo Ray", None],
}
SCHEMA = pk.MetadataSchema([pk.MetadataField("aktiv", type="boolean"), pk.MetadataField("land")])
GERMANY = ValueStep("Land", "map", {"values": {"BRD": "Germany"}})
SPLIT = ValueStep("Name", "split", {"into": ["First", "Last"]})


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace("migration")
    mapping = FieldMapping({"email": "Mail", "region": "Land", "aktiv": "Aktiv"})
    workspace.save_plan(Plan("users.csv", schema=SCHEMA, mapping=mapping))
    return workspace


@pytest.fixture
def raw():
    return users_frame(LIST)


@pytest.fixture
def panel(raw, workspace):
    return ChangeValues(raw, workspace)


def page_says(panel, what: str, **given) -> None:
    panel.table.hear({"do": what, "with": given})


def shown(panel, name: str) -> dict:
    return {one["shown"]: one[name] for one in panel.page["values"]}


def test_it_begins_without_a_step_and_writes_nothing(panel, workspace):
    before = workspace.plan_path.read_bytes()
    assert panel.value == ()
    assert panel.page["steps"] == []
    assert panel.messages == [SAVED]
    assert workspace.plan_path.read_bytes() == before


def test_the_values_of_a_column_are_counted_and_said_what_is_wrong(panel):
    page_says(panel, "view", column="Land")
    assert shown(panel, "rows") == {"BRD": 2, "France": 1}
    assert panel.page["target"] == "Country of the phone (region)"
    assert shown(panel, "reason") == {"BRD": "The country of the row is not one the kit knows.", "France": ""}
    assert "Germany" in panel.page["choices"]
    page_says(panel, "view", column="Aktiv")
    assert panel.page["choices"] == ["yes", "no"]
    assert shown(panel, "rows") == {"actif": 2, "inactif": 1}
    page_says(panel, "view", column="Name")
    assert (panel.page["blanks"], panel.page["target"]) == (1, "")
    page_says(panel, "view", text="ann")
    assert shown(panel, "rows") == {"Ann Lee": 1}


def test_a_value_is_mapped_as_the_page_does(panel, workspace, raw):
    page_says(panel, "view", column="Land")
    page_says(panel, "map", column="Land", value="BRD", becomes="Germany")
    assert panel.value == workspace.load_plan().steps == (GERMANY,)
    assert panel.messages[-1] == SAVED
    assert shown(panel, "becomes") == {"BRD": "Germany", "France": None}
    assert shown(panel, "reason") == {"BRD": "", "France": ""}
    [step] = panel.page["steps"]
    assert (step["says"], step["touched"]) == ("Land: BRD becomes Germany", 2)
    assert step["examples"] == [{"before": "BRD", "after": "Germany", "rows": 2}]
    assert step["line"] == '{ column = "Land", do = "map", values = { BRD = "Germany" } }'
    names = {"pk": pk, "workspace": workspace, "raw": raw}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    assert workspace.load_plan().steps == panel.value
    direct, findings = apply_value_steps(raw, [GERMANY])
    for frame in (names["raw"], panel.changed):
        pd.testing.assert_frame_equal(frame, direct)
    pd.testing.assert_frame_equal(names["findings"], findings)


def test_a_mapped_value_is_changed_blanked_and_left_again(panel):
    panel.map_value("Aktiv", "actif", "yes")
    panel.map_value("Aktiv", "inactif", "no")
    panel.map_value("Aktiv", "actif", "")
    assert panel.value == (ValueStep("Aktiv", "map", {"values": {"inactif": "no", "actif": ""}}),)
    assert panel.changed["Aktiv"].fillna("").tolist() == ["", "no", ""]
    panel.map_value("Aktiv", "actif", None)
    panel.map_value("Aktiv", "inactif", "inactif")
    assert panel.value == ()


def test_a_step_is_added_moved_switched_and_taken_back(panel, workspace):
    page_says(panel, "add", column="Land", step="country", how={})
    page_says(panel, "add", column="Land", step="replace", how={"find": "BRD", "put": "Germany", "pattern": False})
    assert [step["touched"] for step in panel.page["steps"]] == [1, 2]
    page_says(panel, "move", number=1, by=-1)
    assert [step["touched"] for step in panel.page["steps"]] == [2, 3]
    assert panel.changed["Land"].tolist() == ["DE", "DE", "FR"]
    page_says(panel, "switch", number=0, on=False)
    assert workspace.load_plan().steps[0].off
    assert panel.changed["Land"].tolist() == ["BRD", "BRD", "FR"]
    page_says(panel, "switch", number=0, on=True)
    page_says(panel, "take back", number=1)
    assert [step.do for step in workspace.load_plan().steps] == ["replace"]
    again = ChangeValues(users_frame(LIST), workspace)
    assert again.value == panel.value
    assert again.messages == [SAVED]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("do", "given", "said"),
    [
        ("add", {"column": "Name", "step": "split", "how": {"into": ["Land", "B"]}}, "there is one already"),
        ("add", {"column": "Name", "step": "split", "how": {"into": ["", "B"]}}, "into"),
        ("add", {"column": "Name", "step": "cut", "how": {}}, "no step 'cut'"),
        ("add", {"column": "Name", "step": "replace", "how": {"find": "(", "pattern": True}}, "cannot be read"),
        ("add", {"column": "Name", "step": "case", "how": {"to": 3}}, "does not know"),
        ("view", {"column": "Pays"}, "no column 'Pays'"),
        ("drop", {"number": 0}, "does not know"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(panel, workspace, do, given, said):
    panel.add(GERMANY)
    page_says(panel, do, **given)
    assert said in panel.messages[0]
    assert panel.value == workspace.load_plan().steps == (GERMANY,)


def test_steps_of_the_plan_that_do_not_fit_this_list_are_shown_and_kept(workspace):
    raw = users_frame({**LIST, "Last": ["x", "y", "z"]})
    workspace.save_plan(replace(workspace.load_plan(), steps=(GERMANY, SPLIT)))
    panel = ChangeValues(raw, workspace)
    assert panel.value == (GERMANY, SPLIT)
    assert "there is one already" in panel.page["steps"][1]["problem"]
    assert "Step 2 changes nothing: The step 'split' of column 'Name' makes a column 'Last'" in panel.messages[0]
    panel.add(ValueStep("Land", "country"))  # nothing is saved as long as a step cannot be
    assert "there is one already" in panel.messages[0]
    assert workspace.load_plan().steps == (GERMANY, SPLIT)
    panel.switch(1, False)
    panel.add(ValueStep("Land", "country"))
    assert panel.changed["Land"].tolist() == ["DE", "DE", "FR"]


def test_a_step_without_an_effect_is_said(panel):
    panel.add(ValueStep("Land", "map", {"values": {"DDR": "Germany"}}))
    panel.add(ValueStep("Pays", "country"))
    assert panel.messages[:2] == [
        "Step 1 changes nothing: no value is as it says.",
        "Step 2 changes nothing: there is no column 'Pays'.",
    ]


@pytest.mark.slow
def test_the_mapping_above_shows_the_changes_at_once(raw, workspace):
    mapping = MapFields(raw, SCHEMA, workspace)
    assert mapping.table.shown["previews"]["region"]["counts"]["withheld"] == 2
    panel = ChangeValues(mapping, workspace)
    panel.map_value("Land", "BRD", "Germany")
    assert mapping.table.shown["previews"]["region"]["counts"]["withheld"] == 0
    panel.add(SPLIT)
    assert [column["name"] for column in mapping.table.shown["columns"]] == [*LIST, "First", "Last"]
    mapping.choose("Last", "land")
    assert workspace.load_plan().mapping["land"].names == ("Last",)
    assert workspace.load_plan().steps == panel.value
    panel.take_back(1)
    assert "land" not in mapping.value
    assert "land" not in workspace.load_plan().mapping
    assert mapping.value["region"].names == ("Land",)
    assert MapFields(raw, SCHEMA, workspace).raw["Land"].tolist() == ["Germany", "Germany", "France"]


def test_a_long_list_is_changed_in_a_thread(raw, workspace, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 1)
    panel = ChangeValues(raw, workspace)
    panel.wait()
    panel.map_value("Land", "BRD", "Germany")
    panel.wait()
    assert workspace.load_plan().steps == (GERMANY,)
    assert panel.changed["Land"].tolist() == ["Germany", "Germany", "France"]


def test_many_values_come_page_by_page(workspace):
    raw = users_frame({"Mail": [f"user{number:03}@example.org" for number in range(100)]})
    panel = ChangeValues(raw, workspace)
    assert (len(panel.page["values"]), panel.page["found"], panel.page["pages"]) == (12, 100, 9)
    page_says(panel, "view", page=99)
    assert [one["value"] for one in panel.page["values"]][-1] == "user099@example.org"


def test_nothing_of_the_list_is_in_the_state_of_the_widget(panel):
    panel.map_value("Land", "BRD", "Germany")
    assert not any(word in str(panel.table.get_state()) for word in ("BRD", "France", "inactif"))


@pytest.mark.slow
def test_the_panels_of_a_cell_that_has_run_again_take_nothing_out_of_the_plan(raw, workspace):
    former = ChangeValues(MapFields(raw, SCHEMA, workspace), workspace)  # its page is gone, and the kernel has it still
    above = MapFields(raw, SCHEMA, workspace)
    panel = ChangeValues(above, workspace)
    above.add_field("Name", friendly_name="Name")
    above.choose("Land", "land")
    mapping = workspace.load_plan().mapping
    assert mapping is not None
    assert {"name", "land"} <= {*mapping}
    panel.map_value("Land", "BRD", "Germany")
    assert former.value == panel.value
    assert workspace.load_plan().mapping == mapping
    assert workspace.load_plan().schema.columns == ("aktiv", "land", "name")


def test_the_panels_of_a_former_list_take_nothing_out_of_the_plan(raw, workspace):
    MapFields(raw, SCHEMA, workspace).save()
    former = ChangeValues(MapFields(raw, SCHEMA, workspace), workspace)
    pk.change_list(workspace, "other.csv")
    other = users_frame({"Mail": ["ann@example.org"], "Land": ["BRD"], "State": ["actif"]})
    above = MapFields(other, workspace.load_plan().schema, workspace)
    above.choose("State", "aktiv")
    mapping = workspace.load_plan().mapping
    ChangeValues(above, workspace).map_value("Land", "BRD", "Germany")
    assert former.value == (GERMANY,)
    assert workspace.load_plan().mapping == mapping

"""Metadata fields in the mapping panel: made from columns, edited, ordered, removed, and saved in the plan."""

import pandas as pd
import pytest
from panel_parts import LIST, SAVED, SCHEMA, parts, upload

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import FieldsError
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.widgets import FixFindings, MapFields
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace("migration")
    workspace.save_plan(Plan("users.csv", schema=SCHEMA))
    return workspace


@pytest.fixture
def raw():
    return users_frame({**LIST, "Geburtstag": ["31.01.1980", "01.02.1981"]})


@pytest.fixture
def panel(raw, workspace):
    return MapFields(raw, SCHEMA, workspace)


def page_says(panel, what: str, **given) -> None:
    panel.table.hear({"do": what, "with": given})


def test_a_field_is_made_from_a_column_as_the_page_does(panel, workspace, raw):
    page_says(panel, "propose", column="Geburtstag")
    draft = panel.table.shown["drafts"]["Geburtstag"]
    assert (draft["field_name"], draft["type"]) == ("geburtstag", "date")
    assert draft["evidence"] == "All values are dates."
    assert workspace.load_plan().schema == SCHEMA  # nothing is saved meanwhile

    given = {"friendly_name": "Birthday", "field_name": "birthday", "type": "date", "required": True}
    page_says(panel, "add", column="Geburtstag", **given)
    plan = workspace.load_plan()
    assert plan.schema["birthday"] == MetadataField("birthday", "Birthday", type="date", required=True)
    assert plan.mapping["birthday"].names == ("Geburtstag",)
    assert panel.table.shown["drafts"] == {}
    assert panel.table.shown["previews"]["birthday"]["counts"]["fixed"] == 2
    assert [text for group in panel.table.groups for target, text, _ in group["targets"] if target == "birthday"] == [
        "Birthday · Date · required"
    ]
    assert panel.messages[-1] == SAVED
    assert plan.schema.checklist()["Field"].tolist() == ["Name", "City", "Born", "Birthday"]
    users = pk.prepare(raw, plan=plan).users
    assert users["birthday"].astype(str).tolist() == ["1980-01-31", "1981-02-01"]


def test_a_column_of_a_helper_becomes_a_field_and_serves_the_helper_on(workspace):
    raw = users_frame({**LIST, "Land": ["Deutschland", "France"], "blocked": ["no", "yes"]})
    panel = MapFields(raw, SCHEMA, workspace)
    assert {panel.table.chosen[name] for name in ("Land", "blocked")} == {"region", "account_state"}
    panel.add_field("Land")
    panel.add_field("blocked")
    mapping = workspace.load_plan().mapping
    assert {target: mapping[target].names for target in ("land", "region")} == {"land": ("Land",), "region": ("Land",)}
    assert mapping["blocked"].names == mapping["account_state"].names == ("blocked",)
    assert panel.messages[-1] == SAVED


def test_the_shown_code_makes_the_same_plan(panel, workspace, raw):
    before = workspace.load_plan()
    panel.add_field("2024", type="string", friendly_name="Year")
    panel.fields.edit("city", choices=("Ulm",))
    panel.fields.move("city", -1)
    after = workspace.load_plan()
    workspace.save_plan(before)
    exec(panel.code, {"pk": pk, "workspace": workspace, "raw": raw})  # noqa: S102 - the panel's own code
    assert workspace.load_plan() == after


def test_a_name_that_passage_cannot_have_is_told_beside_it(panel, workspace):
    page_says(panel, "propose", column="2024")
    given = {"friendly_name": "Year", "field_name": "a year", "type": "string", "required": False}
    page_says(panel, "add", column="2024", **given)
    assert "letters, digits and underscores only" in panel.table.shown["drafts"]["2024"]["problem"]
    page_says(panel, "add", column="2024", **{**given, "field_name": "city"})
    assert "repeated: city" in panel.table.shown["drafts"]["2024"]["problem"]
    page_says(panel, "add", column="2024", **{**given, "field_name": "year", "friendly_name": "city"})
    assert "would be called" in panel.table.shown["drafts"]["2024"]["problem"]
    assert workspace.load_plan().schema == SCHEMA
    page_says(panel, "cancel", column="2024")
    assert panel.table.shown["drafts"] == {}


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"friendly_name": "Town"}, {"friendly_name": "Town"}),
        ({"type": "integer"}, {"type": "integer", "choices": ()}),
        ({"choices": "Ulm, Bonn ,"}, {"choices": ("Ulm", "Bonn")}),
        ({"registration": True}, {"registration": True, "required": True}),
        ({"max_length": 12}, {"max_length": 12}),
        ({"pattern": ""}, {"pattern": None, "pattern_message": None}),
        ({"pattern_message": "A town begins with U"}, {"pattern_message": "A town begins with U"}),
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_field_is_edited_as_the_page_does(panel, workspace, changes, expected):
    panel.fields.edit("city", pattern="U.*", choices=("Ulm",))
    panel.fields.hear({"do": "edit", "with": {"field": "city", **changes}})
    field = workspace.load_plan().schema["city"]
    assert {name: getattr(field, name) for name in expected} == expected
    assert panel.messages[-1] == SAVED


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pattern": "("}, "cannot be read"),
        ({"pattern": "(?=a)b"}, "look-ahead"),
        ({"max_length": 0}, "max_length"),
        ({"type": "colour"}, "expected one of"),
        ({"friendly_name": "Born"}, "would be called"),
        ({"max_length": "many"}, "does not know"),
        ({"field_name": "other"}, "does not know"),
    ],
)
def test_what_a_field_cannot_be_is_told_and_not_saved(panel, workspace, changes, said):
    panel.fields.hear({"do": "edit", "with": {"field": "city", **changes}})
    assert said in panel.messages[0]
    assert workspace.load_plan().schema == SCHEMA
    assert panel.fields.shown["fields"][1]["friendly_name"] == "City"


@pytest.mark.slow
def test_the_message_of_a_pattern_is_shown_where_it_fails(panel, workspace, raw):
    panel.choose("2024", None)
    panel.choose("First", "city")
    panel.fields.edit("city", pattern="U.*", pattern_message="A town begins with U")
    first = panel.table.shown["previews"]["city"]["first"]
    assert [one["why"] for one in first] == ["A town begins with U"] * 2
    prepared = pk.prepare(raw, plan=workspace.load_plan(), out=workspace)
    assert prepared.findings["argument"].eq("A town begins with U").sum() == 2
    assert "A town begins with U" in (workspace.out / "report.html").read_text(encoding="utf-8")
    fix = FixFindings(pk.apply_mapping(raw, workspace.load_plan().mapping), workspace)
    fix.wait()
    fix.view(code="value_pattern")
    assert fix.page["items"][0]["verdicts"][0]["text"].endswith("A town begins with U.")


def test_a_removed_field_leaves_the_mapping_too(panel, workspace):
    panel.choose("First", "city")
    panel.fields.hear({"do": "remove", "with": {"field": "city"}})
    plan = workspace.load_plan()
    assert plan.schema.columns == ("name", "born")
    assert "city" not in plan.mapping
    assert panel.table.chosen["First"] == ""
    with pytest.raises(FieldsError, match="no metadata field 'city'"):
        panel.fields.remove("city")


def test_fields_are_put_in_order_and_stay_at_the_ends(panel, workspace):
    for by in (1, 1, 1, -1):
        panel.fields.hear({"do": "move", "with": {"field": "name", "by": by}})
    assert workspace.load_plan().schema.columns == ("city", "name", "born")


def test_fields_are_saved_without_an_identifier(workspace):
    panel = MapFields(users_frame({"Nick": ["ann"]}), SCHEMA, workspace)
    panel.add_field("Nick")
    assert workspace.load_plan().schema.columns == (*SCHEMA.columns, "nick")


def test_the_template_adds_its_fields(panel, workspace):
    before = workspace.load_plan()
    [button] = [part for part in parts(panel) if getattr(part, "accept", "") == ".csv"]
    upload(button, "template.csv", b"email;phone;City;Shoe size\r\n")
    plan = workspace.load_plan()
    assert plan.schema.columns == ("name", "city", "born", "shoe_size")
    assert plan.template.header == ("email", "phone", "City", "Shoe size")
    assert "1 field was added from the template" in panel.messages[0]
    workspace.save_plan(before)
    exec(panel.code, {"pk": pk, "workspace": workspace, "raw": panel.raw})  # noqa: S102 - the panel's own code
    assert workspace.load_plan() == plan
    panel.template.value = "nowhere.csv"
    assert "There is no file nowhere.csv." in panel.messages[0]


def test_on_the_path_of_sign_in_only_there_are_no_fields(workspace, raw):
    workspace.save_plan(Plan("users.csv", schema=SCHEMA, options=Options(identifiers_only=True)))
    panel = MapFields(raw, MetadataSchema(), workspace)
    page_says(panel, "propose", column="2024")
    assert "drafts" not in panel.table.shown
    panel.save()
    assert workspace.load_plan().schema == SCHEMA


def test_nothing_of_the_list_is_in_the_state_of_the_widgets(panel):
    page_says(panel, "propose", column="First")
    states = [str(widget.get_state()) for widget in (panel.table, panel.fields)]
    assert not any("Ann" in state for state in states)
    assert isinstance(panel.raw, pd.DataFrame)

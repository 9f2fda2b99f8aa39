"""A refreshed list in the mapping panel: what fits stays, what does not is asked, gone and new columns are shown."""

import pytest
from panel_parts import SAVED

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import MappingError
from passage_kit.widgets import MapFields
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

SCHEMA = pk.MetadataSchema([pk.MetadataField("city"), pk.MetadataField("plan")])
MAY = ("Mail", "Ort", "Plan", "Notes")
JUNE = users_frame({"Plan": ["free"], "Stadt": ["Ulm"], "Mail": ["ann@example.org"], "Joined": ["2024"]})
MAPPING = pk.FieldMapping({"email": "Mail", "city": "Ort", "plan": "Plan"})
ASKED = "City came from 'Ort', which this list does not have."


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace("migration")
    workspace.save_plan(Plan("list.csv", mapping=MAPPING, schema=SCHEMA, columns=MAY))
    return workspace


@pytest.fixture
def panel(workspace):
    return MapFields(JUNE, SCHEMA, workspace)


def test_gone_and_new_columns_are_shown_and_the_lost_target_is_asked_about(panel, workspace):
    assert panel.messages[0].startswith(ASKED)
    assert panel.messages[1:] == [
        "Gone since the last list: 'Ort', 'Notes'.",
        "New in this list: 'Stadt', 'Joined'.",
    ]
    assert [label for label, _ in panel.lost.pickers["city"].options] == [
        "choose one",
        "Stadt (new)",
        "Joined (new)",
        "leave it out",
    ]
    assert [column["name"] for column in panel.table.shown["columns"] if column["is_new"]] == ["Stadt", "Joined"]


def test_what_fits_is_the_value_and_nothing_is_saved_before_the_answer(panel, workspace):
    assert panel.value.to_dict() == {"email": "Mail", "plan": "Plan"}
    panel.save()
    panel.choose("Joined", None)
    assert workspace.load_plan().mapping == MAPPING
    assert panel.messages[0].startswith(ASKED)


def test_a_picked_column_is_saved_and_found_again(panel, workspace):
    panel.place("city", "Stadt")
    plan = workspace.load_plan()
    assert plan.mapping.to_dict() == {"email": "Mail", "city": "Stadt", "plan": "Plan"}
    assert plan.columns == ("Plan", "Stadt", "Mail", "Joined")
    assert panel.messages[-1] == SAVED
    assert "New in this list: 'Stadt', 'Joined'." in panel.messages
    again = MapFields(JUNE, SCHEMA, workspace)
    assert again.lost.pickers == {}
    assert again.messages == [SAVED]


def test_another_answer_takes_the_place_of_the_first(panel, workspace):
    panel.place("city", "Stadt")
    panel.place("city", "Joined")
    assert workspace.load_plan().mapping.to_dict() == {"email": "Mail", "city": "Joined", "plan": "Plan"}
    panel.place("city", None)
    assert "city" not in workspace.load_plan().mapping


def test_a_choice_in_the_table_answers_too(panel, workspace):
    panel.choose("Stadt", "city")
    assert workspace.load_plan().mapping["city"].names == ("Stadt",)


def test_a_constant_answers_too(panel, workspace):
    panel.set_constant("city", "Ulm")
    assert workspace.load_plan().mapping.to_dict()["city"] == {"constant": "Ulm"}


def test_what_is_not_asked_cannot_be_placed(panel):
    for target, column in (("plan", "Stadt"), ("city", "Mail")):
        with pytest.raises(MappingError, match="Nothing is asked"):
            panel.place(target, column)


def test_the_same_columns_in_another_order_are_no_question(workspace):
    raw = users_frame({"Notes": ["x"], "Plan": ["free"], "Ort": ["Ulm"], "Mail": ["ann@example.org"]})
    panel = MapFields(raw, SCHEMA, workspace)
    assert panel.value == MAPPING
    assert not any("Gone" in text or "New in" in text for text in panel.messages)


def test_a_new_column_alone_is_shown_until_the_mapping_is_saved(workspace):
    raw = users_frame({"Mail": ["ann@example.org"], "Ort": ["Ulm"], "Plan": ["free"], "Notes": [""], "Since": ["1"]})
    panel = MapFields(raw, SCHEMA, workspace)
    assert panel.messages[0] == "New in this list: 'Since'."
    assert not panel.saved
    panel.save()
    assert panel.saved
    assert MapFields(raw, SCHEMA, workspace).messages == [SAVED]


def test_the_shown_code_makes_the_same_plan(panel, workspace):
    panel.place("city", "Stadt")
    saved = workspace.load_plan()
    names = {"pk": pk, "workspace": workspace, "raw": JUNE, "schema": SCHEMA}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    assert workspace.load_plan() == saved


class TestAlso:
    @pytest.fixture
    def panel(self, workspace):
        raw = users_frame({"Mail": ["a@example.org"], "Tel": ["030 1234567"], "Land": ["DE"], "Ort": ["Ulm"]})
        schema = pk.MetadataSchema([pk.MetadataField("city"), pk.MetadataField("country")])
        mapping = pk.FieldMapping({"email": "Mail", "phone": "Tel", "country": "Land"})
        workspace.save_plan(Plan("list.csv", mapping=mapping, schema=schema))
        return MapFields(raw, schema, workspace)

    def test_a_column_is_field_and_helper_in_one_shape(self, panel, workspace):
        panel.use_also("Land", "region")
        plan = workspace.load_plan()
        assert plan.mapping.to_dict() == {"email": "Mail", "phone": "Tel", "country": "Land", "region": "Land"}
        again = MapFields(panel.raw, plan.schema, workspace)
        assert (again.table.chosen["Land"], again.table.also) == ("country", ["region Land"])
        again.use_also("Land", "region", False)
        assert "region" not in workspace.load_plan().mapping

    def test_a_second_column_for_the_helper_is_asked_about(self, panel, workspace):
        panel.use_also("Land", "region")
        panel.choose("Ort", "region")
        assert "'Land' and 'Ort' go to Country of the phone (region). Take in each row the first" in panel.messages[0]
        panel.take("Ort")
        assert workspace.load_plan().mapping.to_dict() == {
            "email": "Mail",
            "phone": "Tel",
            "country": "Land",
            "region": "Ort",
        }

    def test_the_question_may_be_answered_by_leaving_it(self, panel, workspace):
        panel.choose("Ort", "region")
        panel.use_also("Land", "region")
        panel.leave(next(iter(question["column"] for question in panel.table.shown["questions"])))
        assert workspace.load_plan().mapping["region"].names == ("Ort",)

    @pytest.mark.parametrize(
        ("column", "helper"), [("Ort", "region"), ("Land", "city"), ("None", "region"), ("Land", "x")]
    )
    def test_what_cannot_serve_is_refused(self, panel, column, helper):
        with pytest.raises(MappingError, match="cannot serve"):
            panel.use_also(column, helper)

    @pytest.mark.parametrize("also", [["region Nowhere"], ["email Land"], ["region"], ["Land"]])
    def test_the_page_cannot_name_what_is_not_there(self, panel, also):
        panel.table.set_state({"also": also})
        assert panel.table.also == []

"""The panels, driven from Python: clicked result == evaluated shown code == direct call; a bad state is a sentence."""

import subprocess
import sys
from dataclasses import replace

import pytest
from panel_parts import LIST, SAVED

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.files.bundled import bundled
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.console_template import read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.widgets import ChooseOptions, ChoosePath, show_table
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Workspace("migration")


@pytest.fixture
def raw():
    return users_frame(LIST)


def evaluated(panel, **names):
    """What the plan is after the code that a panel shows was run, in a workspace that has the plan of before."""
    before = panel.workspace.plan_path.read_text() if panel.workspace.has_plan else None
    try:
        exec(panel.code, {"pk": pk, "workspace": panel.workspace, **names})  # noqa: S102 - the panel's own code
        return panel.workspace.load_plan()
    finally:
        if before is None:
            panel.workspace.plan_path.unlink(missing_ok=True)
        else:
            panel.workspace.plan_path.write_text(before)


@pytest.mark.slow
def test_importing_the_package_does_not_import_widgets():
    code = "import sys, passage_kit.preparation.run, passage_kit.cli.commands; sys.exit('ipywidgets' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


class TestChoosePath:
    @pytest.fixture(autouse=True)
    def sample_beside_the_notebook(self, workspace, tmp_path):
        (tmp_path / "sample_data").mkdir()
        for name in ("legacy_users.csv", "metadata_fields.toml", "console_template.csv"):
            (tmp_path / "sample_data" / name).write_bytes(bundled(f"sample_data/{name}").read_bytes())
        (tmp_path / "own.csv").write_text("Mail\na@example.org\n")

    def test_it_begins_with_the_sample_and_writes_nothing(self, workspace):
        panel = ChoosePath(workspace)
        assert panel.value.source == "sample_data/legacy_users.csv"
        assert not workspace.has_plan
        assert "Not saved yet" in panel.messages[-1]

    def test_the_shown_code_does_what_the_panel_does(self, workspace):
        panel = ChoosePath(workspace)
        shown = evaluated(panel)
        panel.save()
        assert workspace.load_plan() == shown
        assert shown.schema == MetadataSchema.from_toml("sample_data/metadata_fields.toml")
        assert shown.template == read_template("sample_data/console_template.csv")
        assert evaluated(panel) == shown
        assert panel.messages == [SAVED]

    def test_a_change_is_saved_at_once(self, workspace):
        panel = ChoosePath(workspace)
        panel.identifiers_only.value = True
        assert workspace.load_plan().options.identifiers_only
        assert panel.messages == [SAVED]
        assert evaluated(panel) == workspace.load_plan()

    @pytest.mark.slow
    def test_running_the_cell_again_finds_the_choice(self, workspace):
        ChoosePath(workspace).identifiers_only.value = True
        again = ChoosePath(workspace)
        assert again.identifiers_only.value
        assert again.saved
        assert again.messages == [SAVED]
        again.identifiers_only.value = False
        assert len(workspace.load_plan().schema) == 7
        assert evaluated(again) == workspace.load_plan()

    @pytest.mark.slow
    def test_an_own_list_does_not_get_the_fields_of_the_sample(self, workspace):
        ChoosePath(workspace).save()
        panel = ChoosePath(workspace)
        panel.source.value = "own.csv"
        plan = workspace.load_plan()
        assert (plan.schema, plan.template) == (MetadataSchema(), None)
        assert plan.source.endswith("own.csv")
        assert evaluated(panel) == plan
        panel.source.value = "sample_data/legacy_users.csv"
        assert len(workspace.load_plan().schema) == 7

    def test_own_fields_stay_with_another_list(self, workspace, tmp_path):
        (tmp_path / "own.toml").write_text('[[fields]]\nfield_name = "city"\n')
        panel = ChoosePath(workspace, "own.csv")
        panel.fields.value = "own.toml"
        (tmp_path / "another.csv").write_text("E-Mail\nb@example.org\n")
        panel.source.value = "another.csv"
        assert workspace.load_plan().schema.columns == ("city",)

    @pytest.mark.slow
    def test_own_fields_in_the_plan_stay_when_the_sample_goes(self, workspace, tmp_path):
        (tmp_path / "own.toml").write_text('[[fields]]\nfield_name = "city"\n')
        ChoosePath(workspace).fields.value = "own.toml"
        ChoosePath(workspace).source.value = "own.csv"
        assert workspace.load_plan().schema.columns == ("city",)
        assert workspace.load_plan().template is None

    def test_another_list_takes_the_mapping_away_and_the_code_says_so(self, workspace):
        panel = ChoosePath(workspace)
        panel.save()
        steps = (pk.ValueStep("Country", "country"),)
        mapped = replace(workspace.load_plan(), mapping=FieldMapping({"email": "E-Mail Address"}), steps=steps)
        workspace.save_plan(mapped)
        panel.identifiers_only.value = True
        assert workspace.load_plan().mapping == mapped.mapping
        panel.source.value = "own.csv"
        assert workspace.load_plan().mapping is None
        assert workspace.load_plan().steps == ()

    def test_the_list_before_comes_back_with_its_mapping_and_its_fields(self, workspace, tmp_path):
        (tmp_path / "semi.txt").write_text("Mail;Ort\nann@example.org;Rom\n")
        panel = ChoosePath(workspace, "semi.txt")
        assert panel.back.layout.display == "none"
        panel.save()
        fields = pk.MetadataSchema([pk.MetadataField("ort")])
        mapping = FieldMapping({"email": "Mail", "ort": "Ort"})
        plan = replace(
            workspace.load_plan(), mapping=mapping, schema=fields, made_fields=("ort",), reading={"delimiter": ";"}
        )
        workspace.save_plan(replace(plan, options=replace(plan.options, identifiers_only=False, strict=True)))
        before = workspace.load_plan()
        panel = ChoosePath(workspace)
        panel.source.value = "own.csv"
        assert panel.back.layout.display == "none"  # nobody has said yet that it is another list
        panel.begin_anew()
        assert workspace.load_plan().mapping is None
        assert panel.back.description == "Bring back the list before: semi.txt"
        panel.identifiers_only.value = True
        panel.back.click()
        assert workspace.load_plan() == before
        assert panel.value.mapping == mapping
        assert (panel.source.value, panel.identifiers_only.value, panel.messages) == ("semi.txt", False, [SAVED])
        assert panel.list.view.shown["name"] == "semi.txt"
        assert panel.back.description == "Bring back the list before: own.csv"
        shown = {step["title"]: step["state"] for step in panel.checklist.shown["steps"]}
        assert shown["Map your columns"] == "done"

    def test_a_former_list_whose_file_is_gone_comes_back_and_is_said(self, workspace, tmp_path):
        panel = ChoosePath(workspace, "own.csv")
        panel.save()
        workspace.save_plan(replace(workspace.load_plan(), mapping=FieldMapping({"email": "Mail"})))
        (tmp_path / "other.csv").write_text("Adresse\nb@example.org\n")
        panel.source.value = "other.csv"
        (tmp_path / "own.csv").unlink()
        panel.bring_back()
        assert "There is no file 'own.csv'." in panel.messages[0]
        assert workspace.load_plan().mapping == FieldMapping({"email": "Mail"})

    def test_without_fields_those_of_the_template_are_taken(self, workspace):
        panel = ChoosePath(workspace)
        panel.fields.value = ""
        assert workspace.load_plan().schema["date_of_birth"].type == "string"
        assert evaluated(panel) == workspace.load_plan()

    @pytest.mark.few(1)
    @pytest.mark.parametrize(
        ("control", "value", "sentence"),
        [
            ("source", "nowhere.csv", "There is no file 'nowhere.csv'."),
            ("source", "sample_data", "no rows below the header"),
            ("source", " ", "No user list is named."),
            ("fields", "own.csv", "cannot be read as TOML"),
            ("template", "nowhere.csv", "nowhere.csv"),
        ],
    )
    def test_what_cannot_be_is_said_and_changes_nothing(self, workspace, control, value, sentence):
        panel = ChoosePath(workspace)
        panel.save()
        plan, code = workspace.load_plan(), panel.code
        getattr(panel, control).value = value
        assert sentence in panel.messages[0]
        panel.save()
        assert sentence in panel.messages[0]
        assert (workspace.load_plan(), panel.code) == (plan, code)

    def test_the_checklist_follows_the_path(self, workspace):
        panel = ChoosePath(workspace)
        titles = [step["title"] for step in panel.checklist.shown["steps"]]
        assert titles[0] == "Choose your path and your list"
        assert "Create the metadata fields in the Console" in titles
        panel.identifiers_only.value = True
        steps = {step["title"]: step["state"] for step in panel.checklist.shown["steps"]}
        assert "Write the Passage ids into your users table" in steps
        assert "Create the metadata fields in the Console" not in steps
        assert steps["Choose your path and your list"] == "done"

    def test_the_checklist_is_renewed_when_the_page_asks(self, workspace):
        panel = ChoosePath(workspace)
        panel.save()
        workspace.save_plan(replace(workspace.load_plan(), mapping=FieldMapping({"email": "E-Mail Address"})))
        panel.checklist.hear({"do": "look"})
        steps = {step["title"]: step["state"] for step in panel.checklist.shown["steps"]}
        assert steps["Map your columns"] == "done"
        workspace.plan_path.write_text("no plan")
        panel.checklist.hear({"do": "look"})
        assert "plan.toml" in panel.messages[0]

    def test_an_upload_is_kept_in_the_workspace(self, workspace):
        panel = ChoosePath(workspace)
        content = b"Mail\nb@example.org\n"
        panel.list.zone.take({"name": "../plan.toml", "size": len(content), "at": 0}, content)
        assert panel.source.value == "migration/uploads/plan.toml"
        assert workspace.load_plan().source == "migration/uploads/plan.toml"
        assert pk.read_users(workspace.load_plan().source)["Mail"].tolist() == ["b@example.org"]

    def test_a_workspace_that_cannot_be_made_is_said(self, tmp_path):
        (tmp_path / "taken").write_text("a file")
        panel = ChoosePath(Workspace(tmp_path / "taken"))
        panel.save()
        assert "cannot be made" in panel.messages[0]


def test_a_plan_that_is_damaged_later_is_said_in_the_panel(workspace):
    panel = ChooseOptions(users_frame({"email": ["a@example.org"]}), workspace)
    workspace.make().plan_path.write_text("source = [")
    panel.strict.value = True
    assert "cannot be read" in panel.messages[0]


def test_a_table_is_escaped_and_hides_an_index_without_a_name(raw):
    html = show_table(raw[["Name"]]).to_html()
    assert "&lt;b&gt;Ray" in html
    assert "source_row" in html
    assert ">0<" not in show_table(raw.reset_index(drop=True)).to_html()

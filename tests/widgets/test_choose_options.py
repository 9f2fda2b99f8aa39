"""The panel of the options, driven from Python: clicked result == evaluated shown code == direct call."""

from dataclasses import replace

import pytest
from panel_parts import parts

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.clustered_users import SHARED_PHONE_CHOICES
from passage_kit.duplicates.clusters import SURVIVOR_RULES
from passage_kit.mapping.mapping import Constant, FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.preparation.options_preview import OptionsPreview, preview_options
from passage_kit.translations import languages, speaking
from passage_kit.widgets import ChooseOptions, FixFindings, offered_options
from passage_kit.widgets import choose_options as panels
from passage_kit.widgets.background import Background
from passage_kit.widgets.unsaved_text import UnsavedText
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

SCHEMA = MetadataSchema([MetadataField("vip", type="boolean"), MetadataField("born", type="date")])
MAPPING = FieldMapping({"email": "Mail", "phone": "Tel", "vip": "VIP", "born": "Born", "order": "Seen"})
RAW = users_frame(
    {
        "Mail": ["a@example.org", "a@example.org", "b@example.org"],
        "Tel": ["0171 2345678", None, "+14155552671"],
        "VIP": ["oui", "yes", None],
        "Born": ["31/01/1980", "2/3/1980", None],
        "Seen": ["1", "2", "3"],
        "Land": ["Germany", None, "US"],
    }
)
SAVED = "Saved in migration/plan.toml."


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Workspace("migration")
    made.save_plan(Plan("users.csv", mapping=MAPPING, schema=SCHEMA))
    return made


def evaluated(panel):
    """What the plan is after the code that a panel shows was run on the plan of before."""
    before = panel.workspace.plan_path.read_text()
    try:
        exec(panel.code, {"pk": pk, "workspace": panel.workspace})  # noqa: S102 - the panel's own code
        return panel.workspace.load_plan()
    finally:
        panel.workspace.plan_path.write_text(before)


@pytest.mark.slow
def test_counts_of_other_corrections_are_marked_and_counted_again(workspace):
    panel, other = ChooseOptions(RAW, workspace), FixFindings(pk.apply_mapping(RAW, MAPPING), workspace)
    other.wait()
    assert panel.touched["default_region"].rows == 1
    other.fix(1, "phone", "+49 171 2345678")
    assert panel.outdated.endswith(": 1 correction since.")
    assert panel.touched["default_region"].rows == 1
    panel._head.hear({"do": "renew"})  # as the button does
    assert (panel.outdated, panel.touched["default_region"].rows) == ("", 0)
    panel.default_region.value = "DE"
    assert panel.outdated == ""  # its own choices are counted at once
    assert other.outdated.endswith(": other choices in the plan since.")
    workspace.save_plan(replace(workspace.load_plan(), steps=(pk.ValueStep("Mail", "case", {"to": "lower"}),)))
    panel.look_again()
    assert panel.outdated.endswith("Run this notebook again.")
    panel.strict.value = True
    assert panel.outdated.endswith("Run this notebook again.")


@pytest.mark.slow
@pytest.mark.parametrize("spoken", languages())
def test_the_name_of_no_choice_is_cut(workspace, spoken):
    """Each has 17em, which is room for about 30 letters."""
    with speaking(spoken):
        rows = [ChooseOptions(RAW, workspace)]
    names = []
    while rows:
        rows += getattr(each := rows.pop(), "children", ())
        names += [each.description] if getattr(getattr(each, "style", None), "description_width", "") == "17em" else []
    assert len(names) > 10
    assert [name for name in names if len(name) > 30] == []


def test_it_begins_with_the_options_of_the_plan(workspace):
    assert ChooseOptions(RAW, workspace).value == Options()
    options = Options(default_region="Germany", survivor="newest", thousands=".", boolean_words={"Oui": True})
    workspace.save_plan(replace(workspace.load_plan(), options=options))
    panel = ChooseOptions(RAW, workspace)
    assert panel.default_region.value == "DE"
    assert panel.yes_words.value == "Oui"
    assert panel.value == replace(options, default_region="DE")


def test_without_a_plan_the_suggested_mapping_is_taken(tmp_path):
    workspace = Workspace(tmp_path / "migration")
    panel = ChooseOptions(RAW, workspace)
    assert panel.value == Options()
    assert panel.touched["survivor"].rows == 1
    assert not workspace.has_plan


@pytest.mark.slow
@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("control", "value", "option"),
    [
        ("default_region", "US", {"default_region": "US"}),
        ("lost_plus", "lost", {"lost_plus": True}),
        ("lost_plus", "never", {"lost_plus": False}),
        ("date_order", "DMY", {"date_order": "DMY"}),
        ("numeric_dates", "epoch_s", {"numeric_dates": "epoch_s"}),
        ("yes_words", "oui,  si", {"boolean_words": {"oui": True, "si": True}}),
        ("no_words", "non", {"boolean_words": {"non": False}}),
        ("null_words", "none", {"null_words": ()}),
        ("own_null_words", "NULL, -", {"null_words": ("NULL", "-")}),
        ("survivor", "oldest", {"survivor": "oldest"}),
        ("shared_phone", "merge", {"shared_phone": "merge"}),
        ("inactive", "reject", {"inactive": "reject"}),
        ("account_states", "A = active, X=Deleted", {"account_states": {"A": "active", "X": "deleted"}}),
        ("strict", True, {"strict": True}),
    ],
)
def test_each_choice_is_saved_shown_and_counted(workspace, control, value, option):
    before = replace(workspace.load_plan(), options=Options(thousands=",", numeric_dates="excel"))
    workspace.save_plan(before)
    panel = ChooseOptions(RAW, workspace)
    getattr(panel, control).value = value
    expected = replace(before.options, **option)
    assert panel.value == expected
    assert workspace.load_plan() == evaluated(panel) == replace(workspace.load_plan(), options=expected)
    assert ChooseOptions(RAW, workspace).value == expected
    direct = preview_options(pk.apply_mapping(RAW, MAPPING), SCHEMA, expected)
    assert {name: tuple(touched) for name, touched in panel.touched.items()} == {
        name: (rows, says) for name, rows, says in direct.itertuples()
    }


def test_a_choice_can_be_taken_back(workspace):
    panel = ChooseOptions(RAW, workspace)
    panel.default_region.value = "US"
    panel.default_region.value = ""
    assert workspace.load_plan().options == Options()


class TestTheCountryColumn:
    @pytest.mark.slow
    def test_it_goes_into_the_mapping_and_decides_about_phones(self, workspace):
        panel = ChooseOptions(RAW, workspace)
        assert panel.touched["default_region"].rows == 1
        panel.region_column.value = "Land"
        assert workspace.load_plan().mapping == MAPPING.replace(region="Land")
        assert evaluated(panel) == workspace.load_plan()
        assert panel.touched["region_column"] == (2, "2 rows name a country, 0 name none that is known.")
        assert panel.touched["default_region"].rows == 0
        again = ChooseOptions(RAW, workspace)
        assert again.region_column.value == "Land"
        again.region_column.value = ""
        assert workspace.load_plan().mapping == MAPPING

    def test_what_is_not_one_column_stays(self, workspace):
        mapping = MAPPING.replace(region=Constant("DE"))
        workspace.save_plan(replace(workspace.load_plan(), mapping=mapping))
        panel = ChooseOptions(RAW, workspace)
        assert panel.region_column.options[0] == ("As the mapping has it", "")
        panel.strict.value = True
        assert workspace.load_plan().mapping == mapping
        assert panel.touched["region_column"].rows == 3


def test_the_newest_row_needs_an_order(workspace):
    workspace.save_plan(replace(workspace.load_plan(), mapping=MAPPING.replace(order=None)))
    panel = ChooseOptions(RAW, workspace)
    panel.survivor.value = "last"
    panel.survivor.value = "newest"
    assert "no column is mapped to 'order'" in panel.messages[0]
    assert panel.value.survivor == workspace.load_plan().options.survivor == panel.survivor.value == "last"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("yes", "no", "sentence"),
    [("ja, oui", "Oui", "'oui' is listed for yes and for no"), ("false", "", "boolean words cannot be used")],
)
def test_words_that_cannot_be_are_said_and_change_nothing(workspace, yes, no, sentence):
    panel = ChooseOptions(RAW, workspace)
    panel.no_words.value = no
    before = workspace.load_plan()
    panel.yes_words.value = yes
    assert sentence in panel.messages[0]
    assert workspace.load_plan() == before


def test_the_choices_are_those_of_the_options(workspace):
    panel = ChooseOptions(RAW, workspace)
    assert {value for _, value in panel.survivor.options} == set(SURVIVOR_RULES)
    assert {value for _, value in panel.shared_phone.options} == set(SHARED_PHONE_CHOICES)
    assert ("United States (US)", "US") in panel.default_region.options


@pytest.mark.slow
def test_corrections_and_decisions_are_counted_in(workspace):
    workspace.make().corrections_path.write_text("source_row,field,value\n1,email,c@example.org\n")
    assert ChooseOptions(RAW, workspace).touched["survivor"].rows == 0
    workspace.corrections_path.write_text("nonsense\n1\n")
    panel = ChooseOptions(RAW, workspace)
    assert "corrections" in panel.touched["survivor"].says
    panel.strict.value = True
    assert workspace.load_plan().options.strict


def notes_of(panel):
    """What stands beside each control."""
    notes = [part for part in parts(panel) if isinstance(part, UnsavedText)]
    assert len(notes) == len(OptionsPreview.names)
    return notes


def test_many_rows_are_counted_beside_the_page(workspace, monkeypatch):
    monkeypatch.setattr(panels, "AT_ONCE", 2)
    panel = ChooseOptions(RAW, workspace)
    panel.wait()
    here = ChooseOptions(RAW, workspace)
    here.wait()
    assert panel.touched == here.touched
    assert set(panel.touched) == set(OptionsPreview.names)
    asked = []
    monkeypatch.setattr(Background, "ask", lambda _, jobs: asked.extend(jobs))
    panel.strict.value = True
    assert len(asked) == len(OptionsPreview.names)
    assert {line for note in notes_of(panel) for line in note.lines} == {"Counting ..."}


def test_no_value_is_in_the_state_that_a_notebook_may_save(workspace):
    panel = ChooseOptions(RAW, workspace)
    assert "oui (1)" in panel.touched["boolean_words"].says
    assert "oui (1)" not in str([note.get_state() for note in notes_of(panel)])


def test_codes_of_accounts_are_counted_by_their_meaning(tmp_path):
    workspace = Workspace(tmp_path / "migration")
    raw = users_frame({"email": ["a@example.org", "b@example.org"], "status": ["A", "X"]})
    workspace.save_plan(Plan(mapping=pk.FieldMapping({"email": "email", "account_state": "status"})))
    panel = ChooseOptions(raw, workspace)
    assert panel.touched["inactive"].says.endswith("2 rows have a word that is not known: 'A' in 1 row, 'X' in 1 row.")
    panel.account_states.value = "A=active, X=deleted"
    assert panel.touched["inactive"].says == "1 row has a closed account (1 deleted): goes on."
    panel.account_states.value = "A=active, X=gone"
    assert "found 'gone', expected one of 'active'" in str(panel.messages)
    assert workspace.load_plan().options.account_states == {"A": "active", "X": "deleted"}


@pytest.mark.parametrize("spoken", languages())
def test_the_longest_name_of_a_choice_fits_into_its_field(spoken):
    """Letters are less than half as wide as high, on average; the arrow takes two more."""
    label, width = (int(size.removesuffix("em")) for size in (panels._LABEL, panels._WIDTH))
    with speaking(spoken):
        offered = [
            *(*offered_options.pluses_offered(), *offered_options.date_orders_offered()),
            *(*offered_options.numeric_dates_offered(), *offered_options.survivors_offered()),
            *(*offered_options.shared_phones_offered(), *offered_options.null_words_offered()),
        ]
    assert max(len(name) for name, _ in offered) * 0.46 + 2 <= width - label

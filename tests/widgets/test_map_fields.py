"""The mapping panel, driven from Python: clicked result == evaluated shown code == direct call."""

import threading
import time

import pandas as pd
import pytest
from panel_parts import LIST, SAVED, SCHEMA
from waiting import BUSY, LONG

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import MappingError
from passage_kit.mapping.mapping import Columns, Constant, FieldMapping
from passage_kit.preparation.mapping_preview import preview_target
from passage_kit.reading.readers import read_source
from passage_kit.widgets import MapFields
from passage_kit.widgets import live_counts as counting
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Workspace("migration")


@pytest.fixture
def raw():
    return users_frame(LIST)


def evaluated(panel, **names):
    """The mapping and the plan after the code that a panel shows was run on the plan of before."""
    before = panel.workspace.plan_path.read_text() if panel.workspace.has_plan else None
    try:
        names = {"pk": pk, "workspace": panel.workspace, "schema": SCHEMA, **names}
        exec(panel.code, names)  # noqa: S102 - the panel's own code
        return names["mapping"], panel.workspace.load_plan()
    finally:
        if before is None:
            panel.workspace.plan_path.unlink(missing_ok=True)
        else:
            panel.workspace.plan_path.write_text(before)


def answer(panel, kind: str, column: str) -> None:
    """Click one of the buttons at a question, as the page does."""
    panel.table.hear({"answer": kind, "column": column})


def test_it_begins_with_the_suggestions_and_writes_nothing(workspace, raw):
    panel = MapFields(raw, SCHEMA, workspace)
    assert panel.value == pk.suggest_mapping(raw, SCHEMA)
    assert not workspace.has_plan
    assert not panel.keep.disabled


def test_the_shown_code_does_what_the_panel_does(workspace, raw):
    workspace.save_plan(Plan("users.csv"))
    panel = MapFields(raw, SCHEMA, workspace)
    assert "pk.suggest_mapping(raw, schema)" in panel.code
    assert evaluated(panel, raw=raw)[0] == panel.value == pk.suggest_mapping(raw, SCHEMA)
    panel.choose("First", "city")
    mapping, plan = evaluated(panel, raw=raw)
    assert mapping == plan.mapping == panel.value == workspace.load_plan().mapping
    assert plan == workspace.load_plan()
    assert plan.source.endswith("users.csv")
    direct = FieldMapping({"email": "Mail", "phone": "Tel", "name": "Name", "city": "First"})
    pd.testing.assert_frame_equal(pk.apply_mapping(raw, direct), pk.apply_mapping(raw, plan.mapping))


def test_running_the_cell_again_finds_the_choice(workspace, raw):
    MapFields(raw, SCHEMA, workspace).choose("Tel", None)
    again = MapFields(raw, SCHEMA, workspace)
    assert "phone" not in again.value
    assert again.table.chosen["Tel"] == ""
    assert again.keep.disabled
    assert again.messages == [SAVED]


class TestASecondColumn:
    def test_it_is_offered_as_a_join_in_the_order_of_the_file(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.save()
        saved = workspace.load_plan()
        panel.table.chosen = dict(reversed({**panel.table.chosen, "First": "name"}.items()))
        [question] = panel.table.shown["questions"]
        assert (question["column"], question["joins"]) == ("First", True)
        assert panel.messages == [
            "'First' and 'Name' go to Name. Join them, take the first that has a value, or take one alone; nothing is "
            "saved until you choose."
        ]
        assert workspace.load_plan() == saved
        panel.save()
        assert workspace.load_plan() == saved

        answer(panel, "join", "First")
        assert panel.value["name"] == Columns(("First", "Name")) == workspace.load_plan().mapping["name"]
        assert panel.messages == ["Name joins 'First' and 'Name' in this order, with a space between.", SAVED]
        assert panel.table.shown["questions"] == []
        assert evaluated(panel, raw=raw)[0] == panel.value

    @pytest.mark.parametrize("target", ["email", "phone", "name", "born"])
    def test_it_may_stand_in_where_the_first_is_blank(self, workspace, raw, target):
        panel = MapFields(raw, SCHEMA, workspace)
        [own] = [column for column, its in panel.table.chosen.items() if its == target] or ["Name"]
        panel.choose(own, target)
        panel.choose("First", target)
        answer(panel, "first", "First")
        assert panel.value[target] == Columns((own, "First"), first=True) == workspace.load_plan().mapping[target]
        assert panel.table.shown["questions"] == []
        assert ", and in a row where it is blank 'First'." in panel.messages[-2]
        assert evaluated(panel, raw=raw)[0] == panel.value
        assert MapFields(raw, SCHEMA, workspace).value == panel.value

    def test_the_first_of_three_is_that_of_two_when_one_goes(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        for column in ("Tel", "First"):
            panel.choose(column, "email")
            panel.take_first(column)
        assert panel.value["email"] == Columns(("Mail", "Tel", "First"), first=True)
        panel.choose("Mail", None)
        assert panel.value["email"] == Columns(("Tel", "First"), first=True)

    def test_another_question_stays_open(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.choose("2024", "name")
        panel.choose("First", "email")
        panel.take_first("First")
        assert [question["target"] for question in panel.table.shown["questions"]] == ["name"]
        panel.take("Name")
        assert panel.value["email"] == Columns(("Mail", "First"), first=True)

    def test_it_may_take_the_place_of_the_first(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.choose("First", "name")
        answer(panel, "take", "First")
        assert panel.value["name"] == Columns(("First",))
        assert panel.table.chosen["Name"] == ""
        assert panel.messages == [SAVED]

    def test_it_may_be_left_as_it_was(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        before = panel.value
        panel.choose("Tel", "name")
        answer(panel, "leave", "Tel")
        assert panel.value == before
        assert panel.table.chosen["Tel"] == "phone"

    def test_a_join_once_made_loses_a_column_without_a_question_and_asks_for_a_third(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.choose("First", "name")
        panel.join("First")
        panel.choose("2024", "name")
        assert panel.table.shown["questions"][0]["column"] == "2024"
        panel.join("2024")
        assert panel.value["name"] == Columns(("First", "Name", "2024"))
        panel.choose("First", None)
        assert panel.value["name"] == Columns(("Name", "2024"))
        assert panel.table.shown["questions"] == []

    @pytest.mark.parametrize("target", ["email", "born", "order", "region"])
    def test_it_is_refused_where_a_target_takes_one(self, workspace, raw, target):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.choose("2024", target)
        if target == "email":
            panel.take("2024")
        before = panel.value
        panel.choose("First", target)
        assert "Take in each row the first that has a value, or take one alone" in panel.messages[0]
        assert not panel.table.shown["questions"][0]["joins"]
        assert panel.value == before == workspace.load_plan().mapping
        panel.choose("First", None)
        assert panel.messages[-1] == SAVED


def test_a_required_field_without_a_column_is_named(workspace, raw):
    panel = MapFields(raw, SCHEMA, workspace)
    panel.choose("Name", None)
    assert panel.messages[0] == "Required, but without a column: Name. Every row would be rejected."
    panel.choose("Name", "name")
    assert panel.messages == [SAVED]


def test_a_mapping_without_identifier_is_not_saved(workspace, raw):
    panel = MapFields(raw, SCHEMA, workspace)
    panel.choose("Tel", None)
    saved = workspace.load_plan()
    panel.choose("Mail", None)
    assert panel.messages[0] == "No column goes to email or phone, and a user needs one of them."
    assert panel.keep.disabled
    panel.save()
    assert workspace.load_plan() == saved


def test_the_buttons(workspace, raw):
    panel = MapFields(raw, SCHEMA, workspace)
    panel.keep.click()
    assert workspace.load_plan().mapping == panel.value == pk.suggest_mapping(raw, SCHEMA)
    panel.choose("Tel", None)
    panel.choose("First", "city")
    panel.accept.click()
    assert panel.value == pk.suggest_mapping(raw, SCHEMA).replace(city="First") == workspace.load_plan().mapping
    panel.reset.click()
    assert panel.value == pk.suggest_mapping(raw, SCHEMA) == workspace.load_plan().mapping


def test_a_suggestion_takes_its_target_from_other_columns_and_constants(workspace, raw):
    panel = MapFields(raw, SCHEMA, workspace)
    panel.choose("Name", None)
    panel.set_constant("name", "Nobody")
    panel.choose("Mail", None)
    panel.choose("2024", "email")
    panel.accept.click()
    assert panel.value == pk.suggest_mapping(raw, SCHEMA)
    assert panel.table.constants == {}


class TestConstants:
    def test_a_target_has_the_same_value_for_every_row(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.set_constant("city", "Oslo")
        assert panel.value["city"] == Constant("Oslo") == workspace.load_plan().mapping["city"]
        assert evaluated(panel, raw=raw)[0] == panel.value
        assert panel.table.shown["previews"]["city"]["counts"]["valid"] == 2
        assert MapFields(raw, SCHEMA, workspace).table.constants == {"city": "Oslo"}
        panel.set_constant("city", None)
        assert "city" not in workspace.load_plan().mapping

    def test_its_value_is_judged(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.set_constant("born", "soon")
        [first] = panel.table.shown["previews"]["born"]["first"]
        assert (first["becomes"], first["why"]) == (None, "The value is not a date.")

    def test_a_column_takes_its_place(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.set_constant("city", "Oslo")
        panel.choose("2024", "city")
        assert panel.value["city"] == Columns(("2024",))
        assert panel.table.constants == {}

    @pytest.mark.parametrize("target", ["email", "order", "shoes", "name"])
    def test_some_targets_cannot_have_one(self, workspace, raw, target):
        panel = MapFields(raw, SCHEMA, workspace)
        with pytest.raises(MappingError, match="cannot have the same value for every row"):
            panel.set_constant(target, "x")


def test_what_the_table_cannot_show_stays(workspace, raw):
    joined = Columns(("Name", "First"), ", ")
    mapping = FieldMapping({"email": "Mail", "name": joined, "city": Constant("Oslo"), "source_key": "Mail"})
    workspace.save_plan(Plan(mapping=mapping))
    panel = MapFields(raw, SCHEMA, workspace)
    assert panel.value == mapping
    panel.choose("Tel", "phone")
    assert panel.value == mapping.replace(phone="Tel")


def test_a_saved_mapping_of_another_file_gives_way_to_the_suggestions(workspace, raw):
    workspace.save_plan(Plan(mapping=FieldMapping({"email": "E-Mail"})))
    panel = MapFields(raw, SCHEMA, workspace)
    assert panel.value == pk.suggest_mapping(raw, SCHEMA)
    assert "'E-Mail', which is not there any more" in panel.messages[0]
    panel.save()
    assert panel.messages == [SAVED]


def test_a_saved_target_that_the_app_has_no_more_is_left_out(workspace, raw):
    workspace.save_plan(Plan(mapping=FieldMapping({"email": "Mail", "shoes": "2024", "name": "Name"})))
    panel = MapFields(raw, SCHEMA, workspace)
    assert panel.value.to_dict() == {"email": "Mail", "name": "Name"}
    assert "'shoes'" in panel.messages[0]


def test_what_is_not_there_cannot_be_chosen(workspace, raw):
    panel = MapFields(raw, SCHEMA, workspace)
    for column, target in (("Nothing", "email"), ("Mail", "shoes")):
        with pytest.raises(MappingError, match="Choose one that the table shows"):
            panel.choose(column, target)


def test_the_table_describes_the_columns(workspace, raw):
    tel = MapFields(raw, SCHEMA, workspace).table.shown["columns"][1]
    assert (tel["name"], tel["share"], tel["filled"]) == ("Tel", "50%", "1 of 2 rows")
    assert tel["samples"] == ["+14155552671"]
    assert tel["suggestion"]["label"] == "Phone"
    assert tel["suggestion"]["confidence"].endswith("% sure")


def test_no_value_is_in_its_text(workspace, raw):
    assert repr(MapFields(raw, SCHEMA, workspace)) == "MapFields(Workspace('migration'))"


class TestThreeHundredColumns:
    @pytest.fixture
    def panel(self, workspace):
        fields = {f"Field {number}": [str(number), None] for number in range(300)}
        return MapFields(users_frame({"Mail": ["a@example.org", "b@example.org"], **fields}), SCHEMA, workspace)

    def test_any_of_them_is_mapped(self, panel):
        panel.choose("Field 299", "city")
        assert panel.value["city"] == Columns(("Field 299",))

    @pytest.mark.slow
    def test_little_is_sent_for_them(self, panel, monkeypatch):
        assert len(str(panel.table.get_state())) + len(str(panel.table.shown)) < 150_000
        sent = []
        monkeypatch.setattr(panel.table, "send", sent.append)
        panel.choose("Field 299", "city")
        assert sent
        assert len(str(sent)) < 5_000


def test_no_value_is_in_the_state_that_a_notebook_may_save(workspace, raw):
    panel = MapFields(raw, SCHEMA, workspace)
    state = str([widget.get_state() for widget in widgets_in(panel)])
    assert "Ray" not in state
    assert "example.org" not in state


def widgets_in(widget) -> list:
    return [widget, *(one for child in getattr(widget, "children", ()) for one in widgets_in(child))]


class TestCounts:
    def test_they_are_those_of_the_preview(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.choose("2024", "born")
        assert panel.table.shown["previews"]["born"] == {
            "counts": {"valid": 0, "fixed": 0, "withheld": 1, "ambiguous": 0},
            "first": [{"value": "x", "becomes": None, "why": "The value is not a date."}],
            "advice": ["Correct it, or set how dates are written."],
            "complete": True,
        }
        assert panel.table.shown["rows"] == "Counts are of all 2 rows."
        for target in panel.value:
            counted = preview_target(raw, panel.value, target, SCHEMA)
            assert list(panel.table.shown["previews"][target]["counts"].values()) == list(counted[1:5])

    def test_they_follow_the_plans_options_and_the_country_column(self, workspace):
        raw = users_frame({"Tel": ["0171 2345678"], "Land": ["Germany"]})
        panel = MapFields(raw, SCHEMA, workspace)
        assert panel.table.shown["previews"]["phone"]["counts"]["fixed"] == 1
        panel.choose("Land", None)
        assert panel.table.shown["previews"]["phone"]["counts"]["withheld"] == 1
        workspace.save_plan(Plan(mapping=FieldMapping({"phone": "Tel"}), options=Options(default_region="DE")))
        assert MapFields(raw, SCHEMA, workspace).table.shown["previews"]["phone"]["counts"]["fixed"] == 1

    def test_an_option_that_cannot_be_costs_the_counts_alone(self, workspace, raw):
        workspace.save_plan(Plan(options=Options(default_region="Atlantis")))
        panel = MapFields(raw, SCHEMA, workspace)
        assert panel.messages[0].startswith("There are no counts:")
        panel.save()
        assert workspace.load_plan().mapping == panel.value


class TestManyRows:
    """The page is answered from the first rows; all of them are counted beside it."""

    ROWS = 3 * counting.AT_ONCE

    @pytest.fixture
    def many(self):
        mails = [f"User{number}@example.org" for number in range(self.ROWS)]
        return users_frame({"Mail": mails, "UnsavedText": [str(number) for number in range(self.ROWS)]})

    @pytest.fixture
    def looked_at(self, monkeypatch):
        """How many rows each preview looked at, on the page's thread or beside it; those beside it may be held up."""
        seen, go_on, page = [], threading.Event(), threading.get_ident()

        def noted(raw, *arguments, **options):
            here = threading.get_ident() == page
            seen.append((len(raw), here))
            assert here or go_on.wait(LONG)
            return preview_target(raw, *arguments, **options)

        monkeypatch.setattr(counting, "preview_target", noted)
        yield seen, go_on
        go_on.set()

    def test_the_first_rows_answer_and_all_rows_follow(self, workspace, many, looked_at):
        seen, go_on = looked_at
        panel = MapFields(many, SCHEMA, workspace)
        assert panel.table.shown["previews"]["email"]["counts"]["fixed"] == counting.AT_ONCE
        assert (
            panel.table.shown["rows"] == "Counts are of the first 5,000 of 15,000 rows; all of them are being counted."
        )
        assert not panel.table.shown["previews"]["email"]["complete"]
        panel.choose("UnsavedText", "city")
        assert panel.table.shown["previews"]["city"]["counts"]["valid"] == counting.AT_ONCE
        assert workspace.load_plan().mapping["city"] == Columns(("UnsavedText",))
        go_on.set()
        panel.wait()
        assert panel.table.shown["previews"]["email"]["counts"]["fixed"] == self.ROWS
        assert panel.table.shown["previews"]["city"]["counts"]["valid"] == self.ROWS
        assert panel.table.shown["rows"] == "Counts are of all 15,000 rows."
        assert {rows for rows, here in seen if here} == {counting.AT_ONCE}
        assert {rows for rows, here in seen if not here} == {self.ROWS}

    def test_nothing_is_counted_twice(self, workspace, many, looked_at):
        seen, go_on = looked_at
        go_on.set()
        panel = MapFields(many, SCHEMA, workspace)
        panel.choose("UnsavedText", "city")
        panel.choose("UnsavedText", None)
        panel.choose("UnsavedText", "city")
        panel.wait()
        assert len([rows for rows, here in seen if here]) == len([rows for rows, here in seen if not here]) == 2

    @pytest.mark.slow
    def test_a_change_among_a_million_rows_is_answered_quickly(self, workspace):
        numbers = pd.Series(range(1_000_000)).astype("string[pyarrow]")
        raw = pd.DataFrame({"Mail": numbers + "@example.org", "UnsavedText": "x" + numbers, "More": numbers})
        raw = raw.set_axis(pd.RangeIndex(1, len(raw) + 1, name="source_row")).astype(
            users_frame({"a": [None]})["a"].dtype
        )
        panel = MapFields(raw, SCHEMA, workspace)
        panel.wait()
        begun = time.perf_counter()
        panel.choose("UnsavedText", "phone")
        assert time.perf_counter() - begun < 0.6 * BUSY
        assert not panel.table.shown["previews"]["phone"]["complete"]


class TestReading:
    """Pickers of what the reader was not sure of."""

    TEXT = "A;B|C\nann@example.org;Ann|1\nbob@example.org;Bob|2\n"

    @pytest.fixture
    def panel(self, workspace, tmp_path):
        (tmp_path / "users.csv").write_text(self.TEXT)
        workspace.save_plan(Plan("users.csv"))
        return self.again(workspace)

    @staticmethod
    def again(workspace):
        plan = workspace.load_plan()
        return MapFields(read_source(plan.source, **plan.reading), SCHEMA, workspace)

    def test_what_was_not_sure_is_said_and_can_be_picked(self, panel, workspace):
        assert "check that it is the header" in panel.messages[0] or "delimiter" in panel.messages[0]
        assert set(panel.reading.pickers) == {"delimiter", "header_row"}
        panel.reading.pickers["delimiter"].value = "|"
        assert list(panel.raw.columns) == ["A;B", "C"]
        assert [column["name"] for column in panel.table.shown["columns"]] == ["A;B", "C"]
        panel.choose("C", "city")
        assert "pk.read_users(" in panel.code

    def test_a_pick_is_saved_and_found_again_and_the_code_says_so(self, panel, workspace):
        panel.reading.pickers["delimiter"].value = ";"
        panel.choose("A", "email")
        saved = workspace.load_plan()
        assert saved.reading == {"delimiter": ";"}
        mapping, plan = evaluated(panel, raw=None)
        assert (mapping, plan) == (saved.mapping, saved)
        again = self.again(workspace)
        assert again.reading.value == {"delimiter": ";"}
        assert again.saved
        assert "read_users" not in again.code

    def test_what_cannot_be_read_is_said_and_changes_nothing(self, panel, workspace):
        panel.reading.pickers["delimiter"].value = ";"
        before, raw = panel.value, panel.raw
        panel.reading.pickers["header_row"].value = 3
        assert "rows" in panel.messages[0]
        assert panel.reading.pickers["header_row"].label == "as detected"
        assert (panel.value, panel.raw is raw) == (before, True)

    def test_a_list_that_was_read_without_doubt_has_none(self, workspace, tmp_path):
        (tmp_path / "users.csv").write_text("Mail,Name\nann@example.org,Ann\n")
        workspace.save_plan(Plan("users.csv"))
        assert self.again(workspace).reading.pickers == {}

    def test_sheets_of_a_workbook_are_picked(self, workspace, tmp_path):
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(["Mail"])
        book.active.append(["ann@example.org"])
        other = book.create_sheet("Others")
        for row in (["Our others"], [], ["E-Mail", "City"], ["bob@example.org", "Oslo"]):
            other.append(row)
        book.save(tmp_path / "users.xlsx")
        workspace.save_plan(Plan("users.xlsx"))
        panel = self.again(workspace)
        panel.reading.pickers["sheet"].value = "Others"
        assert list(panel.raw.columns) == ["E-Mail", "City"]
        assert workspace.load_plan().reading == {"sheet": "Others"}
        assert ("3", 3) in panel.reading.pickers["header_row"].options
        assert "3  E-Mail | City" in str(panel.reading.lines)


class TestKnownSystem:
    """A panel of a list that looks like the export of a known system."""

    @pytest.fixture
    def panel(self, tmp_path):
        source = tmp_path / "users.csv"
        source.write_text(
            "id,user_id,email,email_verified,identities\n7,auth0|1,a@example.org,true,\n8,auth0|2,b@example.org,true,\n"
        )
        return MapFields(read_source(source), pk.MetadataSchema(), Workspace(tmp_path / "w"))

    def test_the_system_is_said_and_its_layout_suggests(self, panel):
        assert "This looks like an Auth0 export. The suggestions go by its layout." in panel.messages
        assert panel.value["source_key"].names == ("user_id",)

    def test_the_layout_of_the_reading_holds_in_the_shown_code_too(self, panel):
        assert "layout='auth0'" in panel.code
        panel.workspace.save_plan(Plan("users.csv"))
        assert evaluated(panel, raw=panel.raw, schema=pk.MetadataSchema())[0] == panel.value

    def test_it_may_be_told_otherwise(self, panel):
        panel.system.value = "none"
        assert panel.value["source_key"].names == ("id",)
        assert not any("Auth0" in text for text in panel.messages)
        assert "pk.suggest_mapping(raw, schema, layout='none')" in panel.code
        panel.system.value = ""
        assert panel.value["source_key"].names == ("user_id",)


CLOSED_ACCOUNTS = {
    "Mail": ["a@example.org", "b@example.org"],
    "deleted_at": [None, "2024-01-31"],
    "blocked": ["yes", "no"],
    "status": ["active", "inactive"],
    "level": ["1", "2"],
}


class TestTheStateOfTheAccount:
    SCHEMA = pk.MetadataSchema([pk.MetadataField("blocked", type="boolean")])

    @pytest.fixture
    def raw(self):
        return users_frame(CLOSED_ACCOUNTS)

    def test_its_columns_are_shown_and_may_be_several(self, workspace, raw):
        panel = MapFields(raw, self.SCHEMA, workspace)
        chosen = {name: panel.table.chosen[name] for name in ("deleted_at", "blocked", "status")}
        assert chosen == {"deleted_at": "account_state", "blocked": "blocked", "status": "account_state"}
        assert panel.table.states == ["deleted_at", "blocked", "status"]
        offered = {column["name"] for column in panel.table.shown["columns"] if column["may_say_state"]}
        assert offered == {"deleted_at", "blocked", "status"}
        reasons = {column["name"]: column["suggestion"]["reason"] for column in panel.table.shown["columns"]}
        assert "not taken" not in reasons["deleted_at"] + reasons["blocked"] + reasons["status"]
        assert panel.table.shown["questions"] == []
        assert any("'deleted_at' and 'blocked' and 'status' say whether" in text for text in panel.messages)
        assert panel.value == pk.suggest_mapping(raw, self.SCHEMA)

    def test_each_column_can_be_taken_out_and_put_in(self, workspace, raw):
        panel = MapFields(raw, self.SCHEMA, workspace)
        panel.choose("status", None)
        panel.tell_state("blocked", False)
        assert panel.value.to_dict() == {"email": "Mail", "blocked": "blocked", "account_state": "deleted_at"}
        assert workspace.load_plan().mapping == panel.value
        panel.choose("deleted_at", None)
        assert "account_state" not in panel.value
        panel.choose("level", "account_state")
        panel.tell_state("blocked")
        assert panel.value["account_state"] == Columns(("blocked", "level"))
        again = MapFields(raw, self.SCHEMA, workspace)
        assert again.value == panel.value
        assert again.table.states == ["blocked", "level"]
        panel.reset.click()
        assert panel.value == pk.suggest_mapping(raw, self.SCHEMA)
        with pytest.raises(MappingError, match="no column 'gone'"):
            panel.tell_state("gone")

    def test_the_preview_shows_what_the_values_say(self, workspace, raw):
        panel = MapFields(raw, self.SCHEMA, workspace)
        panel.wait()
        preview = panel.table.shown["previews"]["account_state"]
        first = [(one["value"], one["becomes"]) for one in preview["first"]]
        assert first == [("blocked", "inactive"), ("deleted", "inactive")]
        panel.choose("status", None)
        panel.choose("deleted_at", None)
        panel.choose("level", "account_state")
        panel.tell_state("blocked", False)
        panel.wait()
        preview = panel.table.shown["previews"]["account_state"]
        assert preview["counts"]["withheld"] == 2
        assert "not one the kit knows" in preview["first"][0]["why"]


class TestConstantStates:
    def test_a_saved_constant_stays(self, workspace, raw):
        constant = {"account_state": {"constant": "active"}, "source_key": {"constant": "7"}}
        mapping = pk.FieldMapping({"email": "Mail", **constant})
        workspace.save_plan(pk.Plan(mapping=mapping))
        panel = MapFields(raw, SCHEMA, workspace)
        assert panel.value == mapping
        panel.choose("Name", "name")
        assert panel.value == mapping.replace(name="Name")

    def test_it_can_be_set_and_a_column_replaces_it(self, workspace, raw):
        panel = MapFields(raw, SCHEMA, workspace)
        panel.set_constant("account_state", "inactive")
        assert panel.value["account_state"] == Constant("inactive")
        panel.choose("2024", "account_state")
        assert panel.value["account_state"] == Columns(("2024",))

    def test_codes_are_counted_by_their_meaning(self, workspace):
        raw = users_frame({"Mail": ["a@example.org", "b@example.org"], "status": ["A", "X"]})
        mapping = pk.FieldMapping({"email": "Mail", "account_state": "status"})
        plan = pk.Plan(mapping=mapping, options=pk.Options(account_states={"A": "active", "X": "banned"}))
        workspace.save_plan(plan)
        shown = MapFields(raw, SCHEMA, workspace).table.shown["previews"]["account_state"]["counts"]
        assert shown["withheld"] == 0


def test_the_first_of_several_columns_stays_and_is_said(workspace):
    raw = users_frame(
        {"mail": ["a@example.org", None], "upn": ["x@acme.example", "b@acme.example"], "Name": ["A", "B"]}
    )
    mapping = pk.FieldMapping({"email": {"first": ["mail", "upn"]}, "name": "upn"})
    workspace.save_plan(pk.Plan(mapping=mapping))
    panel = MapFields(raw, SCHEMA, workspace)
    assert panel.value == mapping
    assert "Email takes 'mail', and in a row where it is blank 'upn'." in panel.messages
    panel.choose("Name", "city")
    assert panel.value["email"] == mapping["email"]


def test_a_plan_written_by_hand_knows_its_columns_once_the_panel_saves_it(workspace):
    listed = users_frame({"id": ["u1"], "raw_user_meta_data": ["{}"], "phone": ["447400123456"]})
    workspace.save_plan(Plan("users.csv", mapping=FieldMapping({"phone": "phone", "source_key": "id"})))
    assert workspace.load_plan().lost_plus is None
    MapFields(listed, pk.MetadataSchema(), workspace).save()
    assert workspace.load_plan().lost_plus == "likely"  # as a run says, which sees the columns

"""Messages of the page with hostile values: no panel raises, and none saves what nobody chose."""

import json
import math
import shutil

import pytest
from panel_parts import SCHEMA, parts

import passage_kit as pk
from passage_kit.errors import OptionError
from passage_kit.widgets import (
    ChangeHistory,
    ChooseOptions,
    ChoosePath,
    EditRows,
    ExportUsers,
    FixFindings,
    MapFields,
    ReviewDuplicates,
)
from passage_kit.widgets.page_messages import Form, is_flag, is_number, is_rows, is_words, or_none, read_message
from passage_kit.widgets.unsaved import Unsaved

LIST = "Mail,Tel,Name\nann@,+14155552671,Ann\nann@example.org,,Ann\nANN@example.org,,Bo\nn/a,,\n"
SCRIPT = "</script><script>alert(1)</script>"
HOSTILE = [
    None, True, -1, 0, 10**30, 1.5, math.nan, math.inf, "", "1", SCRIPT, "\ud800", "a\0b", "x" * 200_000, "__class__",
    [], [None], [math.nan], [[1]], ["1"], [True], {}, {"a": 1}, {"a": {"b": []}}, [1] * 5,
]  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder with a list and its workspace, prepared."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "users.csv").write_text(LIST)
    mapping = pk.FieldMapping({"email": "Mail", "phone": "Tel", "name": "Name"})
    pk.prepare(folder / "users.csv", mapping=mapping, schema=SCHEMA, out=folder / "migration")
    return folder


@pytest.fixture
def workspace(prepared, tmp_path, monkeypatch):
    """That workspace, for one test."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return pk.Workspace(tmp_path / "migration")


def panel_of(kind, workspace):
    raw = pk.read_users("users.csv")
    mapped = pk.apply_mapping(raw, workspace.load_plan().mapping)
    users, _ = pk.normalize_identifiers(mapped)
    panel = {
        "path": lambda: ChoosePath(workspace),
        "map": lambda: MapFields(raw, SCHEMA, workspace),
        "options": lambda: ChooseOptions(raw, workspace),
        "review": lambda: ReviewDuplicates(users, workspace, mapped=mapped),
        "fix": lambda: FixFindings(mapped, workspace),
        "export": lambda: ExportUsers(workspace),
        "rows": lambda: EditRows(mapped, workspace),
        "history": lambda: ChangeHistory(workspace),
    }[kind]()
    panel.wait()
    return panel


def receive(widget, **data):
    """Take a message as the kernel hands it over from the page."""
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def saved(workspace):
    names = ("plan.toml", "corrections.csv", "decisions.csv")
    return {name: (workspace.folder / name).read_bytes() for name in names if (workspace.folder / name).exists()}


KINDS = ["path", "map", "options", "review", "fix", "export", "rows", "history"]
ACTIONS = {
    "fix": {"view": ("code", "text", "all", "page"), "fix": ("row", "field", "value", "alike"), "accept": ("rows",),
            "accept all": (), "take back": ("rows", "field"), "apply": ("number", "row"), "drop": ("number",)},
    "rows": {"view": ("text", "column", "code", "disposition", "sort", "descending", "page"), "choose": ("rows", "on"),
             "edit": ("row", "field"), "change": ("field",), "take back": ("field",)},
    "review": {"view": ("tab", "text", "reason", "state", "conflicts", "page"), "withdraw": ("rows",),
               "decide": ("rows", "choice", "survivor_row"), "apply": ("number", "rows"), "drop": ("number",)},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
def test_a_message_of_any_form_changes_nothing(workspace, kind):
    panel, before = panel_of(kind, workspace), saved(workspace)
    for widget in (part for part in parts(panel) if isinstance(part, Unsaved)):
        for value in HOSTILE:
            receive(widget, method="custom", content=value)
            receive(widget, method="custom", content={"do": value, "with": value, "answer": value, "column": value})
    panel.wait()
    assert saved(workspace) == before


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_any_form_changes_nothing(workspace, kind):
    panel, before = panel_of(kind, workspace), saved(workspace)
    for widget in (part for part in parts(panel) if isinstance(part, Unsaved)):
        names = [*widget.traits(sync=True), "nothing", "__class__"]
        state = {name: getattr(widget, name, None) for name in names}
        for value in HOSTILE:
            for name in names:
                if not (name in widget.from_page and value in ({}, [])):  # nothing chosen is a choice
                    receive(widget, method="update", state={name: value}, buffer_paths=[])
        assert {name: getattr(widget, name, None) for name in names} == state
    panel.wait()
    assert saved(workspace) == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", ACTIONS)
def test_an_action_with_any_value_acts_on_nothing_that_is_not_there(workspace, kind):
    panel, before = panel_of(kind, workspace), saved(workspace)
    usual = {"row": 1, "rows": [1, 2], "field": "email", "value": "x@example.org", "choice": "apart", "number": 0}
    for do, names in ACTIONS[kind].items():
        for name in names:
            given = {it: usual[it] for it in names if it in usual and it != name}
            for value in HOSTILE:
                if (do, name) != ("fix", "value"):  # any text is a correction
                    receive(panel.table, method="custom", content={"do": do, "with": {**given, name: value}})
                assert all(SCRIPT not in message or repr(SCRIPT) in message for message in panel.messages)
    panel.wait()
    now = saved(workspace)
    named = now.pop("corrections.csv", b"").count(b"\n") + now.pop("decisions.csv", b"").count(b"\n")
    assert now == before
    assert named <= 3  # a header, and what was in order
    json.dumps(panel.page, allow_nan=False)


@pytest.mark.slow
def test_a_correction_is_the_text_that_was_typed_or_none(workspace):
    panel = panel_of("fix", workspace)
    for value in HOSTILE:
        receive(
            panel.table, method="custom", content={"do": "fix", "with": {"row": 1, "field": "email", "value": value}}
        )
        written = workspace.load_corrections()["value"].tolist()
        assert written == [] or written[-1] is not None
    receive(panel.table, method="custom", content={"do": "fix", "with": {"row": 1, "field": "name", "value": SCRIPT}})
    assert workspace.load_corrections()["value"].tolist()[-1] == SCRIPT


def test_a_row_that_is_not_there_is_neither_corrected_nor_decided_about(workspace):
    fix, review = panel_of("fix", workspace), panel_of("review", workspace)
    fix.fix(99, "email", "x@example.org")
    assert "no row 99" in fix.messages[0]
    review.decide([1, 99], "apart")
    assert "no row 99" in review.messages[0]
    assert set(saved(workspace)) == {"plan.toml"}


def test_columns_and_constants_that_the_table_does_not_offer_are_not_saved(workspace):
    panel, before = panel_of("map", workspace), workspace.load_plan().mapping.to_dict()
    chosen = dict(panel.table.chosen)
    for state in (
        {"chosen": {**chosen, "Mail": ["email"]}}, {"chosen": {**chosen, "Mail": math.nan}}, {"chosen": {"\ud800": ""}},
        {"constants": {"email": "all@example.org"}}, {"constants": {"source_key": "1"}}, {"constants": {"city": 3}},
        {"constants": {"city": ""}}, {"constants": {"nothing": SCRIPT}}, {"chosen": {**chosen, "Gone": "city"}},
    ):  # fmt: skip
        receive(panel.table, method="update", state=state, buffer_paths=[])
        panel.wait()
        assert workspace.load_plan().mapping.to_dict() == before
    receive(panel.table, method="update", state={"constants": {"city": SCRIPT}}, buffer_paths=[])
    assert workspace.load_plan().mapping.to_dict()["city"] == {"constant": SCRIPT}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["path", "options", "export"])
def test_text_fields_take_any_text(workspace, kind):
    panel = panel_of(kind, workspace)
    texts = [it for it in HOSTILE if isinstance(it, str)] + [
        "../..",
        "/dev/zero",
        "~",
        "sqlite://",
        "://",
        "\n",
        "a" * 300,
    ]
    for field in [part for part in parts(panel) if type(part).__name__ == "Text"]:
        former = field.value
        for text in texts:
            field.value = text
            panel.wait()
            assert panel.messages
        field.value = former
    panel.wait()
    pk.Plan.load(workspace.plan_path)


def test_a_message_is_read_if_it_has_the_form():
    forms = {"go": Form({"rows": is_rows}, {"why": or_none(is_words), "now": is_flag, "at": is_number})}
    assert read_message({"do": "go", "with": {"rows": [1], "why": None}}, forms) == ("go", {"rows": [1], "why": None})
    for content in ({"do": "go"}, {"do": "go", "with": {"rows": []}}, {"do": "go", "with": {"rows": [1], "more": 1}}):
        with pytest.raises(OptionError, match="does not know"):
            read_message(content, forms)

"""Groups of spellings in the panel of values: clicked == a step by hand; nothing is chosen before somebody does."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from panel_parts import parts

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import MappingError
from passage_kit.widgets import ChangeValues
from passage_kit.widgets.spelling_groups import made_one
from passage_kit.workspace.workspace import Workspace

LIST = users_frame({"City": ["Köln", "Köln", "KOLN", "Koeln", "Ulm", "ulm"], "Name": ["Ann"] * 6})


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace("migration")
    workspace.save_plan(pk.Plan("users.csv"))
    return workspace


def click(panel, do, **given):
    panel.spellings.hear({"do": do, "with": given})


def groups(panel):
    return [[one["value"] for one in group["values"]] for group in panel.spellings.shown["groups"]]


def test_nothing_is_looked_for_or_chosen_before_a_click(workspace):
    panel = ChangeValues(LIST, workspace)
    assert groups(panel) == []
    click(panel, "find")
    assert groups(panel) == [["Köln", "KOLN"], ["Ulm", "ulm"]]
    assert panel.value == ()
    assert workspace.load_plan().steps == ()
    click(panel, "close")
    assert not panel.spellings.shown["open"]


def test_a_choice_is_a_step_as_by_hand(workspace):
    panel, by_hand = ChangeValues(LIST, workspace), pk.ValueStep("City", "map", {"values": {"KOLN": "Köln"}})
    click(panel, "find")
    click(panel, "make one", values=["Köln", "KOLN"], becomes="Köln")
    assert workspace.load_plan().steps == panel.value == (by_hand,)
    assert groups(panel) == [["Ulm", "ulm"]]
    changed, findings = pk.apply_value_steps(LIST, [by_hand])
    pd.testing.assert_frame_equal(panel.changed, changed)
    assert findings["code"].tolist() == ["step_applied", "changed_by_step"]
    click(panel, "make one", values=["Köln", "ulm"], becomes="ulm")
    assert panel.changed["City"].tolist() == [*["ulm"] * 3, "Koeln", "Ulm", "ulm"]
    assert pk.list_changes(workspace)["says"].iloc[-1].startswith("Changed a step: City:")


def test_another_column_closes_the_groups(workspace):
    panel = ChangeValues(LIST, workspace)
    click(panel, "find")
    panel.view(column="Name")
    assert not panel.spellings.shown["open"]
    click(panel, "find")
    assert panel.spellings.shown["found"] == 0


def test_there_are_pages(workspace):
    words = [f"{first * 3}{second * 3}" for first in "ghijk" for second in "lmnop"]
    panel = ChangeValues(users_frame({"City": [*words, *map(str.upper, words)]}), workspace)
    click(panel, "find")
    click(panel, "view", page=99)
    assert (panel.spellings.shown["page"], panel.spellings.shown["pages"], len(groups(panel))) == (3, 4, 1)


@pytest.mark.parametrize(
    ("do", "given"),
    [("make one", {"values": [], "becomes": "x"}), ("make one", {"values": ["Ulm"], "becomes": " "}),
     ("make one", {"values": "Ulm", "becomes": "x"}), ("view", {"page": "1"}), ("dance", {})],
)  # fmt: skip
def test_a_message_of_another_form_changes_nothing(workspace, do, given):
    panel = ChangeValues(LIST, workspace)
    click(panel, do, **given)
    assert panel.messages
    assert workspace.load_plan().steps == ()


@given(
    mapped=st.dictionaries(st.sampled_from("abc"), st.sampled_from("ABC")),
    values=st.lists(st.sampled_from("aABC"), min_size=1),
    becomes=st.sampled_from("ABX"),
)
def test_what_was_mapped_to_a_spelling_becomes_the_new_value(mapped, values, becomes):
    made = made_one(mapped, values, becomes)
    for start in "abcABCX":
        before, after = mapped.get(start, start), made.get(start, start)
        if start not in values:
            assert after == (becomes if before in values and start in mapped else before)
    assert all(made[value] == becomes for value in values if value != becomes)


def test_nothing_is_no_choice():
    with pytest.raises(MappingError, match="No value is chosen"):
        made_one({}, ["a"], " ")


def test_no_value_is_in_the_state_of_a_widget(workspace):
    panel = ChangeValues(LIST, workspace)
    click(panel, "find")
    state = json.dumps([{name: str(value) for name, value in part.get_state().items()} for part in parts(panel)])
    assert "KOLN" not in state

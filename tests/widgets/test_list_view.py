"""The view of a list as read: facts, rows, accented values, and the settings that its kind has."""

import json

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.reading.readers import read_source
from passage_kit.widgets.list_view import ListView


@pytest.fixture
def view():
    view = ListView(lambda name, value: view.asked.append((name, value)), lambda why: view.said.append(why))
    view.asked, view.said = [], []
    return view


def tell(view, path, **reading):
    view.tell(read_source(path, **reading), str(path), reading)
    return view.shown


def test_a_text_file_and_its_settings(view, tmp_path):
    path = tmp_path / "users.csv"
    path.write_bytes("Mail;Ort\nann@example.org;Köln\n".encode("cp1252"))
    shown = tell(view, path)
    assert ["encoding", "cp1252"] in shown["facts"]
    assert shown["columns"] == [
        {"name": "Mail", "values": ["ann@example.org"]},
        {"name": "Ort", "values": ["Köln"]},
    ]
    assert shown["accented"] == [["Ort", "Köln"]]
    assert list(view.settings) == ["encoding", "delimiter", "header_row"]
    assert view.settings["header_row"] == ["", "1", "2", "0"]
    view.choose("encoding", "cp850")
    view.choose("header_row", "0")
    view.choose("delimiter", "")
    assert view.asked == [("encoding", "cp850"), ("header_row", 0), ("delimiter", None)]


def test_a_setting_of_the_plan_that_is_none_of_the_usual_is_offered(view, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("Mail#Ort\nann@example.org#Ulm\n")
    [delimiter] = [one for one in tell(view, path, delimiter="#")["settings"] if one["name"] == "delimiter"]
    assert delimiter["value"] == "#"
    assert delimiter["options"][-1] == ("#", "#")


def test_a_workbook_offers_its_sheets(view, tmp_path):
    path = tmp_path / "users.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"Mail": ["ann@example.org"]}).to_excel(book, sheet_name="May", index=False)
        pd.DataFrame({"Mail": ["bo@example.org"]}).to_excel(book, sheet_name="June", index=False)
    tell(view, path)
    assert view.settings["sheet"] == ["", "May", "June"]
    assert "encoding" not in view.settings


def test_lists_of_a_file_are_asked_for_and_shown(view, tmp_path):
    path = tmp_path / "users.json"
    path.write_text(json.dumps({"a": [{"email": "ann@example.org"}], "b": [{"email": "bo@example.org"}]}))
    view.ask(pk.SourceError("Which?", choices=["a", "b"]))
    assert (view.settings["table"], view.shown["columns"]) == (["", "a", "b"], [])
    assert tell(view, path, table="b")["settings"][0]["value"] == "b"
    view.ask(None)
    assert view.settings == {}


def test_a_long_value_is_cut_and_a_blank_is_none(view, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text(f"Mail,Text\nann@example.org,{'x' * 300}\nbo@example.org,\n")
    values = tell(view, path)["columns"][1]["values"]
    assert len(values[0]) == 201
    assert values[1] is None


@pytest.mark.parametrize(
    "content",
    [
        {"do": "read", "with": {"name": "encoding", "value": "rot13"}},
        {"do": "read", "with": {"name": "password", "value": "utf-8"}},
        {"do": "read", "with": {"name": "encoding"}},
        {"do": "read", "with": {"name": ["encoding"], "value": "utf-8"}},
    ],
)
def test_what_the_view_does_not_offer_is_not_chosen(view, tmp_path, content):
    path = tmp_path / "users.csv"
    path.write_text("Mail\nann@example.org\n")
    tell(view, path)
    view.hear(content)
    assert view.asked == []


def test_nothing_of_the_list_is_in_the_state(view, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("Mail\nann@example.org\n")
    tell(view, path)
    assert "ann@" not in str(view.get_state())

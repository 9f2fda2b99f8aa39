"""The first look at a list: its facts, its first rows, and the values that show a wrong encoding."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.reading.first_look import first_look
from passage_kit.reading.readers import read_source

ROWS = "Our customers\nMail;Ort\nzoë@example.org;Köln\nbo@example.org;\ncy@example.org;Ulm\ndi@example.org;Zürich\n"


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "users.csv"
    path.write_bytes(ROWS.encode("cp1252"))
    return path


def test_the_facts_of_a_text_file(listed):
    look = first_look(read_source(listed))
    assert look.facts == {
        "rows": "4",
        "columns": "2",
        "kind": "CSV",
        "encoding": "cp1252",
        "delimiter": "semicolon",
        "header": "in line 2",
    }
    assert look.to_frame()["as read"].to_dict() == look.facts
    assert look.rows.index.tolist() == [1, 2, 3]
    assert look.accented.to_numpy().tolist() == [["Ort", "Köln"], ["Ort", "Zürich"]]  # an address tells nothing


def test_blank_rows_are_none_of_the_first_unless_there_are_no_others(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("Mail;Ort\n;\nbo@example.org;\n;\ncy@example.org;Ulm\n;\ndi@example.org;Bern\ned@example.org;\n")
    look = first_look(read_source(path))
    assert (look.rows.index.tolist(), look.facts["rows"]) == ([2, 4, 6], "7")
    assert first_look(read_source(pd.DataFrame({"Mail": [None, None]}))).rows.index.tolist() == [1, 2]


def test_a_wrong_encoding_shows_in_the_accented_values(listed):
    assert first_look(read_source(listed, encoding="mac_roman")).accented["value"].tolist() == ["Kˆln", "Z¸rich"]


def test_a_layout_is_named_and_a_header_that_is_not_there_too(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("ann@example.org,Ann\nbo@example.org,Bo\n")
    assert first_look(read_source(path, header_row=0)).facts["header"] == "none"
    path.write_text("Id,Given Name,Family Name,Email,Email Verified,Created At\n1,A,B,a@example.org,true,2024-01-01\n")
    source = read_source(path)
    assert ("layout" in first_look(source).facts) == (source.layout is not None)


def test_values_from_far_below_are_found():
    names = ["Ann"] * 100_000 + ["Zoë"]
    look = first_look(read_source(pd.DataFrame({"Name": names})))
    assert look.accented.to_numpy().tolist() == [["Name", "Zoë"]]


@given(st.lists(st.sampled_from(["Zoë", "Ann", "José", "+49 30", "ä@example.org", None, "Łódź", "Ünal", "Åsa"])))
def test_few_different_values_are_shown_and_each_is_in_the_list(names):
    source = read_source(pd.DataFrame({"Name": ["Bo", *names], "Other": ["Bo", *names]}))
    shown = first_look(source).accented
    assert len(shown) <= 8
    assert not shown.duplicated().any()
    assert set(shown["value"]) <= {"Zoë", "José", "Łódź", "Ünal", "Åsa"} & {*names}
    assert bool(len(shown)) == bool({"Zoë", "José", "Łódź", "Ünal", "Åsa"} & {*names})

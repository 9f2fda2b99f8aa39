"""What every reader says in the same way: names, blank rows, repeated headers."""

import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import SourceError
from passage_kit.findings.findings import make_findings
from passage_kit.reading.user_list import Place, blank_lines, build_source, name_columns


def columns(*values):
    return [pa.chunked_array([pa.array(column, pa.string())]) for column in values]


def listed(frame):
    return [[None if pd.isna(value) else value for value in row] for row in frame.itertuples(index=False)]


def test_names_are_unique_and_do_not_change_with_the_rows():
    names, findings = name_columns(["a", "a", "a (2)", "", " a ", "column 4"])
    assert names == ["a", "a (3)", "a (2)", "column 4 (2)", "a (4)", "column 4"]
    assert findings["field"].tolist() == ["a (3)", "column 4 (2)", "a (4)"]
    assert name_columns(names)[0] == names
    assert len(name_columns(["a", "b"])[1]) == 0


def test_blank_rows_and_repeated_headers_are_nulls_with_a_finding():
    source = build_source(
        columns(["a", None, " ", "X ", None], ["b", None, "\u00a0\t", "y", None]),
        ["x", "Y"],
        name="users.csv",
        kind="csv",
        rejected=np.array([False, False, False, False, True]),
        place=Place("line", lambda rows: rows + 2),
    )
    assert source.users.isna().all(axis=1).tolist() == [False, True, True, True, True]
    assert listed(source.findings[["source_row", "code", "argument"]]) == [
        [2, "row_blank", "line 3"], [3, "row_blank", "line 4"], [4, "row_repeats_header", "line 5"],
    ]  # fmt: skip
    assert set(source.users.dtypes) == {TEXT}


def test_nearly_blank_and_nearly_the_header_are_rows():
    source = build_source(columns(["x", "."], [None, None]), ["x", "y"], name="users.csv", kind="csv")
    assert len(source.findings) == 0
    assert source.users["x"].tolist() == ["x", "."]


def test_without_rows():
    with pytest.raises(SourceError, match=r"users.csv has a header, but no rows below the header\."):
        build_source(columns([], []), ["x", "y"], name="users.csv", kind="csv")


def test_blank_lines_shows_the_first_ones():
    assert blank_lines(range(1, 30))["argument"][0] == "29 lines: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ..."
    assert len(blank_lines([])) == 0


def test_names_with_half_a_character_are_written_whole():
    source = build_source([pa.chunked_array([["a\ufffd"]])], ["na\ud800me"], name="users.json", kind="json")
    assert source.users.columns.tolist() == ["na\ufffdme"]
    assert source.findings[["field", "value", "code"]].to_numpy().tolist() == [
        ["na\ufffdme", "a\ufffd", "character_lost"]
    ]


def test_thousands_of_columns_of_one_name_do_not_take_long():
    before = time.process_time()
    names, _ = name_columns(["name"] * 20_000 + [""] * 5_000 + ["name (2)"])
    assert time.process_time() - before < 5  # of milliseconds; once it took minutes
    assert len(set(names)) == len(names)
    assert names[:3] == ["name", "name (3)", "name (4)"]


def test_a_source_without_header_says_where_its_names_come_from():
    numbered = build_source(columns(["x"]), ["column 1"], name="users.csv", kind="csv", header_line=0)
    assert listed(numbered.findings[["code", "argument"]]) == [["header_absent", "the columns are numbered"]]


def test_the_layout_is_known_by_the_beginning_of_the_file_too():
    facts = {"name": "users.json", "kind": "json"}
    assert build_source(columns(["ann@example.org"]), ["email"], **facts).layout is None
    beginning = '[{"type":"header","version":"5.2.1","comment":"Export to JSON plugin for PHPMyAdmin"}]'
    assert build_source(columns(["ann@example.org"]), ["email"], **facts, beginning=beginning).layout == "phpmyadmin"


def test_a_secret_is_left_out_and_no_text_of_a_line_is_said():
    text = make_findings([1], field=None, value="ann@example.org,aGFzaA==,x", code="line_unreadable", argument="line 2")
    source = build_source(
        columns(["ann@example.org"], ["aGFzaA=="]), ["email", "password_hash"], name="u", kind="csv", findings=[text]
    )
    assert list(source.users) == ["email"]
    assert listed(source.findings[["code", "value"]]) == [["line_unreadable", None], ["secret_left_out", None]]

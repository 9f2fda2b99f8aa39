"""What every reader says in the same way: names, blank rows, repeated headers."""

import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import SourceError
from passage_kit.findings.findings import make_findings
from passage_kit.reading import user_list
from passage_kit.reading.readers import read_source
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


def test_a_column_of_more_text_than_can_be_counted_is_told():
    # One text of zeros that nobody writes takes no memory: the system makes pages of them when they are touched.
    size = 1 << 29
    starts = pa.py_buffer(np.array([0, size], np.int32))
    chunk = pa.StringArray.from_buffers(1, starts, pa.py_buffer(np.zeros(size, np.uint8)))
    columns = [pa.chunked_array([["ann@example.org"] * 4]), pa.chunked_array([chunk] * 4)]
    with pytest.raises(SourceError, match=r"column 'bio': it holds 2,147,483,648 bytes of text.*at most 2,147,483,647"):
        build_source(columns, ["email", "bio"], name="users.csv", kind="csv")


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


@pytest.mark.parametrize("name", ["users.csv", "users.json", "users.parquet", "users.xlsx", None])
def test_a_column_beyond_what_arrow_holds_is_refused_by_name(tmp_path, monkeypatch, name):
    frame = pd.DataFrame({"email": ["ann@example.org", "bob@example.org"], "note": ["x" * 60, "y" * 50]})
    writers = {"csv": "to_csv", "parquet": "to_parquet", "xlsx": "to_excel"}
    source = frame if name is None else tmp_path / name
    if name == "users.json":
        frame.to_json(source, orient="records")
    elif name:
        getattr(frame, writers[name.partition(".")[2]])(source, index=False)
    monkeypatch.setattr(user_list, "LARGEST_COLUMN", 110)
    assert len(read_source(source).users) == 2
    monkeypatch.setattr(user_list, "LARGEST_COLUMN", 109)
    with pytest.raises(SourceError, match=r"column 'note': it holds 110 bytes of text.*at most 109.*Leave"):
        read_source(source)

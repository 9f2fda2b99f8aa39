import json

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.errors import SourceError
from passage_kit.reading.readers import read_source

LINES = [f"user{row}@example.org,{row}" for row in range(1, 8)]


@pytest.fixture
def folder(tmp_path):
    for name, lines in (("part-2.csv", LINES[3:]), ("part-1.csv", [*LINES[:2], ",", LINES[2]])):
        (tmp_path / name).write_text("\n".join(["Mail,Age", *lines]) + "\n")
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / ".part-1.csv.crc").write_bytes(b"crc")
    (tmp_path / "older").mkdir()
    return tmp_path


@pytest.mark.parametrize("pattern", ["", "*.csv", "part-[12].csv"])
def test_the_files_of_a_folder_are_one_list_in_the_order_of_their_names(folder, pattern):
    read = read_source(folder / pattern)
    assert read.users["Mail"].tolist()[:2] == ["user1@example.org", "user2@example.org"]
    assert read.users.index.tolist() == list(range(1, 9))
    assert read.users["Age"].iloc[-1] == "7"
    assert read.findings[["source_row", "code"]].to_numpy().tolist() == [[3, "row_blank"]]
    assert (read.kind, len(read.sha256), read.delimiter) == ("csv", 64, ",")


def test_rows_of_later_files_have_their_findings(folder):
    (folder / "part-3.csv").write_text("Mail,Age\n,\nx@example.org\n")
    said = read_source(folder).findings
    said = said[["source_row", "code"]].to_numpy().tolist()
    assert said == [[3, "row_blank"], [10, "row_too_short"], [9, "row_blank"]]


def test_columns_may_stand_in_another_order_and_not_be_others(folder):
    (folder / "part-3.csv").write_text("Age,Mail\n9,nine@example.org\n")
    assert read_source(folder).users.iloc[-1].tolist() == ["nine@example.org", "9"]
    (folder / "part-4.csv").write_text("Age,E-Mail\n9,nine@example.org\n")
    with pytest.raises(SourceError, match=r"part-4\.csv have other columns: only one of them has"):
        read_source(folder)


def test_files_of_two_kinds_are_no_list(folder):
    (folder / "part-3.json").write_text(json.dumps([{"Mail": "a@example.org", "Age": "1"}] * 2))
    with pytest.raises(SourceError, match=r"is read as csv and part-3\.json as json"):
        read_source(folder)


def test_objects_of_later_files_may_have_further_keys(tmp_path):
    people = {"1.ndjson": [{"mail": "a@example.org"}] * 2, "2.ndjson": [{"mail": "b@example.org", "age": 4}]}
    for name, some in people.items():
        (tmp_path / name).write_text("\n".join(map(json.dumps, some)))
    users = pk.read_users(tmp_path / "*.ndjson")
    assert users["age"].isna().tolist() == [True, True, False]


def test_a_folder_without_files_is_said(tmp_path):
    with pytest.raises(SourceError, match="No file is in"):
        pk.read_users(tmp_path)
    with pytest.raises(SourceError, match=r"No file is in .*\*\.csv"):
        pk.read_users(tmp_path / "*.csv")


def test_a_file_whose_name_is_a_pattern_is_a_file(tmp_path):
    path = tmp_path / "users[1].csv"
    path.write_text("Mail\na@example.org\n")
    assert len(pk.read_users(path)) == 1


@pytest.mark.slow
def test_a_folder_is_prepared_as_one_file_with_the_same_rows_is(folder, tmp_path):
    whole = tmp_path / "older" / "whole.csv"
    whole.write_text("\n".join(["Mail,Age", *LINES[:2], ",", *LINES[2:]]) + "\n")
    schema = pk.MetadataSchema([pk.MetadataField("age", type="integer")])
    of_folder, of_file = (pk.prepare(source, schema=schema, out=tmp_path / "out" / name) for source, name in (
        (folder, "folder"), (whole, "file"),
    ))  # fmt: skip
    pd.testing.assert_frame_equal(of_folder.users, of_file.users)
    assert of_folder.ledger.equals(of_file.ledger)
    again = pk.prepare(plan=tmp_path / "out" / "folder" / "plan.toml")
    assert again.users.equals(of_folder.users)

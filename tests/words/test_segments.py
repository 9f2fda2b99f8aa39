"""Everybody is in one segment, and the segments name who can be told how."""

import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.words.segments import SEGMENTS, find_segments

LIST = {
    "id": ["1", "2", "3", "4", "5", "6"],
    "email": ["ann@example.org", "ANN@example.org", "", "cleo@", "dora@example.org", ""],
    "phone": ["", "", "+14155550103", "12", "", "n/a"],
    "deleted_at": ["", "", "", "", "2024-01-31", ""],
}
MAPPING = {"email": "email", "phone": "phone", "source_key": "id", "account_state": "deleted_at"}


@pytest.fixture
def workspace(tmp_path):
    pk.prepare(users_frame(LIST), mapping=MAPPING, out=tmp_path / "m")
    return pk.Workspace(tmp_path / "m")


def test_everybody_is_in_one_segment(workspace):
    found = find_segments(workspace)
    keys = {name: people["source_key"].tolist() for name, people in found.items()}
    assert keys == {"email": ["1"], "phone_only": ["3"], "reach_otherwise": ["4", "6"], "inactive": ["5"]}
    assert set(found) == set(SEGMENTS)


def test_who_was_left_out_has_what_stood_in_the_source(workspace):
    left_out = find_segments(workspace)["reach_otherwise"]
    assert left_out["email"].fillna("").tolist() == ["cleo@", ""]
    assert left_out["phone"].fillna("").tolist() == ["12", "n/a"]
    assert left_out["codes"].str.contains("no_identifier").all()


@pytest.mark.slow
def test_who_was_exported_before_is_not_told_again(workspace, tmp_path):
    more = {
        name: [*values, new] for (name, values), new in zip(LIST.items(), ("7", "eve@example.org", "", ""), strict=True)
    }
    pk.prepare(users_frame(more), out=tmp_path / "july", since=str(workspace.folder))
    found = find_segments(pk.Workspace(tmp_path / "july"))
    assert {name: people["source_key"].tolist() for name, people in found.items() if len(people)} == {
        "email": ["7"],
        "reach_otherwise": ["4", "6"],
    }


def test_without_a_preparation_there_is_nobody(tmp_path):
    with pytest.raises(pk.PlanError):
        find_segments(pk.Workspace(tmp_path))


def test_lines_that_could_not_be_read_stop_nothing(tmp_path):
    (tmp_path / "users.csv").write_text("id,email\n1,ann@example.org\n2,bo@example.org,too,many\n3,cy@\n")
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    left_out = find_segments(pk.Workspace(tmp_path / "m"))["reach_otherwise"]
    assert left_out["email"].dropna().tolist() == ["cy@"]


def test_a_closed_account_with_a_phone_alone_gets_no_text_message(tmp_path):
    people = {"id": ["1"], "email": [""], "phone": ["+14155550103"], "deleted_at": ["2024-01-31"]}
    pk.prepare(users_frame(people), mapping=MAPPING, out=tmp_path / "m")
    found = find_segments(pk.Workspace(tmp_path / "m"))
    assert {name: len(people) for name, people in found.items() if len(people)} == {"inactive": 1}


def test_a_header_that_comes_again_and_a_blank_line_are_nobody(tmp_path):
    (tmp_path / "users.csv").write_text("id,email\n1,ann@example.org\nid,email\n,\n3,cy@\n")
    prepared = pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    assert prepared.funnel.rejected > 1
    left_out = find_segments(pk.Workspace(tmp_path / "m"))["reach_otherwise"]
    assert left_out["email"].tolist() == ["cy@"]

"""Passage ids from every source, and columns found or asked for."""

import json

import pandas as pd
import pytest
from servers import an_id

from passage_kit.errors import PassageIdsError, SourceError
from passage_kit.writeback.passage_ids import COLUMNS, read_passage_ids


def cells(ids, *columns):
    return ids[list(columns)].astype(object).where(ids[list(columns)].notna(), None).to_numpy().tolist()


def export(path, header, *lines):
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_the_result_of_the_push(tmp_path):
    path = export(
        tmp_path / "passage_ids.csv",
        "source_row,source_key,email,phone,passage_id,outcome",
        f"1,0007,ann@example.org,,{an_id(1)},created",
        "2,0008,,+14155550102,,failed",
    )
    ids = read_passage_ids(path)
    assert tuple(ids) == COLUMNS
    assert cells(ids, *COLUMNS) == [
        ["0007", "ann@example.org", None, an_id(1), "created"],
        ["0008", None, "+14155550102", None, "failed"],
    ]
    assert read_passage_ids(pd.read_csv(path, dtype=str)).equals(ids)


def test_a_frame_of_listed_users():
    users = pd.DataFrame({"id": ["usr-1", "usr-2"], "email": ["Ann@Example.org", ""], "phone": ["", "+1 415 555 0102"]})
    assert cells(read_passage_ids(users), "email", "phone", "passage_id") == [
        ["ann@example.org", None, "usr-1"],
        [None, "+14155550102", "usr-2"],
    ]


def test_a_page_of_list_users():
    user = {"id": an_id(1), "email": "ann@example.org", "phone": "", "external_id": "", "status": "pending"}
    page = {
        "_links": {},
        "page": 1,
        "users": [user | {"user_metadata": None, "login_count": 0, "email_verified": False}],
    }
    for source in (page, page["users"]):
        assert cells(read_passage_ids(source), "email", "phone", "passage_id") == [["ann@example.org", None, an_id(1)]]


@pytest.mark.parametrize(
    ("key", "name"), [("id", "identifier"), ("user_id", "email"), ("uuid", "who"), ("ref", "login")]
)
def test_the_answer_of_the_import_api(tmp_path, key, name):
    answer = {
        "num_users_received": 4, "num_users_imported": 2, "num_users_existing": 1, "num_users_errored": 1,
        "imported": [{key: an_id(1), name: "ann@example.org"}, {key: an_id(2), name: "+14155550102"}],
        "existing": [{key: an_id(3), name: "cy@example.org"}],
        "errors": [{"identifier": "dan@example.org", "errors": ["identifier: must be a valid email address."]}],
    }  # fmt: skip
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    expected = [
        ["ann@example.org", None, an_id(1), None],
        [None, "+14155550102", an_id(2), None],
        ["cy@example.org", None, an_id(3), None],
        ["dan@example.org", None, None, "failed"],
    ]
    if name == "who":  # neither a name nor one kind of values tells what it is
        with_columns = {"email": "who", "phone": "who"}
        assert cells(read_passage_ids(answer, columns=with_columns), "email", "phone", "passage_id")[:3] == [
            row[:3] for row in expected[:3]
        ]
        return
    for source in (answer, path):
        assert cells(read_passage_ids(source), "email", "phone", "passage_id", "outcome") == expected


@pytest.mark.parametrize(
    "header",
    [
        "Email,Phone Number,User ID,Status,Created At",
        "E-Mail-Adresse,Mobil,Kennung,Status,Angelegt",
        "email;phone;passage_id;status;created",
        "Email Address\tPhone\tID\tStatus\tCreated",
    ],
)
def test_the_export_of_the_console_under_any_header(tmp_path, header):
    mark = next(mark for mark in ";\t," if mark in header)
    lines = [
        mark.join((f"user{number}@example.org", f"+1415555{number:04d}", an_id(number), "active", "2024-05-24"))
        for number in range(1, 6)
    ]
    ids = read_passage_ids(export(tmp_path / "users.csv", header, *lines))
    assert cells(ids, "email", "phone", "passage_id")[0] == ["user1@example.org", "+14155550001", an_id(1)]
    assert len(ids) == 5


class TestUnsure:
    def test_two_columns_that_may_be_the_id(self, tmp_path):
        path = export(tmp_path / "users.csv", "Email,User ID,ID", f"ann@example.org,{an_id(1)},{an_id(2)}")
        with pytest.raises(PassageIdsError, match=r"'User ID', 'ID' may be.*--ids-column passage_id=NAME"):
            read_passage_ids(path)
        assert read_passage_ids(path, columns={"passage_id": "ID"})["passage_id"].tolist() == [an_id(2)]

    def test_a_column_of_numbers_is_not_the_id(self, tmp_path):
        path = export(tmp_path / "users.csv", "Email,ID", "ann@example.org,1", "bob@example.org,2")
        with pytest.raises(PassageIdsError, match="'ID' may be"):
            read_passage_ids(path)

    def test_numbers_called_id_beside_the_ids(self, tmp_path):
        path = export(tmp_path / "users.csv", "Email,ID,Reference", f"ann@example.org,1,{an_id(1)}")
        assert read_passage_ids(path)["passage_id"].tolist() == [an_id(1)]

    def test_two_columns_that_may_be_the_email(self, tmp_path):
        path = export(tmp_path / "users.csv", "work,home,passage_id", f"ann@example.org,a@example.net,{an_id(1)}")
        with pytest.raises(PassageIdsError, match=r"several columns that may be the email: 'work', 'home'"):
            read_passage_ids(path)
        assert read_passage_ids(path, columns={"email": "home"})["email"].tolist() == ["a@example.net"]

    def test_nothing_to_find_a_user_by(self, tmp_path):
        path = export(tmp_path / "users.csv", "Name,passage_id", f"Ann,{an_id(1)}")
        with pytest.raises(PassageIdsError, match="nothing to find a user by"):
            read_passage_ids(path)

    @pytest.mark.parametrize(
        ("columns", "what"), [({"passage_id": "Nr"}, "has no column 'Nr'"), ({"name": "Name"}, "There is no 'name'")]
    )
    def test_columns_that_are_not_there(self, tmp_path, columns, what):
        path = export(tmp_path / "users.csv", "Email,ID", f"ann@example.org,{an_id(1)}")
        with pytest.raises(PassageIdsError, match=what):
            read_passage_ids(path, columns=columns)

    @pytest.mark.parametrize("source", [{"imported": []}, [], pd.DataFrame({"id": []})])
    def test_no_users_at_all(self, source):
        with pytest.raises(PassageIdsError):
            read_passage_ids(source)

    def test_lines_that_cannot_be_read(self, tmp_path):
        path = export(
            tmp_path / "users.csv",
            "email,passage_id",
            f"ann@example.org,{an_id(1)},more",
            f"bob@example.org,{an_id(2)}",
        )
        with pytest.raises(PassageIdsError, match="1 lines that cannot be read"):
            read_passage_ids(path)

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(SourceError, match="no file"):
            read_passage_ids(tmp_path / "nothing.csv")
        with pytest.raises(PassageIdsError, match="cannot be read as JSON"):
            read_passage_ids(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    "answer", ["[1, 2]", '{"users": 3}', '{"users": [3]}', '"x"', "3", "null", "[" * 100_000, "{", '{"users": "ab"}']
)
def test_json_that_holds_no_users_is_told(tmp_path, answer):
    (tmp_path / "ids.json").write_text(answer)
    with pytest.raises(PassageIdsError):
        read_passage_ids(tmp_path / "ids.json")


def test_half_a_character_in_an_answer_is_no_end(tmp_path):
    user = {"user_id": "9DeEXvYBStnzwQcHFd6f558L", "email": "ann@example.org", "x\ud800": "\ud800"}
    (tmp_path / "ids.json").write_text(json.dumps({"users": [user]}))
    assert read_passage_ids(tmp_path / "ids.json")["email"].tolist() == ["ann@example.org"]


HALF = "\ud800"  # of a surrogate pair, which is no character


@pytest.mark.parametrize("wrong", ["a\x00b", "a\nb", "a b", "a\x7fb", "aþb", "a\u200bb", f"a{HALF}"])
@pytest.mark.parametrize("form", ["answer", "frame"])
def test_a_character_that_no_id_has_is_told(wrong, form):
    records = [{"passage_id": an_id(1), "source_key": "1"}, {"passage_id": wrong, "source_key": "2"}]
    with pytest.raises(PassageIdsError, match=r"1 values .* 'passage_id'.*the first is in row 2") as caught:
        read_passage_ids(records if form == "answer" else pd.DataFrame(records, dtype=object))
    assert wrong not in str(caught.value)


def test_a_key_may_have_any_character():
    frame = pd.DataFrame({"passage_id": [an_id(1)], "source_key": ["1\x00þ\n2"]})
    assert read_passage_ids(frame)["source_key"].tolist() == ["1\x00þ\n2"]


@pytest.mark.parametrize("form", ["answer", "frame"])
def test_half_a_character_elsewhere_is_no_end(form):
    records = [{"passage_id": an_id(1), "source_key": f"1{HALF}", "email": "ann@example.org"}]
    found = read_passage_ids(records if form == "answer" else pd.DataFrame(records, dtype=object))
    assert found[["source_key", "email"]].to_numpy().tolist() == [["1\ufffd", "ann@example.org"]]

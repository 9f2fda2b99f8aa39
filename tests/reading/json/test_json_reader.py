"""JSON: numbers as written, nothing lost in nesting, broken lines said."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.errors import SourceError
from passage_kit.reading.json.json_reader import read_json

ANN, BOB = {"email": "ann@example.org", "n": 1}, {"email": "bob@example.org", "n": 2}


def read(text, **options):
    return read_json(text if isinstance(text, bytes) else text.encode(), "users.json", **options)


def listed(frame):
    return [[None if pd.isna(value) else value for value in row] for row in frame.itertuples(index=False)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ANN, BOB]), json.dumps([ANN, BOB], indent=2), json.dumps({"users": [ANN, BOB], "total": 2}),
        json.dumps({"data": {"users": [ANN, BOB]}}, indent=2), json.dumps({"users": [ANN, BOB]}),
        f"{json.dumps(ANN)}\n{json.dumps(BOB)}", f"{json.dumps(ANN)}\r\n\r\n{json.dumps(BOB)}\r\n",
        "\ufeff" + json.dumps([ANN, BOB]),
    ],
)  # fmt: skip
def test_shapes(text):
    assert listed(read(text).users) == [["ann@example.org", "1"], ["bob@example.org", "2"]]


def test_numbers_are_as_written():
    source = read(
        '[{"a": 1.0, "b": 123456789012345678901, "c": 1e5, "d": 1.50, "e": true, "f": null, "g": "", "h": NaN}]'
    )
    assert listed(source.users) == [["1.0", "123456789012345678901", "1e5", "1.50", "true", None, None, "NaN"]]


def test_nesting():
    source = read(
        '[{"a": {"b": {"c": "x"}}, "tags": ["p", null, 3], "mails": [{"address": "ann@example.org"}]}, {"z": "y"}]'
    )
    assert list(source.users) == ["a.b.c", "tags", "mails.primary email", "z"]
    assert listed(source.users) == [["x", "p; 3", "ann@example.org", None], [None, None, None, "y"]]


def test_names_that_meet_are_both_kept():
    source = read('[{"a.b": 1, "a": {"b": 2}, "c": 3, "c": 4}]')
    assert source.users.iloc[0].to_dict() == {"a.b": "1", "a.b (2)": "2", "c": "3", "c (2)": "4"}
    assert source.findings["code"].tolist() == ["header_renamed"] * 2


def test_broken_lines_are_rejected_rows():
    lines = [json.dumps(ANN), '{"email": "x', "", "5", json.dumps(BOB)]
    source = read("\n".join(lines) + "\n")
    assert listed(source.users) == [["ann@example.org", "1"], [None, None], [None, None], ["bob@example.org", "2"]]
    assert listed(source.findings[["source_row", "value", "argument"]]) == [
        [None, None, "1 line: 3"], [2, '{"email": "x', "line 2: not JSON"], [3, "5", "line 4: not an object"],
    ]  # fmt: skip


def test_the_first_line_may_be_broken_and_a_byte_may_not_be_utf8():
    source = read(
        b"\n".join([b"{", *[json.dumps(ANN).encode()] * 3, b'{"email": "Zo\xeb"}', '{"email": "Zoë"}'.encode()])
    )
    assert source.findings["source_row"].tolist() == [1, 5]
    assert source.findings["value"].tolist() == ["{", '{"email": "Zo\\xeb"}']


def test_entries_that_are_no_objects():
    source = read('[{"a": 1}, "x", [2], null, {}]')
    assert listed(source.findings[["source_row", "code", "value", "argument"]]) == [
        [2, "line_unreadable", "x", "entry 2: not an object"],
        [3, "line_unreadable", '["2"]', "entry 3: not an object"],
        [None, "entries_set_apart", None, "[null] (1 entry)"], [4, "row_blank", None, "entry 4"],
    ]  # fmt: skip


def test_one_object_is_one_user():
    assert listed(read(json.dumps(ANN, indent=2)).users) == [["ann@example.org", "1"]]
    user = json.dumps({**ANN, "roles": [{"id": 1}]})
    assert list(read(user, by_line=True).users) == ["email", "n", "roles"]


def test_cp1252():
    source = read('[{"name": "Zoë"}]'.encode("cp1252"))
    assert (listed(source.users), source.encoding) == ([["Zoë"]], "cp1252")
    assert source.findings["code"].tolist() == ["encoding_fallback"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[{"a": 1},\n{"a": 2]', r"users.json cannot be read as JSON: line 2, column 8"),
        ('{"users": [\n{"a": 1}', "line 2"),
        ("hello", "line 1, column 1"),
        ("  \n", "is empty"),
        ("[]", "no users"), ("[1, 2]", "no users"), ('{"users": [], "total": 0}', "no users"), ("5", "no users"),
        ('{"users": [{"a": 1}], "roles": [{"b": 1}]}', r"could be the users: users \(1 entry\), roles \(1"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"a": "Zoë"},\n'.encode() + b'{"a": "Zo\xeb"}]', r"line 2 has a byte that is not UTF-8 \(0xeb\)"),
    ],
)  # fmt: skip
def test_bad_input(text, what):
    with pytest.raises(SourceError, match=what):
        read(text)


@given(st.lists(st.tuples(st.text("aé😀 ", min_size=1), st.integers()), min_size=1))
def test_array_and_lines_say_the_same(users):
    table = [[f"{name}@example.org", str(number)] for name, number in users]
    users = [{"email": f"{name}@example.org", "number": number} for name, number in users]
    for text in (json.dumps(users), "\n".join(map(json.dumps, users))):
        assert listed(read(text).users) == table


def test_of_several_lists_the_one_where_a_known_system_has_its_people_is_chosen():
    user = {"Username": "u1", "UserStatus": "CONFIRMED", "Enabled": True,
            "Attributes": [{"Name": "email", "Value": "ann@example.org"}]}  # fmt: skip
    data = {"Contacts": [{"email": "desk@example.org"}, {"email": "shop@example.org"}], "Users": [user]}
    source = read_json(json.dumps(data).encode(), "pool.json")
    assert source.users["Attributes.email"].tolist() == ["ann@example.org"]
    assert source.layout == "cognito"
    assert "Contacts (2 entries)" in source.findings["argument"].tolist()
    data["Others"] = data.pop("Users")
    with pytest.raises(SourceError, match="several lists"):
        read_json(json.dumps(data).encode(), "pool.json")

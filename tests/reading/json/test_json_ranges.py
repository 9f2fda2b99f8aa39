"""What ranges of NDJSON show adds up to what the whole file is; what they cannot show keeps it whole."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.reading.json.json_ranges import (
    LinesOutline,
    add_up_lines,
    look_at_lines,
    outline_of_lines,
    read_lines,
    secrets_of_lines,
)
from passage_kit.reading.json.json_reader import read_json

OUTLINE = LinesOutline("users.ndjson", 9_000, 0, "")
ANN = {"email": "ann@example.org"}
USERS = [ANN | {"n": number} for number in range(6)]


def ranges_of(people, cuts):
    lines = [person if isinstance(person, str) else json.dumps(person) for person in people]
    edges = [0, *cuts, len(lines)]
    return ["".join(f"{line}\n" for line in lines[edges[at] : edges[at + 1]]).encode() for at in range(len(cuts) + 1)]


def form_of(ranges):
    last = len(ranges) - 1
    return add_up_lines([look_at_lines(data, is_last=at == last) for at, data in enumerate(ranges)])


values = st.recursive(
    st.none() | st.integers() | st.sampled_from(["", "x", "{}", "Zoë"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=5,
)


@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b", "a.b", "c", "type"]), values, max_size=4), min_size=2),
    st.data(),
)
def test_columns_stand_in_the_order_of_their_first_appearance_in_the_whole_file(people, data):
    cuts = sorted(data.draw(st.sets(st.integers(1, len(people) - 1))))
    ranges = ranges_of([{"email": f"u{at}@example.org"} | person for at, person in enumerate(people)], cuts)
    form = form_of(ranges)
    if form is None or (secrets := secrets_of_lines(b"".join(ranges), OUTLINE, form.columns)) is None:
        return  # it is read whole
    expected = read_json(b"".join(ranges), "users.ndjson", by_line=True).users
    rows = []
    for data_of_range, above, lines in zip(ranges, form.rows_above, form.lines_above, strict=True):
        read = read_lines(
            data_of_range, OUTLINE, form.columns, rows_above=above, lines_above=lines, secrets=secrets
        ).read.users
        assert list(read) == list(expected)
        rows += read.astype(object).where(read.notna(), None).values.tolist()
    assert rows == expected.astype(object).where(expected.notna(), None).values.tolist()


def test_an_object_that_some_records_lack_is_no_column_wherever_it_stands():
    people = [ANN | {"name": None}, ANN | {"name": None}, ANN | {"name": {"first": "Ann"}}]
    assert form_of(ranges_of(people, [1, 2])).columns == [("email", 0), ("name.first", 0)]
    assert form_of(ranges_of([*people, ANN | {"name": "Bo"}], [1, 3])).columns[1:] == [("name", 0), ("name.first", 0)]


def test_lines_are_numbered_below_those_of_other_ranges():
    ranges = ranges_of([ANN, "", "", ANN, "5", "", ANN, '{"email": "cut o'], [3, 5])
    form = form_of(ranges)
    assert (form.rows, form.rows_above, form.lines_above, form.blank) == (5, [0, 1, 3], [0, 3, 5], [2, 3, 6])
    found = read_lines(ranges[2], OUTLINE, form.columns, rows_above=3, lines_above=5, secrets=()).read.findings
    assert found["argument"].tolist() == ["line 8: not JSON"]
    assert found["value"].tolist() == ['{"email": "cut o']


@pytest.mark.parametrize(
    "others",
    [
        [{"type": "order", "sum": 7}] * 4,
        [{"model": "app.user", "pk": 7}],
        [{"page": 2, "users": []}],
        [{"page": 2, "users": [ANN]}],
        [{"total": 99, "users": ["ann", "bob"]}],
        [ANN | {"members": [ANN]}],
        [ANN | {"redirect_uris": []}],
        [{"index": {"_id": "7"}}],
        [{"__parentId": "7"}],
        [{"type": "table", "name": "users", "data": [ANN]}],
        [{"realm": "acme", "clients": [], "users": []}],
        [{"login": "ann"}] * 40,
        ["null"],
        ['{"email": "x"},'],
        ['{"email":', '"x"}'],
        [{f"name {number}": "x" for number in range(2_001)}],
        ["[" * 100_000],
    ],
)
@pytest.mark.parametrize("cut", [3, 6, 7])
def test_what_is_no_user_among_users_keeps_a_file_whole(others, cut):
    assert form_of(ranges_of(USERS, [3])) is not None
    assert form_of(ranges_of([*USERS, *others, ANN], [cut])) is None


@pytest.mark.parametrize(
    "others",
    [
        [ANN | {"type": "admin"}, ANN | {"type": "user"}, ANN],
        [ANN | {"type": f"{number}"} for number in range(60)],
        [{"login": "ann"}] * 20,
        ["", "5", '{"email": "x', "[1]", *map(json.dumps, USERS)],
        [ANN | {"orders": [{"phone": "+1 415 555 0132"}]}],
    ],
)
def test_what_users_may_have_lets_a_file_be_cut(others):
    assert form_of(ranges_of([*USERS, *others, ANN], [3, 7])) is not None


def test_a_range_that_is_not_utf_8_keeps_a_file_whole():
    assert form_of([*ranges_of(USERS, []), '{"email": "zoë@example.org"}\n'.encode("latin-1")]) is None


@pytest.mark.parametrize(
    ("head", "name", "reading"),
    [
        (b'[{"id": 1}]\n', "users.json", {}),
        (b'{"users":\n[]}', "users.json", {}),
        (b'{"id": 1}', "users.json", {}),
        (b'{"id": 1}\n', "users.csv", {}),
        (b'{"id": 1}\n', "users.ndjson", {"table": "users"}),
        (b'{"id": 1}\n', "users.ndjson", {"encoding": "cp1252"}),
        (b'{"id": 1}\n', "users.ndjson", {"encoding": "none such"}),
        (b"\x1f\x8b\x08", "users.ndjson", {}),
        ('{"id": 1}\n'.encode("utf-16"), "users.ndjson", {}),
        (b"// app.users\n", "users.json", {}),
    ],
    ids=str,
)
def test_a_file_of_another_kind_is_read_whole(head, name, reading):
    assert outline_of_lines(head, 9_000, name, reading) is None


def test_lines_begin_below_a_byte_order_mark():
    found = outline_of_lines(b'\xef\xbb\xbf\n {"id": 1}\r\n', 9_000, "users.json", {"encoding": "utf-8"})
    assert (found.begin, found.beginning) == (3, '\n {"id": 1}\r\n')

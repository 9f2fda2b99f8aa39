"""Tables in JSON: turned into one object a row, or known not to be one."""

import pytest

from passage_kit.reading.json.tables import table_rows


@pytest.mark.parametrize(
    "value",
    [
        {"emails": ["a@example.org"], "phones": ["+14155550132"]},
        {"email": ["a@example.org", "b@example.org"], "name": ["A"]},
        {"email": "a@example.org", "tags": ["x"]},
        {"u1": {"email": "a"}, "u2": {"email": "b"}},
        {"columns": ["id"], "data": [{"id": 1}]},
        [["a", "b"], ["c", "d"]],
        [{"email": "a"}],
        {}, [], [[]],
    ],
)  # fmt: skip
def test_no_table(value):
    assert table_rows(value) is None


def test_a_row_of_another_length_stays():
    assert table_rows([["id", "email"], [1, "a"], [2, "b", 3]]) == [{"id": 1, "email": "a"}, [2, "b", 3]]
    assert table_rows([["id", "email"], [1], [2], []]) == [[1], [2], []]


def test_blank_cells_at_the_end_of_a_row_may_be_left_out():
    assert table_rows([["email", "id", "city"], ["a", 1, "Ulm"], ["b"], []]) == [
        {"email": "a", "id": 1, "city": "Ulm"},
        {"email": "b", "id": None, "city": None},
        [],
    ]


NAMES = [{"name": "id", "type": "INT"}, {"name": "email", "type": "STRING"}]


@pytest.mark.parametrize(
    "answer",
    [
        {"schema": {"fields": NAMES}, "rows": [{"f": [{"v": "1"}, {"v": "a"}]}], "totalRows": "1"},  # BigQuery
        {"manifest": {"schema": {"columns": NAMES}}, "result": {"data_array": [["1", "a"]]}},  # Databricks
        {"meta": NAMES, "data": [["1", "a"]], "rows": 1},  # ClickHouse
    ],
)
def test_the_answer_of_a_warehouse_is_a_table(answer):
    assert table_rows(answer) == [{"id": "1", "email": "a"}]


NESTED = [[{"total": 1}], None, [{"total": 2}, {"total": 3}]]


@pytest.mark.parametrize(
    "value",
    [
        {"email": ["a@x", "b@x", "c@x"], "city": ["Ulm", None, "Bonn"], "address": [{"zip": 1}, None, {"zip": 2}]},
        {"email": ["a@x", "b@x", "c@x"], "orders": NESTED},
        {"email": {"0": "a@x", "1": "b@x", "2": "c@x"}},
        {"email": {"0": "a@x", "1": "b@x", "2": "c@x"}, "address": {"0": {"zip": 1}, "1": None, "2": {"zip": 2}}},
        {"email": {"7": "a@x", "9": "b@x", "11": "c@x"}, "orders": dict(zip(("7", "9", "11"), NESTED, strict=True))},
    ],
)
def test_a_table_by_columns_may_have_nested_cells(value):
    rows = table_rows(value)
    assert [row["email"] for row in rows] == ["a@x", "b@x", "c@x"]
    assert all(list(row) == list(value) for row in rows)


@pytest.mark.parametrize(
    "value",
    [
        {"emails": [{"value": "a@x"}, {"value": "b@x"}], "phones": [{"value": "1"}, {"value": "2"}]},
        {"email": ["a@x", "b@x"], "orders": [{"total": 1}, {"total": 2}]},
        {"billing": {"email": "a@x"}, "shipping": {"email": "a@x"}},
    ],
)
def test_several_things_of_one_person_are_no_table(value):
    assert table_rows(value) is None

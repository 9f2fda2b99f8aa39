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
    assert table_rows([["id", "email"], [1, "a"], [2]]) == [{"id": 1, "email": "a"}, [2]]

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.api import bodies
from passage_kit.api.bodies import read_json, too_deep, write_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES))
def test_what_is_written_is_read_as_it_was(body):
    assert read_json(write_json(body)) == body


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading(data):
    assert read_json(data) is None or isinstance(read_json(data), dict)


def test_half_a_character_is_written_as_it_came():
    assert write_json({"x": "\ud800"}) == b'{"x":"\\ud800"}'


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_not_written(value):
    with pytest.raises(ValueError, match="JSON"):
        write_json({"x": value})


def test_a_repeated_key_is_refused_at_any_depth():
    assert read_json(b'{"users": [{"id": "a", "id": "b"}]}') is None
    assert read_json(b'{"users": [{"id": "a"}, {"id": "a"}]}') is not None


def test_more_values_than_a_page_has_are_refused(monkeypatch):
    monkeypatch.setattr(bodies, "PIECES", 10)
    assert read_json(json.dumps({"x": [1] * 8}).encode()) is not None
    assert read_json(json.dumps({"x": [1] * 20}).encode()) is None


def test_the_depth_of_metadata_is_bounded():
    value = {}
    for _ in range(bodies.DEEPEST - 1):
        value = {"a": [value]} if _ % 2 else {"a": value}
    assert too_deep(value)
    assert not too_deep({"a": [{"b": [1, 2]}], "c": "x"})

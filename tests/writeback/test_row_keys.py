"""The same key in one form, whatever type the column has."""

import datetime as dt
import uuid
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.plain_text import text_of
from passage_kit.writeback.row_keys import comparable, identity_texts, key_texts

UUID = uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("integer", 7, ["7", "007", "7.0", " +7 ", "0007."]),
        ("integer", 0, ["0", "000", "0.0"]),
        ("integer", -7, ["-7", "-007", "-7.0"]),
        ("integer", 2**70, [str(2**70)]),
        ("integer", 2**63, [str(2**63)]),
        ("integer", 2**63 - 1, [str(2**63 - 1)]),
        ("integer", -(2**63) - 1, [str(-(2**63) - 1)]),
        ("integer", Decimal("12"), ["12", "012"]),
        ("uuid", UUID, [str(UUID), str(UUID).upper(), f"{{{UUID}}}", UUID.hex, UUID.urn]),
        ("uuid", str(UUID), [str(UUID), UUID.hex]),
        ("char", "ab   ", ["ab", "ab  "]),
        ("binary", UUID.bytes, [str(UUID), UUID.hex, UUID.hex.upper()]),
        ("binary", b"abcdefghijklmnop", ["abcdefghijklmnop", b"abcdefghijklmnop".hex()]),
        ("text", "00123", ["00123"]),
        ("text", dt.date(2024, 1, 31), ["2024-01-31"]),
    ],
)
def test_a_source_key_meets_the_row(kind, value, written):
    [key] = key_texts([[value]], kind).to_pylist()
    assert comparable(pa.array(written), kind).to_pylist() == [key] * len(written)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [("integer", "7", "70"), ("integer", "7", "-7"), ("integer", "7", "7.5"), ("text", "007", "7"), ("text", "a", "A")],
)
def test_different_keys_stay_different(kind, one, other):
    first, second = comparable(pa.array([one, other]), kind).to_pylist()
    assert first != second


@given(st.lists(st.one_of(st.none(), st.text(max_size=5), st.integers(), st.booleans()), max_size=8))
def test_a_text_key_is_what_reading_the_table_gives(values):
    assert key_texts([values], "text").to_pylist() == [text_of(value) for value in values]


def test_keys_of_several_columns_are_joined_as_a_mapping_does():
    assert key_texts([["acme", None, None], [1, 2, None]], "text", "/").to_pylist() == ["acme/1", "2", None]


def test_rows_are_told_apart_even_if_their_joined_keys_are_alike():
    keys = [["a b", "a", "a", None, "a", "b"], ["c", "b c", "b", "a", None, "b"]]
    assert len(set(identity_texts(keys).to_pylist())) == 6
    assert identity_texts([[7, None]]).to_pylist() == ["7", ""]


def test_no_rows():
    assert key_texts([[]], "integer").to_pylist() == identity_texts([[], []]).to_pylist() == []

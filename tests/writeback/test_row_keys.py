"""The same key in one form, whatever type the column has."""

import datetime as dt
import uuid
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.plain_text import text_of
from passage_kit.writeback.row_keys import comparable, former_identity_texts, identity_texts, key_texts

EAST = dt.timezone(dt.timedelta(hours=1))
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
        ("integer", Decimal("1.50"), ["1.5", "1.50", "01.500"]),
        ("integer", Decimal("-0.05"), ["-0.05", "-00.050"]),
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
    assert key_texts([["\x00", None], ["a", None], ["b", "c"]], "text", "/").to_pylist() == ["\x00/a/b", "c"]


def test_rows_are_told_apart_even_if_their_joined_keys_are_alike():
    keys = [["a b", "a", "a", None, "a", "b"], ["c", "b c", "b", "a", None, "b"]]
    assert len(set(identity_texts(keys).to_pylist())) == 6
    assert identity_texts([[7, None]]).to_pylist() == ["[7]", "[null]"]
    assert former_identity_texts([[7, None]]).to_pylist() == ["7", ""]


ANY = st.one_of(
    st.none(), st.text(max_size=4), st.integers(), st.booleans(), st.binary(max_size=3), st.decimals(allow_nan=False),
    st.dates(), st.times(), st.datetimes(), st.uuids(), st.floats(allow_nan=False), st.timedeltas(),
    st.lists(st.text(max_size=2), max_size=2),
)  # fmt: skip


def same(one, other):
    """Whether two values are the same one to a database: of one type and equal."""
    return type(one) is type(other) and one == other


@given(st.lists(st.tuples(ANY, ANY), min_size=2, max_size=2))
def test_no_two_keys_are_one_text(keys):
    one, other = identity_texts(list(zip(*keys, strict=True))).to_pylist()
    assert (one == other) == all(map(same, *keys))


@given(st.lists(st.one_of(st.text(max_size=5), st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=5))
def test_a_key_is_the_same_text_whatever_stands_beside_it(values):
    alone = [identity_texts([[value]]).to_pylist()[0] for value in values]
    assert identity_texts([values]).to_pylist() == alone
    assert identity_texts([[*values, None, b"x"]]).to_pylist()[:-2] == alone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("1.0"), Decimal(1)),
        (dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, 13, tzinfo=EAST)),
        (0.0, -0.0),
        (b"\xfe", bytearray(b"\xfe")),
    ],
)  # fmt: skip
def test_a_value_in_another_form_is_the_same_key(one, other):
    assert identity_texts([[one]]) == identity_texts([[other]])


def test_no_rows():
    assert key_texts([[]], "integer").to_pylist() == identity_texts([[], []]).to_pylist() == []

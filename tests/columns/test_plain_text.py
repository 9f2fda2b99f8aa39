"""Typed values as text: nothing lost on the way."""

import datetime as dt
import time
import uuid
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.plain_text import flatten, text_column, text_columns, text_of

BERLIN = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (14155552671.0, "14155552671"), (14155552671, "14155552671"), (42.5, "42.5"), (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"), (-0.0, "-0"), (float("nan"), None), (float("inf"), "inf"), (100.0, "100"), (0.0, "0"),
        (True, "true"), (False, "false"), (None, None), ("", None), (" ", " "), ("NaN", "NaN"),
        (pd.NA, None), (pd.NaT, None), (np.float64("nan"), None), (np.int64(7), "7"), (np.bool_(True), "true"),
        (Decimal("1.50"), "1.50"), (Decimal("1E+3"), "1000"), (Decimal("NaN"), None),
        (dt.date(2024, 1, 31), "2024-01-31"), (dt.datetime(2024, 1, 31), "2024-01-31"),
        (dt.datetime(2024, 1, 31, 0, 0, 1), "2024-01-31T00:00:01"), (dt.time(9, 5), "09:05:00"),
        (dt.datetime(2024, 1, 31, tzinfo=BERLIN), "2024-01-31T00:00:00+01:00"),
        (pd.Timestamp("2024-01-31 00:00:00.000000001"), "2024-01-31T00:00:00.000000001"),
        (b"abc", "abc"), (b"\xff\x00", "ff00"), (b"", None), (memoryview(b"a"), "a"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)  # fmt: skip
def test_text_of(value, text):
    assert text_of(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_same_number_and_has_no_exponent(value):
    text = text_of(value)
    assert float(text) == value
    assert "e" not in text


def test_flatten_loses_nothing():
    found = flatten(
        [{"a": {"b": 1, "c": {"d": None}}, "a.b": 2, "e": [1, None, "x"], "f": [{"g": 1}, 5], "h": {}, "i": []}]
    )
    assert found == [
        ("a.b", ["1"]), ("a.c.d", [None]), ("a.b", ["2"]), ("e", ["1; x"]), ("f", ['[{"g": 1}, 5]']),
        ("h", [None]), ("i", [None]),
    ]  # fmt: skip
    assert flatten([{"a": [{"b": "ü"}]}]) == [("a", ['[{"b": "ü"}]'])]


_PLAIN = st.sampled_from([None, "", "x", "ü", True, 7])
_NESTED = st.recursive(
    _PLAIN,
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(_PLAIN, max_size=2),
    max_leaves=6,
)


def written(record, prefix=""):
    """The names and texts of a record's filled values, one by one."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from written(value, f"{prefix}{key}.")
        else:
            text = "; ".join(filter(None, map(text_of, value))) if isinstance(value, list) else text_of(value)
            if text:
                yield f"{prefix}{key}", text


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c", "a.b"]), _NESTED, max_size=4), max_size=8))
def test_each_value_stands_in_the_row_of_its_record_whatever_stands_beside(records):
    columns = flatten(records)
    for position, record in enumerate(records):
        found = [(name, texts[position]) for name, texts in columns if texts[position] is not None]
        assert sorted(found) == sorted(written(record))
    names = [name for record in records for name, _ in written(record)]
    filled = [name for name, texts in columns if any(texts)]
    assert set(filled) == set(names)


def test_many_records_with_the_same_keys_and_some_others():
    records = [{"id": str(at), "ok": at % 2 == 0, "note": ""} for at in range(1_500)]
    records[700] = {"id": "700", "name": {"first": "Ann"}}
    columns = dict(flatten(records))
    assert list(columns) == ["id", "ok", "note", "name.first"]
    assert columns["id"] == [str(at) for at in range(1_500)]
    assert columns["ok"][698:702] == ["true", "false", None, "false"]
    assert set(columns["note"]) == {None}
    assert [at for at, text in enumerate(columns["name.first"]) if text] == [700]


def test_arrow_columns():
    day = dt.datetime(2024, 1, 31, 12, 30)
    table = pa.table(
        {
            "int": pa.array([1, None], pa.int64()),
            "float": pa.array([14155552671.0, 1e20]),
            "small": pa.array([0.1, None], pa.float32()),
            "text": pa.array(["00123", ""]),
            "large": pa.array(["x", None], pa.large_string()),
            "view": pa.array(["x", None], pa.string_view()),
            "yes": pa.array([True, False]),
            "money": pa.array([Decimal("1.50"), None]),
            "day": pa.array([day.date(), None]),
            "moment": pa.array([day, dt.datetime(2024, 1, 31)]),
            "zone": pa.array([day, None], pa.timestamp("ns", "UTC")),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "nothing": pa.nulls(2),
            "bytes": pa.array([b"abc", b"\xff"]),
            "person": pa.array([{"name": "Ann", "tags": ["a", "b"]}, None]),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "mails": pa.array([[{"address": "a@example.org"}], None]),
            "none": pa.array([None, None], pa.list_(pa.string())),
            "uuid": pa.array([uuid.UUID(int=1).bytes, None], pa.uuid()),
        }
    )
    found = {name: column.to_pylist() for name, column in text_columns(table)}
    assert found == {
        "int": ["1", None], "float": ["14155552671", "100000000000000000000"], "small": ["0.1", None],
        "text": ["00123", None], "large": ["x", None], "view": ["x", None], "yes": ["true", "false"],
        "money": ["1.50", None], "day": ["2024-01-31", None], "moment": ["2024-01-31T12:30:00", "2024-01-31"],
        "zone": ["2024-01-31T12:30:00+00:00", None], "kind": ["a", "b"],
        "nothing": [None, None], "bytes": ["616263", "ff"], "person.name": ["Ann", None], "person.tags": ["a; b", None],
        "map.k": ["1", None], "mails.primary email": ["a@example.org", None], "none": [None, None],
        "uuid": ["00000000-0000-0000-0000-000000000001", None],
    }  # fmt: skip
    assert {column.type for _, column in text_columns(table)} == {pa.string()}


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pd.Series(["NA", None, ""]), ["NA", None, None]),
        (pd.Series([1.0, np.nan]), ["1", None]),
        (pd.Series([1, None], dtype="Int64"), ["1", None]),
        (pd.Series([True, None], dtype="boolean"), ["true", None]),
        (pd.Series(["a", None], dtype="category"), ["a", None]),
        (
            pd.Series(pd.to_datetime(["2024-01-31", "2024-01-31 08:00"], format="ISO8601")),
            ["2024-01-31", "2024-01-31T08:00:00"],
        ),
        (pd.Series([1, "x", None, 2.5, dt.date(2024, 1, 31)], dtype=object), ["1", "x", None, "2.5", "2024-01-31"]),
        (pd.Series(pd.PeriodIndex(["2024-01"], freq="M")), ["2024-01"]),
        (pd.Series([np.array(["a", "b"]), None], dtype=object), ["a; b", None]),
        (pd.Series([None, None], dtype=object), [None, None]),
    ],
)
def test_columns_of_any_frame(column, texts):
    [(name, found)] = text_column(column.rename("x"))
    assert (name, found.to_pylist()) == ("x", texts)


def spellings(words):
    """An object that spells one name in every way: with dots in a key, and by objects within each other."""
    within = {".".join(words[:at]): spellings(words[at:]) for at in range(1, len(words))}
    return within | {".".join(words): "x"}


def test_a_name_that_comes_up_thousands_of_times_does_not_take_long():
    before = time.process_time()
    columns = flatten([spellings("abcdefghijklmn")] * 3)
    assert time.process_time() - before < 5  # of milliseconds; once it took half a minute
    assert [name for name, _ in columns] == ["a.b.c.d.e.f.g.h.i.j.k.l.m.n"] * 2**13
    assert all(values == ["x"] * 3 for _, values in columns)

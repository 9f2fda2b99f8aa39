import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import (
    TEXT,
    arrow,
    holds,
    is_blank,
    mask_of,
    per_distinct,
    series,
    source_rows,
    users_frame,
)


def test_a_users_frame_is_text_indexed_by_source_row_with_null_for_blank():
    frame = users_frame({"email": ["a@example.org", "", None]})
    assert frame["email"].dtype == TEXT
    assert frame.index.name == "source_row"
    assert frame.index.tolist() == [1, 2, 3]
    assert frame["email"].isna().tolist() == [False, True, True]


def test_per_distinct_judges_each_value_once_and_never_null():
    seen = []

    def judge(values):
        seen.extend(values)
        return pa.table({"length": [len(value) for value in values]})

    column = users_frame({"name": ["Ann", None, "Bo", "Ann"]})["name"]
    assert per_distinct(column, judge)["length"].to_pylist() == [3, None, 2, 3]
    assert sorted(seen) == ["Ann", "Bo"]


def test_per_distinct_takes_a_column_without_rows():
    column = users_frame({"name": []})["name"]
    assert per_distinct(column, lambda values: pa.table({"value": pa.array(values, pa.string())})).num_rows == 0


def test_per_distinct_takes_a_column_in_pieces():
    pieces = pd.concat([users_frame({"n": ["a", "b"]}), users_frame({"n": ["b", "c"]}, first_row=3)])["n"]
    assert per_distinct(pieces, lambda values: pa.table({"v": values}))["v"].to_pylist() == ["a", "b", "b", "c"]


@pytest.mark.parametrize("column", [pd.Series(["a", None]), pd.Series(["a", None], dtype=object)])
def test_arrow_takes_other_text_columns(column):
    assert arrow(column).to_pylist() == ["a", None]


def test_series_keeps_the_index_of_its_model():
    like = pd.Series([1, 2], index=source_rows(2, first_row=7), name="n")
    made = series(pa.array(["x", None]), like)
    assert (made.name, made.index.tolist(), made.dtype) == ("n", [7, 8], TEXT)


def test_white_space_alone_is_blank():
    column = users_frame({"v": ["a", " ", "\u00a0\t", None, "0"]})["v"]
    assert is_blank(column).tolist() == [False, True, True, True, False]


def test_null_is_false_in_a_mask():
    assert mask_of(pa.chunked_array([[True, None, False]])).tolist() == [True, False, False]


def test_series_like_a_frame_has_no_name_whatever_its_columns_are_called():
    assert series(pa.array(["x"]), users_frame({"name": ["Ann"]})).name is None


@given(st.lists(st.lists(st.none() | st.text("ab\u00e9", max_size=4), max_size=9), max_size=3), st.integers(0, 3),
       st.sampled_from(["a", "aa", "ab", "\u00e9", "b\u00e9b"]))  # fmt: skip
def test_a_part_is_held_by_the_texts_that_have_it(chunks, skipped, part):
    values = pa.chunked_array([chunk * 100 for chunk in chunks], pa.string()).slice(skipped)  # short, and long
    for form in (values, *values.chunks):
        assert holds(form, part).tolist() == [part in (text or "") for text in form.to_pylist()]


WHITE = st.text(" \t\n\x1c\u00a0\u2003\u3000a1éÖ", max_size=4)


@given(st.lists(st.lists(st.none() | WHITE, max_size=9), max_size=3), st.integers(0, 3))
def test_blank_is_what_is_null_or_white_space_alone(chunks, skipped):
    values = pa.chunked_array(chunks, pa.string()).slice(skipped)
    column = pd.Series(pd.arrays.ArrowExtensionArray(values))
    assert is_blank(column).tolist() == [not (text and text.strip()) for text in values.to_pylist()]


@given(st.lists(st.lists(st.none() | st.booleans(), max_size=20), max_size=3), st.integers(0, 25), st.integers(0, 30))
def test_a_mask_is_true_where_the_values_are(chunks, first, count):
    values = pa.chunked_array(chunks, pa.bool_()).slice(first, count)
    for form in (values, *values.chunks):
        mask = mask_of(form)
        assert mask.tolist() == [value is True for value in form.to_pylist()]
        mask[:] = True  # it is nobody else's
        assert mask.dtype == bool


TEXTS = ["object", "str", "string[pyarrow]", pd.ArrowDtype(pa.string()), pd.ArrowDtype(pa.large_string())]


@pytest.mark.parametrize("dtype", TEXTS, ids=str)
def test_texts_of_every_type_are_worked_on_alike(dtype):
    texts = ["ann@example.org", None, "b\u202eob@example.org"]
    column = arrow(pd.Series(texts).astype(dtype))
    assert column.type == pa.string()
    assert column.to_pylist() == texts

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.errors import MappingError, OptionError

# Columns that a frame of a person may have: how they are as text, and the arrow type that they keep otherwise.
COLUMNS = {
    "string_view": (pd.array(["a", None], dtype=pd.ArrowDtype(pa.string_view())), ["a", None], "string"),
    "large_string": (pd.array(["a", ""], dtype=pd.ArrowDtype(pa.large_string())), ["a", ""], "string"),
    "str": (pd.array(["a", None], dtype="str"), ["a", None], "string"),
    "category": (pd.Categorical(["a", None]), ["a", None], "string"),
    "numbered category": (pd.Categorical([7, None]), ["7", None], "string"),
    "dictionary": (
        pd.array(["a", None], dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
        ["a", None],
        "string",
    ),
    "object": (np.array(["a", None], object), ["a", None], "string"),
    "object with NA": (np.array([pd.NA, "a"], object), [None, "a"], "string"),
    "object with NaN": (np.array([np.nan, "a"], object), [None, "a"], "string"),
    "object with NaT": (np.array([pd.NaT, "a"], object), [None, "a"], "string"),
    "mixed": (np.array(["00123", 42.0], object), ["00123", "42"], "string"),
    "mixed booleans": (np.array([True, "no"], object), ["true", "no"], "string"),
    "only None": (np.array([None, None], object), [None, None], "string"),
    "null": (pd.array([None, None], dtype=pd.ArrowDtype(pa.null())), [None, None], "string"),
    "int": (np.array([1, 2]), ["1", "2"], "int64"),
    "Int64": (pd.array([1, None], dtype="Int64"), ["1", None], "int64"),
    "float": (np.array([14155552671.0, np.nan]), ["14155552671", None], "double"),
    "bool": (np.array([True, False]), ["true", "false"], "bool"),
    "object of booleans": (np.array([True, None], object), ["true", None], "bool"),
    "date": (np.array([dt.date(1980, 2, 29), None], object), ["1980-02-29", None], "date32[day]"),
    "datetime": (pd.to_datetime(["1980-02-29", None]), ["1980-02-29", None], "timestamp[us]"),
    "decimal": (np.array([Decimal("1.50"), None], object), ["1.50", None], "string"),
    "whole numbers that are too large": (np.array([2**70, 1], object), [str(2**70), "1"], "string"),
    "complex": (np.array([1 + 2j, 3]), ["(1+2j)", "(3+0j)"], "string"),
    "list": (pd.Series([["a", "b"], None]), ["a; b", None], "string"),
    "mapping": (pd.Series([{"a": 1}, None]), ['{"a": 1}', None], "string"),
    "bytes": (np.array([b"ab", None], object), ["ab", None], "string"),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_of_any_type_becomes_text(kind):
    values, texts, _ = COLUMNS[kind]
    taken = given_frame(pd.DataFrame({"it": values}))
    assert taken["it"].dtype == TEXT
    assert [None if pd.isna(text) else text for text in taken["it"]] == texts


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_keeps_its_type_where_text_is_not_wanted(kind):
    values, _, wanted = COLUMNS[kind]
    taken = given_frame(pd.DataFrame({"it": values}), text=["other"])
    assert str(taken["it"].dtype.pyarrow_dtype) == wanted
    assert taken["it"].isna().tolist() == pd.Series(values).isna().tolist()
    assert given_frame(taken, text=["other"]) is taken


def test_the_given_frame_is_never_changed():
    frame = pd.DataFrame({0: [1, 2], "b": pd.Categorical(["x", None])}, index=[5, 3])
    before = frame.copy(deep=True)
    taken = given_frame(frame)
    taken.iloc[0, 0] = "other"
    pd.testing.assert_frame_equal(frame, before)
    assert taken.columns.tolist() == ["0", "b"]
    assert taken.index.tolist() == [5, 3]
    assert taken.index.name == "source_row"


def test_a_frame_of_the_kit_is_taken_without_a_copy():
    users = users_frame({"email": ["a@example.org"]})
    assert given_frame(users) is users


@pytest.mark.parametrize(
    "frame", [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame({"a": [1]}).iloc[:0], users_frame({"a": []})]
)
def test_an_empty_frame_stays_empty(frame):
    taken = given_frame(frame)
    assert taken.shape == frame.shape
    assert taken.index.dtype == "int64"
    assert taken.index.name == "source_row"


@pytest.mark.parametrize(
    ("index", "told"),
    [
        ([1, 1], "not unique"),
        (["a", "b"], "does not number its rows"),
        ([1.0, 2.0], "does not number its rows"),
        ([True, False], "does not number its rows"),
        (pd.MultiIndex.from_tuples([(1, 1), (1, 2)]), "does not number its rows"),
        (pd.to_datetime(["2024-01-01", "2024-01-02"]), "does not number its rows"),
        (pd.Index([1, None], dtype="Int64"), "does not number its rows"),
    ],
)
def test_an_index_that_does_not_number_the_rows_is_refused(index, told):
    frame = pd.DataFrame({"email": ["a@example.org", "b@example.org"]}, index=index)
    with pytest.raises(MappingError, match=told):
        given_frame(frame, error=MappingError)
    assert given_frame(frame, numbered=False).index.equals(frame.index)


@pytest.mark.parametrize("dtype", ["Int64", pd.ArrowDtype(pa.int64()), "uint8", "int32"])
def test_whole_numbers_of_any_type_number_the_rows(dtype):
    taken = given_frame(pd.DataFrame({"a": ["x", "y"]}, index=pd.Index([2, 1], dtype=dtype)))
    assert taken.index.dtype == "int64"
    assert taken.index.tolist() == [2, 1]


def test_two_columns_of_one_name_are_refused():
    frame = pd.DataFrame([["a", "b", "c"]], columns=["1", "x", 1])
    with pytest.raises(OptionError, match="columns 1 and 3"):
        given_frame(frame)


def test_text_that_is_not_unicode_is_refused():
    with pytest.raises(OptionError, match="'name' has a text that is not Unicode"):
        given_frame(pd.DataFrame({"name": pd.Series(["\ud800", None], dtype=object)}))


@pytest.mark.parametrize("it", [None, [1], {"email": ["a@example.org"]}, pd.Series(["a"])])
def test_what_is_no_frame_is_refused(it):
    with pytest.raises(OptionError, match="Expected a pandas frame"):
        given_frame(it)

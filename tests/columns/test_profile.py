import pandas as pd
import pyarrow as pa
import pytest

from passage_kit.columns.profile import profile_columns, shape_of
from passage_kit.columns.users_frame import INTEGER, users_frame


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (["a@example.org", "B@Example.ORG"], "email"),
        (["yes", "No", "Y"], "boolean"),
        (["1", "0", "0"], "boolean"),
        (["2024-01-31", "31.12.2023", "2024-02-01T10:00:00Z"], "date"),
        (["12", "-3", "42.0"], "integer"),
        (["+14155552671", "(030) 901820", "415-555-2671 x12"], "phone"),
        (["Ann", "Bo"], "string"),
        ([], "string"),
    ],
)
def test_a_column_looks_like_the_shape_that_most_values_have(values, shape):
    assert shape_of(pa.array(values, pa.string()))[0] == shape


def test_a_few_odd_values_do_not_change_the_look():
    values = [f"u{n}@example.org" for n in range(9)] + ["n/a"]
    assert shape_of(pa.array(values)) == ("email", 0.9)


def test_a_profile_counts_what_is_there():
    frame = users_frame({"v": ["a", "b", "a", None]})
    row = profile_columns(frame).loc["v"]
    assert (row["filled"], row["share"], row["distinct"], row["samples"]) == (3, 0.75, 2, ("a", "b"))


def test_typed_and_empty_frames_are_taken():
    typed = pd.DataFrame({"points": pd.array([1, None], dtype=INTEGER)})
    assert profile_columns(typed).loc["points", "filled"] == 1
    assert profile_columns(users_frame({"v": []})).loc["v", "share"] == 0.0


def test_two_columns_of_one_name_have_a_row_each():
    frame = pd.concat([users_frame({"v": ["a"]}), users_frame({"v": ["b"]})], axis=1)
    assert profile_columns(frame)["samples"].tolist() == [("a",), ("b",)]

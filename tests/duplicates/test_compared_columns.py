"""Columns that are compared: only the rows asked for, and the rows that may agree with others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.compared_columns import ComparedColumns

CELLS = st.none() | st.sampled_from(["a", "A", "é", "e", "b" * 70, "b" * 69 + "c"])
COLUMNS = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12)


@given(COLUMNS)
def test_all_rows_that_agree_are_found(cells):
    first, second = map(list, zip(*cells, strict=True))
    compared = ComparedColumns.of(users_frame({"first": first, "second": second}))
    agree = {at for at, row in enumerate(cells) if cells.count(row) > 1}
    assert agree <= set(compared.repeated().tolist())


@given(COLUMNS, st.booleans())
def test_values_are_counted_as_pandas_counts_them(cells, spelled):
    texts = [cell for cell, _ in cells]
    compared = ComparedColumns(
        {"first": pa.chunked_array([texts], pa.string())}, frozenset({"first"} if spelled else ())
    )
    rows = np.arange(0, len(texts), 2)
    values = pd.Series(compared.values("first", np.arange(len(texts))).to_pylist(), dtype=object)
    expected = [0 if value is None else int((values == value).sum()) for value in values[rows]]
    assert compared.count_like("first", rows).tolist() == expected


def test_columns_of_other_types_are_compared_as_they_are():
    frame = pd.DataFrame({"vip": pd.array([True, None, True], dtype=pd.ArrowDtype(pa.bool_()))})
    compared = ComparedColumns.of(frame)
    assert compared.numbers("vip", np.arange(3)).tolist() == [0, -1, 0]
    assert compared.repeated().tolist() == [0, 2]


def test_what_is_spelled_alike_is_not_looked_at_for_repetitions():
    columns = {"city": pa.chunked_array([["Köln", "KOLN", "Bonn"]]), "plan": pa.chunked_array([["a", "a", "b"]])}
    assert ComparedColumns(columns, frozenset({"city"})).repeated().tolist() == [0, 1]
    assert len(ComparedColumns({})) == 0

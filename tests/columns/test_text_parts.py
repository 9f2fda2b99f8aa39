"""Columns in parts, and rows taken from columns that do not fit into one array."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns import spool, text_parts
from passage_kit.columns.text_parts import parts_of_text, take_rows

CHUNKS = st.lists(st.lists(st.none() | st.text("aé", max_size=5), max_size=6), max_size=5)


@given(CHUNKS, st.sampled_from([1, 60, 1 << 29]), st.data())
def test_rows_are_taken_as_from_one_array(chunks, largest, data):
    column = pa.chunked_array(chunks, pa.string())
    texts = column.to_pylist()
    rows = data.draw(st.lists(st.none() | st.integers(0, len(texts) - 1)) if texts else st.just([]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_parts, "LARGEST_PART", largest)
        patch.setattr(text_parts, "_ARRAY", largest * 4)
        taken = take_rows(column, pa.array(rows, pa.int64()))
    assert taken.to_pylist() == [None if row is None else texts[row] for row in rows]
    assert taken.type == pa.string()


@given(CHUNKS, st.sampled_from([1, 60, 1 << 29]), st.sampled_from([1, 3, 1 << 20]))
def test_parts_are_the_column_one_after_the_other(chunks, largest, rows):
    column = pa.chunked_array(chunks, pa.string())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_parts, "LARGEST_PART", largest)
        patch.setattr(spool, "PARTITION", rows)
        parts = list(parts_of_text(column))
    assert [text for part in parts for text in part.to_pylist()] == column.to_pylist()
    assert parts
    assert all(len(part) <= rows for part in parts)
    assert all(part.nbytes <= largest or len(part) == 1 for part in parts if len(part))

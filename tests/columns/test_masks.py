"""Masks: null is False, whatever the chunks and where they begin."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.masks import mask_of


@given(chunks=st.lists(st.lists(st.sampled_from([True, False, None]), max_size=20), max_size=4), cut=st.integers(0, 20))
def test_null_is_false_in_any_chunks(chunks, cut):
    values = pa.chunked_array(chunks, pa.bool_())
    assert mask_of(values.slice(cut)).tolist() == [bool(value) for chunk in chunks for value in chunk][cut:]

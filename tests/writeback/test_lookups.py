"""Places of texts by fingerprints: what arrow finds with the texts in memory."""

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.writeback import lookups
from passage_kit.writeback.lookups import Lookup

TEXTS = st.lists(st.sampled_from(["", "a", "b", "c", "a" * 80, "a" * 80 + "b", "é", None]), max_size=12)


@given(TEXTS, TEXTS)
def test_a_text_is_found_where_arrow_finds_it(column, values):
    column, values = (pa.chunked_array([texts], pa.string()) for texts in (column, values))
    expected = pc.index_in(values, value_set=column.combine_chunks(), skip_nulls=True)
    assert Lookup(column).places(values).to_pylist() == expected.to_pylist()


def test_texts_of_one_fingerprint_are_told_apart(monkeypatch):
    """Chance, or a purpose, may give two texts one number."""
    monkeypatch.setattr(
        lookups, "whole_prints", lambda texts: pc.binary_length(texts).fill_null(0).to_numpy().astype("u8")
    )
    column = pa.chunked_array([["ann", "bob", None], ["ann", "eve"]])
    places = Lookup(column).places(pa.chunked_array([["eve", "bob", "joe", None, "ann", "jo"]]))
    assert places.to_pylist() == [4, 1, None, None, 0, None]


def test_the_lowest_rank_counts_among_equal_texts():
    column = pa.chunked_array([["a", "b", "a", "a"]])
    lookup = Lookup(column, pa.array([2, 0, 1, 1]).to_numpy())
    assert lookup.places(pa.chunked_array([["a", "b"]])).to_pylist() == [2, 1]

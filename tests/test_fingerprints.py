"""Fingerprints: equal for equal texts, wherever they stand."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.fingerprints import fingerprints


@given(st.lists(st.text(max_size=80)), st.integers(0, 5))
def test_equal_texts_have_equal_fingerprints(texts, start):
    prints = fingerprints(pa.array(texts, pa.string()))
    other_way = fingerprints(pa.chunked_array([["x"] * start + texts[::-1], []], pa.string()).slice(start))[::-1]
    assert prints.tolist() == other_way.tolist()


def test_other_texts_have_others():
    texts = [
        f"{before}user{number:06}@{behind}"
        for number in range(30_000)
        for before, behind in [("", "x.org"), ("a.", "mail.x.org")]
    ]
    texts += ["", "a", "aa", "a\0", "\0"]
    assert len(np.unique(fingerprints(pa.array(texts)))) == len(texts)


def test_of_long_texts_the_first_64_bytes_and_the_length_count():
    long = ["x" * 64 + "a", "x" * 64 + "b", "x" * 64 + "bb", "x" * 63 + "yb"]
    one, other, longer, another = fingerprints(pa.array(long))
    assert one == other
    assert len({one, longer, another}) == 3


def test_nothing():
    assert len(fingerprints(pa.chunked_array([], pa.string()))) == 0
    assert len(fingerprints(pa.array([None, None], pa.string()))) == 2

"""Fingerprints: equal for equal texts, wherever they stand."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns import fingerprints as module
from passage_kit.columns.fingerprints import fingerprints, first_rows, may_repeat


@given(st.lists(st.text(max_size=80)), st.integers(0, 5))
def test_equal_texts_have_equal_fingerprints(texts, start):
    prints = fingerprints(pa.array(texts, pa.string()))
    other_way = fingerprints(pa.chunked_array([["x"] * start + texts[::-1], []], pa.string()).slice(start))[::-1]
    assert prints.tolist() == other_way.tolist()


def test_the_length_of_other_texts_says_nothing():
    alone = fingerprints(pa.array(["ann@example.org"]))
    beside = fingerprints(
        pa.chunked_array([["ann@example.org", "x" * 60], ["ann@example.org"], ["", "ann@example.org"]])
    )
    assert set(alone) == {beside[0], beside[2], beside[4]}


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


# Few letters, so that much is there several times; the long ones differ where fingerprints do not look.
TEXTS = st.lists(st.none() | st.text("ab@.", max_size=3) | st.sampled_from(["x" * 64 + "a", "x" * 64 + "b"]))


def first_of_each(texts):
    return [-1 if text is None else texts.index(text) for text in texts]


@given(TEXTS, st.integers(1, 5))
def test_the_first_row_of_each_text(texts, chunk):
    chunks = [texts[at : at + chunk] for at in range(0, len(texts), chunk)]
    assert first_rows(pa.array(texts, pa.string())).tolist() == first_of_each(texts)
    assert first_rows(pa.chunked_array(chunks, pa.string())).tolist() == first_of_each(texts)


@given(TEXTS)
def test_texts_whose_fingerprints_are_the_same_by_chance_are_told_apart(texts):
    def constant(values):
        return np.zeros(len(values), dtype=np.uint64)

    original, module.fingerprints = module.fingerprints, constant
    try:
        assert first_rows(pa.array(texts, pa.string())).tolist() == first_of_each(texts)
    finally:
        module.fingerprints = original


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=200), st.integers(2, 4))
def test_whatever_repeats_may_repeat(prints, rows):
    may = may_repeat(np.array(prints, dtype=np.uint64), rows)
    assert all(may[at] for at, value in enumerate(prints) if prints.count(value) >= rows)


def test_little_else_may_repeat():
    prints = fingerprints(pa.array([f"user{number}@example.org" for number in range(10_000)]))
    assert may_repeat(prints).mean() < 0.5

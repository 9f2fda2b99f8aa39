"""Values without case, accents, signs and order, and their counts; the rules of names are in the tests of spelling."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.plain_words import counted_values, plain_letters, words_in_order
from passage_kit.columns.users_frame import users_frame


@given(texts=st.lists(st.one_of(st.none(), st.text("aÄß .-1", max_size=6)), max_size=8))
def test_values_are_counted_without_white_space_and_blanks(texts):
    counted = counted_values(users_frame({"city": texts})["city"]).to_pylist()
    by_hand = [text.strip() for text in texts if text and text.strip()]
    assert {one["values"]: one["counts"] for one in counted} == {text: by_hand.count(text) for text in by_hand}
    assert [one["counts"] for one in counted] == sorted((one["counts"] for one in counted), reverse=True)


@given(texts=st.lists(st.text("aÄß .-1", max_size=6), min_size=1, max_size=8))
def test_once_more_changes_nothing(texts):
    plain = words_in_order(plain_letters(pa.array(texts)))
    assert words_in_order(plain_letters(plain)).equals(plain)


@pytest.mark.parametrize(
    ("text", "expected"), [("O'Neil, Ann", "ann neil o"), ("...", None), (None, None), ("Straße 2", "2 strasse")]
)
def test_words_are_in_one_order(text, expected):
    assert words_in_order(plain_letters(pa.array([text], pa.string()))).to_pylist() == [expected]

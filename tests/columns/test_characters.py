"""Lone surrogates never reach a file, and whole characters stay."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.characters import is_unicode, replace_characters, whole_characters


@pytest.mark.parametrize(
    ("text", "whole"),
    [("a", "a"), ("\ud800", "�"), ("a\udfffb", "a�b"), ("\ud83d\ude00", "😀"), ("\ude00\ud83d", "��"), ("\0", "\0")],
)
def test_halves_are_joined_or_replaced(text, whole):
    assert whole_characters(text) == whole
    assert is_unicode(text) == (text == whole)


@given(st.text(st.characters(), max_size=5))
def test_any_text_can_be_written_afterwards(text):
    assert is_unicode(whole_characters(text))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=6), st.integers(0, 2))
def test_characters_are_replaced_in_every_text_of_a_column(texts, first):
    rule = {"a": "", "b": "ü", "ü": "b", "\ud7ff": "😀", "😀": "", "\0": " "}
    expected = ["".join(rule.get(character, character) for character in text) for text in texts[first:]]
    replaced = replace_characters(
        pa.array(texts, pa.string()).slice(first), lambda character: rule.get(character, character)
    )
    replaced.validate(full=True)
    assert replaced.to_pylist() == expected

"""Lone surrogates never reach a file, and whole characters stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.characters import is_unicode, whole_characters


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

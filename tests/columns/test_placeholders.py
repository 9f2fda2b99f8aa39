"""Words that stand for a blank."""

import pytest

from passage_kit.columns.placeholders import PLACEHOLDER_WORDS, says_nothing


@pytest.mark.parametrize(
    "cell",
    ["", " ", "\u200b", "-", "--", "?", "N/A", "n.a.", "NULL", "None", "Unknown", "k. A.", "keine Angabe", "ＮＯＮＥ"],
)
def test_a_cell_that_says_nothing(cell):
    assert says_nothing(cell)


@pytest.mark.parametrize("cell", ["0", "Nora", "non", "n/a 5", "Nullinger", "Keinert", "+1"])
def test_a_cell_that_says_something(cell):
    assert not says_nothing(cell)


def test_the_words_are_written_as_they_are_compared():
    assert all(word == word.casefold() and word.isalnum() for word in PLACEHOLDER_WORDS)

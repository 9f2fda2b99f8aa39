"""Escaped and twice decoded texts are found with the repaired one; ordinary texts are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.metadata.damaged_text import find_damaged_text, repair_text


def found(*texts):
    return find_damaged_text(users_frame({"x": texts})["x"], "x")["argument"].to_list()


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("Ann&eacute;", "Anné"), ("O&#39;Lee", "O'Lee"), ("Tom &amp; Jerry", "Tom & Jerry"), ("&#x41;nn", "Ann"),
        ("José".encode().decode("cp1252"), "José"), ("Groß".encode().decode("cp1252"), "Groß"),
        ("it’s".encode().decode("cp1252"), "it’s"), ("Kraków".encode().decode("cp1252"), "Kraków"),
    ],
)  # fmt: skip
def test_damaged(damaged, text):
    assert found(damaged, "fine") == [text]


@pytest.mark.parametrize(
    "text", ["Tom & Jerry", "AT&T; R&D", "José", "Ångström", "Ä", "a;b", "&;", "&nosuchentity;", None]
)
def test_undamaged(text):
    assert found(text, "fine") == []


@given(st.text(st.characters(codec="cp1252", min_codepoint=0xC0, max_codepoint=0xFF), min_size=1, max_size=8))
def test_a_text_decoded_twice_is_repaired(text):
    try:
        damaged = text.encode().decode("cp1252")
    except UnicodeDecodeError:  # Windows-1252 lacks five bytes
        return
    assert repair_text(damaged) == text
    assert found(damaged) == [text]

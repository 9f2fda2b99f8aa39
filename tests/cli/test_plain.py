"""The switch for plain processes: what counts as on and as off."""

import pytest

from passage_kit.cli.plain import is_plain


@pytest.mark.parametrize(("value", "expected"), [
    ("1", True), ("yes", True), (" TRUE ", True), ("0", False), ("", False), (" ", False), ("No", False),
    ("false", False),
])  # fmt: skip
def test_what_switches_on(value, expected, monkeypatch):
    assert is_plain({"PASSAGE_KIT_PLAIN": value}) == expected
    monkeypatch.setenv("PASSAGE_KIT_PLAIN", value)
    assert is_plain() == expected


def test_a_process_is_not_plain_unasked():
    assert not is_plain({})

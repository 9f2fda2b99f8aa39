"""What the words are filled with, kept in the workspace."""

import datetime as dt

import pytest

import passage_kit as pk
from passage_kit.words.facts import find_facts

GIVEN = {"app": "Shop", "date": "2026-12-01", "contact": "help@shop.example", "address": "shop.example"}


def test_they_are_kept_and_replaced_one_by_one(tmp_path):
    workspace = pk.Workspace(tmp_path / "m")
    assert find_facts(workspace, GIVEN).date == dt.date(2026, 12, 1)
    again = find_facts(workspace, {"app": None, "contact": "+1 415 555 0101"})
    assert (again.app, again.contact) == ("Shop", "+1 415 555 0101")
    assert find_facts(workspace, {}) == again


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(pk.OptionError, match=r"date .*, contact .*words\.toml"):
        find_facts(pk.Workspace(tmp_path), {"app": "Shop", "address": "shop.example"})


def test_a_date_that_is_none_is_refused(tmp_path):
    with pytest.raises(pk.OptionError, match=r"'1\.12\.2026'"):
        find_facts(pk.Workspace(tmp_path), {**GIVEN, "date": "1.12.2026"})
    assert not (tmp_path / "words.toml").exists()


def test_a_file_of_an_editor_of_windows_is_read(tmp_path):
    find_facts(pk.Workspace(tmp_path), GIVEN)
    file = tmp_path / "words.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert find_facts(pk.Workspace(tmp_path), {}).app == "Shop"


def test_a_file_that_is_damaged_is_refused(tmp_path):
    (tmp_path / "words.toml").write_text("app = 7\n")
    with pytest.raises(pk.PlanError, match=r"words\.toml"):
        find_facts(pk.Workspace(tmp_path), GIVEN)


@pytest.mark.parametrize(
    "sign", ["\r\nBcc: everybody@example.org", "\n", "\x00", "\x1b[31m", "\u2028", "\u202e", "\ud800"]
)
@pytest.mark.parametrize("name", ["app", "contact", "address"])
def test_a_value_that_is_no_plain_line_is_refused(name, sign, tmp_path):
    """A value becomes part of the subject of an email, where a line break would begin another header."""
    with pytest.raises(pk.OptionError, match=name):
        find_facts(pk.Workspace(tmp_path), {**GIVEN, name: f"Shop{sign}p"})
    assert not (tmp_path / "words.toml").exists()


@pytest.mark.parametrize("app", ["החנות שלי", "متجر\u200f", "Łódź & <Söhne>", "店 👩\u200d💻"])
def test_a_name_in_any_script_is_taken(app, tmp_path):
    assert find_facts(pk.Workspace(tmp_path), {**GIVEN, "app": app}).app == app

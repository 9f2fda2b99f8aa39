"""The files of the words, and a team's own templates."""

import stat

import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.words.texts import WORDS
from passage_kit.words.write import copy_templates

FACTS = {"app": "Shop", "date": "2026-12-01", "contact": "help@shop.example", "address": "shop.example"}


def test_each_word_has_three_files_and_each_segment_one(tmp_path):
    pk.prepare(users_frame({"email": ["ann@example.org", "bo@"]}), out=tmp_path)
    words = pk.write_words(tmp_path, language="es", **FACTS)
    out = tmp_path / "out" / "words"
    names = {path.name for path in (out / "es").iterdir()}
    assert names == {f"{word}.{ending}" for word in WORDS for ending in ("txt", "md", "html")}
    assert dict(words.segments) == {"email": 1, "phone_only": 0, "reach_otherwise": 1, "inactive": 0}
    assert "ann@example.org" in (out / "segments" / "email.csv").read_text()
    for path in out.rglob("*.*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "ann@" not in words.to_text() + str(words.summary())


def test_words_need_no_prepared_users(tmp_path):
    assert dict(pk.write_words(tmp_path, **FACTS).segments) == {}
    assert pk.write_words(tmp_path, language="pt")["faq"].language == "pt"  # the facts are kept


def test_another_language_is_refused(tmp_path):
    with pytest.raises(pk.OptionError, match="'it'"):
        pk.write_words(tmp_path, language="it", **FACTS)


def test_copied_templates_are_the_teams_and_are_not_replaced(tmp_path):
    made = copy_templates(tmp_path)
    assert {path.name for path in made} >= {"en.toml", "pt.toml", "html.j2", "text.j2", "markdown.j2"}
    own = tmp_path / "words" / "en.toml"
    own.write_text(own.read_text().replace("Hello,", "Ahoy,"))
    assert copy_templates(tmp_path) == []
    assert "Ahoy," in pk.write_words(tmp_path, **FACTS)["announcement"].text

"""The texts for the users: every language whole, in every form, and a team's own templates in a sandbox."""

import datetime as dt
import html
import re
import tomllib
from dataclasses import replace

import pytest
import tomli_w

import passage_kit as pk
from passage_kit.words.texts import BUNDLED, LANGUAGES, LAYOUTS, WORDS, Facts, fill_words

FACTS = Facts("Büro & Söhne <GmbH>", dt.date(2026, 12, 1), "help@shop.example", "shop.example")
DATES = {
    "en": "December 1, 2026", "de": "1. Dezember 2026", "fr": "1er décembre 2026", "es": "1 de diciembre de 2026",
    "pt": "1º de dezembro de 2026",
}  # fmt: skip


def sentences(language):
    return tomllib.loads((BUNDLED / f"{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_parts(language):
    """What one language says, each says: the same words, the same parts, the same values."""

    def shape(words):
        return {
            name: [
                (bool(part.get("heading")), bool(part.get("text")), len(part.get("items", ())),
                 sorted(set(re.findall(r"{{ (\w+) }}", str(part)))))
                for part in word["parts"]
            ]
            for name, word in words.items()
        }  # fmt: skip

    assert shape(sentences(language)) == shape(sentences("en"))


@pytest.mark.few(6)
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_filled_in_and_says_the_same_in_each_form(language, word):
    filled = fill_words(FACTS, language)[word]
    assert FACTS.app in filled.text
    assert html.escape(FACTS.app, quote=False) in html.unescape(filled.html).replace("&", "&amp;").replace(
        "<GmbH>", "&lt;GmbH&gt;"
    )
    assert "<GmbH>" not in filled.html
    assert r"\<GmbH\>" in filled.markdown
    assert not re.search(r"{{|{%", filled.text + filled.markdown + filled.html)
    plain = " ".join(filled.text.split())
    for part in sentences(language)[word]["parts"]:
        heading = part.get("heading", "")
        assert heading in plain
        assert html.unescape(heading) in html.unescape(filled.html)


def test_the_portuguese_is_that_of_brazil_throughout():
    text = (BUNDLED / "pt.toml").read_text(encoding="utf-8")
    words = "já não|num|numa|tenho de|precisa de fazer|cumprimentos|equipa|utilizador|palavra-passe"
    of_portugal = re.compile(rf"\b(?:{words})\b|\w-(?:lhe|nos|me)\b", re.IGNORECASE)
    assert of_portugal.findall(text) == []
    assert "você" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_told_learns_when_where_and_whom_to_ask(language):
    announcement = fill_words(FACTS, language)["announcement"]
    text = " ".join(announcement.text.split())
    assert all(value in text for value in (DATES[language], FACTS.contact, FACTS.address))
    assert DATES[language] in announcement.title


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_has_a_link_to_follow(language, word):
    """Users learn to distrust a message that has one."""
    filled = fill_words(FACTS, language)[word]
    assert not re.search(r"<a\b|href|https?:|\]\(", filled.html + filled.markdown)


def test_a_team_owns_its_templates(tmp_path):
    (tmp_path / "en.toml").write_text((BUNDLED / "en.toml").read_text().replace("Hello,", "Dear friend of {{ app }},"))
    assert "Dear friend of Büro" in fill_words(FACTS, "en", own=tmp_path)["announcement"].text
    assert "Guten Tag" in fill_words(FACTS, "de", own=tmp_path)["announcement"].text
    (tmp_path / "text.j2").write_text("{{ title | upper }}")
    assert fill_words(FACTS, "en", own=tmp_path)["faq"].text.startswith("SIGNING IN TO BÜRO")


@pytest.mark.parametrize(
    "attack",
    [
        "{{ app.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ nobody }}",
        "{% for n in range(10 ** 9) %}{% endfor %}",
        "{{ 1 / 0 }}",
        "{% include '/etc/passwd' %}",
        "{{ unfinished",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{{ 'x' * (9 * 10 ** 18) }}",
        f"{{{{ {'(' * 3_000}1{')' * 3_000} }}}}",
        "{% if app or title %}" * 150 + "{% endif %}" * 150,
        "{{ '%c' % 0xD800 }}",
    ],
)
@pytest.mark.parametrize("place", ["en.toml", "html.j2"])
def test_a_template_reads_nothing_but_its_values(attack, place, tmp_path):
    text = attack if place.endswith(".j2") else (BUNDLED / "en.toml").read_text().replace("Hello,", attack)
    (tmp_path / place).write_text(text)
    with pytest.raises(pk.PlanError, match=r"cannot be (filled in|read)"):
        fill_words(FACTS, "en", own=tmp_path)


@pytest.mark.few(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_first_of_a_month_is_written_in_another_way(language):
    days = {
        day: fill_words(replace(FACTS, date=dt.date(2027, 1, day)), language)["faq"].text for day in (1, 11, 21, 31)
    }
    ordinal = {day for day, text in days.items() if re.search(rf"\b{day}(er|º)", text)}
    assert ordinal == ({1} if language in ("fr", "pt") else set())


@pytest.mark.parametrize("title", ["Hello\r\nBcc: everybody@example.org", "{{ app }}{{ '\n' }}x", "", " \n"])
def test_a_title_is_one_line_since_it_becomes_a_subject(title, tmp_path):
    words = sentences("en")
    words["faq"]["title"] = title
    (tmp_path / "en.toml").write_text(tomli_w.dumps(words), encoding="utf-8", newline="\n")
    with pytest.raises(pk.PlanError, match=r"en\.toml"):
        fill_words(FACTS, "en", own=tmp_path)


def test_files_of_windows_are_read(tmp_path):
    """An editor there puts a mark before the text, and two signs at the end of a line."""
    for name in ("en.toml", "text.j2", "html.j2"):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + (BUNDLED / name).read_bytes().replace(b"\n", b"\r\n"))
    word, own = fill_words(FACTS, "en")["faq"], fill_words(FACTS, "en", own=tmp_path)["faq"]
    assert own.text.replace("\r\n", "\n") == word.text
    assert own.html.startswith("<!doctype html>")


def test_a_file_that_is_nested_without_end_is_refused(tmp_path):
    (tmp_path / "en.toml").write_text(f"a = {'[' * 5_000}")
    with pytest.raises(pk.PlanError, match=r"en\.toml"):
        fill_words(FACTS, "en", own=tmp_path)


def test_a_file_without_a_word_is_refused_with_its_name(tmp_path):
    (tmp_path / "en.toml").write_text("[faq]\ntitle = 'x'\n")
    with pytest.raises(pk.PlanError, match=r"en\.toml"):
        fill_words(FACTS, "en", own=tmp_path)


def test_a_notebook_shows_a_word_as_it_will_look():
    word = fill_words(FACTS, "en")["faq"]
    assert word._repr_html_() == word.html
    assert word._repr_markdown_() == word.markdown
    assert set(LAYOUTS) == {"text", "markdown", "html"}

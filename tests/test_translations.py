"""The language of a text is chosen when it is shown, and nothing of the process changes by it."""

import builtins
import datetime as dt
import locale
import threading

import pytest

from passage_kit.translations import (
    gettext,
    joined,
    language,
    languages,
    long_date,
    ngettext,
    number,
    nworded,
    speaking,
    told,
    told_text,
    worded,
)

VARIABLES = ("PASSAGE_KIT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def environment(monkeypatch):
    """An environment that says nothing about the language."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("settings", "spoken"),
    [
        ({}, "en"),
        ({"PASSAGE_KIT_LANGUAGE": "de"}, "de"),
        ({"PASSAGE_KIT_LANGUAGE": "fr", "LC_ALL": "de_DE.UTF-8"}, "fr"),
        ({"PASSAGE_KIT_LANGUAGE": "", "LANG": "de_DE.UTF-8"}, "de"),
        ({"LC_ALL": "es_MX.UTF-8", "LC_MESSAGES": "fr_FR", "LANG": "de_DE"}, "es"),
        ({"LC_MESSAGES": "fr_CA@euro", "LANG": "de_DE"}, "fr"),
        ({"LANG": "pt_BR.UTF-8"}, "pt_BR"),
        ({"LANG": "pt_PT.UTF-8"}, "pt_BR"),
        ({"PASSAGE_KIT_LANGUAGE": "pt-br"}, "pt_BR"),
        ({"PASSAGE_KIT_LANGUAGE": "DE"}, "de"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"PASSAGE_KIT_LANGUAGE": "xx", "LANG": "de_DE"}, "en"),
        ({"PASSAGE_KIT_LANGUAGE": "../de"}, "en"),
    ],
)
def test_the_first_variable_that_is_set_decides(environment, settings, spoken):
    for name, value in settings.items():
        environment.setenv(name, value)
    assert language() == spoken


def test_a_text_is_in_the_language_of_the_moment_and_its_places_are_filled(environment):
    assert gettext("row {other_row} keeps it", other_row=3) == "row 3 keeps it"
    environment.setenv("PASSAGE_KIT_LANGUAGE", "de")
    assert gettext("row {other_row} keeps it", other_row=3) == "Zeile 3 behält ihn"
    assert gettext("row {other_row} keeps it") == "Zeile {other_row} behält ihn"


def test_a_text_without_translation_is_english():
    with speaking("de"):
        assert gettext("nobody has translated this {word}", word="text") == "nobody has translated this text"
        assert ngettext("{count} lone text", "{count} lone texts", 2) == "2 lone texts"


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("en", ["0 rows", "1 row", "2 rows", "1,200 rows"]),
        ("de", ["0 Zeilen", "1 Zeile", "2 Zeilen", "1.200 Zeilen"]),
        ("fr", ["0 ligne", "1 ligne", "2 lignes", "1\u202f200 lignes"]),
    ],
)
def test_plural_forms_and_digits_are_those_of_the_language(spoken, said):
    with speaking(spoken):
        assert [ngettext("{count} row", "{count} rows", count) for count in (0, 1, 2, 1_200)] == said


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("en", "3 March 2026"),
        ("de", "3. März 2026"),
        ("es", "3 de marzo de 2026"),
        ("fr", "3 mars 2026"),
        ("pt_BR", "3 de março de 2026"),
    ],
)
def test_a_day_is_written_as_the_language_does(spoken, said):
    with speaking(spoken):
        assert long_date(dt.date(2026, 3, 3)) == said


def test_a_block_in_a_language_ends_even_when_it_fails_and_touches_no_other_thread():
    seen = []
    with speaking("de"):
        thread = threading.Thread(target=lambda: seen.append(number(1_200)))
        thread.start()
        thread.join()
        seen.append(number(1_200))
    assert seen == ["1,200", "1.200"]
    with pytest.raises(KeyError), speaking("de"):
        ngettext("{count} row: {codes}", "{count} rows: {codes}", 2)
    assert language() == "en"


def test_nothing_of_the_process_changes():
    before = locale.setlocale(locale.LC_ALL)
    for spoken in languages():
        with speaking(spoken):
            assert gettext("Rows")
    assert locale.setlocale(locale.LC_ALL) == before
    assert not hasattr(builtins, "gettext")


def test_numbers_and_lists_within_a_text_are_said_in_the_readers_language():
    made = joined([worded("the mapping"), nworded("{count} entry", "{count} entries", 1_200), "city {x}"])
    assert made == "the mapping, 1,200 entries, city {x}"
    assert nworded("{count} entry", "{count} entries", 1) == "1 entry"
    assert joined([]) == ""
    with speaking("de"):
        assert told_text(made) == "die Zuordnung, 1.200 Einträge, city {x}"
        assert told(ValueError(joined([made, made], "; "))).count("die Zuordnung") == 2
        assert told_text(joined([])) == ""

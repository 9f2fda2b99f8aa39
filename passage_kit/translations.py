"""Texts in the language of the reader, from catalogues of gettext, looked up when a text is shown.

The language is that of ``PASSAGE_KIT_LANGUAGE``, else that of the environment's locale, else English; a language
without a catalogue is English. English is the text in the code itself. Nothing of the process changes: neither its
locale nor a name that Python has built in. What programs read is never translated.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

ENGLISH = "en"
DOMAIN = "passage_kit"
LOCALES = Path(__file__).parent / "locales"
_VARIABLES = ("PASSAGE_KIT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


@cache
def languages() -> tuple[str, ...]:
    """List the languages that texts are shown in: English, then those that have a catalogue.

    Examples
    --------
    >>> languages()
    ('en', 'de', 'es', 'fr', 'pt_BR')
    """
    return (ENGLISH, *sorted(path.parents[1].name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


def language() -> str:
    """Give the language in which texts are shown now, one of :func:`languages`."""
    wanted = _spoken.get() or next(filter(None, map(os.environ.get, _VARIABLES)), ENGLISH)
    return _known(wanted)


@cache
def _known(wanted: str) -> str:
    """Give the catalogue for a name such as ``de_AT.UTF-8``: that of its language and country, else of its language."""
    name = wanted.partition(".")[0].partition("@")[0].replace("-", "_").casefold()
    spoken = name.partition("_")[0]
    exact = [known for known in languages() if known.casefold() == name]
    alike = [known for known in languages() if known.casefold().partition("_")[0] == spoken]
    return next(iter([*exact, *alike]), ENGLISH)


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Show texts in a language within the block, such as those of a report that was begun in it.

    Examples
    --------
    >>> with speaking("de_AT.UTF-8"):
    ...     language(), number(1_200)
    ('de', '1.200')
    """
    token = _spoken.set(wanted)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(text: str, /, **values: object) -> str:
    """Give a text in the language of the reader, with its places filled.

    Call it where the text is shown, never where a module is loaded. Catalogues are made from the calls, so the text
    stands in the call itself.

    Parameters
    ----------
    text : str
        The text in English; ``{name}`` is a place for a value. Without values, braces are braces.
    **values : object
        Values by the names of their places.

    Examples
    --------
    >>> gettext("row {row} keeps it", row=3)
    'row 3 keeps it'
    """
    found = _catalogue(language()).gettext(text)
    return found.format(**values) if values else found


class Worded(str):
    """An English text that remembers how it was made, so that it can be said in another language later."""

    __slots__ = ("forms", "parts", "text")
    text: str
    parts: dict[str, object]
    forms: tuple[str, int] | None  # the form for many, and the number


def worded(text: str, /, **values: object) -> Worded:
    """Fill an English text, as that of an error, so that :func:`told` can say it in the language of the reader.

    Errors are English: programs, logs and terminals read them. A panel says those that went through here in the
    reader's language, also where one is a value of another. The text stands in the call itself, as for
    :func:`gettext`.

    Examples
    --------
    >>> text = worded("{name} is empty. Export the users again.", name="users.csv")
    >>> text
    'users.csv is empty. Export the users again.'
    >>> with speaking("de"):
    ...     told(ValueError(text))
    'users.csv ist leer. Exportieren Sie die Benutzer noch einmal.'
    """
    return _remembered(text.format(**values) if values else text, text, values)


def nworded(one: str, many: str, count: int, /, **values: object) -> Worded:
    """Fill an English text that has a number, so that :func:`told` can say it in the language of the reader.

    Examples
    --------
    >>> lists = worded("{name} holds several lists.", name=nworded("{count} row", "{count} rows", 1_200))
    >>> print(lists, "-", nworded("{count} row", "{count} rows", 1))
    1,200 rows holds several lists. - 1 row
    """
    text = (one if count == 1 else many).format(count=f"{count:,}", **values)
    return _remembered(text, one, values, (many, count))


def joined(parts: Iterable[object], between: str = ", ") -> Worded:
    """Put texts one after the other, so that :func:`told` can say each of them in the language of the reader.

    Examples
    --------
    >>> joined([worded("the mapping"), "city"])
    'the mapping, city'
    """
    values = {f"part_{at}": part for at, part in enumerate(parts)}
    text = between.join(f"{{{name}}}" for name in values)
    return _remembered(text.format(**values), text, values)


def _remembered(said: str, text: str, parts: dict[str, object], forms: tuple[str, int] | None = None) -> Worded:
    made = Worded(said)
    made.text, made.parts, made.forms = text, parts, forms
    return made


def in_panel(english: str, words: str, /, **values: object) -> Worded:
    """Give an English text for terminals and logs that :func:`told` says in other words, in each language.

    A terminal names variables and options; a panel has a field or a button for the same.

    Parameters
    ----------
    english : str
        What a terminal shows: the whole text of an error, or a value in one that went through :func:`worded`.
    words : str
        What a panel shows instead, with places. The text stands in the call itself, as for :func:`gettext`.
    **values : object
        Values by the names of the places.

    Examples
    --------
    >>> error = ValueError(in_panel("Set PASSAGE_APP_ID.", "Fill in the field {field}.", field="App id"))
    >>> print(error, "-", told(error))
    Set PASSAGE_APP_ID. - Fill in the field App id.
    """
    return _remembered(english, words, values)


def told(error: BaseException) -> str:
    """Say an error in the language of the reader if it can be, else in English, after words that say so.

    Examples
    --------
    >>> told(ValueError("no such row"))
    'no such row'
    """
    said = error.args[0] if error.args else ""
    if isinstance(said, Worded):
        return _told(said)
    return str(error) if language() == ENGLISH else gettext("That did not work. In English: {reason}", reason=error)


def _told(value: object) -> str:
    if not isinstance(value, Worded):
        return str(value)
    parts = {name: _told(part) for name, part in value.parts.items()}
    if value.forms is None:
        return gettext(value.text, **parts) if value.text else ""
    many, count = value.forms
    return ngettext(value.text, many, count, **parts)


def told_text(text: str) -> str:
    """Say a text in the language of the reader if it is :func:`worded`, else as it is.

    Examples
    --------
    >>> with speaking("de"):
    ...     told_text(nworded("{count} row", "{count} rows", 2)), told_text("city")
    ('2 Zeilen', 'city')
    """
    return _told(text)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Give the form of a text that fits a number, in the language of the reader; ``{count}`` is the number.

    Examples
    --------
    >>> ngettext("{count} row", "{count} rows", 1), ngettext("{count} row", "{count} rows", 1_200)
    ('1 row', '1,200 rows')
    """
    return _catalogue(language()).ngettext(one, many, count).format(count=number(count), **values)


def both_forms(one: str, many: str) -> tuple[str, str]:
    """Give both forms of a text in the language of the reader, with their places empty, for a script to choose from.

    Examples
    --------
    >>> with speaking("de"):
    ...     both_forms("{count} row", "{count} rows")
    ('{count} Zeile', '{count} Zeilen')
    """
    catalogue = _catalogue(language())
    return catalogue.ngettext(one, many, 1), catalogue.ngettext(one, many, 2)


@cache
def _catalogue(spoken: str) -> NullTranslations:
    return NullTranslations() if spoken == ENGLISH else translation(DOMAIN, LOCALES, [spoken])


def number(count: int) -> str:
    """Write a whole number as the reader's language groups its digits."""
    if language() == ENGLISH:
        return f"{count:,}"
    from babel.numbers import format_decimal  # here, since English does without it

    return str(format_decimal(count, locale=language()))


def long_date(day: dt.date) -> str:
    """Write a day with the name of its month.

    Examples
    --------
    >>> long_date(dt.date(2026, 12, 1))
    '1 December 2026'
    """
    if language() == ENGLISH:
        return f"{day.day} {day:%B %Y}"
    from babel.dates import format_date

    return str(format_date(day, format="long", locale=language()))

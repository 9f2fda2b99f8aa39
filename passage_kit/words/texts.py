"""Texts for the users in several languages, filled in and laid out as plain text, Markdown and HTML.

The sentences are templates of Jinja in one file a language, and the layouts are templates, too. A team that copies them
into its workspace owns them: there, theirs win. Templates run in a sandbox and read nothing but the four values.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from babel.dates import format_date
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

from passage_kit.errors import PlanError
from passage_kit.files.checked_values import check_values
from passage_kit.files.regular_files import read_regular

Language = Literal["en", "de", "fr", "es", "pt"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
WORDS = ("login_notice", "announcement", "reminder", "faq", "support_macro")
LAYOUTS = {"text": "txt", "markdown": "md", "html": "html"}
BUNDLED = Path(__file__).parent / "templates"
# What a template of a team may raise: mistakes of Jinja, and of the expressions in it.
_MISTAKES = (
    TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, SyntaxError, TypeError,
    ValueError,
)  # fmt: skip
_FIRST = {"fr": "1er", "pt": "1º"}  # the first day of a month, which Babel gives like the others
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _SentencePart(_Strict):
    heading: str = ""
    text: str = ""
    items: list[str] = []


class _Word(_Strict):
    title: Annotated[str, Field(min_length=1)]
    parts: list[_SentencePart] = []


class _Words(_Strict):
    login_notice: _Word
    announcement: _Word
    reminder: _Word
    faq: _Word
    support_macro: _Word


@dataclass(frozen=True, slots=True)
class Facts:
    """What the words are filled with.

    Parameters
    ----------
    app : str
        Name of the application, as its users know it.
    date : datetime.date
        First day of the new sign-in.
    contact : str
        Whom to ask: an email, a phone, a page.
    address : str
        Where users sign in, as they know it: ``shop.example.org``.
    """

    app: str
    date: dt.date
    contact: str
    address: str


@dataclass(frozen=True, slots=True)
class Word:
    """One text for the users, in three forms; a notebook shows it as it will look.

    Parameters
    ----------
    name : str
        ``login_notice``, ``announcement``, ``reminder``, ``faq`` or ``support_macro``.
    language : str
    title : str
        Title, or subject of an email.
    text, markdown, html : str
        The whole, with the title.
    """

    name: str
    language: str
    title: str
    text: str = field(repr=False)
    markdown: str = field(repr=False)
    html: str = field(repr=False)

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        return self.html


def fill_words(facts: Facts, language: Language, *, own: Path | None = None) -> dict[str, Word]:
    """Fill in the words of one language.

    Parameters
    ----------
    facts : Facts
    language : {"en", "de", "fr", "es", "pt"}
    own : pathlib.Path, optional
        Folder of a team's own templates. A file that is missing there is taken from the kit.

    Raises
    ------
    PlanError
        If a template of the team cannot be read or filled in.

    Examples
    --------
    >>> facts = Facts("Shop", dt.date(2026, 12, 1), "help@shop.example", "shop.example")
    >>> fill_words(facts, "de")["announcement"].title
    'Ab dem 1. Dezember 2026 melden Sie sich bei Shop ohne Passwort an'
    """
    values = {**asdict(facts), "date": _date(facts.date, language)}
    path = _path(f"{language}.toml", own)
    sentences = _sentences(path)
    layouts = {name: _layout(_path(f"{name}.j2", own), name) for name in LAYOUTS}
    words = {}
    for name in WORDS:
        filled = _filled(getattr(sentences, name).model_dump(), values, path)
        forms = {layout: _laid_out(template, filled, language) for layout, template in layouts.items()}
        words[name] = Word(name, language, filled["title"], **forms)
    return words


def _date(date: dt.date, language: Language) -> str:
    written = format_date(date, format="long", locale=language)
    return re.sub(r"^1\b", _FIRST.get(language, "1"), written)


def _path(name: str, own: Path | None) -> Path:
    theirs = own / name if own is not None else None
    return theirs if theirs is not None and theirs.exists() else BUNDLED / name


def _read(path: Path) -> str:
    """Read a file of a team, perhaps with the mark that editors of Windows put before it."""
    return read_regular(path).decode("utf-8-sig")


def _sentences(path: Path) -> _Words:
    try:
        values = tomllib.loads(_read(path))
        check_values(_Words, values)
    except (OSError, RecursionError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error).removesuffix(".")
        raise PlanError(f"The words in {path} cannot be read: {reason}. Correct the file, or remove it.") from error
    return _Words.model_validate(values)


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["markdown"] = _for_markdown
    return environment


def _for_markdown(text: str) -> str:
    """Put a backslash before the signs of Markdown."""
    return _MARKDOWN.sub(r"\\\1", text)


def _layout(path: Path, name: str) -> Any:
    try:
        return _environment(html=name == "html").from_string(_read(path))
    except (OSError, *_MISTAKES) as error:
        raise _refused(path, error) from error


def _filled(word: Mapping[str, Any], values: Mapping[str, str], path: Path) -> dict[str, Any]:
    """Fill in the sentences of one word; what they hold is escaped by the layout, not here."""
    plain = _environment(html=False)

    def fill(sentence: str) -> str:
        return plain.from_string(sentence).render(values)

    try:
        parts = [
            {"heading": fill(part["heading"]), "text": fill(part["text"]), "items": list(map(fill, part["items"]))}
            for part in word["parts"]
        ]
        title = fill(word["title"]).strip()
        if len(title.splitlines()) != 1:  # it becomes the subject of an email
            raise ValueError("a title has not one line")
        return {"title": title, "parts": parts}
    except _MISTAKES as error:
        raise _refused(path, error) from error


def _laid_out(template: Any, filled: Mapping[str, Any], language: str) -> str:
    try:
        text = str(template.render(**filled, language=language))
        text.encode()  # halves of a sign cannot be written
        return text
    except _MISTAKES as error:
        raise PlanError(
            f"A layout of the words cannot be filled in: {_reason(error)}. Correct it, or remove it."
        ) from error


def _refused(path: Path, error: Exception) -> PlanError:
    return PlanError(
        f"The template {path} cannot be filled in: {_reason(error)}. The values are app, date, contact and address. "
        "Correct it, or remove it, and the kit's own is taken."
    )


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).removesuffix(".")

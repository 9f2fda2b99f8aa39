"""Widgets whose content is shown but never saved: messages bring it to the page, not the state of a widget.

JupyterLab, nbconvert and nbclient can save the state of widgets into a notebook, and panels may show personal values.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets
from anywidget import AnyWidget

from passage_kit.translations import ENGLISH, both_forms, gettext, language
from passage_kit.widgets.page_messages import is_words

STATIC = Path(__file__).parent / "static"
# In a script
_TEXT = re.compile(r'\bgettext\("([^"\\]*)"')
_FORMS = re.compile(r'\bngettext\(\s*"([^"\\]*)",\s*"([^"\\]*)"')


def script(name: str) -> str:
    """Read a script of a panel, with the common part before it."""
    return "\n".join((STATIC / f"{part}.js").read_text(encoding="utf-8") for part in ("shared", name))


def style(*names: str) -> str:
    """Read style sheets."""
    return "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)


def words_of(script: str) -> dict[str, str | list[str]]:
    """Give the texts that a script shows in the reader's language, by the English ones; none in English.

    A text with a form for one and a form for several has both, by both English ones in two lines.

    Examples
    --------
    >>> from passage_kit.translations import speaking
    >>> with speaking("de"):
    ...     words_of('title.textContent = gettext("Duplicates");')
    {'Duplicates': 'Dubletten'}
    """
    if language() == ENGLISH:
        return {}
    forms = {f"{one}\n{many}": [*both_forms(one, many)] for one, many in _FORMS.findall(script)}
    return {**{text: gettext(text) for text in _TEXT.findall(script)}, **forms}


class Unsaved(AnyWidget):
    """A widget that sends its content to the page, at once and whenever the page asks.

    Notes
    -----
    A subclass takes other messages of the page in ``_heard``. The page may set only the traits that ``from_page``
    names, each a table or a list of texts.
    """

    from_page: tuple[str, ...] = ()
    ident = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    spoken = traitlets.Unicode(ENGLISH).tag(sync=True)  # the language of its numbers and dates

    def __init__(self, **traits: Any) -> None:
        spoken = language().replace("_", "-")
        super().__init__(ident=secrets.token_hex(8), words=words_of(str(self._esm)), spoken=spoken, **traits)
        self.shown: dict[str, Any] = {}
        self.on_msg(lambda _widget, content, _buffers: self.hear(content))

    def show(self, **content: Any) -> None:
        """Show the given parts, and keep the others."""
        self.shown |= content
        self.send({"show": content})

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take only what the page may set, in the form that it has; nothing else of a widget comes from there."""
        super().set_state(
            {name: sync_data[name] for name in self.from_page if self._has_form(name, sync_data.get(name))}
        )

    def _has_form(self, name: str, value: Any) -> bool:
        if isinstance(self.traits()[name], traitlets.List):
            return isinstance(value, list) and all(map(is_words, value))
        return isinstance(value, dict) and all(is_words(key) and is_words(it) for key, it in value.items())

    def hear(self, content: Any) -> None:
        """Take a message of the page, which can be anything."""
        if isinstance(content, dict) and content.get("ask") == "show":
            self.send({"show": self.shown})
        else:
            self._heard(content)

    def _heard(self, content: Any) -> None:
        """Take a message that is not about showing."""


class PanelPart(Unsaved):
    """A widget whose messages its panel answers.

    Parameters
    ----------
    answer : callable
        Takes a message of the page, which can be anything.
    """

    def __init__(self, answer: Callable[[Any], None]) -> None:
        super().__init__()
        self._answer = answer

    def _heard(self, content: Any) -> None:
        self._answer(content)

"""Widgets whose content is shown and never saved: it goes to the page in messages, not in the state of a widget.

JupyterLab, nbconvert and nbclient can save the state of widgets into the notebook; what panels show may be personal.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import traitlets
from anywidget import AnyWidget

STATIC = Path(__file__).parent / "static"


def script(name: str) -> str:
    """Read a script of a panel, after the part that all of them share."""
    return "\n".join((STATIC / f"{part}.js").read_text(encoding="utf-8") for part in ("shared", name))


def style(*names: str) -> str:
    """Read style sheets."""
    return "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)


class Unsaved(AnyWidget):
    """A widget that tells the page what to show, at once and whenever the page asks.

    Notes
    -----
    A subclass hears in ``_heard`` what else the page says.
    """

    ident = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(ident=secrets.token_hex(8), **traits)
        self.shown: dict[str, Any] = {}
        self.on_msg(lambda _widget, content, _buffers: self.hear(content))

    def show(self, **content: Any) -> None:
        """Show these parts; the others stay as they are."""
        self.shown |= content
        self.send({"show": content})

    def hear(self, content: dict[str, Any]) -> None:
        """Take a message of the page."""
        if content.get("ask") == "show":
            self.send({"show": self.shown})
        else:
            self._heard(content)

    def _heard(self, content: dict[str, Any]) -> None:
        """Take a message that is not about showing."""

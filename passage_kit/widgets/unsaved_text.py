"""Text of a panel that may show values of users, so it is never saved with a notebook."""

from __future__ import annotations

import traitlets

from passage_kit.translations import gettext
from passage_kit.widgets.unsaved import Unsaved, script, style


class UnsavedText(Unsaved):
    """A widget with one line of text, or with several lines, which ``label`` names for who cannot see them."""

    _esm = script("note")
    _css = style("note")
    label = traitlets.Unicode().tag(sync=True)

    @traitlets.default("label")
    def _first_lines(self) -> str:
        return gettext("First lines of the list")

    @property
    def lines(self) -> list[str]:
        """Lines of the text."""
        return list(self.shown.get("lines", []))

    def say(self, *lines: str) -> None:
        """Show other lines."""
        self.show(lines=list(lines))

"""Text of a panel that may show values of users, so it is never saved with a notebook."""

from __future__ import annotations

import traitlets

from passage_kit.widgets.unsaved import Unsaved, script, style


class UnsavedText(Unsaved):
    """A widget with one line of text, or with several lines, which ``label`` names for who cannot see them."""

    _esm = script("note")
    _css = style("note")
    label = traitlets.Unicode("First lines of the list").tag(sync=True)

    @property
    def lines(self) -> list[str]:
        """Lines of the text."""
        return list(self.shown.get("lines", []))

    def say(self, *lines: str) -> None:
        """Show other lines."""
        self.show(lines=list(lines))

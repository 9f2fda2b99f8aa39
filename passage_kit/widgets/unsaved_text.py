"""Text in a panel that may show values of users, and so is never saved with a notebook."""

from __future__ import annotations

from passage_kit.widgets.unsaved import Unsaved, script, style


class UnsavedText(Unsaved):
    """A line of text, or several as they stand in a file."""

    _esm = script("note")
    _css = style("note")

    @property
    def lines(self) -> list[str]:
        """What it says."""
        return list(self.shown.get("lines", []))

    def say(self, *lines: str) -> None:
        """Say something else."""
        self.show(lines=list(lines))

"""Checklist of the steps of the migration."""

from __future__ import annotations

from collections.abc import Iterable

from passage_kit.cutover.guide_steps import Step, state_words
from passage_kit.widgets.unsaved import PanelPart, script, style


class Checklist(PanelPart):
    """Steps with their states; a step that has a notebook links to it.

    The page asks for them anew when it is looked at again, since other notebooks do the steps.
    """

    _esm = script("checklist")
    _css = style("checklist")

    def tell(self, steps: Iterable[Step]) -> None:
        """Show the given steps."""
        words = state_words()
        self.show(steps=[step._asdict() | {"said": words[step.state]} for step in steps])

"""The steps of the migration as a list to tick off."""

from __future__ import annotations

from collections.abc import Iterable

from passage_kit.preparation.guide_steps import Step
from passage_kit.widgets.unsaved import Unsaved, script, style


class Checklist(Unsaved):
    """Steps with how they stand; a step in a notebook is a link to it."""

    _esm = script("checklist")
    _css = style("checklist")

    def tell(self, steps: Iterable[Step]) -> None:
        """Show these steps."""
        self.show(steps=[step._asdict() for step in steps])

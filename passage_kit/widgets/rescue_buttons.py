"""Buttons for a plan that cannot be read: go on with the one before it, or begin anew."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from passage_kit.errors import PassageKitError
from passage_kit.translations import gettext, told
from passage_kit.workspace.unread_plan import has_plan_before, plan_trouble, put_plan_aside
from passage_kit.workspace.workspace import Workspace


class RescueButtons(ipywidgets.HBox):
    """Buttons that are shown as long as the plan of a workspace cannot be read.

    Parameters
    ----------
    workspace : Workspace
    rescued : callable
        Called when another plan, or none, has taken its place.
    refused : callable
        Takes the sentence of why that was not possible.
    """

    def __init__(self, workspace: Workspace, rescued: Callable[[], None], refused: Callable[[str], None]) -> None:
        self._workspace, self._rescued, self._refused = workspace, rescued, refused
        self.before = _button(gettext("Go on with the plan before its last change"), "history")
        self.anew = _button(gettext("Put the plan aside, and begin anew"), "file")
        self.before.on_click(lambda _button: self._rescue(before=True))
        self.anew.on_click(lambda _button: self._rescue(before=False))
        super().__init__([self.before, self.anew], layout={"flex_flow": "row wrap"})
        self.look()

    def look(self) -> None:
        """Show the buttons if they are needed."""
        needed = plan_trouble(self._workspace) is not None
        self.layout.display = "" if needed else "none"
        self.before.layout.display = "" if needed and has_plan_before(self._workspace) else "none"

    def _rescue(self, *, before: bool) -> None:
        try:
            put_plan_aside(self._workspace, before=before)
        except PassageKitError as error:
            self._refused(told(error))
            return
        self.look()
        self._rescued()


def _button(text: str, icon: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=text, icon=icon, layout={"width": "auto", "max_width": "100%"})

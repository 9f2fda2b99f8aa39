"""Panel of the cut-over: each step with its evidence and its time, read anew at a press."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import ipywidgets

from passage_kit.api.client import PassageClient
from passage_kit.cutover.evidence import Check, state_in_words
from passage_kit.cutover.status import Status, configured_client, find_status
from passage_kit.errors import PassageKitError
from passage_kit.translations import gettext, ngettext, told
from passage_kit.widgets.consent_panel import button, text_field
from passage_kit.widgets.panel import ERROR, GOOD, INFO, BasePanel
from passage_kit.widgets.unsaved import Unsaved, script, style
from passage_kit.workspace.workspace import Workspace


class StatusView(Unsaved):
    """Widget for the steps."""

    _esm = script("cut_over")
    _css = style("checklist", "cut_over")


class CutOver(BasePanel):
    """Panel that shows how far the cut-over is, each step with its evidence and its time.

    Nothing is changed, and nothing is ticked by hand. It looks when it is shown, and again at a press.

    Parameters
    ----------
    workspace : Workspace
        Workspace of the migration.
    client : PassageClient, optional
        A client of the app. Default: the app that the environment or ``.env`` names, if they name one.

    Notes
    -----
    ``value`` is the last :class:`passage_kit.Status`. The health address is asked once a look, for five seconds at
    most.

    See Also
    --------
    passage_kit.find_status : Read the same in Python.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> panel = CutOver(Workspace(tempfile.mkdtemp()))
    >>> panel.run().ready
    False
    """

    title = "How far the cut-over is"
    intro = (
        "Each step is read from this workspace and from the systems, with what shows it and when. Nothing is ticked "
        "by hand: do a step, and look again."
    )

    def __init__(self, workspace: Workspace, client: PassageClient | None = None) -> None:
        self._client = client
        self.health = text_field(
            gettext("Health address"), "", gettext("such as {example}", example="https://shop.example.org/health")
        )
        self.again = button(gettext("Look again"), "refresh")
        self.view = StatusView()
        super().__init__(workspace, [self.health, ipywidgets.HBox([self.again]), self.view])
        self.again.on_click(lambda _button: self._begin())
        self.health.observe(lambda _change: self._begin(), "value")
        self._begin()

    def run(self) -> Status:
        """Look again, as the button does.

        Returns
        -------
        Status

        Raises
        ------
        PassageKitError
            As :func:`passage_kit.find_status`. The panel shows the message, too.
        """
        self.wait()
        try:
            status = self._look()
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            raise
        self._take_status(status)
        return status

    def _begin(self) -> None:
        self.again.disabled = True
        self._line.show(code=self._call())
        self._work(gettext("Looking"), self._look, self._take_status)

    def _end(self) -> None:
        super()._end()
        self.again.disabled = False

    def _look(self) -> Status:
        given: AbstractContextManager[PassageClient | None] = nullcontext(self._client)
        with given if self._client else configured_client() as client:
            return find_status(self.workspace, client=client, health=self._health)

    @property
    def _health(self) -> str | None:
        return self.health.value.strip() or None

    def _take_status(self, status: Status) -> None:
        self._value = status
        self.view.show(steps=[_shown(check) for check in status.checks])
        left = sum(check.state != "done" for check in status.checks)
        if status.ready:
            self._say((GOOD, gettext("Every step is done.")))
        else:
            said = ngettext("{count} step left. It says what to do.", "{count} steps left. Each says what to do.", left)
            self._say((INFO, said))

    def _call(self) -> str:
        health = f", health={self._health!r}" if self._health else ""
        return f"status = pk.find_status(workspace, client=client{health})"


def _shown(check: Check) -> dict[str, Any]:
    return {
        "title": check.title,
        "state": check.state,
        "said": state_in_words(check.state),
        "evidence": check.evidence,
        "at": f"{check.at.astimezone():%Y-%m-%d %H:%M}" if check.at else "",
        "next": check.next_step,
    }

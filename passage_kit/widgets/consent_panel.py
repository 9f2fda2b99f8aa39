"""Panels that change something outside the workspace: they look first, show the numbers, and ask before they act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from passage_kit.errors import OptionError, PassageKitError, PushError
from passage_kit.progress import progress_to
from passage_kit.push.push_result import PushInterrupted
from passage_kit.translations import Worded, gettext, told, worded
from passage_kit.widgets.file_buttons import FileButtons
from passage_kit.widgets.panel import ERROR, INFO, BasePanel
from passage_kit.widgets.unsaved_text import UnsavedText
from passage_kit.widgets.watching import watch
from passage_kit.workspace.workspace import Workspace

WIDE = {"description_width": "13em"}
LAYOUT = {"width": "44em", "max_width": "100%"}


class ConsentPanel(BasePanel):
    """A panel whose button acts only after a dry run has shown what it does and a person has agreed to that.

    Parameters
    ----------
    workspace : Workspace
        Workspace that holds the state.
    choices : sequence of ipywidgets.Widget
        Controls of the target.
    act, undo : str
        Labels of the buttons that act, and that take it back.
    others : sequence of ipywidgets.Button, optional
        More buttons, beside the one that acts.
    shown : sequence of ipywidgets.Widget, optional
        What shows a result, below its numbers. Both stand before the question for consent.

    Notes
    -----
    A subclass gives the work in ``_act`` and ``_take_back``, and says in ``_about`` what a result means. A change of a
    choice takes consent back.
    """

    files_of: tuple[str, ...] = ()  # names within the workspace that the panel has buttons for
    made_from = ""  # name within the workspace of the file that a result is made from

    def __init__(
        self,
        workspace: Workspace,
        choices: list[ipywidgets.Widget],
        *,
        act: str,
        undo: str,
        others: tuple[ipywidgets.Button, ...] = (),
        shown: tuple[ipywidgets.Widget, ...] = (),
    ) -> None:
        self.look = button(gettext("Look (dry run)"), "search")
        self.stop = button(gettext("Stop"), "stop")
        self.consent, self.undo_consent = _consent(), _consent()
        self.act = button(act, "check", "primary")
        self.undo_look = button(gettext("Undo (dry run)"), "undo")
        self.take_back = button(undo, "trash", "danger")
        self.outcome = UnsavedText(label=gettext("Result"))
        self.files = FileButtons(workspace, self.files_of)
        self._others = others
        self._made_from: tuple[int, int] | None = None
        self._stopping = False
        rows = [
            [self.look, self.stop],
            [self.consent],
            [self.act, *others],
            [self.undo_look],
            [self.undo_consent, self.take_back],
        ]
        first, *others_below = (ipywidgets.HBox(row, layout={"flex_flow": "row wrap"}) for row in rows)
        super().__init__(workspace, [*choices, first, self.outcome, *shown, *others_below, self.files])
        self.files.renew()
        watch(workspace.folder, self)
        for box in (self.consent, self.undo_consent):
            box.observe(lambda _change: self._arm(), "value")
        self._on_click(self.look, gettext("Looking"), lambda: self._act(dry_run=True))
        self._on_click(self.act, gettext("Working"), self._act_as_agreed)
        self._on_click(self.undo_look, gettext("Looking what can be taken back"), lambda: self._take_back(dry_run=True))
        self._on_click(self.take_back, gettext("Taking back"), lambda: self._take_back(dry_run=False))
        self.stop.on_click(lambda _button: self._ask_to_stop())

    def _look_first(self) -> str:
        return gettext("Look first: a dry run shows what would happen, and changes nothing.")

    def _act(self, *, dry_run: bool) -> Any:
        raise NotImplementedError

    def _act_as_agreed(self) -> Any:
        """Act, but not on others than those whose numbers were agreed to."""
        if self._is_other:
            again = gettext("Look again, and agree to the numbers of now. Nothing was changed.")
            raise OptionError(f"{self._other_since()} {again}")
        return self._act(dry_run=False)

    def _take_back(self, *, dry_run: bool) -> Any:
        raise NotImplementedError

    def look_again(self) -> None:
        """Mark the result if it is older than what it was made from."""
        self._mark(self._older(), gettext("Look again"), self.look.click)

    def _older(self) -> str:
        """Say why the result is out of date; "" if it is not."""
        return gettext("Out of date: {why}", why=self._other_since()) if self._is_other else ""

    def _other_since(self) -> str:
        """Say that the file that results are made from is another one since."""
        raise NotImplementedError

    @property
    def _is_other(self) -> bool:
        return self._value is not None and self._made_from != self._state()

    def _state(self) -> tuple[int, int] | None:
        path = self.workspace.folder / self.made_from
        if not path.exists():
            return None
        state = path.stat()
        return state.st_size, state.st_mtime_ns

    def _about(self, outcome: Any) -> None:
        """Say what a result means, and ask for consent to what a dry run expects."""
        raise NotImplementedError

    def _call(self) -> str:
        raise NotImplementedError

    def _changed(self) -> None:
        """Take consent back, since it was given to another choice."""
        self._ask(self.consent, "")
        self._ask(self.undo_consent, "")
        self._arm()
        self.look_again()
        self._line.show(code=self._call())
        self._say((INFO, self._look_first()))

    def _arm(self) -> None:
        """Allow what was agreed to; while the panel works, allow to stop."""
        for one in (self.look, self.undo_look, *self._others):
            one.disabled = self.busy
        self.act.disabled = self.busy or not self.consent.value
        self.take_back.disabled = self.busy or not self.undo_consent.value
        self.take_back.layout.display = self.undo_consent.layout.display
        self.stop.layout.display = "" if self.busy else "none"

    def _ask(self, box: ipywidgets.Checkbox, question: str) -> None:
        """Ask for consent; "" asks for nothing."""
        box.value, box.description, box.disabled = False, question, not question
        box.layout.display = "" if question else "none"

    def _on_click(self, clicked: ipywidgets.Button, label: str, work: Callable[[], Any]) -> None:
        def begin(_button: ipywidgets.Button) -> None:
            self._work(label, work, self._take_outcome)
            self._arm()

        clicked.on_click(begin)

    def _now(self, work: Callable[[], Any], *, shown: bool = True) -> Any:
        """Do the work of a cell at once, with its progress in the panel, which shows its result if ``shown``."""
        try:
            with progress_to(self._tell):
                outcome = work()
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            raise
        finally:
            self._end()
        if shown:
            self._take_outcome(outcome)
        else:
            self._arm()
        return outcome

    def _take_outcome(self, outcome: Any) -> None:
        self._value, self._made_from = outcome, self._state()
        self.look_again()
        self.outcome.say(*self._lines(outcome))
        self.files.renew()
        self._ask(self.consent, "")
        self._ask(self.undo_consent, "")
        self._about(outcome)
        self._arm()

    def _lines(self, outcome: Any) -> list[str]:
        return str(outcome.to_text()).splitlines()

    # Progress and stop

    def _ask_to_stop(self) -> None:
        self._stopping = True
        self.stop.disabled = True

    def _tell(self, label: str, share: float | None = None) -> None:
        if self._stopping:
            raise KeyboardInterrupt
        super()._tell(label, share)

    def _attempt(self, work: Callable[[], Any]) -> Any:
        try:
            return super()._attempt(_stoppable(work))
        finally:
            self._stopping = False

    def _end(self) -> None:
        super()._end()
        self.stop.disabled = False
        self._arm()


def _stoppable(work: Callable[[], Any]) -> Callable[[], Any]:
    """Turn a stop into an error whose sentence the panel shows; it says what is done and how to go on."""

    def attempt() -> Any:
        try:
            return work()
        except PushInterrupted as stopped:
            raise PushError(worded("Stopped. {done}", done=stopped.args[0])) from None
        except KeyboardInterrupt:
            raise PushError(worded("Stopped. {done}", done=_go_on())) from None

    return attempt


def _go_on() -> Worded:
    return worded("Press the same button to go on.")


def _consent() -> ipywidgets.Checkbox:
    return ipywidgets.Checkbox(False, disabled=True, indent=False, layout={"width": "auto", "max_width": "100%"})


def text_field(label: str, value: str, hint: str) -> ipywidgets.Text:
    """Make a field for a line of text."""
    return ipywidgets.Text(
        value, description=label, placeholder=hint, continuous_update=False, style=WIDE, layout=LAYOUT
    )


def button(label: str, icon: str, style: str = "") -> ipywidgets.Button:
    """Make a button as wide as its label."""
    return ipywidgets.Button(description=label, icon=icon, button_style=style, layout={"width": "auto"})

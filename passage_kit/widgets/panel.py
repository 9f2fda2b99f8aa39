"""What every panel has: a title, messages, the equivalent Python call, and a guard against the notebook's shortcuts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import ipywidgets
import traitlets

from passage_kit.errors import PassageKitError
from passage_kit.files.file_set import FileSet
from passage_kit.progress import progress_to
from passage_kit.widgets.background import Background
from passage_kit.widgets.unsaved import STATIC as STATIC
from passage_kit.widgets.unsaved import Unsaved, script, style
from passage_kit.workspace.plan import Options, Plan
from passage_kit.workspace.workspace import Workspace

T = TypeVar("T")

GOOD, INFO, WARNING, ERROR = "good", "info", "warning", "error"
Message = tuple[str, str]  # one of these and a sentence

_IMPORTS = {
    "replace": "from dataclasses import replace",
    "Options": "from passage_kit import Options",
    "read_template": "from passage_kit import read_template",
    "decide": "from passage_kit import decide",
    "correct": "from passage_kit import correct",
    "apply_corrections": "from passage_kit import apply_corrections",
    "take_back": "from passage_kit import take_back",
}


class PanelHead(Unsaved):
    """Title, introduction, messages and progress; installs the key guard on its panel."""

    _esm = script("head")
    _css = style("panel", "head")
    title = traitlets.Unicode().tag(sync=True)
    intro = traitlets.Unicode().tag(sync=True)


class CodeLine(Unsaved):
    """Python code to read and copy."""

    _esm = script("code")


class BasePanel(ipywidgets.VBox):
    """A panel: a head with messages, its controls, and the same in Python.

    Parameters
    ----------
    workspace : Workspace
        Which holds the state.
    body : sequence of ipywidgets.Widget
        The controls.

    Notes
    -----
    A subclass sets ``title`` and ``intro``.
    """

    title = ""
    intro = ""

    def __init__(self, workspace: Workspace, body: list[ipywidgets.Widget]) -> None:
        self.workspace = workspace
        self._head = PanelHead(title=self.title, intro=self.intro)
        self._line = CodeLine()
        self._value: Any = None
        self._background = Background()
        super().__init__([self._head, *body, self._line])
        self.add_class("passage-panel")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.workspace!r})"

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self._value

    @property
    def code(self) -> str:
        """The equivalent Python, as the panel shows it."""
        return str(self._line.shown.get("code", ""))

    @property
    def messages(self) -> list[str]:
        """What the panel says at the moment."""
        return [message["text"] for message in self._head.shown.get("messages", [])]

    @property
    def busy(self) -> bool:
        """Whether work is being done beside the page."""
        return self._head.shown.get("progress") is not None

    def wait(self) -> None:
        """Wait until the work beside the page is done."""
        self._background.wait()

    @property
    def plan(self) -> Plan:
        """The plan as it is saved; an empty one before anything is."""
        return self.workspace.load_plan() if self.workspace.has_plan else Plan()

    def _with_upload(self, text: ipywidgets.Text, label: str, accept: str = "") -> ipywidgets.HBox:
        """A file's name, and a button that stores an upload in the workspace and puts its name there."""
        button = ipywidgets.FileUpload(description=label, accept=accept, layout={"width": "14em"})

        def store(_change: Any) -> None:
            for file in button.value:
                path = self.workspace.make().folder / "uploads" / Path(file["name"]).name
                with FileSet() as files:
                    files.new(path).write_bytes(file["content"])
                again = text.value == str(path)
                text.value = str(path)
                if again:  # other contents under the same name
                    self._changed()

        button.observe(store, "value")
        return ipywidgets.HBox([text, button], layout={"flex_flow": "row wrap"})

    def _changed(self) -> None:
        """Do what a change of a control asks for."""

    def _say(self, *messages: Message) -> None:
        self._head.show(messages=[{"kind": kind, "text": text} for kind, text in messages])

    def _work(self, label: str, work: Callable[[], T], take: Callable[[T], None]) -> None:
        """Do what takes long beside the page, then take its result; an error is said in a sentence."""
        self._tell(label)
        self._background.ask([(partial(self._attempt, work), partial(self._take_result, take))])

    def _tell(self, label: str, share: float | None = None) -> None:
        """Tell the progress of work; the page shows it after a second."""
        self._head.show(progress={"label": f"{label} …", "share": share})

    def _attempt(self, work: Callable[[], T]) -> T | PassageKitError:
        """Work, and give the result or the error that is to be said."""
        ended = False
        try:
            with progress_to(self._tell):
                result: T | PassageKitError = work()
            ended = True
        except PassageKitError as error:
            result, ended = error, True
        finally:
            if not ended:
                self._end()
                self._say(
                    (ERROR, "This stopped for a reason that the kit does not know. Run the code below to see it.")
                )
        return result

    def _end(self) -> None:
        """Say no more of progress."""
        self._head.show(progress=None)

    def _take_result(self, take: Callable[[T], None], result: T | PassageKitError) -> None:
        self._end()
        if isinstance(result, PassageKitError):
            self._say((ERROR, str(result)))
        else:
            take(result)


class Panel(BasePanel):
    """A panel over one choice of a plan: its controls, what they come to, and the same in Python.

    A change of a control is saved at once, so running the cell again finds it. A choice that cannot be is said in a
    sentence; ``value``, ``code`` and the plan then stay as they were.

    Notes
    -----
    A subclass says in ``_choice`` what its controls come to, in ``_with`` what that makes of a plan, in ``_call`` how
    it is written in Python, and perhaps in ``_notes`` what is to be said about it.
    """

    def __init__(self, workspace: Workspace, body: list[ipywidgets.Widget]) -> None:
        self._unheard = False
        super().__init__(workspace, body)

    @property
    def saved(self) -> bool:
        """Whether the plan has the choice."""
        plan, folder = self.plan, self.workspace.folder
        return self.workspace.has_plan and self._with(plan).to_toml(folder) == plan.to_toml(folder)

    def save(self) -> None:
        """Save what the controls say into the workspace's plan, whose other choices stay."""
        if self._take():
            try:
                self.workspace.save_plan(self._with(self.plan))
                self._show()
            except PassageKitError as error:
                self._say((ERROR, str(error)))

    def _listen(self, *controls: ipywidgets.Widget) -> None:
        """Hear the controls from now on."""
        for control in controls:
            control.observe(self._hear, "value")

    def _hear(self, _change: Any) -> None:
        if not self._unheard:
            self._changed()

    def _changed(self) -> None:
        """Do what a change asks for: save."""
        self.save()

    def _set(self, control: ipywidgets.Widget, name: str, value: Any) -> None:
        """Set something of a control without hearing it."""
        self._unheard = True
        setattr(control, name, value)
        self._unheard = False

    def _take(self) -> bool:
        """Take the controls' choice, or say why it cannot be."""
        try:
            self._value = self._choice()
            self._show()
        except PassageKitError as error:
            self._say((ERROR, str(error)))
            return False
        return True

    def _show(self) -> None:
        """Show the code and the messages that belong to the choice."""
        self._line.show(code=self._call())
        if self.saved:
            self._say(*self._notes(), (GOOD, f"Saved in {self.workspace.plan_path}."))
        else:
            self._say(*self._notes(), (INFO, "Not saved yet: change something, or run the next cell as it is."))

    def _notes(self) -> list[Message]:
        """Messages about the choice."""
        return []

    def _choice(self) -> Any:
        raise NotImplementedError

    def _with(self, plan: Plan) -> Plan:
        raise NotImplementedError

    def _call(self) -> str:
        raise NotImplementedError


def hint(text: str) -> ipywidgets.HTML:
    """Make a quiet line below a control; ``text`` is the kit's own, not a user's."""
    line = ipywidgets.HTML(text)
    line.add_class("passage-hint")
    return line


def written_call(name: str, arguments: list[str]) -> str:
    """Write a call: in one line if it is short, else with an argument a line.

    Examples
    --------
    >>> written_call("Options", ["survivor='newest'"])
    "Options(survivor='newest')"
    """
    line = f"{name}({', '.join(arguments)})"
    if len(line) < 80:
        return line
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), ")"])


def written_options(options: Options) -> str:
    """Write the call that makes the options; what is at its default is left out.

    Examples
    --------
    >>> written_options(Options(default_region="US"))
    "Options(default_region='US')"
    """
    usual = Options().to_dict()
    given = {name: value for name, value in options.to_dict().items() if usual.get(name) != value}
    return written_call("Options", [f"{name}={value!r}" for name, value in given.items()])


def imports_of(code: str) -> str:
    """Write the imports that code of a panel needs, besides ``passage_kit as pk``.

    Examples
    --------
    >>> print(imports_of("options = Options()").strip())
    from passage_kit import Options
    """
    needed = [line for name, line in _IMPORTS.items() if re.search(rf"(?<![.\w]){name}\(", code)]
    return "".join(f"{line}\n" for line in needed) + ("\n" if needed else "")

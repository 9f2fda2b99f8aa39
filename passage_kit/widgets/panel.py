"""Common parts of all panels: title, messages, the equivalent Python call, and a guard against notebook shortcuts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import ipywidgets
import traitlets
from IPython.display import HTML, display

from passage_kit.columns.characters import is_unicode
from passage_kit.errors import OutputError, PassageKitError
from passage_kit.files.file_set import FileSet
from passage_kit.progress import progress_to
from passage_kit.translations import gettext, told, worded
from passage_kit.widgets.background import Background
from passage_kit.widgets.unsaved import STATIC as STATIC
from passage_kit.widgets.unsaved import Unsaved, script, style
from passage_kit.workspace.lock import saving
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.session import in_app
from passage_kit.workspace.workspace import Workspace

T = TypeVar("T")

# Stands above a panel and is hidden by its script as long as the kernel answers.
ASLEEP = '<p class="passage-asleep">{}</p>'

GOOD, INFO, WARNING, ERROR = "good", "info", "warning", "error"
Message = tuple[str, str]  # a message is one of these kinds and a sentence

_IMPORTS = {
    "replace": "from dataclasses import replace",
    "Options": "from passage_kit import Options",
    "read_template": "from passage_kit import read_template",
    "decide": "from passage_kit import decide",
    "correct": "from passage_kit import correct",
    "apply_corrections": "from passage_kit import apply_corrections",
    "load_fixes": "from passage_kit import load_fixes",
    "take_back": "from passage_kit import take_back",
}


class PanelHead(Unsaved):
    """Widget for title, introduction, messages and progress, with the key guard of the panel."""

    _esm = script("head")
    _css = style("panel", "head")
    title = traitlets.Unicode().tag(sync=True)
    intro = traitlets.Unicode().tag(sync=True)
    renew: Callable[[], None] | None = None  # what the button of a result does that is out of date

    def _heard(self, content: Any) -> None:
        if isinstance(content, dict) and content.get("do") == "renew" and self.shown.get("outdated") and self.renew:
            self.renew()


class CodeLine(Unsaved):
    """Widget with Python code to read and copy."""

    _esm = script("code")


class BasePanel(ipywidgets.VBox):
    """A panel with a head, controls, and the equivalent Python code.

    Parameters
    ----------
    workspace : Workspace
        Workspace that holds the state.
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
        self._head = PanelHead(title=gettext(self.title), intro=gettext(self.intro))
        self._line = CodeLine()
        self._value: Any = None
        self._background = Background()
        super().__init__([self._head, *body, self._line])
        self.add_class("passage-panel")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.workspace!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the panel, and before it what a page says that has no kernel for it any more."""
        display(HTML(ASLEEP.format(_asleep())))  # type: ignore[no-untyped-call]
        return super()._repr_mimebundle_(**kwargs)

    @property
    def value(self) -> Any:
        """Current choice."""
        return self._value

    @property
    def code(self) -> str:
        """Equivalent Python code, as the panel shows it."""
        return str(self._line.shown.get("code", ""))

    @property
    def messages(self) -> list[str]:
        """Current messages of the panel."""
        return [message["text"] for message in self._head.shown.get("messages", [])]

    @property
    def busy(self) -> bool:
        """Tell whether a thread is working for the panel."""
        return self._head.shown.get("progress") is not None

    def wait(self) -> None:
        """Wait until the panel's thread has finished its work."""
        self._background.wait()

    @property
    def plan(self) -> Plan:
        """Saved plan, or an empty one if none was saved."""
        return self.workspace.load_plan() if self.workspace.has_plan else Plan()

    def _with_upload(self, text: ipywidgets.Text, label: str, accept: str = "") -> ipywidgets.HBox:
        """Add a button to a field for a file name, which stores an upload in the workspace and sets the name."""
        button = ipywidgets.FileUpload(description=label, accept=accept, layout={"width": "auto", "min_width": "14em"})

        def store(_change: Any) -> None:
            for file in button.value:
                try:
                    path = store_upload(self.workspace, file["name"], file["content"])
                except PassageKitError as error:
                    self._say((ERROR, told(error)))
                    return
                again = text.value == str(path)
                text.value = str(path)
                if again:  # another content under the same name
                    self._changed()

        button.observe(store, "value")
        return ipywidgets.HBox([text, button], layout={"flex_flow": "row wrap"})

    def _changed(self) -> None:
        """React to a change of a control."""

    def _say(self, *messages: Message) -> None:
        self._head.show(messages=[{"kind": kind, "text": text} for kind, text in messages])

    def complain(self, problem: str) -> None:
        """Show what the panel, or a part of it, cannot do."""
        self._say((ERROR, problem))

    def _mark(self, outdated: str, button: str, renew: Callable[[], None] | None) -> None:
        """Show that the panel's result is out of date, with a button to renew it, or where that is not enough.

        "" takes the mark away.
        """
        if outdated and renew is None:
            again = gettext("Run this notebook again.")
            outdated = f"{outdated} {again}"
        self._head.renew = renew
        self._head.show(outdated={"text": outdated, "button": button if renew else ""} if outdated else None)

    @property
    def outdated(self) -> str:
        """Since when and by what the panel's result is out of date, as the page shows it; "" if it is not."""
        return str((self._head.shown.get("outdated") or {}).get("text", ""))

    def _work(self, label: str, work: Callable[[], T], take: Callable[[T], None]) -> None:
        """Do long work in a thread and take its result; show an error as a message."""
        self._tell(label)
        self._background.ask([(partial(self._attempt, work), partial(self._take_result, take))])

    def _tell(self, label: str, share: float | None = None) -> None:
        """Send the progress of the work to the page, which shows it after one second."""
        self._head.show(progress={"label": f"{label} …", "share": share})

    def _attempt(self, work: Callable[[], T]) -> T | PassageKitError:
        """Do the work, and return the result or the error to show."""
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
                self._say((ERROR, gettext("The work stopped for an unknown reason. Run the code below to see it.")))
        return result

    def _end(self) -> None:
        """Show no more progress."""
        self._head.show(progress=None)

    def _take_result(self, take: Callable[[T], None], result: T | PassageKitError) -> None:
        self._end()
        if isinstance(result, PassageKitError):
            self._say((ERROR, told(result)))
        else:
            take(result)


class Panel(BasePanel):
    """A panel for one choice of a plan, with its controls and the equivalent Python code.

    The panel saves each change of a control at once, so running the cell again finds it. For an invalid choice it shows
    a message, and ``value``, ``code`` and the plan stay the same.

    Notes
    -----
    A subclass returns the choice of its controls in ``_choice``, the plan with the choice in ``_with``, the Python code
    in ``_call``, and optional messages about the choice in ``_notes``.
    """

    def __init__(self, workspace: Workspace, body: list[ipywidgets.Widget]) -> None:
        self._unheard = False
        super().__init__(workspace, body)

    @property
    def saved(self) -> bool:
        """Tell whether the plan has the choice."""
        plan, folder = self.plan, self.workspace.folder
        return self.workspace.has_plan and self._with(plan).to_toml(folder) == plan.to_toml(folder)

    def save(self) -> None:
        """Save the choice into the workspace's plan, whose other choices stay."""
        if self._take():
            try:
                self.workspace.save_plan(self._with(self.plan))
                self._show()
            except PassageKitError as error:
                self._say((ERROR, told(error)))

    def _listen(self, *controls: ipywidgets.Widget) -> None:
        """React to changes of the controls from now on."""
        for control in controls:
            control.observe(self._hear, "value")

    def _hear(self, _change: Any) -> None:
        if not self._unheard:
            self._changed()

    def _changed(self) -> None:
        """Save after a change."""
        self.save()

    def _set(self, control: ipywidgets.Widget, name: str, value: Any) -> None:
        """Set an attribute of a control without reacting to the change."""
        self._unheard = True
        setattr(control, name, value)
        self._unheard = False

    def _take(self) -> bool:
        """Take the choice of the controls, or show why it is invalid."""
        try:
            self._value = self._choice()
            self._show()
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return False
        return True

    def _show(self) -> None:
        """Show the code and the messages that belong to the choice."""
        self._line.show(code=self._call())
        if self.saved:
            self._say(*self._notes(), (GOOD, gettext("Saved in {path}.", path=self.workspace.plan_path)))
        else:
            self._say(*self._notes(), (INFO, _not_saved()))

    def _notes(self) -> list[Message]:
        """List messages about the choice."""
        return []

    def _choice(self) -> Any:
        raise NotImplementedError

    def _with(self, plan: Plan) -> Plan:
        raise NotImplementedError

    def _call(self) -> str:
        raise NotImplementedError


def store_upload(workspace: Workspace, name: str, content: bytes | memoryview) -> Path:
    """Keep an upload in the workspace, readable by its owner only, and give its path.

    Raises
    ------
    OutputError
        If the name is none that a file can have, or the file cannot be written.
    """
    path = _upload_path(workspace, name)
    with saving(workspace.folder), FileSet() as files:
        workspace.make(files=files)
        files.new(path).write_bytes(content)
    return path


def _upload_path(workspace: Workspace, given: str) -> Path:
    """Give the place of an upload; its name comes from the browser, so it can be anything.

    Raises
    ------
    OutputError
    """
    folder, name = workspace.folder / "uploads", Path(given.replace("\\", "/")).name
    if not is_unicode(name) or not name.strip(". ") or "\0" in name:
        raise OutputError(worded("The uploaded file has a name that no file can have. Rename it, and upload it again."))
    if folder.is_symlink():
        raise OutputError(
            worded(
                "{folder} is a link to another folder. Replace the link by a folder, and upload again.", folder=folder
            )
        )
    return folder / name


def go_on() -> str:
    """Say how one goes on below a panel: in a notebook by its next cell, and in the app further down the page."""
    return gettext("go on below") if in_app() else gettext("run the next cell")


def _not_saved() -> str:
    return gettext("Not saved yet: change something, or {go_on} as it is.", go_on=go_on())


def _asleep() -> str:
    """Say above a panel that has no kernel how it comes back."""
    if in_app():
        return gettext("This panel is asleep, and saves nothing. Load this page anew. It comes back as you left it.")
    return gettext(
        "This panel is asleep, and saves nothing. Run this notebook again: Run, Restart Kernel and Run All Cells. It "
        "comes back as you left it."
    )


def hint(text: str) -> ipywidgets.HTML:
    """Make a small line of text below a control; ``text`` must be the kit's own, not a user's."""
    line = ipywidgets.HTML(text)
    line.add_class("passage-hint")
    return line


def written_call(name: str, arguments: list[str]) -> str:
    """Write a call in one line if it is short, else with one argument in each line.

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
    """Write the call that makes the options, without the default values.

    Examples
    --------
    >>> written_options(Options(default_region="US"))
    "Options(default_region='US')"
    """
    usual = Options().to_dict()
    given = {name: value for name, value in options.to_dict().items() if usual.get(name) != value}
    return written_call("Options", [f"{name}={value!r}" for name, value in given.items()])


def imports_of(code: str) -> str:
    """Write the imports that the code of a panel needs, besides ``passage_kit as pk``.

    Examples
    --------
    >>> print(imports_of("options = Options()").strip())
    from passage_kit import Options
    """
    needed = [line for name, line in _IMPORTS.items() if re.search(rf"(?<![.\w]){name}\(", code)]
    return "".join(f"{line}\n" for line in needed) + ("\n" if needed else "")

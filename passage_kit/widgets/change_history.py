"""Panel of the history: what was changed in a workspace, in plain sentences, with undo and redo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from passage_kit.errors import PassageKitError
from passage_kit.translations import gettext, ngettext, told
from passage_kit.widgets.page_messages import Form, follow, is_number
from passage_kit.widgets.panel import ERROR, GOOD, INFO, BasePanel
from passage_kit.widgets.unsaved import PanelPart, script, style
from passage_kit.widgets.watching import tell_others, watch
from passage_kit.workspace.change_words import said_of
from passage_kit.workspace.changes import next_changes, redo_change, undo_change
from passage_kit.workspace.history import Change, load_history
from passage_kit.workspace.workspace import Workspace

CHANGES_PER_PAGE = 10
_FORMS = {"undo": Form(), "redo": Form(), "view": Form({"page": is_number})}


class HistoryList(PanelPart):
    """Widget for the buttons and one page of the changes."""

    _esm = script("change_history")
    _css = style("review", "change_history")


class ChangeHistory(BasePanel):
    """Panel of what was changed in a workspace: corrections, decisions about duplicates, and steps.

    Parameters
    ----------
    workspace : Workspace
        Workspace that holds the history.

    Notes
    -----
    ``value`` is the list of the changes, the oldest first. Undo takes back the last change, also one of an earlier
    session; the other panels of the kernel then show what holds.

    See Also
    --------
    passage_kit.list_changes : List the changes in Python.
    passage_kit.undo_change : Undo the last change.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace, correct
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> workspace.save_corrections(correct(workspace.load_corrections(), [2], "email", "bo@example.org"))
    >>> panel = ChangeHistory(workspace)
    >>> panel.undo()
    >>> panel.value[0].state, len(workspace.load_corrections())
    ('undone', 0)
    """

    title = "What you changed"
    intro = (
        "Your corrections, your decisions about duplicates and your steps, the last one first. Undo takes back one at "
        "a time, also after a restart. What somebody else changed stays."
    )

    def __init__(self, workspace: Workspace) -> None:
        self._page = 0
        self._did = ""
        self.table = HistoryList(self.answer)
        super().__init__(workspace, [self.table])
        watch(workspace.folder, self)
        self.look_again()

    @property
    def page(self) -> dict[str, Any]:
        """Content of the page."""
        return self.table.shown

    def undo(self) -> None:
        """Undo the last change; the panel shows an error as a message."""
        self._turn(undo_change)

    def redo(self) -> None:
        """Make the change again that was undone last; the panel shows an error as a message."""
        self._turn(redo_change)

    def view(self, page: int) -> None:
        """Show another page of the changes; 0 has the last ones."""
        self._page = page
        self._show_page()

    def look_again(self) -> None:
        """Show the changes as they stand in the workspace now."""
        if self._load():
            count = len(self._value)
            folder = self.workspace.folder / "history"
            kept = ngettext("{count} change in {folder}.", "{count} changes in {folder}.", count, folder=folder)
            self._say((INFO, kept if count else gettext("Nothing was changed yet.")))

    def answer(self, content: Any) -> None:
        """Answer a request of the page."""
        actions: dict[str, Callable[..., None]] = {"undo": self.undo, "redo": self.redo, "view": self.view}
        follow(content, _FORMS, actions, self.complain)

    def _turn(self, turn: Callable[[Workspace], Change]) -> None:
        self._page = 0
        try:
            change = turn(self.workspace)
        except PassageKitError as error:
            if self._load():
                self._say((ERROR, told(error)))
            return
        self._did = turn.__name__
        if self._load():
            undone = turn is undo_change
            said = {"change": said_of(change)}
            self._say(
                (GOOD, gettext("Undone: {change}", **said) if undone else gettext("Made again: {change}", **said))
            )
        tell_others(self.workspace.folder, self)

    def _load(self) -> bool:
        try:
            self._value = load_history(self.workspace.folder)
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return False
        self._show_page()
        self._line.show(code=f"pk.{self._did}(workspace)" if self._did else "pk.list_changes(workspace)")
        return True

    def _show_page(self) -> None:
        changes: list[Change] = self._value[::-1]
        pages = max(1, -(-len(changes) // CHANGES_PER_PAGE))
        self._page = min(max(self._page, 0), pages - 1)
        following = next_changes(self._value)
        self.table.show(
            changes=[_described(one) for one in changes[self._page * CHANGES_PER_PAGE :][:CHANGES_PER_PAGE]],
            undo=said_of(following.undo) if following.undo else "",
            redo=said_of(following.redo) if following.redo else "",
            page=self._page,
            pages=pages,
            found=len(changes),
        )


def _described(change: Change) -> dict[str, Any]:
    return {
        "number": change.number,
        "at": change.at,
        "says": said_of(change),
        "state": change.state,
        "note": _notes()[change.state],
    }


def _notes() -> dict[str, str]:
    return {
        "done": "",
        "undone": gettext("undone"),
        "stays": gettext("stays: the list or the same value has changed since"),
        "dropped": gettext("undone for good: other changes followed"),
    }

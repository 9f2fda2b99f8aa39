"""Buttons that take files of the workspace away, and open the report: over the panel's own connection.

So they work alike in JupyterLab, Notebook and the app, whatever the folder and the address of the server.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from passage_kit.errors import OptionError
from passage_kit.preparation.downloads import Download, list_downloads
from passage_kit.widgets.page_messages import Form, is_number, is_words, read_message
from passage_kit.widgets.unsaved import Unsaved, script, style
from passage_kit.workspace.workspace import Workspace

PIECE = 1 << 22  # bytes that go to the page at a time; it asks for the next ones
_FORMS = {"read": Form({"name": is_words, "at": is_number})}


class FileButtons(Unsaved):
    """A button for each file that is there.

    Parameters
    ----------
    workspace : Workspace
    names : collection of str, optional
        Names within the workspace. Default: every file that a person may take away.
    """

    _esm = script("file_buttons")
    _css = style("file_buttons")

    def __init__(self, workspace: Workspace, names: Collection[str] = ()) -> None:
        super().__init__()
        self._workspace, self._names = workspace, names

    def renew(self) -> None:
        """Show the files that are there now."""
        self.show(files=[self._described(it) for it in self._files()])

    def _files(self) -> list[Download]:
        return [it for it in list_downloads(self._workspace) if not self._names or it.name in self._names]

    @staticmethod
    def _described(it: Download) -> dict[str, Any]:
        return {"name": it.name, "title": it.title, "size": it.size, "page": it.is_page}

    def _heard(self, content: Any) -> None:
        """Send a piece of a listed file; what the page may not have is not there."""
        try:
            _, given = read_message(content, _FORMS)
        except OptionError:
            return
        name, at = given["name"], given["at"]
        found = next((it for it in self._files() if it.name == name), None)
        if found is None or at < 0:
            self.send({"gone": name})
            return
        try:
            with found.path.open("rb") as file:
                file.seek(at)
                piece = file.read(PIECE)
            written = found.path.stat()
        except OSError:
            self.send({"gone": name})
            return
        state = {"size": written.st_size, "written": str(written.st_mtime_ns)}
        self.send({"piece": name, "at": at, **state}, [piece])

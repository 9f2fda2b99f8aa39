"""Choice of a user list in a panel: a file by drop, click or path, or a table of a database, shown as it was read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets

from passage_kit.database.urls import without_secrets
from passage_kit.errors import PassageKitError, SourceError
from passage_kit.files.regular_files import is_present_file
from passage_kit.reading.readers import UserList, read_source
from passage_kit.reading.several_files import files_of
from passage_kit.translations import gettext, told, worded
from passage_kit.widgets.drop_zone import DropZone
from passage_kit.widgets.list_view import ListView
from passage_kit.widgets.panel import hint, store_upload
from passage_kit.workspace.plan import SOURCE_URL, Plan
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.listed_tables import list_source_tables

FILE, DATABASE = "file", "database"
_WIDE = {"width": "44em", "max_width": "calc(100% - 4px)"}
_STYLE = {"description_width": "13em"}


class SourceChoice(ipywidgets.VBox):
    """Controls that choose a user list, and the list as it was read.

    Parameters
    ----------
    workspace : Workspace
        Workspace that keeps uploads.
    plan : Plan
        Plan with the settings of the reader.
    listed : str
        Path to begin with.
    changed : callable
        Called when another list, or another setting of the reader, was chosen.
    say : callable
        Takes the sentence of what cannot be had.
    busy : callable
        Takes True before a list is read, and False after it.
    """

    def __init__(
        self,
        workspace: Workspace,
        plan: Plan,
        listed: str,
        changed: Callable[[], None],
        say: Callable[[str], None],
        busy: Callable[[bool], None],
    ) -> None:
        self._workspace, self._changed, self._say, self._busy = workspace, changed, say, busy
        self._reading: dict[str, Any] = dict(plan.reading)
        self._read: UserList | None = None
        self._key: Any = None
        self._tables_of: str | None = None
        self._unheard = False
        by_environment = "://" in listed and listed == os.environ.get(SOURCE_URL)
        kinds = [
            (gettext("A file"), FILE),
            (gettext("A table of the database in {variable}", variable=SOURCE_URL), DATABASE),
        ]
        self.kind = ipywidgets.RadioButtons(
            options=kinds, value=DATABASE if by_environment else FILE, description=gettext("Your list is"), style=_STYLE
        )
        self.zone = DropZone(gettext("Upload user list"), self._store, say)
        # The field reports a change when it loses the focus or on Enter, not at each letter of a path.
        self.path = ipywidgets.Text(
            "" if by_environment else _without_password(listed),
            description=gettext("User list"),
            continuous_update=False,
            style=_STYLE,
            layout=_WIDE,
        )
        self.table = ipywidgets.Combobox(
            value=str(plan.reading.get("table", "")) if "://" in listed else "",
            description=gettext("Table"),
            placeholder=gettext("choose the table with the users"),
            continuous_update=False,
            style=_STYLE,
            layout=_WIDE,
        )
        self.view = ListView(self._choose, say)
        self._about = hint(
            gettext("CSV, Excel, JSON or Parquet, also in a .gz or .zip. Or type the path of a file, or of a folder.")
        )
        super().__init__([self.kind, self.zone, self.path, self._about, self.table, self.view])
        self._show_controls()
        self.kind.observe(self._hear_source, "value")
        self.path.observe(self._hear_source, "value")
        self.table.observe(self._hear_table, "value")

    @property
    def address(self) -> str:
        """Path or database URL of the chosen list.

        Raises
        ------
        SourceError
            If the database of the environment is chosen, and there is none.
        """
        if self.kind.value == FILE:
            return str(self.path.value).strip()
        if not os.environ.get(SOURCE_URL):
            raise SourceError(
                worded(
                    "The environment variable {variable} is not set. Set it to the address of the database, such as "
                    "postgresql://user:password@host/database, and start JupyterLab again.",
                    variable=SOURCE_URL,
                )
            )
        return os.environ[SOURCE_URL]

    @property
    def reading(self) -> dict[str, Any]:
        """Settings of the reader, as keyword arguments of ``read_source``."""
        return self._reading

    def read(self) -> UserList:
        """Read the list as chosen, unless it is read already, and show it.

        Raises
        ------
        PassageKitError
            If it cannot be read, or if somebody has to choose first.
        """
        address = self.address
        if "://" in address:
            self._list_tables(address)
        else:
            _check_file(address)
        if self._read is None or self._key_of(address, self._reading) != self._key:
            self._read = None
            try:
                self._open(address, self._reading)
            except PassageKitError as error:
                self.view.ask(None if "://" in address else error)
                raise
        assert self._read is not None  # noqa: S101 - it was opened
        return self._read

    def _open(self, address: str, reading: dict[str, Any]) -> None:
        self._busy(True)
        try:
            self._read = read_source(address, **reading)
        finally:
            self._busy(False)
        self._key = self._key_of(address, reading)
        self.view.tell(self._read, address, reading)

    def _key_of(self, address: str, reading: dict[str, Any]) -> Any:
        return address, repr(reading), _state(address)

    def set_reading(self, reading: dict[str, Any]) -> None:
        """Read with other settings from now on."""
        self._reading = dict(reading)

    def turn_to(self, listed: str, reading: dict[str, Any]) -> None:
        """Show another list as chosen, without telling anybody."""
        by_environment = "://" in listed and listed == os.environ.get(SOURCE_URL)
        self._unheard = True
        self.kind.value = DATABASE if by_environment else FILE
        self.path.value = "" if by_environment else _without_password(listed)
        self.table.value = str(reading.get("table", "")) if "://" in listed else ""
        self._unheard = False
        self._reading = dict(reading)
        self._show_controls()

    # What the person does

    def _store(self, name: str, content: bytes) -> None:
        """Keep an upload in the workspace, and choose it."""
        try:
            path = str(store_upload(self._workspace, name, content))
        except PassageKitError as error:
            self._say(told(error))
            return
        if self.path.value == path:  # another content under the same name
            self._changed()
        else:
            self.path.value = path

    def _hear_source(self, _change: Any) -> None:
        if self._unheard:
            return
        self._reading = {}
        self._set_table("")
        self._show_controls()
        self._changed()

    def _hear_table(self, change: Any) -> None:
        if not self._unheard:
            self._reading = {"table": change["new"].strip()} if change["new"].strip() else {}
            self._changed()

    def _choose(self, name: str, value: Any) -> None:
        """Read with another setting; what cannot be read so is said, and the list stays as it was."""
        reading = {key: given for key, given in self._reading.items() if key != name}
        reading |= {} if value is None else {name: value}
        try:
            self._open(self.address, reading)
        except PassageKitError as error:
            if isinstance(error, SourceError) and (error.choices or (error.encodings and self._read is None)):
                self.view.ask(error)
            self._say(told(error))
            return
        self._reading = reading
        self._changed()

    # Tables of a database

    def _list_tables(self, address: str) -> None:
        """Offer the tables of the database, and ask for one if neither a table nor a query is chosen."""
        if self._tables_of != address:
            self._tables_of, self.table.options = None, ()
            self.view.ask(None)
            self.table.options = tuple(table.name for table in list_source_tables(address))
            self._tables_of = address
        if not self.table.options:
            raise SourceError(worded("The database has no table. Check its address."))
        if not {"table", "query"} & self._reading.keys():
            self._read = None
            self.view.ask(None)
            raise SourceError(worded("Choose the table that holds your users."))

    def _set_table(self, name: str) -> None:
        self._unheard = True
        self.table.value = name
        self._unheard = False

    def _show_controls(self) -> None:
        of_file = self.kind.value == FILE
        for control in (self.zone, self.path, self._about):
            control.layout.display = "" if of_file else "none"
        self.table.layout.display = "" if not of_file or "://" in self.path.value else "none"


def _without_password(listed: str) -> str:
    return without_secrets(listed) if "://" in listed else listed


def _check_file(path: str) -> None:
    if not is_present_file(path) and (not path or files_of(path) is None):
        found = worded("There is no file {path}.", path=repr(path)) if path else worded("No user list is named.")
        advice = worded("Type its path, relative to this notebook's folder, or upload it.")
        raise SourceError(worded("{problem} {advice}", problem=found, advice=advice))


def _state(address: str) -> tuple[tuple[str, int, int], ...] | None:
    """Tell the state of a file, or of each of a folder, to read it again after a change."""
    if "://" in address:
        return None
    files = files_of(address) or [Path(address)]
    states = [(str(file), file.stat()) for file in files]
    return tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)

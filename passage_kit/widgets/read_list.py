"""Panel that reads the user list, and asks which one it is where a file holds several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import ipywidgets

from passage_kit.errors import PassageKitError, PlanError, SourceError
from passage_kit.reading.readers import UserList, read_source
from passage_kit.translations import gettext, ngettext, worded
from passage_kit.widgets.panel import INFO, Message, Panel, imports_of, written_call
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


class ReadList(Panel):
    """Panel that reads the plan's user list, with a drop-down of the lists in a file or archive that holds several.

    Parameters
    ----------
    workspace : Workspace
        Workspace whose plan names the user list, and holds the choice.

    Raises
    ------
    PlanError
        If the workspace has no plan, or its plan names no user list.

    Notes
    -----
    ``value`` are the keyword arguments of :func:`passage_kit.read_source`, and ``source`` is the list as read. A choice
    reads the list again and saves the plan; choose before you run the cells below.

    See Also
    --------
    passage_kit.read_source : Read the same list in Python.
    MapFields : Map the columns of the list next.

    Examples
    --------
    >>> import json, tempfile
    >>> from pathlib import Path
    >>> from passage_kit import Plan, Workspace
    >>> folder = Path(tempfile.mkdtemp())
    >>> lists = {"staff": [{"email": "ann@example.org"}], "guests": [{"email": "bob@example.org"}]}
    >>> _ = (folder / "users.json").write_text(json.dumps(lists))
    >>> workspace = Workspace(folder / "migration")
    >>> workspace.save_plan(Plan(str(folder / "users.json")))
    >>> panel = ReadList(workspace)
    >>> panel.lists.options
    (('choose one', ''), ('guests', 'guests'), ('staff', 'staff'))
    >>> panel.lists.value = "staff"
    >>> panel.source.users["email"].tolist()
    ['ann@example.org']
    """

    title = "Which list is read"
    intro = (
        "The kit reads the list that the plan names. If the file holds several lists, choose the one with your users."
    )

    def __init__(self, workspace: Workspace) -> None:
        plan = workspace.load_plan()
        if plan.source is None:
            raise PlanError(
                worded(
                    "The plan in {folder} names no user list. Run the notebook 00_start_here first.",
                    folder=workspace.folder,
                )
            )
        self._reading = self._former = dict(plan.reading)
        self._read: UserList | None = None
        self._error: PassageKitError | None = None
        self.lists = ipywidgets.Dropdown(
            options=[_undecided()],
            description=gettext("List of users"),
            style={"description_width": "auto"},
            layout={"width": "34em", "max_width": "100%"},
        )
        super().__init__(workspace, [self.lists])
        self._take()
        self._listen(self.lists)

    @property
    def source(self) -> UserList:
        """List as read.

        Raises
        ------
        PassageKitError
            If it could not be read, or if somebody has to choose first.
        """
        if self._read is None:
            assert self._error is not None  # noqa: S101 - the constructor has read the list or failed
            raise self._error
        return self._read

    def _choice(self) -> dict[str, Any]:
        """Read the list as chosen, unless it is read already."""
        chosen = self.lists.value
        reading = {**self._reading, "table": chosen} if chosen else self._reading
        if self._read is None or reading != self._reading:
            try:
                self._read = read_source(str(self.plan.source), **reading)
            except PassageKitError as error:
                self._ask(error, chosen)
                raise
            self._reading, self._error = reading, None
            self._offer(self._read.lists, reading.get("table"))
        return self._reading

    def _ask(self, error: PassageKitError, chosen: str) -> None:
        """Offer the lists that an error names, beside those offered before; a list read before stays the choice."""
        self._error = error
        self._line.show(code=self._call())
        before = [path for _, path in self.lists.options if path and path != chosen]
        more = error.choices if isinstance(error, SourceError) else ()
        self._offer((*more, *before) if more else (*filter(None, [chosen]), *before), None)

    def _offer(self, choices: Iterable[str], chosen: str | None) -> None:
        """Fill the drop-down; it is shown if somebody has to choose, or has chosen."""
        read_before = self._reading.get("table") if self._read else None
        chosen = chosen or read_before
        paths = list(dict.fromkeys([*choices, *filter(None, [chosen])]))
        self._set(self.lists, "options", [*([] if chosen else [_undecided()]), *((path, path) for path in paths)])
        self._set(self.lists, "value", chosen or "")
        asks = chosen is not None or self._read is None
        self.lists.layout.display = "" if asks and paths else "none"

    def _with(self, plan: Plan) -> Plan:
        return replace(plan, reading=self._reading)

    def _call(self) -> str:
        arguments = [repr(self.plan.source), *(f"{name}={value!r}" for name, value in self._reading.items())]
        code = f"source = {written_call('pk.read_source', arguments)}"
        if self._reading != self._former:
            code += f"\nworkspace.save_plan(replace(workspace.load_plan(), reading={self._reading!r}))"
        return imports_of(code) + code

    def _notes(self) -> list[Message]:
        users = self.source.users
        rows = ngettext("{count} row", "{count} rows", len(users))
        columns = ngettext("{count} column", "{count} columns", users.shape[1])
        said = [gettext("{rows} and {columns} were read.", rows=rows, columns=columns)]
        if self._reading != self._former:
            said.append(gettext("Run the cells below again to go on with this list."))
        return [(INFO, " ".join(said))]


def _undecided() -> tuple[str, str]:
    return gettext("choose one"), ""

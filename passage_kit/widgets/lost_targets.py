"""Questions about targets whose columns are gone from a changed list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

import ipywidgets

from passage_kit.mapping.changed_columns import ChangedColumns
from passage_kit.translations import gettext

_OPEN, _OUT, _COLUMN = "open", "out", "column "


class LostTargets(ipywidgets.VBox):
    """One drop-down for each target whose column is gone: the new columns, the unused ones, or none.

    Parameters
    ----------
    picked : callable
        Takes a target and its new column, or None to leave it out.
    """

    def __init__(self, picked: Callable[[str, str | None], None]) -> None:
        super().__init__([])
        self._picked, self._changes = picked, ChangedColumns()
        self._names: Mapping[str, str] = {}
        self._pickers: dict[str, ipywidgets.Dropdown] = {}

    @property
    def pickers(self) -> dict[str, ipywidgets.Dropdown]:
        """Drop-downs by target."""
        return self._pickers

    @property
    def new_columns(self) -> tuple[str, ...]:
        """Columns that the list of before did not have."""
        return self._changes.new

    def ask(self, changes: ChangedColumns, names: Mapping[str, str]) -> None:
        """Ask about each lost target; ``names`` are those of the targets."""
        self._changes, self._names = changes, names
        lost = [target for target in changes.lost if target in names]
        self._pickers = {target: self._picker(target) for target in lost}
        self.children = tuple(self._pickers.values())

    def answer(self, target: str, column: str | None) -> None:
        """Answer for a target, as its drop-down does."""
        self._pickers[target].value = f"{_COLUMN}{column}" if column else _OUT

    def unanswered(self, served: Collection[str]) -> list[str]:
        """List the targets that nobody has answered for, without those that are ``served`` otherwise."""
        return [name for name, picker in self._pickers.items() if picker.value == _OPEN and name not in served]

    def sentences(self, served: Collection[str]) -> list[str]:
        """Write the open questions."""
        return [
            gettext(
                "{target} came from {columns}, which this list does not have. Choose its column below, or leave it "
                "out; nothing is saved until you choose.",
                target=self._names[target],
                columns=_quoted(self._changes.lost[target]),
            )
            for target in self.unanswered(served)
        ]

    def notes(self) -> list[str]:
        """Say which columns are gone, and which are new."""
        gone, new = _quoted(self._changes.gone), _quoted(self._changes.new)
        told = [gettext("Gone since the last list: {columns}.", columns=gone)] if gone else []
        return told + ([gettext("New in this list: {columns}.", columns=new)] if new else [])

    def _picker(self, target: str) -> ipywidgets.Dropdown:
        new = {*self._changes.new}
        columns = [
            (gettext("{column} (new)", column=name) if name in new else name, f"{_COLUMN}{name}")
            for name in self._changes.unused
        ]
        picker = ipywidgets.Dropdown(
            options=[(gettext("choose one"), _OPEN), *columns, (gettext("leave it out"), _OUT)],
            value=_OPEN,
            description=gettext("New column for {target}", target=self._names[target]),
            style={"description_width": "auto"},
            layout={"width": "44em", "max_width": "calc(100% - 4px)"},
        )
        picker.observe(partial(self._hear, target), "value")
        return picker

    def _hear(self, target: str, change: Any) -> None:
        if change["new"] != _OPEN:
            self._picked(target, change["new"].removeprefix(_COLUMN) if change["new"] != _OUT else None)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)

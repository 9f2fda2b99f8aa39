"""Pickers for an ambiguous user list: sheet, delimiter, and line of the header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets

from passage_kit.reading.first_lines import first_lines
from passage_kit.reading.readers import UserList
from passage_kit.translations import gettext
from passage_kit.widgets.unsaved_text import UnsavedText
from passage_kit.workspace.plan import Plan

PICKED = ("sheet", "delimiter", "header_row")
_DETECTED = ""  # not None, which a drop-down shows as an empty choice
_Options = list[tuple[str, Any]]


class Reading(ipywidgets.VBox):
    """Pickers for ambiguous settings of the reader, and for settings that were picked before.

    Parameters
    ----------
    source : UserList
        The list as read.
    plan : Plan
        Plan with the place of the list and the former picks.
    picked : callable
        Function to call after each pick.
    """

    def __init__(self, source: UserList, plan: Plan, picked: Callable[[], None]) -> None:
        self._plan, self._unheard, self._lines = plan, False, UnsavedText()
        needed = plan.source and source.kind in ("csv", "excel") and (source.unsure or {*plan.reading} & {*PICKED})
        lines = _lines(source, plan) if needed else {}
        self.pickers = _pickers(source, plan, lines) if needed else {}
        self._lines.say(*(f"{number:>3}  {line}" for number, line in lines.items()))
        super().__init__(self._body() if needed else [])
        for picker in self.pickers.values():
            picker.observe(lambda _change: None if self._unheard else picked(), "value")

    @property
    def value(self) -> dict[str, Any]:
        """Picked settings, as keyword arguments of ``read_source``."""
        others = {name: value for name, value in self._plan.reading.items() if name not in self.pickers}
        return others | {name: picker.value for name, picker in self.pickers.items() if picker.value != _DETECTED}

    @property
    def lines(self) -> list[str]:
        """First lines of the list, with their numbers."""
        return self._lines.lines

    def show(self, reading: Mapping[str, Any], source: UserList | None = None) -> None:
        """Show the settings that were used; ``source`` may have other lines than before."""
        if source is not None:
            lines = _lines(source, self._plan)
            self._lines.say(*(f"{number:>3}  {line}" for number, line in lines.items()))
        self._unheard = True
        for name, picker in self.pickers.items():
            if source is not None and name == "header_row":
                picker.options = _with_own(_numbers(lines), reading.get(name, _DETECTED))
            picker.value = reading.get(name, _DETECTED)
        self._unheard = False

    def _body(self) -> list[ipywidgets.Widget]:
        title = ipywidgets.HTML(
            gettext("Choose how to read the list, and the kit reads it again. These are its first lines:")
        )
        title.add_class("passage-subtitle")
        return [title, self._lines, ipywidgets.HBox(list(self.pickers.values()), layout={"flex_flow": "row wrap"})]


def _delimiters() -> _Options:
    return [
        (gettext("as detected"), _DETECTED),
        (gettext("comma  ,"), ","),
        (gettext("semicolon  ;"), ";"),
        (gettext("tab"), "\t"),
        (gettext("vertical bar  |"), "|"),
    ]


def _lines(source: UserList, plan: Plan) -> dict[int, str]:
    reading = plan.reading
    return first_lines(
        str(plan.source), encoding=reading.get("encoding"), sheet=source.sheet, inside=reading.get("table")
    )


def _pickers(source: UserList, plan: Plan, lines: Iterable[int]) -> dict[str, ipywidgets.Dropdown]:
    sheets: _Options = [(gettext("the first visible with data"), _DETECTED), *((name, name) for name in source.sheets)]
    choices = {
        "delimiter": (gettext("Delimiter"), _delimiters()),
        "header_row": (gettext("Header in line"), _numbers(lines)),
    }
    if source.kind == "excel":
        choices = {"sheet": (gettext("Sheet"), sheets), "header_row": (gettext("Header in row"), _numbers(lines))}
    return {
        name: ipywidgets.Dropdown(
            options=_with_own(options, plan.reading.get(name, _DETECTED)),
            value=plan.reading.get(name, _DETECTED),
            description=label,
            style={"description_width": "auto"},
            layout={"width": "22em", "max_width": "100%"},
        )
        for name, (label, options) in choices.items()
    }


def _numbers(lines: Iterable[int]) -> _Options:
    return [
        (gettext("as detected"), _DETECTED),
        *((str(number), number) for number in lines),
        (gettext("none: there is no header"), 0),
    ]


def _with_own(options: _Options, value: Any) -> _Options:
    """List the options, and the plan's value if it is another one."""
    return options if value in [choice for _, choice in options] else [*options, (repr(value), value)]

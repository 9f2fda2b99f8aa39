"""How a list is to be read, where the reader was not sure: the sheet, the delimiter, the line of the header."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from passage_kit.first_lines import first_lines
from passage_kit.plan import Plan
from passage_kit.readers import Source

PICKED = ("sheet", "delimiter", "header_row")
_Options = list[tuple[str, Any]]
_DELIMITERS: _Options = [
    ("as detected", None),
    ("comma  ,", ","),
    ("semicolon  ;", ";"),
    ("tab", "\t"),
    ("vertical bar  |", "|"),
]


class Reading(ipywidgets.VBox):
    """Pickers for what the reader was not sure of; none where it was sure and nothing was picked before.

    Parameters
    ----------
    source : Source
        As read.
    plan : Plan
        Where the list is, and what was picked before.
    picked : callable
        Called when something was picked.
    """

    def __init__(self, source: Source, plan: Plan, picked: Callable[[], None]) -> None:
        self._plan, self._unheard = plan, False
        needed = plan.source and source.kind in ("csv", "excel") and (source.unsure or {*plan.reading} & {*PICKED})
        self.pickers = _pickers(source, plan) if needed else {}
        super().__init__(_row(self.pickers))
        for picker in self.pickers.values():
            picker.observe(lambda _change: None if self._unheard else picked(), "value")

    @property
    def value(self) -> dict[str, Any]:
        """How the list is to be read, as keyword arguments of ``read_source``."""
        others = {name: value for name, value in self._plan.reading.items() if name not in self.pickers}
        return others | {name: picker.value for name, picker in self.pickers.items() if picker.value is not None}

    def show(self, reading: Mapping[str, Any], source: Source | None = None) -> None:
        """Show how the list was read in the end; ``source`` may have other lines than before."""
        choices = _choices(source, self._plan) if source else {}
        self._unheard = True
        for name, picker in self.pickers.items():
            if name in choices:
                picker.options = _with_own(choices[name][1], reading.get(name))
            picker.value = reading.get(name)
        self._unheard = False


def _row(pickers: dict[str, ipywidgets.Dropdown]) -> list[ipywidgets.Widget]:
    if not pickers:
        return []
    title = ipywidgets.HTML("How the list is read: pick what is right, and it is read again.")
    title.add_class("passage-subtitle")
    return [title, ipywidgets.HBox(list(pickers.values()), layout={"flex_flow": "row wrap"})]


def _pickers(source: Source, plan: Plan) -> dict[str, ipywidgets.Dropdown]:
    return {
        name: ipywidgets.Dropdown(
            options=_with_own(options, plan.reading.get(name)),
            value=plan.reading.get(name),
            description=label,
            style={"description_width": "auto"},
            layout={"width": "24em", "max_width": "100%"},
        )
        for name, (label, options) in _choices(source, plan).items()
    }


def _choices(source: Source, plan: Plan) -> dict[str, tuple[str, _Options]]:
    """What may be picked: label and options of each."""
    lines = first_lines(str(plan.source), encoding=plan.reading.get("encoding"), sheet=source.sheet)
    header: _Options = [("as detected", None), *((f"{number}: {line}", number) for number, line in lines.items())]
    if source.kind == "excel":
        sheets: _Options = [("the first with data", None), *((name, name) for name in source.sheets)]
        return {"sheet": ("Sheet", sheets), "header_row": ("Header in row", header)}
    return {"delimiter": ("Delimiter", _DELIMITERS), "header_row": ("Header in line", header)}


def _with_own(options: _Options, value: Any) -> _Options:
    """Options and, if the plan has another value, that one."""
    return options if value in [choice for _, choice in options] else [*options, (repr(value), value)]

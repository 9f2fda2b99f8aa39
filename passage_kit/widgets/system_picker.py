"""Picker for the system whose export a user list is."""

from __future__ import annotations

import ipywidgets

from passage_kit.reading.known_layouts import NO_LAYOUT, known_layouts, layout_named
from passage_kit.translations import gettext

_RECOGNISED = ""  # not None, which a drop-down shows as an empty choice


class SystemPicker(ipywidgets.Dropdown):
    """Drop-down with the known systems; a choice gives suggestions by its layout.

    Parameters
    ----------
    name : str, optional
        Name of the layout that the plan has. Default: as recognised.

    Notes
    -----
    ``recognised`` is the name of the layout that the list was read as; whoever shows a list sets it.
    """

    def __init__(self, name: str | None) -> None:
        self.recognised: str | None = None
        known = [(layout.title, layout.name) for layout in known_layouts()]
        options = [(gettext("as recognised"), _RECOGNISED), (gettext("of no known system"), NO_LAYOUT), *known]
        super().__init__(
            options=options,
            value=name if name in dict(known).values() or name == NO_LAYOUT else _RECOGNISED,
            description=gettext("Export"),
            tooltip=gettext("System whose export it is; a choice gives new suggestions"),
            layout={"width": "22em", "max_width": "100%"},
        )

    @property
    def chosen(self) -> str:
        """Name of the layout to go by: the chosen one, else the recognised one, or "none"."""
        return self.value or self.recognised or NO_LAYOUT

    def notes(self) -> list[str]:
        """Say which system's export the list looks like, unless a person has chosen."""
        layout = layout_named(self.recognised) if self.recognised and not self.value else None
        if layout is None:
            return []
        if layout.title[0] in "AEIO":
            return [
                gettext("This looks like an {system} export. The suggestions go by its layout.", system=layout.title)
            ]
        return [gettext("This looks like a {system} export. The suggestions go by its layout.", system=layout.title)]

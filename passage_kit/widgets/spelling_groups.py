"""Part of the panel of values: groups of spellings of a column, of which a person makes one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import pandas as pd

from passage_kit.errors import MappingError
from passage_kit.mapping.spellings import find_spellings
from passage_kit.translations import gettext, worded
from passage_kit.widgets.page_messages import Form, follow, is_number, is_words
from passage_kit.widgets.unsaved import Unsaved, script, style

GROUPS_PER_PAGE = 8


def _are_values(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(map(is_words, given))


_FORMS = {
    "find": Form(),
    "close": Form(),
    "view": Form({"page": is_number}),
    "make one": Form({"values": _are_values, "becomes": is_words}),
}


class _Panel(Protocol):
    """What the part needs of its panel."""

    @property
    def column(self) -> str: ...

    @property
    def changed(self) -> pd.DataFrame: ...

    def make_one(self, column: str, values: list[str], becomes: str) -> None: ...

    def work_beside(self, work: Callable[[], Any], take: Callable[[Any], None]) -> None: ...

    def complain(self, problem: str) -> None: ...


class SpellingGroups(Unsaved):
    """Widget for groups of spellings of the column that the panel shows; nothing is chosen before a person does.

    Parameters
    ----------
    panel : ChangeValues
        The panel that it belongs to.
    """

    _esm = script("spelling_groups")
    _css = style("review", "spelling_groups")

    def __init__(self, panel: _Panel) -> None:
        super().__init__()
        self._panel = panel
        self._open, self._page = False, 0
        self._seen: tuple[str, pd.DataFrame] | None = None
        self._groups: list[dict[str, Any]] = []
        self._column = ""

    def find(self) -> None:
        """Look for spellings of one value in the column."""
        self._open, self._page, self._column = True, 0, self._panel.column
        self.renew()

    def close(self) -> None:
        """Show no groups any more."""
        self._open = False
        self._show()

    def renew(self) -> None:
        """Look again if the column or its values are other ones, as long as the groups are shown."""
        column, changed = self._panel.column, self._panel.changed
        if column != self._column:
            self._open, self._column = False, column
        is_seen = self._seen is not None and self._seen[0] == column and self._seen[1] is changed
        if self._open and column in changed and not is_seen:
            values = changed[column]
            self._panel.work_beside(lambda: find_spellings(values), lambda found: self._take(column, changed, found))
            return
        self._show()

    def _take(self, column: str, changed: pd.DataFrame, found: pd.DataFrame) -> None:
        self._seen = (column, changed)
        self._groups = [
            {
                "reason": gettext(str(lines.reason.iloc[0])),
                "values": [
                    {"value": str(value), "rows": int(rows)}
                    for value, rows in zip(lines["value"], lines["rows"], strict=True)
                ],
            }
            for _, lines in found.groupby("group", sort=True)
        ]
        self._show()

    def _heard(self, content: Any) -> None:
        actions: dict[str, Callable[..., None]] = {
            "find": self.find,
            "close": self.close,
            "view": self._view,
            "make one": lambda values, becomes: self._panel.make_one(self._panel.column, values, becomes),
        }
        follow(content, _FORMS, actions, self._panel.complain)

    def _view(self, page: int) -> None:
        self._page = page
        self._show()

    def _show(self) -> None:
        pages = max(1, -(-len(self._groups) // GROUPS_PER_PAGE))
        self._page = min(max(self._page, 0), pages - 1)
        self.show(
            column=self._panel.column,
            open=self._open,
            found=len(self._groups),
            page=self._page,
            pages=pages,
            groups=self._groups[self._page * GROUPS_PER_PAGE :][:GROUPS_PER_PAGE] if self._open else [],
        )


def made_one(mapped: Mapping[str, str], values: list[str], becomes: str) -> dict[str, str]:
    """Add to the values that a step maps those of a group; what became one of them becomes the new value, too.

    Raises
    ------
    MappingError
        If there is nothing to choose from.

    Examples
    --------
    >>> made_one({"BRD": "germany"}, ["germany", "Germany"], "Germany")
    {'BRD': 'Germany', 'germany': 'Germany'}
    """
    if not becomes.strip():
        raise MappingError(worded("No value is chosen that the spellings become. Choose one of them."))
    gone = set(values) - {becomes}
    after = {value: becomes if to in gone else to for value, to in mapped.items()}
    return {**after, **dict.fromkeys(sorted(gone), becomes)}

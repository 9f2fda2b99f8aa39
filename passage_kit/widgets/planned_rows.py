"""Table of what a write-back does to each row of the users table, page by page, with the SQL that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY
from passage_kit.translations import gettext
from passage_kit.widgets.page_messages import Form, follow, is_number, is_words
from passage_kit.widgets.unsaved import PanelPart, script, style
from passage_kit.writeback.matching import KEY, said_reason
from passage_kit.writeback.passage_ids import PASSAGE_ID
from passage_kit.writeback.writeback_result import DIFFERENT, RIGHT, SET, WITHOUT, WriteBack

ROWS_PER_PAGE = 20
NO_ROW = "no_row"  # the kind of ids that no row gets
_LONGEST = 200  # characters of a value
_FORMS = {"view": Form(may_have={"kind": is_words, "page": is_number})}


class PlannedRows(PanelPart):
    """Widget with the rows that get an id, those that have it, those that are left alone and why, and the SQL.

    Values of users are in messages alone, never in the state of the widget. A page of 20 rows is sent at a time.

    Parameters
    ----------
    complain : callable
        Takes the sentence of what the page asked for and cannot have.

    Examples
    --------
    >>> changes = PlannedRows(print)
    >>> rows = pd.DataFrame({"id": ["7"], "passage_id": ["9DeE"], "current": [None], "state": ["set"],
    ...                      "matched_by": ["key"], "reason": [None], "codes": [None]}, dtype="string")
    >>> changes.tell(WriteBack(rows, pd.DataFrame({"reason": []}), ("UPDATE users ...",), "users", dry_run=True))
    >>> changes.shown["columns"], changes.shown["rows"]
    (['id', 'Passage id', 'Found by'], [['7', '9DeE', 'Source key']])
    """

    _esm = script("planned_rows")
    _css = style("review", "planned_rows")

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._result: WriteBack | None = None
        self._at: dict[str, Any] = {}
        self._kind, self._page = SET, 0
        super().__init__(lambda content: follow(content, _FORMS, {"view": self.view}, complain))

    def tell(self, result: WriteBack | None) -> None:
        """Show another result, or none."""
        self._result, self._at = result, {}
        if result is None:
            self.show(kinds=[])
            return
        states = result.rows["state"].to_numpy(dtype=object)
        self._at = {state: np.flatnonzero(states == state) for state in (SET, RIGHT, DIFFERENT, WITHOUT)}
        self._at[NO_ROW] = np.arange(len(result.ids_without_row))
        self._kind = next((kind for kind in self._at if len(self._at[kind])), SET)
        self.view(page=0)

    def view(self, kind: str | None = None, page: int = 0) -> None:
        """Show the rows of a kind, one page of them; ``page`` counts from 0."""
        if self._result is None:
            return
        self._kind = kind if kind in self._at else self._kind
        found = self._at[self._kind]
        pages = max(1, -(-len(found) // ROWS_PER_PAGE))
        self._page = min(max(page, 0), pages - 1)
        some = found[self._page * ROWS_PER_PAGE :][:ROWS_PER_PAGE]
        table = self._ids(some) if self._kind == NO_ROW else self._rows(some)
        self.show(
            kinds=[
                {"name": name, "says": says, "count": len(self._at[name])}
                for name, says in _kinds(self._result.dry_run).items()
            ],
            kind=self._kind,
            page=self._page,
            pages=pages,
            found=len(found),
            columns=list(table.columns),
            rows=[[str(cell)[:_LONGEST] for cell in row] for row in table.itertuples(index=False, name=None)],
            sql=";\n".join(self._result.sql),
        )

    def _rows(self, some: Any) -> pd.DataFrame:
        """Describe rows of the users table: their key, the id, the id they have, and how or why."""
        assert self._result is not None  # noqa: S101 - a result is shown
        rows = self._result.rows.iloc[some]
        end = list(rows.columns).index(PASSAGE_ID)
        shown = {str(name): rows.iloc[:, at] for at, name in enumerate(rows.columns[:end])}
        if self._kind != WITHOUT:
            shown[gettext("Passage id")] = rows[PASSAGE_ID]
        if self._kind == DIFFERENT or (self._kind == SET and rows["current"].notna().any()):
            shown[gettext("Id before")] = rows["current"]
        if self._kind in (SET, RIGHT):
            shown[gettext("Found by")] = rows["matched_by"].map(_found_by())
        else:
            other = gettext("The row has another id, and keeps it.")
            shown[gettext("Why")] = rows["reason"].astype(object).map(said_reason, na_action="ignore").fillna(other)
        return pd.DataFrame(shown).astype(object).fillna("")

    def _ids(self, some: Any) -> pd.DataFrame:
        """Describe ids that belong to no row: whose they are, and why."""
        assert self._result is not None  # noqa: S101 - a result is shown
        ids = self._result.ids_without_row.iloc[some]
        names = {
            SOURCE_KEY: gettext("Source key"),
            EMAIL: gettext("Email"),
            PHONE: gettext("Phone"),
            PASSAGE_ID: gettext("Passage id"),
        }
        shown = {says: ids[name] for name, says in names.items() if name in ids}
        shown[gettext("Why")] = ids["reason"].astype(object).map(said_reason, na_action="ignore")
        return pd.DataFrame(shown).astype(object).fillna("")


def _kinds(dry_run: bool) -> dict[str, str]:
    return {
        SET: gettext("To be set") if dry_run else gettext("Set"),
        RIGHT: gettext("Already right"),
        DIFFERENT: gettext("Other id: left alone"),
        WITHOUT: gettext("Skipped: no id"),
        NO_ROW: gettext("Ids without a row"),
    }


def _found_by() -> dict[str, str]:
    return {
        KEY: gettext("Source key"),
        EMAIL: gettext("Email"),
        PHONE: gettext("Phone"),
        "survivor": gettext("Survivor"),
    }

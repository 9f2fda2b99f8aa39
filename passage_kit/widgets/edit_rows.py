"""Panel of whole rows: a table with search, sort and filters, whose values are corrected in place or many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from passage_kit.columns.arrays import Positions
from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.errors import OptionError, PassageKitError
from passage_kit.findings.catalogue import CODES
from passage_kit.preparation.found_rows import ANY, dispositions_of, find_rows, findings_of
from passage_kit.preparation.rules import Judgment
from passage_kit.translations import gettext, ngettext, number, told, worded
from passage_kit.widgets.corrected_users import CorrectedUsers, said_of_corrections
from passage_kit.widgets.described_rows import describe_columns, describe_kinds, describe_rows
from passage_kit.widgets.fix_findings import FixFindings
from passage_kit.widgets.live_counts import AT_ONCE
from passage_kit.widgets.page_messages import Form, follow, is_flag, is_number, is_rows, is_words, or_none
from passage_kit.widgets.panel import ERROR, GOOD, INFO, BasePanel, imports_of, written_call
from passage_kit.widgets.unsaved import PanelPart, script, style
from passage_kit.widgets.watching import tell_others, watch
from passage_kit.workspace.corrections import correct, take_back
from passage_kit.workspace.workspace import Workspace

ROWS_PER_PAGE = 20
MOST_AT_ONCE = 10_000  # values to change; for more of them a step is meant
_DISPOSITIONS = ("", "kept", "absorbed", "rejected", "corrected")
_NO_VIEW = {"text": "", "column": "", "code": "", "disposition": "", "sort": "", "descending": False, "page": 0}
_FORMS = {
    "view": Form(
        may_have=dict.fromkeys(("text", "column", "code", "disposition", "sort"), is_words)
        | {"descending": is_flag, "page": is_number}
    ),
    "edit": Form({"row": is_number, "field": is_words, "value": or_none(is_words)}),
    "choose": Form({"rows": is_rows, "on": is_flag}),
    "choose found": Form(),
    "choose none": Form(),
    "change": Form({"field": is_words, "value": or_none(is_words)}),
    "take back": Form({"field": is_words}),
}


class _Facts(NamedTuple):
    """What holds of all rows: the findings that it comes from, the dispositions, and the kinds of findings."""

    findings: pd.DataFrame
    dispositions: pd.Series[str]
    kinds: list[dict[str, Any]]


class RowsTable(PanelPart):
    """Widget for the filters, one page of whole rows, and the change of many."""

    _esm = script("edit_rows")
    _css = style("review", "edit_rows")


class EditRows(BasePanel):
    """Panel of whole rows, to search, sort, filter and correct them.

    Parameters
    ----------
    source : FixFindings or pandas.DataFrame
        The panel of the findings, with which it shares what is judged; or the users frame as mapped, not corrected.
    workspace : Workspace
        Workspace that holds the corrections. Its plan holds the metadata fields and options.

    Notes
    -----
    ``value`` is the corrections frame. Each change is saved at once, and its rows are judged again as a run judges
    them, without other rows. The browser gets one page of 20 rows at a time.

    See Also
    --------
    passage_kit.correct : Correct values in Python.
    FixFindings : The findings by kind.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["ann@", "bo@example.org"], "phone": [None, None]})
    >>> panel = EditRows(users, Workspace(tempfile.mkdtemp()))
    >>> panel.wait()
    >>> panel.view(disposition="rejected")
    >>> panel.edit(1, "email", "ann@example.org")
    >>> panel.value["value"].tolist()
    ['ann@example.org']
    """

    title = "All rows"
    intro = (
        "Search, filter and sort the rows, and change values in place: press Enter or type in a cell, Enter saves, and "
        "Escape leaves it as it was. Select rows to change one column of all of them. Everything can be undone."
    )

    def __init__(self, source: FixFindings | pd.DataFrame, workspace: Workspace) -> None:
        self._shared = isinstance(source, FixFindings)
        self.corrected = source.corrected if isinstance(source, FixFindings) else CorrectedUsers(source, workspace)
        self._view: dict[str, Any] = dict(_NO_VIEW)
        self._chosen: set[int] = set()
        self._found: Positions | None = None
        self._facts: _Facts | None = None
        self._last = ""
        self.table = RowsTable(self.answer)
        super().__init__(workspace, [self.table])
        watch(workspace.folder, self)
        self._show_code()
        if self._shared:
            self.look_again()
        else:
            self._work(gettext("Judging"), self.corrected.judged, self._take_judgment)

    @property
    def value(self) -> pd.DataFrame:
        """Corrections frame."""
        return self.corrected.corrections

    @property
    def page(self) -> dict[str, Any]:
        """Content of the page."""
        return self.table.shown

    @property
    def chosen(self) -> list[int]:
        """Source rows that are selected, ascending."""
        return sorted(self._chosen)

    def view(self, **changed: Any) -> None:
        """Show other rows, as the filters do.

        Parameters
        ----------
        **changed
            ``text``, ``column`` (to look in), ``code`` (of a finding, or "any"), ``disposition`` (kept, absorbed,
            rejected, or "corrected"), ``sort`` (a column, or "" for the order of the list), ``descending`` and
            ``page`` (from 0). A changed filter leads to the first page.

        Raises
        ------
        OptionError
            If there is no such filter, column or code.
        """
        columns = {"", *map(str, self.corrected.users.columns)}
        known = {"column": columns, "sort": columns, "code": {"", ANY, *CODES}, "disposition": set(_DISPOSITIONS)}
        if changed.keys() - _NO_VIEW.keys() or any(changed.get(name, "") not in known[name] for name in known):
            raise OptionError(
                worded("There is no such view: found {found}. Choose a filter that the panel shows.", found=changed)
            )
        first = set(changed) == {"page"}
        self._view |= {**({} if first else {"page": 0}), **changed}
        if not first:
            self._found = None
        self._show_page()

    def edit(self, row: int, field: str, value: str | None) -> None:
        """Correct one value, and save the correction; the panel shows an error as a message."""
        self._correct([row], field, value)

    def choose(self, rows: list[int], on: bool = True) -> None:
        """Select rows, or unselect them."""
        there = set(rows) & set(self.corrected.users.index[self.corrected.users.index.isin(rows)].tolist())
        self._chosen = self._chosen | there if on else self._chosen - there
        self._show_page()

    def choose_found(self) -> None:
        """Select all rows that are found."""
        judgment = self.corrected.judgment
        if judgment is not None:
            self._chosen = set(judgment.corrected.index[self._rows(judgment)].tolist())
        self._show_page()

    def choose_none(self) -> None:
        """Unselect all rows."""
        self._chosen = set()
        self._show_page()

    def change(self, field: str, value: str | None) -> None:
        """Set one value in a column of all selected rows; None makes it blank."""
        self._correct(self.chosen, field, value)

    def take_back(self, field: str) -> None:
        """Take back the corrections of a column in all selected rows."""
        rows = self.chosen
        code = f"corrections = take_back(workspace.load_corrections(), {rows!r}, {field!r})"
        self._save(lambda there: take_back(there, rows, field), rows, field, code, taken_back=True)

    def look_again(self) -> None:
        """Show the corrections as they stand in the workspace now."""
        try:
            self.corrected.look_again()
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        self._found = None
        self._show_page()
        self._show_code()
        count = len(self.value)
        self._say((INFO, said_of_corrections(count, self.workspace.corrections_path)))

    def answer(self, content: Any) -> None:
        """Answer a request of the page."""
        actions: dict[str, Callable[..., None]] = {
            "view": self.view,
            "edit": self.edit,
            "choose": self.choose,
            "choose found": self.choose_found,
            "choose none": self.choose_none,
            "change": self.change,
            "take back": self.take_back,
        }
        if self.corrected.judgment is None:  # what to show is known before the rows are judged
            actions = dict.fromkeys(actions, _not_yet) | {"view": self.view}
        follow(content, _FORMS, actions, self.complain)

    def _take_judgment(self, judgment: Judgment) -> None:
        self.corrected.judgment = judgment
        self.look_again()

    def _correct(self, rows: list[int], field: str, value: str | None) -> None:
        mapped = self.corrected.mapped
        arguments = ["workspace.load_corrections()", repr(rows), repr(field), repr(value), "users=users"]
        code = f"corrections = {written_call('correct', arguments)}"
        self._save(lambda there: correct(there, rows, field, value, users=mapped), rows, field, code)

    def _save(
        self,
        change: Callable[[pd.DataFrame], pd.DataFrame],
        rows: list[int],
        field: str,
        code: str,
        *,
        taken_back: bool = False,
    ) -> None:
        """Save a change of the corrections and judge its rows again, in a thread if they are many."""
        problem = self._problem(rows, field)
        if problem:
            self._say((ERROR, problem))
            return

        def take(_nothing: None) -> None:
            self._last, self._found = code, None
            self._show_page()
            self._show_code()
            named = (
                gettext("row {row}", row=number(rows[0]))
                if len(rows) == 1
                else ngettext("{count} row", "{count} rows", len(rows))
            )
            where = {"field": field, "rows": named, "path": self.workspace.corrections_path}
            changed = gettext("Changed: {field} of {rows}. Saved in {path}.", **where)
            self._say(
                (GOOD, gettext("Taken back: {field} of {rows}. Saved in {path}.", **where) if taken_back else changed)
            )
            tell_others(self.workspace.folder, self)

        if len(rows) > AT_ONCE:
            self._work(gettext("Judging the rows"), lambda: self.corrected.save(change, rows), take)
            return
        try:
            self.corrected.save(change, rows)
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        take(None)

    def _problem(self, rows: list[int], field: str) -> str:
        """Say why values cannot be changed."""
        if field not in self.corrected.users:
            return gettext(
                "There is no column {column} to change. Choose one that the panel shows.", column=repr(field)
            )
        if not rows:
            return gettext("No row is selected. Select the rows to change.")
        if len(rows) > MOST_AT_ONCE:
            return gettext(
                "{rows} rows are selected, and at most {most} values are changed at once. For more of them, add a step "
                "under 'Change values' in 01_read_and_map.",
                rows=number(len(rows)),
                most=number(MOST_AT_ONCE),
            )
        absent = [row for row in rows if row not in self.corrected.users.index]
        if not absent:
            return ""
        return gettext("There is no row {row} to change. Choose one that the panel shows.", row=absent[0])

    def _show_code(self) -> None:
        code = self._last or "corrections = workspace.load_corrections()"
        save = "workspace.save_corrections(corrections)\n" if self._last else ""
        code = f"{code}\n{save}corrected, findings = apply_corrections(users, corrections)"
        self._line.show(code=imports_of(code) + code)

    # Content of the page

    def _rows(self, judgment: Judgment) -> Positions:
        """Find the rows of the view; they are looked for again when the view or a value changes."""
        if self._found is None:
            view, users = self._view, judgment.corrected
            code, column = view["code"], view["column"]
            chosen = findings_of(judgment.findings, code, column) if code else None
            narrow = {name: view[name] for name in ("text", "column", "sort", "descending")}
            found = find_rows(users, findings=chosen, **narrow)
            if view["disposition"] == "corrected":
                found = found[users.index[found].isin(self.value[SOURCE_ROW].dropna())]
            elif view["disposition"]:
                found = found[(self._known(judgment).dispositions == view["disposition"]).to_numpy(dtype=bool)[found]]
            self._found = found
        return self._found

    def _known(self, judgment: Judgment) -> _Facts:
        """Tell what holds of all rows, worked out anew when other findings are there."""
        if self._facts is None or self._facts.findings is not judgment.findings:
            dispositions = dispositions_of(judgment.users, judgment.findings)
            self._facts = _Facts(judgment.findings, dispositions, describe_kinds(judgment))
        return self._facts

    def _show_page(self) -> None:
        judgment = self.corrected.judgment
        if judgment is None:
            return
        found, known = self._rows(judgment), self._known(judgment)
        pages = max(1, -(-len(found) // ROWS_PER_PAGE))
        page = self._view["page"] = min(max(int(self._view["page"]), 0), pages - 1)
        shown = judgment.corrected.index[found[page * ROWS_PER_PAGE :][:ROWS_PER_PAGE]]
        self.table.show(
            view=dict(self._view),
            columns=describe_columns(judgment),
            kinds=known.kinds,
            rows=describe_rows(judgment, shown, self.value, known.dispositions, self._chosen),
            found=len(found),
            of=len(judgment.users),
            pages=pages,
            chosen=len(self._chosen),
        )


def _not_yet(**_given: Any) -> None:
    """Do nothing."""

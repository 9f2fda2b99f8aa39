"""Panel of the findings by kind, with values to correct in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from passage_kit.columns.users_frame import EMAIL, SOURCE_ROW, arrow, filter_rows, mask_of
from passage_kit.errors import OptionError, PassageKitError
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import count_findings
from passage_kit.preparation.out_of_date import Basis, mapped_by, mapped_now
from passage_kit.preparation.rules import Judgment
from passage_kit.translations import gettext, ngettext, told, worded
from passage_kit.widgets.corrected_users import CorrectedUsers, said_of_corrections, said_of_saved
from passage_kit.widgets.described_values import TYPO, describe_counts, describe_values, suggest_addresses
from passage_kit.widgets.next_steps import next_step_of
from passage_kit.widgets.page_messages import Form, follow, is_flag, is_number, is_rows, is_words, or_none
from passage_kit.widgets.panel import ERROR, GOOD, INFO, WARNING, BasePanel, Message, imports_of, written_call
from passage_kit.widgets.unsaved import PanelPart, script, style
from passage_kit.widgets.watching import tell_others, watch
from passage_kit.workspace.corrections import correct, take_back
from passage_kit.workspace.workspace import Workspace

ROWS_PER_PAGE = 20
CORRECTIONS = "corrections"  # stands in place of a code for the corrections themselves
_TO_FIX = ("rejected", "withheld", "warning")
_FORMS = {
    "view": Form(may_have={"code": is_words, "text": is_words, "all": is_flag, "page": is_number}),
    "fix": Form({"row": is_number, "field": is_words, "value": or_none(is_words)}, {"alike": is_flag}),
    "accept": Form({"rows": is_rows}),
    "accept all": Form(),
    "take back": Form({"rows": is_rows, "field": is_words}),
    "apply": Form({"number": is_number, "row": is_number}),
    "drop": Form({"number": is_number}),
    "judge": Form(),
}
_NO_FILTER = {"code": "", "text": "", "all": False, "page": 0}


class FindingsTable(PanelPart):
    """Widget for the kinds of findings and one page of values of one kind."""

    _esm = script("fix_findings")
    _css = style("review")


class FixFindings(BasePanel):
    """Panel of the findings by kind, to correct values in place.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped, before corrections. The panel skips rows without any value, since the reader rejected
        them.
    workspace : Workspace
        Workspace that holds the corrections. Its plan holds the metadata fields and options.

    Notes
    -----
    ``value`` is the corrections frame. The panel saves each correction at once, and judges its rows again without
    other rows. Findings that depend on other rows, such as duplicates, appear when all rows are judged again. The
    browser gets one page of values at a time.

    See Also
    --------
    passage_kit.correct : Correct values in Python.
    passage_kit.describe_findings : List the findings by kind.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["ann@"], "phone": [None]})
    >>> panel = FixFindings(users, Workspace(tempfile.mkdtemp()))
    >>> panel.wait()
    >>> panel.fix(1, "email", "ann@example.org")
    >>> panel.value["value"].tolist()
    ['ann@example.org']
    """

    title = "What was found"
    intro = (
        "Choose a kind of finding to see its values. Your corrections are saved in corrections.csv and applied on "
        "every run. The kit never edits your own file."
    )

    def __init__(self, users: pd.DataFrame, workspace: Workspace) -> None:
        self.corrected = CorrectedUsers(users, workspace)
        self._filter: dict[str, Any] = dict(_NO_FILTER)
        self._items: list[tuple[int, str | None]] = []
        self._last = ""
        self.table = FindingsTable(self.answer)
        super().__init__(workspace, [self.table])
        self._basis, self._mapped_by = Basis.of(workspace), mapped_by(self.plan)
        self._value = self.corrected.corrections
        watch(workspace.folder, self)
        self._show_code()
        self.judge()

    @property
    def page(self) -> dict[str, Any]:
        """Content of the page."""
        return self.table.shown

    def judge(self) -> None:
        """Judge all users again, in a thread."""
        self._basis = Basis.of(self.workspace)
        self._work(gettext("Judging"), self.corrected.judged, self._take_judgment)

    def look_again(self) -> None:
        """Show the corrections as they stand in the workspace now, and mark findings of other choices."""
        self._mark_findings()
        try:
            self.corrected.look_again()
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        if self.corrected.corrections is self._value:
            return
        self._last = ""
        self._show_saved()
        self._say(self._counted())

    def view(self, **changed: Any) -> None:
        """Show other findings, as the buttons and filters do.

        Parameters
        ----------
        **changed
            ``code`` (of a finding, or "corrections"), ``text``, ``all`` (whether to include values that were only
            written in another form) and ``page`` (from 0). A changed filter leads to the first page.

        Raises
        ------
        OptionError
            If there is no such code or filter.
        """
        code = changed.get("code", "")
        if changed.keys() - _NO_FILTER.keys() or code not in ("", CORRECTIONS, *CODES):
            raise OptionError(
                worded(
                    "There is no such view: found {found}. Choose a code or a filter that the panel shows.",
                    found=changed,
                )
            )
        self._filter |= {**({} if set(changed) == {"page"} else {"page": 0}), **changed}
        self._find_items()
        self._show_page()

    def fix(self, row: int, field: str, value: str | None, *, alike: bool = False) -> None:
        """Correct a value, or all equal values, and save the correction; the panel shows an error as a message."""
        current = self._current(field)
        if current is None:
            return
        if row not in current.index:
            self._say(
                (ERROR, gettext("There is no row {row} to correct. Choose a value that the panel shows.", row=row))
            )
            return
        rows, written = [row], f"[{row}]"
        if alike and pd.notna(current[row]):
            rows = current.index[mask_of(pc.equal(arrow(current), current[row]))].tolist()
            written = f"rows[rows == {current[row]!r}].index"
        self._correct(rows, field, value, written)

    def accept(self, rows: list[int]) -> None:
        """Accept the suggested domain for the emails of these rows."""
        if self._judgment is None:
            return
        suggested = suggest_addresses(self._judgment, rows)
        if suggested:
            self._correct(list(suggested), EMAIL, list(suggested.values()), repr(list(suggested)))

    def accept_all(self) -> None:
        """Accept all suggested domains."""
        if self._judgment is not None:
            findings = self._judgment.findings
            self.accept(findings.loc[findings["code"] == TYPO, SOURCE_ROW].tolist())

    def take_back(self, rows: list[int], field: str) -> None:
        """Take back the corrections of a field in these rows."""
        written = f"take_back(workspace.load_corrections(), {rows!r}, {field!r})"
        self._save(lambda there: take_back(there, rows, field), rows, f"corrections = {written}", "taken back")

    def apply_to(self, number: int, row: int) -> None:
        """Apply a correction of a former list to a row; ``number`` counts those asked about, from 0."""

        def change(there: pd.DataFrame) -> pd.DataFrame:
            rest, line = self.corrected.unplaced.taken_from(there, number)
            field = str(line["field"])
            if row not in self.corrected.users.index or field not in self.corrected.users:
                raise OptionError(
                    worded(
                        "There is no row {row} with the column {field}. Look the row up in your list.",
                        row=row,
                        field=repr(field),
                    )
                )
            return correct(rest, [row], field, line["value"], note=line["note"], users=self.corrected.mapped)

        self._save(change, [row], "", "applied")

    def drop(self, number: int) -> None:
        """Drop a correction of a former list; ``number`` counts those asked about, from 0."""
        self._save(lambda there: self.corrected.unplaced.taken_from(there, number)[0], [], "", "dropped")

    def answer(self, content: Any) -> None:
        """Answer a request of the page."""
        actions: dict[str, Callable[..., None]] = {
            "view": self.view,
            "fix": self.fix,
            "accept": self.accept,
            "accept all": self.accept_all,
            "take back": self.take_back,
            "apply": self.apply_to,
            "drop": self.drop,
            "judge": self.judge,
        }
        if self._judgment is None:
            return
        follow(content, _FORMS, actions, self.complain)

    @property
    def _judgment(self) -> Judgment | None:
        return self.corrected.judgment

    def _take_judgment(self, judgment: Judgment) -> None:
        self.corrected.judgment = judgment
        self._mark_findings()
        tell_others(self.workspace.folder, self)
        self._find_items()
        self._show_page()
        self._say(self._counted())

    def _mark_findings(self) -> None:
        """Mark the findings if the decisions or the plan are other ones; corrections are judged at once."""
        outdated = self._basis.outdated_by(self.workspace, corrections=False)
        can_renew = mapped_now(self.workspace) == self._mapped_by
        self._mark(outdated, gettext("Judge all again"), self.judge if can_renew else None)

    def _current(self, field: str) -> pd.Series[Any] | None:
        """Return the corrected column; return None and show a message if there is no such column."""
        if self._judgment is None or field not in self._judgment.corrected:
            absent = gettext(
                "There is no column {column} to correct. Choose a value that the panel shows.", column=repr(field)
            )
            self._say((ERROR, absent))
            return None
        return self._judgment.corrected[field]

    def _correct(self, rows: list[int], field: str, value: str | list[str] | None, written: str) -> None:
        arguments = ["workspace.load_corrections()", written, repr(field), repr(value), "users=users"]
        code = f"corrections = {written_call('correct', arguments)}"
        if written.startswith("rows["):
            code = f"rows = apply_corrections(users, workspace.load_corrections())[0][{field!r}]\n{code}"
        self._save(
            lambda there: correct(there, rows, field, value, users=self.corrected.mapped), rows, code, "corrected"
        )

    def _save(self, change: Callable[[pd.DataFrame], pd.DataFrame], rows: list[int], code: str, done: str) -> None:
        """Save a change of the corrections, and judge its rows again."""
        try:
            self.corrected.save(change, rows)
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        self._last = code
        self._show_saved()
        self._say((GOOD, said_of_saved(done, rows, self.workspace.corrections_path)))
        tell_others(self.workspace.folder, self)

    def _show_saved(self) -> None:
        self._value = self.corrected.corrections
        self._show_page()
        self._show_code()

    def _counted(self) -> Message:
        if self._value.empty or not (asked := len(self.corrected.unplaced)):
            return INFO, said_of_corrections(len(self._value), self.workspace.corrections_path)
        return WARNING, ngettext(
            "{count} correction of a former list changes nothing, since its person is not known for certain. Choose "
            "'Your corrections' to apply or drop it.",
            "{count} corrections of a former list change nothing, since their people are not known for certain. Choose "
            "'Your corrections' to apply or drop them.",
            asked,
        )

    def _show_code(self) -> None:
        load = (
            "load_fixes(workspace, users).corrections" if self.corrected.fixes.moved else "workspace.load_corrections()"
        )
        code = self._last or f"corrections = {load}"
        save = "workspace.save_corrections(corrections)\n" if self._last else ""
        code = f"{code}\n{save}corrected, findings = apply_corrections(users, corrections)"
        self._line.show(code=imports_of(code) + code)

    # Content of the page

    def _find_items(self) -> None:
        """Find row and field of all values with the chosen code and text; corrected values stay in the list."""
        if self._judgment is None:
            return
        code, text = self._filter["code"], str(self._filter["text"]).strip()
        if code == CORRECTIONS:
            placed = self._value.drop(index=self.corrected.unplaced.positions)
            found = placed.loc[placed[SOURCE_ROW].notna(), [SOURCE_ROW, "field", "value"]]
        else:
            findings = self._judgment.findings
            found = filter_rows(
                findings,
                ((findings["code"] == code) & findings[SOURCE_ROW].notna()).to_numpy(dtype=bool, na_value=False),
            )
        if text:
            hit = mask_of(pc.match_substring(arrow(found["value"]), text, ignore_case=True))
            if text.isdecimal():
                hit |= (found[SOURCE_ROW] == int(text)).to_numpy(dtype=bool)
            found = found[hit]
        rows, fields = found[SOURCE_ROW].tolist(), found["field"].astype(object).tolist()
        self._items = [
            (int(row), None if pd.isna(field) else str(field))
            for row, field in dict.fromkeys(zip(rows, fields, strict=True))
        ]

    def _show_page(self) -> None:
        if self._judgment is None:
            return
        shown, findings = self._filter, self._judgment.findings
        counts = count_findings(filter_rows(findings, findings[SOURCE_ROW].notna().to_numpy(dtype=bool)))
        shown_counts = counts if shown["all"] else counts[counts["effect"].isin(_TO_FIX)]
        pages = max(1, -(-len(self._items) // ROWS_PER_PAGE))
        page = shown["page"] = min(max(int(shown["page"]), 0), pages - 1)
        code = shown["code"]
        self.table.show(
            filter=dict(shown),
            kinds=describe_counts(shown_counts),
            corrections=len(self._value),
            unplaced=self.corrected.unplaced.described() if code == CORRECTIONS else [],
            asked=len(self.corrected.unplaced),
            about=f"{gettext(CODES[code].meaning)} {next_step_of(code)}" if code in CODES else "",
            found=len(self._items),
            pages=pages,
            items=describe_values(self._judgment, self._items[page * ROWS_PER_PAGE :][:ROWS_PER_PAGE], self._value),
            can_accept_all=code == TYPO,
        )

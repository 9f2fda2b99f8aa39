"""Panel of duplicates: rows that may be one person, side by side, with decisions about them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from passage_kit.columns.arrays import Mask
from passage_kit.duplicates.decisions import Choice, Decision, decide, decisions_of, drop_decisions, withdraw
from passage_kit.duplicates.review import REASONS, Groups, find_groups, foresee
from passage_kit.errors import OptionError, PassageKitError
from passage_kit.preparation.accounts import judge_accounts
from passage_kit.preparation.out_of_date import Basis, mapped_by, mapped_now
from passage_kit.preparation.rules import before_duplicates
from passage_kit.translations import gettext, ngettext, told, worded
from passage_kit.widgets.described_groups import TABS, describe_group, named_rows, reasons_in_words, tab_labels
from passage_kit.widgets.mapping_table import target_names
from passage_kit.widgets.page_messages import Form, follow, is_flag, is_number, is_rows, is_words, or_none
from passage_kit.widgets.panel import ERROR, GOOD, INFO, WARNING, BasePanel, Message, imports_of, written_call
from passage_kit.widgets.source_guard import SourceGuard
from passage_kit.widgets.unplaced import described_decisions, taken_decision, unplaced_decisions
from passage_kit.widgets.unsaved import PanelPart, script, style
from passage_kit.widgets.watching import tell_others, watch
from passage_kit.workspace.corrections import apply_corrections
from passage_kit.workspace.loaded_fixes import load_fixes
from passage_kit.workspace.lock import saving
from passage_kit.workspace.options import Options
from passage_kit.workspace.workspace import Workspace

GROUPS_PER_PAGE = 10
_STATES = {"": "all", "open": "not decided", "decided": "decided"}
_FORMS = {
    "view": Form(
        may_have=dict.fromkeys(("tab", "text", "reason", "state"), is_words) | {"conflicts": is_flag, "page": is_number}
    ),
    "decide": Form({"rows": is_rows, "choice": is_words}, {"survivor_row": or_none(is_number)}),
    "withdraw": Form({"rows": is_rows}),
    "apply": Form({"number": is_number, "rows": is_rows}, {"survivor_row": or_none(is_number)}),
    "drop": Form({"number": is_number}),
}
_NO_FILTER = {"tab": "people", "text": "", "reason": "", "state": "", "conflicts": False, "page": 0}


class ReviewTable(PanelPart):
    """Widget for tabs, filters and one page of groups."""

    _esm = script("review_duplicates")
    _css = style("review")


class ReviewDuplicates(BasePanel):
    """Panel to review rows that are or may be one person, and to decide about them.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalised identifiers and values, before duplicates are merged.
    workspace : Workspace
        Workspace that holds the decisions. Its plan holds the survivorship rule and the rule for shared phones.
    mapped : pandas.DataFrame, optional
        Users frame as mapped, not corrected. With it, the panel finds the people of decisions about a former list.
        Default: none, so the panel takes no decisions after the list has changed.
    findings : pandas.DataFrame, optional
        Findings of :func:`passage_kit.normalize_identifiers`, as for :func:`passage_kit.merge_duplicates`.

    Notes
    -----
    ``value`` is the decisions frame. The panel saves each decision at once, and each run applies it. The browser gets
    one page of values at a time.

    See Also
    --------
    passage_kit.decide : Decide in Python.
    passage_kit.merge_duplicates : Merge duplicates with the decisions.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["ann@example.org"] * 2, "phone": [None, None]})
    >>> panel = ReviewDuplicates(users, Workspace(tempfile.mkdtemp()))
    >>> panel.wait()
    >>> panel.decide([1, 2], "apart")
    >>> len(panel.value)
    1
    """

    title = "Who is one person"
    intro = (
        "Rows with the same email are one person, and the survivorship rule chooses the row that stays. Look where you "
        "doubt it: what you decide comes before the rule, on every run. Nothing here needs a decision."
    )

    def __init__(
        self,
        users: pd.DataFrame,
        workspace: Workspace,
        *,
        mapped: pd.DataFrame | None = None,
        findings: pd.DataFrame | None = None,
    ) -> None:
        self._findings = findings
        self._options = workspace.load_plan().options if workspace.has_plan else Options()
        self._groups: Groups | None = None
        self._filter: dict[str, Any] = dict(_NO_FILTER)
        self._last: Decision | None = None
        self.table = ReviewTable(self.answer)
        super().__init__(workspace, [self.table])
        self._guard, self._rows, self._mapped = SourceGuard(workspace, mapped), users.index, mapped
        self._basis, self._mapped_by = Basis.of(workspace), mapped_by(self.plan)
        self._moved = False
        watch(workspace.folder, self)
        self._value = workspace.load_decisions()
        if mapped is not None:
            fixes = load_fixes(workspace, mapped)
            self._value, self._moved = fixes.decisions, fixes.moved
        self._show_code()
        self._work(gettext("Looking for duplicates"), partial(self._find, users, findings), self._take_groups)

    @property
    def page(self) -> dict[str, Any]:
        """Content of the page."""
        return self.table.shown

    def view(self, **changed: Any) -> None:
        """Show other groups, as the tabs, filters and page buttons do.

        Parameters
        ----------
        **changed
            ``tab`` (people, phones, suggestions), ``text``, ``reason``, ``state`` (open, decided), ``conflicts`` and
            ``page`` (from 0). A changed filter leads to the first page.

        Raises
        ------
        OptionError
            If there is no such tab or filter.
        """
        unknown = [name for name in changed if name not in _NO_FILTER]
        if unknown or changed.get("tab", "people") not in TABS or changed.get("state", "") not in _STATES:
            raise OptionError(
                worded(
                    "There is no such view: found {found}. Choose a tab or a filter that the panel shows.",
                    found=changed,
                )
            )
        first = {} if set(changed) == {"page"} else {"page": 0}
        of_tab = {"reason": ""} if "tab" in changed else {}
        self._filter |= {**first, **of_tab, **changed}
        self._show_page()

    def decide(self, rows: list[int], choice: Choice, survivor_row: int | None = None) -> None:
        """Decide about rows, as the buttons do, and save the decision; the panel shows an error as a message."""
        try:
            self._check_rows(rows)
            self._change(lambda there: decide(there, rows, choice, survivor_row=survivor_row))
            self._last = decisions_of(self._value.iloc[-1:])[0]
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        self._show_all((GOOD, self._said_of(self._last.rows)))

    def withdraw(self, rows: list[int]) -> None:
        """Take back the decision about exactly these rows."""
        try:
            self._change(lambda there: withdraw(there, rows))
            self._last = None
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        self._show_all((GOOD, gettext("The decision about {rows} is taken back.", rows=named_rows(rows))))

    def apply_to(self, number: int, rows: list[int], survivor_row: int | None = None) -> None:
        """Decide about rows as about those of a former list; ``number`` counts those asked about, from 0."""

        def change(there: pd.DataFrame) -> pd.DataFrame:
            made = taken_decision(unplaced_decisions(self._value), there, number)
            self._check_rows(rows)
            rest = drop_decisions(there, lambda former: former == made)
            return decide(rest, rows, made.choice, survivor_row=survivor_row, note=made.note)

        try:
            self._change(change)
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        self._last = None
        self._show_all((GOOD, self._said_of(sorted(rows))))

    def drop(self, number: int) -> None:
        """Drop a decision about a former list; ``number`` counts those asked about, from 0."""

        def change(there: pd.DataFrame) -> pd.DataFrame:
            made = taken_decision(unplaced_decisions(self._value), there, number)
            return drop_decisions(there, lambda former: former == made)

        try:
            self._change(change)
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        self._last = None
        self._show_all((GOOD, gettext("The decision about rows of a former list is dropped.")))

    def answer(self, content: Any) -> None:
        """Answer a request of the page."""
        actions: dict[str, Callable[..., None]] = {
            "view": self.view,
            "decide": self.decide,
            "withdraw": self.withdraw,
            "apply": self.apply_to,
            "drop": self.drop,
        }
        follow(content, _FORMS, actions, self.complain)

    def _check_rows(self, rows: list[int]) -> None:
        if unknown := [row for row in rows if row not in self._rows]:
            raise OptionError(worded("There is no row {row}. Look the row numbers up in your list.", row=unknown[0]))

    def look_again(self) -> None:
        """Show the decisions as they stand in the workspace now, and mark rows older than their corrections."""
        outdated = self._basis.outdated_by(self.workspace, decisions=False)
        can_renew = self._mapped is not None and mapped_now(self.workspace) == self._mapped_by
        self._mark(outdated, gettext("Look for duplicates again"), self.renew if can_renew else None)
        if not self._moved:
            try:
                decisions = self.workspace.load_decisions()
            except PassageKitError as error:
                self._say((ERROR, told(error)))
                return
            if decisions.equals(self._value):
                return
            self._value, self._last = decisions, None
            self._show_all()

    def renew(self) -> None:
        """Correct and normalise the rows anew, and look for duplicates among them."""
        mapped, workspace = self._mapped, self.workspace
        if mapped is None:
            return
        self._basis, plan = Basis.of(workspace), self.plan

        def work() -> tuple[pd.DataFrame, pd.DataFrame, Groups]:
            corrected, _ = apply_corrections(mapped, load_fixes(workspace, mapped).corrections)
            users, findings = before_duplicates(corrected, plan)
            return users, findings, self._find(users, findings)

        self._options = plan.options
        self._work(gettext("Looking for duplicates"), work, self._take_renewed)

    def _take_renewed(self, found: tuple[pd.DataFrame, pd.DataFrame, Groups]) -> None:
        users, self._findings, groups = found
        self._rows = users.index
        self._take_groups(groups)
        self.look_again()

    def _change(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Change the decisions under the lock; the first change notes the file of its row numbers."""
        with saving(self.workspace.folder):
            self._guard.check()
            self._moved = False
            decisions = change(self.workspace.load_decisions())
            self.workspace.save_decisions(decisions)
        self._value = decisions
        tell_others(self.workspace.folder, self)

    @property
    def _merging(self) -> dict[str, Any]:
        """Options of the plan for merging."""
        options = self._options
        names = ("survivor", "shared_phone", "date_order")
        return {name: getattr(options, name) for name in names} | {"findings": self._findings}

    def _find(self, users: pd.DataFrame, findings: pd.DataFrame | None) -> Groups:
        going, _ = judge_accounts(users, inactive=self._options.inactive)
        return find_groups(going, **self._merging | {"findings": findings})

    def _take_groups(self, groups: Groups) -> None:
        self._groups = groups
        self._show_all()

    def _show_all(self, *messages: tuple[str, str]) -> None:
        self._show_page()
        self._show_code()
        if not messages:
            messages = (self._counted(),)
        self._say(*messages)

    def _said_of(self, rows: tuple[int, ...] | list[int]) -> str:
        path = self.workspace.decisions_path
        return gettext("Decided about {rows}. Saved in {path}.", rows=named_rows(rows), path=path)

    def _counted(self) -> Message:
        """Say how many decisions there are, or how many are of people who are not known."""
        if asked := len(unplaced_decisions(self._value)):
            return WARNING, ngettext(
                "{count} decision about a former list has no effect, since its people are not known for certain. Apply "
                "or drop it below.",
                "{count} decisions about a former list have no effect, since their people are not known for certain. "
                "Apply or drop them below.",
                asked,
            )
        if self._value.empty:
            return INFO, gettext("Nothing is decided yet. The rules apply.")
        path = self.workspace.decisions_path
        return INFO, ngettext(
            "{count} decision in {path}.", "{count} decisions in {path}.", len(self._value), path=path
        )

    def _show_code(self) -> None:
        load = "load_fixes(workspace, mapped).decisions" if self._moved else "workspace.load_decisions()"
        if self._last:
            stays = [f"survivor_row={self._last.survivor_row}"] if self._last.survivor_row else []
            written = written_call("decide", [load, repr(list(self._last.rows)), repr(self._last.choice), *stays])
            code = f"decisions = {written}\nworkspace.save_decisions(decisions)\n"
        else:
            code = f"decisions = {load}\n"
        usual = Options()
        chosen = {name: value for name, value in self._merging.items() if name != "findings"}
        given = [f"{name}={value!r}" for name, value in chosen.items() if value != getattr(usual, name)]
        given += ["decisions=decisions", *(["findings=of_identifiers"] if self._findings is not None else [])]
        code += f"merged, of_duplicates = {written_call('pk.merge_duplicates', ['users', *given])}"
        self._line.show(code=imports_of(code) + code)

    # Content of the page

    def _show_page(self) -> None:
        if self._groups is None:
            return
        groups, chosen = self._groups, self._filter
        decided = {made.rows: made for made in decisions_of(self._value) if made.placed}
        is_decided = groups.about(decided)
        in_tab = {
            name: np.logical_or.reduce([groups.because_of[code] for code in codes]) for name, codes in TABS.items()
        }
        shown = np.flatnonzero(in_tab[chosen["tab"]] & self._filtered(is_decided))
        pages = max(1, -(-len(shown) // GROUPS_PER_PAGE))
        page = min(max(int(chosen["page"]), 0), pages - 1)
        chosen["page"] = page
        numbers = shown[page * GROUPS_PER_PAGE :][:GROUPS_PER_PAGE].tolist()
        apart = foresee(groups, numbers, "apart", **self._merging)
        names = target_names(self.plan.applied_schema)
        self.table.show(
            filter=dict(chosen),
            tabs=[
                {
                    "name": name,
                    "label": label,
                    "count": int(in_tab[name].sum()),
                    "decided": int((in_tab[name] & is_decided).sum()),
                }
                for name, label in tab_labels().items()
            ],
            reasons=[[code, reasons_in_words()[code]] for code in REASONS if code in TABS[chosen["tab"]]],
            unplaced=described_decisions(unplaced_decisions(self._value)),
            found=len(shown),
            pages=pages,
            groups=[
                describe_group(groups, number, decided.get(groups.source_rows[number]), apart[number], names=names)
                for number in numbers
            ],
        )

    def _filtered(self, is_decided: Mask) -> Mask:
        """Mark the groups that pass the filters."""
        groups, chosen = self._groups, self._filter
        assert groups is not None  # noqa: S101 - nothing is shown before
        keep = np.ones(len(groups), dtype=bool)
        if chosen["state"]:
            keep &= is_decided == (chosen["state"] == "decided")
        if chosen["conflicts"]:
            keep &= groups.conflicting
        if chosen["reason"]:
            keep &= groups.because_of.get(chosen["reason"], ~keep)
        if text := str(chosen["text"]).strip():
            keep &= groups.containing(text)
        return keep

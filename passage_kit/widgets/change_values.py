"""Panel of the values of columns: each change is a step that one can see, reorder, switch off and take back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.plain_words import counted_values
from passage_kit.errors import MappingError, PassageKitError
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.mapping.value_steps import StepResult, follow_steps
from passage_kit.reading.readers import UserList
from passage_kit.translations import gettext, told, worded
from passage_kit.widgets.live_counts import AT_ONCE
from passage_kit.widgets.map_fields import MapFields
from passage_kit.widgets.mapping_table import target_names
from passage_kit.widgets.page_messages import Form, follow, is_flag, is_number, is_words, or_none
from passage_kit.widgets.panel import ERROR, INFO, WARNING, Message, Panel, imports_of
from passage_kit.widgets.spelling_groups import SpellingGroups, made_one
from passage_kit.widgets.step_words import (
    LONGEST_SHOWN,
    countries,
    follow_as_far,
    is_how,
    step_card,
    written_step,
)
from passage_kit.widgets.unsaved import PanelPart, script, style
from passage_kit.widgets.value_reasons import reasons_of
from passage_kit.widgets.watching import tell_others, watch
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

VALUES_PER_PAGE = 12
_Applied = tuple[tuple[ValueStep, ...], list[StepResult]]


_FORMS = {
    "view": Form(may_have={"column": is_words, "text": is_words, "page": is_number}),
    "map": Form({"column": is_words, "value": is_words, "becomes": or_none(is_words)}),
    "add": Form({"column": is_words, "step": is_words, "how": is_how}),
    "switch": Form({"number": is_number, "on": is_flag}),
    "move": Form({"number": is_number, "by": is_number}),
    "take back": Form({"number": is_number}),
}


class ValuesTable(PanelPart):
    """Widget for the distinct values of one column, the forms of new steps, and the steps."""

    _esm = script("change_values")
    _css = style("review", "change_values")


class ChangeValues(Panel):
    """Panel that changes the values of columns by steps, which the plan keeps.

    Parameters
    ----------
    source : MapFields, UserList or pandas.DataFrame
        The mapping panel, whose table then shows each change at once; or the list as read, or only its text columns.
    workspace : Workspace
        Workspace whose plan holds the steps.

    Notes
    -----
    ``value`` are the steps, and ``changed`` are the rows after them. The panel saves each change at once. Steps of a
    list above 5,000 rows are applied in a thread.

    See Also
    --------
    passage_kit.apply_value_steps : Apply steps in Python.
    passage_kit.ValueStep : One step.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> raw = pd.DataFrame({"Land": ["BRD", "BRD", "France"]}, dtype="string[pyarrow]")
    >>> panel = ChangeValues(raw, Workspace(tempfile.mkdtemp()))
    >>> panel.map_value("Land", "BRD", "Germany")
    >>> panel.changed["Land"].tolist()
    ['Germany', 'Germany', 'France']
    """

    title = "Change values"
    intro = (
        "Choose a column to see its values and how often each is there. Your changes are steps, applied in order on "
        "every run, before anything is judged. The kit never edits your own file."
    )

    def __init__(self, source: MapFields | UserList | pd.DataFrame, workspace: Workspace) -> None:
        self._above = source if isinstance(source, MapFields) else None
        self._read(source)
        self._steps: tuple[ValueStep, ...] = ()
        self._former: tuple[ValueStep, ...] = ()
        self._results: list[StepResult] = []
        self._last: tuple[pd.DataFrame, tuple[str, tuple[ValueStep, ...]], pa.StructArray] | None = None
        self._view: dict[str, Any] = {"column": "", "text": "", "page": 0}
        self.table = ValuesTable(self.answer)
        self.spellings = SpellingGroups(self)
        super().__init__(workspace, [self.table, self.spellings])
        if self._above is not None:
            self._above.read_again = self._renew
        watch(workspace.folder, self)
        self._begin()

    @property
    def changed(self) -> pd.DataFrame:
        """Rows after all steps."""
        return self._results[-1].frame if self._results else self._raw

    @property
    def page(self) -> dict[str, Any]:
        """Content of the page."""
        return self.table.shown

    @property
    def column(self) -> str:
        """Column whose values are shown."""
        return str(self._view["column"])

    def view(self, **changed: Any) -> None:
        """Show the values of another column, a search among them, or another page.

        Parameters
        ----------
        **changed
            ``column``, ``text`` (that values contain) and ``page`` (from 0).

        Raises
        ------
        MappingError
            If there is no such column.
        """
        if changed.get("column", "") not in ("", *self.changed.columns):
            raise MappingError(
                worded("There is no column {column}. Choose one that the panel shows.", column=repr(changed["column"]))
            )
        first = {} if set(changed) == {"page"} else {"page": 0} | ({"text": ""} if "column" in changed else {})
        self._view |= {**first, **changed}
        self._show_page()

    def map_value(self, column: str, value: str, becomes: str | None) -> None:
        """Change a value of a column to another one: "" for blank, None for as it is.

        The change goes into the column's last step of this kind, or into a new one at the end.
        """
        values = self._mapped(column)
        values.pop(value, None)
        if becomes is not None and becomes != value:
            values[value] = becomes
        self._map_all(column, values)

    def make_one(self, column: str, values: list[str], becomes: str) -> None:
        """Change several spellings in a column to one value, as :meth:`map_value` for each of them."""
        self._map_all(column, made_one(self._mapped(column), values, becomes))

    def _mapped(self, column: str) -> dict[str, str]:
        at = self._map_of(column)
        return dict(self._steps[at].how["values"]) if at is not None else {}

    def _map_all(self, column: str, values: dict[str, str]) -> None:
        at = self._map_of(column)
        steps = list(self._steps)
        if at is None:
            steps += [ValueStep(column, "map", {"values": values})] if values else []
        elif values:
            steps[at] = replace(steps[at], how={"values": values})
        else:
            del steps[at]
        self._use(steps)

    def add(self, step: ValueStep) -> None:
        """Add a step at the end."""
        self._use([*self._steps, step])

    def switch(self, number: int, on: bool) -> None:
        """Switch a step on or off; ``number`` counts from 0."""
        self._use(replace(step, off=not on) if at == number else step for at, step in enumerate(self._steps))

    def move(self, number: int, by: int) -> None:
        """Move a step up (-1) or down (1); it stays at the ends."""
        steps = list(self._steps)
        if number in range(len(steps)):
            steps.insert(max(0, number + by), steps.pop(number))
        self._use(steps)

    def take_back(self, number: int) -> None:
        """Take a step back."""
        self._use(step for at, step in enumerate(self._steps) if at != number)

    def answer(self, content: Any) -> None:
        """Answer a request of the page."""
        actions: dict[str, Callable[..., None]] = {
            "view": self.view,
            "map": self.map_value,
            "add": lambda column, step, how: self.add(ValueStep(column, step, how)),
            "switch": self.switch,
            "move": lambda number, by: self.move(number, -1 if by < 0 else 1),
            "take back": self.take_back,
        }
        follow(content, _FORMS, actions, self.complain)

    def _read(self, source: MapFields | UserList | pd.DataFrame) -> None:
        frame = source.as_read if isinstance(source, MapFields) else source
        self._raw = frame.users if isinstance(frame, UserList) else frame

    def look_again(self) -> None:
        """Show the steps as they stand in the plan now."""
        steps = tuple(self.plan.steps)
        if steps != self._steps:
            self._follow(steps, self._take_again)

    def _take_again(self, taken: _Applied) -> None:
        self._take_changed(taken, told=True)

    def _renew(self) -> None:
        """Take the list as the mapping panel has read it anew."""
        assert self._above is not None  # noqa: S101 - only that panel calls this
        self._read(self._above)
        self._begin()

    def _begin(self) -> None:
        """Show the steps of the plan; one that cannot be applied to this list is told."""
        steps, raw, words = tuple(self.plan.steps), self._raw, self.plan.options.null_words
        self._go(lambda: (steps, follow_as_far(raw, steps, words)), self._take_first)

    def _take_first(self, taken: _Applied) -> None:
        self._steps, self._results = taken
        self._former = self._steps
        if self._view["column"] not in self.changed:
            self._view = {"column": self._first_column(), "text": "", "page": 0}
        self._take()
        self._show_page()

    def _use(self, steps: Iterable[ValueStep]) -> None:
        self._follow(tuple(steps), self._take_changed)

    def _take_changed(self, taken: _Applied, *, told: bool = False) -> None:
        self._steps, self._results = taken
        self.save()
        if not told:
            tell_others(self.workspace.folder, self)
        if self._view["column"] not in self.changed:
            self._view |= {"column": self._first_column(), "page": 0}
        if self._above is not None:
            self._above.show_changed(self.changed)
        self._show_page()

    def _follow(self, steps: tuple[ValueStep, ...], take: Callable[[_Applied], None]) -> None:
        """Apply the steps, in a thread if there are many rows; if one cannot be, say why and change nothing."""
        raw, words = self._raw, self.plan.options.null_words

        def work() -> _Applied:
            return steps, list(follow_steps(raw, steps, null_words=words))

        self._go(work, take)

    def _go(self, work: Callable[[], _Applied], take: Callable[[_Applied], None]) -> None:
        if len(self._raw) > AT_ONCE:
            self._work(gettext("Applying the steps"), work, take)
            return
        try:
            taken = work()
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            self._show_page()
            return
        take(taken)

    def work_beside(self, work: Callable[[], Any], take: Callable[[Any], None]) -> None:
        """Do work for a part of the panel, in a thread if there are many rows."""
        if len(self._raw) > AT_ONCE:
            self._work(gettext("Looking at the values"), work, take)
        else:
            take(work())

    def _choice(self) -> tuple[ValueStep, ...]:
        return self._steps

    def _with(self, plan: Plan) -> Plan:
        return replace(plan, steps=self._steps)

    def _call(self) -> str:
        lines = "".join(f"    {written_step(step)},\n" for step in self._steps)
        steps = f"(\n{lines})" if lines else "()"
        code = f"steps = {steps}\nworkspace.save_plan(replace(workspace.load_plan(), steps=steps))\n"
        return imports_of(code) + code + "raw, findings = pk.apply_value_steps(raw, steps)"

    def _notes(self) -> list[Message]:
        unlike = gettext("no value is as it says")
        problems = [
            (WARNING, gettext("Step {at} changes nothing: {why}.", at=at, why=one.problem or unlike))
            for at, one in enumerate(self._results, 1)
            if not one.step.off and not one.touched
        ]
        below = self._above is None and self._steps != self._former
        return problems + ([(INFO, gettext("Run the cells below again to see the changes there."))] if below else [])

    # Content of the page

    def _first_column(self) -> str:
        names = [str(name) for name in self.changed.columns]
        return names[0] if names else ""

    def _map_of(self, column: str) -> int | None:
        """Find the last step that maps values of a column."""
        found = [
            at for at, step in enumerate(self._steps) if (step.column, step.do, step.off) == (column, "map", False)
        ]
        return found[-1] if found else None

    def _show_page(self) -> None:
        self.table.show(
            columns=[str(name) for name in self.changed.columns],
            view=dict(self._view),
            **self._values(),
            steps=[step_card(at, one) for at, one in enumerate(self._results)],
        )
        self.spellings.renew()

    def _values(self) -> dict[str, Any]:
        """Describe one page of the distinct values of the column, before they are mapped."""
        column, text = self._view["column"], str(self._view["text"]).strip()
        at = self._map_of(column)
        frame = self.changed if at is None else self._raw if at == 0 else self._results[at - 1].frame
        if column not in frame:
            return {"values": [], "found": 0, "pages": 1, "blanks": 0, "target": "", "choices": []}
        counted = self._counted(column, frame, self._steps[: len(self._steps) if at is None else at])
        blanks = len(frame) - int(pc.sum(counted.field("counts")).as_py() or 0)
        if text:
            counted = counted.filter(pc.match_substring(counted.field("values"), text, ignore_case=True))
        pages = max(1, -(-len(counted) // VALUES_PER_PAGE))
        self._view["page"] = page = min(max(int(self._view["page"]), 0), pages - 1)
        shown = counted.slice(page * VALUES_PER_PAGE, VALUES_PER_PAGE).to_pylist()
        mapped = self._steps[at].how["values"] if at is not None else {}
        target, name, choices = self._target_of(column)
        reasons = self._reasons(column, target, [one["values"] for one in shown], at)
        values = [
            {
                "value": one["values"] if len(one["values"]) <= LONGEST_SHOWN else None,
                "shown": one["values"][:LONGEST_SHOWN],
                "rows": one["counts"],
                "becomes": mapped.get(one["values"]),
                "reason": reason,
            }
            for one, reason in zip(shown, reasons, strict=True)
        ]
        about = {"found": len(counted), "pages": pages, "blanks": blanks, "target": name, "choices": choices}
        return {"values": values, **about}

    def _counted(self, column: str, frame: pd.DataFrame, after: tuple[ValueStep, ...]) -> pa.StructArray:
        """Count the values of a column after some steps, once as long as they are looked at."""
        if self._last is None or self._last[0] is not self._raw or self._last[1] != (column, after):
            self._last = (self._raw, (column, after), counted_values(frame[column]))
        return self._last[2]

    @property
    def _mapping(self) -> FieldMapping:
        if self._above is not None:
            above: FieldMapping = self._above.value
            return above
        return self.plan.mapping or FieldMapping({})

    def _target_of(self, column: str) -> tuple[str, str, list[str]]:
        """Find where a column goes alone: the target, its name, and the values that it may have."""
        schema = self.plan.applied_schema
        names = target_names(schema)
        for target, origin in self._mapping.origins.items():
            if isinstance(origin, Columns) and origin.names == (column,) and target in names:
                field = next((field for field in schema if field.column == target), None)
                choices = list(field.choices) if field else countries() if target == "region" else []
                return target, names[target], ["yes", "no"] if field and field.type == "boolean" else choices
        return "", "", []

    def _reasons(self, column: str, target: str, values: list[str], at: int | None) -> list[str]:
        """Say of each value why it is left out after all steps; "" of one that goes on."""
        if not target or not values:
            return [""] * len(values)
        later = self._steps[len(self._steps) if at is None else at :]
        own = [step for step in later if step.column == column and not step.made]
        column_of = pd.DataFrame({column: pd.array(values, dtype=self.changed[column].dtype)})
        return reasons_of(column_of, own, target, self.plan)

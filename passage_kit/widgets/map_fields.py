"""Panel of the mapping: a table with a drop-down for each column of the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import ipywidgets
import pandas as pd

from passage_kit.columns.users_frame import ACCOUNT_STATE, IDENTIFIERS, PHONE, SOURCE_KEY
from passage_kit.errors import MappingError, PassageKitError
from passage_kit.mapping.mapping import Columns, Constant, FieldMapping, Origin
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.readers import UserList, read_source
from passage_kit.widgets.fields_panel import FieldsPanel
from passage_kit.widgets.live_counts import LiveCounts
from passage_kit.widgets.mapping_notes import (
    after_steps,
    counted,
    fitting,
    made_of_several,
    questions_about,
    quoted,
    recognised_by,
    without_a_column,
)
from passage_kit.widgets.mapping_table import (
    MappingTable,
    constant_targets,
    described,
    shown_preview,
    state_columns,
    target_groups,
    target_names,
    targets_of,
)
from passage_kit.widgets.panel import ERROR, INFO, WARNING, Message, imports_of
from passage_kit.widgets.reading_pickers import Reading
from passage_kit.widgets.system_picker import SystemPicker
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


class MapFields(FieldsPanel):
    """Panel that maps the columns of a user list to emails, phones, metadata fields and helpers.

    Parameters
    ----------
    source : UserList or pandas.DataFrame
        The list as read, or only its text columns. The panel applies the plan's steps that change values. It cannot
        read a frame again with other settings.
    schema : MetadataSchema
        The app's metadata fields; empty for the path "Sign-in only".
    workspace : Workspace
        Workspace whose plan holds the mapping. If it has none, the panel shows the suggested mapping.

    Notes
    -----
    ``value`` is a :class:`passage_kit.FieldMapping`, and ``raw`` are its rows. Choosing another delimiter, header or
    sheet reads the list again. The panel saves each change at once, those of ``fields`` too: new ones for columns,
    edited, moved and removed ones. The button "Save to plan" saves unchanged suggestions. If you choose a second column
    for a target, the panel asks, and saves nothing until you answer with :meth:`join`, :meth:`take` or :meth:`leave`.

    See Also
    --------
    passage_kit.suggest_mapping : Suggest the same mapping in Python.
    passage_kit.FieldMapping : A saved mapping.
    ChooseOptions : Choose how to decide next.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import MetadataSchema, Workspace
    >>> raw = pd.DataFrame({"E-Mail": ["ann@example.org"], "Notes": ["new"]}, dtype="string[pyarrow]")
    >>> panel = MapFields(raw, MetadataSchema(), Workspace(tempfile.mkdtemp()))
    >>> panel.value.to_dict()
    {'email': 'E-Mail'}
    """

    title = "Where each column goes"
    intro = (
        "A user needs an email or a phone. Passage stores the metadata fields; helpers serve this kit alone and are "
        "never sent. What is not stored stays in your own system."
    )

    def __init__(self, source: UserList | pd.DataFrame, schema: MetadataSchema, workspace: Workspace) -> None:
        plan = workspace.load_plan() if workspace.has_plan else Plan()
        self._begin_fields(schema, plan)
        self.read_again: Callable[[], None] = lambda: None  # who changes the values of this list replaces it
        self._names = target_names(schema)
        self._former_reading = self._reading = dict(plan.reading)
        self.table = MappingTable(groups=target_groups(schema), may_have_fields=self.may_have_fields)
        self.reading = Reading(source, plan, self._read_again) if isinstance(source, UserList) else None
        self.system = SystemPicker(plan.options.layout)
        self._show_source(source, plan)
        self._former = self._shown
        self.accept = ipywidgets.Button(description="Accept all suggestions", icon="check", layout={"width": "auto"})
        self.reset = ipywidgets.Button(description="Reset", icon="undo", tooltip="As it was when the cell ran")
        self.keep = ipywidgets.Button(description="Save to plan", icon="save", button_style="primary")
        buttons = ipywidgets.HBox([self.keep, self.accept, self.reset], layout={"flex_flow": "row wrap"})
        body = [*([self.reading] if self.reading else []), self.system, self.table, buttons, *self._of_fields()]
        super().__init__(workspace, body)
        self._take()
        self.table.observe(self._hear_columns, "chosen")
        self.table.observe(self._hear, ["constants", "states"])
        self.system.observe(lambda _change: self._suggest_again(), "value")
        self.table.answered, self.table.asked = self._answer, self._answer_fields
        self.accept.on_click(lambda _button: self._accept())
        self.reset.on_click(lambda _button: self._use(self._former))
        self.keep.on_click(lambda _button: self.save())

    @property
    def raw(self) -> pd.DataFrame:
        """Rows as read, after the steps of the plan that change values."""
        return self._raw

    @property
    def as_read(self) -> UserList | pd.DataFrame:
        """The list as read, before any step."""
        return self._source

    def show_changed(self, changed: pd.DataFrame) -> None:
        """Show the rows after other steps; a target whose column is gone leaves the mapping of the plan, too."""
        saved = self.plan.mapping
        self._show_source(self._source, self.plan, changed)
        self._take()
        if saved is not None and self.value != saved:
            self.save()

    def choose(self, column: str, target: str | None) -> None:
        """Choose the target of a column, as its drop-down does; None is "not stored".

        Raises
        ------
        MappingError
            If there is no such column or target.
        """
        if column not in self._raw or target not in (None, *self._names):
            raise MappingError(
                f"There is no column {column!r} or no target {target!r}. Choose one that the table shows."
            )
        self.table.chosen = {**self.table.chosen, column: target or ""}

    def tell_state(self, column: str, tells: bool = True) -> None:
        """Choose whether a column says the state of the account beside its target, as its box does.

        Raises
        ------
        MappingError
            If there is no such column.
        """
        if column not in self._raw:
            raise MappingError(f"There is no column {column!r}. Choose one that the table shows.")
        others = [name for name in self.table.states if name != column]
        self.table.states = [*others, column] if tells else others

    def join(self, column: str) -> None:
        """Answer the question at a column: join all columns of its target."""
        target = self.table.chosen[column]
        self._joined[target] = set(self._columns_of(target))
        self._changed()

    def take(self, column: str) -> None:
        """Answer the question at a column: use only this column for its target."""
        others = {name: "" for name in self._columns_of(self.table.chosen[column]) if name != column}
        self.table.chosen = {**self.table.chosen, **others}

    def leave(self, column: str) -> None:
        """Answer the question at a column: give the column its former target."""
        self.table.chosen = {**self.table.chosen, column: targets_of(self.value, self._raw)[column]}

    def set_constant(self, target: str, value: str | None) -> None:
        """Set the same value of a target for each row; None removes it.

        Raises
        ------
        MappingError
            If the target cannot have such a value, or a column goes to it.
        """
        if target not in constant_targets(self._schema) or self._columns_of(target):
            raise MappingError(
                f"The target {target!r} cannot have the same value for every row: it is no metadata field, or a column "
                "goes there. Choose 'not stored' for that column first."
            )
        others = {name: constant for name, constant in self.table.constants.items() if name != target}
        self.table.constants = {**others, target: value} if value else others

    def save(self) -> None:
        """Save the mapping into the workspace's plan, unless it lacks an identifier or a question is open."""
        if self._take() and self._has_identifier:
            super().save()

    def wait(self) -> None:
        """Wait until all rows are counted."""
        self._counts.wait()

    @property
    def _has_identifier(self) -> bool:
        return any(identifier in self.value for identifier in IDENTIFIERS)

    def _show_source(self, source: UserList | pd.DataFrame, plan: Plan, changed: pd.DataFrame | None = None) -> None:
        """Show a list as read, with the mapping of the plan if it fits, else with the suggestions."""
        self._source = source
        as_read = source.users if isinstance(source, UserList) else source
        self._raw = after_steps(as_read, plan) if changed is None else changed
        self._columns = [str(name) for name in self._raw.columns]
        self.system.recognised = source.layout if isinstance(source, UserList) else recognised_by(source)
        self._suggested = self._suggestion()
        self._count_anew(plan)
        mapping, self._gone = self._usable(plan.mapping if changed is None else fitting(plan.mapping, changed))
        self.table.show(columns=described(self._raw, self._suggested, self._names))
        self._put(mapping)

    def _count_anew(self, plan: Plan) -> None:
        options = {**plan.options.of_values, "allow_special_use": plan.options.allow_special_use}
        options["account_states"] = plan.options.account_states
        del options["strict"]
        self._counts = LiveCounts(self._raw, self._schema, options)

    def _take_fields(self, schema: MetadataSchema, column: str | None) -> None:
        """Show other fields as targets; the columns of those that are gone are not stored."""
        self._names = target_names(schema)
        self._set(self.table, "groups", target_groups(schema))
        self._count_anew(self.plan)
        chosen = {name: target if target in self._names else "" for name, target in self.table.chosen.items()}
        if column is not None:
            chosen[column] = schema.columns[-1]
        constants = {target: value for target, value in self.table.constants.items() if target in self._names}
        self._set(self.table, "chosen", chosen)
        self._set(self.table, "constants", constants)
        self._show_drafts()
        self._changed()

    def _show_drafts(self) -> None:
        self.table.show(drafts=self._drafts)

    def _suggestion(self) -> FieldMapping:
        return suggest_mapping(self._raw, self._schema, layout=self.system.chosen)

    def _suggest_again(self) -> None:
        """Show the suggestions by another layout, or by none."""
        self._suggested = self._suggestion()
        self.table.show(columns=described(self._raw, self._suggested, self._names))
        self._use(self._suggested)

    def _usable(self, saved: FieldMapping | None) -> tuple[FieldMapping, list[str]]:
        """Return the usable parts of the saved mapping, else the suggestions, and the columns that are gone."""
        if saved is None:
            return self._suggested, []
        if gone := [name for name in saved.columns if name not in self._raw]:
            return self._suggested, gone
        origins = {target: origin for target, origin in saved.origins.items() if target in self._names}
        return FieldMapping(origins, self._suggested.suggestions), [name for name in saved if name not in self._names]

    def _put(self, mapping: FieldMapping) -> None:
        """Set the table to a mapping."""
        self._shown = mapping
        self._joined = _columns_by_target(mapping)
        constants = {target: origin.value for target, origin in mapping.origins.items() if isinstance(origin, Constant)}
        self._set(self.table, "chosen", targets_of(mapping, self._raw))
        self._set(self.table, "constants", constants)
        self._set(self.table, "states", state_columns(mapping))

    def _use(self, mapping: FieldMapping) -> None:
        """Show and save another mapping."""
        self._put(mapping)
        self._changed()

    def _accept(self) -> None:
        """Accept all suggestions; other columns keep their targets, unless a suggestion needs them."""
        taken = {column: target for column, target in targets_of(self._suggested, self._raw).items() if target}
        free = {column: "" if target in taken.values() else target for column, target in self.table.chosen.items()}
        self._set(self.table, "chosen", {**free, **taken})
        self._set(self.table, "states", state_columns(self._suggested))
        self._drop_constants()
        self._changed()

    def _read_again(self) -> None:
        """Read the list as picked; if that fails, show a message and change nothing."""
        assert self.reading is not None  # noqa: S101 - only the pickers call this
        plan, reading = self.plan, self.reading.value
        self._say((INFO, "Reading the list again ..."))
        try:
            source = read_source(str(plan.source), **reading)
        except PassageKitError as error:
            self.reading.show(self._reading)
            self._say((ERROR, str(error)))
            return
        self._reading = reading
        self.reading.show(reading, source)
        self._show_source(source, plan)
        self._changed()
        self.read_again()

    def _hear_columns(self, change: Any) -> None:
        if not self._unheard:
            self._drop_constants()
            self._changed()

    def _answer(self, answer: str, column: str) -> None:
        asked = {question["column"]: question["joins"] for question in self._questions()}
        answers = {"take": self.take, "leave": self.leave} | ({"join": self.join} if asked.get(column) else {})
        if column in asked and answer in answers:
            answers[answer](column)

    def _drop_constants(self) -> None:
        """Remove the constants of targets that a column goes to."""
        by_target = self._by_target(self.table.chosen)
        constants = {target: value for target, value in self.table.constants.items() if target not in by_target}
        self._set(self.table, "constants", constants)

    def _take(self) -> bool:
        questions = list(self._questions())
        self.table.show(questions=questions)
        if questions:
            self._say(*((WARNING, question["text"]) for question in questions))
            return False
        taken = super()._take()
        self._joined = _columns_by_target(self.value)
        return taken

    def _questions(self) -> Iterator[dict[str, Any]]:
        """List the questions: a second column for a target whose columns were not joined yet."""
        strings = [field.column for field in self._schema if field.type == "string"]
        by_target = self._by_target(self.table.chosen)
        return questions_about(self._names, by_target, self._joined, joinable=(PHONE, SOURCE_KEY, *strings))

    def _choice(self) -> FieldMapping:
        origins: dict[str, Origin] = {}
        chosen = self._by_target(self.table.chosen)
        shown = self._by_target(targets_of(self._shown, self._raw))
        constants = constant_targets(self._schema)
        for target in self._names:
            columns, before = chosen.get(target, ()), self._shown.origins.get(target)
            if isinstance(before, Columns) and columns == shown.get(target, ()):
                origins[target] = before  # has its own order and separator, or cannot be shown in the table
            elif columns:
                origins[target] = Columns(columns)
            elif self.table.constants.get(target) and (target in constants or isinstance(before, Constant)):
                origins[target] = Constant(self.table.constants[target])
        if states := self._states():
            origins[ACCOUNT_STATE] = Columns(states)
        elif isinstance(origins.get(ACCOUNT_STATE), Columns):
            del origins[ACCOUNT_STATE]  # its columns go to fields now, and do not say the state any more
        return FieldMapping(origins, self._suggested.suggestions)

    def _states(self) -> tuple[str, ...]:
        """List the columns that say the state of the account, by their drop-down or by the box beside it."""
        chosen, fields = self.table.chosen, {field.column for field in self._schema}
        beside = [name for name in self.table.states if chosen.get(name) in fields]
        return tuple(name for name in self._columns if chosen.get(name) == ACCOUNT_STATE or name in beside)

    def _columns_of(self, target: str) -> tuple[str, ...]:
        return self._by_target(self.table.chosen).get(target, ())

    def _by_target(self, chosen: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """List the columns of each target in the order of the source, since a browser may reorder ``chosen``."""
        found: dict[str, tuple[str, ...]] = {}
        for column in self._columns:
            target = chosen.get(column, "")
            found[target] = (*found.get(target, ()), column)
        return found

    def _with(self, plan: Plan) -> Plan:
        again = self._reading != self._former_reading
        plan = self._with_fields(plan)
        return replace(plan, mapping=self.value, reading=self._reading if again else plan.reading)

    def _call(self) -> str:
        again = self._reading != self._former_reading
        options = "".join(f", {name}={value!r}" for name, value in self._reading.items())
        if self.value == self._suggested:
            by = f", layout={self.system.chosen!r}" if self.system.value or self.system.recognised else ""
            written = f"pk.suggest_mapping(raw, schema{by})"
        else:
            entries = "".join(f"    {target!r}: {origin!r},\n" for target, origin in self.value.to_dict().items())
            written = f"pk.FieldMapping({{\n{entries}}})"
        code = f"raw = pk.read_users({self.plan.source!r}{options})\n" if again else ""
        changed = f"mapping=mapping, reading={self._reading!r}" if again else "mapping=mapping"
        fields, arguments = self._written_fields()
        code, changed = code + fields, arguments + changed
        code += f"mapping = {written}\nworkspace.save_plan(replace(workspace.load_plan(), {changed}))"
        return imports_of(code) + code

    def _show(self) -> None:
        self._count()
        if not self._uncounted:
            self._counts.complete(self.value, self._count)
        super()._show()

    def _count(self) -> None:
        """Show the counts known so far."""
        self._uncounted = ""
        try:
            live = self._counts.of(self.value)
        except PassageKitError as error:  # an option in the plan is wrong
            live, self._uncounted = {}, f"There are no counts: {error}"
        self.table.show(
            previews={target: shown_preview(one) for target, one in live.items()},
            rows=counted(len(self._raw), complete=all(one.complete for one in live.values())),
        )

    def _notes(self) -> list[Message]:
        self.keep.disabled = self.saved or not self._has_identifier
        unsure = self._source.unsure if isinstance(self._source, UserList) else ()
        notes = [self._said_of_fields] if self._said_of_fields else []
        notes += [(WARNING, text) for text in (*unsure, self._uncounted) if text]
        for target, columns in self._suggested.undecided.items():
            if target not in self.value:
                text = f"{quoted(columns)} fit {self._names[target]} equally well. Choose one of them."
                notes.append((WARNING, text))
        if not self._has_identifier:
            notes.append((ERROR, "No column goes to email or phone, and a user needs one of them."))
        notes += [(WARNING, text) for text in without_a_column(self.value, self._schema)]
        if self._gone and not self.saved:
            notes.append((WARNING, f"The saved mapping had {quoted(self._gone)}, which is not there any more."))
        return [*notes, *((INFO, text) for text in (*self.system.notes(), *made_of_several(self.value, self._names)))]


def _columns_by_target(mapping: FieldMapping) -> dict[str, set[str]]:
    return {target: set(origin.names) for target, origin in mapping.origins.items() if isinstance(origin, Columns)}

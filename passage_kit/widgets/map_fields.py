"""Panel of the mapping: a table with a drop-down for each column of the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import ipywidgets
import pandas as pd

from passage_kit.columns.users_frame import ACCOUNT_STATE, IDENTIFIERS
from passage_kit.errors import PassageKitError
from passage_kit.mapping.changed_columns import ChangedColumns, compare_columns, known_columns
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.readers import UserList, read_source
from passage_kit.translations import gettext, told
from passage_kit.widgets.chosen_mapping import ALSO, Chosen, columns_by_target
from passage_kit.widgets.live_counts import LiveCounts
from passage_kit.widgets.lost_targets import LostTargets
from passage_kit.widgets.mapping_code import written_mapping, written_save
from passage_kit.widgets.mapping_notes import (
    after_steps,
    counted,
    fitting,
    made_of_several,
    quoted,
    recognised_by,
    without_a_column,
)
from passage_kit.widgets.mapping_table import (
    MappingTable,
    described,
    shown_preview,
    target_groups,
    target_names,
)
from passage_kit.widgets.panel import ERROR, INFO, WARNING, Message
from passage_kit.widgets.reading_pickers import Reading
from passage_kit.widgets.system_picker import SystemPicker
from passage_kit.widgets.targets_panel import TargetsPanel
from passage_kit.workspace.former_list import is_another_list
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


class MapFields(TargetsPanel):
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
    for a target, the panel asks, and saves nothing until you answer with :meth:`join`, :meth:`take_first`,
    :meth:`take` or :meth:`leave`.
    In a changed list it shows which columns are gone and new, keeps what fits, and asks about each target that lost its
    column; answer with :meth:`place`.

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
        self.lost = LostTargets(lambda target, column: self._pick(target, column))
        self._show_source(source, plan)
        self._former = self._shown
        self.accept = ipywidgets.Button(
            description=gettext("Accept all suggestions"), icon="check", layout={"width": "auto"}
        )
        as_it_was = gettext("As it was when the cell ran")
        self.reset = ipywidgets.Button(
            description=gettext("Reset"), icon="undo", tooltip=as_it_was, layout={"width": "auto"}
        )
        self.keep = ipywidgets.Button(
            description=gettext("Save to plan"), icon="save", button_style="primary", layout={"width": "auto"}
        )
        buttons = ipywidgets.HBox([self.keep, self.accept, self.reset], layout={"flex_flow": "row wrap"})
        body = [
            *([self.reading] if self.reading else []),
            self.system,
            self.lost,
            self.table,
            buttons,
            *self._of_fields(),
        ]
        super().__init__(workspace, body)
        self._take()
        self.table.observe(self._hear_columns, "chosen")
        self.table.observe(self._hear, ["constants", "states"])
        self.table.observe(self._hear_columns, "also")
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

    @property
    def _as_read(self) -> pd.DataFrame:
        return self._source.users if isinstance(self._source, UserList) else self._source

    def show_changed(self, changed: pd.DataFrame) -> None:
        """Show the rows after other steps; a target whose column is gone leaves the mapping of the plan, too.

        A panel of a cell that has run again is still told of changes. It takes the fields as they are now, and leaves
        the mapping of another list alone.
        """
        plan = self.plan
        if self._renew_fields(plan):
            self._take_names()
        self._show_source(self._source, plan, changed)
        self._take()
        is_its_list = plan.columns in ((), known_columns(self._as_read.columns))
        if plan.mapping is not None and self.value != plan.mapping and is_its_list:
            self.save()

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
        self._raw = after_steps(self._as_read, plan) if changed is None else changed
        self._columns = [str(name) for name in self._raw.columns]
        self.system.recognised = source.layout if isinstance(source, UserList) else recognised_by(source)
        self._suggested = self._suggestion()
        self._count_anew(plan)
        if changed is None:
            mapping, changes = self._usable(plan)
            self.lost.ask(changes, self._names)
        else:
            mapping = fitting(plan.mapping, changed) or self._suggested
        self._describe()
        self._put(mapping)

    def _describe(self) -> None:
        self.table.show(columns=described(self._raw, self._suggested, self._names, new=self.lost.new_columns))

    def _count_anew(self, plan: Plan) -> None:
        options = {**plan.options.of_values, "allow_special_use": plan.options.allow_special_use}
        options["account_states"] = plan.options.account_states
        options["layout"] = plan.options.layout
        del options["strict"]
        self._counts = LiveCounts(self._raw, self._schema, options)

    def _take_fields(self, schema: MetadataSchema, column: str | None) -> None:
        """Show other fields as targets; the columns of those that are gone are not stored."""
        self._take_names()
        self._count_anew(self.plan)
        chosen = {name: target if target in self._names else "" for name, target in self.table.chosen.items()}
        if column is not None:
            self._keep_helper(column, chosen[column])
            chosen[column] = schema.columns[-1]
        constants = {target: value for target, value in self.table.constants.items() if target in self._names}
        self._set(self.table, "chosen", chosen)
        self._set(self.table, "constants", constants)
        self._show_drafts()
        self._changed()

    def _take_names(self) -> None:
        self._names = target_names(self._schema)
        self._set(self.table, "groups", target_groups(self._schema))

    def _keep_helper(self, column: str, target: str) -> None:
        """Let a column that gets a field serve its helper on, beside the field."""
        if target in ALSO:
            self._set(self.table, "also", [*self.table.also, f"{target} {column}"])
        elif target == ACCOUNT_STATE:
            self._set(self.table, "states", list(dict.fromkeys([*self.table.states, column])))

    def _show_drafts(self) -> None:
        self.table.show(drafts=self._drafts)

    def _suggestion(self) -> FieldMapping:
        return suggest_mapping(self._raw, self._schema, layout=self.system.chosen)

    def _suggest_again(self) -> None:
        """Show the suggestions by another layout, or by none."""
        self._suggested = self._suggestion()
        self._describe()
        self._use(self._suggested)

    def _usable(self, plan: Plan) -> tuple[FieldMapping, ChangedColumns]:
        """Return the usable parts of the saved mapping, else the suggestions, and what has changed since."""
        saved, self._gone = plan.mapping, []
        columns = [*self._columns, *(str(name) for name in self._as_read.columns if name not in self._raw)]
        if saved is None:
            return self._suggested, ChangedColumns()
        if is_another_list(plan, columns):
            self._gone = [name for name in saved.columns if name not in columns]
            return self._suggested, ChangedColumns()
        changes = compare_columns(saved, columns, known=plan.columns)
        self._gone = [name for name in saved if name not in self._names]
        left = {*self._names} - {*changes.lost}
        origins = {target: origin for target, origin in saved.origins.items() if target in left}
        return FieldMapping(origins, self._suggested.suggestions), changes

    def _use(self, mapping: FieldMapping) -> None:
        """Show and save another mapping."""
        self._put(mapping)
        self._changed()

    def _accept(self) -> None:
        """Accept all suggestions; other columns keep their targets, unless a suggestion needs them."""
        suggested = Chosen.of(self._suggested, self._raw)
        taken = {column: target for column, target in suggested.targets.items() if target}
        free = {column: "" if target in taken.values() else target for column, target in self.table.chosen.items()}
        own = [one for one in self.table.also if one.partition(" ")[0] not in self._suggested]
        self._set(self.table, "states", list(suggested.states))
        self._put_chosen({**free, **taken}, [*own, *suggested.also])

    def _read_again(self) -> None:
        """Read the list as picked; if that fails, show a message and change nothing."""
        assert self.reading is not None  # noqa: S101 - only the pickers call this
        plan, reading = self.plan, self.reading.value
        self._say((INFO, gettext("Reading the list again ...")))
        try:
            source = read_source(str(plan.source), **reading)
        except PassageKitError as error:
            self.reading.show(self._reading)
            self._say((ERROR, told(error)))
            return
        self._reading = reading
        self.reading.show(reading, source)
        self._show_source(source, plan)
        self._changed()
        self.read_again()

    def _take(self) -> bool:
        questions = list(self._questions())
        self.table.show(questions=questions)
        lost = self.lost.sentences([*self._chosen().by_target(), *self.table.constants])
        if questions or lost:
            if self._value is None:
                super()._take()  # what fits is the value until somebody answers
            asked = [(WARNING, text) for text in (*lost, *(question["text"] for question in questions))]
            self._say(*asked, *((INFO, text) for text in self.lost.notes()))
            return False
        taken = super()._take()
        self._joined = columns_by_target(self.value)
        return taken

    def _with(self, plan: Plan) -> Plan:
        again = self._reading != self._former_reading
        plan = self._with_fields(plan)
        known = known_columns(self._as_read.columns)
        reading = self._reading if again else plan.reading
        return replace(plan, mapping=self.value, columns=known, reading=reading)

    def _call(self) -> str:
        layout = self.system.chosen if self.system.value or self.system.recognised else None
        written = written_mapping(self.value, self._suggested, layout)
        again = self._reading if self._reading != self._former_reading else None
        return written_save(written, self._written_fields(), again, self.plan.source)

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
            live, self._uncounted = {}, gettext("There are no counts: {error}", error=error)
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
                named = {"columns": quoted(columns), "target": self._names[target]}
                equal = gettext(
                    "{columns} fit {target} equally well. Choose one of them, or both: you are asked how.", **named
                )
                notes.append((WARNING, equal))
        if not self._has_identifier:
            notes.append((ERROR, gettext("No column goes to email or phone, and a user needs one of them.")))
        notes += [(WARNING, text) for text in without_a_column(self.value, self._schema)]
        if self._gone and not self.saved:
            gone = gettext("The saved mapping had {columns}, which is not there any more.", columns=quoted(self._gone))
            notes.append((WARNING, gone))
        notes += [(INFO, text) for text in self.lost.notes()]
        return [*notes, *((INFO, text) for text in (*self.system.notes(), *made_of_several(self.value, self._names)))]

"""The panel of the mapping: a table with a drop-down for each column of the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import ipywidgets
import pandas as pd
import traitlets
from anywidget import AnyWidget

from passage_kit.errors import MappingError
from passage_kit.fields import CONSOLE_TYPES, MetadataSchema
from passage_kit.frames import EMAIL, IDENTIFIERS, ORDER, PHONE, REGION, SOURCE_KEY
from passage_kit.mapping import Columns, Constant, FieldMapping, Origin
from passage_kit.plan import Plan
from passage_kit.profile import profile_columns
from passage_kit.suggest import suggest_mapping
from passage_kit.widgets.panel import ERROR, INFO, STATIC, WARNING, Message, Panel, imports_of
from passage_kit.workspace import Workspace

_IDENTIFIER_NAMES = {EMAIL: "Email", PHONE: "Phone"}
_HELPER_NAMES = {
    SOURCE_KEY: "Your own id (source_key)",
    REGION: "Country of the phone (region)",
    ORDER: "Order of the rows (order)",
}


class MappingTable(AnyWidget):
    """A real table: one row a source column, its target in a drop-down."""

    _esm = STATIC / "mapping_table.js"
    columns: traitlets.List[Any] = traitlets.List().tag(sync=True)
    groups: traitlets.List[Any] = traitlets.List().tag(sync=True)
    chosen: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)


class MapFields(Panel):
    """Map the columns of a user list to emails, phones, metadata fields and helpers.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns, as read.
    schema : MetadataSchema
        The app's metadata fields; none on the guide's second path.
    workspace : Workspace
        Whose plan holds the mapping. Before there is one, the suggested mapping is shown.

    Notes
    -----
    ``value`` is a :class:`passage_kit.FieldMapping`. Constants, and joins that the table cannot show, stay as the plan
    has them until their target is chosen anew.
    """

    title = "Where each column goes"
    intro = (
        "A user needs an email or a phone. Passage stores the metadata fields; helpers serve this kit alone and are "
        "never sent. What is not stored stays in your own system."
    )

    def __init__(self, raw: pd.DataFrame, schema: MetadataSchema, workspace: Workspace) -> None:
        self._raw, self._schema = raw, schema
        self._suggested = suggest_mapping(raw, schema)
        self._names = {**_IDENTIFIER_NAMES, **{field.column: field.friendly_name for field in schema}, **_HELPER_NAMES}
        saved = workspace.load_plan().mapping if workspace.has_plan else None
        self._base, self._gone = self._usable(saved)
        self._former = self._base
        self.table = MappingTable(
            columns=_described(raw, self._suggested, self._names),
            groups=_target_groups(schema),
            chosen=_targets_of(self._base, raw),
        )
        self.accept = ipywidgets.Button(description="Accept all suggestions", icon="check", layout={"width": "auto"})
        self.reset = ipywidgets.Button(description="Reset", icon="undo", tooltip="As it was when the cell ran")
        self.keep = ipywidgets.Button(description="Save to plan", icon="save", button_style="primary")
        buttons = ipywidgets.HBox([self.keep, self.accept, self.reset], layout={"flex_flow": "row wrap"})
        super().__init__(workspace, [self.table, buttons])
        self._take()
        self.table.observe(self._hear, "chosen")
        self.accept.on_click(lambda _button: self._use(self._suggested))
        self.reset.on_click(lambda _button: self._use(self._former))
        self.keep.on_click(lambda _button: self.save())

    def choose(self, column: str, target: str | None) -> None:
        """Choose the target of a column, as its drop-down does; None is "not stored".

        Raises
        ------
        MappingError
            If there is no such column or target.
        """
        if column not in self._raw or target not in (None, *self._names):
            raise MappingError(f"There is no column {column!r} or no target {target!r}. Take one that the table shows.")
        self.table.chosen = {**self.table.chosen, column: target or ""}

    def save(self) -> None:
        """Save the mapping into the workspace's plan, if it has an identifier."""
        if self._take() and self._has_identifier:
            super().save()

    @property
    def _has_identifier(self) -> bool:
        return any(identifier in self.value for identifier in IDENTIFIERS)

    def _usable(self, saved: FieldMapping | None) -> tuple[FieldMapping, list[str]]:
        """The saved mapping as far as this file and this app have its parts, else the suggestions; and what is gone."""
        if saved is None:
            return self._suggested, []
        if gone := [name for name in saved.columns if name not in self._raw]:
            return self._suggested, gone
        origins = {target: origin for target, origin in saved.origins.items() if target in self._names}
        return FieldMapping(origins, self._suggested.suggestions), [name for name in saved if name not in self._names]

    def _use(self, mapping: FieldMapping) -> None:
        """Show another mapping, and save it."""
        self._base = mapping
        self._set(self.table, "chosen", _targets_of(mapping, self._raw))
        self._changed()

    def _joins(self, target: str) -> bool:
        """Whether values of several columns, joined by a space, can be a value of the target."""
        strings = [field.column for field in self._schema if field.type == "string"]
        return target in (PHONE, SOURCE_KEY, *strings)

    def _choice(self) -> FieldMapping:
        shown = _targets_of(self._base, self._raw)
        origins: dict[str, Origin] = {}
        for target in self._names:
            columns = self._columns_of(target, self.table.chosen)
            if len(columns) > 1 and not self._joins(target) and columns != self._columns_of(target, shown):
                raise MappingError(
                    f"{self._names[target]} takes one column, and {_quoted(columns)} go there now. "
                    "Choose another target or 'not stored' for the others; nothing is saved until then."
                )
            base = self._base.origins.get(target)
            if base is not None and columns == self._columns_of(target, shown):
                origins[target] = base  # with an order and a separator of its own, or nothing that the table shows
            elif columns:
                origins[target] = Columns(columns)
        return FieldMapping(origins, self._suggested.suggestions)

    def _columns_of(self, target: str, chosen: Mapping[str, str]) -> tuple[str, ...]:
        """Columns of a target in the order of the source; a browser may have given ``chosen`` another one."""
        return tuple(column for column in map(str, self._raw.columns) if chosen.get(column) == target)

    def _with(self, plan: Plan) -> Plan:
        return replace(plan, mapping=self.value)

    def _call(self) -> str:
        if self.value == self._suggested:
            written = "pk.suggest_mapping(raw, schema)"
        else:
            entries = "".join(f"    {target!r}: {origin!r},\n" for target, origin in self.value.to_dict().items())
            written = f"pk.FieldMapping({{\n{entries}}})"
        code = f"mapping = {written}\nworkspace.save_plan(replace(workspace.load_plan(), mapping=mapping))"
        return imports_of(code) + code

    def _notes(self) -> list[Message]:
        self.keep.disabled = self.saved or not self._has_identifier
        notes = []
        if not self._has_identifier:
            notes.append((ERROR, "No column goes to email or phone, and a user needs one of them."))
        required = [field.friendly_name for field in self._schema if field.required and field.column not in self.value]
        if required:
            text = f"Required, but without a column: {', '.join(required)}. Every row would be rejected."
            notes.append((WARNING, text))
        if self._gone and not self.saved:
            notes.append((WARNING, f"The saved mapping had {_quoted(self._gone)}, which is not there any more."))
        return [*notes, *((INFO, text) for text in self._made_of_several())]

    def _made_of_several(self) -> Iterable[str]:
        """Sentences on the targets that are not simply one column."""
        for target, origin in self.value.origins.items():
            if isinstance(origin, Constant):
                yield f"{self._names[target]} is {origin.value!r} for every row."
            elif len(origin.names) > 1:
                between = "a space" if origin.separator == " " else repr(origin.separator)
                yield (
                    f"{self._names[target]} joins {_quoted(origin.names)} in this order, with {between} between. "
                    "If that is not meant, choose 'not stored' for the others."
                )


def _quoted(names: Iterable[str]) -> str:
    return " and ".join(f"'{name}'" for name in names)


def _targets_of(mapping: FieldMapping, raw: pd.DataFrame) -> dict[str, str]:
    """What the table shows of a mapping: the first target of each column, "" for none."""
    chosen = dict.fromkeys(map(str, raw.columns), "")
    for target, origin in mapping.origins.items():
        for name in origin.names if isinstance(origin, Columns) else ():
            chosen[name] = chosen[name] or target
    return chosen


def _target_groups(schema: MetadataSchema) -> list[dict[str, Any]]:
    """What the drop-downs offer: value and label of each target."""
    fields = [
        (field.column, f"{field.friendly_name} · {CONSOLE_TYPES[field.type]}{' · required' if field.required else ''}")
        for field in schema
    ]
    groups = {
        "": [("", "not stored")],
        "Identifiers": list(_IDENTIFIER_NAMES.items()),
        "Metadata fields": fields,
        "Helpers, never sent": list(_HELPER_NAMES.items()),
    }
    return [{"label": label, "targets": targets} for label, targets in groups.items() if targets]


def _described(raw: pd.DataFrame, suggested: FieldMapping, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the table says of each column; a share is rounded down, so that only a full column has 100%."""
    profile = profile_columns(raw)
    return [
        {
            "name": str(name),
            "share": f"{100 * filled // max(len(raw), 1)}%",
            "filled": f"{filled:,} of {len(raw):,} rows",
            "samples": list(samples),
            "suggestion": _suggestion(str(name), suggested, names),
        }
        for name, filled, samples in zip(profile.index, profile["filled"], profile["samples"], strict=True)
    ]


def _suggestion(column: str, suggested: FieldMapping, names: Mapping[str, str]) -> dict[str, str]:
    """The suggestion that was taken for the column, else the surest one for it."""
    entries = [entry for entry in suggested.suggestions if entry.column == column]
    taken = [entry for entry in entries if suggested.origins.get(entry.target) == Columns((column,))]
    if not entries:
        return {"label": "", "confidence": "", "reason": "Neither its name nor its values fit a target."}
    entry = (taken or entries)[0]
    reason = entry.reason if taken else f"{entry.reason}; not taken, since it is unsure or another column fits better"
    return {"label": names[entry.target], "confidence": f"{entry.confidence:.0%} sure", "reason": reason}

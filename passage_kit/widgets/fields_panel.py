"""Panels in which a person can change the metadata fields of the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets
import pandas as pd

from passage_kit.errors import PassageKitError
from passage_kit.metadata.console_template import read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.translations import gettext, ngettext, told
from passage_kit.widgets.own_fields import OwnFields, made_field
from passage_kit.widgets.page_messages import Form, is_flag, is_words, read_message
from passage_kit.widgets.panel import ERROR, INFO, Message, Panel, hint
from passage_kit.workspace.plan import Plan

_FORMS = {
    "propose": Form({"column": is_words}),
    "add": Form(
        {"column": is_words, "friendly_name": is_words, "field_name": is_words, "type": is_words, "required": is_flag}
    ),
    "cancel": Form({"column": is_words}),
}


class FieldsPanel(Panel):
    """A panel with the metadata fields: new ones for columns and from a template, and each one to edit.

    Notes
    -----
    A subclass has the rows in ``raw``, shows proposals in ``_show_drafts`` and takes new fields in ``_take_fields``. It
    calls ``_begin_fields`` before the constructor of this class.
    """

    def _begin_fields(self, schema: MetadataSchema, plan: Plan) -> None:
        """Make the widgets of the fields; on the path "Sign-in only" there are none to change."""
        self._schema, self._former_schema, self._template = schema, schema, plan.template
        self._template_path = ""
        self._made, self._of_plan = plan.made_fields, plan.applied_schema
        self._drafts: dict[str, dict[str, Any]] = {}
        self._said_of_fields: Message | None = None
        self.may_have_fields = not plan.options.identifiers_only
        self.fields = OwnFields(schema, self._hear_fields, lambda text: self._say((ERROR, text)))
        self.template = ipywidgets.Text(
            description=gettext("Console template"),
            placeholder=gettext("path of the CSV"),
            continuous_update=False,
            style={"description_width": "13em"},
            layout={"width": "44em", "max_width": "100%"},
        )
        self.template.observe(lambda change: self._take_template(change["new"]), "value")

    def _of_fields(self) -> list[ipywidgets.Widget]:
        if not self.may_have_fields:
            return []
        about = hint(gettext("Optional: the CSV of the Console's <i>Import Users</i>. Its columns become fields."))
        return [self.fields, self._with_upload(self.template, gettext("Upload template"), ".csv"), about]

    @property
    def raw(self) -> pd.DataFrame:
        """Rows as read."""
        raise NotImplementedError

    def propose_field(self, column: str) -> MetadataField:
        """Propose a field for a column, and show the proposal to fill in at the column.

        Raises
        ------
        FieldsError
            If there is no such column.
        """
        proposal = self.fields.propose(self.raw, column)
        field = proposal.field
        draft = {name: getattr(field, name) for name in ("friendly_name", "field_name", "type")}
        self._draft(column, {**draft, "required": False, "evidence": proposal.evidence, "problem": ""})
        return field

    def add_field(self, column: str, **chosen: Any) -> None:
        """Add the field that was proposed for a column, and let the column go there.

        Parameters
        ----------
        column : str
            Column of the list.
        **chosen
            ``friendly_name``, ``field_name``, ``type`` and ``required``, where they differ from the proposal.

        Raises
        ------
        FieldsError
            If Passage cannot have such a field, or there is one already.
        """
        proposed = self._drafts.get(column) or {**self.propose_field(column).to_dict()}
        keys = ("friendly_name", "field_name", "type", "required")
        field = made_field({**{key: proposed[key] for key in keys if key in proposed}, **chosen})
        self._drafts.pop(column, None)
        self.fields.add(field, column)

    def _draft(self, column: str, draft: dict[str, Any] | None) -> None:
        self._drafts = {name: one for name, one in self._drafts.items() if name != column}
        if draft is not None:
            self._drafts[column] = draft
        self._show_drafts()

    def _show_drafts(self) -> None:
        raise NotImplementedError

    def _answer_fields(self, content: Any) -> None:
        """Answer what the page asks about a field for a column."""
        try:
            do, given = read_message(content, _FORMS)
            column = given.pop("column")
            if column not in self.raw or not self.may_have_fields:
                return
            if do == "propose":
                self.propose_field(column)
            elif do == "cancel":
                self._draft(column, None)
            else:
                self._add_typed(column, given)
        except PassageKitError as error:
            self._say((ERROR, told(error)))

    def _add_typed(self, column: str, given: dict[str, Any]) -> None:
        """Add a field as it was typed, or say beside it why there cannot be such a one."""
        draft = self._drafts.get(column, {})
        try:
            self.add_field(column, **given)
        except PassageKitError as error:
            self._draft(column, {**draft, **given, "problem": told(error)})

    def _take_template(self, name: str) -> None:
        if not name.strip():
            return
        try:
            template = read_template(name.strip())
            new = MetadataSchema.from_header(template.header)
            self._template, self._template_path = template, name.strip()
            count = self.fields.add_all(new)
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        added = ngettext(
            "{count} field was added from the template. It is text: choose its type.",
            "{count} fields were added from the template. Every one is text: choose its type.",
            count,
        )
        self._said_of_fields = (INFO, added)
        self._save_fields()
        self._changed()

    def _hear_fields(self, schema: MetadataSchema, column: str | None) -> None:
        self._schema, self._said_of_fields = schema, None
        names = [field.field_name for field in schema]
        made = self._made if column is None else (*self._made, names[-1])
        self._made = tuple(name for name in made if name in names)
        self._save_fields()
        self._take_fields(schema, column)

    def _take_fields(self, schema: MetadataSchema, column: str | None) -> None:
        """Take other fields; ``column`` goes to the last one if it is named."""
        raise NotImplementedError

    def _save_fields(self) -> None:
        """Save the fields at once, whatever else of the panel can be saved; targets that are gone leave the mapping."""
        plan = self.plan
        gone = {field.column for field in plan.schema} - {*self._schema.columns}
        mapping = plan.mapping and plan.mapping.replace({target: None for target in gone if target in plan.mapping})
        changed = replace(plan, schema=self._schema, made_fields=self._made, template=self._template, mapping=mapping)
        self.workspace.save_plan(changed)
        self._of_plan = changed.applied_schema

    def _renew_fields(self, plan: Plan) -> bool:
        """Take the fields of the plan if another panel has saved other ones since; tell whether it has."""
        if plan.applied_schema == self._of_plan:
            return False
        self._schema = self._former_schema = self._of_plan = plan.applied_schema
        self._made = plan.made_fields
        self.fields.renew(self._schema)
        return True

    def _with_fields(self, plan: Plan) -> Plan:
        if self._schema != self._former_schema:
            plan = replace(plan, schema=self._schema, made_fields=self._made)
        return replace(plan, template=self._template) if self._template_path else plan

    def _written_fields(self) -> tuple[str, str]:
        """Write the Python that makes the fields, and the arguments that save them, as far as they were changed."""
        code, arguments = "", ""
        if self._schema != self._former_schema:
            entries = "".join(f"    {field!r},\n" for field in self._schema.to_dicts())
            code = f"schema = pk.MetadataSchema.from_dicts([\n{entries}])\n"
            made = f"made_fields={self._made!r}, " if self._made else ""
            arguments = f"schema=schema, {made}"
        if self._template_path:
            arguments += f"template=read_template({self._template_path!r}), "
        return code, arguments

"""The app's metadata fields in the mapping panel: made from columns, edited, put in order and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from passage_kit.errors import FieldsError, PassageKitError
from passage_kit.metadata.console_template import plain_name
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import CONSOLE_TYPES, MetadataField
from passage_kit.metadata.proposed_fields import FieldProposal, propose_fields
from passage_kit.translations import told, worded
from passage_kit.widgets.page_messages import Form, is_flag, is_number, is_words, or_none, read_message
from passage_kit.widgets.unsaved import Unsaved, script, style

_EDITS = {
    "friendly_name": is_words,
    "type": is_words,
    "required": is_flag,
    "registration": is_flag,
    "profile": is_flag,
    "choices": is_words,
    "max_length": or_none(is_number),
    "pattern": is_words,
    "pattern_message": is_words,
}
_FORMS = {
    "edit": Form({"field": is_words}, _EDITS),
    "move": Form({"field": is_words, "by": is_number}),
    "remove": Form({"field": is_words}),
}
_RULES: dict[str, Any] = {"max_length": None, "pattern": None, "pattern_message": None, "choices": ()}


class OwnFields(Unsaved):
    """Widget with one row for each metadata field, to edit and to create in the Console.

    Parameters
    ----------
    schema : MetadataSchema
        The fields to begin with.
    changed : callable
        Takes the new schema, and the column that a new field is for, or None.
    refused : callable
        Takes the sentence of what the page asked for and cannot have.

    Examples
    --------
    >>> fields = OwnFields(MetadataSchema(), lambda schema, column: None, print)
    >>> raw = pd.DataFrame({"Plan": ["free"]}, dtype="string[pyarrow]")
    >>> fields.add(fields.propose(raw, "Plan").field, "Plan")
    >>> fields.edit("plan", required=True)
    >>> fields.schema["plan"].required
    True
    """

    _esm = script("own_fields")
    _css = style("own_fields")

    def __init__(
        self,
        schema: MetadataSchema,
        changed: Callable[[MetadataSchema, str | None], None],
        refused: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.schema, self._changed, self._refused = schema, changed, refused
        self._show()

    def propose(self, raw: pd.DataFrame, column: str) -> FieldProposal:
        """Propose a field for a column.

        Raises
        ------
        FieldsError
            If there is no such column.
        """
        [proposal] = propose_fields(raw, [column], schema=self.schema)
        return proposal

    def add(self, field: MetadataField, column: str | None = None) -> None:
        """Add a field, for a column if it is named.

        Raises
        ------
        FieldsError
            If another field has its name.
        """
        self.take(MetadataSchema([*self.schema, field]), column)

    def edit(self, field_name: str, **changes: Any) -> None:
        """Change a field; rules that its type does not have go.

        Raises
        ------
        FieldsError
            If there is no such field, or it cannot be so.
        """
        field = self._named(field_name)
        if "registration" in changes and field.required == field.registration:
            changes = {"required": changes["registration"], **changes}
        if changes.get("type", field.type) != "string":
            changes |= _RULES
        if "pattern" in changes and not changes["pattern"]:
            changes |= {"pattern": None, "pattern_message": None}
        edited = MetadataField.from_dict(replace(field, **changes).to_dict())
        self.take(MetadataSchema(edited if one is field else one for one in self.schema))

    def move(self, field_name: str, by: int) -> None:
        """Move a field up (-1) or down (1); it stays at the ends.

        Raises
        ------
        FieldsError
            If there is no such field.
        """
        fields = list(self.schema)
        at = fields.index(self._named(field_name))
        fields.insert(max(0, at + by), fields.pop(at))
        self.take(MetadataSchema(fields))

    def remove(self, field_name: str) -> None:
        """Remove a field.

        Raises
        ------
        FieldsError
            If there is no such field.
        """
        gone = self._named(field_name)
        self.take(MetadataSchema(field for field in self.schema if field is not gone))

    def add_all(self, schema: MetadataSchema) -> int:
        """Add the fields whose names are new, and tell how many they are."""
        there = {field.field_name for field in self.schema}
        new = [field for field in schema if field.field_name not in there]
        if new:
            self.take(MetadataSchema([*self.schema, *new]))
        return len(new)

    def take(self, schema: MetadataSchema, column: str | None = None) -> None:
        """Take other fields.

        Raises
        ------
        FieldsError
            If two of them have one name in the Console.
        """
        shown = [plain_name(field.friendly_name) for field in schema]
        for field, name in zip(schema, shown, strict=True):
            if shown.count(name) > 1:
                raise FieldsError(
                    worded(
                        "Two metadata fields would be called {name} in the Console. Give each a name of its own.",
                        name=repr(field.friendly_name),
                    )
                )
        self.schema = schema
        self._show()
        self._changed(schema, column)

    def renew(self, schema: MetadataSchema) -> None:
        """Show the fields as they are elsewhere, without telling anybody."""
        self.schema = schema
        self._show()

    def _named(self, field_name: str) -> MetadataField:
        for field in self.schema:
            if field.field_name == field_name:
                return field
        raise FieldsError(
            worded(
                "There is no metadata field {field_name}. Choose one that the panel shows.", field_name=repr(field_name)
            )
        )

    def _show(self) -> None:
        types = [(kind, label) for kind, label in CONSOLE_TYPES.items()]
        self.show(fields=[_described(field) for field in self.schema], types=types)

    def _heard(self, content: Any) -> None:
        try:
            do, given = read_message(content, _FORMS)
            name = given.pop("field")
            if do == "edit":
                self.edit(name, **_typed(given))
            elif do == "move":
                self.move(name, -1 if given["by"] < 0 else 1)
            else:
                self.remove(name)
        except PassageKitError as error:
            self._show()  # as it is, not as it was typed
            self._refused(told(error))


def made_field(given: dict[str, Any]) -> MetadataField:
    """Make a new field of what a person typed.

    Examples
    --------
    >>> made_field({"friendly_name": "Plan", "field_name": "", "type": "string", "required": True}).field_name
    'plan'
    """
    field = MetadataField.from_dict({key: value for key, value in given.items() if key != "required"})
    return replace(field, required=bool(given.get("required")))


def _typed(given: dict[str, Any]) -> dict[str, Any]:
    """Read what was typed: choices with commas between, and nothing for a rule that is not there."""
    typed = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    if "choices" in typed:
        typed["choices"] = tuple(word for part in typed["choices"].split(",") if (word := part.strip()))
    return typed | {name: typed[name] or None for name in ("pattern", "pattern_message") if name in typed}


def _described(field: MetadataField) -> dict[str, Any]:
    return {
        "field_name": field.field_name,
        "friendly_name": field.friendly_name,
        "type": field.type,
        "required": bool(field.required),
        "registration": field.registration,
        "profile": field.profile,
        "choices": ", ".join(field.choices),
        "max_length": field.max_length,
        "pattern": field.pattern or "",
        "pattern_message": field.pattern_message or "",
    }

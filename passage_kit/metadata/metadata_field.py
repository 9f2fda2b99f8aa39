"""One metadata field of a Passage app: its name, its type, and the rules for its values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.errors import FieldsError
from passage_kit.files.checked_values import check_values
from passage_kit.metadata.console_template import plain_name
from passage_kit.metadata.patterns import check_pattern
from passage_kit.translations import worded

FieldType = Literal["string", "boolean", "integer", "date", "phone", "email"]
FIELD_TYPES: tuple[FieldType, ...] = get_args(FieldType)

# Name of each type in the Console.
CONSOLE_TYPES: dict[FieldType, str] = {
    "string": "String",
    "boolean": "Boolean",
    "integer": "Number",
    "date": "Date (MM/DD/YYYY)",
    "phone": "Phone number",
    "email": "Email",
}
_TYPE_NAMES: dict[str, str] = {plain_name(shown): name for name, shown in CONSOLE_TYPES.items()}
_TYPE_NAMES |= {name: name for name in FIELD_TYPES}


@dataclass(frozen=True, slots=True)
class MetadataField:
    """A metadata field in Passage's own terms, with the rules that the kit checks for it.

    Parameters
    ----------
    field_name : str
        Key in ``user_metadata``: letters, digits and underscores, with a letter or digit first.
    friendly_name : str, default ""
        Name in the Console. If empty, the kit derives it from ``field_name``.
    type : {"string", "boolean", "integer", "date", "phone", "email"}, default "string"
        Type of the values. :meth:`from_dict` also takes the Console's names ("Number", "Date (MM/DD/YYYY)").
    registration : bool, default False
        "On Registration" in the Console: new users must fill the field at sign-up.
    profile : bool, default False
        "Editable" in the Console: users may change the field on the profile page.
    required : bool, optional
        Reject a user without a value. Default: as ``registration``. The migration guide says that fields can be left
        blank, but not whether this holds for "On Registration" fields. Set False to allow blanks.
    max_length : int, optional
        Longest string allowed, in characters. Default: no limit.
    pattern : str, optional
        Regular expression that the whole string has to match. It is written as for Python's :mod:`re`, and matched in
        linear time (RE2), so it has no look-around, reference back or possessive repetition. Default: any string.
    pattern_message : str, optional
        What to tell about a value that the pattern does not match, such as "A customer number is C and six digits".
        Findings, panels and the report show it. Default: that the value does not match.
    choices : tuple of str, default ()
        The only strings allowed. Default: any string.

    Raises
    ------
    FieldsError
        If Passage does not have such a name or type, a pattern cannot be matched in linear time, or a string rule is
        set for another type.

    See Also
    --------
    MetadataSchema : The metadata fields of an app.
    normalize_values : Normalize the values of the fields.

    Examples
    --------
    >>> MetadataField("first_name").friendly_name
    'First name'
    >>> MetadataField("score", type="number")
    Traceback (most recent call last):
    ...
    passage_kit.errors.FieldsError: Metadata field 'score': found type 'number', expected one of string, boolean, ...
    """

    field_name: str
    friendly_name: str = ""
    type: FieldType = "string"
    registration: bool = False
    profile: bool = False
    required: bool | None = None
    max_length: int | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    pattern_message: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\W_]\w*", self.field_name):
            raise FieldsError(
                worded(
                    "Metadata field {name}: the field name may hold letters, digits and underscores only. Take the "
                    "field_name that Passage shows, such as first_name for 'First name'.",
                    name=repr(self.field_name),
                )
            )
        self._check_type()
        self._check_pattern()
        if not self.friendly_name:
            object.__setattr__(self, "friendly_name", self.field_name.replace("_", " ").capitalize())
        if self.required is None:
            object.__setattr__(self, "required", self.registration)

    def _check_type(self) -> None:
        """Refuse a type that Passage does not have, and rules of strings for another type."""
        if self.type not in FIELD_TYPES:
            raise FieldsError(
                f"Metadata field {self.field_name!r}: found type {self.type!r}, "
                f"expected one of {', '.join(FIELD_TYPES)}."
            )
        if self.type != "string" and (self.max_length is not None or self.pattern is not None or self.choices):
            raise FieldsError(
                worded(
                    "Metadata field {name}: max_length, pattern and choices are for strings, and its type "
                    "is {type}. Leave them out.",
                    name=repr(self.field_name),
                    type=self.type,
                )
            )

    def _check_pattern(self) -> None:
        """Refuse a pattern that cannot be matched, and a message without a pattern."""
        if self.pattern is not None:
            try:
                check_pattern(self.pattern)
            except FieldsError as error:
                raise FieldsError(
                    worded("Metadata field {name}: {why}.", name=repr(self.field_name), why=error.args[0])
                ) from None
        if self.pattern_message is not None and self.pattern is None:
            raise FieldsError(
                worded(
                    "Metadata field {name}: pattern_message is told where a pattern does not match, and "
                    "there is no pattern. Add one, or leave the message out.",
                    name=repr(self.field_name),
                )
            )

    @property
    def column(self) -> str:
        """Name of the field in mapping and users frame: ``field_name``, unless the kit uses that name itself."""
        return f"user_metadata.{self.field_name}" if self.field_name in IDENTIFIERS + HELPERS else self.field_name

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> MetadataField:
        """Make a field from a mapping with Passage's keys; derive a missing ``field_name`` from ``friendly_name``.

        Raises
        ------
        FieldsError
            If both names are missing, the kit does not know a key, or a value is not of the kind that its key takes.

        Examples
        --------
        >>> MetadataField.from_dict({"friendly_name": "Birth Date", "type": "Date (MM/DD/YYYY)"}).field_name
        'birth_date'
        """
        from passage_kit.metadata.field_model import FieldModel  # loads pydantic

        values = {key: value for key, value in values.items() if key != "id"}
        named = values.get("field_name") or values.get("friendly_name") or ""
        try:
            check_values(FieldModel, values)
        except ValueError as error:
            raise FieldsError(
                worded("The metadata field {name} cannot be read: {why}.", name=repr(named), why=error.args[0])
            ) from None
        name = values.get("field_name") or derive_field_name(values.get("friendly_name") or "")
        if not name:
            known = ", ".join(field.name for field in fields(cls))
            raise FieldsError(
                worded("A metadata field has neither field_name nor friendly_name. Its keys are {known}.", known=known)
            )
        given = values.get("type", "string")
        kind = _TYPE_NAMES.get(plain_name(given), given)
        return cls(
            **{
                **values,
                "field_name": name,
                "friendly_name": values.get("friendly_name") or "",
                "type": kind,
                "choices": tuple(values.get("choices", ())),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Convert the field to a mapping with Passage's keys, without the rules at their defaults."""
        values = {
            "field_name": self.field_name,
            "friendly_name": self.friendly_name,
            "type": self.type,
            "registration": self.registration,
            "profile": self.profile,
        }
        if self.required != self.registration:
            values["required"] = self.required
        rules = {
            "max_length": self.max_length,
            "pattern": self.pattern,
            "pattern_message": self.pattern_message,
            "choices": list(self.choices) or None,
        }
        return values | {key: value for key, value in rules.items() if value is not None}


def derive_field_name(friendly_name: str) -> str:
    """Derive a field name from the name in the Console, as the service most likely does ("First Name" -> first_name).

    Examples
    --------
    >>> derive_field_name("Größe (cm)")
    'grosse_cm'
    """
    plain = unicodedata.normalize("NFKD", friendly_name.casefold())
    return re.sub(r"[^a-z0-9]+", "_", "".join(c for c in plain if not unicodedata.combining(c))).strip("_")


def new_field(column: str, kind: FieldType, taken: Iterable[str] = ()) -> MetadataField:
    """Make a field for a column, with a name that no other field has.

    A column without any letter a to z is called after its place.

    Examples
    --------
    >>> new_field("Größe ", "integer").friendly_name, new_field("größe", "string", ["grosse"]).field_name
    ('Größe', 'grosse_2')
    """
    given = list(taken)
    name = derive_field_name(column) or "field"
    numbered = (f"{name}_{number}" for number in range(2, len(given) + 3))
    free = next(each for each in (name, *numbered) if each not in given)
    return MetadataField(free, "" if column == free else column.strip(), type=kind)

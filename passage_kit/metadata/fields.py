"""Metadata fields of a Passage app: the values that Passage may store of a user besides email and phone."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.errors import FieldsError
from passage_kit.files.checked_values import check_values
from passage_kit.metadata.column_types import type_of_column
from passage_kit.metadata.console_template import plain_name, read_template
from passage_kit.metadata.field_tables import read_tables
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

# Headers that a Console template may use for the two identifiers.
_IDENTIFIER_HEADERS = {
    "email": "email",
    "emailaddress": "email",
    "useremail": "email",
    "phone": "phone",
    "phonenumber": "phone",
    "userphone": "phone",
}


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
        if not self.friendly_name:
            object.__setattr__(self, "friendly_name", self.field_name.replace("_", " ").capitalize())
        if self.required is None:
            object.__setattr__(self, "required", self.registration)

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
                worded("The metadata field {name} cannot be read: {why}.", name=repr(named), why=error)
            ) from None
        name = values.get("field_name") or derive_field_name(values.get("friendly_name") or "")
        if not name:
            known = ", ".join(field.name for field in fields(cls))
            raise FieldsError(f"A metadata field has neither field_name nor friendly_name. Its keys are {known}.")
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


@dataclass(frozen=True, slots=True)
class MetadataSchema:
    """The metadata fields of an app, in order.

    Parameters
    ----------
    fields : iterable of MetadataField, default ()
        The fields; each ``field_name`` may occur once.

    Raises
    ------
    FieldsError
        If a field name is repeated.

    See Also
    --------
    MetadataField : One metadata field and its rules.
    build_schema : Build a pandera schema from the fields.

    Examples
    --------
    >>> schema = MetadataSchema([MetadataField("first_name", registration=True), MetadataField("plan")])
    >>> [field.field_name for field in schema], schema["plan"].type
    (['first_name', 'plan'], 'string')
    """

    fields: tuple[MetadataField, ...] = ()

    def __init__(self, fields: Iterable[MetadataField] = ()) -> None:
        object.__setattr__(self, "fields", tuple(fields))
        names = [field.field_name for field in self.fields]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise FieldsError(
                worded("Metadata fields are repeated: {names}. Name each field once.", names=", ".join(repeated))
            )

    def __iter__(self) -> Iterator[MetadataField]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __getitem__(self, field_name: str) -> MetadataField:
        return next(field for field in self.fields if field.field_name == field_name)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the fields' columns in the users frame."""
        return tuple(field.column for field in self.fields)

    @classmethod
    def from_dicts(cls, values: Iterable[Mapping[str, Any]]) -> MetadataSchema:
        """Make a schema from mappings with Passage's keys."""
        return cls(MetadataField.from_dict(entry) for entry in values)

    @classmethod
    def from_toml(cls, path: str | Path) -> MetadataSchema:
        """Read the fields from a TOML file: one ``[[fields]]`` table a field.

        Raises
        ------
        FieldsError
            If the file cannot be read or has no array of tables.
        """
        return cls.from_dicts(read_tables(path, tomllib.loads, "TOML"))

    @classmethod
    def from_json(cls, path: str | Path) -> MetadataSchema:
        """Read the fields from an app's JSON: ``{"app": {"user_metadata_schema": [...]}}``, or the list alone.

        Raises
        ------
        FieldsError
            If the file cannot be read or has no list of fields.
        """
        return cls.from_dicts(read_tables(path, json.loads, "JSON"))

    @classmethod
    def from_template(cls, path: str | Path) -> MetadataSchema:
        """Take the fields from the header of a Console template; every field is a string, since it names no types.

        Raises
        ------
        TemplateError
            If the template cannot be read.
        """
        return cls.from_header(read_template(path).header)

    @classmethod
    def from_header(cls, header: Iterable[str]) -> MetadataSchema:
        """Take the fields from column names, without the identifiers; every field is a string.

        Examples
        --------
        >>> MetadataSchema.from_header(["email", "First Name"])["first_name"].friendly_name
        'First Name'
        """
        named = [name for name in header if identifier_of(name) is None]
        return cls.from_dicts({"field_name": derive_field_name(name), "friendly_name": name} for name in named)

    @classmethod
    def infer(cls, raw: pd.DataFrame) -> MetadataSchema:
        """Propose a field for every column that is not an identifier, with the type that its values show.

        The kit infers fields only when you call this method. :func:`passage_kit.propose_fields` gives the same fields
        with the evidence for each.

        Parameters
        ----------
        raw : pandas.DataFrame
            Text columns, as :func:`passage_kit.read_users` gives them.

        Examples
        --------
        >>> from passage_kit.columns.users_frame import users_frame
        >>> raw = users_frame({"E-mail": ["a@example.org"], "Active": ["yes"], "Born": ["1980-02-29"]})
        >>> [(field.field_name, field.type) for field in MetadataSchema.infer(raw)]
        [('active', 'boolean'), ('born', 'date')]
        """
        raw = given_frame(raw, numbered=False, error=FieldsError)
        fields = list[MetadataField]()
        for position, name in enumerate(map(str, raw.columns)):
            kind = type_of_column(raw.iloc[:, position]).type
            if kind not in IDENTIFIERS:
                fields.append(new_field(name, kind, [field.field_name for field in fields]))
        return cls(fields)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Convert the fields to mappings with Passage's keys, as a plan stores them."""
        return [field.to_dict() for field in self.fields]

    def optional(self) -> MetadataSchema:
        """Copy the schema with no field required."""
        return MetadataSchema(replace(field, required=False) for field in self.fields)

    def checklist(self) -> pd.DataFrame:
        """List the fields that a person has to create in the Console before the import, in the Console's own terms.

        Returns
        -------
        pandas.DataFrame
            One row a field: ``Field``, ``Type`` and ``Key in user_metadata`` (str), ``On Registration`` and
            ``Editable`` (bool).
        """
        rows: Sequence[tuple[Any, ...]] = [
            (field.friendly_name, CONSOLE_TYPES[field.type], field.registration, field.profile, field.field_name)
            for field in self.fields
        ]
        names = ["Field", "Type", "On Registration", "Editable", "Key in user_metadata"]
        return pd.DataFrame(rows, columns=names)


def identifier_of(header: str) -> str | None:
    """Recognize the identifier that a template column holds: ``email``, ``phone`` or None.

    Examples
    --------
    >>> identifier_of("Phone Number"), identifier_of("Plan")
    ('phone', None)
    """
    return _IDENTIFIER_HEADERS.get(plain_name(header))

"""Metadata fields of a Passage app: the values that Passage may store of a user besides email and phone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import IDENTIFIERS
from passage_kit.errors import FieldsError
from passage_kit.metadata.column_types import type_of_column
from passage_kit.metadata.console_template import plain_name, read_template
from passage_kit.metadata.field_tables import read_tables
from passage_kit.metadata.metadata_field import CONSOLE_TYPES, MetadataField, derive_field_name, new_field
from passage_kit.translations import worded

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

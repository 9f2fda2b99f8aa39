"""Sentences of the mapping panel about a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from passage_kit.columns.users_frame import ACCOUNT_STATE
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.known_layouts import recognise
from passage_kit.widgets.live_counts import AT_ONCE


def made_of_several(mapping: FieldMapping, names: Mapping[str, str]) -> Iterator[str]:
    """Write a sentence about each target that joins columns; ``names`` are those of the targets.

    Examples
    --------
    >>> list(made_of_several(FieldMapping({"name": ["First", "Last"]}), {"name": "Name"}))
    ["Name joins 'First' and 'Last' in this order, with a space between."]
    """
    for target, origin in mapping.origins.items():
        if target == ACCOUNT_STATE and isinstance(origin, Columns):
            one = f"{quoted(origin.names)} says whether an account is closed."
            many = f"{quoted(origin.names)} say whether an account is closed: it is if one of them says so."
            yield one if len(origin.names) == 1 else many
        elif isinstance(origin, Columns) and origin.first:
            first, *others = origin.names
            yield f"{names[target]} takes '{first}', and in a row where it is blank {quoted(others)}."
        elif isinstance(origin, Columns) and len(origin.names) > 1:
            between = "a space" if origin.separator == " " else repr(origin.separator)
            yield f"{names[target]} joins {quoted(origin.names)} in this order, with {between} between."


def question_about(name: str, columns: Iterable[str], *, joins: bool) -> str:
    """Ask what several columns of one target mean.

    Examples
    --------
    >>> question_about("Email", ["Mail", "Notes"], joins=False).partition(".")[0]
    "Email takes one column, and 'Mail' and 'Notes' go there"
    """
    what = f"{quoted(columns)} go to {name}" if joins else f"{name} takes one column, and {quoted(columns)} go there"
    answer = "Join them, or take one alone" if joins else "Take one alone"
    return f"{what}. {answer}; nothing is saved until you choose."


def without_a_column(mapping: FieldMapping, schema: MetadataSchema) -> Iterator[str]:
    """Name the required fields that the mapping does not have."""
    required = [field.friendly_name for field in schema if field.required and field.column not in mapping]
    if required:
        yield f"Required, but without a column: {', '.join(required)}. Every row would be rejected."


def quoted(names: Iterable[str]) -> str:
    """Write names one after the other.

    Examples
    --------
    >>> quoted(["First", "Last"])
    "'First' and 'Last'"
    """
    return " and ".join(f"'{name}'" for name in names)


def counted(rows: int, *, complete: bool) -> str:
    """Say which rows the counts are of."""
    if complete:
        return f"Counts are of all {rows:,} rows."
    return f"Counts are of the first {AT_ONCE:,} of {rows:,} rows; all of them are being counted."


def recognised_by(raw: pd.DataFrame) -> str | None:
    """Name the layout that the columns of a frame have."""
    layout = recognise(raw.columns)
    return layout.name if layout else None

"""Sentences of the mapping panel about a mapping, and what of a plan fits a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import ACCOUNT_STATE
from passage_kit.errors import MappingError
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.mapping.value_steps import apply_value_steps
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.known_layouts import recognise
from passage_kit.translations import gettext, ngettext, number
from passage_kit.widgets.live_counts import AT_ONCE
from passage_kit.workspace.plan import Plan


def made_of_several(mapping: FieldMapping, names: Mapping[str, str]) -> Iterator[str]:
    """Write a sentence about each target that joins columns; ``names`` are those of the targets.

    Examples
    --------
    >>> list(made_of_several(FieldMapping({"name": ["First", "Last"]}), {"name": "Name"}))
    ["Name joins 'First' and 'Last' in this order, with a space between."]
    """
    for target, origin in mapping.origins.items():
        if target == ACCOUNT_STATE and isinstance(origin, Columns):
            said = quoted(origin.names)
            if len(origin.names) == 1:
                yield gettext("{columns} says whether an account is closed.", columns=said)
            else:
                yield gettext("{columns} say whether an account is closed: it is if one of them says so.", columns=said)
        elif isinstance(origin, Columns) and origin.first:
            first, *others = origin.names
            yield gettext(
                "{target} takes {first}, and in a row where it is blank {others}.",
                target=names[target],
                first=quoted([first]),
                others=quoted(others),
            )
        elif isinstance(origin, Columns) and len(origin.names) > 1:
            yield gettext(
                "{target} joins {columns} in this order, with {separator} between.",
                target=names[target],
                columns=quoted(origin.names),
                separator=gettext("a space") if origin.separator == " " else repr(origin.separator),
            )


def questions_about(
    names: Mapping[str, str],
    by_target: Mapping[str, tuple[str, ...]],
    joined: Mapping[str, Collection[str]],
    *,
    joinable: Collection[str],
) -> Iterator[dict[str, Any]]:
    """Ask about each target that has a second column which was not joined to it yet.

    Parameters
    ----------
    names : mapping of str to str
        Name of each target.
    by_target, joined : mapping
        Columns of each target, and those that a person has joined.
    joinable : collection of str
        Targets of which several columns, joined by a space, can make a value.

    Examples
    --------
    >>> [asked] = questions_about({"email": "Email"}, {"email": ("Mail", "Notes")}, {}, joinable=())
    >>> asked["text"].partition(".")[0]
    "'Mail' and 'Notes' go to Email"
    """
    for target, name in names.items():
        columns = by_target.get(target, ())
        new = [column for column in columns if column not in joined.get(target, ())]
        if len(columns) > 1 and new and target != ACCOUNT_STATE:  # which reads each of its columns
            joins = target in joinable
            text = _join_or_take(quoted(columns), name) if joins else _take_one(quoted(columns), name)
            yield {"target": target, "column": new[-1], "text": text, "joins": joins}


def _join_or_take(columns: str, target: str) -> str:
    return gettext(
        "{columns} go to {target}. Join them, take the first that has a value, or take one alone; nothing is saved "
        "until you choose.",
        columns=columns,
        target=target,
    )


def _take_one(columns: str, target: str) -> str:
    return gettext(
        "{columns} go to {target}. Take in each row the first that has a value, or take one alone; nothing is saved "
        "until you choose.",
        columns=columns,
        target=target,
    )


def without_a_column(mapping: FieldMapping, schema: MetadataSchema) -> Iterator[str]:
    """Name the required fields that the mapping does not have."""
    required = [field.friendly_name for field in schema if field.required and field.column not in mapping]
    if required:
        named = ", ".join(required)
        yield gettext("Required, but without a column: {fields}. Every row would be rejected.", fields=named)


def quoted(names: Iterable[str]) -> str:
    """Write names one after the other.

    Examples
    --------
    >>> quoted(["First", "Last"])
    "'First' and 'Last'"
    """
    return gettext(" and ").join(f"'{name}'" for name in names)


def counted(rows: int, *, complete: bool) -> str:
    """Say which rows the counts are of."""
    if complete:
        return ngettext("Counts are of {count} row.", "Counts are of all {count} rows.", rows)
    return gettext(
        "Counts are of the first {first} of {rows} rows; all of them are being counted.",
        first=number(AT_ONCE),
        rows=number(rows),
    )


def recognised_by(raw: pd.DataFrame) -> str | None:
    """Name the layout that the columns of a frame have."""
    layout = recognise(raw.columns)
    return layout.name if layout else None


def after_steps(raw: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Apply the steps of a plan to the rows as read; if one cannot be, as on another list, none is."""
    try:
        return apply_value_steps(raw, plan.steps, null_words=plan.options.null_words)[0]
    except MappingError:
        return raw  # the panel of values says which, and a run refuses it


def fitting(mapping: FieldMapping | None, raw: pd.DataFrame) -> FieldMapping | None:
    """Take the targets out of a mapping whose columns are not there.

    Examples
    --------
    >>> fitting(FieldMapping({"email": "Mail", "name": "Last"}), pd.DataFrame({"Mail": []})).to_dict()
    {'email': 'Mail'}
    """
    if mapping is None:
        return None
    gone = [
        target
        for target, origin in mapping.origins.items()
        if isinstance(origin, Columns) and not {*origin.names} <= {*raw.columns}
    ]
    return mapping.replace(dict.fromkeys(gone))

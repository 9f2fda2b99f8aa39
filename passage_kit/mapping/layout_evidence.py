"""Evidence of a layout for a mapping: how sure it makes the kit of a column, before a look at the values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from passage_kit.columns.column_names import PEOPLE, keys_of, name_key
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.mapping.mapping import Columns, Suggestion
from passage_kit.mapping.name_fit import path_parts
from passage_kit.mapping.whole_columns import WholeColumns
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.reading.layout import Layout, column_key
from passage_kit.translations import gettext


class Said(NamedTuple):
    """What a layout says of a column for a target: how sure it makes the kit, and which system's layout it is."""

    confidence: float
    title: str

    def reason(self, name: str) -> str:
        """Give the reason for a suggestion."""
        return gettext("exports of {system} have it in {column}", system=self.title, column=repr(name))


Evidence = Mapping[tuple[str, str], Said]  # by target and column

_TARGET, _FIELD, _STEP = 1.0, 0.95, 0.03  # a field's own name goes before what a layout says of it
_FLAG = "active"  # the name of a column that is 1 for an open account
_LEAST = 0.91  # of a column that the layout names for a target
_BESIDE = 0.88  # most confidence of another column for it


def layout_evidence(raw: pd.DataFrame, schema: MetadataSchema, layout: Layout | None) -> dict[tuple[str, str], Said]:
    """List the columns that a layout names for the targets, the preferred one with the highest confidence.

    A column without a value is none.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.reading.known_layouts import layout_named
    >>> raw = users_frame({"user_id": ["auth0|1"], "email": ["ann@example.org"], "phone_number": [None]})
    >>> evidence = layout_evidence(raw, MetadataSchema(), layout_named("auth0"))
    >>> {target: said.confidence for target, said in evidence.items()}
    {('email', 'email'): 1.0, ('source_key', 'user_id'): 1.0}
    """
    if layout is None:
        return {}
    own: dict[str, list[str]] = {}
    for name in (name for name in map(str, raw.columns) if _is_filled(raw, name)):
        own.setdefault(column_key(name), []).append(name)
    wanted = {target: (_TARGET, layout.columns_of(target)) for target in (*IDENTIFIERS, *HELPERS)}
    wanted |= {field.column: (_FIELD, columns) for field in schema if (columns := _of_field(field, layout))}
    evidence: dict[tuple[str, str], Said] = {}
    for target, (most, columns) in wanted.items():
        there = (_spelled(column, own.get(column_key(column), [])) for column in columns)
        for rank, name in enumerate(dict.fromkeys(name for name in there if name is not None)):
            confidence = max(most - _STEP * rank, most - _TARGET + _LEAST)
            evidence[target, name] = Said(round(confidence, 2), layout.title)
    return evidence


def ruled_out(schema: MetadataSchema, layout: Layout | None) -> frozenset[str]:
    """List the metadata fields of which a layout says that no column is theirs.

    Examples
    --------
    >>> from passage_kit.reading.known_layouts import layout_named
    >>> schema = MetadataSchema([MetadataField("newsletter"), MetadataField("name")])
    >>> ruled_out(schema, layout_named("mailchimp"))
    frozenset({'newsletter'})
    """
    if layout is None:
        return frozenset()
    return frozenset(field.column for field in schema if _of_field(field, layout) == ())


def after_layout(found: Iterable[Suggestion], evidence: Evidence) -> Iterator[Suggestion]:
    """Put the other columns of a target after those of the layout, if the values confirm one of these."""
    found = list(found)
    borne_out = {one.target for one in found if (one.target, one.column) in evidence and one.confidence > _BESIDE} - {
        target for target, _ in evidence if target not in IDENTIFIERS + HELPERS
    }
    for one in found:
        beside = one.target in borne_out and (one.target, one.column) not in evidence
        yield replace(one, confidence=min(one.confidence, _BESIDE)) if beside else one


def with_others(names: Iterable[str], origin: Columns, layout: Layout | None, whole: WholeColumns) -> Columns:
    """Add the columns in which a layout has the address of a person whose email is blank, if there is such a person.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.reading.known_layouts import layout_named
    >>> from passage_kit.mapping.whole_columns import ColumnsOfFrame
    >>> raw = users_frame({"mail": ["ann@example.org", None], "userPrincipalName": ["ann", "bo@acme.example"]})
    >>> with_others(raw.columns, Columns(("mail",)), layout_named("entra"), ColumnsOfFrame(raw))
    Columns(names=('mail', 'userPrincipalName'), separator=' ', first=True)
    """
    [first] = origin.names
    known = {column_key(name) for name in layout.email} if layout else set()
    if layout is None or column_key(first) not in known:
        return origin
    keys = {column_key(name): name for name in map(str, names) if name != first}
    others = list(dict.fromkeys(keys[key] for key in map(column_key, layout.email_else) if key in keys))
    found = whole.with_addresses(first, others) if others else frozenset()
    serve = [name for name in others if name in found]
    return Columns((first, *serve), first=True) if serve else origin


def without_others(found: Iterable[Suggestion], layout: Layout | None) -> Iterator[Suggestion]:
    """Leave out the columns of which a layout says that they are no state of an account.

    Examples
    --------
    >>> from passage_kit.reading.known_layouts import layout_named
    >>> found = [Suggestion("account_state", "state", 0.9, ""), Suggestion("city", "state", 0.9, "")]
    >>> [one.target for one in without_others(found, layout_named("shopify"))]
    ['city']
    """
    others = {column_key(name) for name in layout.no_state} if layout else set()
    return (one for one in found if one.target != "account_state" or column_key(one.column) not in others)


def state_name(name: str, layout: Layout | None) -> str:
    """Give the name by which a column says the state of an account: its last part, or that of a flag, as declared.

    Examples
    --------
    >>> from passage_kit.reading.known_layouts import layout_named
    >>> state_name("status", layout_named("opencart")), state_name("user.status", None)
    ('active', 'status')
    """
    flags = map(column_key, layout.open_flags) if layout else ()
    return _FLAG if column_key(name) in flags else path_parts(name)[-1]


def _spelled(column: str, names: list[str]) -> str | None:
    """Choose among names that differ from that of a column in case and separators alone: itself, or the first."""
    return column if column in names else next(iter(names), None)


def _of_field(field: MetadataField, layout: Layout) -> tuple[str, ...] | None:
    """Give the columns that the layout names for a field, by the usual names of fields; None if it names none."""
    own = {name_key(field.field_name), name_key(field.friendly_name)}
    usual = (name for name, names in PEOPLE.items() if not own.isdisjoint(keys_of(names)))
    return next((layout.fields[name] for name in usual if name in layout.fields), None)


def _is_filled(raw: pd.DataFrame, name: str) -> bool:
    column = raw.iloc[:, list(map(str, raw.columns)).index(name)]
    return bool(column.notna().any())

"""Preview of a mapping, target by target, before a preparation: counts, and the results of the first values.

The functions of a preparation judge here, too, one column at a time. So a preview of some rows is fast for a list of
any length. Rules that need the whole list see the given rows only: an address on suspiciously many rows, and the order
of day and month that a column proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.account_codes import AccountState
from passage_kit.columns.account_state import ACTIVE, INACTIVE, NOTHING, UNKNOWN, what_they_say
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.profile import SAMPLE
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import (
    ACCOUNT_STATE,
    EMAIL,
    HELPERS,
    ORDER,
    PHONE,
    REGION,
    SOURCE_KEY,
    SOURCE_ROW,
    arrow,
    mask_of,
    series,
)
from passage_kit.errors import MappingError
from passage_kit.findings.findings import make_findings, no_findings
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.identifiers.regions import is_unknown_region, region_of
from passage_kit.mapping.changed_columns import known_columns
from passage_kit.mapping.mapped_users import mapped_column, target_column
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.dates import DateOrder, NumericDates, read_order
from passage_kit.metadata.field_values import Thousands, normalize_values
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan

# Codes of values that can be read in several ways; the kit does not choose.
AMBIGUOUS = ("email_multiple", "phone_multiple", "phone_two_readings", "date_ambiguous")
FIRST = 3  # values that are shown


class FirstValue(NamedTuple):
    """A value, its result, and the code of the finding that withholds it, if the result is null.

    ``message`` is that of the field's own pattern, if the value does not match it.
    """

    value: str
    becomes: str | None
    code: str | None
    message: str | None = None


class TargetPreview(NamedTuple):
    """Result of one target, in rows; ``filled`` is the sum of the other counts.

    ``valid`` values stay unchanged, and ``fixed`` values take their normal form. ``ambiguous`` values are withheld
    because they can be read in several ways, ``withheld`` values for another reason. ``first`` holds the first three
    distinct values.
    """

    filled: int
    valid: int
    fixed: int
    withheld: int
    ambiguous: int
    first: tuple[FirstValue, ...]


def preview_target(
    raw: pd.DataFrame,
    mapping: FieldMapping,
    target: str,
    schema: MetadataSchema | None = None,
    *,
    default_region: str | None = None,
    lost_plus: bool | None = None,
    date_order: DateOrder | None = None,
    words: Mapping[str, bool] | None = None,
    thousands: Thousands | None = None,
    numeric_dates: NumericDates | None = None,
    layout: str | None = None,
    allow_special_use: bool = False,
    account_states: Mapping[str, AccountState] | None = None,
) -> TargetPreview:
    """Preview the result of one target of a mapping.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns, as read; a part of the rows is enough.
    mapping : FieldMapping
        Mapping that has the target. If it has ``region``, that column gives the countries of phones.
    target : str
        ``email``, ``phone``, a helper or the column of a metadata field.
    schema : MetadataSchema, optional
        The app's metadata fields. Default: none.
    default_region, lost_plus, date_order, words, thousands, numeric_dates, layout, allow_special_use, account_states
        As the options of :func:`passage_kit.prepare`, with ``words`` for ``boolean_words``.

    Returns
    -------
    TargetPreview

    Raises
    ------
    MappingError
        If the mapping or the schema does not have the target.
    OptionError
        If an option has a value that it cannot have.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": ["Ann@Example.org", "bob@example.org", "carl@", "d@example.org, e@example.org"]})
    >>> preview = preview_target(raw, FieldMapping({"email": "Mail"}), "email")
    >>> preview[:5]
    (4, 1, 1, 1, 1)
    >>> preview.first[0]
    FirstValue(value='Ann@Example.org', becomes='ann@example.org', code=None, message=None)
    """
    if target not in mapping:
        raise MappingError(f"The mapping has no target {target!r}. Preview one of: {', '.join(mapping)}.")
    raw = given_frame(raw, error=MappingError)
    values = target_column(raw, target, mapping[target], account_states).rename(target)
    region = mapped_column(raw, mapping[REGION]).rename(REGION) if REGION in mapping else None
    if target == EMAIL:
        forms, findings = normalize_emails(values, allow_special_use=allow_special_use)
    elif target == PHONE:
        options = Options(lost_plus=lost_plus, layout=layout)
        plan = Plan(mapping=mapping, columns=known_columns(raw.columns), options=options)
        forms, findings = normalize_phones(
            values, region=region, default_region=default_region, lost_plus=plan.lost_plus
        )
    elif target in HELPERS:
        forms, findings = _read_helper(values, date_order)
    else:
        users, findings = normalize_values(
            pd.DataFrame({target: values} | ({} if region is None else {REGION: region})),
            MetadataSchema([_field(schema, target)]),
            default_region=default_region,
            lost_plus=lost_plus,
            date_order=date_order,
            words=words,
            thousands=thousands,
            numeric_dates=numeric_dates,
        )
        forms = users[target]
    return _preview(values, forms, findings[findings["effect"] == "withheld"])


def preview_mapping(
    raw: pd.DataFrame, mapping: FieldMapping, schema: MetadataSchema | None = None, **options: Any
) -> pd.DataFrame:
    """Preview the result of every target of a mapping.

    Parameters
    ----------
    raw, mapping, schema, **options
        As for :func:`preview_target`.

    Returns
    -------
    pandas.DataFrame
        One row a target, in the order of the mapping; the fields of :class:`TargetPreview` as columns.

    Raises
    ------
    MappingError, OptionError
        As for :func:`preview_target`.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": ["Ann@Example.org", "bob@"], "Born": ["1980-01-31", "soon"]})
    >>> schema = MetadataSchema.from_dicts([{"field_name": "born", "type": "date"}])
    >>> preview_mapping(raw, FieldMapping({"email": "Mail", "born": "Born"}), schema).drop(columns="first")
            filled  valid  fixed  withheld  ambiguous
    target
    email        2      0      1         1          0
    born         2      1      0         1          0
    """
    raw = given_frame(raw, error=MappingError)  # once, not again for each target
    previews = [preview_target(raw, mapping, target, schema, **options) for target in mapping]
    return pd.DataFrame(previews, columns=TargetPreview._fields, index=pd.Index(list(mapping), name="target"))


def _field(schema: MetadataSchema | None, target: str) -> Any:
    for field in schema or ():
        if field.column == target:
            return field
    raise MappingError(
        f"The target {target!r} is no metadata field of the app. Add the field, or choose another target."
    )


def _read_helper(values: pd.Series[Any], date_order: DateOrder | None) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Find the values of a helper that the kit understands; it never sends or changes them."""
    if values.name == SOURCE_KEY:
        return values, no_findings()
    if values.name == ACCOUNT_STATE:
        says = what_they_say(arrow(values))
        words = pc.if_else(pa.array(says == INACTIVE), "inactive", ACTIVE)
        forms = series(pc.if_else(pa.array(says == NOTHING), pa.scalar(None, pa.string()), words), like=values)
        strange, code = pd.Series(says == UNKNOWN, index=values.index), "account_state_unknown"
    elif values.name == ORDER:
        read = read_order(values, date_order=date_order)
        forms, strange, code = values, values.notna() & read.isna(), "order_unreadable"
    else:
        forms = region_of(values)
        strange, code = is_unknown_region(values, forms), "region_unknown"
    rows = values.index[strange.to_numpy(dtype=bool)]
    return forms.mask(strange), make_findings(rows, field=values.name, code=code, effect="withheld")


def _preview(values: pd.Series[Any], forms: pd.Series[Any], withheld: pd.DataFrame) -> TargetPreview:
    by_row = withheld.drop_duplicates(SOURCE_ROW).set_index(SOURCE_ROW)
    code, message = by_row["code"], by_row.loc[by_row["code"].eq("value_pattern"), "argument"]
    ambiguous = int(code.isin(AMBIGUOUS).sum())
    going, same = arrow(forms), mask_of(pc.equal(arrow(forms), arrow(values)))
    out, valid = len(going) - going.null_count, int(same.sum())
    first = tuple(
        FirstValue(value, _plain(forms.iloc[at]), *(_plain(told.get(values.index[at])) for told in (code, message)))
        for value, at in _first_positions(values)
    )
    return TargetPreview(out + len(code), valid, out - valid, len(code) - ambiguous, ambiguous, first)


def _first_positions(values: pd.Series[Any]) -> Iterable[tuple[str, int]]:
    """Find the first distinct values, within the sample of a profile, and the first position of each."""
    text = arrow(values)
    rows = np.flatnonzero(mask_of(text.is_valid()))[:SAMPLE]
    seen = take_rows(text, pa.array(rows))
    distinct = pc.unique(seen)[:FIRST]
    return [(value.as_py(), int(rows[pc.index(seen, value).as_py()])) for value in distinct]


def _plain(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)

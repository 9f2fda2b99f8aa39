"""Rows that fail: that lack what they need, repeat an identifier, or break a check of the pandera schema."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, SOURCE_ROW, arrow, filter_rows, values_at, without_rows
from passage_kit.errors import OptionError
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.metadata.column_checks import has_identifier, is_repeated
from passage_kit.metadata.fields import MetadataSchema

if TYPE_CHECKING:
    import pandera.pandas as pandera
    from pandera.errors import SchemaError


def reject_incomplete(users: pd.DataFrame, fields: MetadataSchema) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reject rows that have no identifier or lack a required field; the frame needs every column of the fields."""
    lost = ~has_identifier(users).to_numpy()
    found = [make_findings(users.index[lost], field=EMAIL, code="no_identifier")]
    for field in fields:
        if field.required:
            missing = users[field.column].isna().to_numpy(dtype=bool)
            found.append(make_findings(users.index[missing], field=field.column, code="required_missing"))
            lost |= missing
    return filter_rows(users, ~lost) if lost.any() else users, collect_findings(found)


def reject_failing(users: pd.DataFrame, checks: pandera.DataFrameSchema) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reject rows that repeat an identifier and rows that pandera fails.

    A row must not be rejected for an earlier row that is rejected itself. So the repeats are searched for again after
    each failure.
    """
    found: list[pd.DataFrame] = []
    while True:
        kept, repeats = _reject_repeats(users)
        failures = pandera_failures(kept, checks)
        if failures.empty:
            return kept, collect_findings([*found, repeats])
        found.append(failures)
        users = without_rows(users, failures[SOURCE_ROW])


def _reject_repeats(users: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reject rows whose identifier an earlier row has: two users may not share one."""
    found = []
    for name in IDENTIFIERS:
        repeated = is_repeated(users[name])
        if not repeated.any():
            continue
        values, first = users.loc[repeated, name], users.loc[~repeated, name].dropna()
        first_row = pd.Series(first.index, index=pd.Index(first)).reindex(pd.Index(values)).to_numpy()
        found.append(
            make_findings(
                values.index,
                field=name,
                value=values,
                code="check_failed",
                other_row=first_row,
            )
        )
        users = filter_rows(users, ~repeated)
    return users, collect_findings(found)


def pandera_failures(users: pd.DataFrame, checks: pandera.DataFrameSchema) -> pd.DataFrame:
    """Make a finding for each check that pandera finds a row to fail."""
    from pandera.errors import SchemaErrors

    checks = copy.copy(checks)
    checks.drop_invalid_rows = False  # it drops in silence, and good rows with the bad ones
    try:
        checks.validate(users, lazy=True)
    except SchemaErrors as errors:
        found = [_findings_of(error, users) for error in errors.schema_errors]
    else:
        return no_findings()
    return collect_findings(found)


def _findings_of(error: SchemaError, users: pd.DataFrame) -> pd.DataFrame:
    """Make a finding for each row that fails one check."""
    field = error.schema.name if error.schema.name in users.columns else None
    rows = _failing_rows(error, users)
    value = pc.cast(arrow(values_at(users[field], rows)), pa.string()) if field else None
    return make_findings(rows, field=field, value=value, code="check_failed", argument=_check_name(error))


def _failing_rows(error: SchemaError, users: pd.DataFrame) -> pd.Index[Any]:
    """Find the rows that fail a check; pandera's own frame of failures repeats them for each column."""
    output = error.check_output
    if isinstance(output, (pd.Series, pd.DataFrame)):
        passed = output.fillna(False).astype(bool)
        passed = passed.all(axis=1) if isinstance(passed, pd.DataFrame) else passed
        return users.index.intersection(passed.index[~passed])
    cases = error.failure_cases
    if isinstance(cases, pd.DataFrame) and "index" in cases and len(cases) and cases["index"].notna().all():
        return users.index.intersection(cases["index"])
    reason = error.reason_code.name if error.reason_code else "no reason given"
    raise OptionError(
        f"The users cannot be validated: the check {_check_name(error)!r} of {error.schema.name!r} fails for the whole "
        f"frame ({reason}), expected a verdict for each row. Let it return one truth value a row, or remove it."
    ) from None  # pandera's own message holds values


def _check_name(error: SchemaError) -> str:
    return getattr(error.check, "name", None) or str(error.check)

"""Rules that a run applies between mapping and accounting, to all users or to some corrected rows again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from passage_kit.columns.spool import forget_all, together_if_few
from passage_kit.columns.spooled_frames import put_frame_aside
from passage_kit.columns.users_frame import (
    EMAIL,
    IDENTIFIERS,
    PHONE,
    REGION,
    SOURCE_ROW,
    filter_rows,
    rows_at,
    values_at,
)
from passage_kit.duplicates.lookalikes import suggest_duplicates
from passage_kit.duplicates.merge import merge_rows
from passage_kit.export.formula_warnings import warn_of_formulas
from passage_kit.findings.findings import collect_findings
from passage_kit.identifiers.identifiers import normalize_identifiers
from passage_kit.identifiers.phones.phones import witnesses_of
from passage_kit.metadata.dates import DateOrder, date_evidence
from passage_kit.metadata.failed_rows import reject_incomplete
from passage_kit.metadata.field_values import normalize_fields
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.pandera_schema import validate_normalized
from passage_kit.preparation.accounts import judge_accounts
from passage_kit.workspace.corrections import apply_corrections
from passage_kit.workspace.plan import Plan


def apply_rules(
    users: pd.DataFrame,
    plan: Plan,
    *,
    decisions: pd.DataFrame | None = None,
    begin: Callable[[], None] = lambda: None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize, merge and validate users, as a run does.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped and corrected.
    plan : Plan
        Plan with the fields and options that apply.
    decisions : pandas.DataFrame, optional
        A person's decisions about duplicates. Default: none.
    begin : callable
        Function to call before each of the four stages: identifiers (and accounts), values, duplicates, validation.

    Returns
    -------
    users : pandas.DataFrame
        Users to export, with typed columns.
    findings : pandas.DataFrame
        Findings of all four stages.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> mapped = users_frame({"email": ["A@example.org", "a@example.org"], "phone": ["", ""]})
    >>> users, findings = apply_rules(mapped, Plan())
    >>> findings["code"].tolist()
    ['email_normalized', 'duplicate_email']
    """
    options, schema = plan.options, plan.applied_schema
    begin()
    users, of_accounts = judge_accounts(users, inactive=options.inactive)  # a closed account absorbs nobody
    users, of_identifiers = map(put_frame_aside, _normalize_identifiers(users, plan))
    begin()
    forget_all()
    users, of_values = map(
        put_frame_aside, normalize_fields(users, schema, fast_paths=options.fast_paths, **options.of_values)
    )
    begin()
    forget_all()
    merged = merge_rows(
        users,
        survivor=options.survivor,
        shared_phone=options.shared_phone,
        date_order=options.date_order,
        decisions=decisions,
        findings=of_identifiers,
    )
    users, of_duplicates, apart = put_frame_aside(merged.users), put_frame_aside(merged.findings), merged.apart
    del merged
    forget_all()
    begin()
    (users, invalid), suggested = together_if_few(
        partial(validate_normalized, users, schema, strict=options.strict),
        partial(suggest_duplicates, users, apart=apart),
        rows=len(users),
    )
    users = put_frame_aside(users)
    warned = warn_of_formulas(users, schema.columns)
    found = [of_accounts, of_identifiers, of_values, of_duplicates, suggested, invalid, warned]
    return users, collect_findings(found)


def before_duplicates(users: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize users as a run does before it merges duplicates.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped and corrected.
    plan : Plan
        Plan with the fields and options that apply.

    Returns
    -------
    users : pandas.DataFrame
        Users frame with normalized identifiers and values.
    findings : pandas.DataFrame
        Findings of the identifiers alone, which merging takes.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users, _ = before_duplicates(users_frame({"email": ["A@example.org"], "phone": [None]}), Plan())
    >>> users["email"].tolist()
    ['a@example.org']
    """
    users, _ = judge_accounts(users, inactive=plan.options.inactive)
    users, of_identifiers = _normalize_identifiers(users, plan)
    options = plan.options
    users, _ = normalize_fields(users, plan.applied_schema, fast_paths=options.fast_paths, **options.of_values)
    return users, of_identifiers


@dataclass
class Judgment:
    """Users as mapped and as corrected, with the findings of a run.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped, not corrected.
    plan : Plan
        Plan of the run.
    corrected : pandas.DataFrame
        Users frame with the corrections.
    findings : pandas.DataFrame
        Findings of a run. Rows corrected since have only the findings that need no other rows.
    orders : dict
        Order of day and month that each date column proves.
    witnesses : pandas.Index
        Few rows whose phones decide how digits without a plus are read, as all do.
    """

    users: pd.DataFrame
    plan: Plan
    corrected: pd.DataFrame
    findings: pd.DataFrame
    orders: dict[str, DateOrder | None]
    witnesses: pd.Index[Any]

    @classmethod
    def of(
        cls,
        users: pd.DataFrame,
        plan: Plan,
        *,
        corrections: pd.DataFrame,
        decisions: pd.DataFrame | None = None,
        begin: Callable[[], None] = lambda: None,
    ) -> Judgment:
        """Judge all users with their corrections."""
        corrected, _ = apply_corrections(users, corrections)
        _, findings = apply_rules(corrected, plan, decisions=decisions, begin=begin)
        dates = [field.column for field in plan.applied_schema if field.type == "date" and field.column in users]
        orders = {name: plan.options.date_order or date_evidence(corrected[name]).order for name in dates}
        return cls(users, plan, corrected, findings, orders, _witnesses(corrected, plan))

    def renew(self, rows: pd.Index[Any], corrections: pd.DataFrame) -> None:
        """Judge some rows again after their corrections have changed.

        Rules that compare rows, such as those for duplicates, apply in the next run only.
        """
        rows = rows.intersection(self.users.index)
        own = corrections[corrections[SOURCE_ROW].isin(rows)]
        self.corrected = self.corrected.copy(deep=False)
        some, _ = apply_corrections(rows_at(self.users, rows), own)
        for name in some.columns:
            if not some[name].equals(values_at(self.corrected[name], rows)):
                self.corrected[name] = self.corrected[name].where(~self.corrected.index.isin(rows), some[name])
        alike = self.corrected[EMAIL].isin(some[EMAIL].dropna()) if EMAIL in some else self.corrected.index.isin(rows)
        beside = self.corrected.index[alike].union(self.witnesses)
        found = self._judge(rows_at(self.corrected, rows.union(beside)))
        stays = filter_rows(self.findings, ~self.findings[SOURCE_ROW].isin(rows).to_numpy(dtype=bool, na_value=False))
        self.findings = collect_findings(
            [stays, filter_rows(found, found[SOURCE_ROW].isin(rows).to_numpy(dtype=bool, na_value=False))]
        )

    def _judge(self, users: pd.DataFrame) -> pd.DataFrame:
        """Find what the rows show by themselves; dates are read in the order that their whole column proves."""
        options, schema = self.plan.options, self.plan.applied_schema
        users, of_accounts = judge_accounts(users, inactive=options.inactive)
        users, of_identifiers = _normalize_identifiers(users, self.plan)
        found = [of_accounts, of_identifiers]
        for order in (None, "DMY", "MDY"):
            some = MetadataSchema(field for field in schema if self.orders.get(field.column) == order)
            in_order = replace(options, date_order=order).of_values
            users, of_values = normalize_fields(users, some, fast_paths=options.fast_paths, **in_order)
            found.append(of_values)
        _, incomplete = reject_incomplete(users.reindex(columns=[*IDENTIFIERS, *schema.columns]), schema)
        return collect_findings([*found, incomplete])


def _witnesses(users: pd.DataFrame, plan: Plan) -> pd.Index[Any]:
    phones = [PHONE, *(field.column for field in plan.applied_schema if field.type == "phone")]
    witnesses = users.index[:0]
    for name in (name for name in phones if name in users):
        some = witnesses_of(users[name], region=users.get(REGION), default_region=plan.options.default_region)
        witnesses = witnesses.union(some)
    return witnesses


def _normalize_identifiers(users: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    options = plan.options
    return normalize_identifiers(
        users,
        default_region=options.default_region,
        lost_plus=plan.lost_plus,
        allow_special_use=options.allow_special_use,
        strict=options.strict,
        fast_paths=options.fast_paths,
    )

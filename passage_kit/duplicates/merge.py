"""Merging of rows that are one person, and treatment of phones that several people share.

The rules apply in this order. Rows with the same email are one person. A row without email joins the one person who has
its phone; a row whose email cannot be read, or that has several, is not a row without email. A phone of people with
different emails is a household's or a switchboard's, and ``shared_phone`` decides about it. A row without email that
has only such a phone keeps it in every mode, since its user could not sign in without it.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, arrow
from passage_kit.duplicates.clustered_users import (
    SharedPhone,
    cluster_users,
    placed_decisions,
    reasons_of,
    with_identifiers,
)
from passage_kit.duplicates.clusters import (
    Clusters,
    People,
    SurvivorRule,
)
from passage_kit.duplicates.lookalikes import suggest_duplicates
from passage_kit.duplicates.merged_values import merge_values
from passage_kit.duplicates.shared_phones import withhold_shared
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.metadata.dates import DateOrder, OrderEvidence


def merge_duplicates(
    users: pd.DataFrame,
    *,
    survivor: SurvivorRule = "complete",
    shared_phone: SharedPhone = "withhold",
    date_order: DateOrder | None = None,
    decisions: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Merge the rows that are one person, and settle the phones that several people share.

    The survivor of a person absorbs the person's other rows. It keeps its own values, and takes values for its blanks
    from the absorbed rows, the preferred row first. A value that differs gets the finding ``conflicting_value``. Rows
    with different emails are merged only with ``shared_phone="merge"`` or by a decision. A second run changes nothing.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized ``email`` and ``phone``, the metadata columns, and helpers, if any; unique index
        ``source_row``.
    survivor : {"complete", "first", "last", "newest", "oldest"}, default "complete"
        Rule for the row of a person that stays. ``complete``: the row with most values among email, phone and metadata.
        ``first``, ``last``: by ``source_row``. ``newest``, ``oldest``: by the column ``order``, where a blank or
        unreadable value loses. The lowest ``source_row`` wins a tie. A row without email never stays if another row of
        the person has one, and a closed account (see ``account_state``) never stays if another one is open.
    shared_phone : {"withhold", "survivor", "merge", "reject"}, default "withhold"
        Treatment of a phone that people with different emails share. ``withhold``: nobody keeps it. ``survivor``: only
        the person whose surviving row the rule prefers keeps it. ``merge``: the people become one. ``reject``: all
        their rows are rejected.
    date_order : {"DMY", "MDY"}, optional
        Order of day and month in dates such as ``03/04/2024`` in the column ``order``. Default: as the other values of
        the column prove.
    decisions : pandas.DataFrame, optional
        Decisions about rows, which overrule the rules: see :func:`passage_kit.duplicates.decisions.decide`. Default:
        None.
    findings : pandas.DataFrame, optional
        Findings of :func:`passage_kit.normalize_identifiers`. A row from which ``email_invalid`` or ``email_multiple``
        withheld an email had one, so its phone does not make it another person. Default: such a row counts as a row
        without email.

    Returns
    -------
    users : pandas.DataFrame
        The surviving rows, in source order.
    findings : pandas.DataFrame
        ``duplicate_email``, ``duplicate_phone`` or ``merged_by_phone`` for each absorbed row; ``value_filled``,
        ``conflicting_value``, ``shared_phone`` and ``order_unreadable``; ``possible_duplicate`` for review. Decisions
        add ``decision_applied`` or ``decision_unused`` for each decision, ``merged_by_decision`` for absorbed rows, and
        ``kept_apart`` for identifiers that are withheld from rows kept apart.

    Raises
    ------
    OptionError
        If an option has a value that it cannot have, the rule reads a column ``order`` that is missing, the index does
        not number the rows, or ``findings`` lacks a column.
    MappingError
        If the frame has neither ``email`` nor ``phone``.
    PlanError
        If a line of ``decisions`` is no decision.

    See Also
    --------
    normalize_identifiers : Normalize emails and phones, the step before this one.
    decide : Add a decision about duplicates.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({
    ...     "email": ["anna@example.org", "anna@example.org", "ben@example.org"],
    ...     "phone": ["+14155552671", None, "+14155552671"],
    ...     "city": [None, "Lyon", "Oslo"],
    ... })
    >>> merged, findings = merge_duplicates(users)
    >>> merged
                           email phone  city
    source_row
    1           anna@example.org  <NA>  Lyon
    3            ben@example.org  <NA>  Oslo
    >>> findings[["source_row", "field", "code", "other_row"]]
       source_row  field             code  other_row
    0           1  phone     shared_phone       <NA>
    1           3  phone     shared_phone       <NA>
    2           2  email  duplicate_email          1
    3           1   city     value_filled          2
    """
    merged = merge_rows(
        with_identifiers(users),
        survivor=survivor,
        shared_phone=shared_phone,
        date_order=date_order,
        decisions=decisions,
        findings=findings,
    )
    said = collect_findings([merged.findings, suggest_duplicates(merged.users, apart=merged.apart)])
    return merged.users.drop(columns=[name for name in IDENTIFIERS if name not in users]), said


class Merged(NamedTuple):
    """Result of :func:`merge_rows`; ``apart`` holds the rows decided to be different people."""

    users: pd.DataFrame
    findings: pd.DataFrame
    apart: list[tuple[int, ...]]


def merge_rows(
    users: pd.DataFrame,
    *,
    survivor: SurvivorRule = "complete",
    shared_phone: SharedPhone = "withhold",
    date_order: DateOrder | None = None,
    decisions: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
    order_evidence: OrderEvidence | None = None,
) -> Merged:
    """Merge as :func:`merge_duplicates` does, without looking for possible duplicates.

    ``order_evidence`` is what the order of the whole list shows, if these users are a part of it.
    """
    made, unplaced = placed_decisions(decisions)
    found = cluster_users(users, survivor, shared_phone, date_order, made, findings, order_evidence)
    users, people, clusters = found.users, found.people, found.clusters
    withheld = no_findings()
    if shared_phone != "reject" and people.split.any():
        users, withheld = withhold_shared(users, people, found.ranked, to_survivor=shared_phone == "survivor")
    absorbed = _absorbed(users, people, clusters)
    said = [unplaced, found.findings, withheld, absorbed]
    del found, people  # there are many rows
    merged, values = merge_values(users, clusters)
    apart = [decision.rows for decision in made if decision.choice == "apart"]
    return Merged(merged, collect_findings([*said, values]), apart)


def _absorbed(users: pd.DataFrame, people: People, clusters: Clusters) -> pd.DataFrame:
    """Make a finding for each absorbed row, with the identifier that it shares with its survivor."""
    gone = ~clusters.survives
    rows, reason = clusters.rows[gone], reasons_of(people, clusters).filter(pa.array(gone))
    says_email = pc.is_in(reason, pa.array(["duplicate_email", "merged_by_decision"]))
    email, phone = (take_rows(arrow(users[name]), pa.array(rows)) for name in IDENTIFIERS)
    by_email = pc.and_(says_email, pc.is_valid(email))
    return make_findings(
        users.index[rows],
        field=pc.if_else(by_email, EMAIL, PHONE),
        value=pc.if_else(by_email, email, phone),
        code=reason,
        other_row=users.index.to_numpy()[clusters.survivor[gone]],
    )

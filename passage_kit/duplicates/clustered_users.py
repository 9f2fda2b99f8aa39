"""Clusters of rows that are one person, found before anything is merged.

The rules apply in this order. Rows with the same email are one person. A row without email joins the one person who has
its phone; a row whose email cannot be read, or that has several, is not a row without email. A phone of people with
different emails is a household's or a switchboard's, and ``shared_phone`` decides about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions, has_others
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS, ORDER, PHONE, SOURCE_ROW, filter_rows, series
from passage_kit.duplicates.clusters import (
    BY_ORDER,
    NOTHING_DECIDED,
    SURVIVOR_RULES,
    Clusters,
    People,
    SurvivorRule,
    cluster_rows,
    identify,
    preferred_rows,
    promote,
    rank_rows,
)
from passage_kit.duplicates.decisions import Decision, decisions_of
from passage_kit.duplicates.settle_decisions import Settled, settle
from passage_kit.duplicates.shared_phones import reject_shared
from passage_kit.duplicates.unreadable_emails import have_unreadable_email
from passage_kit.errors import MappingError, OptionError
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.metadata.dates import DateOrder, OrderEvidence, read_order
from passage_kit.translations import in_panel

SharedPhone = Literal["withhold", "survivor", "merge", "reject"]
SHARED_PHONE_CHOICES: tuple[SharedPhone, ...] = get_args(SharedPhone)


def with_identifiers(users: pd.DataFrame) -> pd.DataFrame:
    """Take a users frame of any column types, with a blank column for an identifier that it lacks.

    Raises
    ------
    MappingError
        If it has neither identifier.
    OptionError
        If its index does not number the rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> with_identifiers(users_frame({"phone": ["+14155552671"]})).columns.tolist()
    ['phone', 'email']
    """
    users = given_frame(users, text=[*IDENTIFIERS, *HELPERS])
    missing = [name for name in IDENTIFIERS if name not in users]
    if len(missing) == len(IDENTIFIERS):
        raise MappingError(
            in_panel(
                "Duplicates cannot be merged: the users have no identifier, expected email, phone or "
                "both. Map a column to "
                "one of them with apply_mapping.",
                "Duplicates cannot be merged: the users have no identifier, expected email, phone or "
                "both. Map a column to one of them in the notebook 01_read_and_map.",
            )
        )
    blank = series(pa.nulls(len(users), pa.string()), like=users)
    return users.assign(**dict.fromkeys(missing, blank)) if missing else users


def find_clusters(
    users: pd.DataFrame,
    *,
    survivor: SurvivorRule = "complete",
    shared_phone: SharedPhone = "withhold",
    date_order: DateOrder | None = None,
    decisions: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the rows that :func:`merge_duplicates` would merge, without merging them.

    Parameters
    ----------
    users, survivor, shared_phone, date_order, decisions, findings
        As for :func:`merge_duplicates`.

    Returns
    -------
    pandas.DataFrame
        One line for each row of a cluster of two or more: ``cluster`` (int64 from 1, in the order of the survivors),
        ``source_row`` and ``survivor_row`` (int64), and ``reason`` (text: the code of its finding, null for the
        survivor). Within a cluster the survivor is first, and the others follow as the rule prefers them.

    Raises
    ------
    OptionError, PlanError
        As for :func:`merge_duplicates`.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({
    ...     "email": ["anna@example.org", None, "ben@example.org"],
    ...     "phone": ["+14155552671", "+14155552671", None],
    ... })
    >>> find_clusters(users)
       cluster  source_row  survivor_row           reason
    0        1           1             1             <NA>
    1        1           2             1  duplicate_phone
    """
    made, _ = placed_decisions(decisions)
    found = cluster_users(with_identifiers(users), survivor, shared_phone, date_order, made, findings)
    clusters, rows = found.clusters, found.users.index.to_numpy()
    reason = pc.if_else(pa.array(clusters.survives), None, reasons_of(found.people, clusters))
    columns = {
        "cluster": pa.array(clusters.number + 1),
        SOURCE_ROW: pa.array(rows[clusters.rows]),
        "survivor_row": pa.array(rows[clusters.survivor]),
        "reason": reason,
    }
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def find_shared_phones(
    users: pd.DataFrame,
    *,
    survivor: SurvivorRule = "complete",
    date_order: DateOrder | None = None,
    findings: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the people with different emails who have the same phone.

    Parameters
    ----------
    users, survivor, date_order, findings
        As for :func:`merge_duplicates`.

    Returns
    -------
    pandas.DataFrame
        One line for each person who shares a phone: ``phone``, and the ``source_row`` of the person's row that would
        stay. The phones are in the order of their first rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({
    ...     "email": ["anna@example.org", "ben@example.org", "ben@example.org"],
    ...     "phone": ["+14155552671", "+14155552671", None],
    ... })
    >>> find_shared_phones(users)
              phone  source_row
    0  +14155552671           1
    1  +14155552671           2
    """
    found = cluster_users(with_identifiers(users), survivor, "withhold", date_order, (), findings)
    users, people = found.users, found.people
    sharing = np.flatnonzero(people.split & people.can_get_mail)
    stays = preferred_rows(people, found.ranked)[people.person[sharing]]
    pairs = pd.DataFrame({PHONE: users[PHONE].array.take(sharing), SOURCE_ROW: users.index.to_numpy()[stays]})
    pairs = pairs.drop_duplicates().sort_values(SOURCE_ROW, kind="stable", ignore_index=True)
    first = pairs[PHONE].factorize()[0]
    return pairs.iloc[np.argsort(first, kind="stable")].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class ClusteredUsers:
    """Rows that are not rejected, in source order, with their people and clusters."""

    users: pd.DataFrame
    people: People
    ranked: Positions  # rows that the survivorship rule chooses between, the preferred first
    clusters: Clusters
    findings: pd.DataFrame


def cluster_users(
    users: pd.DataFrame,
    survivor: SurvivorRule,
    shared_phone: SharedPhone,
    date_order: DateOrder | None,
    decisions: Sequence[Decision],
    said_before: pd.DataFrame | None,
    order_evidence: OrderEvidence | None = None,
) -> ClusteredUsers:
    check_rules(users, survivor, shared_phone)
    if not users.index.is_monotonic_increasing:
        users = users.sort_index()
    order = None
    if survivor in BY_ORDER:
        order = read_order(users[ORDER], date_order=date_order, evidence=order_evidence).to_numpy()
    settled = _settle(users, decisions, survivor, order) if decisions else None
    users = settled.users if settled else users
    decided_rows = settled.decided_rows if settled else NOTHING_DECIDED
    unreadable = have_unreadable_email(users, said_before)
    people = identify(users, merge=shared_phone == "merge", decided_rows=decided_rows, unreadable=unreadable)
    findings, chosen = [], None
    if settled:
        chosen, said = settled.choose(people.person)
        findings += [settled.findings, said]
    if shared_phone == "reject":
        rejected, rejections = reject_shared(users, people)
        users, people = filter_rows(users, ~rejected), people.at(~rejected)
        order = None if order is None else order[~rejected]
        chosen = None if chosen is None else chosen[~rejected]
        findings.append(rejections)
    contested = has_others(people.person)
    if shared_phone == "survivor":
        contested |= people.shared
    rows = np.flatnonzero(contested)
    if order is not None:
        unordered = users[ORDER].iloc[rows[np.isnan(order[rows])]].dropna()
        findings.append(make_findings(unordered.index, field=ORDER, value=unordered, code="order_unreadable"))
    ranked = rank_rows(users, rows, survivor, order)
    if chosen is not None:
        ranked = promote(people, ranked, chosen)
    return ClusteredUsers(users, people, ranked, cluster_rows(people, ranked), collect_findings(findings))


def _settle(
    users: pd.DataFrame, decisions: Sequence[Decision], survivor: SurvivorRule, order: npt.NDArray[Any] | None
) -> Settled:
    def prefer(rows: Positions) -> Positions:
        some = users.iloc[rows]
        return rows[rank_rows(some, np.arange(len(rows)), survivor, None if order is None else order[rows])]

    return settle(users, decisions, prefer)


def check_rules(users: pd.DataFrame, survivor: str, shared_phone: str) -> None:
    """Check that there are such rules, and the column that they need.

    Raises
    ------
    OptionError
        If a rule is unknown, or the column ``order`` is missing that newest and oldest read.
    """
    chosen = (("survivor", survivor, SURVIVOR_RULES), ("shared_phone", shared_phone, SHARED_PHONE_CHOICES))
    for option, value, choices in chosen:
        if value not in choices:
            raise OptionError(
                f"Duplicates cannot be merged: found {option}={value!r}, expected one of {', '.join(choices)}."
            )
    if survivor in BY_ORDER and ORDER not in users.columns:
        raise OptionError(
            in_panel(
                f"Duplicates cannot be merged: survivor={survivor!r} reads the column 'order', which is missing. "
                "Map a date or a number to 'order', or choose complete, first or last.",
                "Duplicates cannot be merged: the rule needs the order of the rows, and no column is "
                "mapped to it. Map a date or a number to it in the notebook 01_read_and_map, or "
                "choose another rule.",
            )
        )


def placed_decisions(decisions: pd.DataFrame | None) -> tuple[list[Decision], pd.DataFrame]:
    """Separate the decisions whose rows are known from the others, which become findings about the whole source."""
    made = [] if decisions is None else decisions_of(decisions)
    unplaced = [decision.words for decision in made if not decision.placed]
    said = make_findings([None] * len(unplaced), field=None, code="decision_unplaced", argument=unplaced)
    return [decision for decision in made if decision.placed], said


def reasons_of(people: People, clusters: Clusters) -> pa.Array:
    """Choose the code that the finding of each row has if the row is absorbed."""
    email, of_survivor = people.email[clusters.rows], people.email[clusters.survivor]
    same_email = (email >= 0) & (email == of_survivor)
    decided = people.decided[clusters.rows]
    by_decision = (decided >= 0) & ((decided == people.decided[clusters.survivor]) | (of_survivor < 0))
    by_shared_phone = (email >= 0) | (people.shared[clusters.rows] & (of_survivor >= 0))
    which = np.select([same_email, by_decision, by_shared_phone], [0, 1, 2], 3)
    return pa.array(["duplicate_email", "merged_by_decision", "merged_by_phone", "duplicate_phone"]).take(which)

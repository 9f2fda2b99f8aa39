"""People among the rows: rows by identifier, clusters of rows, and the order in which a rule prefers them.

The functions work with positions in a frame in source order and with integer codes (-1 is a blank). So the result does
not depend on the order in which rows arrive, or on the spelling of values.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from passage_kit.columns.account_state import is_inactive
from passage_kit.columns.arrays import Mask, Positions, has_others, narrowest
from passage_kit.columns.fingerprints import first_rows
from passage_kit.columns.spool import forget, together_if_few
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import ACCOUNT_STATE, EMAIL, HELPERS, IDENTIFIERS, arrow, mask_of

SurvivorRule = Literal["complete", "first", "last", "newest", "oldest"]
SURVIVOR_RULES: tuple[SurvivorRule, ...] = get_args(SurvivorRule)
BY_ORDER = ("newest", "oldest")


@dataclass(frozen=True, slots=True)
class DecidedRows:
    """Decisions about rows, by position; they overrule the phones.

    The email of a ``pinned`` row, or else the decision, identifies its person, and its phone does not. Each row of
    ``one`` is the same person as its counterpart in ``other``. A phone merges ``closed`` rows with no other row.
    """

    pinned: Positions
    one: Positions
    other: Positions
    closed: Positions


_NOBODY = np.array([], dtype=np.int64)
NOTHING_DECIDED = DecidedRows(_NOBODY, _NOBODY, _NOBODY, _NOBODY)


@dataclass(frozen=True, slots=True)
class People:
    """Identity of each row: the codes of its email, phone and person, and masks of phones that other people have, too.

    ``shared`` marks such phones before people are merged by their phones, ``split`` after. ``decided`` is the person of
    each row by its email and the decisions alone, or -1 if neither identifies one.
    """

    email: Positions
    phone: Positions
    person: Positions
    shared: Mask
    split: Mask
    decided: Positions

    @property
    def has_email(self) -> Mask:
        """Mask of the rows that have an email, be it one that cannot be read."""
        has_email: Mask = self.email >= 0
        return has_email

    @property
    def can_get_mail(self) -> Mask:
        """Mask of the rows whose person has an email, in this row or another."""
        reached = np.zeros(self.person.max(initial=-1) + 1, dtype=bool)
        reached[self.person[self.has_email]] = True
        can_get_mail: Mask = reached[self.person]
        return can_get_mail

    def at(self, rows: Mask) -> People:
        """Select some rows."""
        return People(*(getattr(self, entry.name)[rows] for entry in fields(self)))


@dataclass(frozen=True, slots=True)
class Clusters:
    """Rows of every person with two rows or more, person by person, the preferred row (the survivor) first."""

    rows: Positions
    survivor: Positions  # position of the survivor of each of the rows
    number: Positions  # 0 for the rows of the first cluster, 1, ...

    @property
    def survives(self) -> Mask:
        """Mask of the survivors."""
        survives: Mask = self.rows == self.survivor
        return survives


def identify(
    users: pd.DataFrame,
    *,
    merge: bool = False,
    decided_rows: DecidedRows = NOTHING_DECIDED,
    unreadable: Mask | None = None,
) -> People:
    """Say who each row is, by its email, else by the one person that has its phone, else by its phone.

    A row without email and phone is a person of its own. A row with an unreadable email counts as a row with an email
    that no other row has: its phone does not make it another person.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized ``email`` and ``phone``, in source order.
    merge : bool, default False
        Make one person of people with different emails and the same phone.
    decided_rows : DecidedRows
        Decisions about rows. Default: none.
    unreadable : array of bool, optional
        Mask of the rows that have an email, but not one that can be read. Default: none.

    Returns
    -------
    People
        Arrays with one element for each row.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({
    ...     "email": ["anna@example.org", "ben@example.org", None, None],
    ...     "phone": ["+14155550101", "+14155550102", "+14155550102", "+14155550103"],
    ... })
    >>> identify(users).person.tolist()
    [0, 1, 1, 7]
    """
    count = len(users)
    email, phone = together_if_few(*(partial(_first_rows, users[name]) for name in IDENTIFIERS), rows=count)
    every = np.arange(count, dtype=email.dtype)
    if unreadable is not None:
        email = np.where(unreadable, every, email)
    by_phone, nobody = count + phone, 2 * count + every
    pinned = decided_rows.pinned[email[decided_rows.pinned] < 0]
    label = email.copy() if len(pinned) else email  # of each row whose phone does not matter
    label[pinned] = np.where(phone[pinned] >= 0, by_phone[pinned], nobody[pinned])
    linked = np.arange(3 * count if len(decided_rows.pinned) else 2 * count, dtype=email.dtype)
    linked = link_labels(linked, label[decided_rows.one], label[decided_rows.other])
    decided = np.where(label >= 0, linked[label], -1) if len(decided_rows.one) else label
    owner, is_shared = _owners(decided, phone, count)
    is_split = is_shared
    if merge:
        linked = _link_by_phone(linked, decided, phone, decided[decided_rows.closed])
        owner, is_split = _owners(np.where(label >= 0, linked[label], -1), phone, count)
    owned = (owner[phone] >= 0) & ~is_split[phone]
    person = np.select([label >= 0, owned, phone >= 0], [linked[label], owner[phone], linked[by_phone]], nobody)
    return People(email, phone, person, is_shared[phone], is_split[phone], decided)


def _first_rows(identifiers: pd.Series[Any]) -> Positions:
    """Find the first row of each identifier, in a type for three labels a row."""
    first = first_rows(arrow(identifiers))
    forget()
    return first.astype(narrowest(3 * len(first)))


def _owners(label: Positions, phone: Positions, count: int) -> tuple[Positions, Mask]:
    """Give each phone the label of one of its rows, and mark phones with several labels; the last slot is no phone."""
    owner = np.full(count + 1, -1, dtype=label.dtype)
    both = (label >= 0) & (phone >= 0)
    owner[phone[both]] = label[both]
    is_shared = np.zeros(count + 1, dtype=bool)
    is_shared[phone[both & (owner[phone] != label)]] = True
    return owner, is_shared


def _link_by_phone(linked: Positions, label: Positions, phone: Positions, closed: Positions) -> Positions:
    """Make one person of those who have the same phone, except the closed ones."""
    is_open = np.ones(len(linked), dtype=bool)
    is_open[closed] = False
    open_label = np.where((label >= 0) & is_open[label], label, -1)
    owner, _ = _owners(open_label, phone, phone.max(initial=-1) + 1)
    differs = (open_label >= 0) & (phone >= 0) & (owner[phone] != open_label)
    return link_labels(linked, owner[phone[differs]], open_label[differs])


def link_labels(labels: Positions, one: Positions, other: Positions) -> Positions:
    """Replace all labels that pairs connect by the lowest label among them."""
    while (labels[one] != labels[other]).any():
        left, right = labels[one], labels[other]
        np.minimum.at(labels, np.maximum(left, right), np.minimum(left, right))
        while (labels != labels[labels]).any():
            labels = labels[labels]
    return labels


def rank_rows(
    users: pd.DataFrame,
    rows: Positions,
    survivor: SurvivorRule,
    order: npt.NDArray[np.float64] | None = None,
) -> Positions:
    """Sort rows by preference; ties stay in source order.

    A row without a readable email comes after all that have one, and among those a closed account after the open ones.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized ``email``.
    rows : array of int
        Positions to sort, ascending.
    survivor : {"complete", "first", "last", "newest", "oldest"}
        The survivorship rule.
    order : array of float, optional
        Numbers that newest and oldest compare, one for each row of ``users``; NaN comes last.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["anna@example.org"] * 3, "phone": [None] * 3, "city": [None, "Lyon", "Oslo"]})
    >>> rank_rows(users, np.arange(3), "complete").tolist()
    [1, 2, 0]
    """
    key: npt.NDArray[Any]
    if survivor == "complete":
        counted = users.drop(columns=list(HELPERS), errors="ignore")
        key = -np.sum([mask_of(arrow(column).is_valid())[rows] for _, column in counted.items()], axis=0)
    elif order is not None:
        key = np.nan_to_num(-order[rows] if survivor == "newest" else order[rows], nan=np.inf)
    else:
        key = rows if survivor == "first" else -rows
    states = take_rows(arrow(users[ACCOUNT_STATE]), pa.array(rows)) if ACCOUNT_STATE in users else None
    closed = np.zeros(len(rows)) if states is None else is_inactive(states)
    return rows[np.lexsort((key, closed, users[EMAIL].isna().to_numpy(dtype=bool)[rows]))]


def preferred_rows(people: People, ranked: Positions) -> Positions:
    """Find the position of the preferred row of each person, by the person's code.

    ``ranked`` must hold every row of a person with several rows; it may lack the others.
    """
    person = people.person
    preferred = np.full(person.max(initial=-1) + 1, -1, dtype=person.dtype)
    preferred[person] = np.arange(len(person), dtype=person.dtype)
    preferred[person[ranked[::-1]]] = ranked[::-1]  # the last of several assignments to one place stays
    return preferred


def promote(people: People, ranked: Positions, chosen: Mask) -> Positions:
    """Move the chosen row of each person before the row that the rule prefers; the people stay in order."""
    person = people.person[ranked]
    place = np.full(people.person.max(initial=-1) + 1, len(ranked))
    np.minimum.at(place, person, np.arange(len(ranked)))
    first = np.where(chosen[ranked], place[person] - 0.5, np.arange(len(ranked)))
    return ranked[np.argsort(first, kind="stable")]


def cluster_rows(people: People, ranked: Positions) -> Clusters:
    """Group the rows of every person with two rows or more, in the order of preference."""
    survivor = preferred_rows(people, ranked)[people.person]
    rows = ranked[has_others(survivor[ranked])]
    rows = rows[np.argsort(survivor[rows], kind="stable")]
    return Clusters(rows, survivor[rows], np.cumsum(rows == survivor[rows]) - 1)

"""Who is one person: rows by identifier, clusters of rows, and the order in which a rule prefers them.

Everything is by position in a frame that is in source order, with integer codes (-1 is a blank), so that neither the
order in which the rows came in nor the spelling of a value decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from passage_kit.frames import EMAIL, HELPERS, PHONE, together

SurvivorRule = Literal["complete", "first", "last", "newest", "oldest"]
SURVIVOR_RULES: tuple[SurvivorRule, ...] = get_args(SurvivorRule)
BY_ORDER = ("newest", "oldest")

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class People:
    """Who each row is: code of its email, its phone and its person, and whether other people have its phone, too."""

    email: Positions
    phone: Positions
    person: Positions
    shared: Mask

    @property
    def has_email(self) -> Mask:
        """True where the row has an email."""
        has_email: Mask = self.email >= 0
        return has_email

    def at(self, rows: Mask) -> People:
        """Give the same people, some rows only."""
        return People(self.email[rows], self.phone[rows], self.person[rows], self.shared[rows])


@dataclass(frozen=True, slots=True)
class Clusters:
    """The rows of every person of two rows or more, person by person, the preferred row (the survivor) first."""

    rows: Positions
    survivor: Positions  # position of the survivor of each of the rows
    number: Positions  # 0 for the rows of the first cluster, 1, ...

    @property
    def survives(self) -> Mask:
        """True for the survivor of each cluster."""
        survives: Mask = self.rows == self.survivor
        return survives


def identify(users: pd.DataFrame, *, merge: bool = False) -> People:
    """Say who each row is: its email; else the one email that has its phone; else its phone; else nobody else.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalised ``email`` and ``phone``.
    merge : bool, default False
        Whether people with different emails and the same phone are one person.

    Returns
    -------
    People

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> users = users_frame({
    ...     "email": ["anna@example.org", "ben@example.org", None, None],
    ...     "phone": ["+14155550101", "+14155550102", "+14155550102", "+14155550103"],
    ... })
    >>> identify(users).person.tolist()
    [0, 1, 1, 4]
    """
    (email, emails), (phone, phones) = together(users[EMAIL].factorize, users[PHONE].factorize)
    owner = np.full(len(phones) + 1, -1)  # of each phone the email of one row; the last slot is that of the blank, -1
    both = (email >= 0) & (phone >= 0)
    owner[phone[both]] = email[both]
    differs = both & (owner[phone] != email)
    is_shared = np.zeros(len(phones) + 1, dtype=bool)
    is_shared[phone[differs]] = True
    shared = is_shared[phone]
    linked = np.arange(len(emails) + 1)
    if merge:
        linked = _link(linked, owner[phone[differs]], email[differs])
    owned = (owner[phone] >= 0) & (merge | ~shared)
    nobody = len(emails) + len(phones) + np.arange(len(users))
    person = np.select(
        [email >= 0, owned, phone >= 0], [linked[email], linked[owner[phone]], len(emails) + phone], nobody
    )
    return People(email, phone, person, shared)


def _link(labels: Positions, one: Positions, other: Positions) -> Positions:
    """Give all labels that are connected by pairs the lowest label among them."""
    while (labels[one] != labels[other]).any():
        left, right = labels[one], labels[other]
        np.minimum.at(labels, np.maximum(left, right), np.minimum(left, right))
        while (labels != labels[labels]).any():
            labels = labels[labels]
    return labels


def rank_rows(
    users: pd.DataFrame,
    people: People,
    rows: Positions,
    survivor: SurvivorRule,
    order: npt.NDArray[np.float64] | None = None,
) -> Positions:
    """Sort rows by preference. A row without email comes after all that have one; ties stay in source order.

    Parameters
    ----------
    users, people
        A users frame and who its rows are.
    rows : array of int
        Positions to sort, ascending.
    survivor : {"complete", "first", "last", "newest", "oldest"}
        The survivorship rule.
    order : array of float, optional
        What newest and oldest compare, one for each row of ``users``; NaN comes last.

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> users = users_frame({"email": ["anna@example.org"] * 3, "phone": [None] * 3, "city": [None, "Lyon", "Oslo"]})
    >>> rank_rows(users, identify(users), np.arange(3), "complete").tolist()
    [1, 2, 0]
    """
    key: npt.NDArray[Any]
    if survivor == "complete":
        counted = users.drop(columns=list(HELPERS), errors="ignore").iloc[rows]
        key = -counted.notna().sum(axis=1).to_numpy()
    elif order is not None:
        key = np.nan_to_num(-order[rows] if survivor == "newest" else order[rows], nan=np.inf)
    else:
        key = rows if survivor == "first" else -rows
    return rows[np.lexsort((key, ~people.has_email[rows]))]


def preferred_rows(people: People, ranked: Positions) -> Positions:
    """Give the position of the preferred row of each person, by the person's code.

    Every row of a person with several rows has to be ranked; the others need not be.
    """
    preferred = np.full(people.person.max(initial=-1) + 1, -1)
    preferred[people.person] = np.arange(len(people.person))
    preferred[people.person[ranked[::-1]]] = ranked[::-1]  # of several assignments to one place the last one stays
    return preferred


def cluster_rows(people: People, ranked: Positions) -> Clusters:
    """Put the rows of every person of two rows or more together, in the order of preference."""
    survivor = preferred_rows(people, ranked)[people.person]
    rows = ranked[np.bincount(survivor)[survivor[ranked]] > 1]
    rows = rows[np.argsort(survivor[rows], kind="stable")]
    return Clusters(rows, survivor[rows], np.cumsum(rows == survivor[rows]) - 1)

"""Phones that people with different emails have: their people are rejected, or the phones withheld."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.users_frame import PHONE, as_text, blanked
from passage_kit.duplicates.clusters import People, preferred_rows
from passage_kit.findings.findings import make_findings


def reject_shared(users: pd.DataFrame, people: People) -> tuple[Mask, pd.DataFrame]:
    """Reject every row of the people who share a phone; a row with nothing but that phone is not one of them."""
    sharing = people.can_get_mail & people.split
    hit = np.zeros(people.person.max(initial=-1) + 1, dtype=bool)
    hit[people.person[sharing]] = True
    rejected: Mask = hit[people.person]
    detail = np.where(sharing, "people with different emails have it", "another row of this person has a shared phone")
    findings = make_findings(
        users.index[rejected],
        field=PHONE,
        value=users[PHONE].where(sharing)[rejected],
        code="shared_phone",
        effect="rejected",
        detail=detail[rejected],
    )
    return rejected, findings


def withhold_shared(
    users: pd.DataFrame, people: People, ranked: Positions, *, to_survivor: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Blank the shared phones of the people who have an email, but for the one whom a phone is left to."""
    can_get_mail = people.can_get_mail
    sharing = np.flatnonzero(people.split & can_get_mail)
    preferred = preferred_rows(people, ranked)
    keeper = np.full(people.phone.max(initial=-1) + 1, -1)  # person whom each phone is left to
    if to_survivor:
        rank = np.empty(len(users), dtype=np.int64)
        rank[ranked] = np.arange(len(ranked))
        best_last = sharing[np.argsort(-rank[preferred[people.person[sharing]]])]
        keeper[people.phone[best_last]] = people.person[best_last]
    alone = people.split & ~can_get_mail
    keeper[people.phone[alone]] = people.person[alone]
    left_to = keeper[people.phone[sharing]]
    withheld = left_to != people.person[sharing]
    sharing, left_to = sharing[withheld], left_to[withheld]
    findings = make_findings(
        users.index[sharing],
        field=PHONE,
        value=users[PHONE].iloc[sharing],
        code="shared_phone",
        detail=_sharing_detail(users, people, sharing, np.where(left_to < 0, -1, preferred[left_to])),
    )
    blank = np.zeros(len(users), dtype=bool)
    blank[sharing] = True
    return users.assign(**{PHONE: blanked(users[PHONE], blank)}), findings


def _sharing_detail(users: pd.DataFrame, people: People, sharing: Positions, keeper: Positions) -> pa.Array:
    """Say who has the phone of each row now: the row it is left to, or nobody of so many people."""
    phone, person = people.phone[sharing], people.person[sharing]
    codes = person.max(initial=-1) + 1
    pairs = np.sort(phone * codes + person)  # one number for each two
    pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
    count = np.bincount(pairs // max(codes, 1))[phone]
    nobody = pc.binary_join_element_wise(as_text(count), "people with different emails have it", " ")
    somebody = pc.binary_join_element_wise("left to row", as_text(users.index.to_numpy()[keeper]), " ")
    return pc.if_else(pa.array(keeper < 0), nobody, somebody)

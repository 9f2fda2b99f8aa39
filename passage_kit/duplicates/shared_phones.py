"""Phones that people with different emails share: rejection of the people, or withholding of the phones."""

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
    """Reject every row of the people who share a phone; a row that has only that phone stays."""
    sharing = people.can_get_mail & people.split
    hit = np.zeros(people.person.max(initial=-1) + 1, dtype=bool)
    hit[people.person[sharing]] = True
    rejected: Mask = hit[people.person]
    shares = np.full(len(hit), -1)  # for each person, a row that has a shared phone
    shares[people.person[sharing]] = np.flatnonzero(sharing)
    speaks = np.where(sharing, np.arange(len(users)), shares[people.person])[rejected]
    findings = make_findings(
        users.index[rejected],
        field=PHONE,
        value=users[PHONE].where(sharing)[rejected],
        code="shared_phone",
        effect="rejected",
        other_row=pa.array(users.index.to_numpy()[speaks], mask=sharing[rejected]),
        argument=_people_with(people, np.flatnonzero(sharing)).take(pa.array(np.cumsum(sharing)[speaks] - 1)),
    )
    return rejected, findings


def withhold_shared(
    users: pd.DataFrame, people: People, ranked: Positions, *, to_survivor: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Blank the shared phones of the people who have an email, except for the person who keeps the phone."""
    can_get_mail = people.can_get_mail
    sharing = np.flatnonzero(people.split & can_get_mail)
    preferred = preferred_rows(people, ranked)
    keeper = np.full(people.phone.max(initial=-1) + 1, -1, dtype=people.person.dtype)  # person who keeps each phone
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
        other_row=pa.array(users.index.to_numpy()[preferred[left_to]], mask=left_to < 0),
        argument=pc.if_else(pa.array(left_to < 0), _people_with(people, sharing), None),
    )
    blank = np.zeros(len(users), dtype=bool)
    blank[sharing] = True
    return users.assign(**{PHONE: blanked(users[PHONE], blank)}), findings


def _people_with(people: People, sharing: Positions) -> pa.Array:
    """Count the people with different emails who have the phone of each row, as text."""
    phone, person = (codes[sharing].astype(np.int64) for codes in (people.phone, people.person))
    codes = person.max(initial=-1) + 1
    pairs = np.sort(phone * codes + person)  # one number for each two
    pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
    return as_text(np.bincount(pairs // max(codes, 1))[phone])

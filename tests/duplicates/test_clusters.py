"""Clusters: who is one person, and in which order a rule prefers the rows."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates import clusters
from passage_kit.duplicates.clusters import cluster_rows, identify, preferred_rows, rank_rows

ANNA, BEN = "anna@example.org", "ben@example.org"
ONE, TWO = "+14155550101", "+14155550102"


def persons(*rows: tuple[str | None, str | None], merge: bool = False) -> list[set[int]]:
    """Rows (from 1) of each person, in the order of their first row."""
    users = users_frame({"email": [row[0] for row in rows], "phone": [row[1] for row in rows]})
    groups: dict[int, set[int]] = {}
    for row, person in zip(users.index, identify(users, merge=merge).person, strict=True):
        groups.setdefault(person, set()).add(row)
    return list(groups.values())


def test_persons_by_email_then_by_phone() -> None:
    assert persons((ANNA, None), (None, ONE), (ANNA, ONE), (None, TWO), (None, TWO)) == [{1, 2, 3}, {4, 5}]


def test_nothing_in_common_is_nobody_else() -> None:
    assert persons((None, None), (None, None), (ANNA, None), (BEN, None)) == [{1}, {2}, {3}, {4}]


def test_shared_phone_joins_people_only_when_asked() -> None:
    rows = [(ANNA, ONE), (BEN, ONE), (None, ONE), (None, ONE)]
    assert persons(*rows) == [{1}, {2}, {3, 4}]
    assert persons(*rows, merge=True) == [{1, 2, 3, 4}]


def test_shared_is_said_of_every_row_that_has_the_phone() -> None:
    users = users_frame({"email": [ANNA, BEN, None, ANNA], "phone": [ONE, ONE, ONE, TWO]})
    assert identify(users).shared.tolist() == [True, True, True, False]


@pytest.mark.parametrize("seed", range(5))
def test_long_chains_of_shared_phones(seed: int) -> None:
    count = 300
    emails = [f"user{at}@example.org" for at in range(count)]
    random = np.random.default_rng(seed)
    random.shuffle(emails)
    phones = [f"+1415555{at:04}" for at in range(count)]
    rows = [*zip(emails, phones, strict=True), *zip(emails[1:], phones, strict=False)]
    random.shuffle(rows)
    assert len(persons(*rows, merge=True)) == 1
    assert len(persons(*rows)) == count


@pytest.mark.parametrize("merge", [True, False])
def test_half_the_bytes_say_the_same(merge: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(1)
    users = users_frame({
        "email": draw.choice(np.array([None, *(f"user{at}@example.org" for at in range(80))], object), 300),
        "phone": draw.choice(np.array([None, *(f"+141555501{at:02}" for at in range(60))], object), 300),
    })  # fmt: skip
    narrow = identify(users, merge=merge)
    monkeypatch.setattr(clusters, "narrowest", lambda most: np.int64)
    wide = identify(users, merge=merge)
    for field in fields(narrow):
        one, other = getattr(narrow, field.name), getattr(wide, field.name)
        assert one.tolist() == other.tolist()
        assert one.itemsize == (1 if one.dtype == bool else 4)
    ranked = rank_rows(users, np.arange(300), "complete")
    assert preferred_rows(narrow, ranked).tolist() == preferred_rows(wide, ranked).tolist()


def test_rows_with_email_are_preferred_whatever_the_rule_says() -> None:
    users = users_frame({"email": [None, ANNA, ANNA], "phone": [ONE, ONE, None], "city": ["Lyon", None, None]})
    order = np.array([3.0, np.nan, 1.0])
    ranked = {rule: rank_rows(users, np.arange(3), rule).tolist() for rule in ("complete", "first", "last")}
    assert ranked == {"complete": [1, 2, 0], "first": [1, 2, 0], "last": [2, 1, 0]}
    for rule in ("newest", "oldest"):
        assert rank_rows(users, np.arange(3), rule, order).tolist() == [2, 1, 0]


def test_clusters_hold_the_survivor_first_and_leave_out_who_is_alone() -> None:
    users = users_frame({"email": [ANNA, BEN, ANNA, BEN, None], "phone": [None, None, None, None, ONE]})
    people = identify(users)
    ranked = rank_rows(users, np.arange(5), "last")
    found = cluster_rows(people, ranked)
    assert found.rows.tolist() == [2, 0, 3, 1]
    assert found.survivor.tolist() == [2, 2, 3, 3]
    assert found.number.tolist() == [0, 0, 1, 1]
    assert found.survives.tolist() == [True, False, True, False]
    assert sorted(set(preferred_rows(people, ranked)) - {-1}) == [2, 3, 4]

"""The comparison in SQL against one that looks at each row by itself, on random tables."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.api.answers import PassageUser
from passage_kit.drift.comparison import Comparison, TableRow
from passage_kit.drift.kinds import Values, judge
from passage_kit.errors import OutputError

IDS = st.sampled_from(["A", "B", "C", "D"])
EMAILS = st.sampled_from([None, "a@x.org", "b@x.org", "c@x.org"])
PHONES = st.sampled_from([None, "+14155550101", "+14155550102"])
RAW = st.sampled_from([None, "bad"])
FLAGS = st.booleans()


@st.composite
def tables(draw):
    rows = []
    for number in range(draw(st.integers(0, 6))):
        email, phone = draw(EMAILS), draw(PHONES)
        raw = email or draw(RAW), phone or draw(RAW)
        is_open = draw(st.sampled_from([None, True, False]))
        rows.append(TableRow(f"[{number}]", str(number), draw(st.none() | IDS), email, phone, *raw, is_open))
    return rows


USERS = st.lists(
    st.builds(
        PassageUser,
        id=IDS,
        email=EMAILS.map(lambda it: it or ""),
        phone=PHONES.map(lambda it: it or ""),
        status=st.sampled_from(["active", "inactive", "pending"]),
        email_verified=FLAGS,
        phone_verified=FLAGS,
    ),
    max_size=5,
    unique_by=lambda user: user.id,
)
PREPARED = st.lists(st.tuples(IDS, EMAILS, PHONES, FLAGS, FLAGS), max_size=4, unique_by=lambda it: it[0])
DISPOSITIONS = st.dictionaries(st.sampled_from("012345"), st.sampled_from(["absorbed", "rejected"]), max_size=2)


def naive(rows, users, prepared, known, fields, trust):
    """What differs, found by looking at every row and every user in turn."""
    by_id, was = {user.id: user for user in users}, {it[0]: it for it in prepared}
    going = [row for row in rows if known.get(row.key) != "absorbed"]
    loose = [row for row in rows if row.id not in by_id]
    candidates = {
        row.key: {
            user.id
            for user in users
            if (row.email and user.email == row.email) or (row.phone and user.phone == row.phone)
        }
        if row in going
        else set()
        for row in loose
    }
    held = {row.id for row in rows if row.id}
    found, withheld, quiet = set(), 0, set()
    for row in going:
        if row.id not in by_id:
            continue
        user = by_id[row.id]
        if sum(other.id == row.id for other in going) > 1:
            found.add((row.key, "id_twice", "", "table"))
            continue
        for at, name in enumerate(("email", "phone")):
            mine, theirs = getattr(row, name), getattr(user, name) or None
            if name in fields and mine != theirs:
                entry = was.get(row.id)
                before, corrected = (entry[1 + at], entry[3 + at]) if entry else (None, False)
                verified = getattr(user, f"{name}_verified")
                raw = getattr(row, f"raw_{name}")
                values = Values(raw, mine, theirs, before, entry is not None, corrected, verified)
                judged = judge(values, trust)
                withheld += judged is None
                if judged:
                    found.add((row.key, judged[0], name, judged[1]))
        if row.open is not None and row.open != (user.status != "inactive"):
            found.add((row.key, "status", "", "decide"))
    for row in loose:
        mine, state = candidates[row.key], known.get(row.key)
        if row.id:
            found.add((row.key, "id_unknown", "", "decide"))
        elif state == "absorbed" or (state == "rejected" and not mine):
            quiet.add(row.key)
        elif not mine:
            reachable = row.email or row.phone
            found.add(
                (row.key, "not_in_passage", "", "passage") if reachable else (row.key, "no_identifier", "", "table")
            )
        elif len(mine) > 1:
            found.add((row.key, "two_users", "", "decide"))
        else:
            [user] = mine
            taken = user in held or sum(user in others for others in candidates.values()) > 1
            found.add((row.key, "second_row", "", "decide") if taken else (row.key, "id_missing", "", "table"))
    wanted = held.union(*candidates.values())
    found |= {(user.id, "not_in_table", "", "table") for user in users if user.id not in wanted}
    quiet |= {row.key for row in rows if known.get(row.key) == "absorbed" and row.id in by_id}
    return found, withheld, quiet


@given(
    rows=tables(),
    users=USERS,
    prepared=PREPARED,
    known=DISPOSITIONS,
    fields=st.sampled_from([("email",), ("email", "phone")]),
    trust=st.sampled_from([None, "table", "passage"]),
)
def test_the_comparison_is_the_naive_one_and_loses_no_row(rows, users, prepared, known, fields, trust):
    with Comparison() as comparison:
        comparison.add_rows(rows)
        comparison.add_users(users)
        comparison.add_prepared(prepared)
        comparison.add_dispositions(known.items())
        found = list(comparison.differences(fields, trust))
        expected, withheld, quiet = naive(rows, users, prepared, known, fields, trust)
        assert {(it.key or it.passage_id, it.kind, it.field, it.side) for it in found} == expected
        assert len(found) == len(expected)
        counted = comparison.known()
        assert counted["withheld"] == withheld
        assert counted["absorbed"] + counted["rejected"] == len(quiet)
        assert not quiet & {it.key for it in found}
        assert {it.at for it in found if it.at} <= set(range(1, len(rows) + 1))


def test_a_full_disk_is_said(monkeypatch):
    with Comparison() as comparison:
        comparison._database.execute("PRAGMA max_page_count = 20")
        with pytest.raises(OutputError, match="TMPDIR"):
            comparison.add_rows(TableRow(f"[{n}]", str(n), None, f"user{n}@example.org", None) for n in range(9_000))
    with pytest.raises(sqlite3.ProgrammingError):
        comparison._database.execute("SELECT 1")


def test_a_user_on_two_pages_counts_once_and_as_the_later_page_has_it():
    first, later = (PassageUser("IdA", email, status="active") for email in ("old@example.org", "New@Example.org"))
    with Comparison() as comparison:
        comparison.add_rows([TableRow("[1]", "1", "IdA", "new@example.org", None)])
        comparison.add_users([first])
        comparison.add_users([later])
        assert comparison.counts() == (1, 1)
        assert list(comparison.differences(("email",))) == []

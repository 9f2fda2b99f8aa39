"""The rule of linking: by a verified email that one row has, once; never by a phone alone; else held or created."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.golive import LinkNote, Match, PassagePerson
from passage_kit.golive.linking import decide, lowered

ID = "9DeEXvYBStnzwQcHFd6f558L"
EMAIL, PHONE = "anna@example.org", "+12025550123"
ANNA = PassagePerson(ID, email=EMAIL, email_verified=True, phone=PHONE, phone_verified=True)
KIM = PassagePerson(ID, email="kim@example.org", email_verified=True)
ZOE = PassagePerson(ID, email="zo\u00eb@example.org", email_verified=True)
UNPROVED = PassagePerson(ID, email=EMAIL, phone=PHONE, phone_verified=True)


@pytest.mark.parametrize(
    ("person", "matches", "kind", "reason"),
    [
        (ANNA, [], "create", "nobody_has_the_identifiers"),
        (ANNA, [Match(1, email=EMAIL)], "link", "verified_email"),
        (ANNA, [Match(1, email="ANNA@Example.ORG", phone="+1")], "link", "verified_email"),
        (ANNA, [Match(1, email=EMAIL), Match(2, phone=PHONE)], "link", "verified_email"),
        (UNPROVED, [Match(1, email=EMAIL)], "hold", "email_not_verified"),
        (UNPROVED, [Match(1, email=EMAIL, phone=PHONE)], "hold", "email_not_verified"),
        (ANNA, [Match(1, email=EMAIL), Match(2, email=EMAIL)], "hold", "several_rows"),
        (ANNA, [Match(1, "other", email=EMAIL)], "hold", "row_has_another_id"),
        (ANNA, [Match(1, phone=PHONE)], "hold", "phone_alone"),
        (ANNA, [Match(1, email="else@example.org", phone=PHONE)], "hold", "phone_alone"),
        (PassagePerson(ID, phone=PHONE, phone_verified=True), [Match(1, phone=PHONE)], "hold", "phone_alone"),
        (PassagePerson(ID), [], "create", "nobody_has_the_identifiers"),
        # a row that the database takes for the same, though it is another address
        (ANNA, [Match(1, email="änna@example.org")], "create", "nobody_has_the_identifiers"),
        (KIM, [Match(1, email="\u212aim@example.org")], "hold", "spelling_differs"),
        (ANNA, [Match(1, email=f"{EMAIL} ")], "hold", "spelling_differs"),
        (ZOE, [Match(1, email="zoe\u0308@example.org")], "hold", "spelling_differs"),
        # the row with the very address may be behind those that were read
        (ANNA, [Match(key, email=f"{sign}nna@example.org") for key, sign in enumerate("äáà")], "hold", "several_rows"),
        (ANNA, [Match(key, email=f"{key}@example.org", phone=PHONE) for key in range(3)], "hold", "phone_alone"),
    ],
)  # fmt: skip
def test_the_rule(person, matches, kind, reason):
    choice = decide(person, matches)
    assert (choice.kind, choice.reason) == (kind, reason)
    assert choice.key == (1 if kind == "link" else None)


@pytest.mark.parametrize(
    ("events", "kind", "reason"),
    [
        (["linked"], "link", "verified_email"),  # the application has taken the id away since
        (["held"], "link", "verified_email"),  # the email has been verified since
        (["linked", "undone"], "hold", "undone"),
        (["undone", "held"], "hold", "undone"),
        (["held", "released"], "create", "released"),
        (["released", "undone"], "hold", "undone"),
    ],
)
def test_what_a_person_decided_holds(events, kind, reason):
    choice = decide(ANNA, [Match(1, email=EMAIL)], [LinkNote(ID, event) for event in events])
    assert (choice.kind, choice.reason) == (kind, reason)


addresses = st.sampled_from([EMAIL, "Anna@example.org", "bob@example.org", "\u212aim@example.org", None])
people = st.builds(
    PassagePerson,
    st.just(ID),
    email=st.sampled_from([EMAIL, "bob@example.org", "kim@example.org", ""]),
    email_verified=st.booleans(),
    phone=st.sampled_from([PHONE, ""]),
    phone_verified=st.booleans(),
)
tables = st.lists(
    st.tuples(st.sampled_from([None, "other"]), addresses, st.sampled_from([PHONE, "+1", None])), max_size=5
).map(lambda rows: [Match(number, *row) for number, row in enumerate(rows)])


@given(people, tables)
def test_a_link_is_always_to_the_one_row_with_the_verified_email_and_without_an_id(person, matches):
    choice = decide(person, matches)
    having = [match for match in matches if person.email and lowered(match.email) == person.email]
    if choice.kind == "link":
        assert person.email_verified
        assert [match.key for match in having] == [choice.key]
        assert having[0].passage_id is None
    if choice.kind == "create":
        assert not having
        assert not any(person.phone and match.phone == person.phone for match in matches)


@given(people, tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(person, matches, random):
    shuffled = random.sample(matches, len(matches))
    assert decide(person, matches) == decide(person, shuffled)

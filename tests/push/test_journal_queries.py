import pytest
from pushing import see

from passage_kit.push.journal import Done, Journal
from passage_kit.push.journal_queries import OUTCOMES, UNCHANGED, Claim, ToDo


def test_of_many_identifiers_every_one_is_found(tmp_path):
    emails = {row: f"person{row}@example.org" for row in range(1, 1_203)}  # more than one question can ask for
    journal = Journal(tmp_path / "push.sqlite", b"k" * 32)
    journal.load([[(row, email, None) for row, email in emails.items()]])
    digests = {row: journal.digest(email) for row, email in emails.items()}
    assert journal.rows_of([*digests.values()]) == {digest: row for row, digest in digests.items()}
    journal.commit(done=[Done(row, "created", f"p{row}") for row in emails])
    first = journal.created()
    assert [row for row, *_ in [*first, *journal.created(first[-1][0])]] == [*emails]
    journal.close()


def test_who_is_to_be_done_and_how(journal):
    assert journal.to_do(1, 3, update=False) == dict.fromkeys((1, 2, 3), ToDo(False, None, False))
    assert journal.left(update=False) == {"unsettled": 0, "adopted": 0, "taken": 0, "found": 0, "new": 3}
    journal.commit(creating=[1])
    see(journal, "p2", email="bo@example.org")
    assert journal.to_do(1, 2, update=False) == {1: ToDo(True, None, False), 2: ToDo(False, "p2", False)}
    assert journal.left(update=False) == {"unsettled": 1, "adopted": 0, "taken": 0, "found": 1, "new": 1}


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([("p", "anna@example.org", None)], ToDo(False, "p", False)),
        ([("p", "anna@example.org", "+12025550101")], ToDo(False, "p", False)),
        ([("p", "anna@example.org", "+12025559999")], ToDo(False, "p", False)),
        ([("p", None, "+12025550101")], ToDo(False, "p", False)),
        ([("p", "other@example.org", "+12025550101")], ToDo(False, "p", True)),
        ([("p", "anna@example.org", None), ("q", None, "+12025550101")], ToDo(False, "p", True)),
        ([("q", "other@example.org", "+12025550101"), ("p", "anna@example.org", None)], ToDo(False, "p", True)),
    ],
)
def test_whom_the_identifiers_belong_to(journal, there, expected):
    for user in there:
        see(journal, *user)
    assert journal.to_do(1, 1, update=False) == {1: expected}


def test_a_phone_alone_is_the_person_who_has_it_whatever_the_email(journal):
    see(journal, "p", "cy@example.org", "+12025550103")
    assert journal.to_do(3, 3, update=False) == {3: ToDo(False, "p", False)}


def test_who_is_done_is_not_to_be_done_but_unknown_is(journal):
    journal.commit(creating=[1, 2, 3])
    journal.commit(done=[Done(1, "created", "p1"), Done(2, "unknown"), Done(3, "existing", "p3")])
    assert journal.to_do(1, 3, update=False) == {2: ToDo(True, None, False)}
    assert journal.to_do(1, 3, update=True) == {2: ToDo(True, None, False), 3: ToDo(False, "p3", False)}
    journal.commit(done=[Done(3, "existing", "p3", UNCHANGED)])
    assert journal.to_do(3, 3, update=True) == {}
    assert journal.settled(update=False) == {**dict.fromkeys(OUTCOMES, 0), "created": 1, "existing": 1}


def test_who_is_about_to_be_updated_is_found_and_not_unsettled(journal):
    journal.commit(updating=[(1, "p1")])
    journal.commit(updating=[(2, "p2")], done=[Done(2, "unknown")])
    assert journal.to_do(1, 2, update=True) == {1: ToDo(False, "p1", False), 2: ToDo(False, "p2", False)}
    assert journal.left(update=True) == {"unsettled": 0, "adopted": 0, "taken": 0, "found": 2, "new": 1}


def test_claims_are_those_of_users_who_are_not_settled(journal):
    journal.commit(creating=[1, 2])
    journal.claim([Claim(1, "imported", "p1", (1.5, 2.5)), Claim(2, "existing", None, None)])
    assert journal.claims(1, 3) == {1: (1, "imported", "p1", (1.5, 2.5)), 2: (2, "existing", None, None)}
    assert journal.has_claims
    journal.commit(done=[Done(1, "created", "p1"), Done(2, "existing", "p2")])
    assert (journal.claims(1, 3), journal.has_claims) == ({}, False)

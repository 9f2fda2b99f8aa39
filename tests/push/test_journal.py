import os
import sqlite3
import stat
from contextlib import closing

import pytest
from pushing import JOURNAL_USERS as USERS
from pushing import see

from passage_kit.errors import JournalError
from passage_kit.push.journal import CONFLICT, Done, Journal
from passage_kit.push.journal_queries import LACKING, SENT, ToDo
from passage_kit.push.journal_tables import CONTRADICTED


def test_it_holds_neither_email_nor_phone_and_is_its_owners_alone(journal, tmp_path):
    journal.commit(creating=[1], done=[Done(1, "created", "p1")])
    files = list(tmp_path.glob("push.sqlite*"))
    assert tmp_path / "push.sqlite" in files
    for path in files:
        data = path.read_bytes()
        assert not any(value.encode() in data for _, *values in USERS for value in values if value)
        assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert journal.digest("Anna@example.org") == journal.digest("anna@example.org") != journal.digest("bo@example.org")
    assert journal.digest("") is journal.digest(None) is None


def test_another_secret_makes_the_digests_anew_and_keeps_the_outcomes(journal, tmp_path):
    journal.commit(done=[Done(2, "created", "p2")])
    other = Journal(tmp_path / "push.sqlite", b"l" * 32)
    other.load([USERS])
    assert other.counts()["created"] == 1
    assert other.rows_of([other.digest("anna@example.org")]) == {other.digest("anna@example.org"): 1}
    other.close()


def test_of_two_rows_with_one_identifier_the_second_fails(tmp_path):
    journal = Journal(tmp_path / "push.sqlite", b"k" * 32)
    journal.load([[*USERS, (4, "bo@example.org", "+12025550104"), (5, None, "+12025550101")]])
    assert journal.failures() == [(4, "failed", CONFLICT), (5, "failed", CONFLICT)]
    assert journal.codes() == {CONFLICT: 2}
    journal.open_failed()
    assert journal.codes() == {CONFLICT: 2}
    journal.close()


def test_who_failed_is_as_if_not_sent(journal):
    see(journal, "p", "other@example.org", "+12025550101")
    journal.commit(creating=[1, 2, 3])
    journal.commit(done=[Done(1, "failed", "p1", CONFLICT), Done(2, "created", "p2"), Done(3, "unknown")])
    journal.open_failed()
    assert journal.to_do(1, 3, update=False) == {1: ToDo(False, None, False), 3: ToDo(True, None, False)}
    assert journal.left(update=False) == {"unsettled": 1, "adopted": 0, "taken": 0, "found": 0, "new": 1}


def test_what_is_undone_is_as_if_it_had_never_been_and_written_down(journal, tmp_path):
    journal.commit(creating=[1, 2])
    journal.commit(done=[Done(1, "created", "p1", attempts=2), Done(2, "existing", "p2")])
    assert [(row, passage_id) for row, passage_id, _, _ in journal.created()] == [(1, "p1")]
    assert journal.ids_of([1, 2]) == {"p1"}
    journal.undo([(1, "p1")])
    assert journal.outcomes(1, 3) == {2: ("existing", "p2")}
    assert journal.to_do(1, 1, update=False) == {1: ToDo(False, None, False)}
    with closing(sqlite3.connect(tmp_path / "push.sqlite")) as file:
        assert file.execute("SELECT source_row, passage_id FROM undone").fetchall() == [(1, "p1")]


def test_what_was_seen_is_forgotten_for_those_who_are_still_to_be_sent(journal):
    see(journal, "p1", email="anna@example.org")
    see(journal, "p2", email="bo@example.org")
    journal.commit(done=[Done(2, "existing", "p2")])
    journal.forget_seen()
    assert journal.left(update=False)["found"] == 0


def test_facts(journal):
    journal.note(app_id="a", target="b")
    journal.note(app_id="c")
    journal.forget("target")
    assert {name: value for name, value in journal.facts.items() if name != "digest_check"} == {"app_id": "c"}


def test_it_can_be_put_aside(journal, tmp_path):
    journal.note(app_id="a")
    journal.start_anew(tmp_path / "former.sqlite")
    assert journal.facts == {}
    former = Journal(tmp_path / "former.sqlite", b"k" * 32)
    assert former.facts["app_id"] == "a"
    former.close()


def test_a_file_that_is_no_journal_is_said(tmp_path):
    (tmp_path / "push.sqlite").write_text("not a database, but a text of some length" * 99)
    with pytest.raises(JournalError, match="not a database"):
        Journal(tmp_path / "push.sqlite", b"k" * 32)


def test_an_id_that_two_rows_have_is_neithers(journal):
    journal.commit(creating=[1, 2, 3])
    assert journal.commit(done=[Done(1, "created", "p1")]) == set()
    assert journal.commit(done=[Done(2, "created", "p1"), Done(3, "created", "p3")]) == {1, 2}
    assert journal.outcomes(1, 3) == {1: ("unknown", None), 2: ("unknown", None), 3: ("created", "p3")}
    assert journal.commit(done=[Done(1, "adopted", "p1")]) == {1}, "as long as it is not taken up anew"
    assert journal.codes() == {CONTRADICTED: 2}
    assert journal.to_do(1, 2, update=False) == dict.fromkeys((1, 2), ToDo(True, None, False))
    journal.open_failed()
    assert journal.commit(done=[Done(1, "adopted", "p1")]) == set()


def test_two_rows_of_one_commit_cannot_have_one_id(journal):
    assert journal.commit(done=[Done(1, "existing", "p"), Done(2, "existing", "p")]) == {1, 2}
    assert journal.commit(updating=[(1, "q")], done=[Done(2, "existing", "q")]) == {1, 2}
    with closing(sqlite3.connect(journal.path)) as file, pytest.raises(sqlite3.IntegrityError):
        file.execute("UPDATE users SET passage_id = 'q'")


@pytest.mark.parametrize("email", ["bo@example.org", "stranger@example.org"])
def test_a_created_user_cannot_have_an_id_that_was_seen(journal, email):
    see(journal, "p", email=email)
    wrong = journal.commit(done=[Done(1, "created", "p")])
    assert wrong == ({1, 2} if email == "bo@example.org" else {1})
    assert journal.commit(done=[Done(3, "created", "q")]) == set()


def test_an_id_that_was_seen_with_two_users_is_nobodys(journal):
    see(journal, "p", email="anna@example.org")
    see(journal, "p", email="anna@example.org")  # once more on the next page
    assert journal.contradict_seen() == set()
    see(journal, "p", email="stranger@example.org")
    assert journal.contradict_seen() == {1}
    assert journal.to_do(1, 1, update=False) == {1: ToDo(True, None, False)}


def test_a_phone_of_somebody_who_has_the_email_of_another_row_is_taken(journal):
    see(journal, "p", "bo@example.org", "+12025550103")
    assert journal.to_do(2, 3, update=False) == {2: ToDo(False, "p", False), 3: ToDo(False, "p", True)}


def test_who_is_adopted_stays_so_until_undone(journal):
    journal.commit(creating=[1, 2, 3])
    journal.commit(done=[Done(1, "adopted", "p1", LACKING), Done(2, "adopted", "p2", SENT), Done(3, "adopted", "p3")])
    assert journal.adopted() == {"lacking": 1, "not_compared": 1}
    assert journal.to_do(1, 3, update=False) == {}
    assert journal.to_do(1, 3, update=True) == {row: ToDo(False, f"p{row}", False, True) for row in (1, 3)}
    assert journal.left(update=True)["adopted"] == 2
    journal.commit(done=[Done(1, "unknown")])
    assert journal.to_do(1, 1, update=False) == {1: ToDo(False, "p1", False, True)}
    assert journal.created() == []
    assert [row for row, *_ in journal.created(adopted=True)] == [2, 3]
    assert (journal.ids_of([2]), journal.ids_of([2], adopted=True)) == (set(), {"p2"})
    journal.undo([(3, "p3")])
    assert journal.to_do(3, 3, update=False) == {3: ToDo(False, None, False)}


def test_a_deletion_is_recorded_before_and_after(journal):
    journal.commit(done=[Done(1, "created", "p1"), Done(2, "created", "p2")])
    journal.deleting([1, 2])
    assert journal.half_deleted() == [(1, "p1"), (2, "p2")]
    journal.keep([1])
    journal.undo([(2, "p2")])
    assert journal.half_deleted() == []
    assert journal.outcomes(1, 2) == {1: ("created", "p1")}

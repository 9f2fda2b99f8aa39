"""The command ``passage-kit links``."""

import io
import json

import pytest
from servers import written
from signing_in import ID, Account, add, rows, store_of

from passage_kit.golive import LinkNote

HELD = "8CdDWuXASrmyvPbGEc5e447K"


@pytest.fixture
def store(sqlite, monkeypatch):
    monkeypatch.setenv("PASSAGE_DB_URL", written(sqlite))
    store = store_of(sqlite)
    [key, _] = add(store, Account(email="anna@example.org"), Account(email="bo@example.org"))
    store.link(key, LinkNote(ID, "linked", str(key), "verified_email"))
    store.note(LinkNote(HELD, "held", reason="several_rows"))
    return store


def test_those_to_decide_on_are_listed_and_the_others_counted(run, store):
    code, _, said = run("links", "--table", "accounts")
    assert code == 2
    assert "1  linked with the row that has the verified email" in said
    assert f"{HELD}  held" in said
    assert "several_rows" in said
    assert ID not in said
    assert "example.org" not in said


def test_the_summary_is_for_machines(run, store):
    _, out, _ = run("links", "--table", "accounts", "--all", "--json")
    found = json.loads(out)
    assert (found["counts"], found["to_decide"]) == ({"linked": 1, "held": 1}, 1)
    assert [(link["passage_id"], link["state"], link["row"]) for link in found["links"]] == [
        (ID, "linked", "1"), (HELD, "held", None),
    ]  # fmt: skip


def test_a_link_is_undone_after_a_look(run, store, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, said = run("links", "--table", "accounts", "--undo", ID, "--dry-run")
    assert (code, rows(store)[0][1]) == (0, ID)
    assert "is taken off the row 1 of accounts. This is a dry run" in said
    code, _, said = run("links", "--table", "accounts", "--undo", ID)  # nobody is there to agree
    assert (code, rows(store)[0][1]) == (2, ID)
    assert "Give --yes" in said
    code, out, _ = run("links", "--table", "accounts", "--undo", ID, "--yes", "--json")
    assert (code, json.loads(out)) == (0, {"passage_id": ID, "possible": True, "done": True})
    assert rows(store)[0][1] is None
    assert [note.event for note in store.notes(ID)] == ["linked", "undone"]
    code, _, said = run("links", "--table", "accounts", "--undo", ID, "--yes")
    assert (code, "No row of accounts has the Passage id" in said) == (2, True)


def test_a_hold_is_settled_with_a_row_or_a_new_one(run, store):
    code, _, said = run("links", "--table", "accounts", "--settle", HELD, "--row", "1", "--yes")
    assert (code, "has a Passage id" in said) == (2, True)
    code, _, _ = run("links", "--table", "accounts", "--settle", HELD, "--row", "2", "--yes")
    assert (code, rows(store)[1]) == (0, ("bo@example.org", HELD))
    code, _, said = run("links", "--table", "accounts", "--settle", "another", "--own-row", "--yes")
    assert (code, store.notes("another")) == (2, [])  # nobody of this id was held
    assert "Nobody with the Passage id another was held" in said
    store.note(LinkNote("another", "held"))
    code, _, said = run("links", "--table", "accounts", "--settle", "another", "--own-row", "--yes")
    assert (code, "gets a row of their own" in said) == (0, True)
    assert [note.event for note in store.notes("another")] == ["held", "released"]
    assert run("links", "--table", "accounts")[0] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--undo", ID, "--settle", HELD), "Give one at a time"),
        (("--settle", HELD), "--settle needs the user's row"),
        (("--settle", HELD, "--row", "1", "--own-row"), "--settle needs the user's row"),
        (("--own-row",), "Give --settle ID, too"),
        (("--settle", HELD, "--row", "seven"), "expected int"),
        (("--settle", HELD, "--row", "9" * 30), "expected int"),
    ],
)
def test_options_that_do_not_go_together_change_nothing(run, store, options, said):
    before = store.notes()
    code, _, told = run("links", "--table", "accounts", *options)
    assert code == 2
    assert said in told
    assert store.notes() == before


def test_nobody_is_said(run, sqlite):
    store_of(sqlite)
    assert run("links", "--table", "accounts", "--db", written(sqlite))[::2] == (
        0, "Nobody was linked, held or refused at a sign-in yet.\n",
    )  # fmt: skip

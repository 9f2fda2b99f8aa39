import pytest
from pushing import client_of, people, workspace_of

from passage_kit.push import discovery
from passage_kit.push.discovery import began, discover, rows_of, settle_by_list
from passage_kit.push.journal import Done
from passage_kit.push.journal_files import open_journal, take_up
from passage_kit.push.journal_queries import Claim, ToDo
from passage_kit.push.push_input import PushInput


@pytest.fixture
def begun(tmp_path, sandbox):
    """A journal with thirty users, its source, and the calls of a sandbox."""
    workspace = workspace_of(tmp_path / "m", people(30))
    with client_of(sandbox) as client, open_journal(workspace, made=True) as journal:
        take_up(journal, PushInput(workspace), client.api.credentials)
        yield journal, PushInput(workspace), client


@pytest.mark.parametrize("others", [0, 16_000])
def test_who_is_there_is_found_by_list_or_by_looking_up(begun, sandbox, others):
    journal, source, client = begun
    sandbox.add_users({"email": f"x{number}@example.org"} for number in range(others))
    [anna] = sandbox.add_users([{"email": "ann.0@example.org"}])
    sandbox.add_users([{"email": "ann.1@example.org"}, {"phone": "+12025550001"}])
    client.run(discover(client.api, journal, source, update=False))
    assert journal.to_do(1, 2, update=False) == {
        1: ToDo(False, anna, False),
        2: ToDo(False, journal.to_do(2, 2, update=False)[2].found, True),
    }
    assert journal.left(update=False)["new"] == 28
    assert bool(sandbox.requests["lookup"]) == bool(others)
    assert began(journal) is not None


def test_one_by_one_everybody_is_found_and_who_is_done_or_in_doubt_is_not_asked_for(begun, sandbox, monkeypatch):
    journal, source, client = begun
    users = people(30)
    sandbox.add_users({name: user[name] for name in ("email", "phone") if user.get(name)} for user in users)
    journal.commit(creating=[1, 2, 3])
    journal.commit(done=[Done(1, "created", "p1")])
    monkeypatch.setattr(discovery, "PAGE", 0)  # as if the app had far more users than we have
    client.run(discover(client.api, journal, source, update=False))
    assert journal.left(update=False) == {"unsettled": 2, "adopted": 0, "taken": 0, "found": 27, "new": 0}
    asked = [user[name] for user in users[3:] for name in ("email", "phone") if user.get(name)]
    assert sandbox.requests["lookup"] == len(asked) > 2 * client.api.concurrency


def test_the_push_began_when_it_was_first_run(begun, monkeypatch):
    journal, source, client = begun
    client.run(discover(client.api, journal, source, update=False))
    first = began(journal)
    monkeypatch.setattr("passage_kit.api.operations.Api.server_time", lambda _: first + 86_400)
    client.run(discover(client.api, journal, source, update=False))
    assert began(journal) == first


def test_who_may_have_been_sent_is_settled_by_the_list(begun, sandbox):
    journal, source, client = begun
    client.run(discover(client.api, journal, source, update=False))
    journal.commit(creating=[1, 2, 3])
    ids = sandbox.add_users([{"email": "ann.0@example.org"}, {"email": "ann.1@example.org"}])
    client.run(settle_by_list(client.api, journal))
    assert journal.outcomes(1, 30) == {1: ("adopted", ids[0])}
    assert set(journal.to_do(1, 3, update=False)) == {2, 3}, "row 2 has a phone that the other has not: it is looked up"


def test_rows_are_told_by_identifiers_in_any_case(begun):
    journal, _, _ = begun
    assert rows_of(["ANN.0@example.org", "nobody@example.org", ""], journal) == {"ANN.0@example.org": 1}


@pytest.mark.parametrize(
    ("kind", "claimed", "outcome"),
    [
        ("imported", "the id", "created"),
        ("imported", None, "created"),
        ("imported", "another", "unknown"),
        ("existing", "the id", "existing"),
    ],
)
def test_what_the_import_api_said_counts_if_the_list_agrees(begun, sandbox, kind, claimed, outcome):
    journal, source, client = begun
    client.run(discover(client.api, journal, source, update=False))
    journal.commit(creating=[1])
    [ident] = sandbox.add_users([{"email": "ann.0@example.org"}])
    now = client.get_user(ident).created_at.timestamp()
    ids = {"the id": ident, "another": "x" * 24, None: None}
    journal.claim([Claim(1, kind, ids[claimed], (now - 1.0, now + 1.0))])
    assert client.run(settle_by_list(client.api, journal)) == (outcome != "unknown")
    assert journal.outcomes(1, 1) == {1: (outcome, None if outcome == "unknown" else ident)}

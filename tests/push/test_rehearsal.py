import socket
import sys
from contextlib import contextmanager, suppress

import pytest
from pushing import client_of as client_of_sandbox
from pushing import people, workspace_of

import passage_kit as pk
from passage_kit.push.journal_files import open_journal
from passage_kit.push.rehearsal import KEY_FROM, SandboxClient, client_of


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return workspace_of(tmp_path / "m", people(6))


def test_what_was_rehearsed_can_be_verified_and_undone_later(workspace):
    with SandboxClient(workspace) as client:
        result = pk.push_users(workspace, client=client)
        assert (result.created, result.key_from, result.notes[0][:12]) == (6, "the sandbox", "The app answ")
    with client_of(workspace) as client:
        assert isinstance(client, SandboxClient)
        assert pk.verify_push(workspace, client=client).ok
    with client_of(workspace) as client:
        assert pk.undo_push(workspace, client=client).deleted == 6


def test_the_sandbox_has_the_fields_of_the_plan_and_stops_with_the_client(workspace):
    with SandboxClient(workspace) as client:
        assert [field.field_name for field in client.get_app().schema] == ["first_name", "points"]
    with pytest.raises(pk.NoAnswerError):
        pk.PassageClient(app_id="a", api_key="k", base_url=client.base_url).create_user(email="anna@example.org")


def test_a_dry_rehearsal_keeps_nothing(workspace):
    before = sorted(workspace.folder.rglob("*"))
    with SandboxClient(workspace, keep=False) as client:
        assert pk.push_users(workspace, client=client, dry_run=True).created == 6
    assert sorted(workspace.folder.rglob("*")) == before


def contents(workspace):
    files = (path for path in workspace.folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_dry_run_on_a_sandbox_that_is_there_touches_nothing(workspace):
    with SandboxClient(workspace) as client:
        pk.push_users(workspace, client=client)
    before = contents(workspace)
    with SandboxClient(workspace, keep=False) as client:
        assert pk.push_users(workspace, client=client, dry_run=True).created == 6
    assert pk.undo_push(workspace, dry_run=True).deleted == 6
    assert contents(workspace) == before


KEY = "the-key-of-a-person"


@contextmanager
def listener():
    """A port that counts who connects to it: a base URL, and a function that gives the number so far."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        count = 0

        def connections():
            nonlocal count
            with suppress(BlockingIOError):
                while True:
                    server.accept()[0].close()
                    count += 1
            return count

        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1", connections


def pushed(workspace, sandbox, monkeypatch, **facts):
    """Push to a service, then change facts of the journal; the person has a key, and no address."""
    with client_of_sandbox(sandbox) as client:
        pk.push_users(workspace, client=client)
    with open_journal(workspace) as journal:
        journal.note(**facts)
    monkeypatch.setenv("PASSAGE_API_KEY", KEY)


def answering(monkeypatch, answer):
    questions = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda: questions.append(True) or answer)
    return questions


VERBS = {
    "verify": pk.verify_push,
    "undo": pk.undo_push,
    "undo, dry": lambda workspace: pk.undo_push(workspace, dry_run=True),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_the_journals_address_gets_no_key_without_a_question(workspace, sandbox, monkeypatch, verb):
    with listener() as (address, connections):
        pushed(workspace, sandbox, monkeypatch, base_url=address)
        with pytest.raises(pk.CredentialsError, match=r"Nobody can be asked .*Set PASSAGE_BASE_URL"):
            verb(workspace)
        assert connections() == 0


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_whoever_does_not_agree_to_the_journals_address_sends_nothing(workspace, sandbox, monkeypatch, capsys, verb):
    with listener() as (address, connections):
        pushed(workspace, sandbox, monkeypatch, base_url=address)
        asked = answering(monkeypatch, "n")
        with pytest.raises(pk.CredentialsError, match=r"nobody agreed to 127\.0\.0\.1"):
            verb(workspace)
        printed = capsys.readouterr()
        host = address.split("/")[2]
        assert f"Send the API key of the app {sandbox.app_id} to {host}? [y/N]" in printed.err
        assert (printed.out, len(asked), connections()) == ("", 1, 0)


def test_whoever_agrees_to_the_journals_address_verifies_there(workspace, sandbox, monkeypatch):
    pushed(workspace, sandbox, monkeypatch)
    monkeypatch.setenv("PASSAGE_API_KEY", sandbox.api_key)
    answering(monkeypatch, "y")
    assert pk.verify_push(workspace).ok


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_another_address_than_the_configured_one_is_an_error_that_names_both(workspace, sandbox, monkeypatch, verb):
    pushed(workspace, sandbox, monkeypatch, base_url="https://evil.example.org/v1", target="evil.example.org")
    with listener() as (address, connections):
        monkeypatch.setenv("PASSAGE_BASE_URL", address)
        with pytest.raises(pk.PushError, match=r"evil\.example\.org, and the configured address is 127\.0\.0\.1"):
            verb(workspace)
        assert connections() == 0


def test_a_configured_address_goes_before_the_journals(workspace, sandbox, monkeypatch):
    with listener() as (address, connections):
        pushed(workspace, sandbox, monkeypatch, base_url=address)
        monkeypatch.setenv("PASSAGE_API_KEY", sandbox.api_key)
        monkeypatch.setenv("PASSAGE_BASE_URL", sandbox.base_url)
        assert pk.verify_push(workspace).ok
        assert connections() == 0


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_journal_that_says_it_is_a_rehearsal_leads_the_key_nowhere(workspace, sandbox, monkeypatch, verb):
    with listener() as (address, connections):
        pushed(workspace, sandbox, monkeypatch, key_from=KEY_FROM, base_url=address, target="evil.example.org")
        with pytest.raises(pk.PushError):  # its own sandbox, with its own key, is another app
            verb(workspace)
        assert connections() == 0
        with client_of(workspace) as client:
            assert client.api.credentials.api_key == client.sandbox.api_key != KEY
            assert client.base_url == client.sandbox.base_url


@pytest.mark.parametrize("value", ["https://ok.example.org/\x1b[2J", "https://ok.example.org\n/v1", "", "soon"])
def test_an_address_in_the_journal_that_is_none_is_asked_about_by_nobody(workspace, sandbox, monkeypatch, value):
    pushed(workspace, sandbox, monkeypatch, base_url=value, target="ok.example.org")
    asked = answering(monkeypatch, "n")
    with pytest.raises(pk.CredentialsError) as caught:
        client_of(workspace)
    assert "\x1b" not in str(caught.value)
    assert len(asked) == (value == "")  # about Passage's own


def test_an_address_of_the_call_and_a_rehearsal_are_two_targets(workspace):
    with SandboxClient(workspace) as client:
        pk.push_users(workspace, client=client)
    with pytest.raises(pk.PushError, match=r"of a rehearsal .* --base-url names another"):
        client_of(workspace, base_url="https://passage.example.org/v1")


def test_before_a_push_there_is_no_target(workspace):
    with pytest.raises(pk.PushError, match="Nothing was pushed"):
        client_of(workspace)

"""No answer of a service makes a command break: each ends with an exit code and a sentence, and no key is in it."""

import json
import random
import re
import shutil

import pytest
from pushing import client_of, people, workspace_of
from raw_answers import KEY, certificate, http, raw_answers, tls_of

import passage_kit as pk
from passage_kit.api import operations, pacing
from passage_kit.push.journal_files import open_journal
from passage_kit.sandbox import Sandbox

ID = "a" * 24
USER = {"id": ID, "email": "ann.0@example.org", "phone": "", "user_metadata": {"first_name": "\ud800\0"}}
PAGE = {"users": [USER], "total_users": 1, "created_before": 1_795_000_000}
ODD = [None, -1, 10**30, 1e308, True, "", "\ud800", "\0", "x" * 5_000, [], {}, [[]], {"a": {}}, "2026-11-23T10:00:07Z"]
COMMANDS = {
    "push": ("push", "--yes"),
    "push, update": ("push", "--yes", "--on-existing", "update"),
    "push, dry": ("push", "--dry-run"),
    "push, import": ("push", "--yes", "--import-api"),
    "verify": ("verify",),
    "undo": ("undo", "--yes"),
    "undo, dry": ("undo", "--dry-run"),
}
ANSWERS = {
    "a web page": http(b"<html>", kind="text/html"),
    "nothing": http(b"", status="201 Created"),
    "no HTTP": b"220 smtp.example.org\r\n",
    "a closed connection": b"",
    "an object": http(b"{}"),
    "a user and a page in one": http(json.dumps({**PAGE, "user": USER, "app": {}}).encode()),
    "half of it": http(json.dumps(PAGE).encode())[:-20],
    "an error of escapes": http(b'{"code": "\\u001b[2J", "error": "\\u001b[2J\\ud800"}', status="400 Bad Request"),
    "403": http(b"", status="403 Forbidden"),
    "302": http(b"", "Location: /", status="302 Found"),
}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    monkeypatch.setattr(pacing, "BASE", 0.001)
    monkeypatch.setattr(pacing, "LOWEST", 1_000.0)
    monkeypatch.setattr(operations, "TRIES", 2)
    monkeypatch.setattr("passage_kit.push.sending.ROUNDS", 2)


@pytest.fixture(scope="module")
def pushed(tmp_path_factory):
    """A workspace whose three users were pushed to this machine, and a copy of it."""
    top = tmp_path_factory.mktemp("pushed")
    workspace = workspace_of(top / "m", people(3))
    with Sandbox() as sandbox, client_of(sandbox) as client:
        pk.push_users(workspace, client=client)
    with open_journal(workspace) as journal:
        journal.note(app_id="app")
        journal.open_failed()
    return workspace.folder, shutil.copytree(workspace.folder, top / "before")


@pytest.fixture
def folder(pushed, tmp_path, monkeypatch):
    """The workspace as it was after the push; at its own place, since a command refuses a copy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PASSAGE_APP_ID", "app")
    monkeypatch.setenv("PASSAGE_API_KEY", KEY)
    workspace, before = pushed
    shutil.rmtree(workspace)
    return shutil.copytree(before, workspace)


def ended(run, folder, monkeypatch, command, raw):
    """Run a command against a service: its exit code, after a look at what it said."""
    monkeypatch.setenv("PASSAGE_BASE_URL", raw.base_url)
    name, *options = command
    if name == "push":  # a new push, to a service that nobody knows
        for path in folder.glob("push.*"):
            path.unlink()
    code, out, err = run(name, folder, *options)
    assert code in (0, 1, 2)
    assert err.strip()
    assert "Traceback" not in err
    assert KEY not in out + err
    assert "\x1b" not in out + err
    assert not re.search(r"ann\.\d@example\.org", err)
    return code


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_answer_breaks_a_command(run, folder, monkeypatch, command, answer):
    with raw_answers(answer) as raw:
        ended(run, folder, monkeypatch, command, raw)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_certificate_breaks_a_command(run, folder, tmp_path, monkeypatch, command):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with raw_answers(http(b"{}"), tls=tls_of(certificate(tmp_path)[0])) as raw:
        assert ended(run, folder, monkeypatch, command, raw) == 1
        assert raw.asked == []


def odd_user(chance):
    user = dict(USER, user_metadata=dict(USER["user_metadata"]))
    for _ in range(chance.randint(0, 2)):
        user[chance.choice([*USER, "created_at", "login_count", "last_login_at"])] = chance.choice(ODD)
    return user


def odd_answer(chance, head):
    """An answer of the right kind with odd values in it, or an error."""
    if chance.random() < 0.15:
        status = chance.choice(["400 No", "404 No", "409 No", "500 No", "503 No", "429 No"])
        return http(json.dumps({"code": chance.choice(ODD), "error": chance.choice(ODD)}).encode(), status=status)
    page = {**PAGE, "users": [odd_user(chance) for _ in range(chance.randint(0, 3))]}
    if chance.random() < 0.3:
        page[chance.choice([*PAGE])] = chance.choice(ODD)
    schema = [{"field_name": chance.choice(["points", *ODD]), "type": chance.choice(["date", *ODD])}]
    app = {"id": "app", "user_metadata_schema": schema, "auth_methods": chance.choice(ODD)}
    imported = {
        "imported": [{"id": ID, "email": chance.choice(ODD)}, chance.choice(ODD)],
        "errors": [{"identifier": "x"}],
    }
    body = {**page, **imported, "user": odd_user(chance), "app": app}
    status = "201 Created" if head.startswith(b"POST") else "200 OK"
    return http(json.dumps(body).encode(), status=status)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("seed", range(6))
def test_no_odd_value_breaks_a_command(run, folder, monkeypatch, command, seed):
    chance = random.Random(seed)  # noqa: S311 - the same answers each time
    with raw_answers(lambda head: [odd_answer(chance, head)]) as raw:
        ended(run, folder, monkeypatch, command, raw)


def test_creating_that_is_answered_with_web_pages_ends_after_a_few_requests(run, folder, monkeypatch):
    def answer(head):
        created = head.startswith(b"POST") and b"/import/" not in head
        return [http(b"<html>", kind="text/html") if created else http(b'{"users": [], "total_users": 0}')]

    with raw_answers(answer) as raw:
        assert ended(run, folder, monkeypatch, COMMANDS["push"], raw) == 1
        creating = [head for head in raw.asked if head.startswith(b"POST") and b"/import/" not in head]
        assert len(creating) <= operations.UNCLEAR_AT_FIRST + 3

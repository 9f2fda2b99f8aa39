"""Answers whose HTTP is odd but right are read; those whose HTTP is wrong are told, and nobody is taken for created."""

import json
from contextlib import suppress

import pandas as pd
import pytest
from hostile_service import KEY, hostile
from pushing import journal_rows, people, workspace_of

import passage_kit as pk
from passage_kit.api import operations, pacing

HINTS = b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n"
STRANGER = {"id": "stranger", "email": "x@example.org", "phone": "", "status": "active", "user_metadata": {}}
JUNK = {"nothing": {}, "a stranger": {"users": [STRANGER], "total_users": 1, "page": 1}}


def head(status, date, *lines, kind="application/json"):
    return "\r\n".join([f"HTTP/1.1 {status} X", f"date: {date}", f"content-type: {kind}", *lines, "", ""]).encode()


def sized(status, body, date, *lines):
    return head(status, date, f"content-length: {len(body)}", *lines) + body


def in_chunks(status, body, date, *, size=None, end=b"\r\n"):
    length = b"%x" % (len(body) if size is None else size(len(body)))
    return head(status, date, "transfer-encoding: chunked") + length + b"\r\n" + body + b"\r\n0\r\n" + end


RIGHT = {
    "100 before it": lambda *it: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + sized(*it),
    "hints before it": lambda *it: HINTS * 200 + sized(*it),
    "trailers": lambda *it: in_chunks(*it, end=b"date: Sun, 01 Jan 2017 00:00:00 GMT\r\nset-cookie: a=b\r\n\r\n"),
    "two dates": lambda *it: sized(*it, f"date: {it[2]}", "x: y"),
    "60 kB of headers": lambda *it: sized(*it, "x-request-id: " + "y" * 60_000),
    "no reason": lambda *it: sized(*it).replace(b" X\r\n", b"\r\n", 1),
    "HTTP/1.0": lambda *it: sized(*it).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
}
WRONG = {
    "another protocol": lambda *it: b"HTTP/1.1 101 S\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "200 kB of headers": lambda *it: sized(*it, "x: " + "y" * 200_000),
    "two lengths": lambda *it: sized(*it, "content-length: 4"),
    "too short a length": lambda status, body, date: head(status, date, f"content-length: {len(body) - 7}") + body,
    "too short a chunk": lambda *it: in_chunks(*it, size=lambda size: size - 5),
    "no chunk at all": lambda *it: head(it[0], it[2], "transfer-encoding: chunked") + b"zz\r\n",
    "length and chunks": lambda *it: sized(*it, "transfer-encoding: chunked"),
}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(pacing, "BASE", 0.001)
    monkeypatch.setattr(operations, "TRIES", 2)
    monkeypatch.setattr("passage_kit.push.sending.ROUNDS", 2)
    return workspace_of(tmp_path / "m", people(6))


@pytest.mark.few(1)
@pytest.mark.parametrize("framed", RIGHT.values(), ids=RIGHT)
def test_what_is_odd_and_right_is_read(workspace, framed):
    with hostile(framed=framed) as service, service.client() as client:
        assert pk.push_users(workspace, client=client).created == 6
        assert pk.undo_push(workspace, client=client).deleted == 6


@pytest.mark.few(2)
@pytest.mark.parametrize("framed", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("since", ["the beginning", "the creation"])
def test_what_is_wrong_is_told_and_goes_on_once_it_is_right(workspace, framed, since, caplog):
    caplog.set_level("DEBUG")
    with hostile() as service, service.client(timeout=(1.0, 0.5)) as client:
        created = []

        def some(status, body, date):
            created.append(status == 201)
            return framed(status, body, date) if since == "the beginning" or any(created) else sized(status, body, date)

        service.framed = some
        with pytest.raises(pk.ApiError, match=r"again|later"):
            pk.push_users(workspace, client=client)
        rows = journal_rows(workspace)
        assert len(rows) == 6
        assert "created" not in set(rows["outcome"])
        service.framed = None
        result = pk.push_users(workspace, client=client)
        assert (result.created + result.adopted, len(service.users)) == (6, 6)
        pk.undo_push(workspace, client=client)
        assert len(service.users) == result.adopted
    assert KEY not in caplog.text
    assert "@example.org" not in caplog.text


@pytest.mark.few(1)
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_second_answer_behind_the_first_is_nobodys(workspace, junk, concurrency):
    """On a connection that is kept, it would be taken for the answer to the next request, and so on from then."""
    behind = json.dumps(junk).encode()
    with (
        hostile(framed=lambda *it: sized(*it) + sized("200", behind, it[2])) as service,
        service.client(concurrency=concurrency) as client,
    ):
        for _ in range(3):  # every second answer is odd, so the kit may give up
            with suppress(pk.ApiError):
                pk.push_users(workspace, client=client)
        ids = {user["email"] or user["phone"]: user["id"] for user in service.users.values()}
        said = pd.read_csv(workspace.out / "passage_ids.csv", dtype="str").fillna("")
        assert (
            dict(zip(said["email"].where(said["email"] != "", said["phone"]), said["passage_id"], strict=True)) == ids
        )
        assert len(ids) == 6


@pytest.mark.parametrize("always", [False, True])
def test_a_lookup_that_finds_somebody_else_is_asked_once_more(always):
    with hostile() as service, service.client() as client:
        lookups = []

        def another(status, body, date):
            lookups.append(status)
            strangers = always or len(lookups) == 1
            return sized(status, json.dumps(JUNK["a stranger"]).encode() if strangers else body, date)

        service.framed = another
        if always:
            with pytest.raises(pk.ApiError, match="does not look users up by identifier"):
                client.find_user("ann@example.org")
        else:
            assert client.find_user("ann@example.org") is None
        assert len(lookups) == 2


def test_answers_that_change_places_give_nobody_an_id(workspace):
    held = []

    def one_behind(status, body, date):
        if status == 201:
            held.append(body)
            body = held[max(0, len(held) - 2)]
        return sized(status, body, date)

    with hostile(framed=one_behind) as service, service.client(concurrency=1) as client:
        with pytest.raises(pk.ContradictionError):
            pk.push_users(workspace, client=client)
        rows = journal_rows(workspace)
        assert set(rows["passage_id"].dropna()) <= {next(iter(service.users))}
        pk.undo_push(workspace, client=client)
        assert len(service.users) >= 1

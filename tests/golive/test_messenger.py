"""Requests that are bounded in time and size, and lead nowhere else."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from passage_kit.golive.messenger import LARGEST, MessageError, Messenger
from passage_kit.sandbox import Sandbox


@contextmanager
def answering(*pieces, rest=0.0):
    """A server that sends pieces of an answer to whoever comes; gives its address and what it was sent."""
    asked, ends = [], threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while not ends.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65_536).decode())
                    try:
                        for piece in pieces:
                            connection.sendall(piece)
                            if ends.wait(rest):
                                break
                    except OSError:
                        pass  # the client has gone, as it should

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            ends.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def got(address, deadline=2.0, **headers):
    messenger = Messenger(deadline=deadline)
    return messenger.start(messenger.get(address, headers)).result(30)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"


def test_a_json_object_is_given_and_the_client_says_who_it_is():
    with answering(HEAD + b'{"keys": []}') as (address, asked):
        assert got(f"{address}/jwks.json", Authorization="Bearer x") == {"keys": []}
    assert asked[0].startswith("GET /jwks.json HTTP/1.1")
    assert "User-Agent: passage-kit/" in asked[0]
    assert "Authorization: Bearer x" in asked[0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_to_whatever_host(status):
    with Sandbox() as elsewhere:
        keys = f"{elsewhere.base_url}/apps/{elsewhere.app_id}/.well-known/jwks.json"
        redirect = f"HTTP/1.1 {status} Moved\r\nLocation: {keys}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        with answering(redirect.encode()) as (address, asked), pytest.raises(MessageError, match=str(status)):
            got(address)
        assert len(asked) == 1
        assert not elsewhere.requests


def test_a_huge_answer_is_cut_off():
    with (
        answering(HEAD + b'{"keys": ["', *[b"x" * LARGEST] * 40) as (address, _),
        pytest.raises(MessageError, match="larger"),
    ):
        got(address)


def test_an_answer_that_unpacks_to_a_huge_one_is_cut_off():
    import gzip

    packed = gzip.compress(b'{"keys": ["' + b"x" * 50_000_000 + b'"]}')
    head = HEAD.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")
    with answering(head + packed) as (address, _), pytest.raises(MessageError, match="larger"):
        got(address)


def test_an_answer_that_drips_is_cut_off_in_time():
    begun = time.monotonic()
    drops = [bytes([byte]) for byte in HEAD + b'{"keys": ' + b" " * 500]
    with answering(*drops, rest=0.05) as (address, _), pytest.raises(MessageError, match="no answer within"):
        got(address, deadline=0.5)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'{"keys": [], "keys": []}', b'{"keys": NaN}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_json_object_is_refused(body):
    with answering(HEAD + body) as (address, _), pytest.raises(MessageError):
        got(address)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"])
def test_what_is_no_answer_is_refused(answer):
    with answering(answer) as (address, _), pytest.raises(MessageError):
        got(address)

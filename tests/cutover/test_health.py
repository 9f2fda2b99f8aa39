"""The question whether the middleware answers, to real servers that answer, refuse, redirect or never end."""

import socketserver
import threading
import time
from contextlib import contextmanager, suppress

import pytest

import passage_kit as pk
from passage_kit.cutover.health import ask_health


@contextmanager
def server(answer: bytes, *, endless: bool = False):
    """A server on this machine that gives one answer, or drips on without an end."""

    class Speak(socketserver.StreamRequestHandler):
        def handle(self):
            while self.rfile.readline().strip():
                pass
            with suppress(OSError):  # who asked has gone
                self.wfile.write(answer)
                while endless:
                    self.wfile.write(b"X-More: x\r\n")
                    time.sleep(0.01)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Speak) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://user:secret@127.0.0.1:{listening.server_address[1]}/health?token=secret"
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("head", "fine"),
    [
        ("200 OK", True),
        ("204 No Content", True),
        ("302 Found\r\nLocation: /", False),
        ("403 No", False),
        ("401 No\r\nWWW-Authenticate: Bearer", True),
        ("401 No\r\nWWW-Authenticate: Basic realm=staging", False),
    ],
)
def test_a_success_or_a_refusal_of_strangers_is_fine_and_nothing_else(head, fine):
    with server(f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode()) as address:
        found, said = ask_health(address)
    assert found is fine
    assert said.startswith(f"127.0.0.1/health answered {head[:3]} in ")
    assert "secret" not in said


def test_an_answer_that_never_ends_has_a_deadline():
    with server(b"HTTP/1.1 200 OK\r\n", endless=True) as address:
        assert ask_health(address, deadline=0.2) == (
            False,
            "127.0.0.1/health does not answer: no answer within 0.2 seconds",
        )


def test_nobody_there_is_said():
    fine, said = ask_health("http://127.0.0.1:9/health")
    assert not fine
    assert "does not answer: ConnectError" in said


@pytest.mark.parametrize("address", [
    "shop.example/health", "file:///etc/passwd", "ftp://shop.example", "", "http://[", "http://shop.example/\ud800",
])  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(pk.OptionError, match="health address"):
        ask_health(address)

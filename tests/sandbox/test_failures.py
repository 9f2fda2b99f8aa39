"""What a client meets on a real socket when a fault strikes, and what became of the user meanwhile."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from clients import client_of
from waiting import LONG, until

from passage_kit.sandbox import Fault, Sandbox

NEW = {"email": "anna@example.org"}
HASTE = httpx.Timeout(LONG, read=0.2)  # of a client that soon gives up to wait for an answer


@pytest.fixture
def create(sandbox, http):
    """Create a user while a fault strikes; the answer, and how many users there are then."""

    def with_fault(*faults):
        sandbox.faults = faults
        try:
            return http.post("/users", json=NEW), len(sandbox.users())
        except httpx.TransportError as error:
            return error, len(sandbox.users())

    return with_fault


@pytest.mark.parametrize(("when", "users"), [("before", 0), ("after", 1)])
class TestTheConnectionEnds:
    def test_in_good_order(self, create, when, users):
        error, count = create(Fault("closed", when=when))
        assert isinstance(error, httpx.RemoteProtocolError)
        assert count == users

    def test_with_a_reset(self, create, when, users):
        error, count = create(Fault("reset", when=when))
        assert isinstance(error, httpx.ReadError)
        assert count == users


def test_the_connection_ends_in_the_middle_of_the_answer(create):
    error, count = create(Fault("half_response"))
    assert isinstance(error, httpx.RemoteProtocolError)
    assert "incomplete" in str(error) or "complete message body" in str(error)
    assert count == 1


def test_half_of_the_answer_s_bytes_arrive(sandbox):
    sandbox.faults = [Fault("half_response")]
    host, port = sandbox.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        path = f"/v1/apps/{sandbox.app_id}"
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {sandbox.api_key}\r\n\r\n"
        connection.sendall(head.encode())
        received = b""
        while part := connection.recv(65_536):
            received += part
    headers, _, body = received.partition(b"\r\n\r\n")
    [length] = [line for line in headers.split(b"\r\n") if line.startswith(b"content-length")]
    assert len(body) == int(length.split(b":")[1]) // 2
    assert body.startswith(b'{"app":')


def test_only_the_struck_connection_ends(sandbox, create):
    with client_of(sandbox) as other:
        other.get("/users").raise_for_status()
        create(Fault("reset", operation="create"))
        assert other.get("/users").status_code == 200


@pytest.mark.parametrize(("when", "users"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_of_the_service_or_its_gateway(create, status, when, users):
    answer, count = create(Fault(f"error_{status}", when=when))
    assert (answer.status_code, count) == (status, users)
    if status == 500:
        assert answer.json() == {"code": "internal_server_error", "error": "Internal server error"}
    else:
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(("when", "users", "status"), [("before", 0, 200), ("after", 1, 201)])
def test_a_page_instead_of_json(create, when, users, status):
    answer, count = create(Fault("wrong_content_type", when=when))
    assert (answer.status_code, count) == (status, users)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<html>")


def test_a_rate_limit_with_and_without_retry_after(create):
    answer, count = create(Fault("rate_limit"))
    assert (answer.status_code, count, "retry-after" in answer.headers) == (429, 0, False)
    assert answer.json().keys() == {"code", "error"}
    assert create(Fault("rate_limit_seconds", seconds=2.5))[0].headers["retry-after"] == "3"
    moment = parsedate_to_datetime(create(Fault("rate_limit_date", seconds=30))[0].headers["retry-after"])
    assert 30 <= (moment - datetime.now(UTC)).total_seconds() + 1 <= 32


def test_a_latency_before_the_user_is_created(sandbox, http):
    sandbox.faults = [Fault("latency", seconds=1.5, when="before")]
    with pytest.raises(httpx.ReadTimeout):
        http.post("/users", json=NEW, timeout=HASTE)
    until(lambda: sandbox.struck["latency"])
    assert len(sandbox.users()) == 0
    until(lambda: len(sandbox.users()) == 1)  # the service does not stop since the client has gone


def test_a_latency_after_the_user_is_created(sandbox, http):
    sandbox.faults = [Fault("latency", seconds=2 * LONG, when="after")]
    with pytest.raises(httpx.ReadTimeout):
        http.post("/users", json=NEW, timeout=HASTE)
    until(lambda: len(sandbox.users()) == 1)


@pytest.mark.parametrize("kind", ["closed", "reset", "half_response"])
def test_a_client_that_has_gone_is_not_hung_up_on(sandbox, http, caplog, kind):
    sandbox.faults = [Fault("latency", seconds=0.5), Fault(kind)]
    with pytest.raises(httpx.ReadTimeout):
        http.get("/users", timeout=HASTE)
    until(lambda: sandbox.struck[kind])
    sandbox.faults = []
    assert http.get("/users").status_code == 200
    assert not caplog.records


def test_a_latency_lasts_and_then_the_answer_comes(create):
    began = time.monotonic()
    answer, _ = create(Fault("latency", seconds=0.2))
    assert answer.status_code == 201
    assert time.monotonic() - began >= 0.2


def test_latencies_of_several_requests_pass_side_by_side(sandbox):
    sandbox.faults = [Fault("latency", seconds=1.5)]
    began = time.monotonic()
    clients = [client_of(sandbox) for _ in range(5)]
    with ThreadPoolExecutor(5) as threads:
        assert {answer.status_code for answer in threads.map(lambda client: client.get("/users"), clients)} == {200}
    for client in clients:
        client.close()
    assert time.monotonic() - began < 5 * 1.5


def test_after_a_latency_another_fault_decides(create):
    answer, count = create(Fault("latency", seconds=0), Fault("error_503"), Fault("error_500"))
    assert (answer.status_code, count) == (503, 0)


def test_a_key_that_is_revoked_in_the_middle_is_refused_until_it_is_restored(sandbox, http):
    sandbox.faults = [Fault("key_revoked", operation="create", skip=2, times=1)]
    statuses = [http.post("/users", json={"email": f"u{number}@example.org"}).status_code for number in range(4)]
    assert statuses == [201, 201, 401, 401]
    assert http.get("/users").json() == {"code": "invalid_access_token", "error": "Invalid access token"}
    sandbox.restore_key()
    assert http.post("/users", json=NEW).status_code == 201
    assert len(sandbox.users()) == 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["closed", "reset", "half_response", "error_502", "rate_limit"])
def test_a_storm_leaves_the_server_sound(kind):
    with Sandbox(faults=[Fault(kind, rate=0.3)], seed=1) as sandbox, client_of(sandbox) as http:
        struck = 0
        for number in range(500):
            try:
                struck += http.post("/users", json={"email": f"u{number}@example.org"}).status_code >= 400
            except httpx.TransportError:
                struck += 1
        assert struck == sandbox.struck[kind] > 100
        sandbox.faults = []
        assert http.get("/users").json()["total_users"] == len(sandbox.users()) >= 500 - struck

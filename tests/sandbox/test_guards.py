"""The sandbox answers on this machine alone, reads no body for a stranger, and none without end."""

import threading

import httpx
import pytest
from clients import client_of
from waiting import LONG

from passage_kit.sandbox import Sandbox
from passage_kit.sandbox.guards import LARGEST_BODY, names_this_machine


def asked(sandbox, host, **headers):
    headers = {"host": host, "authorization": f"Bearer {sandbox.api_key}", **headers}
    answer = httpx.get(f"{sandbox.base_url}/apps/{sandbox.app_id}", headers=headers, timeout=LONG)
    return answer.status_code, set(answer.headers)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80", "LOCALHOST", "127.1.2.3"])
def test_names_of_this_machine(host):
    assert names_this_machine(host)


@pytest.mark.parametrize("host", ["example.org", "localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "", "["])
def test_other_names(host):
    assert not names_this_machine(host)


@pytest.mark.server
def test_another_name_in_host_is_refused_and_no_origin_is_echoed():
    with Sandbox() as sandbox:
        assert asked(sandbox, "evil.example")[0] == 400
        status, headers = asked(sandbox, "localhost", origin="http://evil.example")
        assert status == 200
        assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.server
def test_the_key_is_checked_before_a_body_is_read():
    sent = []

    def endless():
        while len(sent) < 10_000:  # 640 MB
            sent.append(1)
            yield b"x" * 65_536

    with Sandbox() as sandbox, httpx.Client(timeout=LONG) as client:
        try:
            answer = client.post(f"{sandbox.base_url}/apps/{sandbox.app_id}/users", content=endless())
            assert answer.status_code == 401
        except httpx.TransportError:  # the connection ended before the body did
            pass
        assert len(sent) < 2_000


@pytest.mark.server
def test_a_body_has_a_limit():
    before = threading.active_count()
    with Sandbox() as sandbox, client_of(sandbox) as client:
        url = "/users"
        big = client.post(url, content=b'{"email": "' + b"x" * LARGEST_BODY + b'"}')
        assert (big.status_code, big.json()["code"]) == (413, "invalid_request")
        assert client.post(url, json={"email": "ann@example.org"}).status_code == 201
        assert threading.active_count() < before + 20

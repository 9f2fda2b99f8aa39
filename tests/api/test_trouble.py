import socket
import ssl

import httpx
import pytest

import passage_kit as pk
from passage_kit.api.trouble import certificate_trouble, to_check, trouble_of


def wrapped(cause):
    """An error as httpx gives it, with the cause that the connection had."""
    try:
        try:
            raise cause
        except Exception as error:
            raise httpx.ConnectError("no") from error
    except httpx.ConnectError as error:
        return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (18, "self-signed"),
        (19, "self-signed"),
        (20, "does not know"),
        (10, "expired"),
        (9, "not valid yet"),
        (62, "another host name"),
        (64, "another host name"),
        (23, "code 23"),
    ],
)
def test_a_certificate_is_named_for_what_it_is(code, words):
    cause = ssl.SSLCertVerificationError("no")
    cause.verify_code = code
    assert words in certificate_trouble(wrapped(cause))


def test_what_is_no_certificate_is_none():
    assert certificate_trouble(wrapped(OSError("no"))) == ""
    assert "does not speak TLS" in certificate_trouble(wrapped(ssl.SSLError("no")))


@pytest.mark.parametrize(
    ("error", "words"),
    [(TimeoutError(), "as a whole"), (httpx.RemoteProtocolError("x"), "no HTTP"), (httpx.WriteError("x"), "broke")],
)
def test_every_trouble_has_words(error, words):
    assert words in trouble_of(error)


class TestToCheck:
    @pytest.fixture(autouse=True)
    def proxy(self, monkeypatch):
        for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("ALL_PROXY", "http://proxy.example.org:3128")

    def test_a_proxy_that_may_be_at_fault(self):
        said = "the connection, and the proxy that ALL_PROXY names"
        assert to_check(httpx.ConnectError("no"), "api.example.org") == said

    def test_a_connection_that_stood(self):
        assert to_check(httpx.ReadTimeout("no"), "api.example.org") == "the connection"

    def test_a_host_that_needs_no_proxy(self, monkeypatch):
        monkeypatch.setenv("NO_PROXY", "example.org")
        assert to_check(httpx.ConnectError("no"), "api.example.org") == "the connection"


def test_a_handshake_that_never_ends_may_be_a_slow_one(monkeypatch):
    monkeypatch.setattr("passage_kit.api.operations.TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}/v1"
        client = pk.PassageClient(app_id="a", api_key="k", base_url=address, timeout=(0.3, 0.3))
        with client, pytest.raises(pk.ApiError, match=r"answers too slowly.*again"):
            client.get_app()

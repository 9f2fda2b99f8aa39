"""What is sent and what becomes of each kind of answer, against a server that answers whatever the test says."""

import asyncio
import importlib.util
import logging
import threading
import time

import pytest
from scripted import scripted

import passage_kit as pk
from passage_kit import __version__
from passage_kit.api import operations as api_calls
from passage_kit.api import pacing

USER = {"user": {"id": "a" * 24, "email": "anna@example.org"}}
PAGE = {"users": [{"id": "a" * 24, "email": "anna@example.org"}], "total_users": 1, "created_before": 1_795_000_000}
EMPTY = {"users": [], "total_users": 0, "created_before": 1_795_000_000}
ERROR = {"code": "internal_server_error", "error": "Internal server error"}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    monkeypatch.setattr(pacing, "BASE", 0.001)


def test_a_request_says_who_asks_and_holds_the_key_in_its_header_alone():
    with scripted((201, USER, {})) as script, script.client() as client:
        client.create_user(email="anna@example.org", user_metadata={"plan": "pro"})
    [asked] = script.asked
    assert (asked.method, asked.path) == ("POST", "/v1/apps/app/users")
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["authorization"] == "Bearer s3cret-key"
    assert headers["user-agent"] == f"passage-kit/{__version__}"
    assert asked.body == b'{"email":"anna@example.org","user_metadata":{"plan":"pro"}}'


@pytest.mark.parametrize(
    "broken", [(500, ERROR, {}), (502, "<html>", {}), (200, "<html>", {}), (200, [1], {}), (200, {}, {})]
)
def test_looking_up_is_tried_again_and_creating_is_not(broken):
    with scripted(broken, broken, (200, PAGE, {})) as script, script.client() as client:
        assert client.find_user("anna@example.org").id == "a" * 24
        assert len(script.asked) == 3
    with scripted(broken) as script, script.client() as client:
        with pytest.raises(pk.NoAnswerError):
            client.create_user(email="anna@example.org")
        assert len(script.asked) == 1


def test_a_429_is_tried_again_for_creating_too():
    refusals = [(429, {"code": "slow", "error": "Slow down"}, {"retry-after": "0"})] * 3
    with scripted(*refusals, (201, USER, {})) as script, script.client() as client:
        assert client.create_user(email="anna@example.org").id == "a" * 24
    assert len(script.asked) == 4


def test_the_whole_run_pauses_as_long_as_a_429_says():
    def answer(asked):
        first = len(script.asked) == 1
        return (429, ERROR, {"retry-after": "1"}) if first else (200, PAGE, {})

    with scripted(answer) as script, script.client() as client:
        begun = time.monotonic()
        other = threading.Timer(0.2, client.find_user, ("anna@example.org",))
        other.start()
        client.find_user("anna@example.org")
        other.join()
        assert time.monotonic() - begun >= 1.0
    assert len(script.asked) == 3


def test_a_pause_of_hours_is_said_instead():
    with scripted((429, ERROR, {"retry-after": "7200"})) as script, script.client() as client:
        with pytest.raises(pk.ApiError, match="pause of 120 minutes"):
            client.find_user("anna@example.org")
        assert len(script.asked) == 1


def test_an_answer_that_never_comes_is_no_answer():
    with scripted(lambda _: time.sleep(0.5) or (200, PAGE, {})) as script, script.client(timeout=(1.0, 0.1)) as client:
        with pytest.raises(pk.NoAnswerError, match="took too long") as caught:
            client.create_user(email="anna@example.org")
        assert caught.value.__cause__ is caught.value.__context__ is None, "httpx's error holds the key"
    with (
        pk.PassageClient(app_id="app", api_key="k", base_url="http://127.0.0.1:1/v1") as client,
        pytest.raises(pk.NoAnswerError, match="cannot be reached"),
    ):
        client.create_user(email="anna@example.org")


def test_nothing_is_sent_on_to_another_host():
    with scripted((201, USER, {})) as other:
        moved = (307, "", {"location": f"{other.base_url}/apps/app/users"})
        with scripted(moved) as script, script.client() as client, pytest.raises(pk.ApiError, match="redirects to 127"):
            client.create_user(email="anna@example.org")
    assert other.asked == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, pk.KeyRefusedError),
        (403, pk.KeyRefusedError),
        (404, pk.NotFoundError),
        (400, pk.ApiError),
        (409, pk.ApiError),
        (418, pk.ApiError),
        (503, pk.NoAnswerError),
    ],
)
def test_an_error_carries_status_code_and_request_id_and_nothing_personal(status, kind):
    body = {"code": "some_code", "error": "anna@example.org and +12025550123 with s3cret-key: no."}
    with (
        scripted((status, body, {"x-request-id": "req-7"})) as script,
        script.client() as client,
        pytest.raises(kind) as caught,
    ):
        client.create_user(email="anna@example.org", phone="+12025550123")
    error = caught.value
    assert (error.status, error.code, error.request_id) == (status, "some_code", "req-7")
    assert not {"anna@example.org", "+12025550123", "s3cret-key"} & set(str(error).replace(":", " ").split())
    assert "a***@e***.org" in str(error)


def test_an_error_without_json_is_an_error_all_the_same():
    with (
        scripted((400, "<html>no</html>", {})) as script,
        script.client() as client,
        pytest.raises(pk.ApiError) as caught,
    ):
        client.create_user(email="anna@example.org")
    assert (caught.value.status, caught.value.code) == (400, "")


def test_a_code_that_is_no_word_is_neither_shown_nor_kept():
    body = {"code": "anna@example.org is taken, s3cret-key", "error": "no"}
    with scripted((400, body, {})) as script, script.client() as client, pytest.raises(pk.ApiError) as caught:
        client.create_user(email="anna@example.org")
    assert caught.value.code == ""
    assert "anna@" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        (201, "no gzip", {"content-type": "application/json", "content-encoding": "gzip"}),
        (201, "[" * 100_000, {"content-type": "application/json"}),
    ],
)
def test_an_answer_that_cannot_be_read_is_no_answer(answer):
    with scripted(answer) as script, script.client() as client, pytest.raises(pk.NoAnswerError) as caught:
        client.create_user(email="anna@example.org")
    assert caught.value.__context__ is None  # httpx's error would hold the request, and that the key


def test_a_location_that_is_no_address_is_said_all_the_same():
    with (
        scripted((302, "", {"location": "http://[bad"})) as script,
        script.client() as client,
        pytest.raises(pk.ApiError, match="redirects to another address"),
    ):
        client.create_user(email="anna@example.org")


def test_a_request_is_given_up_only_when_nobody_gets_through(monkeypatch):
    monkeypatch.setattr(api_calls, "REFUSALS", 3)
    refused = (429, ERROR, {"retry-after": "0"})

    def creating_is_refused_at_first(asked):
        if asked.method == "GET":
            return 200, EMPTY, {}
        return (201, USER, {}) if len(script.asked) > 12 else refused

    with scripted(creating_is_refused_at_first) as script, script.client() as client:

        async def both():
            creating = asyncio.ensure_future(client.api.create_user({"email": "anna@example.org"}))
            while not creating.done():
                await client.api.find_user("bo@example.org")
            return await creating

        assert client.run(both()).id == "a" * 24
    with scripted(refused) as script, script.client() as client:
        with pytest.raises(pk.ApiError, match="slow down"):
            client.create_user(email="anna@example.org")
        assert len(script.asked) == 3


def test_identifiers_are_in_no_log(caplog):
    caplog.set_level(logging.DEBUG)
    with scripted((200, PAGE, {})) as script, script.client() as client:
        client.find_user("anna@example.org")
    assert script.asked[0].query["identifier"] == "anna@example.org"
    assert "anna" not in caplog.text
    assert "s3cret" not in caplog.text


def test_a_service_that_ignores_the_filter_is_found_out():
    other = {"users": [{"id": "b", "email": "bo@example.org"}], "total_users": 900}
    with scripted((200, other, {})) as script, script.client() as client:
        refused = pytest.raises(pk.ApiError, match="does not look users up")
        with refused:
            client.find_user("anna@example.org")


def test_paging_ends_with_the_total_or_an_empty_page_whatever_else_is_missing():
    def answer(asked):
        page = int(asked.query["page"])
        users = [{"id": f"u{page}"}] if page <= 3 and asked.query["limit"] != "1" else []
        return 200, {"users": users}, {}

    with scripted(answer) as script, script.client() as client:
        assert [user.id for user in client.list_users()] == ["u1", "u2", "u3"]
    anchors = {asked.query.get("created_before") for asked in script.asked[1:]}
    assert len(anchors) == 1
    assert all(asked.query["order_by"] == "created_at:ASC" for asked in script.asked)


def test_a_service_that_ignores_the_page_is_found_out():
    with scripted(*[(200, {"users": [{"id": "a"}]}, {})] * 4) as script, script.client() as client:
        refused = pytest.raises(pk.ApiError, match="the same page again and again")
        with refused:
            list(client.list_users())


def test_a_service_that_takes_no_anchor_of_the_future_is_listed_all_the_same():
    def answer(asked):
        return (400, ERROR, {}) if "created_before" in asked.query else (200, PAGE, {})

    with scripted(answer) as script, script.client() as client:
        assert [user.id for user in client.list_users()] == ["a" * 24]


@pytest.mark.parametrize(
    ("answer", "why_not"),
    [
        ((400, ERROR, {}), ""),
        ((403, ERROR, {}), "the API key may not call it"),
        ((404, ERROR, {}), "the app does not have it"),
        ((405, ERROR, {}), "the app does not have it"),
        ((500, ERROR, {}), "the service did not answer"),
    ],
)
def test_the_import_api_is_asked_for_without_a_user(answer, why_not):
    with scripted(answer) as script, script.client() as client:
        assert client.run(client.api.import_api()) == why_not
    assert [asked.body for asked in script.asked] == [b""]


def test_no_proxy_sees_what_goes_to_this_machine(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with scripted((200, EMPTY, {})) as script, script.client() as client:
        assert client.find_user("anna@example.org") is None


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "gopher://127.0.0.1:70", "http://127.0.0.1:port"])
def test_a_proxy_that_cannot_be_used_is_said(monkeypatch, proxy):
    if importlib.util.find_spec("socksio") and proxy.startswith("socks"):
        pytest.skip("SOCKS proxies can be used here")
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    client = pk.PassageClient(app_id="app", api_key="s3cret-key", base_url="https://passage.example/v1")
    with client, pytest.raises(pk.ApiError, match="What HTTPS_PROXY, ALL_PROXY or NO_PROXY says") as caught:
        client.get_app()
    assert caught.value.__context__ is None


def test_a_proxy_that_cannot_be_reached_is_named(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    client = pk.PassageClient(app_id="app", api_key="s3cret-key", base_url="https://passage.example/v1")
    with client, pytest.raises(pk.NoAnswerError, match="Check the connection, and the proxy that HTTPS_PROXY names,"):
        client.get_app()

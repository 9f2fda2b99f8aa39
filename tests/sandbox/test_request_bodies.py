"""What the sandbox takes from bodies, and what it refuses."""

import pytest

from passage_kit.sandbox.contract import RefusedError
from passage_kit.sandbox.request_bodies import read_magic_link, read_user
from passage_kit.sandbox.store import NewUser


@pytest.mark.parametrize(
    ("body", "user"),
    [
        ({}, NewUser()),
        ({"email": "", "phone": None}, NewUser()),
        ({"email": "Anna@Example.org", "other": 1}, NewUser("anna@example.org")),
        ({"phone": "+12025550123", "user_metadata": {"a": [1]}}, NewUser(None, "+12025550123", {"a": [1]})),
    ],
)
def test_identifiers_and_metadata_are_read(body, user):
    assert read_user(body) == user


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"email": "anna@"}, "identifier: must be a valid email address."),
        ({"phone": "12025550123"}, "identifier: must be a valid E164 number."),
        ({"email": 7}, "email: must be a string."),
        ({"user_metadata": []}, "user_metadata: must be an object."),
        ({"user_metadata": "x"}, "user_metadata: must be an object."),
    ],
)
def test_a_user_that_breaks_a_rule_is_refused(body, error):
    with pytest.raises(RefusedError) as caught:
        read_user(body)
    assert (caught.value.status, caught.value.error) == (400, error)


def test_a_magic_link_has_defaults():
    assert read_magic_link({"user_id": "u"})._asdict() == {
        "email": None,
        "phone": None,
        "user_id": "u",
        "type": "login",
        "ttl": 60,
        "redirect_url": "/",
        "magic_link_path": "/",
    }
    assert read_magic_link({"email": "a@example.org", "ttl": 12.0, "type": "verify_identifier"}).ttl == 12


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@example.org", "phone": "+12025550123"},
        {"email": "a@example.org", "ttl": 0},
        {"email": "a@example.org", "ttl": True},
        {"email": "a@example.org", "ttl": 1.5},
        {"email": "a@example.org", "ttl": "60"},
        {"email": "a@example.org", "type": "other"},
        {"email": "a@example.org", "channel": None},
        {"email": "a@example.org", "language": "xx"},
        {"email": "a@example.org", "send": "yes"},
        {"email": "a@example.org", "magic_link_path": "//elsewhere.example"},
        {"email": "a@example.org", "redirect_url": 1},
    ],
)
def test_a_magic_link_that_breaks_a_rule_is_refused(body):
    with pytest.raises(RefusedError) as caught:
        read_magic_link(body)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff",
        b'{"user_metadata": {"a": NaN}}',
        b'{"user_metadata": {"a": 1e999}}',
        b'{"email": "\\ud800@example.org"}',
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"a":' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_refused(standing_http, content):
    answer = standing_http.post("/users", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["error"].startswith("body: ")


def test_any_metadata_that_json_can_say_comes_back(http):
    metadata = {"": None, "text": "\u0000 \U0001f600 é", "number": -1.5e300, "big": 2**70, "list": [{"a": []}, True]}
    created = http.post("/users", json={"email": "a@example.org", "user_metadata": metadata}).json()["user"]
    assert created["user_metadata"] == metadata
    assert http.get(f"/users/{created['id']}").json()["user"] == created

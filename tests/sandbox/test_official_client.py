"""The official client drives the sandbox through every operation: its strict models are the judge."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clients import client_of
from passageidentity import Passage, PassageError
from passageidentity.models.magic_link_args import MagicLinkWithEmailArgs, MagicLinkWithPhoneArgs, MagicLinkWithUserArgs
from passageidentity.models.magic_link_options import MagicLinkOptions
from passageidentity.openapi_client import ApiClient, Configuration
from passageidentity.openapi_client.api import UsersApi
from passageidentity.openapi_client.models import CreateUserArgs, MagicLinkChannel, MagicLinkType, UpdateUserArgs

from passage_kit.sandbox import Sandbox, Unknowns

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "passage_api_examples.json").read_text(encoding="utf-8"))


@pytest.fixture(params=[Unknowns(), Unknowns(no_metadata="object", new_status="active", import_status=201)])
def sandbox(request):
    with Sandbox(unknowns=request.param) as running:
        yield running


@pytest.fixture
def passage(sandbox):
    default = ApiClient.get_default()
    ApiClient.set_default(ApiClient(Configuration(host=sandbox.base_url)))
    yield Passage(sandbox.app_id, sandbox.api_key)
    ApiClient.set_default(default)


@pytest.fixture
def anna(passage):
    return passage.user.create(CreateUserArgs(email="Anna@example.org", user_metadata={"example1": "qwe"}))


def test_a_user_is_created_and_found(passage, sandbox, anna):
    assert anna.email == "anna@example.org"
    assert anna.user_metadata == {"example1": "qwe"}
    assert anna.last_login_at == datetime(1, 1, 1, tzinfo=UTC)
    assert passage.user.get(anna.id) == anna
    assert passage.user.get_by_identifier("ANNA@example.org") == anna
    with_phone = passage.user.create(CreateUserArgs(phone="+12025550123"))
    assert (with_phone.email, with_phone.phone, with_phone.user_metadata or None) == ("", "+12025550123", None)
    assert passage.user.get_by_identifier("+12025550123") == with_phone
    assert list(sandbox.users()["id"]) == [anna.id, with_phone.id]


def test_a_repeated_identifier_is_the_user_who_has_it(passage, sandbox, anna):
    assert passage.user.create(CreateUserArgs(email="anna@example.org")).id == anna.id
    assert len(sandbox.users()) == 1


def test_a_user_is_updated(passage, anna):
    changed = passage.user.update(anna.id, UpdateUserArgs(phone="+12025550123", user_metadata={"example1": "asd"}))
    assert (changed.email, changed.phone, changed.user_metadata) == (
        "anna@example.org",
        "+12025550123",
        {"example1": "asd"},
    )
    assert changed.updated_at > anna.updated_at
    assert passage.user.get(anna.id) == changed


def test_a_user_is_deactivated_and_activated(passage, anna):
    assert passage.user.deactivate(anna.id).status == "inactive"
    assert passage.user.activate(anna.id).status == "active"


def test_a_deleted_user_is_gone_and_the_identifier_free(passage, anna):
    passage.user.delete(anna.id)
    with pytest.raises(PassageError, match="not found") as caught:
        passage.user.get(anna.id)
    assert (caught.value.status_code, caught.value.error_code) == (404, "user_not_found")
    assert passage.user.create(CreateUserArgs(email="anna@example.org")).id != anna.id


def test_devices_and_tokens_are_revoked(passage, sandbox, anna):
    assert passage.user.list_devices(anna.id) == []
    sandbox.sign_in(anna.id)
    [device] = passage.user.list_devices(anna.id)
    assert passage.user.get(anna.id).webauthn_devices == [device]
    passage.user.revoke_refresh_tokens(anna.id)
    passage.user.revoke_device(anna.id, device.id)
    assert passage.user.list_devices(anna.id) == []
    with pytest.raises(PassageError) as caught:
        passage.user.revoke_device(anna.id, device.id)
    assert caught.value.error_code == "device_not_found"


@pytest.mark.parametrize("kind", [MagicLinkType.LOGIN, MagicLinkType.VERIFY_IDENTIFIER])
def test_magic_links_of_every_kind(passage, sandbox, anna, kind):
    options = MagicLinkOptions(ttl=12, redirect_url="/welcome", magic_link_path="/in")
    by_email = MagicLinkWithEmailArgs(email="bo@example.org", link_type=kind, send=False)
    link = passage.auth.create_magic_link(by_email, options)
    assert (link.identifier, link.type, link.ttl, link.redirect_url) == ("bo@example.org", kind, 12, "/welcome")
    assert link.user_id == sandbox.users()["id"].iloc[-1]
    by_phone = passage.auth.create_magic_link(MagicLinkWithPhoneArgs(phone="+12025550123", link_type=kind, send=False))
    assert by_phone.identifier == "+12025550123"
    by_user = MagicLinkWithUserArgs(user_id=anna.id, channel=MagicLinkChannel.EMAIL, link_type=kind, send=False)
    assert passage.auth.create_magic_link(by_user).user_id == anna.id
    assert len(sandbox.users()) == 3


def test_users_are_listed_page_by_page(passage, sandbox):
    ids = sandbox.add_users({"email": f"u{number}@example.org"} for number in range(7))
    headers = {"Authorization": f"Bearer {sandbox.api_key}", "Passage-Version": ""}

    def page(number, **options):
        return UsersApi().list_paginated_users(sandbox.app_id, number, limit=3, _headers=headers, **options)

    first = page(1, order_by="created_at:ASC")
    rest = [page(number, created_before=first.created_before, order_by="created_at:ASC") for number in (2, 3)]
    assert [user.id for part in (first, *rest) for user in part.users] == ids
    assert (first.total_users, first.links.previous.href, rest[-1].links.next.href) == (7, "", "")
    [found] = page(1, identifier="<like:u4@>", login_count=0, created_at="<gt:2024-01-01T00:00:00.000000Z>").users
    assert found.id == ids[4]
    assert page(1, identifier="<like:nobody>").users == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"email": "anna@"}, "identifier: must be a valid email address."),
        ({"phone": "2025550123"}, "identifier: must be a valid E164 number."),
    ],
)
def test_a_bad_identifier_is_refused(passage, arguments, error):
    with pytest.raises(PassageError) as caught:
        passage.user.create(CreateUserArgs(**arguments))
    assert (caught.value.status_code, caught.value.error_code, caught.value.message) == (400, "invalid_request", error)


def test_a_bad_key_and_a_bad_app_are_refused(passage, sandbox):
    with pytest.raises(PassageError) as caught:
        Passage(sandbox.app_id, "wrong").user.get("nobody")
    assert (caught.value.status_code, caught.value.message) == (401, "Invalid access token")
    with pytest.raises(PassageError) as caught:
        Passage("wrong", sandbox.api_key).user.get("nobody")
    assert (caught.value.status_code, caught.value.error_code) == (404, "app_not_found")


def shape(value):
    """Keys and types of a body; null metadata and empty lists have the shape of any."""
    if isinstance(value, dict):
        return {key: None if key == "user_metadata" else shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value)


def test_answers_have_the_shape_of_the_examples(sandbox):
    examples = {name.split(" (")[0]: body for name, body in EXAMPLES.items()}
    with client_of(sandbox) as http:
        answers = {
            "user": http.post("/users", json={"email": "anna@example.org", "user_metadata": {"example1": "qwe"}}),
            "list page": http.get("/users", params={"limit": 1}),
            "magic link": http.post("/magic-links", json={"email": "anna@example.org", "ttl": 12}),
            "error 400": http.post("/users", json={"email": "anna@"}),
            "error 401": http.get("/users", headers={"Authorization": "Bearer wrong"}),
            "error 404": http.get("/users/nobody"),
        }
        user_id = answers["user"].json()["user"]["id"]
        answers["devices"] = http.get(f"/users/{user_id}/devices")
    assert answers.keys() == examples.keys()
    for name, answer in answers.items():
        assert shape(answer.json()) == shape(examples[name]), name
        if name.startswith("error"):
            assert (answer.status_code, answer.json()) == (int(name[-3:]), examples[name])

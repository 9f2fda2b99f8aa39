"""The operations over HTTP: which error comes first, paths and methods that are none, and the app itself."""

import httpx
import pytest
from clients import client_of
from waiting import LONG

from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.sandbox import Fault, Sandbox, Unknowns
from passage_kit.sandbox.faults import OPERATIONS as OPERATION_NAMES
from passage_kit.sandbox.store import Store

OPERATIONS = [
    ("POST", "/users"),
    ("GET", "/users"),
    ("GET", "/users/nobody"),
    ("PATCH", "/users/nobody"),
    ("DELETE", "/users/nobody"),
    ("PATCH", "/users/nobody/activate"),
    ("PATCH", "/users/nobody/deactivate"),
    ("GET", "/users/nobody/devices"),
    ("DELETE", "/users/nobody/devices/none"),
    ("DELETE", "/users/nobody/tokens"),
    ("POST", "/magic-links"),
    ("GET", ""),
    ("POST", "/import/users"),
]
WITHOUT_A_KEY = [("PATCH", "/magic-link/activate"), ("GET", "/.well-known/jwks.json")]
OF_A_USER = [(method, path) for method, path in OPERATIONS if "nobody" in path]


@pytest.mark.parametrize(("method", "path"), [*OPERATIONS, ("GET", "/nothing"), ("PUT", "/users")])
@pytest.mark.parametrize("key", [None, "", "Bearer", "Bearer wrong", "Basic eDp5", "Bearer clé"])
def test_a_bad_key_is_refused_before_anything_else(standing_sandbox, method, path, key):
    headers = {} if key is None else {"Authorization": key.encode()}
    answer = httpx.request(method, f"{standing_sandbox.base_url}/apps/another{path}", headers=headers)
    assert (answer.status_code, answer.json()) == (
        401,
        {"code": "invalid_access_token", "error": "Invalid access token"},
    )


@pytest.mark.parametrize(("method", "path"), [*OPERATIONS, *WITHOUT_A_KEY])
def test_another_app_is_not_found(standing_sandbox, standing_http, method, path):
    answer = standing_http.request(method, f"{standing_sandbox.base_url}/apps/another{path}")
    assert (answer.status_code, answer.json()) == (404, {"code": "app_not_found", "error": "App not found"})


@pytest.mark.parametrize(("method", "path"), OF_A_USER)
@pytest.mark.parametrize("user_id", ["nobody", "9DeEXvYBStnzwQcHFd6f558L", "%27--", "%00", "é"])
def test_an_unknown_user_is_not_found_whatever_the_id_looks_like(standing_http, method, path, user_id):
    answer = standing_http.request(method, path.replace("nobody", user_id))
    assert (answer.status_code, answer.json()) == (404, {"code": "user_not_found", "error": "User not found"})


@pytest.mark.parametrize("path", ["/nothing", "/users/nobody/nothing", "/users/nobody/devices/none/more"])
def test_a_path_that_is_none_is_not_found(standing_http, path):
    answer = standing_http.get(path)
    assert (answer.status_code, answer.json()) == (404, {"code": "not_found", "error": "Not found"})


@pytest.mark.parametrize(("method", "path", "allowed"), [("PUT", "/users", "POST, GET"), ("POST", "", "GET")])
def test_a_method_that_is_none_is_refused_with_those_that_are(standing_http, method, path, allowed):
    answer = standing_http.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json().keys() == {"code", "error"}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_slash_at_the_end_changes_nothing(standing_http, method, path):
    with_slash, without = (standing_http.request(method, asked) for asked in (f"{path}/", path))
    assert (with_slash.status_code, with_slash.json().keys()) == (without.status_code, without.json().keys())
    assert with_slash.json().get("code") == without.json().get("code")


def test_success_without_a_body_is_empty(http, sandbox):
    [user_id] = sandbox.add_users([{"email": "a@example.org"}])
    for path in (f"/users/{user_id}/tokens", f"/users/{user_id}"):
        answer = http.delete(path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_an_update_without_a_body_object_is_refused_and_of_nobody_is_not_found(http, sandbox):
    [user_id] = sandbox.add_users([{"email": "a@example.org"}])
    assert http.patch(f"/users/{user_id}").status_code == 400
    assert http.patch("/users/nobody").status_code == 404
    assert http.patch(f"/users/{user_id}", json={}).json()["user"]["email"] == "a@example.org"


@pytest.mark.parametrize("query", ["identifier=anna%2Bx%40example.org", "identifier=ANNA%2Bx%40Example.org"])
def test_a_lookup_takes_escaped_characters(http, query):
    http.post("/users", json={"email": "anna+x@example.org"})
    assert http.get(f"/users?{query}").json()["total_users"] == 1
    assert http.get("/users?identifier=nobody%40example.org").json()["users"] == []


def test_a_repeated_identifier_is_201_or_400(http):
    first = http.post("/users", json={"email": "a@example.org"})
    again = http.post("/users", json={"email": "A@example.org", "user_metadata": {"a": 1}})
    assert (again.status_code, again.json()) == (201, first.json())
    with Sandbox(unknowns=Unknowns(repeated="refused")) as strict, client_of(strict) as other:
        other.post("/users", json={"email": "a@example.org"})
        refused = other.post("/users", json={"email": "a@example.org"})
    assert (refused.status_code, refused.json()) == (
        400,
        {"code": "invalid_request", "error": "user: already exists."},
    )


def test_neither_email_nor_phone_is_refused(http, sandbox):
    answer = http.post("/users", json={"user_metadata": {"a": 1}})
    assert (answer.status_code, answer.json()["error"]) == (400, "identifier: cannot be blank.")
    assert sandbox.users().empty


def test_a_magic_link_creates_a_missing_user_and_finds_one_who_is_there(http, sandbox):
    answer = http.post("/magic-links", json={"email": "Anna@example.org"})
    link = answer.json()["magic_link"]
    assert (answer.status_code, link["identifier"], link["user_id"]) == (
        201,
        "anna@example.org",
        sandbox.users()["id"][0],
    )
    assert link["url"].endswith(link["secret"])
    again = http.post("/magic-links", json={"user_id": link["user_id"]}).json()["magic_link"]
    assert (again["user_id"], again["identifier"]) == (link["user_id"], "anna@example.org")
    assert http.post("/magic-links", json={"user_id": "nobody"}).json()["code"] == "user_not_found"
    assert len(sandbox.users()) == 1


def test_the_app_carries_its_metadata_fields():
    fields = MetadataSchema([MetadataField("first_name", registration=True), MetadataField("age", type="integer")])
    with Sandbox(schema=fields) as sandbox, client_of(sandbox) as http:
        app = http.get("").json()["app"]
        assert app["id"] == sandbox.app_id
        assert (
            MetadataSchema.from_dicts(
                [{k: v for k, v in field.items() if k != "id"} for field in app["user_metadata_schema"]]
            )
            == fields
        )
        assert http.get("").json()["app"] == app


def test_the_document_is_open_to_all(standing_sandbox):
    address = standing_sandbox.base_url.removesuffix("/v1")
    assert httpx.get(f"{address}/openapi.json", timeout=LONG).json()["openapi"].startswith("3.1")


@pytest.mark.parametrize("struck", OPERATION_NAMES)
def test_a_fault_strikes_the_operation_that_it_names_and_no_other(standing_sandbox, standing_http, struck):
    standing_sandbox.faults = [Fault("error_503", operation=struck)]
    asked = [*OPERATIONS, *WITHOUT_A_KEY, ("GET", "/users?identifier=nobody@example.org")]
    answers = {(method, path): standing_http.request(method, path).status_code for method, path in asked}
    assert sorted(answers.values()).count(503) == 1
    assert standing_sandbox.struck == {"error_503": 1}
    standing_sandbox.faults = []


def test_a_defect_is_answered_as_the_contract_has_it_and_said(standing_sandbox, standing_http, monkeypatch, caplog):
    monkeypatch.setattr(Store, "select", lambda *_: 1 / 0)
    answer = standing_http.get("/users")
    assert (answer.status_code, answer.json()) == (
        500,
        {"code": "internal_server_error", "error": "Internal server error"},
    )
    [record] = caplog.records
    assert "defect" in record.message
    assert standing_sandbox.api_key not in caplog.text

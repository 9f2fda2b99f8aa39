"""What a push says beforehand about users and app that do not fit, against a real server that shows an app."""

import json

import pytest
from pushing import FIELDS, client_of, people, workspace_of
from scripted import scripted

import passage_kit as pk
from passage_kit.push.push_input import PushInput
from passage_kit.push.readiness import check_readiness
from passage_kit.sandbox import AppSettings, Sandbox

METHODS = {"passkeys": {"enabled": True}, "otp": {"enabled": False}, "magic_link": {"enabled": True, "ttl": 60}}
OPEN = {
    "auth_methods": METHODS,
    "allowed_identifier": "both",
    "required_identifier": "either",
    "public_signup": True,
    "user_metadata_schema": [
        {"field_name": "first_name", "friendly_name": "First name", "type": "string", "registration": False},
        {"field_name": "points", "friendly_name": "Points", "type": "integer", "registration": False},
    ],
}


def field(name, kind="string", *, registration=False):
    return {"field_name": name, "friendly_name": name.title(), "type": kind, "registration": registration}


def found(workspace, **app):
    """What is said about an app: users by code and field."""
    body = {"app": {"id": "app", "name": "App", **OPEN, **app}}
    with scripted((200, body, {})) as script, script.client() as client:
        shortfalls = check_readiness(client, PushInput(workspace))
    assert all(one.sentence.endswith(".") and one.sentence.count(".") >= 1 for one in shortfalls)
    return {(one.code, one.field): one.users for one in shortfalls}


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "m", people(30))  # 10 with email alone, 10 with both, 10 with phone alone


def test_an_app_that_fits_is_nothing_to_speak_of(workspace):
    assert found(workspace) == {}


def test_fields_that_the_app_lacks_are_counted(workspace):
    assert found(workspace, user_metadata_schema=[field("first_name")]) == {("field_missing", "points"): 30}


@pytest.mark.parametrize(
    ("kind", "ours", "values", "unheld"),
    [
        ("boolean", "integer", ["1", "2", None], 2),
        ("string", "integer", ["1", "2", None], 2),
        ("integer", "string", ["1", "x", None], 2),
        ("date", "string", ["02/29/1980", "02/30/1980", "1980-02-29", None], 2),
        ("phone", "string", ["+14155552671", "4155552671", "x", None], 2),
        ("email", "string", ["a@example.org", "a@", None, "b@example.org"], 1),
        ("string", "date", ["1980-02-29", None], 0),
        ("date", "email", ["a@example.org"], 1),
        ("of tomorrow", "string", ["x", "x", None], 2),
    ],
)
def test_values_that_the_apps_type_cannot_hold_are_counted(tmp_path, kind, ours, values, unheld):
    schema = pk.MetadataSchema.from_dicts([{"field_name": "x", "type": ours}])
    users = [{"email": f"ann{at}@example.org", "x": value} for at, value in enumerate(values)]
    workspace = workspace_of(tmp_path / "m", users, schema=schema)
    assert found(workspace, user_metadata_schema=[field("x", kind)]) == {("field_type", "x"): unheld}


def test_fields_that_the_app_requires_and_users_lack_are_counted(tmp_path):
    users = [{**user, "points": "" if at % 3 else "7"} for at, user in enumerate(people(30))]
    workspace = workspace_of(tmp_path / "m", users)
    schema = [field("first_name", registration=True), field("points", "integer", registration=True)]
    assert found(workspace, user_metadata_schema=schema) == {("field_required", "points"): 20}
    schema.append(field("birthday", "date", registration=True))
    assert found(workspace, user_metadata_schema=schema)[("field_required", "birthday")] == 30


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"allowed_identifier": "email"}, {("identifier_not_allowed", "phone"): 10}),
        ({"allowed_identifier": "PHONE"}, {("identifier_not_allowed", "email"): 10}),
        ({"required_identifier": "email"}, {("identifier_required", "email"): 10}),
        ({"required_identifier": "both"}, {("identifier_required", "email"): 10, ("identifier_required", "phone"): 10}),
        ({"auth_methods": {"passkeys": {"enabled": True}}}, {("first_login", ""): 30}),
        ({"auth_methods": None, "auth_fallback_method": "none"}, {("first_login", ""): 30}),
        ({"auth_methods": None, "auth_fallback_method": "magic_link"}, {}),
        ({"public_signup": False}, {("signup_closed", ""): 0}),
        ({"user_metadata_schema": None}, {("not_checked", ""): 30}),
        ({"auth_methods": [], "allowed_identifier": 7, "required_identifier": None}, {("not_checked", ""): 30}),
    ],
)
def test_login_methods_and_identifiers_that_leave_people_out_are_counted(workspace, settings, expected):
    assert found(workspace, **settings) == expected


def test_phones_alone_and_an_app_of_emails_leave_everybody_out(tmp_path):
    workspace = workspace_of(tmp_path / "m", [{"phone": f"+1202555{number:04d}"} for number in range(5)])
    settings = {"allowed_identifier": "email", "required_identifier": "email"}
    assert set(found(workspace, **settings).values()) == {5}


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_app_that_cannot_be_read_is_one_sentence(workspace, monkeypatch, status):
    monkeypatch.setattr("passage_kit.api.operations.TRIES", 1)
    with scripted((status, {"code": "no", "error": "no"}, {})) as script, script.client() as client:
        [shortfall] = check_readiness(client, PushInput(workspace))
    assert (shortfall.code, shortfall.users) == ("not_checked", 30)
    assert str(status) in shortfall.sentence


def test_a_key_that_is_refused_ends_the_check(workspace):
    refused = (401, {"code": "invalid_access_token", "error": "no"}, {})
    with scripted(refused) as script, script.client() as client, pytest.raises(pk.KeyRefusedError):
        check_readiness(client, PushInput(workspace))


def test_it_is_said_before_consent_in_text_json_and_report(tmp_path):
    (tmp_path / "users.csv").write_text("email,first_name,points\nanna@example.org,Anna,7\nbo@example.org,Bo,\n")
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m", schema=FIELDS)
    shown = []
    with Sandbox(schema=pk.MetadataSchema(list(FIELDS)[:1])) as sandbox, client_of(sandbox) as client:
        result = pk.push_users(tmp_path / "m", client=client, confirm=lambda expected: shown.append(expected) or True)
        assert result.created == 2
    [expected] = shown
    sentence = "The app lacks the metadata field Points (points), for which 1 users have a value: create it"
    assert sentence in expected.to_text()
    entries = json.loads(json.dumps(expected.summary()))["shortfalls"]
    assert ("field_missing", "points", 1) in [(it["code"], it["field"], it["users"]) for it in entries]
    assert sentence in (tmp_path / "m" / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "users", "sentence"),
    [
        (AppSettings(login_methods=("passkeys",)), 30, "neither magic links nor one-time codes on, and 30 users"),
        (AppSettings(allowed_identifier="email"), 10, "takes an email only, and 10 users have only a phone"),
        (AppSettings(required_identifier="both"), 10, "requires an email, and 10 users have none"),
        (AppSettings(public_signup=False), 0, "Public sign-up is off: apart from these 30 users, nobody can sign up"),
    ],
)
def test_whom_an_app_leaves_out_is_said_end_to_end_before_anything_is_sent(workspace, settings, users, sentence):
    with Sandbox(schema=FIELDS) as sandbox, client_of(sandbox) as client:
        assert pk.push_users(workspace, client=client, dry_run=True).shortfalls == ()
        sandbox.settings = settings
        asked = []
        with pytest.raises(pk.PushError, match="Nothing was sent"):
            pk.push_users(workspace, client=client, confirm=asked.append)
        assert sentence in asked[0].to_text()
        assert asked[0].shortfalls[0].users == users
        assert sandbox.requests["create"] == 0
        assert pk.push_users(workspace, client=client).created == 30

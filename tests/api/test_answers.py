from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.api.answers import read_app, read_import, read_page, read_user
from passage_kit.errors import NoAnswerError

FULL = {
    "created_at": "2024-05-24T17:40:04.061043Z", "email": "anna@example.com", "email_verified": False,
    "external_id": "", "id": "9DeEXvYBStnzwQcHFd6f558L", "last_login_at": "0001-01-01T00:00:00Z",
    "login_count": 0, "phone": "", "phone_verified": False, "recent_events": [], "social_connections": {},
    "status": "pending", "updated_at": "2024-05-24T17:40:04.061043Z", "user_metadata": {"example1": "qwe"},
    "webauthn": False, "webauthn_devices": [], "webauthn_types": [],
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FULL, "users", "errors"]), inner),
    max_leaves=12,
)


def test_a_user_is_read():
    user = read_user({"user": FULL})
    assert (user.id, user.email, user.phone, user.status) == (FULL["id"], "anna@example.com", "", "pending")
    assert user.created_at.isoformat() == "2024-05-24T17:40:04.061043+00:00"
    assert user.last_login_at is None
    assert "anna@" not in repr(user)


@pytest.mark.parametrize("metadata", [None, {}])
def test_no_metadata_has_two_forms(metadata):
    assert read_user({"user": {**FULL, "user_metadata": metadata}}).user_metadata == {}


@pytest.mark.parametrize("moment", [None, "", 7, "soon", "0001-01-01T00:00:00Z", "2024-05-24T17:40:04"])
def test_a_moment_that_is_none_means_not_known(moment):
    user = read_user({"user": {**FULL, "created_at": moment, "last_login_at": moment}})
    assert user.created_at is user.last_login_at is None


@pytest.mark.parametrize("body", [{}, {"user": None}, {"user": []}, {"user": {"id": ""}}, {"user": {"id": 7}}])
def test_a_user_without_an_id_is_no_answer(body):
    with pytest.raises(NoAnswerError):
        read_user(body)


def test_a_page_needs_nothing_but_users():
    assert read_page({"users": [FULL]}).total == -1
    assert read_page({"users": None}).users == ()
    assert read_page({"users": [], "total_users": 3, "created_before": 0}).created_before is None
    with pytest.raises(NoAnswerError):
        read_page({"users": {}})


def test_an_app_may_show_its_fields_or_not():
    fields = [{"id": "x", "field_name": "plan", "friendly_name": "Plan", "type": "string", "profile": True, "new": 1}]
    assert read_app({"app": {"id": "a", "user_metadata_schema": fields}}).schema["plan"].profile
    assert read_app({"app": {"id": "a"}}).schema is None
    app = read_app({"app": {"user_metadata_schema": [*fields, {"field_name": "x", "type": "of tomorrow"}]}})
    assert [field.field_name for field in app.schema] == ["plan"]
    assert app.other_fields == {"x": "of tomorrow"}


def test_the_settings_of_an_app_are_read_if_they_are_what_they_can_be():
    shown = {"auth_methods": {"otp": {"enabled": True}}, "allowed_identifier": "Email", "public_signup": False}
    app = read_app({"app": {"id": "a", **shown}})
    assert app.methods == {"passkeys": False, "otp": True, "magic_link": False}
    assert (app.allowed_identifier, app.required_identifier, app.public_signup) == ("email", "", False)
    odd = read_app({"app": {"id": 7, "name": "\x1b[2J", "auth_methods": 3, "public_signup": "no", "role": None}})
    assert (odd.id, odd.name, odd.methods, odd.public_signup) == ("", "", {}, None)


def test_an_import_is_read_whatever_its_keys():
    answer = read_import(
        {
            "imported": [{"user_id": "u1", "who": "anna@example.org"}, 7],
            "existing": None,
            "errors": [{"identifier": "x", "errors": ["bad", "worse"]}, {"identifier": "y", "errors": "bad"}],
        }
    )
    assert answer.imported == (("u1", "anna@example.org"),)
    assert (answer.existing, dict(answer.errors)) == ((), {"x": "bad; worse", "y": "bad"})
    assert "anna" not in repr(answer)


@given(st.dictionaries(st.sampled_from(["user", "users", "app", "imported", "errors", "total_users"]), JSON))
def test_no_json_breaks_the_reading(body):
    for read in (read_user, read_page, read_app, read_import):
        with suppress(NoAnswerError):
            read(body)

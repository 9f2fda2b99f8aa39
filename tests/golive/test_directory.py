"""What Passage says of a user, asked within bounds and remembered for as long as it may be."""

import asyncio
import time

import pytest
from scripted import scripted
from signing_in import register

from passage_kit.errors import CredentialsError
from passage_kit.golive import AuthenticationUnavailableError, Directory, NotAuthenticatedError, directory
from passage_kit.sandbox import Fault


@pytest.fixture
def asked(sandbox):
    return Directory(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url, deadline=2)


@pytest.fixture
def later(monkeypatch):
    """Move the directory's time on."""
    moved = [0.0]

    class Clock:
        @staticmethod
        def monotonic():
            return time.monotonic() + moved[0]

    monkeypatch.setattr(directory, "time", Clock)
    return lambda seconds: moved.append(moved.pop() + seconds)


def test_a_user_is_read_both_ways(sandbox, asked):
    user_id = register(sandbox, email="anna@example.org", phone="+12025550123")
    person = asked.get(user_id)
    assert person == asyncio.run(asked.get_async(user_id))
    assert (person.email, person.email_verified, person.phone, person.phone_verified, person.status) == (
        "anna@example.org", True, "+12025550123", False, "active"
    )  # fmt: skip
    assert "anna" not in repr(person)
    assert "2025550123" not in repr(person)


def test_somebody_whom_passage_does_not_know_is_refused(asked):
    with pytest.raises(NotAuthenticatedError):
        asked.get("nobody")


@pytest.mark.parametrize(
    "kind", ["error_500", "rate_limit", "closed", "wrong_content_type", "half_response", "key_revoked"]
)
def test_no_usable_answer_is_503(sandbox, asked, kind, caplog):
    user_id = register(sandbox, email="anna@example.org")
    sandbox.faults = [Fault(kind)]
    with pytest.raises(AuthenticationUnavailableError):
        asked.get(user_id)
    assert sandbox.api_key not in caplog.text


ANNA = {"id": "Anna", "email": "anna@example.org", "phone": "", "status": "active", "email_verified": True}


def answered(user):
    """What the directory reads in an answer of any kind about the user Anna."""
    with scripted((200, {"user": user}, {})) as script:
        return Directory(app_id="app", api_key="key", base_url=script.base_url, deadline=2).get("Anna")


@pytest.mark.parametrize(
    "other",
    [
        {"id": "Bob"}, {"id": "anna"}, {"id": None}, {"email": None}, {"email": ["anna@example.org"]}, {"phone": 0},
        {"status": None}, {"email": "\ud800@example.org"}, {"email": "anna@example.org\0"},
    ],
)  # fmt: skip
def test_an_answer_that_is_not_of_this_user_or_of_another_form_is_503(other):
    assert answered(ANNA).email_verified is True
    with pytest.raises(AuthenticationUnavailableError):
        answered(ANNA | other)


@pytest.mark.parametrize("verified", [None, "true", "false", 1, {}, [True]])
def test_an_email_counts_as_verified_by_true_alone(verified):
    assert answered(ANNA | {"email_verified": verified}).email_verified is False


def test_a_status_is_asked_once_within_its_time(sandbox, asked, later):
    user_id = register(sandbox, email="anna@example.org")
    assert [asked.status(user_id, 60) for _ in range(3)] == ["active"] * 3
    assert asyncio.run(asked.status_async(user_id, 60)) == "active"
    assert sandbox.requests["get"] == 1
    sandbox.store.set_status(user_id, "inactive")
    assert asked.status(user_id, 60) == "active"
    later(60)
    assert asked.status(user_id, 60) == "inactive"


def test_a_status_of_zero_seconds_is_asked_each_time(sandbox, asked):
    user_id = register(sandbox, email="anna@example.org")
    for _ in range(3):
        asked.status(user_id, 0)
    assert sandbox.requests["get"] == 3


def test_the_last_status_goes_on_in_an_outage_for_an_hour(sandbox, asked, later):
    user_id = register(sandbox, email="anna@example.org")
    asked.status(user_id, 60)
    sandbox.faults = [Fault("error_503")]
    later(directory.STALE / 2)
    assert asked.status(user_id, 60) == asyncio.run(asked.status_async(user_id, 60)) == "active"
    later(directory.STALE)
    with pytest.raises(AuthenticationUnavailableError):
        asked.status(user_id, 60)
    with pytest.raises(AuthenticationUnavailableError):
        asyncio.run(asked.status_async(user_id, 60))


def test_a_deleted_user_is_refused(sandbox, asked):
    user_id = register(sandbox, email="anna@example.org")
    asked.status(user_id, 60)
    sandbox.store.delete(user_id)
    with pytest.raises(NotAuthenticatedError):
        asked.status(user_id, 0)
    before = sandbox.requests["get"]
    assert asked.status(user_id, 60) == "inactive"  # which is remembered, and asks for nobody again
    assert sandbox.requests["get"] == before


def test_the_statuses_of_few_users_are_remembered(sandbox, asked, monkeypatch):
    monkeypatch.setattr(directory, "_MOST", 2)
    for number in range(4):
        asked.status(register(sandbox, email=f"user{number}@example.org"), 60)
    assert len(asked._statuses) == 2


@pytest.mark.parametrize("missing", ["PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"])
def test_settings_come_from_the_environment_and_a_missing_one_is_named(sandbox, monkeypatch, tmp_path, missing):
    monkeypatch.chdir(tmp_path)
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    assert Directory().get(register(sandbox, email="anna@example.org")).email == "anna@example.org"
    monkeypatch.delenv(missing)
    with pytest.raises(CredentialsError, match=f"{missing} is not set"):
        Directory()


def test_the_key_goes_nowhere_unencrypted():
    with pytest.raises(CredentialsError, match="not encrypted"):
        Directory(app_id="app", api_key="secret", base_url="http://api.example.org/v1")

"""A token from a sandbox that runs already."""

import jwt
import pytest

from passage_kit.errors import CredentialsError, PushError
from passage_kit.sandbox import login


def test_a_login_gives_a_token_of_the_user(sandbox):
    [user_id] = sandbox.add_users([{"email": "anna@example.org"}])
    token = login("anna@example.org", settings=sandbox.environment)
    assert jwt.decode(token, options={"verify_signature": False})["sub"] == user_id


def test_the_settings_of_the_environment_name_the_sandbox(sandbox, monkeypatch):
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    assert login("anna@example.org").count(".") == 2
    assert list(sandbox.users()["email"]) == ["anna@example.org"]


def test_a_missing_setting_is_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PASSAGE_BASE_URL", raising=False)
    with pytest.raises(CredentialsError, match="PASSAGE_BASE_URL is not set"):
        login("anna@example.org")


def test_the_key_goes_to_no_other_machine(sandbox):
    with pytest.raises(CredentialsError, match="not on this machine"):
        login("anna@example.org", settings={**sandbox.environment, "PASSAGE_BASE_URL": "https://api.passage.id/v1"})


def test_a_sandbox_that_has_ended_is_said(sandbox):
    settings = sandbox.environment
    sandbox.stop()
    with pytest.raises(PushError, match="No sandbox answers at http://127"):
        login("anna@example.org", settings=settings)


def test_an_email_that_is_none_is_refused_in_the_words_of_the_sandbox(sandbox):
    with pytest.raises(PushError, match="400: identifier: must be a valid email address"):
        login("anna@", settings=sandbox.environment)

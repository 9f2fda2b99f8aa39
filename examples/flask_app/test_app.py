"""The application against a sandbox: found, linked, registered, refused."""

import pytest
import sqlalchemy as sa
from app import Account, create_app
from sqlalchemy.orm import Session

from passage_kit.sandbox import Fault, Sandbox, login


@pytest.fixture
def sandbox(monkeypatch, tmp_path):
    with Sandbox() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PASSAGE_AUTH_URL", running.base_url)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'accounts.db'}")
        yield running


@pytest.fixture
def client(sandbox):
    return create_app().test_client()


def add(tmp_path, **values):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'accounts.db'}")
    with Session(engine) as session:
        session.add(Account(**values))
        session.commit()
    engine.dispose()


def bearer(sandbox, email):
    return {"Authorization": f"Bearer {login(email, settings=sandbox.environment)}"}


def test_an_imported_user_and_somebody_new_are_found(client, sandbox, tmp_path):
    add(tmp_path, id=7, email="anna@example.org")
    assert client.get("/me", headers=bearer(sandbox, "anna@example.org")).json == {"id": 7, "email": "anna@example.org"}
    assert client.get("/me", headers=bearer(sandbox, "bob@example.org")).json == {"id": 8, "email": "bob@example.org"}


def test_nobody_is_refused_in_json_without_a_reason(client):
    for headers, cookie in (({}, ""), ({"Authorization": "Bearer forged"}, ""), ({}, "old")):
        client.set_cookie("psg_auth_token", cookie)
        assert client.get("/", headers=headers).status_code == 200
        answer = client.get("/me", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json == {"code": "not_authenticated", "error": "Sign in first."}


def test_a_cookie_changes_something_from_the_own_pages_alone(client, sandbox):
    client.set_cookie("psg_auth_token", login("anna@example.org", settings=sandbox.environment))
    refused = client.post("/leave", headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json["code"]) == (403, "origin_refused")
    assert client.post("/leave", headers={"Origin": "http://localhost"}).json == {"left": 1}


def test_somebody_who_is_held_is_told_so(client, sandbox, tmp_path):
    add(tmp_path, email="anna@example.org")
    [user_id] = sandbox.add_users([{"email": "anna@example.org"}])  # who has not followed the link
    answer = client.get("/me", headers={"Authorization": f"Bearer {sandbox.issue_token(user_id)}"})
    assert (answer.status_code, answer.json["code"]) == (403, "account_held")


def test_an_outage_is_503(client, sandbox):
    headers = bearer(sandbox, "anna@example.org")
    sandbox.faults = [Fault("error_503")]
    answer = client.get("/me", headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")

"""The application against a sandbox: found, linked, registered, refused."""

import pytest
import sqlalchemy as sa
from app import Account, create_app
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

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
    return TestClient(create_app(), base_url="http://example.org")


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
    assert client.get("/me", headers=bearer(sandbox, "anna@example.org")).json() == {
        "id": 7,
        "email": "anna@example.org",
    }
    assert client.get("/me", headers=bearer(sandbox, "bob@example.org")).json() == {"id": 8, "email": "bob@example.org"}
    assert client.get("/", headers=bearer(sandbox, "bob@example.org")).json() == {"signed_in": True}


def test_nobody_sees_public_pages_alone(client):
    for headers in ({}, {"Authorization": "Bearer forged"}, {"Cookie": "psg_auth_token=old"}):
        assert client.get("/", headers=headers).json() == {"signed_in": False}
        answer = client.get("/me", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_an_inactive_account_is_refused(client, sandbox, tmp_path):
    add(tmp_path, email="anna@example.org", active=False)
    assert client.get("/me", headers=bearer(sandbox, "anna@example.org")).status_code == 401


def test_a_cookie_changes_something_from_the_own_pages_alone(client, sandbox):
    client.cookies.set("psg_auth_token", login("anna@example.org", settings=sandbox.environment))
    refused = client.post("/leave", headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_refused")
    assert client.post("/leave", headers={"Origin": "http://example.org"}).json() == {"left": 1}


def test_an_outage_is_503_where_a_user_is_needed(client, sandbox):
    headers = bearer(sandbox, "anna@example.org")
    sandbox.faults = [Fault("error_503")]
    assert client.get("/", headers=headers).status_code == 200
    answer = client.get("/me", headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")

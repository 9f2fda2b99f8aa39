"""The application against a sandbox: found, linked, registered, refused."""

import pytest
import sqlalchemy as sa
from app import Account, Base, create_app
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from passage_kit.sandbox import Fault, Sandbox, login


@pytest.fixture
def sandbox(monkeypatch, tmp_path):
    with Sandbox() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PASSAGE_AUTH_URL", running.base_url)
        monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'accounts.db'}")
        yield running


@pytest.fixture
def accounts(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'accounts.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Account(email="anna@example.org", plan="pro"))
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def client(sandbox, accounts):
    with TestClient(create_app(), base_url="http://example.org") as running:
        yield running


def bearer(sandbox, email):
    return {"Authorization": f"Bearer {login(email, settings=sandbox.environment)}"}


def test_an_imported_user_finds_the_own_account(client, sandbox):
    headers = bearer(sandbox, "anna@example.org")
    assert client.get("/me", headers=headers).json() == {"id": 1, "email": "anna@example.org", "plan": "pro"}


def test_somebody_new_registers(client, sandbox):
    me = client.get("/me", headers=bearer(sandbox, "bob@example.org")).json()
    assert me == {"id": 2, "email": "bob@example.org", "plan": "free"}


def test_a_deactivated_user_is_refused_at_once(client, sandbox):
    headers = bearer(sandbox, "anna@example.org")
    [user_id] = sandbox.users()["id"]
    sandbox.store.set_status(user_id, "inactive")
    assert client.get("/me", headers=headers).status_code == 401


def test_nobody_is_refused_in_json_without_a_reason(client):
    for headers in ({}, {"Authorization": "Bearer forged"}):
        answer = client.get("/me", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json() == {"detail": {"code": "not_authenticated", "error": "Sign in first."}}
    assert client.get("/").status_code == 200


def test_a_cookie_changes_something_from_the_own_pages_alone(client, sandbox):
    client.cookies.set("psg_auth_token", login("anna@example.org", settings=sandbox.environment))
    assert client.post("/plan/team", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/plan/team").status_code == 403
    assert client.get("/me").json()["plan"] == "pro"
    assert client.post("/plan/team", headers={"Origin": "http://example.org"}).json() == {"plan": "team"}
    assert client.get("/me").json()["plan"] == "team"


def test_an_outage_is_503(client, sandbox):
    headers = bearer(sandbox, "anna@example.org")
    sandbox.faults = [Fault("error_503")]
    answer = client.get("/me", headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"]["code"] == "authentication_unavailable"

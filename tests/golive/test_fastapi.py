"""FastAPI: the dependency gives the row, with an async store or a sync one, or ends the request."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from signing_in import Account, add, async_store_of, authenticator_of, parts_of, register, store_of

from passage_kit.golive import AsyncAuthenticator, FastApiUser
from passage_kit.sandbox import Fault


@pytest.fixture(params=["sync", "async"])
def client(request, sandbox, sqlite):
    store = store_of(sqlite)
    add(store, Account(email="anna@example.org"))
    authenticator = authenticator_of(sandbox, store)
    if request.param == "async":
        verifier, directory = parts_of(sandbox)
        authenticator = AsyncAuthenticator(verifier, async_store_of(sqlite), directory)
    user = Annotated[Account, Depends(FastApiUser(authenticator))]
    app = FastAPI()

    @app.get("/me")
    def me(user: user):
        return {"id": user.id}

    @app.post("/me")
    async def change(user: user):
        return {"id": user.id}

    @app.websocket("/talk")
    async def talk(websocket: WebSocket, user: user):
        await websocket.accept()
        await websocket.send_json({"id": user.id})

    with TestClient(app, base_url="http://example.org") as running:
        yield running


@pytest.fixture
def token(sandbox):
    return sandbox.issue_token(register(sandbox, email="anna@example.org"))


def test_the_row_is_given_to_requests_and_websockets(client, token):
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/me", headers=headers).json() == {"id": 1}
    with client.websocket_connect("/talk", headers=headers) as talking:
        assert talking.receive_json() == {"id": 1}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer forged"}, {"Cookie": "psg_auth_token=old"}])
def test_nobody_is_401(client, headers):
    answer = client.get("/me", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"detail": {"code": "not_authenticated", "error": "Sign in first."}}


@pytest.mark.parametrize(("origin", "status"), [("http://example.org", 200), ("https://evil.example", 403)])
def test_a_cookie_changes_something_from_the_own_pages_alone(client, token, origin, status):
    client.cookies.set("psg_auth_token", token)
    assert client.post("/me", headers={"Origin": origin}).status_code == status


def test_an_outage_is_503(sandbox, client, token):
    sandbox.faults = [Fault("error_503")]
    answer = client.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")

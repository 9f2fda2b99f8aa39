"""Starlette: who a request is, which views it reaches, and what a WebSocket needs."""

import pytest
from signing_in import Account, add, authenticator_of, register, store_of
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from passage_kit.golive import RequestRefusedError, StarletteBackend, answer_refusal, starlette_user
from passage_kit.sandbox import Fault


def home(request):
    names = [request.user.identity, request.user.display_name] if request.user.is_authenticated else []
    return JSONResponse({"names": names, "scopes": list(request.auth.scopes)})


def me(request):
    return JSONResponse({"id": starlette_user(request).id})


async def talk(websocket):
    try:
        user = starlette_user(websocket)
    except RequestRefusedError:
        await websocket.close()
        return
    await websocket.accept()
    await websocket.send_json({"id": user.id})
    await websocket.close()


@pytest.fixture
def client(sandbox, sqlite):
    store = store_of(sqlite)
    add(store, Account(email="anna@example.org"))
    backend = StarletteBackend(authenticator_of(sandbox, store))
    routes = [Route("/", home), Route("/me", me, methods=["GET", "POST"]), WebSocketRoute("/talk", talk)]
    middleware = [Middleware(AuthenticationMiddleware, backend=backend)]
    app = Starlette(routes=routes, middleware=middleware, exception_handlers={RequestRefusedError: answer_refusal})
    with TestClient(app, base_url="http://example.org") as running:
        yield running


@pytest.fixture
def token(sandbox):
    return sandbox.issue_token(register(sandbox, email="anna@example.org"))


def test_a_user_has_an_identity_and_a_row(client, token):
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/", headers=headers).json() == {"names": ["1", "1"], "scopes": ["authenticated"]}
    assert client.get("/me", headers=headers).json() == {"id": 1}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer forged"}, {"Cookie": "psg_auth_token=old"}])
def test_nobody_sees_public_pages_alone(client, headers):
    assert client.get("/", headers=headers).json() == {"names": [], "scopes": []}
    answer = client.get("/me", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"code": "not_authenticated", "error": "Sign in first."}


@pytest.mark.parametrize(("origin", "status"), [("http://example.org", 200), ("https://evil.example", 403)])
def test_a_cookie_changes_something_from_the_own_pages_alone(client, token, origin, status):
    client.cookies.set("psg_auth_token", token)
    assert client.post("/me", headers={"Origin": origin}).status_code == status
    assert client.get("/me", headers={"Origin": origin}).status_code == 200


def test_a_websocket_with_a_cookie_names_its_origin(client, token):
    client.cookies.set("psg_auth_token", token)
    with client.websocket_connect("/talk", headers={"Origin": "http://testserver"}) as talking:
        assert talking.receive_json() == {"id": 1}
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/talk", headers={"Origin": "https://evil.example"}) as talking,
    ):
        talking.receive_json()


def test_an_outage_is_503_where_a_user_is_needed(sandbox, client, token):
    sandbox.faults = [Fault("error_503")]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/", headers=headers).status_code == 200
    assert client.get("/me", headers=headers).status_code == 503


def test_another_error_is_not_answered():
    import asyncio

    with pytest.raises(LookupError):
        asyncio.run(answer_refusal(None, LookupError()))

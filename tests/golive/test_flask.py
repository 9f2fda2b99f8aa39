"""Flask: the extension gives the row, or answers in JSON."""

import pytest
from flask import Flask
from signing_in import Account, add, authenticator_of, register, store_of

from passage_kit.golive import FlaskPassage
from passage_kit.sandbox import Fault


@pytest.fixture
def client(sandbox, sqlite):
    store = store_of(sqlite)
    add(store, Account(email="anna@example.org"))
    passage, app = FlaskPassage(authenticator_of(sandbox, store)), Flask(__name__)
    passage.init_app(app)

    @app.get("/")
    def home():
        return {"hello": "everybody"}

    @app.get("/perhaps")
    def perhaps():
        return {"id": passage.user and passage.user.id}

    @app.route("/me/<word>", methods=["GET", "POST"])
    @passage.required
    def me(word):
        return {"id": passage.user.id, "word": word}

    assert app.extensions["passage"] is passage
    return app.test_client()


@pytest.fixture
def token(sandbox):
    return sandbox.issue_token(register(sandbox, email="anna@example.org"))


def test_the_row_is_given_and_looked_up_once(sandbox, client, token):
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/me/hello", headers=headers).json == {"id": 1, "word": "hello"}
    assert client.get("/perhaps", headers=headers).json == {"id": 1}
    assert client.get("/perhaps").json == {"id": None}
    assert sandbox.requests["get"] == 1


@pytest.mark.parametrize(("headers", "cookie"), [({}, ""), ({"Authorization": "Bearer forged"}, ""), ({}, "old")])
def test_nobody_sees_public_pages_alone(client, headers, cookie):
    if cookie:  # which the client of Flask does not take from a header
        client.set_cookie("psg_auth_token", cookie)
    assert client.get("/", headers=headers).status_code == 200
    answer = client.get("/me/hello", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json == {"code": "not_authenticated", "error": "Sign in first."}


@pytest.mark.parametrize(("origin", "status"), [("http://localhost", 200), ("https://evil.example", 403)])
def test_a_cookie_changes_something_from_the_own_pages_alone(client, token, origin, status):
    client.set_cookie("psg_auth_token", token)
    assert client.post("/me/hello", headers={"Origin": origin}).status_code == status


def test_an_outage_is_503(sandbox, client, token):
    sandbox.faults = [Fault("error_503")]
    answer = client.get("/me/hello", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_two_requests_in_one_context_of_the_application_are_two_users(client, token):
    """Scripts and tests keep a context open around several requests, and Flask then shares ``g`` among them."""
    with client.application.app_context():
        assert client.get("/perhaps", headers={"Authorization": f"Bearer {token}"}).json == {"id": 1}
        assert client.get("/perhaps").json == {"id": None}
        assert client.get("/me/hello").status_code == 401

"""Django's middleware: the user of a request is the row of whoever Passage has authenticated."""

import asyncio

import pytest
from django.contrib.auth import get_user_model
from django.test import AsyncClient, RequestFactory
from signing_in import register

from passage_kit.golive import DjangoMiddleware
from passage_kit.sandbox import Fault


@pytest.fixture
def anna(sandbox, django_client):
    return register(sandbox, email="anna@example.org")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_the_user_is_linked_and_looked_up_once(sandbox, django_client, anna):
    row = get_user_model().objects.create(username="anna", email="anna@example.org")
    for _ in range(2):
        assert django_client.get("/", headers=bearer(sandbox.issue_token(anna))).json() == {"user": row.pk}
    assert sandbox.requests["get"] == 1


def test_a_request_without_a_token_keeps_the_user_of_the_session(sandbox, django_client, anna):
    for cookie in ({}, {"psg_auth_token": ""}):  # one that a page has emptied
        request = RequestFactory().get("/")
        request.COOKIES = cookie
        request.user = "of the session"
        DjangoMiddleware(lambda _: None).process_request(request)
        assert request.user == "of the session"
    request = RequestFactory().get("/", headers=bearer(sandbox.issue_token(anna)))
    request.user = "of the session"
    DjangoMiddleware(lambda _: None).process_request(request)
    assert request.user.passage_id == anna


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer forged"}, {"Cookie": "psg_auth_token=old"}])
def test_nobody_sees_public_pages_alone(django_client, headers):
    assert django_client.get("/", headers=headers).json() == {"user": None}
    answer = django_client.get("/me", headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json() == {"code": "not_authenticated", "error": "Sign in first."}


def test_a_cookie_changes_something_from_the_own_pages_alone(sandbox, django_client, anna):
    django_client.cookies["psg_auth_token"] = sandbox.issue_token(anna)
    assert django_client.get("/me").status_code == 200
    assert django_client.post("/me", headers={"Origin": "http://testserver"}).status_code == 200
    for headers in ({}, {"Origin": "https://evil.example"}):
        refused = django_client.post("/me", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "origin_refused")
    assert django_client.post("/", headers={"Origin": "https://evil.example"}).json() == {"user": None}


def test_an_outage_is_503_where_a_user_is_needed(sandbox, django_client, anna):
    sandbox.faults = [Fault("error_503")]
    headers = bearer(sandbox.issue_token(anna))
    assert django_client.get("/", headers=headers).status_code == 200
    answer = django_client.get("/me", headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_an_async_view_has_its_user(sandbox, django_client, anna):
    headers = bearer(sandbox.issue_token(anna))
    row = get_user_model().objects.create(username="anna", email="anna@example.org")

    async def ask():
        client = AsyncClient()
        return (await client.get("/me-async", headers=headers)).json(), (await client.get("/me-async")).status_code

    assert asyncio.run(ask()) == ({"user": row.pk}, 401)

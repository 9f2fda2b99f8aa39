"""Django REST framework: a refusal is 401 and not 403, and an outage 503."""

import pytest
from signing_in import register

from passage_kit.sandbox import Fault


@pytest.fixture
def anna(sandbox, django_client):
    return register(sandbox, email="anna@example.org")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_bearer_is_the_user_without_an_origin(sandbox, django_client, anna):
    headers = bearer(sandbox.issue_token(anna))
    assert django_client.get("/api", headers=headers).json()["auth"] is True
    assert django_client.post("/api", headers=headers | {"Origin": "https://evil.example"}).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Cookie": "psg_auth_token=old"}, {"Authorization": "Bearer forged"}])
def test_nobody_is_401(django_client, headers):
    answer = django_client.get("/api", headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_an_old_cookie_does_not_close_public_views(django_client):
    assert django_client.get("/public-api", headers={"Cookie": "psg_auth_token=old"}).json()["user"] is None
    refused = django_client.get("/public-api", headers={"Authorization": "Bearer forged"})
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


def test_a_cookie_changes_something_from_the_own_pages_alone(sandbox, django_client, anna):
    django_client.cookies["psg_auth_token"] = sandbox.issue_token(anna)
    assert django_client.get("/api").status_code == 200
    assert django_client.post("/api", headers={"Origin": "http://testserver"}).status_code == 200
    refused = django_client.post("/api", headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_refused")


def test_an_outage_is_503(sandbox, django_client, anna):
    sandbox.faults = [Fault("error_503")]
    answer = django_client.get("/api", headers=bearer(sandbox.issue_token(anna)))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "authentication_unavailable"

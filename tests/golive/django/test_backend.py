"""A token as credentials for a session of Django's own."""

import pytest
from django.contrib.auth import authenticate, get_user_model
from signing_in import register

from passage_kit.golive import AuthenticationUnavailableError, DjangoBackend
from passage_kit.sandbox import Fault


def test_a_token_gives_the_user(sandbox, django_client):
    user_id = register(sandbox, email="anna@example.org")
    user = authenticate(None, passage_token=sandbox.issue_token(user_id))
    assert user.passage_id == user_id
    assert user.backend == "passage_kit.golive.DjangoBackend" or user.backend.endswith("DjangoBackend")
    assert DjangoBackend().get_user(user.pk) == user


def test_a_token_that_is_refused_gives_nobody(sandbox, django_client):
    held = register(sandbox, email="anna@example.org", verified=False)
    get_user_model().objects.create(username="anna", email="anna@example.org")
    for token in ("forged", "", None, sandbox.issue_token(held)):
        assert authenticate(None, passage_token=token) is None


def test_an_outage_is_not_taken_for_a_refusal(sandbox, django_client):
    token = sandbox.issue_token(register(sandbox, email="anna@example.org"))
    sandbox.faults = [Fault("error_503")]
    with pytest.raises(AuthenticationUnavailableError):
        authenticate(None, passage_token=token)


def test_a_session_ends_with_an_inactive_row(django_client):
    user = get_user_model().objects.create(username="anna", is_active=False)
    assert DjangoBackend().get_user(user.pk) is None
    assert DjangoBackend().get_user(999) is None

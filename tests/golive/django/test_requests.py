"""What the settings name, and which views a request without a user reaches."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from signing_in import register

from passage_kit.golive.django.requests import authenticator_of_project


@pytest.mark.parametrize("named", ["", "nowhere.authenticator", "django_project.nothing", "django_project.EXAMPLE"])
def test_a_setting_that_names_no_authenticator_is_said(django_client, named):
    with override_settings(PASSAGE_AUTHENTICATOR=named), pytest.raises(ImproperlyConfigured, match="an Authenticator"):
        authenticator_of_project()


def test_a_view_keeps_its_name_and_its_arguments(sandbox, django_client):
    from django_views import me

    token = sandbox.issue_token(register(sandbox, email="anna@example.org"))
    assert (me.__name__, me.__doc__) == ("me", "Show the user.")
    assert django_client.get("/me/hello", headers={"Authorization": f"Bearer {token}"}).json()["word"] == "hello"

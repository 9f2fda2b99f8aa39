"""The project in Django that the tests of this folder ask."""

import django_project
import pytest
from signing_in import parts_of

django_project.start()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database(request):
    """Connection of the project to each kind of database, with its tables."""
    with django_project.on(request.getfixturevalue(request.param)) as connection:
        yield connection


@pytest.fixture
def project(sandbox, sqlite, monkeypatch):
    """The project on SQLite, whose users are those of a sandbox; gives a client of it."""
    from django.test import Client

    from passage_kit.golive import Authenticator, DjangoUsers
    from passage_kit.golive.django import requests

    verifier, directory = parts_of(sandbox)
    monkeypatch.setattr(django_project, "authenticator", Authenticator(verifier, DjangoUsers(), directory))
    requests._named.cache_clear()
    with django_project.on(sqlite):
        yield Client()
    requests._named.cache_clear()

"""The example in Django as a project within the process of a test, on a database that the test names.

The fixture ``django_database`` is its connection to each kind of database, ``django_client`` a client of the project
whose users are those of a sandbox.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "django_app"
ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgresql": "django.db.backends.postgresql",
    "mariadb": "django.db.backends.mysql",
}
authenticator = None  # of the test that runs; named by the settings


def start() -> None:
    """Start the project, once in a process, and leave the process's time zone and logging alone."""
    import django
    from django.conf import settings

    if settings.configured:
        return

    sys.path.insert(0, str(EXAMPLE))
    settings.configure(
        SECRET_KEY="of a test",  # noqa: S106
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "passage_kit.golive.django", "accounts"],
        MIDDLEWARE=["passage_kit.golive.DjangoMiddleware"],
        ROOT_URLCONF="django_views",
        AUTH_USER_MODEL="accounts.Account",
        AUTHENTICATION_BACKENDS=["passage_kit.golive.DjangoBackend"],
        PASSAGE_AUTHENTICATOR="django_project.authenticator",
        USE_TZ=True,
        LOGGING_CONFIG=None,
        DATABASES={"default": {"ENGINE": ENGINES["sqlite"], "NAME": ":memory:"}},
    )
    django.setup()


@contextmanager
def on(url, *, migrate=True):
    """Let the project keep its tables in an empty database."""
    start()
    if url.get_backend_name() == "mariadb":
        speak_pymysql()
    from django.core.management import call_command
    from django.db import connections

    named = {"ENGINE": ENGINES[url.get_backend_name()], "NAME": url.database, "USER": url.username or ""}
    named |= {"PASSWORD": url.password or "", "HOST": url.host or url.query.get("host", ""), "PORT": url.port or ""}
    forget(connections)
    connections.settings["default"] = connections.configure_settings({"default": named})["default"]
    if migrate:
        call_command("migrate", verbosity=0)
    try:
        yield connections["default"]
    finally:
        forget(connections)


def speak_pymysql() -> None:
    """Let Django take PyMySQL for mysqlclient, which has no wheels; it asks for a version of that one."""
    import pymysql

    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()


def forget(connections):
    """Close the connection of this thread, so that the next one is made by the settings of then."""
    connections["default"].close()
    del connections["default"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def django_database(request):
    """Connection of the project to each kind of database, with its tables."""
    with on(request.getfixturevalue(request.param)) as connection:
        yield connection


@pytest.fixture
def django_client(sandbox, sqlite, monkeypatch):
    """A client of the project on SQLite, whose users are those of the sandbox."""
    from signing_in import parts_of

    from passage_kit.golive import Authenticator, DjangoUsers
    from passage_kit.golive.django import requests

    with on(sqlite):
        from django.test import Client

        verifier, directory = parts_of(sandbox)
        monkeypatch.setattr(
            sys.modules["django_project"], "authenticator", Authenticator(verifier, DjangoUsers(), directory)
        )
        requests._named.cache_clear()
        yield Client()
        requests._named.cache_clear()

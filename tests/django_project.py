"""The example in Django as a project within the process of a test, on a database that the test names."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

EXAMPLE = Path(__file__).parents[1] / "examples" / "django_app"
ENGINES = {"sqlite": "django.db.backends.sqlite3", "postgresql": "django.db.backends.postgresql"}
authenticator = None  # of the test that runs; named by the settings


def start() -> None:
    """Start the project, once in a process, and leave the process's time zone and logging alone."""
    if settings.configured:
        return
    import django

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


def forget(connections):
    """Close the connection of this thread, so that the next one is made by the settings of then."""
    connections["default"].close()
    del connections["default"]

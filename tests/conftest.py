"""Property tests explore anew on every run of a developer, and are the same on every run of CI; database servers."""

import itertools
import os

import pytest
import servers
import sqlalchemy as sa
from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server():
    with servers.postgres_server() as admin:
        yield admin


@pytest.fixture(scope="session")
def mariadb_server():
    with servers.mariadb_server() as admin:
        yield admin


@pytest.fixture
def postgres(postgres_server):
    """URL of an empty database of PostgreSQL."""
    with servers.new_database(postgres_server, f"app{next(_numbers)}") as url:
        yield url


@pytest.fixture
def mariadb(mariadb_server):
    """URL of an empty database of MariaDB."""
    with servers.new_database(mariadb_server, f"app{next(_numbers)}") as url:
        yield url


@pytest.fixture
def sqlite(tmp_path):
    """URL of an empty database of SQLite."""
    path = tmp_path / "app.db"
    path.touch()
    return sa.make_url(f"sqlite:///{path}")


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.slow),
        pytest.param("mariadb", marks=pytest.mark.slow),
    ]
)
def application(request):
    """URL of an empty database of each kind."""
    return request.getfixturevalue(request.param)

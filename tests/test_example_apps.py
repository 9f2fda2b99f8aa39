"""The example applications pass their own tests against the sandbox, as whoever copies them runs these."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import LONG

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."]


def ran(folder, command, **settings):
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    # They ask for pytest alone; the plugins that happen to be here would take longer to load than the tests to run.
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**os.environ, **settings, **alone, "PYTHONPATH": paths}
    done = subprocess.run(command, cwd=EXAMPLES / folder, env=environment, capture_output=True, text=True, timeout=LONG)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["fastapi_app", "flask_app", "starlette_app"])
def test_an_example_passes_its_tests(folder):
    assert " passed" in ran(folder, PYTEST)


def test_the_example_in_django_passes_its_tests_and_lacks_no_migration():
    settings = {"PASSAGE_APP_ID": "app", "PASSAGE_AUTH_URL": "http://127.0.0.1:1"}
    manage = [sys.executable, "manage.py"]
    assert "No changes detected" in ran("django_app", [*manage, "makemigrations", "--check"], **settings)
    assert "\nOK\n" in ran("django_app", [*manage, "test"])


def test_every_example_is_tested_here():
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert folders == {"django_app", "fastapi_app", "flask_app", "starlette_app"}

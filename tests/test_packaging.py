"""The wheel: what `pip install` gives works without the checkout."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel's files in a folder of their own, far from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_notebooks_sample_data_and_templates(installed):
    names = {str(path.relative_to(installed)) for path in installed.rglob("*")}
    assert "passage_kit/_files/notebooks/00_start_here.ipynb" in names
    assert "passage_kit/_files/sample_data/legacy_users.csv" in names
    assert "passage_kit/export/templates/report.html.j2" in names
    assert "passage_kit/py.typed" in names
    assert not [name for name in names if "checkpoints" in name or name.endswith(".pyc")]


def test_the_wheel_carries_every_module(installed):
    modules = {
        path.relative_to(ROOT) for path in (ROOT / "passage_kit").rglob("*.py*") if path.suffix in (".py", ".pyi")
    }
    assert {module for module in modules if not (installed / module).exists()} == set()


def test_the_notebooks_are_copied_from_the_wheel(installed, tmp_path):
    code = "from passage_kit.cli.notebook_server import copy_notebooks; copy_notebooks('w'); copy_notebooks('w')"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "w" / "00_start_here.ipynb").exists()
    assert (tmp_path / "w" / "sample_data" / "legacy_users.csv").exists()


def test_the_locked_environment_has_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {line.split("==")[0] for line in (ROOT / "requirements-dev.lock").read_text().splitlines()}
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {name.split(">")[0].split("[")[0].strip() for name in wanted}
    assert names - locked == set()

"""The site of the documentation: built without a warning, every link in it leads somewhere, nothing is fetched."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import passage_kit as pk
from passage_kit.cli import commands as cli
from passage_kit.findings.catalogue import CODES

ROOT = Path(__file__).parents[1]


def site_module(name: str):
    """A module of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_would_be_fetched_from_elsewhere_is_found(tmp_path):
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="https://cdn.example.org/a.css"><link rel="next" href="https://example.org/x">'
        '<script src="//cdn.example.org/b.js"></script><style>@font-face {src: url(https://fonts.example.org/c)}</style>'
        '<a href="https://example.org/page">far</a><img src="near.png"><script src="data:text/javascript,1"></script>'
    )
    (tmp_path / "own.css").write_text("@import 'https://cdn.example.org/d.css'; body { background: url(near.png) }")
    found = site_module("check_site").problems_of(tmp_path)
    assert [problem.split(" fetches ")[1].split(": the site")[0] for problem in found] == [
        "https://cdn.example.org/a.css",
        "//cdn.example.org/b.js",
        "https://fonts.example.org/c",
        "https://cdn.example.org/d.css",
    ]


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "there.html").write_text('<h1 id="here">x</h1>')
    (tmp_path / "index.html").write_text(
        '<a href="there.html#here">1</a><a href="there.html#gone">2</a><a href="gone.html">3</a><a href="#">4</a>'
        '<a href="https://example.org">5</a><a href="https:///example.org">6</a><a href="javascript:x()">7</a>'
    )
    found = site_module("check_site").problems_of(tmp_path)
    assert [re.search(r"there\.html#gone|gone\.html|https:///\S+|javascript", problem)[0] for problem in found] == [
        "there.html#gone",
        "gone.html",
        "https:///example.org.",
        "javascript",
    ]


@pytest.fixture(scope="module")
def site(request, tmp_path_factory) -> Path:
    """The site as it is published, with the notebooks as they ran on a plain install; at the desk as they come."""
    whole = os.environ.get("CI") == "true"
    if not whole:
        pytest.importorskip("myst_nb", reason="the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    notebooks = ["--ran", request.getfixturevalue("plain_install").workspace] if whole else ["--quick"]
    one_job = ["--jobs", "1"]  # other tests have the other cores
    command = [sys.executable, ROOT / "docs" / "build.py", *notebooks, *one_job, "--out", folder]
    built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "html"


@pytest.mark.slow
def test_the_site_works_without_a_network(site):
    """The build has followed every link; what is wrong with one would have ended it."""
    assert "phone_excel_damaged" in (site / "searchindex.js").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_code_command_and_public_name_has_its_page(site):
    pages = {path.stem for path in (site / "reference").rglob("*.html")}
    names = {f"passage_kit.{name}" for name in pk.__all__ if not name.endswith("Error")}
    assert {*CODES, *cli.commands.commands, *names} - pages == set()


def test_the_extra_of_the_documentation_is_locked():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    locked = {line.split("==")[0] for line in (ROOT / "requirements-dev.lock").read_text().splitlines()}
    assert {entry.split(">")[0] for entry in extras["docs"]} - locked == set()

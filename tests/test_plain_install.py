"""A plain install, without the development extra: every notebook runs in it, in a workspace and in place."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from plain_install import ROOT, PlainInstall

pytestmark = [pytest.mark.slow, pytest.mark.notebook]

NAMES = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


@pytest.fixture(scope="module")
def in_place(plain_install) -> PlainInstall:
    """The same environment, with the kit as it stands in the clone."""
    plain_install.install("editable")
    return plain_install


def test_nothing_of_the_development_extra_is_there(plain_install):
    code = "from importlib.util import find_spec; print([name for name in {} if find_spec(name)])"
    names = ["pip", "pytest", "hypothesis", "psycopg", "pymysql", "voila", "openpyxl", "playwright"]
    assert plain_install.run("python", "-c", code.format(names)).strip() == "[]"


def test_the_notebooks_run_in_a_workspace(plain_install):
    workspace = plain_install.workspace
    assert [path.stem for path in sorted(workspace.glob("*.ipynb"))] == NAMES
    for name in NAMES:
        cells = nbformat.read(workspace / f"{name}.ipynb", as_version=4).cells
        assert all(cell.execution_count for cell in cells if cell.cell_type == "code"), name
    assert (workspace / "migration" / "out" / "console_import.csv").exists()
    assert "passage_id" in header_of(workspace / "sample_data" / "application.db")


def test_the_commands_run(plain_install):
    folder = plain_install.folder
    demo = json.loads(plain_install.run("passage-kit", "demo", "--out", "demo", "--json"))
    assert (demo["push"]["created"], demo["verification"]["ok"]) == (1_891, True)
    shutil.copyfile(ROOT / "sample_data" / "application.db", folder / "application.db")
    address = ["--db", "sqlite:///application.db", "--table", "users", "--key", "id"]
    plain_install.run("passage-kit", "prepare", "sqlite:///application.db", "--table", "users", "--out", "prepared")
    assert (folder / "prepared" / "out" / "console_import.csv").exists()
    plain_install.run("passage-kit", "write-back", "demo", *address, "--yes")
    assert "passage_id" in header_of(folder / "application.db")


def test_the_notebooks_run_in_place_and_leave_the_clone_as_it_is(in_place):
    notebooks = in_place.clone / "notebooks"
    in_place.run("python", ROOT / "tests" / "notebook_runs.py", *NAMES, cwd=notebooks)
    assert (notebooks / "migration" / "out" / "console_import.csv").exists()
    assert "passage_id" in header_of(notebooks / "migration" / "sample" / "application.db")
    assert in_place.changed() == ""


def test_a_wheel_takes_nothing_along_of_what_was_run_in_place(in_place):
    (in_place.clone / "notebooks" / "migration").mkdir(exist_ok=True)
    (in_place.clone / "notebooks" / "migration" / "plan.toml").touch()
    with zipfile.ZipFile(in_place.build("standard")) as archive:
        names = archive.namelist()
    assert {name.rpartition("/")[2] for name in names if "/notebooks/" in name} == {f"{name}.ipynb" for name in NAMES}


def header_of(database: Path) -> set[str]:
    """Columns of the users table of a database."""
    with closing(sqlite3.connect(database)) as opened:
        return {name for _, name, *_ in opened.execute("PRAGMA table_info(users)")}

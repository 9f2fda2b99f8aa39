"""A plain install, without the development extra: every notebook runs in it, in a workspace and in place."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.notebook]

ROOT = Path(__file__).parents[1]
CHECKOUT = [
    *("passage_kit", "notebooks", "sample_data"),
    *("pyproject.toml", "README.md", "LICENSE", ".gitignore", ".gitattributes", "requirements-dev.lock"),
]
NAMES = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
FOREIGN = ("PASSAGE_", "JUPYTER_", "PYTHON", "IPYTHON")  # variables that would lead somewhere else


class Install:
    """A clone of the repository, and a fresh environment in which the kit alone is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clone = folder, folder / "clone"
        scripts = "Scripts" if os.name == "nt" else "bin"
        self.bin = folder / "venv" / scripts
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        own = {"IPYTHONDIR": str(folder / "ipython"), "JUPYTER_RUNTIME_DIR": str(folder / "jupyter")}
        self.environment = kept | own | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        """Run a program of the environment (or of the system); what it says on both streams."""
        program = self.bin / command[0]
        done = subprocess.run(
            [program if program.exists() or program.with_suffix(".exe").exists() else command[0], *command[1:]],
            cwd=cwd or self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-5000:]}"
        return done.stdout

    def run_all(self, folder: Path) -> None:
        """Run every notebook of a folder top to bottom; an error in a cell fails."""
        self.run("python", ROOT / "tests" / "notebook_runs.py", *NAMES, cwd=folder)

    def changed(self) -> str:
        """What git finds changed or new in the clone."""
        return self.run("git", "status", "--porcelain", "--untracked-files=all", cwd=self.clone)


@pytest.fixture(scope="module")
def install(tmp_path_factory) -> Install:
    """The kit as pip installs it from the clone, with the versions of the lock."""
    install = Install(tmp_path_factory.mktemp("plain"))
    install.clone.mkdir()
    for name in CHECKOUT:
        if (ROOT / name).is_dir():
            left_out = shutil.ignore_patterns("__pycache__", "migration", ".ipynb_checkpoints")
            shutil.copytree(ROOT / name, install.clone / name, ignore=left_out)
        else:
            shutil.copyfile(ROOT / name, install.clone / name)
    user = ("-c", "user.name=kit", "-c", "user.email=kit@example.org", "-c", "commit.gpgsign=false")
    for words in (["init", "--quiet"], ["add", "--all"], [*user, "commit", "--quiet", "--message", "as it comes"]):
        install.run("git", *words, cwd=install.clone)
    subprocess.run([sys.executable, "-m", "venv", install.bin.parent], check=True)
    lock = install.clone / "requirements-dev.lock"
    install.run("python", "-m", "pip", "install", "--quiet", "--no-compile", "--constraint", lock, install.clone)
    return install


@pytest.fixture(scope="module")
def in_place(install) -> Install:
    """The same environment, with the kit as it stands in the clone."""
    install.run("python", "-m", "pip", "install", "--quiet", "--no-deps", "--editable", install.clone)
    return install


def test_nothing_of_the_development_extra_is_there(install):
    code = "from importlib.util import find_spec; print([name for name in {} if find_spec(name)])"
    names = ["pytest", "hypothesis", "psycopg", "pymysql", "voila", "openpyxl", "playwright"]
    assert install.run("python", "-c", code.format(names)).strip() == "[]"


def test_the_notebooks_run_in_a_workspace(install):
    install.run("passage-kit", "lab", "my-migration", "--show-config-json")  # copies, and does not stay
    workspace = install.folder / "my-migration"
    install.run_all(workspace)
    assert (workspace / "migration" / "out" / "console_import.csv").exists()
    assert "passage_id" in header_of(install, workspace / "sample_data" / "application.db")


def test_the_commands_run(install):
    install.run("passage-kit", "demo", "--out", "demo")
    shutil.copyfile(ROOT / "sample_data" / "application.db", install.folder / "application.db")
    address = ["--db", "sqlite:///application.db", "--table", "users", "--key", "id"]
    install.run("passage-kit", "prepare", "sqlite:///application.db", "--table", "users", "--out", "prepared")
    assert (install.folder / "prepared" / "out" / "console_import.csv").exists()
    install.run("passage-kit", "write-back", "demo", *address, "--yes")
    assert "passage_id" in header_of(install, install.folder / "application.db")


def test_the_notebooks_run_in_place_and_leave_the_clone_as_it_is(in_place):
    in_place.run_all(in_place.clone / "notebooks")
    workspace = in_place.clone / "notebooks" / "migration"
    assert (workspace / "out" / "console_import.csv").exists()
    assert "passage_id" in header_of(in_place, workspace / "sample" / "application.db")
    assert in_place.changed() == ""


def test_a_wheel_takes_nothing_along_of_what_was_run_in_place(in_place):
    (in_place.clone / "notebooks" / "migration").mkdir(exist_ok=True)
    (in_place.clone / "notebooks" / "migration" / "plan.toml").touch()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", in_place.folder / "wheel"]
    subprocess.run(command, cwd=in_place.clone, check=True)
    [wheel] = (in_place.folder / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.rpartition("/")[2] for name in names if "/notebooks/" in name} == {f"{name}.ipynb" for name in NAMES}


def header_of(install: Install, database: Path) -> str:
    """Columns of the users table of a database."""
    code = "import sys, passage_kit as pk; print(*pk.read_users(sys.argv[1], table='users').columns)"
    return install.run("python", "-c", code, f"sqlite:///{database.as_posix()}")

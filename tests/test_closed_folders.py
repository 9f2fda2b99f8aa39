"""Folders and files that a user may not open or write: each command says so in a sentence, with the next step.

Root may open everything, so a command that root starts goes without that right.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from nursery import Nursery

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")]

AS_A_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
COMMANDS = {
    "prepare": ["prepare", "{top}/users.csv", "--out", "{top}/w"],
    "dry push": ["push", "{top}/w", "--sandbox", "--dry-run"],
    "push": ["push", "{top}/w", "--sandbox", "--yes"],
    "verify": ["verify", "{top}/w"],
    "dry undo": ["undo", "{top}/w", "--dry-run"],
    "undo": ["undo", "{top}/w", "--yes"],
    "dry write-back": ["write-back", "{top}/w", "--table", "users", "--db", "{db}", "--dry-run"],
    "write-back": ["write-back", "{top}/w", "--table", "users", "--db", "{db}", "--yes"],
    "undo of a write-back": ["write-back", "{top}/w", "--undo", "--db", "{db}", "--yes"],
    "script": ["write-back", "{top}/w", "--table", "users", "--script"],
    "lab": ["lab", "{top}/w"],
}


@pytest.fixture(scope="module")
def command():
    """A function that runs a command as a user whom the modes of files and folders bind."""
    with Nursery(*(AS_A_USER if os.getuid() == 0 and shutil.which("setpriv") else [])) as nursery:

        def run(name, top):
            words = [word.format(top=top, db=f"sqlite:///{top}/app.db") for word in COMMANDS[name]]
            return nursery.run("from passage_kit.cli.startup import run; run()", *words)

        yield run


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, command):
    top = tmp_path_factory.mktemp("closed")
    rows = "".join(f"{number},ann.{number}@example.org\n" for number in range(1, 6))
    (top / "users.csv").write_text(f"id,email\n{rows}")
    with closing(sqlite3.connect(top / "app.db")) as app, app:
        app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    for name in ("prepare", "push", "write-back"):
        done = command(name, top)
        assert done.returncode == 0, done.stderr
    return top


@pytest.fixture
def closed(prepared):
    """A function that takes rights away until the end of the test."""
    former = {}

    def close(mode, *names):
        for path in [prepared / name for name in names]:
            former[path] = path.stat().st_mode
            path.chmod(mode)

    yield close
    for path, mode in reversed(former.items()):
        path.chmod(mode)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_workspace_that_cannot_be_opened(name, prepared, closed, command):
    closed(0, "w")
    done = command(name, prepared)
    assert "Traceback" not in done.stderr
    assert "Permission denied" in done.stderr
    assert done.returncode in (1, 2)


@pytest.mark.parametrize("name", ["prepare", "dry push", "push", "verify", "dry undo", "undo", "write-back"])
def test_outputs_that_cannot_be_opened(name, prepared, closed, command):
    closed(0, "w/out", "w/stages")
    done = command(name, prepared)
    assert "Traceback" not in done.stderr
    assert "cannot be opened: Permission denied" in done.stderr


@pytest.mark.parametrize("name", ["prepare", "push", "verify", "undo", "write-back", "undo of a write-back"])
def test_outputs_that_cannot_be_written_are_said_before_anything_is_changed(name, prepared, closed, command):
    closed(0o555, "w/out")
    before = state_of(prepared)
    done = command(name, prepared)
    assert "Traceback" not in done.stderr
    assert f"Nothing can be written into the folder {prepared / 'w' / 'out'}: Permission denied" in done.stderr
    assert done.returncode == 1
    assert state_of(prepared) == before


def state_of(top):
    """Give the rows of the application's table and of the sandbox."""
    with closing(sqlite3.connect(top / "app.db")) as app:
        rows = app.execute("SELECT * FROM users ORDER BY 1").fetchall()
    with closing(sqlite3.connect(top / "w" / "sandbox.sqlite")) as sandbox:
        tables = [name for (name,) in sandbox.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
        return rows, {name: sandbox.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}


def test_a_sandbox_that_may_only_be_read(prepared, closed, command):
    closed(0o444, *(f"w/{path.name}" for path in (prepared / "w").glob("sandbox.sqlite*")))
    closed(0o555, "w")
    done = command("push", prepared)
    assert "Traceback" not in done.stderr
    assert "Choose a file that you may write to" in done.stderr


@pytest.mark.parametrize("name", ["codes", "layouts"])
def test_a_terminal_that_lacks_a_character_gets_an_escape(name):
    done = subprocess.run(
        [sys.executable, "-m", "passage_kit", name],
        env={**os.environ, "PYTHONIOENCODING": "latin-1:strict"}, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"\\u" in done.stdout

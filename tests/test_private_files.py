"""Everything that the kit writes into a workspace is its owner's alone, whatever the umask, and nowhere else."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest

import passage_kit as pk

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")

ALL_VERBS = """
import os, sys
from pathlib import Path
os.umask(0)
import passage_kit as pk
from passage_kit.cli.notebook_server import copy_notebooks, lab_command
folder = sys.argv[1]
copy_notebooks(folder)
lab_command(folder)
workspace = pk.Workspace(folder + "/migration")
sample = Path(folder, "sample_data", "legacy_users.csv")
sample.write_bytes(b"".join(sample.read_bytes().splitlines(keepends=True)[:200]))
prepared = pk.prepare(
    sample,
    schema=pk.MetadataSchema.from_toml(folder + "/sample_data/metadata_fields.toml"),
    default_region="US",
    out=workspace,
)
workspace.save_corrections(pk.correct(workspace.load_corrections(), [1], "email", "ann@example.org"))
workspace.save_decisions(pk.decide(workspace.load_decisions(), [1, 2], "apart"))
workspace.sample_database()
with pk.SandboxClient(workspace) as client:
    pk.push_users(workspace, client=client)
    pk.verify_push(workspace, client=client)
    url = workspace.sample_database()
    for share in (False, True):
        pk.write_passage_ids(workspace, table="users", workspace=workspace, db=url, share=share, dry_run=True)
        pk.write_passage_ids(workspace, table="users", workspace=workspace, db=url, share=share)
        pk.undo_write_back(workspace, db=url)
    pk.undo_push(workspace, client=client)
"""

COMMANDS = """
import json, os, sys
os.umask(0)
from passage_kit.cli.commands import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as ended:
        assert not ended.code, (arguments, ended.code)
"""


@pytest.mark.slow
def test_files_and_folders_are_private_under_umask_0(tmp_path):
    folder = tmp_path / "home"
    subprocess.run([sys.executable, "-c", ALL_VERBS, str(folder)], check=True, timeout=300)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert len(modes) > 30
    wrong = {path.relative_to(tmp_path): oct(mode) for path, mode in modes.items() if mode & 0o077}
    assert wrong == {}


def run_commands(*commands):
    """Run commands one after the other, in one process."""
    given = json.dumps([[str(word) for word in command] for command in commands])
    run = subprocess.run([sys.executable, "-c", COMMANDS, given], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()


@pytest.mark.slow
def test_every_command_writes_private_files_under_umask_0(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    source = home / "users.csv"
    source.write_text("id,email\n7,anna@example.org\n8,bo@example.org\n")
    with closing(sqlite3.connect(home / "app.db")) as app:
        app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
        app.execute("INSERT INTO users VALUES (7, 'anna@example.org'), (8, 'bo@example.org')")
        app.commit()
    given = {path: path.stat().st_mode for path in home.rglob("*")}
    table = ("--db", f"sqlite:///{home}/app.db", "--table", "users", "--key", "id")
    run_commands(
        ["prepare", source, "--out", home / "m"],
        ["push", home / "m", "--sandbox", "--yes"],
        ["verify", home / "m"],
        ["write-back", home / "m", *table, "--dry-run"],
        ["write-back", home / "m", *table, "--yes"],
        ["write-back", home / "m", *table, "--undo", "--yes"],
        ["undo", home / "m", "--yes"],
        ["demo", "--out", home / "demo"],
    )
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in home.rglob("*") if path not in given}
    assert len(modes) > 40
    assert {path.relative_to(home): oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


@pytest.mark.parametrize("name", ["out", "stages"])
def test_a_link_to_another_folder_is_not_followed(tmp_path, name):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / name).symlink_to(tmp_path / "elsewhere")
    source = tmp_path / "users.csv"
    source.write_text("email\nanna@example.org\n")
    with pytest.raises(pk.OutputError, match=f"{name} is a link to another folder"):
        pk.prepare(source, out=tmp_path / "m")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("mine")
    (tmp_path / "m" / "out").mkdir(parents=True)
    (tmp_path / "m" / "out" / "ledger.csv").symlink_to(other)
    source = tmp_path / "users.csv"
    source.write_text("email\nanna@example.org\n")
    pk.prepare(source, out=tmp_path / "m")
    assert other.read_text() == "mine"
    assert not (tmp_path / "m" / "out" / "ledger.csv").is_symlink()

"""A full disk at any write of any command: a sentence, nothing half-written, and the same command later goes on.

A limit on the size of files stands for the disk: the first file that needs more cannot be written.
"""

import json
import os
import shutil
import sqlite3
from contextlib import closing, suppress

import pytest
from pushing import client_of, workspace_of

import passage_kit as pk
from passage_kit.sandbox import Sandbox
from passage_kit.workspace.manifest import manifest_path

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")]

LIMITS = (0, 200, 3_000, 9_000, 14_000, 33_000)
USERS = [{"email": f"ann.{at}@example.org", "first_name": f"Ann {at}"} for at in range(300)]
LIMITED = """
import json, resource, signal, sys
import passage_kit as pk
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
verb, folder, *given = json.loads(sys.argv[1])
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
ids = [{"id": f"u{at:022d}x", "email": f"ann.{at}@example.org"} for at in range(300)]
verbs = {
    "prepare": lambda: pk.prepare(given[0], out=folder),
    "dry push": lambda: pk.push_users(folder, dry_run=True),
    "push": lambda: pk.push_users(folder),
    "verify": lambda: pk.verify_push(folder),
    "dry undo": lambda: pk.undo_push(folder, dry_run=True),
    "undo": lambda: pk.undo_push(folder, include_adopted=True),
    "write-back": lambda: pk.write_passage_ids(ids, table="users", workspace=folder, db=given[0]),
    "undo of a write-back": lambda: pk.undo_write_back(folder, db=given[0]),
}
said = []
for limit in json.loads(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        verbs[verb]()
        said.append("")
    except pk.PassageKitError as error:
        said.append(str(error))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print(json.dumps(said))
"""


@pytest.fixture
def limited(nursery):
    """A function that runs a verb under each limit, from the tightest on, and gives what it says ("" if it is done)."""

    def run(verb, folder, *given, environment=None):
        words = json.dumps([verb, str(folder), *given]), json.dumps(LIMITS)
        ended = nursery.run(LIMITED, *words, environment=environment)
        assert ended.returncode == 0, ended.stderr
        said = json.loads(ended.stdout.splitlines()[-1])
        assert said[0], "nothing was written at all"
        assert all(sentence == "" or sentence.endswith((".", ")")) for sentence in said)
        return said

    return run


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_preparation_leaves_the_former_one(tmp_path, limited):
    for name, count in (("one.csv", 300), ("two.csv", 301)):
        rows = "".join(f"ann.{at}@example.org,Ann {at}\n" for at in range(count))
        (tmp_path / name).write_text(f"email,first_name\n{rows}")
    workspace = pk.Workspace(tmp_path / "m")
    pk.prepare(tmp_path / "one.csv", out=workspace)
    before = contents(workspace.folder)
    said = limited("prepare", workspace.folder, str(tmp_path / "two.csv"))
    assert manifest_path(workspace.folder).exists()
    assert len(workspace.load_stage("users")) == (301 if "" in said else 300)
    if "" not in said:
        assert contents(workspace.folder) == before


def test_a_push_is_complete_at_last_with_everybody_there_once(tmp_path, limited):
    workspace = workspace_of(tmp_path / "m", USERS)
    with Sandbox() as sandbox, client_of(sandbox) as client:
        limited("dry push", workspace.folder, environment=sandbox.environment)
        assert len(sandbox.users()) == 0
        limited("push", workspace.folder, environment=sandbox.environment)
        result = pk.push_users(workspace, client=client)
        assert (result.complete, len(sandbox.users()), result.created + result.adopted) == (True, 300, 300)
        limited("verify", workspace.folder, environment=sandbox.environment)
        limited("dry undo", workspace.folder, environment=sandbox.environment)
        assert len(sandbox.users()) == 300
        limited("undo", workspace.folder, environment=sandbox.environment)
        assert pk.undo_push(workspace, client=client, include_adopted=True).complete
        assert len(sandbox.users()) == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    workspace = workspace_of(tmp_path / "m", USERS[:3])
    shutil.copytree(workspace.folder, tmp_path / "before")
    workspace.folder.chmod(0o500)
    try:
        with Sandbox() as sandbox, client_of(sandbox) as client:
            for verb in (pk.push_users, pk.verify_push, pk.undo_push):
                with pytest.raises(pk.PassageKitError):
                    verb(workspace, client=client)
            assert sandbox.requests["create"] == 0
    finally:
        workspace.folder.chmod(0o700)


def test_a_write_back_sets_every_id_at_last_and_is_undone_at_last(tmp_path, limited):
    workspace = workspace_of(tmp_path / "m", USERS)
    with closing(sqlite3.connect(tmp_path / "app.db")) as app:
        app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
        app.executemany("INSERT INTO users (email) VALUES (?)", [(user["email"],) for user in USERS])
        app.commit()
    url = f"sqlite:///{tmp_path}/app.db"

    def there():
        with closing(sqlite3.connect(tmp_path / "app.db")) as app:
            return app.execute("SELECT * FROM users").fetchall()

    before = there()
    limited("write-back", workspace.folder, url)
    ids = [{"id": f"u{at:022d}x", "email": user["email"]} for at, user in enumerate(USERS)]
    pk.write_passage_ids(ids, table="users", workspace=workspace, db=url)
    assert [row[2] for row in there()] == [entry["id"] for entry in ids]
    limited("undo of a write-back", workspace.folder, url)
    with suppress(pk.PassageKitError):  # it was undone already
        pk.undo_write_back(workspace, db=url)
    assert there() == before

"""Everything that the kit writes into a workspace is its owner's alone, whatever the umask, and nowhere else."""

import os
import stat
import subprocess
import sys

import pytest

import passage_kit as pk

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")

ALL_VERBS = """
import os, sys
os.umask(0)
import passage_kit as pk
from passage_kit.cli.notebook_server import copy_notebooks, lab_command
folder = sys.argv[1]
copy_notebooks(folder)
lab_command(folder)
workspace = pk.Workspace(folder + "/migration")
prepared = pk.prepare(
    folder + "/sample_data/legacy_users.csv",
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
    pk.undo_push(workspace, client=client)
"""


def test_files_and_folders_are_private_under_umask_0(tmp_path):
    folder = tmp_path / "home"
    subprocess.run([sys.executable, "-c", ALL_VERBS, str(folder)], check=True, timeout=300)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert len(modes) > 30
    wrong = {path.relative_to(tmp_path): oct(mode) for path, mode in modes.items() if mode & 0o077}
    assert wrong == {}


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

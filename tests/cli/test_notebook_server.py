import json
import subprocess
import sys

import pytest

from passage_kit.cli import notebook_server
from passage_kit.cli.notebook_server import FIRST, copy_notebooks, lab_command, open_app
from passage_kit.errors import MissingExtraError, OutputError
from passage_kit.files.bundled import bundled


def test_notebooks_and_sample_are_copied(tmp_path):
    new = copy_notebooks(tmp_path / "lab")
    assert {path.name for path in new} >= {FIRST, "03_validate_and_export.ipynb", "legacy_users.csv"}
    for path in (FIRST, "sample_data/legacy_users.csv"):
        source = bundled("notebooks") / path if path == FIRST else bundled(path)
        assert (tmp_path / "lab" / path).read_bytes() == source.read_bytes()


def test_what_the_user_has_is_never_overwritten(tmp_path):
    copy_notebooks(tmp_path)
    (tmp_path / FIRST).write_text("mine")
    (tmp_path / "01_read_and_map.ipynb").unlink()
    assert copy_notebooks(tmp_path) == [tmp_path / "01_read_and_map.ipynb"]
    assert (tmp_path / FIRST).read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "lab").write_text("a file")
    with pytest.raises(OutputError, match="cannot be copied"):
        copy_notebooks(tmp_path / "lab")


def test_the_command_opens_the_first_notebook_in_the_folder(tmp_path):
    command = lab_command(tmp_path, "--no-browser")
    assert command[:4] == [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url=/lab/tree/{FIRST}"]
    assert f"--ServerApp.root_dir={tmp_path}" in command
    assert command[-1] == "--no-browser"


def test_nothing_is_fetched_on_the_first_start(tmp_path):
    lab_command(tmp_path)
    settings = json.loads((tmp_path / ".lab" / "overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert settings["@jupyterlab/apputils-extension:notification"]["checkForUpdates"] is False


def test_an_app_without_voila_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr(notebook_server, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"pip install \"passage-kit\[voila\]\""):
        open_app(tmp_path)


@pytest.mark.slow
def test_jupyterlab_takes_the_command(tmp_path):
    copy_notebooks(tmp_path)
    shown = subprocess.run(lab_command(tmp_path, "--show-config-json"), capture_output=True, text=True, check=True)
    settings = json.loads(shown.stdout)
    assert settings["ServerApp"]["root_dir"] == str(tmp_path)
    assert settings["ServerApp"]["tornado_settings"]["websocket_max_message_size"] > 100_000_000

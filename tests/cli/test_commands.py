"""The group of commands: help, version, and how an interrupt ends."""

import shutil
import subprocess
import sys

import pytest

import passage_kit as pk


def test_it_runs_as_a_module():
    ended = subprocess.run([sys.executable, "-m", "passage_kit", "--version"], capture_output=True, check=True)
    assert pk.__version__ in ended.stdout.decode()


@pytest.mark.parametrize("command", ["prepare", "demo", "lab", "codes", "push", "verify", "undo"])
def test_every_command_has_help(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage:" in out


def test_an_interrupted_run_leaves_nothing_and_says_130(run, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "copyfile", interrupted)
    code, _, err = run("lab", tmp_path / "w")
    assert code == 130
    assert "Interrupted" in err

import subprocess

import pytest

from passage_kit.app import server
from passage_kit.cli import main, notebook_server
from passage_kit.cli.notebook_server import FIRST


@pytest.fixture
def started(monkeypatch):
    """What was started, in place of a server."""
    ran = []

    def note(command, check):
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(notebook_server.subprocess, "run", note)
    monkeypatch.setattr(server, "serve_app", lambda *given, **options: ran.append([*given, options]) or 0)
    return ran


@pytest.mark.parametrize("flag", [(), ("--app",)])
def test_running_it_again_goes_on_in_the_same_workspace(tmp_path, started, flag):
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            main(["lab", str(tmp_path / "mine"), *flag, "--no-browser"])
        assert ended.value.code == 0
        (tmp_path / "mine" / "migration").mkdir(exist_ok=True)
        (tmp_path / "mine" / FIRST).write_text("as I left it")
    assert started[0] == started[1]
    assert ("jupyterlab" in started[0]) is not bool(flag)
    assert (tmp_path / "mine" / FIRST).read_text() == "as I left it"
    assert (tmp_path / "mine" / "migration").exists()


def test_an_app_takes_its_password_from_the_environment(tmp_path, started, monkeypatch, run):
    monkeypatch.setenv("PASSAGE_KIT_APP_PASSWORD", "a long sentence")
    run("lab", tmp_path, "--app", "--password", "--behind", "https://tools.example.org/m/")
    [[_folder, options]] = started
    assert options["behind"] == "https://tools.example.org/m/"
    assert options["hashed"].startswith("argon2:")


def test_a_short_password_starts_nothing(tmp_path, started, monkeypatch, run):
    monkeypatch.setenv("PASSAGE_KIT_APP_PASSWORD", "short")
    code, _, said = run("lab", tmp_path, "--app", "--password")
    assert (code, started) == (2, [])
    assert "too short" in said
    assert "short-" not in said


def test_what_is_for_the_app_needs_the_app(tmp_path, started, run):
    code, _, said = run("lab", tmp_path, "--behind", "https://tools.example.org")
    assert (code, started) == (2, [])
    assert "Give --app, too." in said

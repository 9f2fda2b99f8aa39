"""The commands: what they say, ask and return."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import click
import pytest
from hostile_service import hostile
from pushing import people, workspace_of
from waiting import BUSY, until

from passage_kit.cli.commands import commands
from passage_kit.sandbox import Fault


@pytest.fixture
def run(run, tmp_path, monkeypatch):
    """Run the command line in a folder without credentials: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return run


@pytest.fixture
def folder(tmp_path):
    return workspace_of(tmp_path / "m", people(20)).folder


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_rehearse_push_verify_and_undo(run, folder):
    before = files(folder)
    code, out, err = run("push", folder, "--sandbox", "--dry-run")
    assert (code, out) == (0, "")
    assert "20 would be created" in err
    assert files(folder) == before
    code, out, err = run("push", folder, "--sandbox", "--yes")
    assert (code, out) == (0, "")
    assert "20 created" in err
    assert "passage_ids.csv" in err
    assert run("verify", folder)[0] == 0
    code, out, _ = run("undo", folder, "--dry-run", "--json")
    assert json.loads(out)["deleted"] == 20
    code, out, _ = run("undo", folder, "--yes", "--json")
    assert (code, json.loads(out)["deleted"]) == (0, 20)
    assert run("verify", folder)[0] == 1


def test_json_is_all_there_is_on_stdout(run, folder):
    code, out, err = run("push", folder, "--sandbox", "--yes", "--json")
    assert code == 0
    summary = json.loads(out)
    assert (summary["created"], summary["key_from"]) == (20, "the sandbox")
    code, out, err = run("verify", folder, "--json")
    assert (code, err, json.loads(out)["ok"]) == (0, "", True)


def test_a_service_by_the_environment(run, folder, sandbox, monkeypatch):
    assert run("push", folder, "--yes")[0] == 2
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    code, _, err = run("push", folder, "--yes", "--on-existing", "update", "--concurrency", "3", "--max-rps", "500")
    assert code == 0
    assert "with the key from the environment (PASSAGE_API_KEY)" in err
    assert sandbox.api_key not in err
    assert run("verify", folder)[0] == 0


def test_two_targets_or_none_are_refused(run, folder):
    assert run("push", folder, "--sandbox", "--base-url", "https://example.org")[0] == 2
    code, _, err = run("push", folder)
    assert code == 2
    assert "--sandbox" in err


def test_without_consent_nothing_is_sent(run, folder, monkeypatch):
    code, _, err = run("push", folder, "--sandbox")
    assert code == 2
    assert "give --yes" in err
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    for answer, expected in (("n\n", 2), ("y\n", 0)):
        monkeypatch.setattr("click.termui.visible_prompt_func", lambda *_, answer=answer: answer.strip())
        assert run("push", folder, "--sandbox")[0] == expected


def options(command, path=()):
    """Every option of a command and of the commands below it: the path to it, and its parameter."""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield path, parameter
    for name, below in getattr(command, "commands", {}).items():
        yield from options(below, (*path, name))


def test_no_flag_takes_a_secret():
    of_all = list(options(commands))
    assert {("push",), ("verify",), ("undo",), ("write-back",)} <= {path for path, _ in of_all}
    secrets = {
        (*path, flag)
        for path, option in of_all
        for flag in option.opts + option.secondary_opts
        if re.search("key|token|secret|password|credential|auth", flag) and not option.is_flag
    }
    assert secrets == {("write-back", "--key"), ("drift", "--key")}  # which name a column of the users table
    assert [option.name for _, option in of_all if option.hide_input or option.envvar] == []


@pytest.mark.parametrize("flag", ["--api-key", "--key", "--token", "--app-id"])
@pytest.mark.parametrize("command", ["push", "verify", "undo"])
def test_a_key_in_the_command_line_is_refused_and_not_repeated(run, folder, sandbox, monkeypatch, command, flag):
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    code, out, err = run(command, folder, flag, "s3cret")
    assert (code, out) == (2, "")
    assert f"No such option '{flag}'" in err
    assert "s3cret" not in err
    assert sandbox.requests.total() == 0


def test_a_key_that_is_not_encrypted_is_not_sent(run, folder, monkeypatch):
    monkeypatch.setenv("PASSAGE_API_KEY", "s3cret")
    code, _, err = run("push", folder, "--base-url", "http://passage.example.org/v1", "--yes")
    assert code == 2
    assert "not encrypted" in err
    assert "s3cret" not in err


def test_verify_and_undo_take_the_address_of_the_command(run, folder, sandbox, monkeypatch):
    monkeypatch.setenv("PASSAGE_APP_ID", sandbox.app_id)
    monkeypatch.setenv("PASSAGE_API_KEY", sandbox.api_key)
    assert run("push", folder, "--yes", "--base-url", sandbox.base_url)[0] == 0
    requests = sandbox.requests.total()
    for command in (["verify"], ["undo", "--dry-run"], ["undo", "--yes"]):
        code, out, err = run(command[0], folder, *command[1:])
        assert (code, out) == (2, "")
        assert "Set PASSAGE_BASE_URL" in err
        code, _, err = run(command[0], folder, *command[1:], "--base-url", "https://other.example.org/v1")
        assert code == 2
        assert "other.example.org" in err
        assert sandbox.requests.total() == requests
    assert run("verify", folder, "--base-url", sandbox.base_url)[0] == 0
    code, out, _ = run("undo", folder, "--dry-run", "--json", "--base-url", sandbox.base_url)
    assert json.loads(out)["deleted"] == 20
    assert run("undo", folder, "--yes", "--base-url", sandbox.base_url)[0] == 0


def test_users_that_fail_are_an_exit_code(run, folder, sandbox, monkeypatch):
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    sandbox.add_users([{"email": "ann.1@example.org"}, {"phone": "+12025550001"}])
    code, _, err = run("push", folder, "--yes")
    assert code == 1
    assert "identifier_conflict 1. The email belongs to one Passage user" in err


@pytest.mark.parametrize("command", ["push", "verify", "undo"])
def test_an_empty_folder_is_one_paragraph(run, tmp_path, command):
    arguments = ["--sandbox"] if command == "push" else []
    code, out, err = run(command, tmp_path / "nothing", *arguments)
    assert (code, out) == (2, "")
    assert err.strip().count("\n") == 0
    assert not (tmp_path / "nothing").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows does not send Ctrl-C to one process alone")
def test_interrupted_it_says_how_to_go_on_and_130(folder, sandbox):
    sandbox.faults = [Fault("latency", operation="create", seconds=0.4)]
    environment = {**os.environ, **sandbox.environment}
    command = [sys.executable, "-m", "passage_kit", "push", str(folder), "--yes", "--concurrency", "2"]
    pushing = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    until(lambda: sandbox.requests["create"])
    begun = time.monotonic()
    pushing.send_signal(signal.SIGINT)
    _, err = pushing.communicate()
    assert time.monotonic() - begun < 2.5 * BUSY
    assert pushing.returncode == 130
    assert "Run the same command to go on" in err
    assert "Traceback" not in err


@pytest.fixture
def hostile_service(monkeypatch, run):
    """A hostile service whose settings the commands find."""
    with hostile() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        yield service


@pytest.mark.slow
def test_adopted_users_are_said_and_undone_only_if_told(run, folder, hostile_service):
    hostile_service.created_at = None
    code, _, err = run("push", folder, "--yes")
    assert code == 0
    assert "20 adopted: they have the prepared identifiers" in err
    code, out, _ = run("push", folder, "--yes", "--json")
    assert (code, json.loads(out)["adopted"], json.loads(out)["adopted_lacking"]) == (0, 20, 0)
    code, _, err = run("undo", folder, "--yes")
    assert (code, len(hostile_service.users)) == (0, 20)
    assert "20 that it adopted" in err
    assert "--include-adopted" in err
    code, out, _ = run("undo", folder, "--yes", "--include-adopted", "--json")
    assert (code, json.loads(out)["deleted"], hostile_service.users) == (0, 20, {})


def test_answers_that_contradict_each_other_are_an_exit_code_with_a_next_step(run, folder, hostile_service):
    hostile_service.same_id = "SameSameSameSameSameSame"
    code, out, err = run("push", folder, "--yes")
    assert (code, out) == (1, "")
    assert "contradict each other" in err
    assert "run the same command again" in err
    assert "SameSame" not in (folder / "out" / "passage_ids.csv").read_text(encoding="utf-8")


@pytest.mark.slow
def test_who_is_left_is_an_exit_code_of_undo(run, folder, hostile_service):
    run("push", folder, "--yes")
    moved = next(iter(hostile_service.users.values()))
    email, moved["email"] = moved["email"], "moved@example.org"
    assert run("undo", folder, "--dry-run")[0] == 0
    code, out, err = run("undo", folder, "--yes")
    assert (code, out, len(hostile_service.users)) == (1, "", 1)
    assert "Look them up in the Passage Console, then run the same command again." in err
    moved["email"] = email
    assert run("undo", folder, "--yes")[0] == 0
    assert hostile_service.users == {}

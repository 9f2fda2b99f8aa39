"""The command `passage-kit sandbox`: a server of its own, led to by what it prints."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest
from waiting import LONG

from passage_kit.cli import commands as cli


@contextmanager
def running(*options):
    """Run the command; gives what it printed, and the running program."""
    program = subprocess.Popen(
        [sys.executable, "-m", "passage_kit", "sandbox", *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield dict(program.stdout.readline().strip().split("=", 1) for _ in range(3)), program
    finally:
        program.kill()
        program.communicate()


def create(settings, email):
    return httpx.post(
        f"{settings['PASSAGE_BASE_URL']}/apps/{settings['PASSAGE_APP_ID']}/users",
        json={"email": email},
        headers={"Authorization": f"Bearer {settings['PASSAGE_API_KEY']}"},
        timeout=LONG,
    )


@pytest.mark.slow
def test_it_prints_the_settings_that_lead_to_it():
    with running() as (settings, _):
        assert list(settings) == ["PASSAGE_BASE_URL", "PASSAGE_APP_ID", "PASSAGE_API_KEY"]
        assert settings["PASSAGE_BASE_URL"].startswith("http://127.0.0.1:")
        assert create(settings, "anna@example.org").status_code == 201


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a program cannot be interrupted alone on Windows")
def test_ctrl_c_stops_it_in_good_order():
    with running() as (settings, program):
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=LONG)
        assert (program.returncode, out) == (0, "")
        assert "has stopped" in err
        assert settings["PASSAGE_API_KEY"] not in err
        assert "Traceback" not in err


@pytest.mark.slow
def test_users_outlive_a_kill_in_a_database(tmp_path):
    database = tmp_path / "sandbox.sqlite"
    with running("--database", database) as (first, program):
        user_id = create(first, "anna@example.org").json()["user"]["id"]
        program.kill()
        program.wait()
    with running("--database", database) as (second, _):
        assert [second[name] for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY")] == [
            first[name] for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY")
        ]
        assert create(second, "anna@example.org").json()["user"]["id"] == user_id


@pytest.mark.slow
def test_faults_switches_and_fields_are_options(tmp_path):
    fields = tmp_path / "fields.toml"
    fields.write_text('[[fields]]\nfriendly_name = "Plan"\n')
    options = ("--fault", "error_503,operation=create,times=1", "--unknown", "new_status=active", "--schema", fields)
    with running(*options, "--seed", 1) as (settings, _):
        assert create(settings, "anna@example.org").status_code == 503
        assert create(settings, "anna@example.org").json()["user"]["status"] == "active"
        app = httpx.get(
            f"{settings['PASSAGE_BASE_URL']}/apps/{settings['PASSAGE_APP_ID']}",
            headers={"Authorization": f"Bearer {settings['PASSAGE_API_KEY']}"},
            timeout=LONG,
        ).json()["app"]
        assert [field["field_name"] for field in app["user_metadata_schema"]] == ["plan"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fault", "tired"], "'tired' is not known"),
        (["--unknown", "repeated=perhaps"], "expected one of"),
        (["--app", "login_methods=fax"], "found 'fax', expected magic_link, otp, passkeys"),
        (["--app", "colour=red"], "There is no setting 'colour=red'"),
        (["--port", "70000"], "70000"),
        (["--schema", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_bad_option_is_one_paragraph_and_exit_2(options, says, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["sandbox", *options])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert says in printed.err
    assert "Traceback" not in printed.err


def test_a_port_that_is_taken_is_said(sandbox, capsys):
    port = sandbox.base_url.split(":")[2].removesuffix("/v1")
    with pytest.raises(SystemExit) as ended:
        cli.main(["sandbox", "--port", port])
    assert ended.value.code == 2
    assert f"cannot listen on port {port}" in capsys.readouterr().err


@pytest.mark.slow
def test_the_app_has_the_settings_of_the_command():
    with running("--app", "login_methods=passkeys", "--app", "public_signup=false") as (settings, _):
        address = f"{settings['PASSAGE_BASE_URL']}/apps/{settings['PASSAGE_APP_ID']}"
        headers = {"Authorization": f"Bearer {settings['PASSAGE_API_KEY']}"}
        app = httpx.get(address, headers=headers, timeout=LONG).json()["app"]
    assert {name for name, method in app["auth_methods"].items() if method["enabled"]} == {"passkeys"}
    assert app["public_signup"] is False


def token_printed(settings, email, *, options=()):
    done = subprocess.run(
        [sys.executable, "-m", "passage_kit", "sandbox", "--login", email, *options],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_token_of_a_sandbox_that_runs_is_all_that_is_printed(sandbox):
    [token] = token_printed(sandbox.environment, "anna@example.org").splitlines()
    assert token.count(".") == 2
    assert list(sandbox.users()["email"]) == ["anna@example.org"]


@pytest.mark.slow
def test_a_sandbox_that_starts_prints_the_token_after_its_settings():
    with running("--seed", 1, "--login", "anna@example.org") as (settings, program):
        name, _, token = program.stdout.readline().strip().partition("=")
        assert (name, token.count(".")) == ("PASSAGE_TOKEN", 2)
        found = httpx.get(
            f"{settings['PASSAGE_BASE_URL']}/apps/{settings['PASSAGE_APP_ID']}/users",
            headers={"Authorization": f"Bearer {settings['PASSAGE_API_KEY']}"},
            timeout=LONG,
        ).json()
        assert [user["email"] for user in found["users"]] == ["anna@example.org"]

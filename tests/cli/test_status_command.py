"""The command ``passage-kit status``."""

import json
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """A folder without a ``.env``, and an environment that names no app."""
    monkeypatch.chdir(tmp_path)
    for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_it_ends_with_2_while_something_is_open(run):
    code, _, said = run("status", "m")
    assert code == 2
    assert "Users told" in said
    assert "passage-kit prepare" in said


def test_the_summary_is_for_machines(run):
    run("words", "m", "--sent", "announcement")
    code, out, _ = run("status", "m", "--json")
    found = json.loads(out)
    assert (code, found["ready"]) == (2, False)
    told = next(step for step in found["steps"] if step["title"] == "Users told")
    assert (told["state"], told["evidence"]) == ("done", "announcement to email")
    assert told["at"].endswith("+00:00")


def test_the_app_is_asked_if_it_is_configured(run, sandbox, monkeypatch):
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    Path("fields.toml").write_text('[[fields]]\nfield_name = "plan"\ntype = "string"\n')
    Path("users.csv").write_text("email,plan\nann@example.org,pro\n")
    run("prepare", "users.csv", "--schema", "fields.toml", "--out", "m")
    _, _, said = run("status", "m")
    assert "0 of 1 field in the app" in said
    assert "0 users in the app, 1 exported" in said

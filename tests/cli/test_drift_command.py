"""The command ``passage-kit drift``: exit codes for a schedule, the summary, and consent."""

import io
import json

import pytest
from servers import make_users, rows, written

import passage_kit as pk
from passage_kit.sandbox import Fault


@pytest.fixture
def drift(run, sqlite, sandbox, tmp_path, monkeypatch):
    """The command on a table with one linked user, whose email was changed in Passage."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    with pk.PassageClient() as client:
        ann = client.create_user(email="ann@new.example.org")
    sandbox.store._change(ann.id, email_verified=1)
    make_users(sqlite, [(1, "ann@example.org", None, ann.id)], more=", passage_id VARCHAR(24)")

    def command(*more):
        return run("drift", tmp_path / "m", "--db", written(sqlite), "--table", "users", *more)

    return command


def email_in(sqlite):
    return rows(sqlite, "SELECT email FROM users")[0][0]


def test_drift_ends_with_2_and_no_drift_with_0(drift, sqlite):
    code, _, said = drift()
    assert code == 2
    assert "differs (to decide)" in said
    assert drift("--trust", "passage", "--update", "--yes")[0] == 0
    assert email_in(sqlite) == "ann@new.example.org"
    code, _, said = drift()
    assert code == 0
    assert "There is no drift." in said


def test_a_failure_ends_with_1(drift, sandbox):
    assert drift("--email-column", "mail")[0] == 1
    sandbox.faults = [Fault("key_revoked")]
    code, _, said = drift()
    assert code == 1
    assert "passage-kit:" in said


def test_the_summary_is_for_machines_and_names_nobody(drift, tmp_path):
    code, out, err = drift("--json")
    found = json.loads(out)
    assert (code, found["drift"], found["kinds"]) == (2, True, [{"kind": "differs", "side": "decide", "count": 1}])
    assert "ann" not in out + err
    assert found == json.loads((tmp_path / "m" / "out" / "drift.json").read_text())


def test_a_dry_run_shows_the_sql_and_changes_nothing(drift, sqlite):
    code, _, said = drift("--trust", "passage", "--update", "--dry-run")
    assert code == 2
    assert "UPDATE" in said
    assert "to be set" in said
    assert email_in(sqlite) == "ann@example.org"


def test_without_consent_nothing_is_changed(drift, sqlite, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    code, _, said = drift("--trust", "passage", "--update")
    assert code == 2
    assert "Nothing was changed" in said
    assert email_in(sqlite) == "ann@example.org"


def test_the_update_is_undone_as_a_write_back(drift, run, sqlite, tmp_path):
    drift("--trust", "passage", "--update", "--yes", "--json")
    assert email_in(sqlite) == "ann@new.example.org"
    assert run("write-back", tmp_path / "m", "--undo", "--yes", "--db", written(sqlite))[0] == 0
    assert email_in(sqlite) == "ann@example.org"


def test_the_address_can_be_named(drift, sandbox, monkeypatch):
    monkeypatch.delenv("PASSAGE_BASE_URL")
    assert drift("--base-url", sandbox.base_url)[0] == 2

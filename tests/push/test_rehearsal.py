import pytest
from pushing import client_of as client_of_sandbox
from pushing import people, workspace_of

import passage_kit as pk
from passage_kit.push.rehearsal import SandboxClient, client_of


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return workspace_of(tmp_path / "m", people(6))


def test_what_was_rehearsed_can_be_verified_and_undone_later(workspace):
    with SandboxClient(workspace) as client:
        result = pk.push_users(workspace, client=client)
        assert (result.created, result.key_from, result.notes[0][:12]) == (6, "the sandbox", "The app answ")
    with client_of(workspace) as client:
        assert isinstance(client, SandboxClient)
        assert pk.verify_push(workspace, client=client).ok
    with client_of(workspace) as client:
        assert pk.undo_push(workspace, client=client).deleted == 6


def test_the_sandbox_has_the_fields_of_the_plan_and_stops_with_the_client(workspace):
    with SandboxClient(workspace) as client:
        assert [field.field_name for field in client.get_app().schema] == ["first_name", "points"]
    with pytest.raises(pk.NoAnswerError):
        pk.PassageClient(app_id="a", api_key="k", base_url=client.base_url).create_user(email="anna@example.org")


def test_a_dry_rehearsal_keeps_nothing(workspace):
    before = sorted(workspace.folder.rglob("*"))
    with SandboxClient(workspace, keep=False) as client:
        assert pk.push_users(workspace, client=client, dry_run=True).created == 6
    assert sorted(workspace.folder.rglob("*")) == before


def contents(workspace):
    files = (path for path in workspace.folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_dry_run_on_a_sandbox_that_is_there_touches_nothing(workspace):
    with SandboxClient(workspace) as client:
        pk.push_users(workspace, client=client)
    before = contents(workspace)
    with SandboxClient(workspace, keep=False) as client:
        assert pk.push_users(workspace, client=client, dry_run=True).created == 6
    assert pk.undo_push(workspace, dry_run=True).deleted == 6
    assert contents(workspace) == before


def test_another_target_is_that_of_the_journal_with_a_key_from_outside(workspace, sandbox, monkeypatch):
    with client_of_sandbox(sandbox) as client:
        pk.push_users(workspace, client=client)
    with pytest.raises(pk.CredentialsError, match="PASSAGE_API_KEY"):
        client_of(workspace)
    monkeypatch.setenv("PASSAGE_API_KEY", sandbox.api_key)
    with client_of(workspace) as client:
        assert (client.app_id, client.base_url) == (sandbox.app_id, sandbox.base_url)
        assert pk.verify_push(workspace, client=client).ok


def test_before_a_push_there_is_no_target(workspace):
    with pytest.raises(pk.PushError, match="Nothing was pushed"):
        client_of(workspace)

import os
import sys

import pytest
from pushing import client_of, ids_in, journal_rows, people, workspace_of
from waiting import interrupted_when, until

import passage_kit as pk
from passage_kit.push.push_result import PushInterrupted
from passage_kit.sandbox import Fault, Sandbox


@pytest.fixture
def pushed(tmp_path, sandbox):
    workspace = workspace_of(tmp_path / "m", people(30))
    before = sandbox.add_users([{"email": "ann.0@example.org"}, {"email": "x@example.org"}])
    with client_of(sandbox) as client:
        pk.push_users(workspace, client=client)
        yield workspace, sandbox, client, before


def ids_by_email(sandbox):
    return sandbox.users().set_index("email")["id"]


def test_only_what_was_created_is_deleted(pushed):
    workspace, sandbox, client, before = pushed
    result = pk.undo_push(workspace, client=client)
    assert (result.created, result.deleted, result.spared, result.gone) == (29, 29, 0, 0)
    assert sandbox.users()["id"].tolist() == before
    assert [entry["outcome"] for entry in ids_in(workspace)] == ["existing"]
    assert pk.undo_push(workspace, client=client).created == 0


def test_a_dry_run_says_the_same_and_deletes_nobody(pushed):
    workspace, sandbox, client, _ = pushed
    sandbox.sign_in(ids_by_email(sandbox)["ann.1@example.org"])
    expected = pk.undo_push(workspace, client=client, dry_run=True)
    assert (expected.deleted, expected.signed_in, expected.spared) == (28, 1, 1)
    assert sandbox.requests["delete"] == 0
    result = pk.undo_push(workspace, client=client)
    assert (result.deleted, result.signed_in, result.spared) == (28, 1, 1)


def test_who_has_signed_in_since_is_spared_unless_told(pushed):
    workspace, sandbox, client, before = pushed
    signed_in = ids_by_email(sandbox)["ann.1@example.org"]
    sandbox.sign_in(signed_in)
    pk.undo_push(workspace, client=client)
    assert set(sandbox.users()["id"]) == {*before, signed_in}
    assert [entry["passage_id"] for entry in ids_in(workspace) if entry["outcome"] == "created"] == [signed_in]
    assert pk.undo_push(workspace, client=client, include_signed_in=True).deleted == 1
    assert sandbox.users()["id"].tolist() == before


def test_in_many_turns_everybody_has_one_though_the_first_are_spared(tmp_path, sandbox):
    workspace = workspace_of(tmp_path / "m", people(30))
    with client_of(sandbox, concurrency=2) as client:  # eight users a turn
        pk.push_users(workspace, client=client)
        ids = [entry["passage_id"] for entry in ids_in(workspace)]
        for spared in ids[:9]:
            sandbox.sign_in(spared)
        result = pk.undo_push(workspace, client=client)
    assert (result.deleted, result.spared) == (21, 9)
    assert set(sandbox.users()["id"]) == set(ids[:9])


def test_who_has_other_identifiers_by_now_is_spared_and_who_is_gone_is_gone(pushed):
    workspace, sandbox, client, before = pushed
    ids = ids_by_email(sandbox)
    client.update_user(ids["ann.3@example.org"], email="moved@example.org")
    client.delete_user(ids["ann.4@example.org"])
    result = pk.undo_push(workspace, client=client)
    assert (result.deleted, result.spared, result.gone) == (27, 1, 1)
    assert set(sandbox.users()["id"]) == {*before, ids["ann.3@example.org"]}


def test_another_app_is_refused(pushed):
    workspace, sandbox, _, _ = pushed
    with Sandbox() as other, client_of(other) as client, pytest.raises(pk.PushError, match="Give the credentials"):
        pk.undo_push(workspace, client=client)
    assert len(sandbox.users()) == 31


def test_without_consent_nobody_is_deleted(pushed):
    workspace, sandbox, client, _ = pushed
    with pytest.raises(pk.PushError, match="did not agree"):
        pk.undo_push(workspace, client=client, confirm=lambda _: False)
    assert sandbox.requests["delete"] == 0


def test_after_it_the_same_push_or_another_can_begin(pushed):
    workspace, sandbox, client, _ = pushed
    pk.undo_push(workspace, client=client)
    assert pk.push_users(workspace, client=client).created == 29
    pk.undo_push(workspace, client=client)
    workspace_of(workspace.folder, people(31))
    assert pk.push_users(workspace, client=client).created == 30
    assert len(sandbox.users()) == 32


def test_it_works_when_the_users_were_prepared_anew_since(pushed):
    workspace, sandbox, client, before = pushed
    workspace_of(workspace.folder, people(3))
    assert pk.undo_push(workspace, client=client).deleted == 29
    assert sandbox.users()["id"].tolist() == before
    assert not (workspace.out / "passage_ids.csv").exists()


def test_who_may_have_been_created_before_a_crash_is_spared_unless_told(tmp_path, sandbox, monkeypatch):
    workspace = workspace_of(tmp_path / "m", people(40))
    with client_of(sandbox) as client:
        faults = [Fault("closed", operation="create", skip=15, when="after"), Fault("closed", operation="lookup")]
        sandbox.faults = faults
        monkeypatch.setattr("passage_kit.api.pacing.BASE", 0.001)
        with pytest.raises(pk.NoAnswerError):
            pk.push_users(workspace, client=client)
        sandbox.faults = []
        there = len(sandbox.users())
        assert there > (journal_rows(workspace)["outcome"] == "created").sum()
        created = int((journal_rows(workspace)["outcome"] == "created").sum())
        spared = pk.undo_push(workspace, client=client)
        assert (spared.deleted, spared.spared, spared.adopted) == (created, there - created, there - created)
        assert "--include-adopted" in spared.to_text()
        assert pk.undo_push(workspace, client=client, include_adopted=True).deleted == there - created
        assert len(sandbox.users()) == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupted_it_says_how_far_it_is_and_goes_on(tmp_path, sandbox):
    workspace = workspace_of(tmp_path / "m", people(200))
    with client_of(sandbox) as client:
        pk.push_users(workspace, client=client)
        sandbox.faults = [Fault("latency", operation="delete", seconds=0.05)]
        interrupted_when(lambda: sandbox.requests["delete"] > 20)
        with pytest.raises(PushInterrupted, match=r"of 200 users are deleted.*Run the same command"):
            pk.undo_push(workspace, client=client)
        sandbox.faults = []
        pk.undo_push(workspace, client=client)
        assert sandbox.users().empty


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_on_the_way_it_goes_on(tmp_path, nursery):
    workspace = workspace_of(tmp_path / "m", people(400))
    code = "import sys; from passage_kit.push.undo import undo_push; undo_push(sys.argv[1])"
    with Sandbox() as sandbox, client_of(sandbox) as client:
        before = sandbox.add_users([{"email": "x@example.org"}])
        pk.push_users(workspace, client=client)
        sandbox.faults = [Fault("latency", seconds=0.2)]  # so much that a busy machine sees each stage
        for left in (390, 300, 150):
            undoing = nursery.start(code, workspace.folder, environment=sandbox.environment)
            until(lambda left=left: len(sandbox.users()) < left)
            undoing.kill()
            undoing.wait()
        assert 1 < len(sandbox.users()) < 401
        sandbox.faults = []
        pk.undo_push(workspace, client=client)
        assert sandbox.users()["id"].tolist() == before

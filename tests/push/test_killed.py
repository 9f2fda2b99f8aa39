"""Commands that are killed, kill -9, at the moments where a promise could break."""

import os
import signal

import pytest
from hostile_service import hostile, reached
from pushing import ids_in, journal_rows, people, workspace_of

import passage_kit as pk
from passage_kit.push.journal import Done
from passage_kit.push.journal_files import open_journal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")]

USERS = people(12)
PUSH = "import sys, passage_kit as pk; pk.push_users(sys.argv[1], client=pk.PassageClient(concurrency=2), **{})"
UNDO = "import sys, passage_kit as pk; pk.undo_push(sys.argv[1], client=pk.PassageClient(concurrency=2))"


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "m", USERS)


@pytest.fixture
def killed(nursery):
    """A function that runs a script in a process of its own, and kills it when the service has a request of a kind."""

    def kill(service, workspace, code, operation, when, *, skip=0):
        hold = service.stop_at(operation, when, skip=skip)
        child = nursery.start(code, workspace.folder, environment=service.environment)
        try:
            reached(hold)
        finally:
            child.kill()
            ended = child.wait()
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        service.hold = None
        hold.drop()

    return kill


@pytest.mark.parametrize(("skip", "deduplicates"), [(0, True), (5, False)])
def test_killed_after_the_record_while_people_sign_up_nobody_of_them_is_created_or_deleted(
    workspace, skip, deduplicates, killed
):
    with hostile(deduplicates=deduplicates) as service, service.client() as client:
        killed(service, workspace, PUSH, "create", "before", skip=skip)
        recorded = journal_rows(workspace)
        waiting = recorded[recorded["creating_at"].notna() & recorded["outcome"].isna()]["source_row"].tolist()
        signed_up = [service.add(**_identifiers(row), created_at=service._moment()) for row in waiting[-2:]]
        result = pk.push_users(workspace, client=client)
        ids = {entry["passage_id"]: entry["outcome"] for entry in ids_in(workspace)}
        assert [ids[ident] for ident in signed_up] == ["adopted", "adopted"]
        assert (result.complete, result.adopted_lacking, len(service.users)) == (True, 2, 12)
        pk.undo_push(workspace, client=client)
        assert set(signed_up) <= set(service.users)


def _identifiers(row):
    return {name: USERS[row - 1][name] for name in ("email", "phone") if USERS[row - 1].get(name)}


@pytest.mark.parametrize(("when", "deduplicates"), [("before", True), ("after", True), ("after", False)])
def test_killed_around_a_creation_nobody_is_there_twice(workspace, when, deduplicates, killed):
    with hostile(deduplicates=deduplicates) as service, service.client() as client:
        for skip in (0, 3):
            killed(service, workspace, PUSH, "create", when, skip=skip)
        result = pk.push_users(workspace, client=client)
        assert result.created + result.adopted == 12
        assert result.complete
        emails = [email for email in service.emails() if email]
        assert len(emails) == len(set(emails))
        assert sorted(entry["passage_id"] for entry in ids_in(workspace)) == sorted(service.users)


@pytest.mark.parametrize(("when", "skip"), [("before", 0), ("after", 0), ("after", 7), ("before", 11), ("after", 11)])
def test_a_push_after_a_half_undone_undo_looks_and_creates_whoever_is_missing(workspace, when, skip, killed):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        killed(service, workspace, UNDO, "delete", when, skip=skip)
        left = len(service.users)
        expected = pk.push_users(workspace, client=client, dry_run=True)
        result = pk.push_users(workspace, client=client)
        assert (result.complete, len(service.users), expected.created) == (True, 12, 12)
        assert service.requests("create") == 12 + 12 - left
        assert sorted(entry["passage_id"] for entry in ids_in(workspace)) == sorted(service.users)
        assert pk.verify_push(workspace, client=client).ok


@pytest.mark.parametrize(("when", "skip"), [("after", 0), ("before", 7), ("after", 11)])
def test_undo_resumed_settles_by_looking(workspace, when, skip, killed):
    with hostile() as service, service.client() as client:
        there = service.add(email="x@example.org")
        pk.push_users(workspace, client=client)
        killed(service, workspace, UNDO, "delete", when, skip=skip)
        assert pk.undo_push(workspace, client=client, dry_run=True).deleted == len(service.users) - 1
        result = pk.undo_push(workspace, client=client)
        assert (result.complete, [*service.users]) == (True, [there])
        assert journal_rows(workspace)["deleting_at"].isna().all()
        assert pk.push_users(workspace, client=client).created == 12


def test_who_signs_up_after_a_deletion_that_was_not_recorded_is_not_deleted(workspace, killed):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        killed(service, workspace, UNDO, "delete", "after", skip=0)
        gone = set(journal_rows(workspace)["passage_id"].dropna()) - set(service.users)
        rows = journal_rows(workspace).set_index("passage_id")["source_row"]
        signed_up = service.add(**_identifiers(rows[min(gone)]), created_at=service._moment())
        pk.undo_push(workspace, client=client)
        assert [*service.users] == [signed_up]
        result = pk.push_users(workspace, client=client)
        assert (result.created, result.existing) == (11, 1)


def test_killed_while_it_updates_an_adopted_user_the_user_stays_adopted(workspace, killed):
    update = PUSH.replace("**{}", 'on_existing="update"')
    with hostile(created_at=None) as service, service.client() as client:
        pk.push_users(workspace, client=client)
        for user in service.users.values():
            user["user_metadata"] = {"plan": "pro"}
        with open_journal(workspace) as journal:
            journal.commit(done=[done._replace(code=None) for done in _adopted(workspace)])
        killed(service, workspace, update, "update", "after", skip=3)
        result = pk.push_users(workspace, client=client, on_existing="update")
        assert (result.adopted, result.adopted_lacking) == (12, 0)
        assert pk.undo_push(workspace, client=client).deleted == 0
        assert all(user["user_metadata"]["plan"] == "pro" for user in service.users.values())


def _adopted(workspace):
    rows = journal_rows(workspace)
    return [Done(int(row), "adopted", ident) for row, ident in zip(rows["source_row"], rows["passage_id"], strict=True)]

"""A push that is cut off: killed, interrupted, refused, out of disk; and afterwards everybody exactly once."""

import os
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing
from datetime import datetime, timedelta
from types import SimpleNamespace

import long_runs
import pytest
from hostile_service import hostile
from pushing import check_truth, client_of, ids_in, journal_rows, people, workspace_of
from waiting import BUSY, LONG, interrupted_when, until

import passage_kit as pk
from passage_kit.api import pacing
from passage_kit.push import journal as journal_module
from passage_kit.push.journal import Journal
from passage_kit.push.push_result import PushInterrupted
from passage_kit.push.sending import AHEAD
from passage_kit.sandbox import Fault, Sandbox

slow = pytest.mark.slow
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor these signals")

PUSH = """
import sys, passage_kit as pk
with pk.PassageClient(concurrency=4) as client:
    pk.push_users(sys.argv[1], client=client)
"""


@slow
@posix
def test_killed_at_many_moments_everybody_is_created_once(tmp_path, nursery):
    kills = 50 if long_runs.LONG else 15
    users = people(30 * kills)
    workspace = workspace_of(tmp_path / "m", users)
    moments = random.Random(5)  # noqa: S311
    with Sandbox(faults=[Fault("latency", seconds=0.02)]) as sandbox:
        before = set(sandbox.add_users([{"email": "ann.0@example.org"}]))
        killed = 0
        for _ in range(kills):
            child = nursery.start(PUSH, workspace.folder, environment=sandbox.environment)
            asked = sandbox.requests.total() + moments.randrange(30)
            until(lambda asked=asked: sandbox.requests.total() >= asked)
            time.sleep(moments.uniform(0.0, 0.02))  # not always just when a request has come
            child.kill()
            killed += child.wait().returncode == -signal.SIGKILL
        assert killed == kills
        assert 0 < sandbox.users().shape[0] < len(users), "the kills were no rehearsal for anything"
        with client_of(sandbox) as client:
            result = pk.push_users(workspace, client=client)
        assert (result.created + result.adopted, result.existing) == (len(users) - 1, 1)
        assert 0 < result.adopted <= kills * 4 * (AHEAD + 2), "who was on the way at a kill, and nobody else"
        check_truth(workspace, users, sandbox, before, in_doubt=True)
        assert sandbox.requests["create"] < len(users) + 50 * 4, "nobody is sent twice on a guess"


@slow
def test_a_record_is_durable_before_its_request_leaves(tmp_path, monkeypatch):
    workspace = workspace_of(tmp_path / "m", people(200))
    unrecorded = []
    with Sandbox() as sandbox:
        create = sandbox.store.create

        def create_if_recorded(new):
            database = sqlite3.connect(workspace.folder / "push.sqlite")
            rows = database.execute("SELECT count(*) FROM users WHERE creating_at IS NOT NULL").fetchone()[0]
            database.close()
            if rows <= sandbox.store.count():
                unrecorded.append(new)
            return create(new)

        monkeypatch.setattr(sandbox.store, "create", create_if_recorded)
        with client_of(sandbox) as client:
            assert pk.push_users(workspace, client=client).created == 200
    assert unrecorded == []


@slow
@posix
def test_interrupted_it_stops_within_two_seconds_and_goes_on(tmp_path):
    users = people(600)
    workspace = workspace_of(tmp_path / "m", users)
    with Sandbox(faults=[Fault("latency", seconds=0.05)]) as sandbox, client_of(sandbox) as client:
        pressing = interrupted_when(lambda: sandbox.requests["create"] > 50)
        with pytest.raises(PushInterrupted, match="Run the same command") as caught:
            pk.push_users(workspace, client=client)
        assert time.monotonic() - pressing.pressed < 2.0 * BUSY
        assert "Traceback" not in "".join(caught.value._render_traceback_())
        done = journal_rows(workspace)["outcome"].notna().sum()
        assert 0 < done < 600
        sandbox.faults = []
        assert pk.push_users(workspace, client=client).created == 600
        check_truth(workspace, users, sandbox)


@slow
@posix
def test_interrupted_in_a_pause_it_stops_as_quickly(tmp_path):
    workspace = workspace_of(tmp_path / "m", people(50))
    faults = [Fault("rate_limit_seconds", operation="create", skip=10, seconds=60)]
    with Sandbox(faults=faults) as sandbox, client_of(sandbox) as client:
        pressing = interrupted_when(lambda: sandbox.struck["rate_limit_seconds"])
        with pytest.raises(PushInterrupted):
            pk.push_users(workspace, client=client)
        assert time.monotonic() - pressing.pressed < 2.0 * BUSY


@slow
def test_the_second_of_two_pushes_at_once_is_refused(tmp_path):
    users = people(120)
    workspace = workspace_of(tmp_path / "m", users)
    with Sandbox(faults=[Fault("latency", seconds=0.1)]) as sandbox, client_of(sandbox) as client:
        first = threading.Thread(target=pk.push_users, args=(workspace,), kwargs={"client": client})
        first.start()
        until(lambda: sandbox.requests["create"])
        with client_of(sandbox) as other:
            for again in (pk.push_users, pk.verify_push, pk.undo_push):
                with pytest.raises(pk.BusyError, match="is writing the workspace"):
                    again(workspace, client=other)
            with pytest.raises(pk.BusyError, match="is writing the workspace"):
                pk.push_users(workspace, client=other, dry_run=True)
        first.join()
        check_truth(workspace, users, sandbox)


@slow
@pytest.mark.parametrize(
    ("operation", "skip"), [("create", 100), ("lookup", 5), ("list", 0), ("list", 1), ("import", 0), ("import", 2)]
)
def test_a_key_revoked_in_the_middle_stops_the_push_which_goes_on_with_another(tmp_path, operation, skip):
    users = people(300)
    workspace = workspace_of(tmp_path / "m", users)
    faults = [Fault("key_revoked", operation=operation, skip=skip, times=1)]
    if operation == "lookup":
        faults.append(Fault("closed", operation="create", rate=0.2, when="after"))
    importing = operation == "import"
    with Sandbox(faults=faults) as sandbox, client_of(sandbox) as client:
        with pytest.raises(pk.KeyRefusedError, match="refuses the API key") as caught:
            pk.push_users(workspace, client=client, import_api=importing)
        assert (caught.value.status, caught.value.code) == (401, "invalid_access_token")
        assert sandbox.api_key not in str(caught.value)
        assert sandbox.requests["create"] < 150
        sandbox.faults = []
        result = pk.push_users(workspace, client=client, import_api=importing)
        assert result.created + result.adopted == 300
        check_truth(workspace, users, sandbox, in_doubt=True)


@slow
def test_a_service_that_is_gone_stops_the_push_soon(tmp_path, monkeypatch):
    monkeypatch.setattr("passage_kit.api.pacing.BASE", 0.001)
    users = people(200)
    workspace = workspace_of(tmp_path / "m", users)
    with Sandbox() as sandbox, client_of(sandbox, concurrency=4) as client:
        sandbox.faults = [Fault("closed", operation="create", skip=50), Fault("closed", operation="lookup")]
        with pytest.raises(pk.NoAnswerError):
            pk.push_users(workspace, client=client)
        outcomes = journal_rows(workspace)["outcome"].value_counts()
        assert outcomes["unknown"] < 20
        sandbox.faults = []
        result = pk.push_users(workspace, client=client)
        assert (result.created + result.adopted, result.unknown) == (200, 0)
        check_truth(workspace, users, sandbox, in_doubt=True)


@slow
@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0 * 365])
def test_the_clock_may_jump(tmp_path, monkeypatch, jump):
    users = people(60)
    workspace = workspace_of(tmp_path / "m", users)
    jumped = []

    def now(zone=None):
        moment = datetime.now(zone) + timedelta(seconds=jump if jumped else 0.0)
        return moment if zone else moment.timestamp()

    monkeypatch.setattr(pacing, "time", SimpleNamespace(time=now, monotonic=time.monotonic))
    monkeypatch.setattr(journal_module, "datetime", SimpleNamespace(now=now))
    faults = [Fault("closed", operation="create", rate=0.2, when="after"), Fault("rate_limit_date", rate=0.02)]
    with Sandbox(faults=faults, seed=3) as sandbox, client_of(sandbox) as client:
        before = set(sandbox.add_users([{"email": "ann.0@example.org"}]))
        timer = threading.Timer(0.1, jumped.append, (True,))
        timer.start()
        result = pk.push_users(workspace, client=client)
        timer.join()
        assert (result.created + result.adopted, result.existing) == (59, 1)
        assert result.created > 30
        check_truth(workspace, users, sandbox, before, in_doubt=True)


@slow
@posix
def test_a_full_disk_stops_the_push_before_anything_is_sent_without_a_record(tmp_path, nursery):
    users = people(400)
    workspace = workspace_of(tmp_path / "m", users)
    code = (
        "import resource, signal, sys, passage_kit as pk\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))\n"
        "try:\n    pk.push_users(sys.argv[1])\n"
        "except pk.JournalError as error:\n    sys.exit(f'JournalError: {error}')\n"
    )
    there = []
    with Sandbox() as sandbox:
        for limit in (4_000, *range(100_000, 1_000_000, 50_000)):  # no file may be larger, as on a disk without space
            ended = nursery.run(code, workspace.folder, limit, environment=sandbox.environment)
            if ended.returncode == 0:
                break
            assert "JournalError: The journal" in ended.stderr, ended.stderr
            assert "free some space" in ended.stderr
            there.append(len(sandbox.users()))
            if there[-1]:
                assert journal_rows(workspace)["creating_at"].notna().sum() >= there[-1]
        assert there[0] == 0, there
        assert any(0 < count < 400 for count in there), f"full at no interesting moment: {there}"
        with client_of(sandbox) as client:
            result = pk.push_users(workspace, client=client)
            assert result.created + result.adopted == 400
        check_truth(workspace, users, sandbox, in_doubt=True)


def test_a_journal_that_cannot_be_written_sends_nobody(tmp_path, monkeypatch):
    workspace = workspace_of(tmp_path / "m", people(30))
    real = Journal.commit

    def refused(journal, *what):
        with closing(sqlite3.connect(workspace.folder / "push.sqlite")) as file:
            file.execute(
                "CREATE TRIGGER IF NOT EXISTS refuse BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        real(journal, *what)

    monkeypatch.setattr(journal_module.Journal, "commit", refused)
    with Sandbox() as sandbox, client_of(sandbox) as client:
        with pytest.raises(pk.JournalError, match="no room"):
            pk.push_users(workspace, client=client)
        assert sandbox.requests["create"] == 0


@posix
def test_a_journal_of_read_only_mode_is_said(tmp_path):
    workspace = workspace_of(tmp_path / "m", people(3))
    (workspace.folder / "push.sqlite").mkdir()  # what not even the super-user can write into
    with Sandbox() as sandbox, client_of(sandbox) as client, pytest.raises(pk.JournalError, match=r"push\.sqlite"):
        pk.push_users(workspace, client=client)


def test_a_clock_of_the_service_that_is_put_back_does_not_deceive(tmp_path):
    workspace = workspace_of(tmp_path / "m", people(40))
    with hostile() as service, service.client() as client:

        def put_back(_):  # the push has begun by the clock of today
            service.clock = -86_400.0 * 365
            return True

        assert pk.push_users(workspace, client=client, confirm=put_back).created == 40


def test_who_is_refused_fails_and_the_others_go_on(tmp_path):
    users = [*people(5), {"email": "x.y@example.org", "first_name": "X"}]
    workspace = workspace_of(tmp_path / "m", users)
    with Sandbox() as sandbox, client_of(sandbox) as client:
        create = sandbox.store.create

        def create_but_x(new):
            if new.email == "x.y@example.org":
                from passage_kit.sandbox.contract import invalid

                raise invalid("x.y@example.org: must be a valid email address.")
            return create(new)

        sandbox.store.create = create_but_x
        result = pk.push_users(workspace, client=client)
    assert (result.created, result.failed, dict(result.codes)) == (5, 1, {"invalid_request": 1})
    assert result.failures.to_dict("records") == [{"source_row": 6, "outcome": "failed", "code": "invalid_request"}]
    assert [entry["outcome"] for entry in ids_in(workspace)] == ["created"] * 5 + ["failed"]


def test_a_user_made_between_the_two_lookups_is_no_conflict(tmp_path):
    """The answer of a request is lost, and the service carries it out when the email has been looked up already."""
    user = {"email": "ann.1@example.org", "phone": "+12025550101", "first_name": "Ann"}
    workspace = workspace_of(tmp_path / "m", [user])
    with Sandbox(faults=[Fault("closed", operation="create", times=1)]) as sandbox, client_of(sandbox) as client:
        select = sandbox.store.select

        def select_and_make(selection):
            found = select(selection)
            if "ann.1@example.org" in selection.values and not sandbox.store.count():
                sandbox.add_users([{"email": user["email"], "phone": user["phone"]}])
            return found

        sandbox.store.select = select_and_make
        result = pk.push_users(workspace, client=client)
    assert (result.adopted, result.failed) == (1, 0)


@posix
def test_a_journal_that_fails_while_an_interrupted_push_is_canceled_is_said(tmp_path):
    """The service holds most answers back, so the push has to be canceled, and its last outcomes cannot be written."""
    users = people(40)
    workspace = workspace_of(tmp_path / "m", users)

    def refuse():
        with closing(sqlite3.connect(workspace.folder / "push.sqlite", timeout=LONG)) as file:
            file.execute("CREATE TRIGGER refuse BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'no room'); END")
        return True

    slow_answers = Fault("latency", operation="create", skip=4, seconds=0.7, times=4)
    held_answers = Fault("latency", operation="create", skip=8, seconds=LONG)
    with Sandbox(faults=[slow_answers, held_answers]) as sandbox:
        with client_of(sandbox, concurrency=8, timeout=(LONG, LONG)) as client:
            interrupted_when(lambda: sandbox.requests["create"] >= 12 and refuse())
            with pytest.raises(pk.JournalError, match="no room") as caught:
                pk.push_users(workspace, client=client)
        assert not isinstance(caught.value, PushInterrupted)
        until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("passage-kit")])
        with closing(sqlite3.connect(workspace.folder / "push.sqlite")) as file:
            file.execute("DROP TRIGGER refuse")
        sandbox.faults = []
        with client_of(sandbox) as client:
            pk.push_users(workspace, client=client)
        check_truth(workspace, users, sandbox, in_doubt=True)

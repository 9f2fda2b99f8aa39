"""The sandbox as a server: it starts, answers over real sockets, stops, and keeps its secrets."""

import asyncio
import json
import socket
import threading
import time

import httpx
import pytest
from clients import client_of
from waiting import LONG

import passage_kit as pk
from passage_kit.sandbox import Fault, Sandbox, Unknowns, server


def test_a_user_is_created_read_listed_changed_and_deleted(sandbox):
    with client_of(sandbox) as http:
        created = http.post("/users", json={"email": "Anna@Example.org", "user_metadata": {"plan": "pro"}})
        user = created.json()["user"]
        assert (created.status_code, user["email"], user["user_metadata"]) == (201, "anna@example.org", {"plan": "pro"})
        assert http.get(f"/users/{user['id']}").json()["user"] == user
        assert [item["id"] for item in http.get("/users").json()["users"]] == [user["id"]]
        changed = http.patch(f"/users/{user['id']}", json={"phone": "+12025550123"}).json()["user"]
        assert (changed["email"], changed["phone"]) == ("anna@example.org", "+12025550123")
        assert http.delete(f"/users/{user['id']}").status_code == 200
        assert http.delete(f"/users/{user['id']}").status_code == 404
    assert sandbox.users().empty


def test_it_listens_on_loopback_alone(sandbox):
    port = int(sandbox.base_url.split(":")[2].removesuffix("/v1"))
    socket.create_connection(("127.0.0.1", port), timeout=2).close()
    with pytest.raises(OSError, match=r"refused|timed out|unreachable|assign"):
        socket.create_connection(("127.0.0.2", port), timeout=2).close()  # a server for all addresses would answer


def test_it_works_where_an_event_loop_runs_as_in_a_notebook():
    async def cell():
        with Sandbox() as running, client_of(running) as http:
            return http.post("/users", json={"email": "a@example.org"}).status_code

    assert asyncio.run(cell()) == 201


def test_its_representation_has_the_address_and_not_the_key(sandbox):
    assert sandbox.base_url in repr(sandbox)
    assert sandbox.api_key not in repr(sandbox)
    assert sandbox.environment == {
        "PASSAGE_BASE_URL": sandbox.base_url,
        "PASSAGE_APP_ID": sandbox.app_id,
        "PASSAGE_API_KEY": sandbox.api_key,
    }


def test_users_and_credentials_outlive_it_in_a_file(tmp_path):
    with Sandbox(database=tmp_path / "sandbox.sqlite") as first, client_of(first) as http:
        http.post("/users", json={"email": "a@example.org"})
        before = first.app_id, first.api_key, first.users().to_dict("records")
    with Sandbox(database=tmp_path / "sandbox.sqlite") as second:
        assert (second.app_id, second.api_key, second.users().to_dict("records")) == before
    assert (tmp_path / "sandbox.sqlite").stat().st_mode & 0o777 == 0o600


def test_it_can_be_stopped_and_started_again_on_the_same_port(sandbox):
    address = sandbox.base_url
    with client_of(sandbox) as http:
        http.post("/users", json={"email": "a@example.org"})
        sandbox.stop()
        with pytest.raises(httpx.TransportError):
            http.get("/users")
        assert "stopped" in repr(sandbox)
        assert sandbox.start().base_url == address
        assert http.get("/users").json()["total_users"] == 1


def test_two_do_not_share_a_port(sandbox):
    port = int(sandbox.base_url.split(":")[2].removesuffix("/v1"))
    with pytest.raises(pk.OptionError, match="Choose another port"):
        Sandbox(port=port).start()


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(pk.OutputError, match="Choose a file that you may write to"):
        Sandbox(database=tmp_path)


def test_users_are_added_without_requests_and_seen_as_they_are_answered(sandbox):
    ids = sandbox.add_users([{"email": "a@example.org", "user_metadata": {"n": 1}}, {"phone": "+12025550123"}])
    assert sandbox.add_users([{"email": "a@example.org"}]) == ids[:1]
    frame = sandbox.users()
    assert list(frame["id"]) == ids
    assert list(frame["email"]) == ["a@example.org", ""]
    assert not sandbox.requests
    with client_of(sandbox) as http:
        answered = http.get("/users", params={"order_by": "created_at:ASC"}).json()["users"]
    assert frame.to_dict("records") == answered


def test_a_sign_in_is_seen(sandbox):
    [user_id] = sandbox.add_users([{"email": "a@example.org"}])
    sandbox.sign_in(user_id)
    with client_of(sandbox) as http:
        user = http.get(f"/users/{user_id}").json()["user"]
        assert (user["status"], user["login_count"], user["webauthn"]) == ("active", 1, True)
        assert user["last_login_at"] > user["created_at"]
        [device] = http.get(f"/users/{user_id}/devices").json()["devices"]
        assert http.delete(f"/users/{user_id}/devices/{device['id']}").status_code == 200
        assert http.delete(f"/users/{user_id}/devices/{device['id']}").json()["code"] == "device_not_found"


def test_many_at_once_are_each_created_once(sandbox):
    def create(number: int) -> None:
        with client_of(sandbox) as http:
            for turn in range(20):
                http.post("/users", json={"email": f"u{(number + turn) % 25}@example.org"}).raise_for_status()

    threads = [threading.Thread(target=create, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(sandbox.users()["email"]) == {f"u{number}@example.org" for number in range(25)}
    assert len(sandbox.users()) == 25


def test_requests_are_counted_by_operation(sandbox):
    with client_of(sandbox) as http:
        http.post("/users", json={"email": "a@example.org"})
        http.get("/users", params={"identifier": "a@example.org"})
        http.get("/users")
    assert sandbox.requests == {"create": 1, "lookup": 1, "list": 1}


def test_unknowns_and_faults_are_taken():
    with Sandbox(unknowns=Unknowns(new_status="active"), faults=[Fault("error_500", times=1)]) as running:
        with client_of(running) as http:
            assert http.post("/users", json={"email": "a@example.org"}).status_code == 500
            assert http.post("/users", json={"email": "a@example.org"}).json()["user"]["status"] == "active"
        assert running.struck == {"error_500": 1}
        assert json.dumps(running.environment)


@pytest.mark.slow
def test_100_000_users_are_listed_in_full_in_seconds(sandbox, http):
    ids = sandbox.add_users({"email": f"u{number}@example.org"} for number in range(100_000))
    began, listed, page = time.monotonic(), [], {"created_before": None, "_links": {"next": {"href": "first"}}}
    while page["_links"]["next"]["href"]:
        anchor = {"created_before": page["created_before"]} if page["created_before"] else {}
        number = page.get("page", 0) + 1
        page = http.get("/users", params={"limit": 500, "page": number, "order_by": "created_at:ASC", **anchor}).json()
        listed += [user["id"] for user in page["users"]]
    assert time.monotonic() - began < 30  # about 4 on an idle machine
    assert listed == ids
    assert sandbox.requests == {"list": 200}


@pytest.mark.slow
def test_a_thousand_users_are_created_in_seconds(sandbox, http):
    began = time.process_time()  # of client and server, whatever else the machine does
    for number in range(1_000):
        http.post("/users", json={"email": f"u{number}@example.org"}).raise_for_status()
    assert time.process_time() - began < 10  # one client, one request after the other: about 1.5 on an idle machine
    assert len(sandbox.users()) == 1_000


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_ends_by_itself_is_not_taken_for_one_that_runs(monkeypatch):
    def no_stream(port):
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.bind(("127.0.0.1", port))
        listeners.append(listener)
        return listener

    listeners = []
    monkeypatch.setattr(server, "_listen", no_stream)
    sandbox = Sandbox()
    with pytest.raises(pk.PushError, match="stopped by itself"):
        sandbox.start()
    assert "stopped" in repr(sandbox)
    listeners[0].close()
    monkeypatch.undo()
    with sandbox:
        assert httpx.get(sandbox.base_url, timeout=LONG).status_code == 401


def test_a_sandbox_that_does_not_stop_says_so_and_can_be_stopped_later(sandbox, monkeypatch):
    """Its loop is held by what it runs, as by a disk that does not answer; a request alone would be cut off."""
    held, let_go = threading.Event(), threading.Event()
    real = sandbox.store.create

    def hold(*given, **options):
        held.set()
        let_go.wait(LONG)
        return real(*given, **options)

    monkeypatch.setattr(server, "_PATIENCE", 0.2)
    monkeypatch.setattr(sandbox.store, "create", hold)
    answers = []
    with client_of(sandbox) as http:
        sending = threading.Thread(target=lambda: answers.append(http.post("/users", json={"email": "a@example.org"})))
        sending.start()
        assert held.wait(LONG)
        with pytest.raises(pk.PushError, match=r"does not stop\. End this process"):
            sandbox.stop()
        assert sandbox.base_url in repr(sandbox)
        let_go.set()
        sending.join(LONG)
    monkeypatch.undo()
    sandbox.stop()
    assert "stopped" in repr(sandbox)
    assert [answer.status_code for answer in answers] == [201]
    assert sandbox.users()["email"].tolist() == ["a@example.org"]

"""The client: callable from anywhere, and every operation against the sandbox."""

import asyncio
import gc
import subprocess
import sys
import threading

import pytest
from pushing import FIELDS, client_of

import passage_kit as pk
from passage_kit.sandbox import Sandbox


@pytest.fixture
def client(sandbox):
    with client_of(sandbox) as client:
        yield client


def test_every_operation(sandbox, client):
    anna = client.create_user(email="Anna@Example.org", phone="+12025550123", user_metadata={"plan": "pro"})
    assert (anna.email, anna.phone, dict(anna.user_metadata)) == ("anna@example.org", "+12025550123", {"plan": "pro"})
    assert anna.created_at is not None
    assert anna.last_login_at is None
    assert not anna.has_signed_in
    assert client.get_user(anna.id) == anna
    assert client.find_user("ANNA@example.org").id == client.find_user("+12025550123").id == anna.id
    assert client.find_user("bo@example.org") is None
    assert dict(client.update_user(anna.id, user_metadata={"plan": "free"}).user_metadata) == {"plan": "free"}
    sandbox.sign_in(anna.id)
    assert client.get_user(anna.id).has_signed_in
    assert [user.id for user in client.list_users(status="active")] == [anna.id]
    assert client.delete_user(anna.id)
    assert not client.delete_user(anna.id)
    with pytest.raises(pk.NotFoundError) as caught:
        client.get_user(anna.id)
    assert (caught.value.status, caught.value.code) == (404, "user_not_found")


def test_the_app_shows_its_metadata_fields(client):
    assert client.get_app().schema == pk.MetadataSchema()
    with Sandbox(schema=FIELDS) as sandbox, client_of(sandbox) as other:
        assert [field.field_name for field in other.get_app().schema] == ["first_name", "points"]


def test_an_import_is_answered(client):
    answer = client.import_users(b"email,phone\nanna@example.org,\nnobody,\n")
    assert (len(answer.imported), dict(answer.errors)) == (1, {"nobody": "identifier: must be a valid email address."})


def test_a_list_stays_the_same_while_users_come(sandbox, client):
    there = sandbox.add_users([{"email": f"u{number}@example.org"} for number in range(1_200)])
    listed = []
    for number, user in enumerate(client.list_users()):
        listed.append(user.id)
        if number in (100, 600):
            sandbox.add_users([{"email": f"late{number}.{more}@example.org"} for more in range(300)])
    assert listed[:1_200] == there
    assert len(listed) == len(set(listed))


def test_a_list_may_be_left_early(client):
    client.create_user(email="anna@example.org")
    assert next(client.list_users()).email == "anna@example.org"
    gc.collect()


def test_a_loop_that_is_running_is_no_obstacle(client):
    async def notebook():
        return client.create_user(email="anna@example.org")

    assert asyncio.run(notebook()).email == "anna@example.org"


def test_many_threads_may_use_one_client(sandbox, client):
    threads = [threading.Thread(target=client.create_user, kwargs={"email": f"u{n}@example.org"}) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sandbox.users()) == 20


def test_a_client_may_be_closed_and_used_again(client):
    client.create_user(email="anna@example.org")
    client.close()
    client.close()
    assert client.find_user("anna@example.org")


def test_a_script_that_forgets_to_close_ends_quietly(sandbox):
    code = "import passage_kit as pk; client = pk.PassageClient(); client.create_user(email='anna@example.org')"
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**sandbox.environment, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("settings", [{"concurrency": 0}, {"max_rps": 0}, {"max_rps": -1.0}, {"timeout": (0, 1)}])
def test_settings_are_above_zero(settings):
    with pytest.raises(pk.OptionError, match="expected more than 0"):
        pk.PassageClient(app_id="app", api_key="key", **settings)


def test_the_repr_has_no_secret(sandbox, client):
    assert sandbox.api_key not in repr(client) + str(vars(client)) + repr(client.api.credentials)
    assert sandbox.app_id in repr(client)

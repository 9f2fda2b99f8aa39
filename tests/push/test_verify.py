import pytest
from hostile_service import hostile
from pushing import client_of, people, workspace_of

import passage_kit as pk
from passage_kit.columns.users_frame import SOURCE_ROW


@pytest.fixture
def pushed(tmp_path, sandbox):
    workspace = workspace_of(tmp_path / "m", people(12))
    theirs = {"first_name": "Theirs", "plan": "pro"}
    sandbox.add_users([{"email": "ann.0@example.org", "user_metadata": theirs}])
    with client_of(sandbox) as client:
        pk.push_users(workspace, client=client)
        yield workspace, sandbox, client


def found(verification):
    entries = verification.differences.astype(object).where(verification.differences.notna(), None)
    return [tuple(entry) for entry in entries[[SOURCE_ROW, "outcome", "field", "expected", "found"]].to_numpy()]


def test_what_is_as_prepared_is_the_same_and_who_was_left_alone_is_said(pushed):
    workspace, _, client = pushed
    verification = pk.verify_push(workspace, client=client)
    assert (verification.users, verification.same, verification.different, verification.skipped) == (12, 11, 1, 1)
    assert verification.ok
    assert found(verification) == [
        (1, "existing", "first_name", "Ann 0", "Theirs"),
        (1, "existing", "points", "0", None),
    ]


def test_every_difference_is_found(pushed):
    workspace, sandbox, client = pushed
    ids = sandbox.users().set_index("email")["id"]
    client.update_user(ids["ann.1@example.org"], user_metadata={"first_name": "Other", "extra": 1})
    client.update_user(ids["ann.3@example.org"], email="new@example.org")
    client.update_user(ids["ann.4@example.org"], phone="+12025559999")
    client.delete_user(ids["ann.6@example.org"])
    verification = pk.verify_push(workspace, client=client)
    assert not verification.ok
    assert (verification.same, verification.different, verification.missing) == (7, 4, 1)
    assert found(verification)[2:] == [
        (2, "created", "first_name", "Ann 1", "Other"),
        (4, "created", "email", "ann.3@example.org", "new@example.org"),
        (5, "created", "phone", "+12025550004", "+12025559999"),
        (7, "created", "passage_id", "a user", None),
    ]
    assert "1 are missing" in verification.to_text()
    assert verification.summary()["fields"]["phone"] == 1


def test_who_is_missing_is_created_from_a_new_folder_as_the_sentence_says(pushed, tmp_path):
    workspace, sandbox, client = pushed
    before = sandbox.users().set_index("email")["id"]
    client.delete_user(before["ann.6@example.org"])
    assert (
        "To create who is missing, prepare the list into a new folder"
        in pk.verify_push(workspace, client=client).to_text()
    )
    again = workspace_of(tmp_path / "again", people(12))
    result = pk.push_users(again, client=client)
    assert (result.created, result.existing) == (1, 11)
    verification = pk.verify_push(again, client=client)
    assert (verification.missing, "To create" in verification.to_text()) == (0, False)


def test_who_has_no_id_is_counted(tmp_path, sandbox):
    workspace = workspace_of(tmp_path / "m", people(5))
    sandbox.add_users([{"email": "ann.1@example.org"}, {"phone": "+12025550001"}])
    with client_of(sandbox) as client:
        pk.push_users(workspace, client=client)
        verification = pk.verify_push(workspace, client=client)
    assert (verification.same, verification.without_id, verification.ok) == (4, 1, False)


def test_few_of_many_are_read_one_by_one(tmp_path, sandbox):
    workspace = workspace_of(tmp_path / "m", people(2))
    sandbox.add_users({"email": f"x{number}@example.org"} for number in range(1_400))
    with client_of(sandbox) as client:
        pk.push_users(workspace, client=client)
        listed = sandbox.requests["list"]
        assert pk.verify_push(workspace, client=client).ok
        assert sandbox.requests["list"] == listed + 1


def test_without_the_secret_of_the_digests_users_are_still_known_by_the_list(pushed):
    workspace, sandbox, client = pushed
    (workspace.folder / "push.key").unlink()
    assert pk.verify_push(workspace, client=client).ok
    assert sandbox.requests["get"] == 0


def test_adopted_users_who_differ_are_said_with_the_next_step(tmp_path):
    workspace = workspace_of(tmp_path / "m", people(6))
    with hostile(signs_up={"ann.0@example.org"}) as service, service.client() as client:
        pk.push_users(workspace, client=client)
        verification = pk.verify_push(workspace, client=client)
        assert not verification.ok
        assert "1 of those that differ are adopted: push with --on-existing update" in verification.to_text()
        pk.push_users(workspace, client=client, on_existing="update")
        assert pk.verify_push(workspace, client=client).ok


def test_before_a_push_there_is_nothing_to_verify(tmp_path, sandbox):
    with client_of(sandbox) as client, pytest.raises(pk.PushError, match="Nothing was pushed"):
        pk.verify_push(workspace_of(tmp_path / "m", people(1)), client=client)

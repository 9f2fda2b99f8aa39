"""The checklist of the cut-over, as a migration goes on."""

import json

import pytest
from servers import make_users, written

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.sandbox import Fault, Sandbox

SCHEMA = pk.MetadataSchema([pk.MetadataField("plan")])


def states(status):
    return {check.title: check.state for check in status.checks}


@pytest.fixture
def client(sandbox):
    with pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as made:
        yield made


@pytest.fixture
def prepared(tmp_path):
    raw = users_frame({"id": ["1", "2"], "email": ["ann@example.org", "bo@example.org"], "plan": ["pro", "free"]})
    pk.prepare(raw, schema=SCHEMA, mapping={"email": "email", "source_key": "id", "plan": "plan"}, out=tmp_path / "m")
    return tmp_path / "m"


def test_at_first_everything_is_open_and_says_what_to_do(tmp_path):
    status = pk.find_status(tmp_path / "m")
    assert set(states(status).values()) == {"open", "not asked"}
    assert all(check.next_step for check in status.checks)
    assert not (tmp_path / "m").exists()


def test_each_step_is_read_from_what_was_done(prepared, client, sqlite, tmp_path):
    assert states(pk.find_status(prepared))["Users imported"] == "not asked"
    pk.push_users(prepared, client=client)
    pk.verify_push(prepared, client=client)
    make_users(sqlite, [(1, "ann@example.org", None), (2, "bo@example.org", None)])
    db = written(sqlite)
    pk.write_passage_ids(pk.Workspace(prepared), table="users", workspace=prepared, db=db)
    pk.find_drift(prepared, table="users", db=db, client=client)
    pk.note_words_sent(prepared, "announcement")
    status = pk.find_status(prepared, client=client)
    assert states(status) == {
        "Metadata fields created": "open",  # the sandbox of the test has none
        "Users imported": "rehearsed",
        "Passage ids written": "rehearsed",
        "Verified": "rehearsed",
        "Middleware answering": "not asked",
        "No drift": "rehearsed",
        "Users told": "done",
    }
    checks = {check.title: check for check in status.checks}
    assert checks["Users imported"].evidence == "2 of 2 exported users"
    assert checks["Passage ids written"].evidence == "2 rows set in the last write-back"
    assert {checks[title].next_step for title in ("Passage ids written", "No drift")} == {"Push to the app."}
    assert "plan" in checks["Metadata fields created"].next_step
    assert all(check.at for check in status.checks if check.state in ("done", "rehearsed"))
    assert "ann@" not in status.to_text() + json.dumps(status.summary())
    assert "<table>" in status._repr_html_()


@pytest.mark.parametrize(("kind", "state", "right"), [("string", "rehearsed", 1), ("boolean", "open", 0)])
def test_a_field_of_another_type_is_missing(kind, state, right, prepared):
    schema = pk.MetadataSchema([pk.MetadataField("plan", type=kind)])
    with (
        Sandbox(schema=schema) as it,
        pk.PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as client,
    ):
        check = pk.find_status(prepared, client=client).checks[0]
    assert (check.state, check.evidence) == (state, f"{right} of 1 field in the app")


def test_a_refused_key_is_an_error_and_no_step_that_is_open(prepared, client, sandbox):
    pk.push_users(prepared, client=client)  # so that the fields alone are asked for
    sandbox.faults = [Fault("key_revoked")]
    with pytest.raises(pk.KeyRefusedError):
        pk.find_status(prepared, client=client)


def test_who_failed_is_not_imported(prepared, client):
    client.create_user(email="ann@example.org", phone="+12025550101")
    client.create_user(email="other@example.org", phone="+12025550102")
    raw = users_frame(
        {"id": ["1", "2"], "email": ["ann@example.org", "bo@example.org"], "phone": ["+12025550102", None]}
    )  # somebody else's phone
    pk.prepare(raw, mapping={"email": "email", "phone": "phone", "source_key": "id"}, out=prepared)
    assert pk.push_users(prepared, client=client).failed == 1
    check = pk.find_status(prepared).checks[0]
    assert (check.state, check.evidence) == ("open", "1 of 2 exported users; 1 failed, 0 unknown")


def test_what_was_undone_is_open_again(prepared, client, sqlite):
    pk.push_users(prepared, client=client)
    make_users(sqlite, [(1, "ann@example.org", None)])
    pk.write_passage_ids(pk.Workspace(prepared), table="users", workspace=prepared, db=written(sqlite))
    pk.undo_write_back(prepared, db=written(sqlite))
    pk.undo_push(prepared, client=client)
    found = states(pk.find_status(prepared))
    assert (found["Users imported"], found["Passage ids written"]) == ("open", "open")


def test_drift_and_a_user_who_changed_leave_their_steps_open(prepared, client, sqlite):
    pk.push_users(prepared, client=client)
    client.update_user(client.find_user("ann@example.org").id, email="new@example.org")
    assert not pk.verify_push(prepared, client=client).ok
    make_users(sqlite, [(1, "ann@example.org", None)])
    pk.find_drift(prepared, table=pk.UsersTable("users", email="email"), db=written(sqlite), client=client)
    checks = {check.title: check for check in pk.find_status(prepared).checks}
    assert (checks["Verified"].state, checks["No drift"].state) == ("open", "open")
    assert checks["Verified"].evidence.startswith("1 of 2 users")
    assert "to mend" in checks["No drift"].evidence


def test_an_import_in_the_console_is_seen_by_the_number_of_users(prepared, client):
    assert states(pk.find_status(prepared, client=client))["Users imported"] == "open"
    client.import_users(b"email\nann@example.org\nbo@example.org\n")
    assert states(pk.find_status(prepared, client=client))["Users imported"] == "rehearsed"


def test_a_damaged_record_is_said(prepared):
    (prepared / "out" / "drift.json").write_text("{")
    with pytest.raises(pk.PlanError, match=r"drift\.json"):
        pk.find_status(prepared)

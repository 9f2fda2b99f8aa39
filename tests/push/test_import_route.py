import pytest
from pushing import client_of, people, workspace_of

from passage_kit.api.answers import ImportAnswer
from passage_kit.errors import ContradictionError, KeyRefusedError
from passage_kit.push import push_input
from passage_kit.push.discovery import discover
from passage_kit.push.import_route import import_all, settle_uploaded
from passage_kit.push.journal_files import open_journal, take_up
from passage_kit.push.push_input import PushInput
from passage_kit.sandbox import Fault


@pytest.fixture
def begun(tmp_path, sandbox, monkeypatch):
    monkeypatch.setattr(push_input, "USERS_PER_UPLOAD", 10)
    workspace = workspace_of(tmp_path / "m", people(30))
    with client_of(sandbox) as client, open_journal(workspace, made=True) as journal:
        source = PushInput(workspace)
        take_up(journal, source, client.api.credentials)
        client.run(discover(client.api, journal, source, update=False))
        yield journal, source, client


def test_users_go_up_in_parts_each_recorded_before(begun, sandbox, monkeypatch):
    journal, source, client = begun
    recorded = []
    upload = client.api.import_users

    async def recording(data):
        recorded.append(journal.left(update=False)["unsettled"])
        return await upload(data)

    monkeypatch.setattr(client.api, "import_users", recording)
    client.run(import_all(client.api, journal, source))
    assert recorded == [10, 20, 30]
    assert journal.counts()["created"] == 30
    there = sandbox.users().set_index("id")
    outcomes = journal.outcomes(1, 30)
    assert all(there.loc[outcomes[row + 1][1], "user_metadata"]["points"] == str(row) for row in range(30))


def test_an_answer_that_is_lost_is_read_from_the_list(begun, sandbox):
    journal, source, client = begun
    sandbox.faults = [Fault("half_response", operation="import")]
    client.run(import_all(client.api, journal, source))
    assert journal.counts()["adopted"] == 30


@pytest.mark.parametrize("other", ["imported", "Alexander", "12025550123"])
def test_what_is_no_passage_id_is_not_taken_for_one(begun, sandbox, monkeypatch, other):
    journal, source, client = begun
    upload = client.api.import_users

    async def without_ids(data):
        answer = await upload(data)
        return ImportAnswer(tuple((entry[1], other) for entry in answer.imported), (), {})

    monkeypatch.setattr(client.api, "import_users", without_ids)
    client.run(import_all(client.api, journal, source))
    outcomes = journal.outcomes(1, 30)
    assert {passage_id for _, passage_id in outcomes.values()} == set(sandbox.users()["id"])


def test_ids_that_the_answer_mixes_up_are_nobodys_and_stop_the_push(begun, monkeypatch):
    journal, source, client = begun
    upload = client.api.import_users

    async def mixed_up(data):
        answer = await upload(data)
        ids = [entry[0] for entry in answer.imported]
        moved = zip(ids[1:] + ids[:1], answer.imported, strict=True)
        return ImportAnswer(tuple((ident, entry[1]) for ident, entry in moved), (), {})

    monkeypatch.setattr(client.api, "import_users", mixed_up)
    with pytest.raises(ContradictionError):
        client.run(import_all(client.api, journal, source))
    assert journal.counts()["unknown"] == 30
    assert {passage_id for _, passage_id in journal.outcomes(1, 30).values()} == {None}


def test_what_was_uploaded_before_a_stop_is_settled_later(begun, sandbox, monkeypatch):
    journal, source, client = begun

    async def stopped(*_):
        raise KeyRefusedError("stopped", status=401)

    monkeypatch.setattr("passage_kit.push.import_route.settle_by_list", stopped)
    with pytest.raises(KeyRefusedError):
        client.run(import_all(client.api, journal, source))
    monkeypatch.undo()
    assert journal.has_claims
    client.run(settle_uploaded(client.api, journal))
    assert journal.counts()["created"] == 30
    assert sandbox.requests["import"] == 3


def test_an_upload_that_is_lost_leaves_its_users_to_be_looked_up(begun, sandbox):
    journal, source, client = begun
    sandbox.faults = [Fault("closed", operation="import", skip=1, times=1)]
    client.run(import_all(client.api, journal, source))
    assert journal.counts()["created"] == 20
    assert journal.left(update=False)["unsettled"] == 10


def test_a_file_that_is_refused_leaves_its_users_to_be_looked_up(begun, monkeypatch):
    journal, source, client = begun

    def write(users, path, **_):
        path.write_bytes(b"no,csv\nof,users\n")
        return [path]

    monkeypatch.setattr("passage_kit.push.import_route.write_console_csv", write)
    client.run(import_all(client.api, journal, source))
    assert journal.left(update=False)["unsettled"] == 30

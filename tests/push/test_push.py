"""A push from the workspace to the service's state: what is sent, what is left alone, what is said beforehand."""

import hashlib
import logging
import re
import subprocess
import sys

import pytest
from pushing import FIELDS, check_truth, client_of, ids_in, journal_rows, people, workspace_of

import passage_kit as pk
from passage_kit.api import pacing
from passage_kit.push import push_input
from passage_kit.push.journal_files import open_journal, take_up
from passage_kit.push.push_input import PushInput
from passage_kit.sandbox import Fault, Sandbox, Unknowns
from passage_kit.sandbox.contract import invalid


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "m", people(30))


@pytest.fixture
def client(sandbox):
    with client_of(sandbox) as client:
        yield client


def contents(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_everybody_is_created_and_the_file_of_ids_says_so(workspace, sandbox, client):
    result = pk.push_users(workspace, client=client)
    assert (result.created, result.users, result.complete, result.dry_run) == (30, 30, True, False)
    check_truth(workspace, people(30), sandbox)
    assert list(ids_in(workspace)[0]) == ["source_row", "source_key", "email", "phone", "passage_id", "outcome"]
    assert ids_in(workspace)[4]["source_key"] == "k4"


def test_only_who_is_new_is_written_down_as_about_to_be_created(workspace, sandbox, client):
    sandbox.add_users([{"email": "ann.0@example.org"}, {"email": "ann.1@example.org"}, {"phone": "+12025550001"}])
    pk.push_users(workspace, client=client)
    rows = journal_rows(workspace).set_index("source_row")
    not_new = rows.index[rows["outcome"] != "created"].tolist()
    assert not_new == [1, 2]
    assert rows.index[rows["creating_at"].isna()].tolist() == not_new


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([{"email": "ann.1@example.org"}], "existing"),  # without our phone it is not what was sent
        ([{"email": "ann.1@example.org", "phone": "+12025550001"}], "adopted"),  # whoever made it
        ([{"email": "ann.1@example.org"}, {"phone": "+12025550001"}], "failed"),  # two users of Passage
        ([{"email": "other@example.org", "phone": "+12025550001"}], "failed"),  # somebody else's phone
    ],
)
def test_who_may_have_been_sent_is_looked_up_by_both_identifiers(workspace, sandbox, client, there, expected):
    with open_journal(workspace, made=True) as journal:
        take_up(journal, PushInput(workspace), client.api.credentials)
        journal.commit(creating=[2])
    [first, *_] = sandbox.add_users(there)
    pk.push_users(workspace, client=client)
    row = journal_rows(workspace).set_index("source_row").loc[2]
    assert row["outcome"] == expected
    assert expected == "failed" or row["passage_id"] == first
    assert sandbox.requests["create"] == 29


def test_a_path_is_as_good_as_a_workspace(workspace, client):
    assert pk.push_users(str(workspace.folder), client=client).created == 30


def test_a_complete_push_repeated_sends_nothing(workspace, sandbox, client):
    first = pk.push_users(workspace, client=client)
    requests, files = sandbox.requests.total(), contents(workspace.folder)
    again = pk.push_users(workspace, client=client, confirm=lambda _: pytest.fail("there is nothing to agree to"))
    assert (again.outcomes, again.to_send) == (first.outcomes, 0)
    assert sandbox.requests.total() == requests
    assert {name: files[name] for name in files if "sqlite" not in name} == {
        name: value for name, value in contents(workspace.folder).items() if "sqlite" not in name
    }


def test_a_dry_run_counts_as_the_real_one_and_writes_nothing(workspace, sandbox, client):
    sandbox.add_users([{"email": "ann.0@example.org"}, {"email": "x@example.org", "phone": "+12025550005"}])
    sandbox.add_users([{"email": "ann.1@example.org"}, {"phone": "+12025550001"}])
    before = contents(workspace.folder)
    expected = pk.push_users(workspace, client=client, dry_run=True)
    assert contents(workspace.folder) == before
    assert sandbox.requests["create"] == 0
    result = pk.push_users(workspace, client=client)
    assert expected.dry_run
    assert (expected.outcomes, dict(expected.codes)) == (result.outcomes, dict(result.codes))
    assert (result.created, result.existing, result.failed) == (27, 2, 1)
    again = pk.push_users(workspace, client=client, dry_run=True)
    assert (again.outcomes, again.to_send) == (result.outcomes, 1)


def test_an_email_of_one_and_a_phone_of_another_are_left_alone(workspace, sandbox, client):
    ids = sandbox.add_users([{"email": "ann.1@example.org"}, {"phone": "+12025550001"}])
    ids += sandbox.add_users([{"email": "other@example.org", "phone": "+12025550004"}])
    result = pk.push_users(workspace, client=client)
    assert (result.failed, dict(result.codes)) == (2, {"identifier_conflict": 2})
    assert result.failures["source_row"].tolist() == [2, 5]
    assert not result.complete
    there = sandbox.users().set_index("id").loc[ids]
    assert there["email"].tolist() == ["ann.1@example.org", "", "other@example.org"]
    assert there["user_metadata"].isna().all()
    assert [entry["passage_id"] for entry in ids_in(workspace) if entry["outcome"] == "failed"] == ["", ""]


def test_who_failed_is_tried_again_once_it_is_mended(workspace, sandbox, client):
    mail, phone = sandbox.add_users([{"email": "ann.1@example.org"}, {"phone": "+12025550001"}])
    create = sandbox.store.create

    def create_but_phones(new):
        if new.email is None:
            raise invalid("identifier: phones are off.")
        return create(new)

    sandbox.store.create = create_but_phones
    first = pk.push_users(workspace, client=client)
    assert dict(first.codes) == {"invalid_request": 10, "identifier_conflict": 1}
    again = pk.push_users(workspace, client=client)
    assert (again.outcomes, again.to_send) == (first.outcomes, 11)
    sandbox.store.create = create
    client.delete_user(phone)
    mended = pk.push_users(workspace, client=client)
    assert (mended.created, mended.existing, mended.complete) == (29, 1, True)
    check_truth(workspace, people(30), sandbox, {mail})


@pytest.mark.parametrize("repeated_metadata", ["kept", "merged", "replaced"])
def test_existing_users_are_skipped_untouched(workspace, repeated_metadata):
    with Sandbox(unknowns=Unknowns(repeated_metadata=repeated_metadata)) as sandbox, client_of(sandbox) as client:
        theirs = {"first_name": "Theirs", "plan": "pro"}
        sandbox.add_users([{"email": "ann.0@example.org", "user_metadata": theirs}])
        result = pk.push_users(workspace, client=client)
        assert (result.existing, result.created) == (1, 29)
        assert sandbox.users()["user_metadata"][0] == theirs


@pytest.mark.parametrize("patched", ["merged", "replaced"])
def test_existing_users_are_updated_with_the_whole_of_the_metadata(workspace, patched):
    with Sandbox(unknowns=Unknowns(patched_metadata=patched)) as sandbox, client_of(sandbox) as client:
        theirs = {"first_name": "Theirs", "plan": "pro"}
        sandbox.add_users([{"email": "ann.0@example.org", "user_metadata": theirs}])
        right = {"first_name": "Ann 3", "points": 3}
        sandbox.add_users([{"email": "ann.3@example.org", "user_metadata": right}])
        expected = pk.push_users(workspace, client=client, dry_run=True, on_existing="update")
        result = pk.push_users(workspace, client=client, on_existing="update")
        assert (result.created, result.updated, result.existing) == (28, 1, 1)
        assert expected.created == 28
        there = sandbox.users()["user_metadata"]
        assert there[0] == {"first_name": "Ann 0", "plan": "pro", "points": 0}
        assert there[1] == right
        assert sandbox.requests["update"] == 1
        assert pk.push_users(workspace, client=client, on_existing="update").outcomes == result.outcomes
        assert sandbox.requests["update"] == 1


def test_an_update_without_an_answer_does_not_make_its_user_a_created_one(workspace, sandbox, client, monkeypatch):
    monkeypatch.setattr(pacing, "BASE", 0.001)
    sandbox.add_users([{"email": "ann.0@example.org"}])  # a moment ago, so that the time of creation tells nothing
    sandbox.faults = [Fault("error_500", operation="update", times=8)]
    result = pk.push_users(workspace, client=client, on_existing="update")
    assert (result.created, result.updated) == (29, 1)
    assert sandbox.users()["user_metadata"][0] == {"first_name": "Ann 0", "points": 0}
    pk.undo_push(workspace, client=client)
    assert sandbox.users()["email"].tolist() == ["ann.0@example.org"]


def test_those_skipped_before_can_be_updated_later(workspace, sandbox, client):
    sandbox.add_users([{"email": "ann.0@example.org"}])
    assert pk.push_users(workspace, client=client).existing == 1
    result = pk.push_users(workspace, client=client, on_existing="update")
    assert (result.created, result.existing, result.updated) == (29, 0, 1)


def test_a_user_who_signs_up_during_the_push_is_not_taken_for_created(workspace, sandbox, client):
    def agree(_):
        [signed_up] = sandbox.add_users([{"email": "ann.0@example.org"}])
        sandbox.sign_in(signed_up)
        return True

    result = pk.push_users(workspace, client=client, confirm=agree)
    assert (result.created, result.existing) == (29, 1)


def test_who_comes_during_the_push_and_is_refused_is_not_taken_for_created(workspace):
    with Sandbox(unknowns=Unknowns(repeated="refused")) as sandbox, client_of(sandbox) as client:
        result = pk.push_users(
            workspace, client=client, confirm=lambda _: sandbox.add_users([{"email": "ann.0@example.org"}])
        )
        assert (result.created, result.existing) == (29, 1)
        pk.undo_push(workspace, client=client)
        assert sandbox.users()["email"].tolist() == ["ann.0@example.org"]


def test_without_consent_nothing_is_sent(workspace, sandbox, client):
    shown = []
    with pytest.raises(pk.PushError, match="did not agree"):
        pk.push_users(workspace, client=client, confirm=lambda expected: shown.append(expected))
    assert sandbox.requests["create"] == 0
    [expected] = shown
    assert (expected.created, expected.to_send) == (30, 30)
    assert expected.seconds > 0
    text = expected.to_text()
    assert client.app_id in text
    assert "127.0.0.1" in text
    assert "with the key from the call" in text


def test_few_users_into_a_large_app_are_looked_up_one_by_one(tmp_path, sandbox, client):
    workspace = workspace_of(tmp_path / "m", people(2))
    sandbox.add_users({"email": f"x{number}@example.org"} for number in range(1_400))
    before = set(sandbox.add_users([{"email": "ann.1@example.org", "phone": "+12025550001"}]))
    result = pk.push_users(workspace, client=client)
    assert (result.created, result.existing) == (1, 1)
    assert sandbox.requests["list"] == 1
    assert before < set(sandbox.users()["id"])


@pytest.mark.slow
@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize(
    ("id_key", "identifier_key"), [("id", "identifier"), ("user_id", "email"), ("", "x"), ("x", ""), ("", "")]
)
def test_the_import_api_gives_the_same_whatever_its_keys(tmp_path, monkeypatch, status, id_key, identifier_key):
    monkeypatch.setattr(push_input, "USERS_PER_UPLOAD", 12)
    users = people(30)
    workspace = workspace_of(tmp_path / "m", users)
    unknowns = Unknowns(import_status=status, import_id=id_key, import_identifier=identifier_key)
    with Sandbox(schema=FIELDS, unknowns=unknowns) as sandbox, client_of(sandbox) as client:
        before = set(sandbox.add_users([{"email": "ann.0@example.org"}]))
        result = pk.push_users(workspace, client=client, import_api=True)
        told = bool(identifier_key)  # an answer without identifiers does not tell who was imported
        assert (result.created, result.adopted, result.existing) == ((29, 0, 1) if told else (0, 29, 1))
        assert sandbox.requests["create"] == 0
        assert sandbox.requests["import"] == 2 + 3
        check_truth(workspace, users, sandbox, before, in_doubt=not told)
        assert sandbox.users()["user_metadata"].iloc[-1] == {"first_name": "Ann 29", "points": 29}
        verification = pk.verify_push(workspace, client=client)
        assert (verification.same, verification.skipped) == (29, 1)


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "the API key may not call it"), (404, "the app does not have it")]
)
def test_without_an_import_api_users_are_created_and_it_is_said_why(workspace, status, reason):
    with Sandbox(unknowns=Unknowns(import_status=status)) as sandbox, client_of(sandbox) as client:
        result = pk.push_users(workspace, client=client, import_api=True)
        assert (result.created, sandbox.requests["create"]) == (30, 30)
        assert any(reason in note for note in result.notes)


def test_who_the_import_refuses_is_failed(tmp_path):
    users = [{**user, "points": ""} for user in people(4)] + people(5)[4:]
    workspace = workspace_of(tmp_path / "m", users)
    words = pk.MetadataSchema.from_dicts([{"field_name": "first_name"}, {"field_name": "points", "type": "boolean"}])
    with Sandbox(schema=words) as sandbox, client_of(sandbox) as client:
        result = pk.push_users(workspace, client=client, import_api=True)
        assert (result.created, dict(result.codes)) == (4, {"import_refused": 1})
        assert result.failures["source_row"].tolist() == [5]


def test_missing_metadata_fields_are_said_beforehand(workspace):
    lacking = pk.MetadataSchema(list(FIELDS)[:1])
    with Sandbox(schema=lacking) as sandbox, client_of(sandbox) as client:
        said = pk.push_users(workspace, client=client, dry_run=True).to_text()
        assert "The app lacks the metadata field Points (points), for which 30 users have a value" in said


def test_an_app_that_the_key_may_not_read_is_pushed_to_all_the_same(workspace, sandbox, client, monkeypatch):
    async def refused():
        raise pk.KeyRefusedError("no", status=403, code="operation_not_allowed")

    monkeypatch.setattr(client.api, "get_app", refused)
    result = pk.push_users(workspace, client=client)
    assert result.created == 30
    assert "The app cannot be read (403)" in result.to_text()


def test_options_are_what_they_can_be(workspace, client):
    with pytest.raises(pk.OptionError, match="on_existing is 'merge'"):
        pk.push_users(workspace, client=client, on_existing="merge")
    with pytest.raises(pk.PlanError):
        pk.push_users(workspace.folder / "nowhere", client=client)


def test_the_report_says_what_was_pushed_once(tmp_path, sandbox, client):
    (tmp_path / "users.csv").write_text("email\nanna@example.org\nbo@example.org\n")
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    for _ in range(2):
        pk.push_users(tmp_path / "m", client=client)
        pk.verify_push(tmp_path / "m", client=client)
    report = (tmp_path / "m" / "out" / "report.html").read_text(encoding="utf-8")
    assert report.count('<section id="push"') == report.count('<section id="verification"') == 1
    assert report.count('href="#push"') == report.count('href="#verification"') == 1
    assert "2 users were pushed to the sandbox on this machine (the app" in report


@pytest.mark.slow
def test_a_failing_run_leaves_no_secret_outside_the_private_files(tmp_path, monkeypatch, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("passage_kit.api.pacing.BASE", 0.001)
    workspace = workspace_of(tmp_path / "m", people(60))
    faults = [
        Fault("closed", rate=0.2),
        Fault("error_500", rate=0.1),
        Fault("key_revoked", operation="create", skip=40, times=1),
    ]
    with Sandbox(faults=faults, seed=1) as sandbox, client_of(sandbox) as client:
        with pytest.raises(pk.ApiError) as caught:
            pk.push_users(workspace, client=client)
        sandbox.faults = []
        pk.push_users(workspace, client=client)
        pk.verify_push(workspace, client=client)
        pk.undo_push(workspace, client=client)
        said = capfd.readouterr()
        open_text = caplog.text + said.out + said.err + str(caught.value) + repr(caught.value) + repr(client)
        private = {"users.parquet", "passage_ids.csv"}
        for path in workspace.folder.rglob("*"):
            if path.is_file():
                data = path.read_bytes().decode("latin-1")
                assert sandbox.api_key not in data, path
                if path.name not in private:
                    open_text += data
    assert sandbox.api_key not in open_text
    assert not re.findall(r"ann\.\d+@example|\+?1202555\d{4}", open_text)
    assert journal_rows(workspace)["outcome"].isna().all()


def test_users_exchanged_while_it_asks_are_not_sent(tmp_path):
    workspace, other = workspace_of(tmp_path / "m", people(4)), workspace_of(tmp_path / "o", people(9))

    def exchange(_expected):
        workspace.stage_path("users").write_bytes(other.stage_path("users").read_bytes())
        return True

    with Sandbox() as sandbox, client_of(sandbox) as client:
        with pytest.raises(pk.PushError, match="have changed since they were shown, so nothing was sent"):
            pk.push_users(workspace, client=client, confirm=exchange)
        assert sandbox.requests["create"] == 0


def test_nobody_prepares_while_it_asks(tmp_path):
    workspace = workspace_of(tmp_path / "m", people(4))
    source = tmp_path / "users.csv"
    source.write_text("email\ncy@example.org\n")
    code = "import sys, passage_kit as pk\npk.prepare(sys.argv[1], out=sys.argv[2])"
    ended = []

    def prepare_meanwhile(_expected):
        run = subprocess.run([sys.executable, "-c", code, source, workspace.folder], capture_output=True, check=False)
        ended.append((run.returncode, run.stderr.decode()))
        return True

    with Sandbox() as sandbox, client_of(sandbox) as client:
        result = pk.push_users(workspace, client=client, confirm=prepare_meanwhile)
        assert (result.created, sandbox.requests["create"]) == (4, 4)
    [(status, said)] = ended
    assert status == 1
    assert "(push, process" in said

"""Pushes to a service that lies, forgets and loses answers: nobody who may be somebody else's is taken for created."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from hostile_service import hostile
from pushing import ids_in, journal_rows, people, workspace_of

import passage_kit as pk
from passage_kit.push.journal_tables import CONTRADICTED
from passage_kit.push.push_input import PushInput

USERS = people(12)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr("passage_kit.api.pacing.BASE", 0.001)
    return workspace_of(tmp_path / "m", USERS)


def outcomes(result):
    return {name: count for name, count in result.outcomes.items() if count}


def lose(when, *numbers):
    """Lose the answers to some requests for a creation."""
    return lambda operation, number: when if operation == "create" and (number in numbers or not numbers) else None


# Who was created


def test_of_an_honest_service_everybody_is_created(workspace):
    with hostile() as service, service.client() as client:
        assert outcomes(pk.push_users(workspace, client=client)) == {"created": 12}
        assert pk.undo_push(workspace, client=client).deleted == 12
        assert service.users == {}


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "switches",
    [
        {"created_at": None},
        {"created_at": "0001-01-01T00:00:00Z"},
        {"created_at": "yesterday"},
        {"created_at": "2020-01-01T00:00:00"},  # without a zone, it is no moment
        {"created_at": "2999-01-01T00:00:00Z"},
        {"date": False},
        {"date": False, "created_at": None},
    ],
)
def test_if_it_cannot_be_told_when_a_user_was_made_the_user_is_adopted_and_spared(workspace, switches):
    with hostile(**switches) as service, service.client() as client:
        result = pk.push_users(workspace, client=client)
        assert (outcomes(result), result.complete) == ({"adopted": 12}, True)
        assert "12 adopted: they have the prepared identifiers" in result.to_text()
        assert {entry["outcome"] for entry in ids_in(workspace)} == {"adopted"}
        undone = pk.undo_push(workspace, client=client)
        assert (undone.deleted, undone.spared, undone.adopted, undone.complete) == (0, 12, 12, True)
        assert len(service.users) == 12
        assert pk.undo_push(workspace, client=client, include_adopted=True).deleted == 12
        assert service.users == {}


@pytest.mark.few(1)
@pytest.mark.parametrize("switches", [{"stale": True}, {"stale": True, "stale_lookup": True}])
@pytest.mark.parametrize(
    ("created_at", "outcome"), [("2020-01-01T00:00:00Z", "existing"), (None, "adopted"), ("soon", "adopted")]
)
def test_whom_a_stale_list_does_not_show_is_not_taken_for_created(workspace, switches, created_at, outcome):
    with hostile(**switches) as service, service.client() as client:
        there = service.add(email="ann.0@example.org", created_at=created_at)
        assert outcomes(pk.push_users(workspace, client=client)) == {"created": 11, outcome: 1}
        assert ids_in(workspace)[0]["passage_id"] == there
        pk.undo_push(workspace, client=client)
        assert [*service.users] == [there]


def test_who_signs_up_by_themselves_before_the_request_is_not_taken_for_created(workspace):
    with hostile(signs_up={"ann.0@example.org", "+12025550002"}) as service, service.client() as client:
        result = pk.push_users(workspace, client=client)
        assert (result.created, result.adopted, result.adopted_lacking) == (10, 2, 2)
        pk.undo_push(workspace, client=client)
        assert sorted((user["email"], user["phone"]) for user in service.users.values()) == [
            ("", "+12025550002"),
            ("ann.0@example.org", ""),
        ]


@pytest.mark.few(1)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("deduplicates", [True, False])
def test_of_a_lost_answer_nobody_can_tell_who_made_the_user(workspace, when, deduplicates):
    with hostile(lost=lose(when, 2, 5), deduplicates=deduplicates) as service, service.client() as client:
        result = pk.push_users(workspace, client=client)
        expected = {"created": 10, "adopted": 2} if when == "after" else {"created": 12}
        assert (outcomes(result), len(service.users)) == (expected, 12)
        pk.undo_push(workspace, client=client)
        assert len(service.users) == result.adopted


@pytest.mark.slow
@pytest.mark.parametrize(("behind", "outcome"), [(0.5, "created"), (5.0, "adopted"), (86_400.0, "existing")])
def test_if_the_clocks_of_the_service_differ_it_is_said_and_not_guessed(workspace, behind, outcome):
    with hostile() as service, service.client() as client:
        service._moment = lambda: (service.now() - timedelta(seconds=behind)).isoformat()
        assert outcomes(pk.push_users(workspace, client=client)) == {outcome: 12}


# What adopted users lack


def test_what_adopted_users_lack_is_offered_and_sent_without_a_loss(workspace):
    with hostile(signs_up={"ann.0@example.org"}) as service, service.client() as client:
        result = pk.push_users(workspace, client=client)
        assert "1 adopted users lack the prepared metadata: --on-existing update sends it." in result.to_text()
        assert result.summary()["adopted_lacking"] == 1
        [adopted] = [entry["passage_id"] for entry in ids_in(workspace) if entry["outcome"] == "adopted"]
        service.users[adopted]["user_metadata"] = {"plan": "pro", "points": 99}
        again = pk.push_users(workspace, client=client, on_existing="update")
        assert outcomes(again) == outcomes(result)
        assert again.adopted_lacking == 0
        assert service.metadata(adopted) == {"plan": "pro", "first_name": "Ann 0", "points": 0}
        requests = len(service.asked)
        pk.push_users(workspace, client=client, on_existing="update")
        assert len(service.asked) == requests
        pk.undo_push(workspace, client=client)
        assert [*service.users] == [adopted]


@pytest.mark.slow
def test_an_adopted_user_stays_adopted_if_the_answer_to_the_update_is_lost(workspace):
    with hostile(signs_up={"ann.0@example.org"}) as service, service.client() as client:
        service.lost = lambda operation, _: "before" if operation == "update" else None
        assert pk.push_users(workspace, client=client, on_existing="update").unknown == 1
        service.lost = lambda *_: None
        result = pk.push_users(workspace, client=client, on_existing="update")
        assert (result.created, result.adopted) == (11, 1)
        pk.undo_push(workspace, client=client)
        assert service.emails() == ["ann.0@example.org"]


def test_who_has_the_prepared_metadata_lacks_nothing(workspace):
    with hostile(created_at=None) as service, service.client() as client:
        result = pk.push_users(workspace, client=client)
        assert (result.adopted, result.adopted_lacking, result.adopted_not_compared) == (12, 0, 0)
        assert "lack the prepared metadata" not in result.to_text()
        pk.push_users(workspace, client=client, on_existing="update")
        assert service.requests("update") == 0


# Whose an id is


def check_unknown(workspace, ids=()):
    """Check that no row has one of the ids, and that those without an id say why."""
    rows = journal_rows(workspace)
    assert not set(rows["passage_id"].dropna()) & set(ids)
    assert not {entry["passage_id"] for entry in ids_in(workspace)} & set(ids)
    unknown = rows[rows["code"] == CONTRADICTED]
    assert len(unknown) > 0
    assert set(unknown["outcome"]) == {"unknown"}
    assert unknown["passage_id"].isna().all()
    assert not rows["passage_id"].dropna().duplicated().any()


@pytest.mark.parametrize("update", ["skip", "update"])
def test_an_answer_with_somebody_elses_identifiers_gives_nobody_an_id(workspace, update):
    with hostile(somebody_else=True) as service, service.client() as client:
        with pytest.raises(pk.ContradictionError, match=r"contradict each other.*run the same command"):
            pk.push_users(workspace, client=client, on_existing=update)
        assert service.requests("create") <= client.api.concurrency + 1, "it stops"
        check_unknown(workspace)
        assert journal_rows(workspace)["passage_id"].isna().all()
        assert service.requests("update") == 0
        assert pk.undo_push(workspace, client=client, include_adopted=False).deleted == 0


def test_an_answer_with_the_first_user_of_all_does_not_give_the_others_its_id(workspace):
    with hostile(first_of_all=True) as service, service.client() as client:
        stranger = service.add(email="stranger@example.net", user_metadata={"plan": "pro"})
        with pytest.raises(pk.ContradictionError):
            pk.push_users(workspace, client=client, on_existing="update")
        check_unknown(workspace, {stranger})
        assert service.metadata(stranger) == {"plan": "pro"}


@pytest.mark.few(1)
@pytest.mark.parametrize("update", ["skip", "update"])
@pytest.mark.parametrize("stale", [True, False])
def test_an_id_that_everybody_gets_is_nobodys(workspace, update, stale):
    with hostile(same_id="SameSameSameSameSameSame", stale=stale) as service, service.client() as client:
        if not stale:
            service.add(email="ann.0@example.org")
            service.add(email="ann.1@example.org")
        for _ in range(2):  # again and again
            with pytest.raises(pk.ContradictionError):
                pk.push_users(workspace, client=client, on_existing=update)
            check_unknown(workspace, {"SameSameSameSameSameSame"})
        assert service.requests("create") < 12
        assert service.requests("update") == 0


def test_once_the_service_answers_rightly_the_same_command_goes_on(workspace):
    with hostile(same_id="SameSameSameSameSameSame") as service, service.client() as client:
        with pytest.raises(pk.ContradictionError):
            pk.push_users(workspace, client=client)
        service.same_id = ""
        result = pk.push_users(workspace, client=client)
        assert (result.created + result.adopted, len(service.users)) == (12, 12)
        assert result.adopted > 0, "whose answers were contradicted"
        ids = [entry["passage_id"] for entry in ids_in(workspace)]
        assert sorted(ids) == sorted(service.users)


def test_an_id_that_the_list_gives_to_two_is_not_updated(workspace):
    with hostile() as service, service.client() as client:
        first = service.add(email="ann.0@example.org")  # whose id the other has, too
        service.users["another"] = {
            **service.users[first],
            "email": "ann.3@example.org",
        }
        with pytest.raises(pk.ContradictionError):
            pk.push_users(workspace, client=client, on_existing="update")
        assert service.requests("create") == service.requests("update") == 0
        check_outcomes = journal_rows(workspace).set_index("source_row")["outcome"]
        assert check_outcomes[[1, 4]].tolist() == ["unknown", "unknown"]


@pytest.mark.parametrize("update", ["skip", "update"])
def test_an_id_that_the_list_gives_to_a_stranger_too_is_not_ours(workspace, update):
    with hostile() as service, service.client() as client:
        first = service.add(email="stranger@example.net")
        service.users["another"] = {**service.users[first], "email": "ann.3@example.org"}
        with pytest.raises(pk.ContradictionError):
            pk.push_users(workspace, client=client, on_existing=update)
        assert service.requests("create") == service.requests("update") == 0
        check_unknown(workspace, {first})


def test_a_new_user_cannot_have_the_id_of_a_stranger(workspace):
    with hostile() as service, service.client() as client:
        stranger = service.add(email="stranger@example.net")
        shown = service._shown
        service._shown = lambda user: {**shown(user), **({"id": stranger} if "ann.0" in user["email"] else {})}
        with pytest.raises(pk.ContradictionError):
            pk.push_users(workspace, client=client)
        check_unknown(workspace, {stranger})


def test_a_success_that_does_not_say_created_leaves_it_open(workspace):
    with hostile() as service, service.client() as client:
        answer = service.answer
        service.answer = lambda *asked: (200, answer(*asked)[1])
        assert outcomes(pk.push_users(workspace, client=client)) == {"adopted": 12}


def test_a_new_user_cannot_have_the_id_of_somebody_who_was_there(workspace):
    with hostile() as service, service.client() as client:
        there = service.add(email="ann.3@example.org")
        shown = service._shown
        service._shown = lambda user: (
            {**shown(user), "id": there} if user["email"] == "ann.0@example.org" else shown(user)
        )
        with pytest.raises(pk.ContradictionError):
            pk.push_users(workspace, client=client)
        outcomes = journal_rows(workspace).set_index("source_row")["outcome"]
        assert outcomes[[1, 4]].tolist() == ["unknown", "unknown"]


def test_one_person_in_passage_with_the_identifiers_of_two_rows_is_one_row(tmp_path):
    users = [{"email": "ann@example.org", "first_name": "Ann"}, {"phone": "+12025550102", "first_name": "Bo"}]
    workspace = workspace_of(tmp_path / "m", users)
    with hostile() as service, service.client() as client:
        there = service.add(email="ann@example.org", phone="+12025550102")
        for update in ("skip", "update"):
            result = pk.push_users(workspace, client=client, on_existing=update)
            assert dict(result.codes) == {"identifier_conflict": 1}
            assert [entry["passage_id"] for entry in ids_in(workspace)] == [there, ""]
        assert service.metadata(there) == {"first_name": "Ann"}


def test_whoever_has_other_identifiers_by_now_is_not_updated(workspace):
    with hostile() as service, service.client() as client:
        there = service.add(email="ann.0@example.org")
        pk.push_users(workspace, client=client)
        service.users[there]["email"] = "moved@example.org"
        result = pk.push_users(workspace, client=client, on_existing="update")
        assert dict(result.codes) == {"identifiers_changed": 1}
        assert service.metadata(there) == {}
        again = pk.push_users(workspace, client=client)
        assert (again.created, again.complete) == (12, True)


@pytest.mark.few(1)
@pytest.mark.parametrize("ident", ["", "a\x00b", "\ud800", "a\nb", "..", "x" * 5_000])
def test_an_id_that_can_be_none_goes_nowhere(workspace, ident):
    with hostile() as service, service.client(timeout=(1.0, 1.0)) as client:
        shown = service._shown
        service._shown = lambda user: {**shown(user), "id": ident}
        with pytest.raises(pk.ApiError, match="answers with JSON that is not the API's, 5 times in a row"):
            pk.push_users(workspace, client=client)
        assert journal_rows(workspace)["passage_id"].isna().all()


def test_emails_are_compared_as_passage_stores_them(workspace):
    with hostile() as service, service.client() as client:
        shown = service._shown
        service._shown = lambda user: {**shown(user), "email": user["email"].upper()}
        assert pk.push_users(workspace, client=client).created == 12


# The secret of the digests


def test_without_the_secret_undo_makes_the_digests_anew(workspace):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        (workspace.folder / "push.key").write_bytes(b"another" * 8)
        assert pk.undo_push(workspace, client=client, dry_run=True).deleted == 12
        assert pk.undo_push(workspace, client=client).deleted == 12
        assert service.users == {}


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["prepared anew", "no users"])
def test_without_the_secret_and_the_users_undo_says_so_and_can_be_repeated(workspace, lost):
    secret = workspace.folder / "push.key"
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        kept = secret.read_bytes()
        secret.unlink()
        if lost == "no users":
            PushInput(workspace).path.unlink()
        else:
            workspace_of(workspace.folder, people(3))
        for dry_run in (True, False):
            with pytest.raises(pk.PushError, match=r"push\.key.*Nothing was deleted.*Put the former push\.key back"):
                pk.undo_push(workspace, client=client, dry_run=dry_run)
        assert len(service.users) == 12
        secret.write_bytes(kept)
        assert pk.undo_push(workspace, client=client).deleted == 12


def test_who_is_left_for_a_reason_that_can_be_mended_keeps_undo_open(workspace):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        [moved, *_] = ids = [*service.users]
        own = service.users[moved]["email"]  # of whoever came first: users are sent at the same time
        service.users[moved]["email"] = "moved@example.org"
        service.refused = {"delete": 400}
        result = pk.undo_push(workspace, client=client)
        assert (result.deleted, result.changed, result.failed, result.spared, result.complete) == (0, 1, 11, 1, False)
        assert "run the same command again" in result.to_text()
        with closing(sqlite3.connect(workspace.folder / "push.sqlite")) as file:
            facts = dict(file.execute("SELECT name, value FROM facts"))
        assert "undone_at" not in facts
        service.refused = {}
        assert pk.undo_push(workspace, client=client).deleted == 11
        assert ids[0] in service.users
        service.users[moved]["email"] = own
        result = pk.undo_push(workspace, client=client)
        assert (result.deleted, result.complete, service.users) == (1, True, {})

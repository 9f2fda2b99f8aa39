"""Pushes and undos with a service that says what is not so: it is found out, or is told as doubt."""

import unicodedata
from datetime import timedelta

import pytest
from hostile_service import KEY, hostile
from pushing import ids_in, journal_rows, people, workspace_of

import passage_kit as pk

NOT_FOUND = 404, {"code": "user_not_found", "error": "User not found"}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr("passage_kit.api.pacing.BASE", 0.001)
    return workspace_of(tmp_path / "m", people(12))


def outcomes(result):
    return {name: count for name, count in result.outcomes.items() if count}


def instead(operation, answer):
    """Answer one operation with something else."""
    return lambda asked, true: answer if asked == operation else true


# Deletions


@pytest.mark.slow
@pytest.mark.parametrize("answer", [(200, {}), (204, {}), NOT_FOUND], ids=["200", "204", "404"])
def test_an_undo_is_not_done_while_those_whom_it_deleted_are_there(workspace, answer):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        carry_out = service.answer
        service.answer = lambda method, *asked: answer if method == "DELETE" else carry_out(method, *asked)
        undone = pk.undo_push(workspace, client=client)
        assert (undone.deleted, undone.gone, undone.failed, undone.complete) == (0, 0, 12, False)
        assert "still in Passage" in undone.to_text()
        assert {entry["outcome"] for entry in ids_in(workspace)} == {"created"}
        service.answer = carry_out
        assert pk.undo_push(workspace, client=client).deleted == 12
        assert service.users == {}


def test_one_deletion_that_does_nothing_is_found_out_among_others(workspace):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        kept, carry_out = [*service.users][5], service.answer
        service.answer = lambda method, path, *asked: (
            (200, {}) if (method, path[-1:]) == ("DELETE", [kept]) else carry_out(method, path, *asked)
        )
        undone = pk.undo_push(workspace, client=client)
        assert (undone.deleted, undone.failed, [*service.users]) == (11, 1, [kept])


def test_whom_a_lookup_by_id_does_not_find_is_not_gone_while_the_list_has_the_user(workspace):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        service.told = instead("get", NOT_FOUND)
        undone = pk.undo_push(workspace, client=client)
        assert (undone.gone, undone.failed, undone.complete) == (0, 12, False)
        service.told = lambda _, true: true
        assert pk.undo_push(workspace, client=client).deleted == 12
        assert service.users == {}


def test_a_list_that_shows_the_deleted_for_a_while_does_not_keep_an_undo_open(workspace):
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        before, looks = {**service.users}, []

        def told(operation, true):
            if operation != "list" or service.users:
                return true
            looks.append(operation)
            page = {"users": [*map(service._shown, before.values())], "total_users": 12}
            return (200, page) if len(looks) < 5 else true

        service.told = told
        undone = pk.undo_push(workspace, client=client)
        assert (undone.deleted, undone.complete, service.users) == (12, True, {})


# Lists


@pytest.mark.few(1)
@pytest.mark.parametrize("total", [0, 1, 3], ids="of {} users".format)
@pytest.mark.parametrize("from_page", [1, 2])
def test_a_list_goes_on_although_a_later_page_says_that_it_is_shorter(workspace, total, from_page):
    """Whoever is on the last pages would be sent again otherwise, and a service that lets people be twice has two."""
    with hostile(deduplicates=False) as service, service.client() as client:
        for number in range(6):
            service.add(email=f"stranger.{number}@example.net")
        there = service.add(email="ann.0@example.org")
        in_full = service.page

        def page(query):
            number = int(query.get("page", 1))
            answer = in_full({**query, "limit": "2"})
            return {**answer, "total_users": total} if number > from_page else answer

        service.page = page
        assert outcomes(pk.push_users(workspace, client=client)) == {"created": 11, "existing": 1}
        assert ids_in(workspace)[0]["passage_id"] == there


@pytest.mark.few(1)
@pytest.mark.parametrize("anchor", [10**400, 10**30, -1, True])
def test_an_anchor_that_is_no_moment_is_none(workspace, anchor):
    with hostile(date=False) as service, service.client() as client:
        in_full = service.page
        service.page = lambda query: {**in_full(query), "created_before": anchor}
        assert outcomes(pk.push_users(workspace, client=client)) == {"adopted": 12}


def test_a_clock_that_runs_back_does_not_make_somebody_of_before_a_user_of_this_push(tmp_path):
    """Without metadata to compare, only the date tells who had signed up ten minutes before."""
    workspace = workspace_of(tmp_path / "m", [{"email": f"ann.{number}@example.org"} for number in range(6)])
    with hostile(stale=True) as service, service.client() as client:
        true_time = service.now
        there = service.add(email="ann.0@example.org", created_at=(true_time() - timedelta(minutes=10)).isoformat())
        service._moment = lambda: (true_time() - timedelta(seconds=service.clock)).isoformat()
        carry_out = service.answer

        def answer(method, *asked):
            service.clock = -1_800.0 if method == "POST" else service.clock
            return carry_out(method, *asked)

        service.answer = answer
        result = pk.push_users(workspace, client=client)
        assert (result.created, result.adopted + result.existing) == (0, 6)
        pk.undo_push(workspace, client=client)
        assert there in service.users


# Identifiers in another form


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "other",
    [
        lambda email: unicodedata.normalize("NFD", email),
        lambda email: email.replace("xn--exmple-cua", "exämple"),
        lambda email: unicodedata.normalize("NFD", email.replace("xn--exmple-cua", "Exämple")),
        lambda email: f"{email.upper()} ",
    ],
    ids=["taken apart", "domain in letters", "both", "capitals and a space"],
)
def test_an_email_in_another_form_is_the_same_email(tmp_path, other):
    users = [{"email": f"zoë.{number}@xn--exmple-cua.org", "first_name": f"Zoë {number}"} for number in range(4)]
    workspace = workspace_of(tmp_path / "m", users)
    with hostile() as service, service.client() as client:
        shown = service._shown
        service._shown = lambda user: {**shown(user), "email": other(user["email"])}
        there = service.add(email=users[0]["email"])
        assert outcomes(pk.push_users(workspace, client=client)) == {"created": 3, "existing": 1}
        verification = pk.verify_push(workspace, client=client)
        assert (verification.same, verification.skipped) == (3, 1)
        assert pk.undo_push(workspace, client=client).deleted == 3
        assert [*service.users] == [there]


def test_phones_in_another_form_stop_the_push_with_a_next_step(workspace):
    with hostile() as service, service.client() as client:
        shown = service._shown
        service._shown = lambda user: {**shown(user), "phone": user["phone"].replace("+1202", "(202) ")}
        for _ in range(2):
            with pytest.raises(pk.ApiError, match=r"run the same command again"):
                pk.push_users(workspace, client=client)
        assert len(journal_rows(workspace)) == 12
        pk.undo_push(workspace, client=client)
        assert not {user["phone"] for user in service.users.values()} & {""}


# Refusals that are none


@pytest.mark.slow
@pytest.mark.parametrize("status", [400, 409, 422])
def test_who_is_there_after_a_refusal_and_was_not_before_is_adopted(workspace, status):
    with hostile() as service, service.client() as client:
        service.told = instead("create", (status, {"code": "invalid_request", "error": "user: already exists."}))
        result = pk.push_users(workspace, client=client)
        assert (outcomes(result), result.adopted_lacking) == ({"adopted": 12}, 0)
        assert pk.undo_push(workspace, client=client).deleted == 0
        assert pk.undo_push(workspace, client=client, include_adopted=True).deleted == 12


@pytest.mark.parametrize("switches", [{}, {"date": False}, {"created_at": None}])
def test_who_was_there_before_a_refusal_exists(workspace, switches):
    with hostile(stale=True, **switches) as service, service.client() as client:
        there = service.add(email="ann.0@example.org")
        carry_out = service.create
        service.create = lambda body: None if service._of(body.get("email")) else carry_out(body)
        answer = service.answer
        refusal = 400, {"code": "invalid_request", "error": "user: already exists."}
        service.answer = lambda method, path, query, data: (
            refusal if method == "POST" and b"ann.0@" in data else answer(method, path, query, data)
        )
        assert pk.push_users(workspace, client=client).existing == 1
        assert ids_in(workspace)[0]["passage_id"] == there


def test_a_user_for_whom_the_service_always_fails_holds_nobody_up(workspace, monkeypatch):
    monkeypatch.setattr("passage_kit.push.sending.ROUNDS", 2)
    with hostile() as service, service.client() as client:
        answer = service.answer
        service.answer = lambda method, path, query, data: (
            (503, {"code": "internal_server_error", "error": "no"})
            if method == "POST" and b"ann.1@" in data
            else answer(method, path, query, data)
        )
        result = pk.push_users(workspace, client=client)
        assert outcomes(result) == {"created": 11, "unknown": 1}
        assert not result.complete
        service.answer = answer
        assert outcomes(pk.push_users(workspace, client=client)) == {"created": 12}


# Updates


@pytest.mark.slow
@pytest.mark.parametrize("way", ["nothing is stored", "another value", "none of ours"])
def test_an_update_that_the_answer_does_not_show_is_not_called_updated(workspace, way):
    with hostile() as service, service.client() as client:
        service.add(email="ann.0@example.org", user_metadata={"plan": "pro"})

        def told(operation, true):
            if operation != "update":
                return true
            there = true[1]["user"]["user_metadata"]
            other = {"another value": {**there, "first_name": "Bo"}}.get(way, {"plan": "pro"})
            return 200, {"user": {**true[1]["user"], "user_metadata": other}}

        service.told = told
        result = pk.push_users(workspace, client=client, on_existing="update")
        assert (outcomes(result), dict(result.codes)) == ({"created": 11, "failed": 1}, {"metadata_not_kept": 1})
        assert "metadata_not_kept 1. The service" in result.to_text()
        service.told = lambda _, true: true
        assert outcomes(pk.push_users(workspace, client=client, on_existing="update"))["created"] == 11
        assert pk.undo_push(workspace, client=client).deleted == 11


def test_an_update_that_changes_what_is_not_ours_stops_the_push(workspace):
    with hostile() as service, service.client() as client:
        service.add(email="ann.0@example.org", user_metadata={"plan": "pro"})
        answer = service.answer
        service.answer = lambda method, path, query, data: answer(
            method, path, query, data.replace(b'"pro"', b'"free"') if method == "PATCH" else data
        )
        with pytest.raises(pk.ApiError, match="other metadata fields when it updated"):
            pk.push_users(workspace, client=client, on_existing="update")


# The key


@pytest.mark.parametrize("place", ["code", "error", "request id", "location"])
def test_a_key_that_the_service_says_back_is_in_no_message(place):
    status = 302 if place == "location" else 400
    headers = {"request id": f"x-request-id: {KEY}\r\n", "location": f"location: https://{KEY}.example.org/\r\n"}
    texts = {"code": KEY if place == "code" else "no", "error": KEY if place == "error" else "no"}

    def framed(*_):
        body = f'{{"code": "{texts["code"]}", "error": "{texts["error"]}"}}'
        head = f"HTTP/1.1 {status} No\r\ncontent-type: application/json\r\n{headers.get(place, '')}"
        return f"{head}content-length: {len(body)}\r\n\r\n{body}".encode()

    with hostile(framed=framed) as service, service.client() as client:
        with pytest.raises(pk.ApiError) as caught:
            client.get_app()
        shown = f"{caught.value} {caught.value!r} {caught.value.code} {caught.value.request_id}"
        assert KEY not in shown

import json

import pytest
from scripted import scripted

import passage_kit as pk
from passage_kit.push.metadata_update import update_metadata

ID = "a" * 24


def service(metadata, *, patched="replaced", meanwhile=None, dropping=()):
    """Answers of a service with one user, whose metadata somebody else may change after the first time it is read."""
    state, asked = dict(metadata), []

    def answer(request):
        asked.append(request.method)
        if request.method == "PATCH":
            sent = json.loads(request.body)["user_metadata"]
            if patched == "replaced":
                state.clear()
            state.update(sent)
            for name in dropping:
                state.pop(name, None)
        body = {"user": {"id": ID, "email": "anna@example.org", "user_metadata": dict(state)}}
        if len(asked) == 1 and meanwhile:
            state.update(meanwhile)
        return 200, body, {}

    return answer, state, asked


def updated(answer, ours):
    with scripted(answer) as script, script.client() as client:
        client.run(client.api.get_user(ID))  # as the push does, before it decides to update
        return client.run(update_metadata(client.api, ID, ours))


@pytest.mark.parametrize("patched", ["replaced", "merged"])
def test_values_of_other_fields_stay(patched):
    theirs = {"plan": "pro", "note": "\ud83d half", "deep": {"x": [1, 2.5, None]}}
    answer, state, _ = service({**theirs, "points": 1}, patched=patched)
    assert updated(answer, {"points": 7}).user_metadata["points"] == 7
    assert state == {**theirs, "points": 7}


@pytest.mark.parametrize("patched", ["replaced", "merged"])
def test_what_somebody_changes_between_two_looks_stays(patched):
    answer, state, _ = service({"plan": "free"}, patched=patched, meanwhile={"plan": "pro", "new": 1})
    updated(answer, {"points": 7})
    assert state == {"plan": "pro", "new": 1, "points": 7}


def test_a_service_that_loses_values_is_stopped():
    answer, _, asked = service({"plan": "pro"}, dropping=["plan"], meanwhile={"note": "x"})
    original = answer

    def again(request):
        status, body, headers = original(request)
        if request.method == "GET":
            body["user"]["user_metadata"]["plan"] = "pro"
        return status, body, headers

    with pytest.raises(pk.ApiError, match="lost the values of 1 other metadata fields"):
        updated(again, {"points": 7})
    assert asked.count("PATCH") == 3


def test_an_answer_about_somebody_else_is_found_out(monkeypatch):
    monkeypatch.setattr("passage_kit.api.operations.TRIES", 1)

    def answer(request):
        ident = "b" * 24 if request.method == "PATCH" else ID
        return 200, {"user": {"id": ident, "user_metadata": {}}}, {}

    with pytest.raises(pk.ApiError, match="not the user who was asked for"):
        updated(answer, {"points": 7})

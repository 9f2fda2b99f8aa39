"""Following a magic link of the sandbox signs its user in, once."""

import pytest

from passage_kit.sandbox.contract import RefusedError, Unknowns
from passage_kit.sandbox.request_bodies import read_magic_link
from passage_kit.sandbox.sign_ins import SignIns
from passage_kit.sandbox.store import Store
from passage_kit.sandbox.token_keys import TokenKeys


def follow(http, secret):
    return http.patch("/magic-link/activate", json={"magic_link": secret})


@pytest.mark.parametrize(
    ("identifier", "verified"),
    [({"email": "anna@example.org"}, "email_verified"), ({"phone": "+12025550123"}, "phone_verified")],
)
def test_a_link_signs_its_user_in_and_verifies_what_it_was_sent_to(sandbox, http, identifier, verified):
    link = http.post("/magic-links", json=identifier).json()["magic_link"]
    del http.headers["Authorization"]  # a browser has no key
    assert follow(http, link["secret"]).json()["auth_result"]["auth_token"].count(".") == 2
    [user] = sandbox.users().to_dict("records")
    assert (user["status"], user["login_count"], user["id"]) == ("active", 1, link["user_id"])
    assert {name: user[name] for name in ("email_verified", "phone_verified")} == {
        "email_verified": False, "phone_verified": False, verified: True
    }  # fmt: skip


def test_a_link_works_once(http):
    link = http.post("/magic-links", json={"email": "anna@example.org"}).json()["magic_link"]
    assert follow(http, link["secret"]).status_code == 200
    again = follow(http, link["secret"])
    assert (again.status_code, again.json()["code"]) == (404, "magic_link_not_found")


def test_an_inactive_user_is_refused(http):
    link = http.post("/magic-links", json={"email": "anna@example.org"}).json()["magic_link"]
    http.patch(f"/users/{link['user_id']}/deactivate")
    refused = follow(http, link["secret"])
    assert (refused.status_code, refused.json()["code"]) == (403, "operation_not_allowed")


def test_a_body_without_a_secret_is_refused(http):
    assert follow(http, "").json() == {"code": "invalid_request", "error": "magic_link: cannot be blank."}


def test_a_link_ends_with_its_time(monkeypatch):
    store = Store(None, Unknowns())
    sign_ins = SignIns(store, TokenKeys(store))
    link = sign_ins.make_link(read_magic_link({"email": "anna@example.org", "ttl": 1}))
    later = sign_ins._links[link["secret"]].ends + 1
    monkeypatch.setattr("passage_kit.sandbox.sign_ins.time.monotonic", lambda: later)
    with pytest.raises(RefusedError) as refused:
        sign_ins.activate(link["secret"])
    assert refused.value.status == 404
    store.close()

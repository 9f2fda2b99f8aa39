"""The current address of one user."""

from types import SimpleNamespace

import pytest

import passage_kit as pk


@pytest.fixture
def client(standing_sandbox):
    it = standing_sandbox
    with pk.PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as made:
        yield made


@pytest.fixture
def ann(client):
    user = client.create_user(email="ann@example.org")
    yield user
    client.delete_user(user.id)


@pytest.mark.parametrize("form", [str, lambda ident: SimpleNamespace(passage_id=ident), lambda it: {"passage_id": it}])
def test_the_address_is_that_of_passage(form, client, ann):
    assert pk.fresh_contact(form(ann.id), client=client).email == "ann@example.org"
    client.update_user(ann.id, email="ann@new.example.org")
    contact = pk.fresh_contact(form(ann.id), client=client)
    assert (contact.email, contact.phone, contact.active) == ("ann@new.example.org", None, True)
    assert "ann@" not in repr(contact)


def test_a_user_who_may_not_sign_in_is_inactive(client, ann, standing_sandbox):
    standing_sandbox.store.set_status(ann.id, "inactive")
    assert not pk.fresh_contact(ann.id, client=client).active


@pytest.mark.parametrize("nobody", [None, "", " ", "\ud800", "a\nb", {"email": "ann@example.org"}, 7])
def test_without_an_id_nobody_is_asked_for(nobody, client):
    with pytest.raises(pk.OptionError, match="no Passage id"):
        pk.fresh_contact(nobody, client=client)


def test_an_id_that_nobody_has_is_not_found(client):
    with pytest.raises(pk.NotFoundError):
        pk.fresh_contact("A" * 24, client=client)

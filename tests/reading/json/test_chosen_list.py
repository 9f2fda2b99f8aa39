"""Choice of the list of users in a JSON file: the likeliest, a named one, or the question with its choices."""

import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.json.chosen_list import FileLists
from passage_kit.reading.json.people_lists import people_lists
from passage_kit.reading.known_layouts import recognise_envelope

ANN, BOB = {"email": "ann@example.org", "name": "Ann"}, {"email": "bob@example.org", "born": "1990"}


def lists_of(content, within=""):
    return FileLists(people_lists(content), "users.json", within)


def test_the_one_list_of_people_is_chosen_and_there_is_no_choice():
    lists = lists_of({"users": [ANN], "total": 1})
    assert lists.likeliest([]).path == "users"
    assert lists.paths == ()


def test_several_lists_are_a_question_that_names_them():
    with pytest.raises(SourceError, match=r"guests \(1 entry\), staff \(2 entries\).*`--records guests`") as refusal:
        lists_of({"staff": [ANN, ANN], "guests": [BOB]}).likeliest([])
    assert refusal.value.choices == ("guests", "staff")


def test_a_list_in_an_archive_is_written_with_its_file():
    lists = lists_of({"staff": [ANN], "guests": [BOB]}, within="export.json:")
    with pytest.raises(
        SourceError, match=r"`--records export\.json:guests`, or table='export\.json:guests'"
    ) as refusal:
        lists.likeliest([])
    assert refusal.value.choices == lists.paths == ("export.json:guests", "export.json:staff")


def test_the_list_called_users_is_named_first():
    with pytest.raises(SourceError, match=r"users \(1 entry\), clients \(1 entry\).*`--records users`") as refusal:
        lists_of({"clients": [ANN], "users": [BOB]}).likeliest([])
    assert refusal.value.choices == ("users", "clients")


APPS = [
    {"clientId": "shop", "redirectUris": ["https://shop.example.org/*"], "email": "shop@example.org"},
    {"client_id": "crm", "grant_types": ["authorization_code"], "contact": {"email": "crm@example.org"}},
]


def test_apps_whose_owners_have_emails_are_no_people():
    assert lists_of({"clients": APPS, "users": [BOB]}).likeliest([]).path == "users"


REALM = {"realm": "acme", "clients": [{"clientId": "shop", "email": "shop@example.org", "name": "Shop"}]}


@pytest.mark.parametrize("many", [False, True])
def test_the_users_of_a_realm_are_the_people_whatever_its_clients_have(many):
    content = {**REALM, "users": [{"username": "bob", "email": "bob@example.org"}]}
    content = [content, content] if many else content
    lists = FileLists(people_lists(content), "realm.json", layout=recognise_envelope(content))
    found = lists.likeliest([])
    assert (found.path, len(found.entries)) == (("[].users", 2) if many else ("users", 1))
    assert len(lists.paths) == 2


def test_a_realm_without_users_has_nobody():
    lists = FileLists(people_lists(REALM), "realm.json", layout=recognise_envelope(REALM))
    with pytest.raises(SourceError, match=r"no users: it is a Keycloak export without them.*clients \(1 entry\)"):
        lists.likeliest([])


def test_a_realm_whose_list_of_users_is_empty_has_nobody():
    content = {**REALM, "users": []}
    lists = FileLists(people_lists(content), "realm.json", layout=recognise_envelope(content))
    with pytest.raises(SourceError, match="users is empty"):
        lists.likeliest(["users"])


def test_an_empty_list_of_users_offers_the_others():
    with pytest.raises(SourceError, match=r"users is empty.*staff") as refusal:
        lists_of({"users": [], "staff": [ANN]}).likeliest(["users"])
    assert refusal.value.choices == ("staff",)
    with pytest.raises(SourceError, match="Check the app and the filter") as refusal:
        lists_of({"users": []}).likeliest(["users"])
    assert refusal.value.choices == ()


def test_a_path_is_taken_and_a_wrong_one_is_said():
    lists = lists_of({"staff": [ANN], "guests": [BOB]})
    assert lists.named("staff").entries == [ANN]
    with pytest.raises(SourceError, match="no list of objects at the path 'gone'") as refusal:
        lists.named("gone")
    assert refusal.value.choices == ("guests", "staff")


def test_a_user_model_of_ones_own_is_chosen_before_the_addresses_of_its_users():
    fields = {"is_superuser": False, "is_active": True, "email": "ann@example.org"}
    dump = [
        {"model": "auth.group", "fields": {"name": "Editors"}},
        {"model": "shop.member", "fields": fields},
        *({"model": "account.emailaddress", "fields": {"user": ["ann@example.org"], "email": email}}
          for email in ("ann@example.org", "ann@example.net")),
    ]  # fmt: skip
    assert lists_of(dump).likeliest([]).path == "[shop.member]"

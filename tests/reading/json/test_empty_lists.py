"""A list of users that is empty is said to be, and no other list is taken in its place."""

import json

import pytest

import passage_kit as pk
from passage_kit.errors import SourceError
from passage_kit.reading.json.empty_lists import beside, empty_lists

RESETS = [{"email": "ann@example.org", "created_at": "2024"}, {"email": "bob@example.org", "created_at": "2024"}]
PAGE = {"_links": {"first": {"href": "/users"}}, "limit": 500, "page": 1, "total_users": 0, "users": []}
HEADER = {"type": "header", "version": "5.2.1"}

NOBODY = {
    "a bare envelope": {"users": []},
    "one page": PAGE,
    "pages": [PAGE],
    "two pages": [PAGE, {**PAGE, "page": 2}],
    "a null": {"users": None, "page": 1},
    "an empty map": {"users": {}},
    "Auth0": {"start": 0, "limit": 50, "length": 0, "users": [], "total": 0},
    "Cognito": {"Users": []},
    "a realm": {"realm": "acme", "displayName": "Acme", "users": [], "smtpServer": {"from": "no@example.org"}},
    "realms": [{"realm": "acme", "displayName": "Acme", "users": []}],
}
OTHERS = {
    "a dump": {"users": [], "password_resets": RESETS},
    "phpMyAdmin": [
        HEADER,
        {"type": "table", "name": "users", "data": []},
        {"type": "table", "name": "password_resets", "data": RESETS},
    ],
    "a prefix": {"wp_users": [], "wp_comments": RESETS},
    "a realm's clients": {"realm": "acme", "users": [], "clients": RESETS},
    "members": {"members": [], "invitations": RESETS},
}


def _write(folder, content):
    path = folder / "export.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("content", NOBODY.values(), ids=NOBODY)
def test_a_list_without_anybody_is_refused(tmp_path, content):
    with pytest.raises(SourceError, match=r"has no users in this list.* is empty.* export the users again"):
        pk.read_users(_write(tmp_path, content))


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_rows_of_another_list_are_not_taken_for_the_users(tmp_path, content):
    with pytest.raises(SourceError, match=r"has no users in this list.*\(2 entries\).*--records"):
        pk.read_users(_write(tmp_path, content))


def test_the_other_list_is_read_when_it_is_named(tmp_path):
    users = pk.read_users(_write(tmp_path, OTHERS["a dump"]), table="password_resets")
    assert users["email"].tolist() == ["ann@example.org", "bob@example.org"]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ([{"users": RESETS}, {"users": []}], 2),
        ({"users": RESETS, "groups": [{"name": "Staff", "members": []}]}, 2),
        ([{"username": "ann", "contacts": []}, {"username": "bob", "contacts": []}], 2),
        ({"data": [{**one, "friends": [], "users": []} for one in RESETS]}, 2),
    ],
)
def test_an_empty_list_elsewhere_takes_nobody_away(tmp_path, content, rows):
    assert len(pk.read_users(_write(tmp_path, content))) == rows


def test_an_empty_list_is_beside_one_whose_name_says_less():
    assert empty_lists({"a": {"members": []}}) == ["a.members"]
    assert beside("a.rows", ["a.members"]) == ["a.members"]
    assert beside("customers", ["a.members"]) == []

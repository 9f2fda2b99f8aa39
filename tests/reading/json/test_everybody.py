import json

import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.json.everybody import with_everybody
from passage_kit.reading.json.json_reader import read_json
from passage_kit.reading.json.people_lists import PeopleList
from passage_kit.reading.json.person_likeness import SURE

ANN, BOB = {"id": 1, "email": "ann@example.org", "name": "Ann"}, {"id": 2, "email": "bob@example.org", "name": "Bob"}


def people(path, *emails):
    return PeopleList(path, [{"email": email} for email in emails], None, SURE)


def test_a_list_with_a_person_more_is_not_set_apart():
    lists = [people("users", "a@example.org", "b@example.org"), people("resets", "c@example.org")]
    assert with_everybody(lists) is None


def test_a_list_without_emails_is_not_set_apart_for_having_none():
    users, phones = people("users", "a@example.org"), PeopleList("more", [{"phone": "+14155550131"}], None, SURE)
    assert with_everybody([users, phones]) is None


@pytest.mark.parametrize("owner", [{"user_id": 1}, {"fields": {"user": ["ann@example.org"]}}], ids=["id", "email"])
def test_addresses_of_which_one_person_has_several_are_not_the_users(owner):
    addresses = [{"email": email, **owner} for email in ("ann@example.org", "ann@example.net")]
    lists = [people("users", "ann@example.org"), PeopleList("addresses", addresses, None, SURE)]
    assert with_everybody(lists) is None


def test_lists_of_the_same_people_are_a_question():
    content = {"users": [ANN, BOB], "customers": [{**ANN, "spent": 3}, {**BOB, "spent": 4}]}
    with pytest.raises(SourceError, match="several lists"):
        read_json(json.dumps(content).encode(), "x.json")


def test_the_users_are_read_and_the_resets_are_said():
    dump = [
        {"type": "header", "version": "5.2.1"},
        {"type": "table", "name": "resets", "data": [{"email": "BOB@example.org", "token": "t", "created_at": "2024"}]},
        {"type": "table", "name": "users", "data": [{**ANN, "created_at": "2023"}, {**BOB, "created_at": "2023"}]},
    ]
    source = read_json(json.dumps(dump).encode(), "dump.json")
    assert source.users["id"].tolist() == ["1", "2"]
    apart = source.findings["argument"][source.findings["code"] == "entries_set_apart"]
    assert sorted(apart) == [". (1 entry)", "resets (1 entry)"]

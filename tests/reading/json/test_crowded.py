"""One object with the emails of several users: refused, since it would be one row."""

import json

import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.json.json_reader import read_json

ANN, BOB = "ann@example.org", "bob@example.org"


def read(content):
    return read_json(json.dumps(content).encode(), "users.json")


@pytest.mark.parametrize(
    "content",
    [
        {"users": [ANN, BOB]},
        {"emails": [ANN, BOB], "total": 2},
        {"data": {"members": [ANN, BOB]}},
        {"email": [ANN, BOB], "orders": [{"total": 1}, {"total": 2}]},
        {ANN: "Ann", BOB: "Bob"},
        {"users": {"u1": ANN, "u2": BOB}},
        {"email": {"0": ANN, "1": BOB}, "title": "x"},
        {"statusCode": 200, "body": json.dumps({"users": [{"email": ANN}, {"email": BOB}]})},
    ],
)
def test_several_users_in_one_object_are_refused(content):
    with pytest.raises(SourceError, match=r"has 2 emails at .*, and no object for each user\. Export"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        {"id": 7, "emails": [ANN, BOB]},
        {"user": {"user_id": "u7", "emails": [ANN, BOB]}},
        {"name": "Ann", "email": [ANN, "ann@example.com"]},
        {"email": ANN, "manager": {"email": BOB}},
        {"id": 7, "contacts": {"work": ANN, "home": BOB}},
        {"email": ANN, "recovery": BOB, "manager": "cy@example.org"},
        {"email": ANN, "note": f"ask {BOB} or {ANN}"},
        {"id": "7", "primary": ANN, "emails": [{"value": ANN}, {"value": BOB}]},
    ],
)
def test_one_user_with_several_emails_is_read(content):
    assert len(read(content).users) == 1

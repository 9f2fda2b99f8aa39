"""Pages that say that there are more users than they hold."""

import pytest

import passage_kit as pk
from passage_kit.reading.json.declared_totals import more_declared

USERS = [{"id": 1, "email": "ann@example.org"}, {"id": 2, "email": "bo@example.org"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"users": USERS, "total": 60}, "2 of 60 entries"),
        ({"data": USERS, "meta": {"pagination": {"page": 1, "total": 1_200}}}, "2 of 1,200 entries"),
        ({"value": USERS, "@odata.nextLink": "https://example.org/users?page=2"}, "another page follows"),
        ({"data": USERS, "has_more": True}, "another page follows"),
        ({"hits": {"total": {"value": 60, "relation": "eq"}, "hits": USERS}}, "2 of 60 entries"),
        ({"results": USERS, "paging": {"next": {"after": "2"}}}, "another page follows"),
        ({"users": USERS, "_links": {"self": {"href": "/1"}, "next": {"href": "/2"}}}, "another page follows"),
        ({"users": USERS, "_links": {"next": {"href": None}}}, ""),
        ({"content": USERS, "last": False}, "another page follows"),
        ({"users": USERS, "total": 2, "next": "/2"}, ""),
        ({"data": USERS, "has_more": False, "next": None}, ""),
        ([{"users": USERS[:1], "next": "/2"}, {"users": USERS[1:], "next": ""}], ""),
        (USERS, ""),
        ([{**USERS[0], "orders": {"total": 60}}], ""),
        ({"users": USERS, "total": "12.50"}, ""),
        ({"users": USERS, "total": "9" * 5_000}, ""),
        ([{**USERS[0], "phones": [{"id": 3}], "stats": {"total": 60}}], ""),
        ({"u1": {**USERS[0], "total": 60}, "u2": {**USERS[1], "data": {"total": 60}}}, ""),
        ([], ""),
    ],
)
def test_what_a_file_declares(content, said):
    assert more_declared(content, 2) == said


def test_a_file_of_one_page_is_told(tmp_path):
    path = tmp_path / "users.json"
    path.write_text('{"users": [{"email": "ann@example.org"}], "totalCount": 3}', encoding="utf-8")
    findings = pk.read_source(path).findings
    assert findings[["code", "argument"]].to_numpy().tolist() == [["more_declared", "1 of 3 entries"]]

"""Where the people are in a JSON file, whatever stands around them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.errors import SourceError
from passage_kit.reading.json.json_reader import read_json
from passage_kit.reading.json.people_lists import people_lists
from passage_kit.reading.json.person_likeness import SURE

ANN, BOB, CY = ({"id": number, "email": f"{name}@example.org"} for number, name in enumerate(("ann", "bob", "cy")))
NODES = [{"node": ANN}, {"node": BOB}]
ALL = [user["email"] for user in (ANN, BOB, CY)]


def read(content, **options):
    text = content if isinstance(content, str) else json.dumps(content)
    return read_json(text.encode(), "users.json", **options)


def emails(source):
    [column] = [name for name in source.users if name.rpartition(".")[2] == "email"]
    return source.users[column].tolist()


@pytest.mark.parametrize(
    "content",
    [
        [ANN, BOB, CY],
        {"users": [ANN, BOB, CY], "total": 3},
        {"data": {"result": {"items": [ANN, BOB, CY]}}},
        {"users": {"u1": ANN, "u2": BOB, "u3": CY}},
        {"ann": ANN, "bob": BOB, "cy": CY},
        {"_count": 3, "ann": ANN, "bob": BOB, "cy": CY},
        [{"page": 1, "users": [ANN]}, {"page": 2, "users": [BOB, CY]}, {"page": 3, "users": []}],
        [{"requested_by": {"email": "admin@example.net"}, "members": [ANN, BOB]}, {"members": [CY]}],
        {"email": ALL, "id": [0, 1, 2]},
        {"email": {"0": ALL[0], "1": ALL[1], "2": ALL[2]}, "id": {"0": 0, "1": 1, "2": 2}},
        {"columns": ["id", "email"], "index": [0, 1, 2], "data": [[0, ALL[0]], [1, ALL[1]], [2, ALL[2]]]},
        {"fields": [{"name": "id"}, {"name": "email"}], "rows": [[0, ALL[0]], [1, ALL[1]], [2, ALL[2]]]},
        [["id", "email"], [0, ALL[0]], [1, ALL[1]], [2, ALL[2]]],
        [{"type": "header"}, {"type": "table", "name": "users", "data": [ANN, BOB, CY]}],
        [{"model": "auth.group", "pk": 1, "fields": {"name": "staff", "permissions": []}},
         *({"model": "auth.user", "pk": user["id"], "fields": {"email": user["email"]}} for user in (ANN, BOB, CY))],
        {"hits": {"hits": [{"_id": "1", "_source": user} for user in (ANN, BOB, CY)]}},
        {"data": {"users": {"edges": [{"node": user} for user in (ANN, BOB, CY)]}}},
        {"data": [{"type": "users", "id": "1", "attributes": user} for user in (ANN, BOB, CY)]},
        {"teams": [{"name": "A", "members": [ANN, BOB]}, {"name": "B", "members": [CY]}]},
        {"realm": "r", "roles": {"realm": [{"id": 1, "name": "user"}]}, "users": [ANN, BOB, CY]},
        {"users": [{**ANN, "orders": [{"email": "ship@example.net"}]}, BOB, CY]},
        {"users": [{**ANN, "devices": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}]}, BOB, CY]},
        [{"profile": user, "status": "ACTIVE"} for user in (ANN, BOB, CY)],
    ],
    ids=lambda content: json.dumps(content)[:40],
)  # fmt: skip
def test_all_people_are_read(content):
    assert emails(read(content)) == ALL


@pytest.mark.parametrize(
    "lines",
    [
        [ANN, BOB, CY],
        [{"users": [ANN, BOB], "page": 1}, {"users": [CY], "page": 2}],
        [["id", "email"], *([user["id"], user["email"]] for user in (ANN, BOB, CY))],
    ],
)
def test_lines(lines):
    text = "\n".join(map(json.dumps, lines))
    assert emails(read(text, by_line=True)) == emails(read(text)) == ALL


def test_one_line_with_a_document():
    assert emails(read(json.dumps({"users": [ANN, BOB, CY]}), by_line=True)) == ALL
    assert emails(read(json.dumps([ANN, BOB, CY]), by_line=True)) == ALL


def test_members_of_a_map_have_their_names():
    assert read({"users": {"u1": ANN, "u2": BOB}}).users["key"].tolist() == ["u1", "u2"]
    assert read({"users": {"u1": ANN}}).users["key"].tolist() == ["u1"]


def test_a_single_user():
    assert emails(read({"user": ANN})) == [ALL[0]]
    customer = {"id": 1, "billing": {"email": "b@example.org"}, "shipping": {"email": "s@example.org"}}
    assert list(read(customer).users) == ["id", "billing.email", "shipping.email"]


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        ({"users": [ANN], "admins": [BOB, CY]}, ["users", "admins"]),
        ({"users": {"u1": ANN}, "contacts": {"c1": BOB}}, ["users", "contacts"]),
        ([{"type": "table", "name": "users", "data": [{**ANN, "first_name": "A", "city": "Ulm"}]},
          {"type": "table", "name": "orders", "data": [{"order": 1, "total": 3, "sku": "x", "email": ALL[0]}]}],
         ["users", "orders"]),
        ([{**ANN, "members": [BOB, CY]}], [".", "[].members"]),
    ],
)  # fmt: skip
def test_several_lists_are_a_question(content, paths):
    with pytest.raises(SourceError, match="several lists that could be the users") as refusal:
        read(content)
    assert all(f"{path} (" in str(refusal.value) for path in paths)
    for path in paths:
        found = next(it for it in people_lists(content) if it.path == path)
        assert len(read(content, records=path).users) == len(found.entries)


def test_a_path_that_is_not_there():
    with pytest.raises(SourceError, match=r"no list of objects at the path 'people'. It holds users \(1 entry\)"):
        read({"users": [ANN]}, records="people")


def test_what_is_not_read_is_said():
    source = read({"users": [{**ANN, "orders": [{"email": "s@example.net"}]}], "roles": [{"name": "a"}, {"name": "b"}]})
    assert source.findings[["code", "argument"]].to_numpy().tolist() == [
        ["entries_set_apart", "roles (2 entries)"], ["people_inside_people", "orders (1 entry)"],
    ]  # fmt: skip
    header = read([{"type": "header"}, {"type": "table", "name": "users", "data": [ANN]}])
    assert header.findings["argument"].tolist() == [". (1 entry)"]


def test_a_broken_line_among_pages_is_refused():
    with pytest.raises(SourceError, match="line 2 is not JSON, so the users in it would be lost"):
        read('{"users": [{"email": "a@example.org"}]}\n{"users": [\n{"users": []}', by_line=True)


def test_pages_whose_people_lack_other_values_are_one_list():
    bare = [
        {"email": "a@example.org", "phone": None, "tags": []},
        {"email": "b@example.org", "name": "", "profile": {}},
    ]
    pages = [{"page": 1, "users": bare[:1]}, {"page": 2, "users": bare[1:]}]
    assert [(found.path, len(found.entries)) for found in people_lists(pages) if found.level == SURE] == [
        ("[].users", 2)
    ]
    assert len(read(pages).users) == 2


@pytest.mark.parametrize("wrap", [lambda people: people, lambda people: {"users": people}], ids=["itself", "users"])
def test_what_stands_beside_the_people_of_a_map_is_said_or_asked_about(wrap):
    with pytest.raises(SourceError, match="several lists"):
        read(wrap({"u1": ANN, "u2": BOB, "more": [CY]}))
    source = read(wrap({"u1": ANN, "u2": BOB, "u3": "cy@example.org", "total": 3}))
    assert emails(source) == ALL[:2]
    apart = source.findings.loc[source.findings["code"] == "entries_set_apart", "argument"]
    assert [text.endswith("u3 (1 entry)") for text in apart] == [True]


KEYS = st.text("abcdefgh0123456789_-", min_size=1, max_size=12)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"email": st.from_regex(r"[a-z]{1,8}@example\.org", fullmatch=True)},
        optional={
            "phone": st.sampled_from([None, "+14155550132"]),
            "name": st.text(max_size=5),
            "profile": st.dictionaries(KEYS, st.integers() | st.none(), max_size=2),
            "devices": st.lists(st.fixed_dictionaries({"id": st.integers(), "os": st.text(max_size=3)}), max_size=3),
            "tags": st.lists(st.text(max_size=3), max_size=3),
        },
    ),
    min_size=3,
    max_size=8,
)


@given(people=PEOPLE, around=st.integers(0, 4), at=st.integers(1, 2), name=KEYS)
def test_whatever_is_around_them_all_people_are_read(people, around, at, name):
    content = [
        people,
        {name: people, "total": len(people)},
        {"data": {f"u{number}": user for number, user in enumerate(people)}},
        [{"page": 1, "users": people[:at]}, {"page": 2, "users": people[at:]}],
        {"a": {"b": [{"c": people}]}},
    ][around]
    [found] = [it for it in people_lists(content) if it.level == SURE]
    assert [entry["email"] for entry in found.entries] == [user["email"] for user in people]
    assert len(read(content).users) == len(people)


def test_each_person_in_an_object_of_its_own():
    wrapped = {"users": [{"recipeId": "emailpassword", "user": ANN}, {"recipeId": "thirdparty", "user": BOB}]}
    assert read(wrapped).users["user.email"].tolist() == ALL[:2]


def test_ways_to_log_in_are_no_people():
    users = [{"externalUserId": number, "loginMethods": [{"email": email, "isPrimary": True}, {"email": f"x{email}"}]}
             for number, email in enumerate(ALL)]  # fmt: skip
    source = read({"users": users})
    assert source.users["loginMethods.primary email"].tolist() == ALL


def test_a_list_of_domains_makes_nobody_a_person():
    organization = {"organization_id": "o1", "email_allowed_domains": ["example.org"], "name": "Example"}
    content = {"members": [{"email_address": email} for email in ALL], "organizations": {"o1": organization}}
    assert read(content).users["email_address"].tolist() == ALL


def test_pages_that_are_lists_are_joined():
    assert emails(read([[ANN, BOB], [CY]])) == ALL
    assert emails(read([[{"user": ANN}], [{"user": BOB}]])) == ALL[:2]


def test_one_person_with_an_address_in_an_object_within_keeps_the_id():
    person = {"id": "u1", "traits": {"email": ALL[0]}, "addresses": [{"value": ALL[0], "via": "email"}]}
    assert list(read(person).users) == ["id", "traits.email", "addresses"]


def test_an_object_with_an_owner_and_a_list_of_people_is_no_person():
    content = {"id": "t1", "owner": {"email": "boss@example.org"}, "users": [ANN, BOB]}
    assert emails(read(content)) == ALL[:2]


@pytest.mark.parametrize(
    "content",
    [
        [{"total": 2}, [{"email": "a@example.org"}, {"email": "b@example.org"}]],
        [[{"email": "a@example.org"}, {"email": "b@example.org"}], {"total": 2}],
        [[{"email": "a@example.org"}], {}, [{"email": "b@example.org"}]],
        {"a@example.org": {"name": "Ann"}, "b@example.org": {"name": "Bob"}},
        [{"a@example.org": {"name": "Ann"}}, {"b@example.org": {"name": "Bob"}}],
        {"users": {"a@example.org": {"roles": ["x"]}, "b@example.org": {"roles": []}}},
    ],
)
def test_people_beside_a_header_and_people_by_their_emails_are_found(content):
    [found] = [it for it in people_lists(content) if it.level == SURE]
    assert len(found.entries) == 2


def test_a_list_beside_objects_of_several_kinds_is_not_dropped():
    kinds = [{"type": "user", "email": "a@example.org"}, {"type": "role", "label": "x", "rank": 1}]
    found = people_lists([*kinds, [{"email": "b@example.org"}]])
    assert sum(len(it.entries) for it in found if it.level == SURE) == 2


@pytest.mark.parametrize(
    "content",
    [
        {"id": "1", "email": "me@example.org", "contacts": [ANN, BOB]},
        {
            "data": {
                "viewer": {"email": "me@example.org", "team": {"members": {"edges": [{"node": ANN}, {"node": BOB}]}}}
            }
        },
        {"me": {"email": "me@example.org", "organization": {"users": [ANN, BOB]}}},
    ],
)
def test_one_person_with_a_list_of_others_is_a_question(content):
    with pytest.raises(SourceError, match="several lists that could be the users") as error:
        read(content)
    alone, others = sorted(error.value.choices, key=len)
    assert [len(read(content, records=path).users) for path in (alone, others)] == [1, 2]


@pytest.mark.parametrize(
    "content",
    [
        {"email": "hello@example.org", "users": [ANN, BOB]},
        {"account": {"id": "a", "email": "hello@example.org", "members": {"edges": NODES}}},
    ],
)
def test_the_users_of_an_account_with_an_address_are_the_people(content):
    assert len(read(content).users) == 2


@pytest.mark.parametrize(
    "within", [{"emergency_contacts": [ANN, BOB]}, {"profile": {"emergency_contacts": [ANN, BOB]}}]
)
def test_contacts_for_emergencies_are_no_users(within):
    person = {"id": "1", "email": "me@example.org", **within}
    assert read(person).users["email"].tolist() == ["me@example.org"]
    assert read([person, person | {"id": "2"}]).users["id"].tolist() == ["1", "2"]


@pytest.mark.parametrize("key", ["external_accounts", "linkedAccounts", "social_accounts", "oauth_accounts"])
def test_accounts_elsewhere_are_no_users(key):
    users = [{"id": str(number), "email": f"{number}@example.org", key: [{"id": "x", "email": "x@example.net"}]}
             for number in (1, 2)]  # fmt: skip
    assert read({"data": users}).users["id"].tolist() == ["1", "2"]


@pytest.mark.parametrize("as_lines", [False, True])
def test_what_belongs_to_a_person_above_is_set_apart(as_lines):
    address = {"id": "a1", "phone": "+14155550199", "__parentId": ANN["id"]}
    entries = [ANN, address, BOB]
    source = read("\n".join(map(json.dumps, entries)) if as_lines else entries)
    assert source.users["email"].tolist() == ALL[:2]
    apart = source.findings["argument"][source.findings["code"] == "entries_set_apart"]
    assert apart.tolist() == ["[__parentId] (1 entry)"]


ACTIONS = [{"index": {"_index": "users", "_id": str(number)}} for number in range(3)]


@pytest.mark.parametrize(
    ("content", "apart"),
    [
        ({"users": [None, ANN, None, BOB, CY]}, "users[null] (2 entries)"),  # a list of the Realtime Database
        ([entry for pair in zip(ACTIONS, (ANN, BOB, CY), strict=True) for entry in pair], "[action] (3 entries)"),
    ],
)
def test_entries_that_are_nobody_are_set_apart(content, apart):
    for text in (content, *(["\n".join(map(json.dumps, content))] if isinstance(content, list) else [])):
        source = read(text)
        assert emails(source) == ALL
        assert apart in source.findings["argument"].tolist()


def test_the_properties_of_a_person_are_no_map_of_people():
    def page(user):
        number = {"id": "b", "type": "phone_number", "phone_number": "+14155550131"}
        return {"id": user["id"], "properties": {"Email": {"id": "a", "email": user["email"]}, "Phone": number}}

    source = read({"object": "list", "results": [page(ANN), page(BOB), page(CY)]})
    assert source.users["properties.Email.email"].tolist() == ALL
    assert source.users["properties.Phone.phone_number"].nunique() == 1

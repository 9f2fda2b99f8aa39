"""Nested records of a person: names and values, addresses, typed values."""

from functools import reduce

import pytest

from passage_kit.columns.nested import leaves

OLD, ANN = "old@example.org", "ann@example.org"
CHOSEN = {"primary email": ANN, "other email": OLD}


def opened(record):
    """The leaves of a record, in the objects that their names tell of."""
    found = {}
    for name, value in zip(*leaves(record), strict=True):
        *outer, last = name.split(".")
        reduce(lambda within, key: within.setdefault(key, {}), outer, found)[last] = value
    return found


@pytest.mark.parametrize(
    "record",
    [
        {"emails": [{"value": OLD, "primary": False}, {"value": ANN, "primary": True}]},  # SCIM
        {"emails": [{"value": OLD}, {"value": ANN, "type": "PRIMARY"}]},
        {"emails": [{"address": OLD, "type": "home"}, {"address": ANN, "isPrimary": "true"}]},
        {"emails": [{"value": OLD}, {"value": ANN, "metadata": {"primary": True}}]},
        {"emails": [{"id": "i1", "email_address": OLD}, {"id": "i2", "email_address": ANN}], "primary_email_id": "i2"},
        {"emails": [{"emailId": 1, "email": OLD}, {"emailId": 2, "email": ANN}], "defaultEmailId": 2},
    ],
)
def test_primary_address(record):
    assert opened(record)["emails"] == CHOSEN


def test_the_only_address_and_the_same_one_twice():
    assert opened({"email_addresses": [{"email": ANN}]})["email_addresses"] == {"primary email": ANN}
    twice = [{"email": ANN, "type": "home"}, {"email": ANN, "type": "work"}]
    assert opened({"emails": twice})["emails"] == {"primary email": ANN}


def test_nobody_chooses_among_unmarked_addresses():
    assert opened({"emails": [{"value": OLD}, {"value": ANN}]})["emails"] == {"primary email": [OLD, ANN]}
    both = [{"value": OLD, "primary": True}, {"value": ANN, "primary": True}]
    assert opened({"emails": both})["emails"] == {"primary email": [OLD, ANN]}


def test_the_only_mobile_goes_before_the_office():
    phones = [{"value": "+14155550132", "type": "work"}, {"value": "+14155550133", "type": "mobile"}]
    assert opened({"phoneNumbers": phones})["phoneNumbers"] == {
        "primary phone": "+14155550133", "other phone": "+14155550132",
    }  # fmt: skip


@pytest.mark.parametrize(
    "pairs",
    [
        [{"Name": "email", "Value": ANN}, {"Name": "custom:tier", "Value": "pro"}],
        [{"key": "email", "value": ANN}, {"key": "custom:tier", "value": "pro"}],
        [{"umeta_id": 1, "meta_key": "email", "meta_value": ANN}, {"meta_key": "custom:tier", "meta_value": "pro"}],
    ],
)
def test_names_and_values(pairs):
    assert opened({"attributes": pairs}) == {"attributes": {"email": ANN, "custom:tier": "pro"}}


def test_a_repeated_name_keeps_both_values():
    record = leaves({"attributes": [{"name": "tag", "value": "a"}, {"name": "tag", "value": "b"}]})
    assert record == (["attributes.tag", "attributes.tag"], ["a", "b"])


@pytest.mark.parametrize(
    "items",
    [
        [{"id": 1, "email": "ship@example.org"}],
        [{"name": "iPhone", "email": OLD, "value": "x"}],
        [{"provider": "github", "user_id": "7"}],
        [{"name": str(number), "value": number} for number in range(61)],
        [["a", "b"]],
    ],
)
def test_other_lists_stay(items):
    assert opened({"orders": items})["orders"] == items


@pytest.mark.parametrize(
    ("record", "plain"),
    [
        ({"_id": {"$oid": "65a"}, "at": {"$date": {"$numberLong": "17"}}}, {"_id": "65a", "at": "17"}),
        ({"born": {"__type": "Date", "iso": "1980-01-31T00:00:00.000Z"}}, {"born": "1980-01-31T00:00:00.000Z"}),
        ({"f": {"email": {"stringValue": ANN}, "n": {"nullValue": None}}}, {"f": {"email": ANN, "n": None}}),
        ({"f": {"mapValue": {"fields": {"a": {"integerValue": "1"}}}}}, {"f": {"a": "1"}}),
        ({"email": {"S": ANN}, "gone": {"NULL": True}, "m": {"M": {"n": {"N": "1"}}}},
         {"email": ANN, "gone": None, "m": {"n": "1"}}),
        ({"S": {"a": 1}}, {"S": {"a": 1}}),
    ],
)  # fmt: skip
def test_typed_values(record, plain):
    assert opened(record) == plain


def test_ways_to_log_in_give_the_primary_email_and_the_phone():
    methods = [
        {"recipeId": "thirdparty", "email": "social@example.net", "isPrimary": False},
        {"recipeId": "emailpassword", "email": "ann@example.org", "isPrimary": True},
        {"recipeId": "passwordless", "phoneNumber": "+14155550131"},
        {"recipeId": "webauthn"},
    ]
    assert opened({"loginMethods": methods})["loginMethods"] == {
        "primary email": "ann@example.org",
        "other email": "social@example.net",
        "primary phone": "+14155550131",
    }


def test_a_way_to_log_in_with_the_id_of_the_person_is_the_primary_one():
    methods = [{"recipeUserId": "u2", "email": "b@example.org"}, {"recipeUserId": "u1", "email": "a@example.org"}]
    assert opened({"id": "u1", "loginMethods": methods})["loginMethods"] == {
        "primary email": "a@example.org",
        "other email": "b@example.org",
    }


def test_identities_say_their_type():
    identities = [{"type": "username", "value": "ann"}, {"type": "email", "value": "ann@example.org"},
                  {"type": "phoneNumber", "value": "+14155550131"}]  # fmt: skip
    assert opened({"identities": identities})["identities"] == {
        "primary email": "ann@example.org",
        "primary phone": "+14155550131",
    }


@pytest.mark.parametrize(
    "identities", [[{"provider": "google-oauth2", "user_id": "107"}], [{"type": "username", "value": "ann"}], ["ann"]]
)
def test_identities_without_an_address_stay(identities):
    assert opened({"identities": identities}) == {"identities": identities}


def test_names_and_values_of_several_people_are_no_one_persons():
    rows = [{"user_id": "7", "meta_key": "city", "meta_value": "Ulm"},
            {"user_id": "8", "meta_key": "city", "meta_value": "Bonn"}]  # fmt: skip
    assert opened({"rows": rows}) == {"rows": rows}
    assert opened({"rows": rows[:1]}) == {"rows": {"city": "Ulm"}}


def test_a_record_of_dynamodb_within_an_item_is_opened():
    item = {"email": {"S": "ann@example.org"}, "points": {"N": "5"}, "phone": {"NULL": True}}
    assert opened({"Item": item}) == {"Item": {"email": "ann@example.org", "points": "5", "phone": None}}
    assert opened({"sizes": {"shirt": {"L": "x"}, "count": 2}}) == {"sizes": {"shirt": {"L": "x"}, "count": 2}}

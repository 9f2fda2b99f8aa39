"""What a layout adds to a suggested mapping."""

import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.mapping.layout_evidence import (
    Said,
    after_layout,
    layout_evidence,
    ruled_out,
    state_name,
    with_others,
    without_others,
)
from passage_kit.mapping.mapped_users import apply_mapping
from passage_kit.mapping.mapping import Columns, Suggestion
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.mapping.whole_columns import ColumnsOfFrame
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="acme",
    title="Acme",
    link="https://example.org",
    signs=(("no",),),
    email=("contact", "Contact", "login"),
    email_else=("login", "upn"),
    source_key=("no",),
    fields={"first name": ("vn",), "newsletter": ()},
)


def test_columns_come_in_the_order_of_the_layout_and_with_values_only():
    raw = users_frame({"login": ["a@example.org"], "CONTACT": ["b@example.org"], "no": [None], "vn": ["Ann"]})
    schema = MetadataSchema([MetadataField("given_name", "Given name", "string")])
    assert layout_evidence(raw, schema, LAYOUT) == {
        ("email", "CONTACT"): (1.0, "Acme"),
        ("email", "login"): (0.97, "Acme"),
        ("given_name", "vn"): (0.95, "Acme"),
    }
    assert layout_evidence(raw, schema, None) == {}


def test_other_columns_go_behind_the_layouts_if_its_values_fit():
    found = [Suggestion("email", "contact", 1.0, ""), Suggestion("email", "email", 0.99, "")]
    evidence = {("email", "contact"): Said(1.0, "Acme")}
    assert [one.confidence for one in after_layout(found, evidence)] == [1.0, 0.88]
    assert [one.confidence for one in after_layout(found[1:], evidence)] == [0.99]


AUTH0 = {
    "user_id": ["auth0|1", "auth0|2", "auth0|3"],
    "identities": [None, None, None],
    "email_verified": ["true", "false", "true"],
}


def test_a_layout_goes_before_a_name_and_can_be_turned_off():
    emails = ["a@example.org", "b@example.org", "c@example.org"]
    raw = users_frame({**AUTH0, "email": emails, "Last Login": ["2024-01-31"] * 3, "last_login": ["2024-02-01"] * 3,
                       "last login": ["2023-02-01"] * 3})  # fmt: skip
    assert suggest_mapping(raw)["order"].names == ("last_login",)
    assert suggest_mapping(raw, layout="none")["order"].names == ("Last Login",)
    plain = raw.drop(columns="identities")
    assert suggest_mapping(plain)["order"].names == ("Last Login",)
    assert suggest_mapping(plain, layout="auth0")["order"].names == ("last_login",)


@pytest.mark.parametrize("values", [["yes", "no", "no"], ["x@example.org"] * 3])
def test_values_are_checked_all_the_same(values):
    mapping = suggest_mapping(users_frame({**AUTH0, "email": values}))
    assert "email" not in mapping


def test_a_column_of_the_fields_own_name_goes_before_the_layout():
    raw = users_frame({**AUTH0, "email": ["a@example.org", None, None], "given_name": ["A", "B", "C"],
                       "first_name": ["Ann", "Bea", "Cid"]})  # fmt: skip
    schema = MetadataSchema([MetadataField("first_name", "First name", "string")])
    assert suggest_mapping(raw, schema)["first_name"].names == ("first_name",)
    assert suggest_mapping(raw.drop(columns="first_name"), schema)["first_name"].names == ("given_name",)


def test_a_field_that_no_column_of_the_export_is_stays_blank():
    schema = MetadataSchema([MetadataField("newsletter", "Newsletter", "boolean"), MetadataField("x")])
    assert ruled_out(schema, LAYOUT) == {"newsletter"}
    assert ruled_out(schema, None) == frozenset()
    columns = {
        "Email Address": ["a@example.org", "b@example.org"],
        "OPTIN_TIME": ["2024-01-01 10:00:00", "2024-01-02 10:00:00"],
    }
    assert "newsletter" in suggest_mapping(users_frame(columns), schema, layout="none")
    assert "newsletter" not in suggest_mapping(users_frame(columns), schema, layout="mailchimp")


def test_a_column_that_a_layout_says_is_no_state_is_none():
    found = [Suggestion("account_state", "State", 0.9, ""), Suggestion("account_state", "deleted", 0.9, "")]
    layout = Layout(name="x", title="X", link="", signs=(), no_state=("state",))
    assert [one.column for one in without_others(found, layout)] == ["deleted"]
    assert len(list(without_others(found, None))) == 2


@pytest.mark.parametrize(
    ("login", "upn", "names"),
    [
        ("b@acme.example", "c@acme.example", ("contact", "login", "upn")),
        ("bo", "c@acme.example", ("contact", "upn")),
        ("bo", "b_example.org#EXT#@acme.example", ("contact",)),
        (None, None, ("contact",)),
    ],
)
def test_other_columns_serve_who_has_no_address(login, upn, names):
    raw = users_frame({"contact": ["a@example.org", None], "login": ["x@acme.example", login], "UPN": [None, upn]})
    spelled = tuple({"upn": "UPN"}.get(name, name) for name in names)

    def found(column, layout=LAYOUT, rows=raw):
        return with_others(raw.columns, Columns((column,)), layout, ColumnsOfFrame(rows))

    assert found("contact") == Columns(spelled, first=len(names) > 1)
    assert found("contact", rows=raw.head(1)) == Columns(("contact",))
    assert found("contact", layout=None) == Columns(("contact",))
    assert found("UPN") == Columns(("UPN",))


def test_a_flag_that_its_name_does_not_tell_is_read_as_declared():
    names = ("customer_id", "customer_group_id", "firstname", "lastname", "telephone", "date_added")
    raw = users_frame({**{name: ["1", "2"] for name in names}, "email": ["a@example.org", "b@example.org"],
                       "status": ["1", "0"]})  # fmt: skip
    mapping = suggest_mapping(raw)
    assert mapping.to_dict()["account_state"] == "status"
    assert apply_mapping(raw, mapping)["account_state"].tolist() == ["active", "inactive"]
    assert "account_state" not in suggest_mapping(raw, layout="none")
    assert state_name("user.status", None) == "status"

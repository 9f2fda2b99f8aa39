import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.metadata.column_types import type_of_column

WORDS = st.sampled_from(
    [
        *("yes", "no", "7", "-12", "007", "a@example.org", "+1 415 555 2671", "Bonn", " "),
        *("31.01.1980", "03/04/1999", "30 February 2024", "5. März 2024", "--03-15", "2024-01-05 10:00"),
        *("1704067200", "1704067200000"),
    ]
)


def column(values):
    return users_frame({"value": values})["value"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a@example.org", "b@example.org"], "email"),
        (["yes", "no", "yes"], "boolean"),
        (["12", "7"], "integer"),
        (["00123", "00456"], "string"),
        (["03/04/1999", "5. März 2024"], "date"),
        (["+1 415 555 2671", "030 901820"], "phone"),
        (["Bonn", "Ulm"], "string"),
        ([None, " "], "string"),
    ],
)
def test_the_values_show_the_type(values, kind):
    assert type_of_column(column(values)).type == kind


def test_one_value_in_five_may_be_of_no_type():
    assert type_of_column(column(["1", "2", "3", "4", "many"])) == ("integer", 4, 5, 5)
    assert type_of_column(column(["1", "2", "3", "few", "many"])).type == "string"


@pytest.mark.slow
@given(st.lists(WORDS, min_size=1, max_size=8))
def test_values_of_a_date_are_those_that_a_date_field_takes(values):
    found = type_of_column(column(values))
    if found.type != "date":
        return
    schema = pk.MetadataSchema([pk.MetadataField("value", type="date")])
    _, findings = pk.normalize_values(users_frame({"value": values}), schema)
    refused = findings["effect"].eq("withheld") & findings["code"].ne("date_ambiguous")
    assert found.understood == found.filled - refused.sum()


def test_both_proposals_are_the_same():
    raw = users_frame(
        {"Größe": ["7", "x"], "größe ": ["3", "4"], "E-mail": ["a@example.org"] * 2, "誕生日": ["5.3.99"] * 2}
    )
    inferred = list(pk.MetadataSchema.infer(raw))
    assert [field.field_name for field in inferred] == ["grosse", "grosse_2", "field"]
    assert inferred == [proposal.field for proposal in pk.propose_fields(raw)]

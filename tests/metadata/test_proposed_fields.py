"""Proposed fields: a name that Passage takes, and the type that the values show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import FieldsError
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.proposed_fields import propose_fields


@pytest.mark.parametrize(
    ("values", "kind", "evidence"),
    [
        (["yes", "No", "1", ""], "boolean", "All values are yes or no."),
        (["1", "20", "-3", "4.0", "five"], "integer", "4 of 5 values are whole numbers."),
        (["31.01.1980", "03.04.1981", " "], "date", "All values are dates."),
        (["31 Jan 2024", "1 Feb 2024"], "date", "All values are dates."),
        (["+1 415 555 2671", "030 901820"], "phone", "All values are phone numbers."),
        (["a@example.org", "b@example.org"], "email", "All values are emails."),
        (["yes"] * 50 + ["no"] * 40 + ["?", "perhaps", "soon"], "boolean", "90 of 93 values are yes or no."),
        (["1700000000", "1710000000"], "date", "All values are dates."),
        (["actif", "inactif", "actif"], "string", "2 different texts. If they mean yes and no, choose boolean"),
        (["ja", "nein", "Ja", "k.A.", "ja"], "string", "Most values are words for yes and no in another language."),
        (["oui", "non"], "string", "Most values are words for yes and no in another language."),
        (["ja", "ja"], "string", "1 different text, which is neither"),
        (["free", "pro", "team"], "string", "3 different texts, and most are neither"),
        (["00123", "00456", "00789"], "string", "3 different texts, and most are neither"),
        (["actif", "actif"], "string", "1 different text, which is neither"),
        (["", " "], "string", "The column is blank."),
    ],
)
def test_the_type_is_that_of_the_values(values, kind, evidence):
    [proposal] = propose_fields(users_frame({"It": values}), ["It"])
    assert proposal.field.type == kind
    assert proposal.evidence.startswith(evidence)


def test_many_texts_are_counted_and_never_quoted():
    raw = users_frame({"It": [f"text {number}" for number in range(1_000)]})
    [proposal] = propose_fields(raw)
    assert proposal.evidence.startswith("1,000 different texts")
    assert "text 1" not in proposal.evidence


def test_emails_and_phones_are_proposed_only_when_they_are_named():
    raw = users_frame({"Mail": ["a@example.org"], "Tel": ["+14155552671"], "City": ["Ulm"]})
    assert [proposal.column for proposal in propose_fields(raw)] == ["City"]
    assert [proposal.field.type for proposal in propose_fields(raw, ["Tel", "Mail"])] == ["phone", "email"]


def test_names_differ_from_those_that_are_there():
    raw = users_frame({"Plan": ["free"], "plan": ["pro"], "Имя": ["Anna"], "!": ["x"]})
    fields = propose_fields(raw, schema=MetadataSchema([MetadataField("plan")]))
    assert [one.field.field_name for one in fields] == ["plan_2", "plan_3", "field", "field_2"]
    assert [one.field.friendly_name for one in fields] == ["Plan", "plan", "Имя", "!"]


def test_a_strange_column_is_named():
    with pytest.raises(FieldsError, match="no column 'Plann'"):
        propose_fields(users_frame({"Plan": ["free"]}), ["Plann"])


@pytest.mark.slow
@given(names=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1, unique=True))
def test_every_column_gets_a_field_of_its_own(names):
    proposals = propose_fields(users_frame({name: ["free"] for name in names}), names)
    assert [proposal.column for proposal in proposals] == names
    assert len(MetadataSchema(proposal.field for proposal in proposals)) == len(names)

import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import FieldsError
from passage_kit.findings.findings import describe_findings
from passage_kit.metadata.field_values import normalize_values
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import FIELD_TYPES, MetadataField, derive_field_name


class TestField:
    @pytest.mark.parametrize("kind", FIELD_TYPES)
    def test_the_six_types_of_passage_are_taken(self, kind):
        assert MetadataField("x", type=kind).type == kind

    @pytest.mark.parametrize(
        ("shown", "kind"),
        [("Number", "integer"), ("Date (MM/DD/YYYY)", "date"), ("Phone number", "phone"), ("BOOLEAN", "boolean")],
    )
    def test_the_words_of_the_console_are_taken(self, shown, kind):
        assert MetadataField.from_dict({"field_name": "x", "type": shown}).type == kind

    def test_another_type_is_refused_with_the_choices(self):
        with pytest.raises(FieldsError, match=r"'float'.*string, boolean, integer"):
            MetadataField("x", type="float")

    @pytest.mark.parametrize("name", ["first name", "", "a-b", "_x"])
    def test_a_field_name_holds_letters_digits_and_underscores(self, name):
        with pytest.raises(FieldsError):
            MetadataField(name)

    def test_string_rules_on_another_type_are_refused(self):
        with pytest.raises(FieldsError, match="for strings"):
            MetadataField("x", type="integer", max_length=3)

    def test_a_broken_pattern_is_refused(self):
        with pytest.raises(FieldsError, match="pattern"):
            MetadataField("x", pattern="(")

    def test_required_follows_registration_unless_said_otherwise(self):
        assert MetadataField("x", registration=True).required
        assert not MetadataField("x").required
        assert not MetadataField("x", registration=True, required=False).required

    def test_a_field_named_like_a_helper_has_a_column_of_its_own(self):
        assert MetadataField("region").column == "user_metadata.region"
        assert MetadataField("plan").column == "plan"

    def test_an_unknown_key_is_refused_by_name(self):
        with pytest.raises(FieldsError, match="lenght"):
            MetadataField.from_dict({"field_name": "x", "lenght": 3})

    @pytest.mark.parametrize(
        ("friendly", "name"), [("First Name", "first_name"), ("  Été? ", "ete"), ("A--B 2", "a_b_2"), ("???", "")]
    )
    def test_field_names_are_derived_from_friendly_ones(self, friendly, name):
        assert derive_field_name(friendly) == name


def test_a_pattern_has_a_message_of_its_own():
    field = MetadataField("number", pattern="C[0-9]{6}", pattern_message="A number is C and six digits")
    assert MetadataField.from_dict(field.to_dict()) == field
    users = users_frame({"number": ["C123456", "123456", None, "X" * 9]})
    _, findings = normalize_values(users, MetadataSchema([field]))
    assert findings[["source_row", "code", "argument"]].to_numpy().tolist() == [
        [2, "value_pattern", "A number is C and six digits"],
        [4, "value_pattern", "A number is C and six digits"],
    ]
    assert describe_findings(findings)["detail"].tolist() == ["A number is C and six digits"] * 2


def test_a_message_without_a_pattern_is_refused():
    with pytest.raises(FieldsError, match="there is no pattern"):
        MetadataField("number", pattern_message="A number is C and six digits")

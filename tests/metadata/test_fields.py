import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import FieldsError, TemplateError
from passage_kit.metadata.fields import MetadataSchema, identifier_of
from passage_kit.metadata.metadata_field import MetadataField


class TestSchema:
    def test_a_field_name_stands_once(self):
        with pytest.raises(FieldsError, match="repeated: x"):
            MetadataSchema([MetadataField("x"), MetadataField("x")])

    def test_toml_is_read(self, tmp_path):
        path = tmp_path / "fields.toml"
        path.write_text(
            '[[fields]]\nfriendly_name = "Plan"\nchoices = ["free", "pro"]\n'
            '[[fields]]\nfield_name = "age"\ntype = "integer"\n'
        )
        assert [(field.field_name, field.type, field.choices) for field in MetadataSchema.from_toml(path)] == [
            ("plan", "string", ("free", "pro")),
            ("age", "integer", ()),
        ]

    def test_a_template_gives_string_fields(self, tmp_path):
        path = tmp_path / "template.csv"
        path.write_text("Email,Phone Number,First Name\n")
        assert [field.to_dict() for field in MetadataSchema.from_template(path)] == [
            {"field_name": "first_name", "friendly_name": "First Name", "type": "string", "registration": False,
             "profile": False}
        ]  # fmt: skip

    def test_an_empty_template_is_refused(self, tmp_path):
        path = tmp_path / "template.csv"
        path.write_text("")
        with pytest.raises(TemplateError, match="empty"):
            MetadataSchema.from_template(path)

    def test_fields_are_inferred_as_a_proposal(self):
        raw = users_frame(
            {
                "E-mail": ["a@example.org", "b@example.org"],
                "Phone": ["+1 415 555 2671", "030 901820"],
                "VIP?": ["yes", "no"],
                "Born": ["1980-02-29", "1999-12-31"],
                "Points": ["12", "7"],
                "City": ["Bonn", "Ulm"],
            }
        )
        inferred = {field.field_name: field.type for field in MetadataSchema.infer(raw)}
        assert inferred == {"vip": "boolean", "born": "date", "points": "integer", "city": "string"}

    def test_it_survives_the_way_through_a_plan(self):
        schema = MetadataSchema(
            [MetadataField("a", registration=True, required=False), MetadataField("b", choices=("x",))]
        )
        assert MetadataSchema.from_dicts(schema.to_dicts()) == schema

    def test_the_checklist_speaks_as_the_console_does(self):
        checklist = MetadataSchema([MetadataField("born", "Birth date", type="date", profile=True)]).checklist()
        assert checklist.iloc[0].tolist() == ["Birth date", "Date (MM/DD/YYYY)", False, True, "born"]


@pytest.mark.parametrize(
    ("header", "identifier"),
    [
        ("email", "email"),
        ("E-Mail", "email"),
        ("Phone Number", "phone"),
        ("first_name", None),
        ("email verified", None),
    ],
)
def test_the_identifiers_of_a_template_are_known(header, identifier):
    assert identifier_of(header) == identifier

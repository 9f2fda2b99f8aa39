"""The kinds of values of a metadata field, as a file has them."""

import pytest

import passage_kit as pk
from passage_kit.errors import FieldsError

FILE = """
[[fields]]
field_name = "plan"
type = "string"
registration = true
required = false
max_length = 9
choices = ["free", "pro"]
"""


def test_a_file_is_read_as_it_was_meant(tmp_path):
    (tmp_path / "fields.toml").write_text(FILE)
    [field] = pk.MetadataSchema.from_toml(tmp_path / "fields.toml")
    assert (field.registration, field.required, field.max_length, field.choices) == (True, False, 9, ("free", "pro"))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("required = false", "required = 'no'", "required: found 'no', expected true or false"),
        ("registration = true", "registration = 1", "registration: found 1, expected true or false"),
        ("max_length = 9", "max_length = 9.5", "max_length: found 9.5, expected a whole number"),
        ("max_length = 9", "max_length = 0", "max_length: found 0"),
        ("max_length = 9", f"max_length = {10**30}", "max_length: found 1000"),
        ('"pro"]', "3]", "choices: found 3, expected a text in quotes"),
        ('type = "string"', "type = []", "type: found a list, expected a text"),
        ('type = "string"', "typ = 'string'", "no key 'typ'. Did you mean 'type'"),
        ('field_name = "plan"', "field_name = {}", "field_name: found a dict, expected a text"),
        ('"pro"]', '"pro"', "cannot be read as TOML"),
        ("[[fields]]", "fields = 3", "cannot be read as TOML|expected one list"),
    ],
)
def test_a_wrong_kind_of_value_is_told_with_its_key(tmp_path, before, after, said):
    (tmp_path / "fields.toml").write_text(FILE.replace(before, after))
    with pytest.raises(FieldsError, match=said):
        pk.MetadataSchema.from_toml(tmp_path / "fields.toml")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"fields": [1]}', '[{"field_name": "\\ud800"}]', "\udcff"])
def test_json_that_holds_no_fields_is_refused(tmp_path, text):
    (tmp_path / "fields.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(FieldsError):
        pk.MetadataSchema.from_json(tmp_path / "fields.json")

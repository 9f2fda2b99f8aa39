"""What the commands share."""

import json

from passage_kit.cli.shared_options import metadata_schema, say
from passage_kit.files.bundled import bundled
from passage_kit.metadata.fields import MetadataSchema

FIELDS = bundled("sample_data/metadata_fields.toml")


def test_what_is_said_to_a_person_is_not_on_stdout(capsys):
    say("Done.")
    assert capsys.readouterr() == ("", "Done.\n")


def test_metadata_fields_are_read_of_toml_and_json(tmp_path):
    schema = MetadataSchema.from_toml(FIELDS)
    assert metadata_schema(str(FIELDS)) == schema
    keys = ("field_name", "friendly_name", "type", "registration", "profile")
    fields = [{key: getattr(field, key) for key in keys} for field in schema]
    path = tmp_path / "app.JSON"
    path.write_text(json.dumps({"app": {"user_metadata_schema": fields}}))
    assert [field.field_name for field in metadata_schema(str(path))] == [field.field_name for field in schema]
    assert metadata_schema(None) is None

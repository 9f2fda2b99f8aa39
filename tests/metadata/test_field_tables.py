"""Files of metadata fields: the one list of them is found, and a file without one is refused by name."""

import json

import pytest

from passage_kit.errors import FieldsError
from passage_kit.metadata.fields import MetadataSchema

APP = {
    "app": {
        "id": "czLTOVFIytGqrhRVoHV9o8Wo",
        "user_metadata_schema": [
            {"field_name": "first_name", "friendly_name": "First Name", "id": "x1", "profile": True,
             "registration": True, "type": "string"},
            {"field_name": "born", "friendly_name": "Born", "id": "x2", "profile": False, "registration": False,
             "type": "date"},
        ],
    }
}  # fmt: skip


@pytest.mark.parametrize("content", [APP, APP["app"], APP["app"]["user_metadata_schema"]])
def test_the_json_of_an_app_is_read_at_any_depth(tmp_path, content):
    path = tmp_path / "app.json"
    path.write_text(json.dumps(content))
    schema = MetadataSchema.from_json(path)
    assert schema["first_name"].registration
    assert schema["born"].type == "date"


@pytest.mark.parametrize("content", ["", "x = 1", "[[fields", "fields = [1]"])
def test_a_file_without_fields_is_refused(tmp_path, content):
    path = tmp_path / "fields.toml"
    path.write_text(content)
    with pytest.raises(FieldsError, match=r"fields\.toml"):
        MetadataSchema.from_toml(path)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(FieldsError, match=r"nowhere\.json"):
        MetadataSchema.from_json(tmp_path / "nowhere.json")

"""Everybody whom a workspace exported, with what its push said."""

import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.preparation.exported import load_exported


def test_values_are_text_whatever_the_types_of_the_fields_are(tmp_path):
    fields = [pk.MetadataField("age", type="integer"), pk.MetadataField("born", type="date")]
    raw = users_frame({"email": ["ann@example.org"], "id": ["c7"], "age": ["41"], "born": ["1984-02-29"]})
    mapping = {"email": "email", "source_key": "id", "age": "age", "born": "born"}
    pk.prepare(raw, schema=pk.MetadataSchema(fields), mapping=mapping, out=tmp_path / "m")
    [ann] = load_exported(pk.Workspace(tmp_path / "m")).to_dict("records")
    assert (ann["source_key"], ann["email"], ann["age"], ann["born"]) == ("c7", "ann@example.org", "41", "1984-02-29")


def test_a_folder_without_prepared_users_is_refused(tmp_path):
    with pytest.raises(pk.PlanError, match="Nobody was prepared"):
        load_exported(pk.Workspace(tmp_path))

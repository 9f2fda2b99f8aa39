"""A layout is recognised and mapped alike whichever convention names the columns: snake_case or camelCase."""

import json
import re

import pytest

import passage_kit as pk
from passage_kit.reading.layout import column_key
from tests.reading.test_layout_files import FIXTURES, SCHEMA

SYSTEMS = ("workos", "passage", "zitadel", "descope", "stytch", "supertokens", "fusionauth")


def camel(key):
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda found: found[1].upper(), key)


def snake(key):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), key)


def renamed(value, convention):
    if isinstance(value, dict):
        return {convention(key): renamed(item, convention) for key, item in value.items()}
    return [renamed(item, convention) for item in value] if isinstance(value, list) else value


def mapped(raw):
    said = pk.suggest_mapping(raw, SCHEMA).to_dict()
    names = {target: [columns] if isinstance(columns, str) else columns for target, columns in said.items()}
    return {target: sorted(map(column_key, columns)) for target, columns in names.items() if columns}


@pytest.mark.few(6)
@pytest.mark.parametrize("convention", [camel, snake])
@pytest.mark.parametrize(
    "path", [path for name in SYSTEMS for path in sorted((FIXTURES / name).glob("*.json"))], ids=lambda path: path.name
)
def test_either_convention_is_recognised_and_mapped_as_the_system_writes_it(path, convention, tmp_path):
    other = tmp_path / path.name
    other.write_text(json.dumps(renamed(json.loads(path.read_text(encoding="utf-8")), convention)), encoding="utf-8")
    source = pk.read_source(other)
    assert (source.layout, len(source.users)) == (path.parent.name, len(pk.read_users(path)))
    assert mapped(source.users) == mapped(pk.read_users(path))

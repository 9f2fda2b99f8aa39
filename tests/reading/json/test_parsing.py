"""JSON text: documents against lines."""

import json

import pytest

from passage_kit.reading.json.parsing import BROKEN, parse_lines


@pytest.mark.parametrize("text", ["[1,\n2]", '{"a": 1}', '{"a":\n1}', "[\n[1],\n[2]\n]", '[{"a": 1}]\n'])
def test_documents(text):
    json.loads(text)
    assert parse_lines(text.encode(), by_line=False) is None


@pytest.mark.parametrize("text", ['{"a": 1}\n{"a": 2}', '["a"]\n["b"]', '{\n{"a": 1}\n{"a": 2}'])
def test_lines(text):
    lines = parse_lines(text.encode(), by_line=True)
    assert [entry is BROKEN for entry in lines.entries] == [line == "{" for line in text.split("\n")]

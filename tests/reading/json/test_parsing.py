"""JSON text: documents against lines."""

import json

import pytest

import passage_kit as pk
from passage_kit.errors import SourceError
from passage_kit.reading.json.parsing import BROKEN, parse, parse_lines
from passage_kit.reading.text_encoding import decode


@pytest.mark.parametrize("text", ["[1,\n2]", '{"a": 1}', '{"a":\n1}', "[\n[1],\n[2]\n]", '[{"a": 1}]\n'])
def test_documents(text):
    json.loads(text)
    assert parse_lines(text.encode(), by_line=False) is None


@pytest.mark.parametrize("text", ['{"a": 1}\n{"a": 2}', '["a"]\n["b"]', '{\n{"a": 1}\n{"a": 2}'])
def test_lines(text):
    lines = parse_lines(text.encode(), by_line=True)
    assert [entry is BROKEN for entry in lines.entries] == [line == "{" for line in text.split("\n")]


PEOPLE = '[{"id": 1.0, "email": "ann@example.org"}, {"id": 2, "email": "bob@example.org"}]'


@pytest.mark.parametrize(
    "text",
    [
        f"/**\n Export to JSON\n @version 0.1\n */\n\n// Database 'app'\n\n// app.users\n\n{PEOPLE}\n",
        f"// from https://example.org\r\n{PEOPLE}\r\n// end",
        f"/* a */ /* b */{PEOPLE}",
    ],
)
def test_comments_around_a_document(text):
    data = text.encode()
    assert parse_lines(data, by_line=False) is None
    assert [person["id"] for person in parse(decode(data, "x.json"), "x.json")] == ["1.0", "2"]


def test_tables_below_comments_have_their_names():
    text = f"// Database 'app'\n// app.users\n{PEOPLE}\n\n// app.posts\n[]\n// not a name at all\n[3]"
    found = parse(decode(text.encode(), "x.json"), "x.json")
    assert {name: len(rows) for name, rows in found.items()} == {"app.users": 2, "app.posts": 0, "table 3": 1}


def test_a_broken_table_below_a_comment_is_named_by_its_line():
    with pytest.raises(SourceError, match="line 3"):
        parse(decode(b"// app.users\n[\n{]", "x.json"), "x.json")


ANN, BOB = '{"email": "ann@example.org", "tags": [\n]}', '{\n  "email": "bob@example.org"\n}'
SEVERAL = {
    "indented": f"{ANN}\n{BOB}\n",
    "with commas": f"{ANN},\n{BOB},\n",
    "a sequence": f"\x1e{ANN}\n\x1e{BOB}\n",
    "close together": f"{ANN}{BOB}",
    "lists": f"[{ANN}]\n[{BOB}]",
    "lines with commas": '{"email": "ann@example.org"},\n{"email": "bob@example.org"}\n',
    "pages": f'{{"users": [{ANN}],\n"next": 2}}\n{{"users": [{BOB}], "next": null}}',
}


@pytest.mark.parametrize("kind", sorted(SEVERAL))
@pytest.mark.parametrize("name", ["users.json", "users.ndjson", "users.txt"])
def test_documents_one_after_the_other_are_read_whole(kind, name, tmp_path):
    (tmp_path / name).write_text(SEVERAL[kind])
    assert pk.read_users(tmp_path / name)["email"].tolist() == ["ann@example.org", "bob@example.org"]


@pytest.mark.parametrize("text", [f"{ANN}\n{BOB[:-1]}", f"{ANN}\n{BOB}\n]", f"[{ANN}]\n{BOB}", f"{ANN}\n{BOB}\nend"])
def test_what_is_cut_or_mixed_is_refused(text, tmp_path):
    (tmp_path / "users.json").write_text(text)
    with pytest.raises(pk.SourceError, match=r"cannot be read as JSON: line \d+"):
        pk.read_users(tmp_path / "users.json")

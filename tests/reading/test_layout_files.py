"""Every layout has a fixture, which reads whole, is recognised, maps unaided as its layout says, and leaks nothing.

A fixture is a file in ``tests/data/layouts/<system>``. The ``expected.toml`` beside it says of each file: ``rows``,
``emails`` and ``phones`` that are exported, ``exported`` and ``not_exported`` that some cell and no cell of the Console
CSV has, ``secrets`` that no output may hold, besides every value with HASHMARK in it, and by ``mapping`` what is mapped
otherwise than the layout says alone. ``inactive`` counts the closed accounts. ``region`` is that of the phones, if it
is not the United States.
"""

import tomllib
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import tomli_w
from click.testing import CliRunner

import passage_kit as pk
from passage_kit.cli import command_line
from passage_kit.columns.column_names import PEOPLE
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.reading.known_layouts import known_layouts, layout_named
from passage_kit.reading.layout import column_key

FIXTURES = Path(__file__).parents[1] / "data" / "layouts"
TYPES = {
    **dict.fromkeys(("created at", "updated at", "last login", "birth date"), "date"),
    **dict.fromkeys(("email verified", "phone verified", "blocked", "active", "newsletter"), "boolean"),
}
# Every usual metadata field, of its usual type.
SCHEMA = pk.MetadataSchema(
    pk.MetadataField(name.replace(" ", "_"), name.capitalize(), TYPES.get(name, "string")) for name in PEOPLE
)


def fixtures():
    return [
        pytest.param(folder / name, entry, id=f"{folder.name}-{name}")
        for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir())
        for name, entry in tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8")).items()
    ]


read_once = cache(pk.read_source)


@pytest.mark.parametrize("layout", known_layouts(), ids=lambda layout: layout.name)
def test_every_layout_has_a_fixture_with_every_file_expected(layout):
    folder = FIXTURES / layout.name
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    assert sorted(path.name for path in folder.iterdir() if path.name != "expected.toml") == sorted(expected)


@pytest.mark.few(23)
@pytest.mark.parametrize(("path", "expected"), fixtures())
def test_a_fixture_is_read_whole_and_recognised(path, expected):
    source = read_once(path)
    assert (len(source.users), source.layout) == (expected["rows"], path.parent.name)


@pytest.mark.few(5)
@pytest.mark.parametrize(("path", "expected"), fixtures())
def test_a_fixture_maps_unaided_as_its_layout_says(path, expected):
    raw = read_once(path).users
    layout = layout_named(path.parent.name)
    mapping = pk.suggest_mapping(raw, SCHEMA).to_dict()
    there = {column_key(name): name for name in raw.columns if raw[name].notna().any()}
    wanted = {target: layout.columns_of(target) for target in IDENTIFIERS + HELPERS}
    wanted |= {name.replace(" ", "_"): columns for name, columns in layout.fields.items()}
    first = {target: next((there[key] for key in map(column_key, names) if key in there), None)
             for target, names in wanted.items()}  # fmt: skip
    right = {target: name for target, name in first.items() if name} | expected.get("mapping", {})
    for target in {"account_state"} & set(HELPERS) & right.keys():  # takes several columns
        names = mapping.get(target, ())
        assert right.pop(target) in ([names] if isinstance(names, str) else names)
    assert {target: mapping.get(target) for target in right} == right


@pytest.mark.few(6)
@pytest.mark.parametrize(("path", "expected"), fixtures())
def test_a_fixture_gives_its_people_and_no_secret(path, expected, tmp_path, caplog):
    schema = tmp_path / "fields.toml"
    schema.write_text(tomli_w.dumps({"fields": SCHEMA.to_dicts()}), encoding="utf-8")
    out = tmp_path / "workspace"
    run = CliRunner().invoke(
        command_line,
        ["prepare", str(path), "--out", str(out), "--schema", str(schema), "--region", expected.get("region", "US")],
    )
    assert run.exit_code == 0, run.output
    prepared = pk.Workspace(out)
    users = pk.read_users(prepared.folder / "out" / "console_import.csv")
    for target in IDENTIFIERS:
        exported = users[target].dropna().tolist() if target in users else []
        assert sorted(exported) == sorted(expected[f"{target}s"])
    cells = {cell for name in users for cell in users[name].dropna()}
    assert [text for text in expected.get("exported", []) if text not in cells] == []
    assert [text for text in expected.get("not_exported", []) if text in cells] == []
    findings = pd.read_csv(prepared.folder / "out" / "findings.csv", dtype=str)
    if "inactive" in expected:
        assert (findings["code"] == "account_inactive").sum() == expected["inactive"]
    written = run.output + caplog.text + "".join(map(text_of, out.rglob("*")))
    secrets = ["HASHMARK", *expected.get("secrets", [])]
    assert [secret for secret in secrets if secret in written] == []
    assert [secret for secret in secrets[1:] if secret not in path.read_text(encoding="utf-8")] == []
    assert layout_named(path.parent.name).sentence in run.output


def text_of(path: Path) -> str:
    """Give all text of a file, of a Parquet file its names and values."""
    if not path.is_file():
        return ""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pydict())
    return path.read_bytes().decode("utf-8", "replace")

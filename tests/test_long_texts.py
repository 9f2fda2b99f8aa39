"""Columns of more than 2 GB of text: pandas cannot take rows of them, so no step may ask it to.

Arrow joins the texts of a column before it takes some of them, and more than 2 GB do not fit into one array. Here a
column is "too long" from half a megabyte on; ``test_large_runs`` tries the real size in long runs.
"""

import pandas as pd
import pyarrow as pa
import pytest

import passage_kit as pk
from passage_kit.widgets.edit_rows import EditRows
from passage_kit.widgets.fix_findings import FixFindings

ROWS, TEXT = 300, "lorem ipsum " * 500
TOO_LONG = 500_000  # bytes; what a run writes besides the long columns has less
SCHEMA = pk.MetadataSchema(
    [
        pk.MetadataField("born", type="date"),
        pk.MetadataField("note", required=True),
        pk.MetadataField("vip", type="boolean"),
    ]
)
MAPPING = {name: name for name in ("email", "phone", "born", "note", "vip")} | {
    "source_key": "id",
    "account_state": "state",
}


@pytest.fixture(autouse=True)
def joined_texts_overflow(monkeypatch):
    take = pd.arrays.ArrowExtensionArray.take

    def take_of_short(column, *arguments, **options):
        values = column.__arrow_array__()
        assert not pa.types.is_string(values.type) or values.nbytes < TOO_LONG, "offset overflow"
        return take(column, *arguments, **options)

    monkeypatch.setattr(pd.arrays.ArrowExtensionArray, "take", take_of_short)


@pytest.fixture
def write(tmp_path):
    def write(name, rows, note):
        lines = ["id,email,phone,born,note,vip,state"]
        for row in rows:
            blank = " " if row % 7 == 0 else ""
            born = "1980-01-31" if row % 5 else f"long ago {TEXT}"
            sign = "=" if row % 3 == 0 else ""
            state = "active" if row % 2 else f"Q {TEXT}"
            vip = "yes" if row % 2 else f"perhaps {TEXT}"
            email = f"user{row % (ROWS - 20)}@example.org{blank}"
            lines.append(f"{row},{email},+1415555{row:04},{born},{sign}{note} {row} {TEXT},{vip},{state}")
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("options", [{}, {"strict": True}, {"survivor": "last", "shared_phone": "merge"}])
def test_a_preparation(write, tmp_path, options):
    source = write("users.csv", range(ROWS), "met at the fair")
    prepared = pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "migration", **options)
    counts = prepared.summary()
    assert counts["kept"] + counts["absorbed"] + counts["rejected"] == counts["read"] == ROWS
    assert counts["kept"] > ROWS // 4
    assert prepared.unmapped.empty
    assert prepared.changed_columns.empty
    assert prepared.funnel.adds_up
    assert pk.count_findings(prepared.findings)["findings"].gt(0).all()


@pytest.mark.slow
def test_corrections_and_a_newer_export(write, tmp_path):
    folder = tmp_path / "migration"
    source = write("users.csv", range(ROWS), "met at the fair")
    pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=folder)
    corrections = "source_row,field,value\n3,note,short\n5,email,new@example.org\n"
    (folder / "corrections.csv").write_text(corrections, encoding="utf-8")
    corrected = pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=folder)
    assert corrected.summary()["findings"]["corrected"] == 2

    newer = write("newer.csv", range(20, ROWS + 10), "met again")
    since = pk.prepare(newer, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "newer", since=str(folder))
    assert since.summary()["findings"]["changed_since"] > ROWS // 2


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_says_what_came_of_it(write, tmp_path, run, options):
    source = write("users.csv", range(ROWS), "met at the fair")
    first = pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "migration")
    assert first.plan.schema == SCHEMA
    code, *said = run("prepare", "--plan", tmp_path / "migration" / "plan.toml", "--out", tmp_path / "m", *options)
    assert code == 0
    assert str(ROWS) in "".join(said)


@pytest.mark.slow
def test_the_panels_of_findings_and_rows(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = pk.Workspace("migration")
    source = write("users.csv", range(ROWS), "met at the fair")
    prepared = pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=workspace)
    panel = FixFindings(pk.apply_mapping(pk.read_users(source), prepared.mapping), workspace)
    panel.wait()
    panel.fix(6, "born", "1980-01-31")
    assert len(EditRows(panel, workspace).value) == 1

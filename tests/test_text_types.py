"""Frames of every text type of pandas are taken like the kit's own, by every function that takes a frame."""

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa

import passage_kit as pk

KINDS = {
    "object": object,
    "str": "str",
    "python": "string[python]",
    "pyarrow": "string[pyarrow]",
    "arrow": pd.ArrowDtype(pa.string()),
    "large": pd.ArrowDtype(pa.large_string()),
    "view": pd.ArrowDtype(pa.string_view()),
    "category": "category",
    "dictionary": pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
}
ROWS = {
    "E-Mail": ["Ann@Example.org", "ann@example.org", "bob@", None],
    "Tel": ["(415) 555-2671", "4155552671", None, "415 555 0188"],
    "Plan": ["pro", "", "free", "pro"],
}
MAPPING = {"email": "E-Mail", "phone": "Tel", "plan": "Plan"}
SCHEMA = pk.MetadataSchema([pk.MetadataField("plan", choices=("free", "pro"))])
IDS = {
    "email": ["ann@example.org", None],
    "phone": [None, "+14155550188"],
    "passage_id": ["A" * 24, "B" * 24],
}


def plain(frame):
    return frame.astype(object).where(frame.notna(), None).to_dict()


def of_kind(frame, kind, columns=None):
    """Convert texts to a type, by arrow where pandas cannot."""
    names = [*(columns or frame.columns)]
    texts = {
        name: pd.array([*frame[name].astype(object).where(frame[name].notna(), None)], KINDS[kind]) for name in names
    }
    return frame.assign(**texts)


@pytest.fixture
def given(request):
    frame = pd.DataFrame({name: pd.array(values, dtype=KINDS[request.param]) for name, values in ROWS.items()})
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="source_row")
    return frame, request.param


def results(frame, kind, folder):
    """Give the results of every function that takes a frame, each called with a frame of the type."""
    folder.mkdir()
    mapping = pk.FieldMapping(MAPPING)
    mapped = pk.apply_mapping(frame, mapping)
    users, findings = pk.normalize_identifiers(of_kind(mapped, kind), default_region="US")
    values, of_values = pk.normalize_values(of_kind(users, kind), SCHEMA)
    merged, of_merging = pk.merge_duplicates(of_kind(values, kind))
    valid, rejected = pk.validate_users(of_kind(merged, kind), pk.build_schema(SCHEMA))
    [path] = pk.write_console_csv(of_kind(valid, kind), folder / "console.csv", schema=SCHEMA)
    prepared = pk.prepare(frame, mapping=mapping, schema=SCHEMA, default_region="US")
    report = pk.write_report(prepared, folder / "report.html")
    fixes = pk.correct(pd.DataFrame({"source_row": [], "field": [], "value": []}), [3], "email", "bob@example.org")
    corrected, said = pk.apply_corrections(of_kind(mapped, kind), of_kind(fixes, kind, ["field", "value", "note"]))
    texts = ["field", "value", "code", "effect", "argument"]
    decisions = pk.decide(pd.DataFrame({"rows": [], "decision": []}), [1, 2], "apart")
    decided = of_kind(decisions, kind, ["rows", "decision", "note"])
    frames = [
        *(mapped, users, findings, values, of_values, merged, of_merging, valid, rejected),
        *(prepared.users, prepared.findings, corrected, said),
        pk.describe_findings(of_kind(findings, kind, texts))[["source_row", "detail"]],
        pk.count_findings(of_kind(findings, kind, texts)),
        pk.unmapped_columns(frame, pk.FieldMapping({"email": "E-Mail"})),
        pk.take_back(of_kind(fixes, kind, ["field", "value", "note"]), [4], "email"),
        pk.decide(decided, [2, 3], "apart"),
        *pk.merge_duplicates(of_kind(values, kind), decisions=decided),
        pk.read_users(frame),
        pk.read_source(frame).users,
        pk.read_passage_ids(of_kind(pd.DataFrame(IDS), kind)),
    ]
    others = [pk.suggest_mapping(frame).to_dict(), pk.MetadataSchema.infer(frame).to_dicts()]
    return [plain(each) for each in frames], [path.read_text(), report.read_text(), others, written_back(kind, folder)]


def written_back(kind, folder):
    """Write Passage ids into a users table, and give its rows."""
    url = f"sqlite:///{(folder / 'app.db').as_posix()}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, passage_id TEXT)"))
        connection.execute(sa.text("INSERT INTO users VALUES (1, 'ann@example.org', NULL), (2, 'x@example.org', NULL)"))
    ids = of_kind(pd.DataFrame(IDS), kind)
    pk.write_passage_ids(ids, table=pk.UsersTable("users", email="email"), workspace=folder / "work", db=url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT id, passage_id FROM users ORDER BY id")).all()
    engine.dispose()
    return [tuple(row) for row in rows]


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("given", KINDS, indirect=True)
def test_a_frame_of_any_text_type_gives_the_same_result(given, tmp_path):
    frame, kind = given
    own = pd.DataFrame({name: pd.array(values, dtype=KINDS["arrow"]) for name, values in ROWS.items()})
    own.index = frame.index
    assert results(frame, kind, tmp_path / "it") == results(own, "arrow", tmp_path / "own")

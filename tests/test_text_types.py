"""Frames of every text type of pandas are taken like the kit's own."""

import pandas as pd
import pyarrow as pa
import pytest

import passage_kit as pk

KINDS = {
    "object": object,
    "str": "str",
    "python": "string[python]",
    "pyarrow": "string[pyarrow]",
    "arrow": pd.ArrowDtype(pa.string()),
    "large": pd.ArrowDtype(pa.large_string()),
    "view": pd.ArrowDtype(pa.string_view()),
}
ROWS = {
    "E-Mail": ["Ann@Example.org", "ann@example.org", "bob@", None],
    "Tel": ["(415) 555-2671", "4155552671", None, "415 555 0188"],
    "Plan": ["pro", "", "free", "pro"],
}
MAPPING = {"email": "E-Mail", "phone": "Tel", "plan": "Plan"}


def frame_of(kind):
    frame = pd.DataFrame({name: pd.array(values, dtype=KINDS[kind]) for name, values in ROWS.items()})
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="source_row")
    return frame


def results(frame, kind, folder):
    mapped = pk.apply_mapping(frame, pk.FieldMapping(MAPPING))
    kind = "arrow" if kind == "view" else kind  # pandas itself cannot take rows of a string_view column
    users, findings = pk.normalize_identifiers(mapped.astype(KINDS[kind]), default_region="US")
    merged = pk.merge_duplicates(users.astype(KINDS[kind]))
    path = pk.write_console_csv(
        merged[0].dropna(how="all", subset=["email", "phone"]).astype(KINDS[kind]), folder / f"{kind}.csv"
    )
    prepared = pk.prepare(frame, mapping=pk.FieldMapping({"email": "E-Mail", "phone": "Tel"}), default_region="US")
    written = [each.read_text() for each in (path if isinstance(path, list | tuple) else [path])]
    told = pk.describe_findings(findings.astype({"code": KINDS[kind], "field": KINDS[kind]}))
    return [mapped, users, findings, *merged[:2], told["detail"], prepared.users, prepared.findings], written


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_of_any_text_type_gives_the_same_result(kind, tmp_path):
    frames, written = results(frame_of(kind), kind, tmp_path)
    expected, wanted = results(frame_of("arrow"), "arrow", tmp_path)
    assert written == wanted
    for one, other in zip(frames, expected, strict=True):
        assert (
            one.astype(object).where(one.notna(), None).to_dict()
            == other.astype(object).where(other.notna(), None).to_dict()
        )

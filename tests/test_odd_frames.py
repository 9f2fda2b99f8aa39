"""Frames that a person may have: every function gives the right result, or an error of the kit with a next step."""

import re

import numpy as np
import pandas as pd
import pytest

import passage_kit as pk

SCHEMA = pk.MetadataSchema([pk.MetadataField("age", type="integer"), pk.MetadataField("plan")])
MAPPING = pk.FieldMapping({"email": "email", "phone": "phone", "age": "age", "plan": "plan"})
EMAILS = ["ann@example.org", "bob@example.org", None]
PHONES = ["+14155552671", None, "+14155550188"]
NO_CORRECTIONS = pd.DataFrame({"source_row": [], "field": [], "value": []})

FRAMES = {
    "categories": {
        "email": pd.Categorical(EMAILS),
        "phone": pd.Categorical(PHONES),
        "age": pd.Categorical([41, 7, None]),
    },
    "numbers": {"email": EMAILS, "phone": [14155552671.0, np.nan, 14155550188.0], "age": [41.0, 7.0, np.nan]},
    "nullable numbers": {"email": EMAILS, "phone": PHONES, "age": pd.array([41, 7, None], dtype="Int64")},
    "objects": {
        "email": pd.Series(["ann@example.org", "bob@example.org", np.nan], dtype=object),
        "phone": pd.Series([14155552671, pd.NA, "+14155550188"], dtype=object),
        "age": pd.Series([41, "7", None], dtype=object),
    },
    "missing as NA": {
        "email": pd.Series([*EMAILS[:2], pd.NA], dtype=object),
        "phone": pd.Series([PHONES[0], pd.NaT, PHONES[2]], dtype=object),
        "age": pd.Series([41, 7, np.nan], dtype=object),
    },
}


def frame_of(kind, index=None):
    frame = pd.DataFrame({**FRAMES[kind], "plan": pd.Series(["pro", "free", None], dtype="category")})
    return frame if index is None else frame.set_axis(index)


def as_rows(frame, columns):
    return [
        tuple(None if pd.isna(value) else str(value) for value in row)
        for row in frame[columns].astype(object).itertuples(index=False)
    ]


CALLS = {
    "apply_mapping": lambda frame, folder: pk.apply_mapping(frame, MAPPING),
    "unmapped_columns": lambda frame, folder: pk.unmapped_columns(frame, MAPPING),
    "suggest_mapping": lambda frame, folder: pk.suggest_mapping(frame, SCHEMA),
    "infer": lambda frame, folder: pk.MetadataSchema.infer(frame),
    "normalize_identifiers": lambda frame, folder: pk.normalize_identifiers(frame, default_region="US"),
    "normalize_values": lambda frame, folder: pk.normalize_values(frame, SCHEMA),
    "merge_duplicates": lambda frame, folder: pk.merge_duplicates(frame),
    "validate_users": lambda frame, folder: pk.validate_users(frame, SCHEMA),
    "write_console_csv": lambda frame, folder: pk.write_console_csv(frame, folder / "console.csv", schema=SCHEMA),
    "apply_corrections": lambda frame, folder: pk.apply_corrections(frame, NO_CORRECTIONS),
    "read_users": lambda frame, folder: pk.read_users(frame),
    "read_source": lambda frame, folder: pk.read_source(frame),
    "prepare": lambda frame, folder: pk.prepare(frame, mapping=MAPPING, schema=SCHEMA, default_region="US"),
    "read_passage_ids": lambda frame, folder: pk.read_passage_ids(frame),
    "correct": lambda frame, folder: pk.correct(frame, [1], "email", "a@example.org"),
    "take_back": lambda frame, folder: pk.take_back(frame, [1], "email"),
    "decide": lambda frame, folder: pk.decide(frame, [1, 2], "apart"),
    "merge with decisions": lambda frame, folder: pk.merge_duplicates(frame_of("objects"), decisions=frame),
    "corrections": lambda frame, folder: pk.apply_corrections(frame_of("objects"), frame),
    "describe_findings": lambda frame, folder: pk.describe_findings(frame),
    "count_findings": lambda frame, folder: pk.count_findings(frame),
}


@pytest.mark.few(3)
@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize("index", [None, [7, 3, 5], pd.Index([1, 2, 3], name="source_row")])
def test_the_users_come_out_whole_whatever_their_types(kind, index, tmp_path):
    frame = frame_of(kind, index)
    before = frame.copy(deep=True)
    columns = ["email", "phone", "age", "plan"]
    rows = [
        ("ann@example.org", "+14155552671", "41", "pro"),
        ("bob@example.org", None, "7", "free"),
        (None, "+14155550188", None, None),
    ]
    users, _ = pk.normalize_identifiers(frame, default_region="US")
    values, _ = pk.normalize_values(users, SCHEMA)
    merged, _ = pk.merge_duplicates(values)
    valid, findings = pk.validate_users(merged, SCHEMA)
    straight, _ = pk.validate_users(users, SCHEMA)
    corrected, _ = pk.apply_corrections(users, NO_CORRECTIONS)
    assert as_rows(values, columns) == rows
    assert as_rows(corrected, columns[:2]) == [row[:2] for row in rows]
    for each in (values, corrected):
        assert each.index.tolist() == frame.index.tolist()
    in_order = [row for _, row in sorted(zip(frame.index, rows, strict=True))]
    assert as_rows(merged, columns) == as_rows(valid, columns) == in_order
    assert as_rows(straight.sort_index(), columns) == in_order
    assert not len(findings)
    [path] = pk.write_console_csv(valid, tmp_path / "console.csv", schema=SCHEMA)
    assert path.read_text().splitlines()[1:] == [",".join(value or "" for value in row) for row in in_order]
    mapped = pk.apply_mapping(frame, MAPPING)
    assert as_rows(pk.normalize_identifiers(mapped, default_region="US")[0], columns) == rows
    assert pk.suggest_mapping(frame, SCHEMA).to_dict() == MAPPING.to_dict()
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.few(79)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pd.DataFrame(columns=["email", "phone", "age", "plan"]),
        frame_of("numbers").iloc[:0],
        pd.DataFrame({"email": [np.nan, np.nan], "phone": [None, None], "age": [pd.NA, pd.NA]}),
        frame_of("objects", [1, 1, 2]),
        frame_of("objects", ["a", "b", "c"]),
        frame_of("objects", pd.MultiIndex.from_tuples([(1, 1), (1, 2), (2, 1)], names=["a", "source_row"])),
        pd.concat([frame_of("objects"), frame_of("objects")], axis=1),
        pd.DataFrame({0: EMAILS, 1: PHONES}),
        pd.DataFrame({("a", "email"): EMAILS, ("a", "phone"): PHONES}),
        pd.DataFrame({"email": [["a@example.org"], {"a": "b@example.org"}, 3 + 1j]}),
        pd.DataFrame({"email": pd.Series(["\ud800@example.org"], dtype=object)}),
        pd.DataFrame({"phone": PHONES}),
        pd.DataFrame({"source_row": ["one", None, 2.5], "field": "email", "value": EMAILS}),
        pd.DataFrame({"rows": [1, None, "x"], "decision": ["apart", None, 7]}),
        pd.DataFrame({"code": ["nonsense", None], "effect": ["changed", None], "field": 1, "argument": 2.5}),
        [{"email": "ann@example.org"}],
        None,
    ],
    ids=lambda it: None,
)
def test_an_odd_frame_is_taken_or_refused_with_a_next_step(call, frame, tmp_path):
    before = frame.copy(deep=True) if isinstance(frame, pd.DataFrame) else frame
    told = ""
    try:
        CALLS[call](frame, tmp_path)
    except pk.PassageKitError as error:
        told = str(error)
    assert not told or re.search(r"[.!?] [A-Z]", told), f"no next step: {told}"
    assert "ann@" not in told
    if isinstance(frame, pd.DataFrame):
        pd.testing.assert_frame_equal(frame, before)

"""A column that is judged in parts by the evidence of all parts is judged as a whole one is."""

import functools
import itertools
import operator

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.metadata.field_values import field_evidence, normalize_fields
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.value_evidence import ValueEvidence

OPTIONS = {
    "fast_paths": True, "default_region": "US", "date_order": None, "words": None, "thousands": None,
    "numeric_dates": None, "strict": False,
}  # fmt: skip
TEXTS = {
    "date": ["31/01/1980", "01/31/1980", "02/03/1981", "2024-01-31", "1704067200", "1704067200000", "soon", None],
    "boolean": ["yes", "no", "2024-01-05 10:00", "1704067200", "7", "soon", None],
    "phone": ["447400123456", "447400123457", "4155552671", "+14155552671", "12", None],
    "email": ["Ann@example.org", "ann@example.org", "bo@", None],
}
columns = st.sampled_from(sorted(TEXTS)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(st.sampled_from(TEXTS[kind]), min_size=1, max_size=8))
)


@given(columns, st.lists(st.integers(0, 8), max_size=2))
def test_parts_judged_by_the_evidence_of_all_are_judged_as_the_whole(column, cuts):
    kind, texts = column
    users, schema = users_frame({"x": texts}), MetadataSchema([MetadataField("x", type=kind)])
    whole, findings = normalize_fields(users, schema, **OPTIONS)
    ends = [0, *sorted(cuts), len(texts)]
    parts = [users.iloc[begin:end] for begin, end in itertools.pairwise(ends) if begin < end]
    shown = [field_evidence(part, schema, default_region="US", words=None)["x"] for part in parts]
    evidence = {"x": functools.reduce(operator.add, shown)}
    judged = [normalize_fields(part, schema, evidence=evidence, **OPTIONS) for part in parts]
    pd.testing.assert_frame_equal(pd.concat([part for part, _ in judged]), whole, check_index_type=False)
    said = pd.concat([found for _, found in judged])
    of_rows = [frame[frame["source_row"].notna()].reset_index(drop=True) for frame in (said, findings)]
    assert of_rows[0].to_dict() == of_rows[1].to_dict()
    assert set(said.loc[said["source_row"].isna(), "code"]) == set(findings.loc[findings["source_row"].isna(), "code"])


@pytest.mark.parametrize(
    ("parts", "moments"),
    [
        ([ValueEvidence(moments=frozenset({"epoch_s"})), ValueEvidence()], True),
        ([ValueEvidence(moments=frozenset({"epoch_s"})), ValueEvidence(moments=frozenset({None}))], False),
        ([ValueEvidence(moments=frozenset({None})), ValueEvidence(moments=None)], False),
        ([ValueEvidence(words=True), ValueEvidence(moments=frozenset({None}))], False),
    ],
)
def test_a_column_of_moments_has_nothing_else_in_any_part(parts, moments):
    assert functools.reduce(operator.add, parts).are_moments is moments

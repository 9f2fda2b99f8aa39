"""The facts of a report add up over the parts of a list."""

import functools
import operator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.export.report_facts import LARGEST, clusters_of
from passage_kit.export.shown_findings import kinds_of
from passage_kit.findings.findings import in_row_order, make_findings

people = st.lists(st.integers(1, 8), max_size=30)
CODES = ["email_normalized", "email_invalid", "phone_fixed_line"]


@given(people)
def test_the_clusters_of_parts_add_up(sizes):
    starts = np.cumsum([1, *sizes])
    pairs = [(row, start) for start, size in zip(starts, sizes, strict=False) for row in range(start + 1, start + size)]
    absorbed, into = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    whole = clusters_of(absorbed, into)
    odd = into % 2 == 1
    parts = clusters_of(absorbed[odd], into[odd]) + clusters_of(absorbed[~odd], into[~odd])
    assert (parts.count, dict(parts.sizes), list(parts.largest)) == (whole.count, dict(whole.sizes), whole.largest)
    assert whole.count == sum(size > 1 for size in sizes)
    assert len(whole.largest) == min(whole.count, LARGEST)


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(CODES)), min_size=1, max_size=20), st.integers(0, 9))
def test_the_kinds_of_findings_of_parts_add_up(said, cut):
    rows, codes = zip(*said, strict=True)
    findings = in_row_order(make_findings(rows, field="email", code=list(codes), value=list(codes)))
    before = findings["source_row"].le(cut).to_numpy(dtype=bool)
    parts = [part for part in (findings[before], findings[~before]) if len(part)]
    added, whole = functools.reduce(operator.add, map(kinds_of, parts)), kinds_of(findings)
    assert added.counts == whole.counts
    assert {kind: table.to_pydict() for kind, table in added.first.items()} == {
        kind: table.to_pydict() for kind, table in whole.first.items()
    }

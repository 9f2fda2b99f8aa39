import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.findings.funnel import Funnel, count_distinct, funnel
from passage_kit.findings.ledger import build_ledger


def funnel_of(count, kept, *findings):
    read = users_frame({"email": [None] * count})
    found = collect_findings(findings)
    return funnel(build_ledger(read.index, read.loc[kept], found), found)


def test_rows_and_values_are_counted_apart():
    counts = funnel_of(
        3,
        [1, 2, 3],
        make_findings([1, 1, 2], field=["email", "phone", "email"], code="corrected"),
        make_findings([3], field="phone", code="phone_invalid"),
        make_findings([None], field="x", code="column_not_stored"),
        make_findings([2], field="email", code="email_domain_typo"),
    )
    assert (counts.normalized, counts.normalized_values) == (2, 3)
    assert (counts.withheld, counts.withheld_values) == (1, 1)
    assert (counts.read, counts.exported, counts.absorbed, counts.rejected) == (3, 3, 0, 0)


def test_two_changes_of_one_value_are_one_value():
    counts = funnel_of(1, [1], make_findings([1, 1], field="phone", code=["phone_decimal", "phone_normalized"]))
    assert (counts.normalized, counts.normalized_values) == (1, 1)


def test_each_rejected_row_has_one_reason():
    counts = funnel_of(
        6,
        [1],
        make_findings([2, 2], field="email", code=["email_invalid", "no_identifier"]),
        make_findings([3], field="email", code="email_invalid", effect="rejected"),
        make_findings([3], field="email", code="no_identifier"),
        make_findings([4], field=None, code="row_blank"),
        make_findings([5], field="email", code="duplicate_email", other_row=[2]),
        make_findings([6], field="name", code="required_missing"),
        make_findings([6], field="plan", code="required_missing"),
    )
    assert counts.rejected_by == {
        "email_invalid": 1,
        "no_identifier": 1,
        "required_missing": 1,
        "row_blank": 1,
        "survivor_rejected": 1,
    }
    assert counts.rejected == 5
    assert counts.rejected_on_reading == 1
    assert counts.adds_up


def test_nothing_read_is_a_funnel_too():
    counts = funnel_of(0, [], no_findings())
    assert counts == Funnel(read=0)
    assert counts.adds_up
    assert "0 exported + 0 absorbed + 0 rejected = 0 read" in counts.to_text()


def test_counts_that_do_not_add_up_are_seen():
    assert not Funnel(read=3, exported=2).adds_up
    assert not Funnel(read=3, exported=2, rejected=1).adds_up


def test_the_dict_is_plain_data():
    counts = funnel_of(2, [1], make_findings([2], field=None, code="row_blank"))
    assert json.loads(json.dumps(counts.to_dict())) == counts.to_dict()
    assert counts.to_dict()["rejected_by"] == {"row_blank": 1}


def test_the_text_is_aligned_and_shows_whatever_is_there():
    text = Funnel(read=1_000_000, exported=999_999, rejected=1, rejected_by={"row_blank": 1}).to_text()
    lines = text.splitlines()
    assert lines[0].startswith("Rows read   1,000,000 ████")
    assert lines[4:6] == ["Rejected            1 ▏", "                    1 Every cell of the row is empty (row_blank)"]
    assert lines[-1] == "999,999 exported + 0 absorbed + 1 rejected = 1,000,000 read"


@given(st.lists(st.sampled_from(["kept", "absorbed", "rejected", "orphaned"]), max_size=30))
def test_any_accounting_adds_up(fates):
    rows = np.arange(1, len(fates) + 3)
    fates = np.array(["kept", "rejected", *fates])
    absorbed, orphaned = rows[fates == "absorbed"], rows[fates == "orphaned"]
    counts = funnel_of(
        len(rows),
        rows[fates == "kept"],
        make_findings(rows[fates == "rejected"], field=None, code="no_identifier"),
        make_findings(absorbed, field="email", code="duplicate_email", other_row=np.ones_like(absorbed)),
        make_findings(orphaned, field="email", code="duplicate_email", other_row=2 * np.ones_like(orphaned)),
    )
    assert counts.adds_up
    assert counts.read == len(rows)
    assert counts.absorbed == len(absorbed)
    assert counts.rejected_by.get("survivor_rejected", 0) == len(orphaned)


@pytest.mark.parametrize("numbers", [[], [1], [2, 2, 1], [5, 4, 5, 4]])
def test_distinct_numbers(numbers):
    assert count_distinct(np.array(numbers, dtype="int64")) == len(set(numbers)) == pd.Series(numbers).nunique()


def test_a_decision_is_no_changed_value():
    read = users_frame({"email": ["a@example.org"]})
    found = make_findings([1], field=None, code="decision_applied")
    assert funnel(build_ledger(read.index, read, found), found).normalized == 0

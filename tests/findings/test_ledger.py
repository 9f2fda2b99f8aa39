import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import source_rows
from passage_kit.errors import AccountingError
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.findings.ledger import build_ledger, check_accounting


def absorbed(row: int, survivor: int) -> pd.DataFrame:
    return make_findings([row], field="email", code="duplicate_email", other_row=[survivor])


READ = source_rows(4)


def frame(*rows: int) -> pd.DataFrame:
    return pd.DataFrame(index=pd.Index(rows, name="source_row"))


def test_every_row_has_one_disposition():
    found = collect_findings([absorbed(2, 1), make_findings([4], field="email", code="no_identifier")])
    ledger = build_ledger(READ, frame(1, 3), found)
    assert ledger["disposition"].tolist() == ["kept", "absorbed", "kept", "rejected"]
    assert ledger["survivor_row"].tolist()[1] == 1
    assert ledger["survivor_row"].notna().sum() == 1


def test_codes_are_listed_once_in_the_order_found():
    found = make_findings([1, 1, 1], field="email", code=["email_normalized", "email_domain_typo", "email_normalized"])
    assert build_ledger(READ, frame(1, 2, 3, 4), found)["codes"].tolist() == [
        "email_normalized email_domain_typo", "", "", "",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["email_normalized", "email_domain_typo", "corrected"]))))
def test_codes_of_rows_in_whatever_order_they_were_found(said):
    found = make_findings([row for row, _ in said], field="email", code=[code for _, code in said])
    codes = build_ledger(READ, frame(1, 2, 3, 4), found)["codes"]
    assert codes.tolist() == [" ".join(dict.fromkeys(code for at, code in said if at == row)) for row in READ]


def test_a_row_absorbed_into_a_rejected_row_is_rejected_with_it():
    found = collect_findings([absorbed(2, 1), make_findings([1], field="plan", code="required_missing")])
    ledger = build_ledger(READ, frame(3, 4), found)
    assert ledger.loc[[1, 2], "disposition"].tolist() == ["rejected", "rejected"]
    assert "survivor_rejected" in ledger.loc[2, "codes"]
    assert ledger["survivor_row"].isna().all()


def test_a_survivor_that_was_absorbed_later_hands_its_rows_on():
    found = collect_findings([absorbed(3, 2), absorbed(2, 1)])
    ledger = build_ledger(READ, frame(1, 4), found)
    assert ledger.loc[[2, 3], "survivor_row"].tolist() == [1, 1]


def test_a_row_that_vanished_is_a_defect():
    with pytest.raises(AccountingError, match=r"begin with \[2\]"):
        build_ledger(READ, frame(1, 3, 4), no_findings())


def test_a_user_that_was_never_read_is_a_defect():
    with pytest.raises(AccountingError):
        build_ledger(READ, frame(1, 2, 3, 4, 5), no_findings())


def test_source_keys_are_carried():
    keys = pd.Series(["k1", "k2", "k3", "k4"], index=READ)
    ledger = build_ledger(READ, frame(1, 2, 3, 4), no_findings(), source_key=keys)
    assert ledger["source_key"].tolist() == ["k1", "k2", "k3", "k4"]


def test_a_source_without_rows_has_an_empty_ledger():
    ledger = build_ledger(source_rows(0), frame(), no_findings())
    assert len(ledger) == 0
    check_accounting(ledger, frame())

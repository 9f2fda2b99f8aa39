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


@pytest.mark.parametrize("rows", [(1, 2, 3, 4, 5), (1, 2, 3, 5), (1, 2, 3, 3)])
def test_a_user_that_was_never_read_or_goes_out_twice_is_a_defect(rows):
    with pytest.raises(AccountingError, match="4 read"):
        build_ledger(READ, frame(*rows), no_findings())


@pytest.mark.parametrize(
    ("ledger", "users"),
    [
        (["kept", "absorbed"], [1, 2]),  # more go out than were kept
        (["kept", "kept"], [1]),  # fewer go out than were kept
        (["kept", "lost"], [1]),
    ],
)
def test_what_does_not_add_up_is_refused(ledger, users):
    told = pd.DataFrame({"disposition": ledger}, index=source_rows(len(ledger)))
    with pytest.raises(AccountingError, match=f"2 read.*{len(users)} users"):
        check_accounting(told, frame(*users))


def test_two_entries_for_one_row_are_refused():
    told = pd.DataFrame({"disposition": ["kept", "kept"]}, index=pd.Index([1, 1], name="source_row"))
    with pytest.raises(AccountingError):
        check_accounting(told, frame(1, 1))


@pytest.mark.parametrize("nobody", [None, 99])
def test_a_finding_on_the_source_or_on_another_row_rejects_nobody(nobody):
    about = make_findings([nobody], field="email", code="line_unreadable", effect="rejected")
    ledger = build_ledger(READ, frame(1, 2, 3), collect_findings([about, absorbed(4, 1)]))
    assert ledger["disposition"].tolist() == ["kept", "kept", "kept", "absorbed"]
    assert ledger["codes"].tolist() == ["", "", "", "duplicate_email"]


@st.composite
def fates(draw):
    """What is said of each of some rows: kept, rejected, or the earlier row that it is absorbed into."""
    rows = range(1, draw(st.integers(1, 12)) + 1)
    return {row: draw(st.sampled_from(["kept", "rejected", *range(1, row)])) for row in rows}


@given(fates(), st.randoms(use_true_random=False))
def test_every_row_ends_as_the_last_row_of_its_chain(fate, random):
    told = [
        absorbed(row, said) if isinstance(said, int) else make_findings([row], field="email", code="no_identifier")
        for row, said in fate.items()
        if said != "kept"
    ]
    random.shuffle(told)
    kept = [row for row, said in fate.items() if said == "kept"]
    ledger = build_ledger(source_rows(len(fate)), frame(*kept), collect_findings(told))
    for row in fate:
        end = row
        while isinstance(fate[end], int):
            end = fate[end]
        expected = "absorbed" if end != row and fate[end] == "kept" else fate[end]
        assert ledger.loc[row, "disposition"] == expected
        assert ledger["survivor_row"].dropna().get(row) == (end if expected == "absorbed" else None)
        assert ("survivor_rejected" in ledger.loc[row, "codes"]) == (end != row and fate[end] == "rejected")


def test_source_keys_are_carried():
    keys = pd.Series(["k1", "k2", "k3", "k4"], index=READ)
    ledger = build_ledger(READ, frame(1, 2, 3, 4), no_findings(), source_key=keys)
    assert ledger["source_key"].tolist() == ["k1", "k2", "k3", "k4"]


def test_a_source_without_rows_has_an_empty_ledger():
    ledger = build_ledger(source_rows(0), frame(), no_findings())
    assert len(ledger) == 0
    check_accounting(ledger, frame())

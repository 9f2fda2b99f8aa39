import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.catalogue import CODES
from passage_kit.errors import AccountingError
from passage_kit.findings import (
    COLUMNS,
    build_ledger,
    check_accounting,
    collect_findings,
    count_findings,
    into_row,
    make_findings,
    no_findings,
)
from passage_kit.frames import source_rows


def absorbed(row: int, survivor: int) -> pd.DataFrame:
    return make_findings([row], field="email", code="duplicate_email", detail=into_row([survivor]))


def test_findings_are_made_by_columns():
    found = make_findings(
        [3, 1], field=["email", "phone"], code=["email_invalid", "phone_fixed_line"], value=["x", None]
    )
    assert tuple(found.columns) == COLUMNS
    assert found["effect"].tolist() == ["withheld", "warning"]
    assert found["value"].isna().tolist() == [False, True]


def test_an_effect_can_be_set_as_strictness_does():
    assert make_findings([1], field="email", code="email_invalid", effect="rejected")["effect"].item() == "rejected"


def test_a_code_outside_the_catalogue_is_refused():
    with pytest.raises(KeyError, match="email_wrong"):
        make_findings([1], field="email", code="email_wrong")


def test_a_finding_may_speak_of_the_whole_source():
    assert make_findings([None], field="X", code="column_not_stored")["source_row"].isna().all()


def test_no_findings_has_the_columns_and_types_of_some():
    some = make_findings([1], field="email", code="email_invalid")
    assert no_findings().dtypes.equals(some.dtypes)
    assert collect_findings([]).dtypes.equals(some.dtypes)


class TestLedger:
    read = source_rows(4)

    def frame(self, *rows: int) -> pd.DataFrame:
        return pd.DataFrame(index=pd.Index(rows, name="source_row"))

    def test_every_row_has_one_disposition(self):
        found = collect_findings([absorbed(2, 1), make_findings([4], field="email", code="no_identifier")])
        ledger = build_ledger(self.read, self.frame(1, 3), found)
        assert ledger["disposition"].tolist() == ["kept", "absorbed", "kept", "rejected"]
        assert ledger["survivor_row"].tolist()[1] == 1
        assert ledger["survivor_row"].notna().sum() == 1

    def test_codes_are_listed_once_in_the_order_found(self):
        found = make_findings(
            [1, 1, 1], field="email", code=["email_normalized", "email_domain_typo", "email_normalized"]
        )
        assert build_ledger(self.read, self.frame(1, 2, 3, 4), found)["codes"].tolist() == [
            "email_normalized email_domain_typo", "", "", "",
        ]  # fmt: skip

    @given(
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["email_normalized", "email_domain_typo", "corrected"])))
    )
    def test_codes_of_rows_in_whatever_order_they_were_found(self, said):
        found = make_findings([row for row, _ in said], field="email", code=[code for _, code in said])
        codes = build_ledger(self.read, self.frame(1, 2, 3, 4), found)["codes"]
        assert codes.tolist() == [" ".join(dict.fromkeys(code for at, code in said if at == row)) for row in self.read]

    def test_a_row_absorbed_into_a_rejected_row_is_rejected_with_it(self):
        found = collect_findings([absorbed(2, 1), make_findings([1], field="plan", code="required_missing")])
        ledger = build_ledger(self.read, self.frame(3, 4), found)
        assert ledger.loc[[1, 2], "disposition"].tolist() == ["rejected", "rejected"]
        assert "survivor_rejected" in ledger.loc[2, "codes"]
        assert ledger["survivor_row"].isna().all()

    def test_a_survivor_that_was_absorbed_later_hands_its_rows_on(self):
        found = collect_findings([absorbed(3, 2), absorbed(2, 1)])
        ledger = build_ledger(self.read, self.frame(1, 4), found)
        assert ledger.loc[[2, 3], "survivor_row"].tolist() == [1, 1]

    def test_a_row_that_vanished_is_a_defect(self):
        with pytest.raises(AccountingError, match=r"begin with \[2\]"):
            build_ledger(self.read, self.frame(1, 3, 4), no_findings())

    def test_a_user_that_was_never_read_is_a_defect(self):
        with pytest.raises(AccountingError):
            build_ledger(self.read, self.frame(1, 2, 3, 4, 5), no_findings())

    def test_source_keys_are_carried(self):
        keys = pd.Series(["k1", "k2", "k3", "k4"], index=self.read)
        ledger = build_ledger(self.read, self.frame(1, 2, 3, 4), no_findings(), source_key=keys)
        assert ledger["source_key"].tolist() == ["k1", "k2", "k3", "k4"]

    def test_a_source_without_rows_has_an_empty_ledger(self):
        ledger = build_ledger(source_rows(0), self.frame(), no_findings())
        assert len(ledger) == 0
        check_accounting(ledger, self.frame())


class TestCounting:
    def test_codes_are_counted_by_effect_in_the_order_of_the_catalogue(self):
        found = collect_findings(
            [
                make_findings([1], field="phone", code="phone_invalid"),
                make_findings([1, 2], field="email", code="email_invalid"),
                make_findings([3], field="email", code="email_invalid", effect="rejected"),
            ]
        )
        counts = count_findings(found)
        assert counts[["code", "effect", "findings"]].to_numpy().tolist() == [
            ["email_invalid", "rejected", 1],
            ["email_invalid", "withheld", 2],
            ["phone_invalid", "withheld", 1],
        ]
        assert counts["next_step"].iloc[0] == CODES["email_invalid"].next_step

    def test_nothing_found_is_an_empty_table(self):
        assert list(count_findings(no_findings()).columns) == ["code", "effect", "findings", "meaning", "next_step"]
        assert count_findings(no_findings()).empty

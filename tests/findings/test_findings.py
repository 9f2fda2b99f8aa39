import pytest

from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import (
    COLUMNS,
    collect_findings,
    count_findings,
    make_findings,
    no_findings,
)


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

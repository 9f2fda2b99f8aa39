"""Each value of a page tells what stands there, what is found about it and what can be done; long ones are cut."""

import pandas as pd
import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import count_findings
from passage_kit.preparation.rules import Judgment
from passage_kit.widgets.described_rows import LONGEST_SHOWN
from passage_kit.widgets.described_values import describe_counts, describe_values, suggest_addresses
from passage_kit.workspace.corrections import correct, no_corrections
from passage_kit.workspace.plan import Plan

USERS = users_frame(
    {
        "email": ["ann@gmial.com", "bo@", "cy@example.org", "c" * (LONGEST_SHOWN + 1)],
        "phone": [None, "+1 415 555 2671", None, "+1 415 555 2672"],
    }
)


@pytest.fixture(scope="module")
def corrections() -> pd.DataFrame:
    return correct(no_corrections(), [3], "email", "cy.new@example.org", users=USERS)


@pytest.fixture(scope="module")
def judgment(corrections) -> Judgment:
    return Judgment.of(USERS, Plan(), corrections=corrections)


def test_a_value_tells_what_stands_there_and_what_stood_there(judgment, corrections):
    typo, corrected = describe_values(judgment, [(1, "email"), (3, "email")], corrections)
    assert typo | {"verdicts": []} == {
        **{"row": 1, "field": "email", "value": "ann@gmial.com", "editable": True, "alike": 1, "was": "ann@gmial.com"},
        **{
            "label": "Email",
            "corrected": False,
            "person": "ann@gmial.com",
            "suggestion": "ann@gmail.com",
            "verdicts": [],
        },
    }
    assert [verdict["code"] for verdict in typo["verdicts"]] == ["email_domain_typo"]
    assert (corrected["value"], corrected["was"]) == ("cy.new@example.org", "cy@example.org")
    assert corrected["corrected"]
    assert [verdict["effect"] for verdict in corrected["verdicts"]] == ["good"]


def test_a_long_value_is_cut_and_not_edited_here(judgment, corrections):
    [long] = describe_values(judgment, [(4, "email")], corrections)
    assert long["value"] == "c" * LONGEST_SHOWN + "…"
    assert not long["editable"]


@pytest.mark.parametrize(("row", "field"), [(2, None), (2, "city"), (99, "email")])
def test_what_is_no_cell_has_no_value(judgment, corrections, row, field):
    [item] = describe_values(judgment, [(row, field)], corrections)
    assert (item["value"], item["editable"], "was" in item) == (None, False, False)


def test_only_addresses_with_a_typing_error_get_another_one(judgment):
    assert suggest_addresses(judgment, [1, 2, 3]) == {1: "ann@gmail.com"}


def test_each_kind_of_findings_is_told_with_its_next_step(judgment):
    kinds = {kind["code"]: kind for kind in describe_counts(count_findings(judgment.findings))}
    assert kinds["email_domain_typo"]["findings"] == 1
    assert kinds["email_domain_typo"]["next_step"]

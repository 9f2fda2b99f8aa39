"""Judging: as a run does for all rows, and again for the rows that were corrected."""

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.preparation.rules import Judgment, apply_rules
from passage_kit.workspace.corrections import correct
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan

SCHEMA = MetadataSchema(
    [MetadataField("born", type="date"), MetadataField("vip", type="boolean"), MetadataField("name", registration=True)]
)
PLAN = Plan(schema=SCHEMA, options=Options(default_region="US"))
USERS = users_frame(
    {
        "email": ["ann@gmial.com", "bo@", "cy@example.org", "Dee@example.org", None],
        "phone": ["(415) 555-2671", None, "12", None, None],
        "born": ["31/01/1980", "03/04/1981", "soon", None, None],
        "vip": ["yes", "perhaps", None, "0", None],
        "name": ["Ann", "Bo", "Cy", "Dee", "Eve"],
    }
)
NONE = pd.DataFrame({"source_row": [], "field": [], "value": [], "note": []})


def told(findings: pd.DataFrame, row: int) -> set[tuple[str, str]]:
    own = findings[findings["source_row"] == row]
    return set(zip(own["field"], own["code"], strict=True))


def test_a_run_finds_what_judging_finds():
    users, findings = apply_rules(USERS, PLAN)
    prepared = pk.prepare(USERS, plan=PLAN, mapping={name: name for name in USERS})
    pd.testing.assert_frame_equal(users, prepared.users, check_index_type=False)
    assert sorted(findings["code"]) == sorted(prepared.findings["code"])


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("row", "field", "value", "codes"),
    [
        (2, "email", "bo@example.org", {("born", "value_normalized"), ("vip", "boolean_invalid")}),
        (2, "vip", "no", {("email", "email_invalid"), ("email", "no_identifier"), ("born", "value_normalized"),
                          ("vip", "value_normalized")}),
        (3, "phone", "415 555 2672", {("phone", "phone_normalized"), ("born", "date_invalid")}),
        (3, "born", "01/02/1990", {("phone", "phone_invalid"), ("born", "value_normalized")}),
        (4, "name", None, {("email", "email_normalized"), ("vip", "value_normalized"), ("name", "required_missing")}),
        (5, "email", "ann@gmial.com", {("email", "email_domain_typo")}),
    ],
)  # fmt: skip
def test_a_corrected_row_is_judged_by_itself_as_with_all(row, field, value, codes):
    judgment = Judgment.of(USERS, PLAN, corrections=NONE)
    fixes = correct(NONE, [row], field, value)
    judgment.renew(pd.Index([row]), fixes)
    assert told(judgment.findings, row) == codes
    whole = Judgment.of(USERS, PLAN, corrections=fixes)
    alone = {entry for entry in told(whole.findings, row) if entry[1] not in ("duplicate_email", "conflicting_value")}
    assert told(judgment.findings, row) == alone
    pd.testing.assert_frame_equal(judgment.corrected, whole.corrected)
    judgment.renew(pd.Index([row]), NONE)
    pd.testing.assert_frame_equal(judgment.corrected, USERS)
    assert told(judgment.findings, row) == told(Judgment.of(USERS, PLAN, corrections=NONE).findings, row)


def test_other_rows_are_left_alone():
    judgment = Judgment.of(USERS, PLAN, corrections=NONE)
    before = judgment.findings
    judgment.renew(pd.Index([2, 99]), correct(NONE, [2, 99], "email", "bo@example.org"))
    others = [entry[entry["source_row"] != 2].reset_index(drop=True) for entry in (before, judgment.findings)]
    pd.testing.assert_frame_equal(*others)
    assert USERS.loc[2, "email"] == "bo@"


def test_an_address_on_many_rows_is_a_placeholder_for_one_more():
    crowd = users_frame({"email": ["info@example.org"] * 19 + ["ann@example.org"], "phone": [None] * 20})
    judgment = Judgment.of(crowd, Plan(), corrections=NONE)
    judgment.renew(pd.Index([20]), correct(NONE, [20], "email", "info@example.org"))
    assert ("email", "email_placeholder") in told(judgment.findings, 20)


def test_rows_that_get_the_same_address_are_not_without_one():
    judgment = Judgment.of(USERS, PLAN, corrections=NONE)
    judgment.renew(pd.Index([2, 5]), correct(NONE, [2, 5], "email", "cy@example.org"))
    assert not judgment.findings["code"].eq("no_identifier").any()


def test_fields_that_are_not_mapped_are_missing():
    users = USERS.drop(columns=["name", "born"])
    judgment = Judgment.of(users, PLAN, corrections=NONE)
    judgment.renew(pd.Index([1]), correct(NONE, [1], "vip", "no"))
    assert ("name", "required_missing") in told(judgment.findings, 1)


def test_digits_of_a_corrected_row_are_read_as_the_whole_column_shows():
    """A phone that has two readings alone is a number of the country among others that are."""
    emails = [f"user{at}@example.org" for at in range(5)]
    phones = ["x", "4155552671", "6505551234", "9195551234", "2125550101"]
    users = users_frame({"email": emails, "phone": phones})
    plan = Plan(options=Options(default_region="US"))
    judgment = Judgment.of(users, plan, corrections=NONE)
    fixes = correct(NONE, [1], "phone", "2015550123")
    judgment.renew(users.index[:1], fixes)
    assert told(judgment.findings, 1) == told(Judgment.of(users, plan, corrections=fixes).findings, 1)
    assert told(judgment.findings, 1) == {("phone", "phone_normalized")}

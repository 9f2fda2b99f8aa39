"""Steps that change values: each change has a finding, no row is lost, and a plan repeats them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns import spooled_frames
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import MappingError
from passage_kit.findings.findings import describe_findings
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.mapping.value_steps import apply_value_steps, follow_steps, reaches
from passage_kit.workspace.plan import Plan

PEOPLE = {
    "Mail": ["ann@example.org", "bo@example.org", "cy@example.org", "dee@example.org"],
    "Land": ["BRD", " BRD ", "France", None],
    "Aktiv": ["actif", "inactif", "actif", ""],
    "Name": ["Ann Lee", "Lee, Bo", "Cy", None],
    "Umsatz": ["1.250", "90", "2.000.000", "many"],
    "Geboren": ["03.04.1980", "31.12.1975", "1980-01-02", "soon"],
}


@pytest.fixture
def raw():
    return users_frame(PEOPLE)


def values(frame: pd.DataFrame, name: str) -> list[str | None]:
    return [None if pd.isna(value) else value for value in frame[name].tolist()]


@pytest.mark.parametrize(
    ("column", "do", "how", "after", "rows"),
    [
        ("Land", "map", {"values": {"BRD": "Germany"}}, ["Germany", "Germany", "France", None], [1, 2]),
        ("Land", "map", {"values": {"BRD": ""}}, [None, None, "France", None], [1, 2]),
        ("Land", "replace", {"find": "R", "put": "x"}, ["BxD", " BxD ", "France", None], [1, 2]),
        ("Land", "replace", {"find": "^F.*", "pattern": True}, ["BRD", " BRD ", None, None], [3]),
        ("Name", "replace", {"find": r"(\w+), (\w+)", "put": r"\2 \1", "pattern": True},
         ["Ann Lee", "Bo Lee", "Cy", None], [2]),
        ("Aktiv", "case", {"to": "upper"}, ["ACTIF", "INACTIF", "ACTIF", None], [1, 2, 3]),
        ("Aktiv", "case", {"to": "title"}, ["Actif", "Inactif", "Actif", None], [1, 2, 3]),
        ("Umsatz", "number", {"thousands": "."}, ["1250", "90", "2000000", "many"], [1, 3]),
        ("Geboren", "date", {"order": "DMY"}, ["1980-04-03", "1975-12-31", "1980-01-02", "soon"], [1, 2]),
        ("Geboren", "date", {"order": "MDY"}, ["1980-03-04", "31.12.1975", "1980-01-02", "soon"], [1]),
        ("Land", "country", {}, ["BRD", " BRD ", "FR", None], [3]),
    ],
)  # fmt: skip
def test_a_step_changes_values_and_says_each(raw, column, do, how, after, rows):
    before = raw.copy()
    changed, findings = apply_value_steps(raw, [ValueStep(column, do, how)])
    assert values(changed, column) == after
    pd.testing.assert_frame_equal(raw, before)
    pd.testing.assert_frame_equal(changed.drop(columns=column), raw.drop(columns=column))
    of_rows = findings[findings["code"] == "changed_by_step"]
    assert of_rows["source_row"].tolist() == rows
    assert of_rows["value"].tolist() == raw.loc[rows, column].tolist()
    assert of_rows["argument"].fillna("").tolist() == [value or "" for value in changed.loc[rows, column].fillna("")]
    [said] = findings.loc[findings["code"] == "step_applied", "argument"]
    assert said.endswith(f", {len(rows)} row{'s' if len(rows) > 1 else ''}")
    assert set(findings["effect"]) == {"changed"}


def test_bare_numbers_become_the_days_that_excel_counts():
    raw = users_frame({"Geboren": ["45123", " 45123.5 ", "03.04.1980", "1980-01-02", "1704067200"]})
    changed, _ = apply_value_steps(raw, [ValueStep("Geboren", "date", {"order": "excel"})])
    assert values(changed, "Geboren") == ["2023-07-16", "2023-07-16", "03.04.1980", "1980-01-02", "1704067200"]


@pytest.mark.parametrize(
    ("how", "first", "last", "whole"),
    [
        ({}, ["Ann", "Lee,", "Cy", None], ["Lee", "Bo", None, None], [3]),
        ({"separator": ","}, ["Ann Lee", "Lee", "Cy", None], [None, "Bo", None, None], [1, 3]),
        ({"separator": " ", "at": "first"}, ["Ann", "Lee,", "Cy", None], ["Lee", "Bo", None, None], [3]),
    ],
)
def test_a_name_is_split_and_one_that_cannot_be_is_said(raw, how, first, last, whole):
    step = ValueStep("Name", "split", {"into": ["A", "B"], **how})
    changed, findings = apply_value_steps(raw, [step])
    assert (values(changed, "A"), values(changed, "B")) == (first, last)
    assert values(changed, "Name") == values(raw, "Name")
    assert findings.loc[findings["code"] == "value_not_split", "source_row"].tolist() == whole


@pytest.mark.parametrize(("at", "first"), [("first", "Ludwig"), ("last", "Ludwig van")])
def test_a_split_is_at_the_first_or_the_last_separator(at, first):
    raw = users_frame({"Name": ["Ludwig van\u00a0 Beethoven"]})
    changed, _ = apply_value_steps(raw, [ValueStep("Name", "split", {"into": ["A", "B"], "at": at})])
    assert values(changed, "A") == [first]


def test_a_column_may_be_split_into_itself(raw):
    changed, findings = apply_value_steps(raw, [ValueStep("Name", "split", {"into": ["Name", "Last"]})])
    assert values(changed, "Name") == ["Ann", "Lee,", "Cy", None]
    assert findings["code"].value_counts().to_dict() == {
        "step_applied": 1, "changed_by_step": 2, "value_not_split": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "do", "how"),
    [
        ("Name", "split", {"into": ["First", "Last"]}),
        ("Name", "case", {"to": "upper"}),
        ("Name", "number", {"thousands": "."}),
    ],
)
def test_long_texts_go_through_a_step_in_parts(column, do, how, monkeypatch):
    names = ["Ann Lee", "Bo", None, "Ann Lee", "Cid Day Ray", "Bo", ""]
    raw = users_frame({"Name": names})
    step = ValueStep(column, do, how)
    whole, said = apply_value_steps(raw, [step])
    monkeypatch.setattr(spooled_frames, "LARGEST_PART", 20)
    parts, of_parts = apply_value_steps(raw, [step])
    pd.testing.assert_frame_equal(parts, whole)
    pd.testing.assert_frame_equal(of_parts, said)


def test_columns_are_joined_without_blanks_and_words_for_nothing():
    raw = users_frame({"A": ["Ann", "\\N", None], "B": ["Lee", "Ray", None]})
    step = ValueStep("A", "join", {"others": ["B"], "into": "Name"})
    changed, findings = apply_value_steps(raw, [step])
    assert values(changed, "Name") == ["Ann Lee", "Ray", None]
    assert describe_findings(findings)["detail"].tolist() == ["column A: columns joined, 2 rows"]


def test_steps_follow_each_other_and_one_finding_says_the_whole_change(raw):
    steps = [
        ValueStep("Land", "map", {"values": {"BRD": "Germany"}}),
        ValueStep("Land", "country"),
        ValueStep("Land", "case", {"to": "lower"}, off=True),
    ]
    changed, findings = apply_value_steps(raw, steps)
    assert values(changed, "Land") == ["DE", "DE", "FR", None]
    assert findings.loc[findings["code"] == "changed_by_step", "argument"].tolist() == ["DE", "DE", "FR"]
    assert findings["code"].eq("step_applied").sum() == 2
    assert [result.touched for result in follow_steps(raw, steps)] == [2, 3, 0]


def test_a_step_without_its_column_or_without_an_effect_is_said(raw):
    steps = [ValueStep("Pays", "country"), ValueStep("Land", "map", {"values": {"DDR": "Germany"}})]
    changed, findings = apply_value_steps(raw, steps)
    pd.testing.assert_frame_equal(changed, raw)
    assert findings["code"].tolist() == ["step_unused"] * 2
    assert describe_findings(findings)["detail"].tolist() == [
        "column Pays: there is no column 'Pays'",
        "column Land: values mapped in no row",
    ]


def test_no_column_is_overwritten(raw):
    with pytest.raises(MappingError, match="there is one already"):
        apply_value_steps(raw, [ValueStep("Name", "split", {"into": ["Land", "B"]})])


def test_reached_columns_go_through_steps_that_are_on():
    steps = [
        ValueStep("Name", "split", {"into": ["A", "B"]}),
        ValueStep("A", "join", {"others": ["C"], "into": "D"}),
        ValueStep("E", "join", {"others": ["F"], "into": "G"}, off=True),
    ]
    assert reaches(steps, ["D", "G"]) == {"D", "G", "A", "C", "Name"}


class TestARun:
    STEPS = (
        ValueStep("Land", "map", {"values": {"BRD": "Germany"}}),
        ValueStep("Aktiv", "map", {"values": {"actif": "yes", "inactif": "no"}}),
        ValueStep("Name", "split", {"into": ["Vorname", "Nachname"]}),
        ValueStep("Umsatz", "number", {"thousands": "."}),
    )
    SCHEMA = pk.MetadataSchema(
        [
            pk.MetadataField("aktiv", type="boolean"),
            pk.MetadataField("nachname"),
            pk.MetadataField("umsatz", type="integer"),
        ]
    )

    def test_a_saved_plan_applies_the_same_steps(self, raw, tmp_path):
        path = tmp_path / "users.csv"
        raw.to_csv(path, index=False)
        plan = Plan(str(path), schema=self.SCHEMA, steps=self.STEPS)
        plan.save(tmp_path / "plan.toml")
        assert Plan.load(tmp_path / "plan.toml").steps == self.STEPS
        prepared = pk.prepare(plan=tmp_path / "plan.toml", out=tmp_path / "m")
        assert prepared.users["aktiv"].tolist()[:3] == [True, False, True]
        assert prepared.users["umsatz"].tolist()[:3] == [1250, 90, 2_000_000]
        assert prepared.users["nachname"].tolist()[:2] == ["Lee", "Bo"]
        assert prepared.mapping["region"].names == ("Land",)
        again = pk.prepare(plan=tmp_path / "m" / "plan.toml", out=tmp_path / "n")
        assert again.plan.steps == self.STEPS
        same = (tmp_path / "m" / "out" / "console_import.csv").read_bytes()
        assert (tmp_path / "n" / "out" / "console_import.csv").read_bytes() == same

    def test_every_row_is_accounted_for_and_rejected_rows_are_as_they_came(self, raw):
        raw.loc[4, "Mail"] = "dee@"
        prepared = pk.prepare(raw, plan=Plan(schema=self.SCHEMA, steps=self.STEPS))
        assert len(prepared.ledger) == 4
        assert prepared.rejected_rows.loc[4, list(raw)].fillna("").tolist() == raw.loc[4].fillna("").tolist()
        unstored = prepared.findings.loc[prepared.findings["code"] == "column_not_stored", "field"].tolist()
        assert unstored == ["Geboren", "Vorname"]  # the name is stored, in part

    def test_a_run_without_steps_is_as_before(self, raw):
        one, other = pk.prepare(raw), pk.prepare(raw, plan=Plan(steps=(ValueStep("Land", "country", off=True),)))
        pd.testing.assert_frame_equal(one.findings, other.findings)
        pd.testing.assert_frame_equal(one.users, other.users)


CELLS = st.lists(st.sampled_from([None, " ", "BRD", "Ann Lee", "1.250", "ÉTÉ", "a, b", "03.04.1980"]), min_size=1)
STEPS = st.lists(
    st.sampled_from(
        [
            ValueStep("it", "map", {"values": {"BRD": "", "Ann Lee": "x y"}}),
            ValueStep("it", "replace", {"find": "a", "put": ""}),
            ValueStep("it", "case", {"to": "lower"}),
            ValueStep("it", "number", {"thousands": "."}),
            ValueStep("it", "date", {"order": "MDY"}),
            ValueStep("it", "country"),
        ]
    )
)


@given(cells=CELLS, steps=STEPS)
def test_every_change_and_nothing_else_has_a_finding(cells, steps):
    raw = users_frame({"it": cells})
    changed, findings = apply_value_steps(raw, steps)
    assert changed.index.equals(raw.index)
    was, now = raw["it"].fillna("<blank>"), changed["it"].fillna("<blank>")
    rows = findings.loc[findings["code"] == "changed_by_step", "source_row"].tolist()
    assert rows == raw.index[np.asarray(was != now)].tolist()
    assert findings["source_row"].isna().sum() == len(steps)

"""Rows that go on with the person above, and rows that are persons of their own."""

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.mapping.continued_rows import rows_going_on
from passage_kit.mapping.mapped_users import apply_mapping
from passage_kit.mapping.mapping import FieldMapping

ADA = ("17", "ada@example.org", "Ada", "2024-01-31", "1 First St", "New York", "+1 212 555 0101")
NAMES = ("id", "email", "name", "since", "street", "city", "phone")
MAPPING = FieldMapping({"email": "email", "phone": "phone", "source_key": "id"})


def found(*rows, names=NAMES, mapping=MAPPING, index=None):
    raw = users_frame(dict(zip(names, zip(*rows, strict=True), strict=True)))
    if index is not None:
        raw.index = pd.Index(index, name="source_row")
    said = rows_going_on(raw, apply_mapping(raw, mapping), mapping)
    return dict(zip(said["source_row"], said["code"], strict=True))


def row(**cells):
    return tuple(cells.get(name) for name in NAMES)


def test_a_second_address_goes_on_with_the_person_above():
    second = row(street="2 Second St", city="Boston", phone="+1 617 555 0102")
    assert found(ADA, second, second) == {2: "row_goes_on", 3: "row_goes_on"}


@pytest.mark.parametrize(
    "cells",
    [
        {"email": "bo@example.org", "street": "3 Third St", "city": "Chicago"},
        {"id": "18", "street": "3 Third St", "city": "Chicago"},
        {"phone": "+1 312 555 0103"},
        {"city": "Chicago", "phone": "+1 312 555 0103"},
        {"name": "Bo", "street": "3 Third St", "city": "Chicago", "phone": "+1 312 555 0103"},
    ],
)
def test_a_person_of_its_own_is_none(cells):
    assert found(ADA, row(**cells)) == {}


def test_in_doubt_it_is_said():
    other = row(since="2024-02-01", street="3 Third St", city="Chicago", phone="+1 312 555 0103")
    assert found(ADA, other) == {2: "row_may_go_on"}
    few = ("email", "name", "street", "city", "phone")
    mapping = FieldMapping({"email": "email", "phone": "phone"})
    rows = ("a@example.org", "Ada", "1 First St", "Ulm", None), (None, None, "2 Second St", "Bonn", "+1 617 555 0102")
    assert found(*rows, names=few, mapping=mapping) == {2: "row_may_go_on"}


def test_nothing_stands_above_the_first_row_of_a_list_but_above_that_of_a_part():
    second = row(street="2 Second St", city="Boston", phone="+1 617 555 0102")
    assert found(second, ADA) == {}
    assert found(second, ADA, index=[7, 8]) == {7: "row_goes_on"}


def test_each_part_of_a_list_is_judged_as_the_whole():
    rows = [row(street="2 Second St", city="Boston", phone="+1 617 555 0102")] * 3 + [ADA]
    parts = [found(each, index=[at]) for at, each in enumerate(rows, 1)]
    of_parts = {at: code for part in parts for at, code in part.items()}
    assert found(*rows) == of_parts == dict.fromkeys((2, 3), "row_goes_on")


def test_a_list_without_names_and_keys_leaves_nobody_out():
    """A person whose phone and address are known may be one of such a list: nothing shows that the row lacks a name."""
    names = ("address", "city", "phone", "email", "newsletter", "tags", "notes")
    rows = (
        ("1 First St", "Ulm", "+1 212 555 0101", "ada@example.org", "yes", "a", "b"),
        ("2 Second St", "Bonn", "+1 212 555 0102", None, None, None, None),
    )
    mapping = FieldMapping({"email": "email", "phone": "phone"})
    assert found(*rows, names=names, mapping=mapping) == {2: "row_may_go_on"}


def test_a_list_by_phones_alone_has_no_such_rows():
    rows = [(f"{at} First St", "Ulm", f"+1 212 555 010{at}") for at in range(3)]
    assert found(*rows, names=("street", "city", "phone"), mapping=FieldMapping({"phone": "phone"})) == {}


def test_a_run_accounts_for_them_and_a_correction_makes_a_person_of_one(tmp_path):
    lines = [",".join(NAMES), ",".join(ADA), ",,,,2 Second St,Boston,+1 617 555 0102"]
    (tmp_path / "customers.csv").write_text("\n".join(lines), encoding="utf-8")
    workspace = pk.Workspace(tmp_path / "workspace")
    prepared = pk.prepare(tmp_path / "customers.csv", out=workspace)
    assert prepared.users["phone"].to_list() == ["+12125550101"]
    assert prepared.ledger["disposition"].to_list() == ["kept", "rejected"]
    assert prepared.funnel.adds_up
    rejected = pd.read_csv(tmp_path / "workspace" / "out" / "rejected_rows.csv", dtype=str)
    assert rejected["city"].to_list() == ["Boston"]
    for fix in ("source_key,,18", "phone,+1 617 555 0102,+16175550102"):
        text = f"source_row,source_key,field,was,value,note\n2,,{fix},\n"
        (tmp_path / "workspace" / "corrections.csv").write_text(text, encoding="utf-8")
        prepared = pk.prepare(plan=workspace.plan_path, out=workspace)
        assert prepared.users["phone"].to_list() == ["+12125550101", "+16175550102"]

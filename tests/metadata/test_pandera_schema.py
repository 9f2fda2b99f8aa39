"""The last gate: the pandera schema of the fields, and what becomes of rows that do not pass it."""

from __future__ import annotations

import datetime as dt
import pickle
import subprocess
import sys
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from passage_kit.columns.users_frame import BOOLEAN, DATE, INTEGER, TEXT, users_frame
from passage_kit.errors import OptionError
from passage_kit.findings.findings import describe_findings
from passage_kit.findings.ledger import build_ledger
from passage_kit.metadata.column_checks import pass_all
from passage_kit.metadata.failed_rows import pandera_failures, reject_incomplete
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.pandera_schema import build_schema, validate_users

ANNA, BEN, CARA = "anna@example.org", "ben@example.org", "cara@example.org"
ONE, TWO, THREE = "+14155550101", "+14155550102", "+14155550103"
NO_FIELDS = MetadataSchema()

SCHEMA = MetadataSchema([
    MetadataField("name", max_length=5, required=True), MetadataField("plan", choices=("free", "pro")),
    MetadataField("code", pattern=r"[A-Z]\d+"), MetadataField("vip", type="boolean"),
    MetadataField("logins", type="integer"), MetadataField("born", type="date"), MetadataField("boss", type="email"),
    MetadataField("tel", type="phone"),
])  # fmt: skip

CHECKS = build_schema(SCHEMA)


def people(*rows: tuple[str | None, str | None], **columns: list[str | None]) -> pd.DataFrame:
    """Users of (email, phone) pairs, then other columns."""
    return users_frame({"email": [row[0] for row in rows], "phone": [row[1] for row in rows], **columns})


def said(findings: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Row, field, code, effect and detail of the findings."""
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in describe_findings(findings)[["source_row", "field", "code", "effect", "detail"]].itertuples(
            index=False
        )
    ]


def one_user(**values: Any) -> pd.DataFrame:
    """One valid typed user, but for the values given."""
    typed, findings = validate_users(
        people((ANNA, ONE), name=["Anna"], plan=["pro"], code=["A1"], vip=["true"], logins=["1"], born=["1980-02-29"]),
        SCHEMA,
    )
    assert findings.empty
    return typed.assign(**{name: pd.array([value], dtype=typed[name].dtype) for name, value in values.items()})


ONE_USER = one_user()


def typed_value(name: str, *values: str | int | bool | dt.date | None) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(name), st.sampled_from(values))


CHANGES = st.lists(
    st.one_of(
        typed_value("email", ANNA, BEN, "Anna@example.org", "anna", None), typed_value("phone", ONE, TWO, "12", None),
        typed_value("name", "Anna", "Annabel"), typed_value("plan", "pro", "Pro", None),
        typed_value("code", "A1", "a1", None), typed_value("boss", BEN, "nobody", None),
        typed_value("tel", TWO, "12", None), typed_value("vip", True, None),
    ),
    max_size=2,
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_the_kit_passes_what_pandera_passes(changes: list[list[tuple[str, Any]]]) -> None:
    fresh = [{"email": f"user{at}@example.org", "phone": f"+1415555013{at}"} for at in range(len(changes))]
    typed = [ONE_USER.assign(**{**values, **dict(change)}) for values, change in zip(fresh, changes, strict=True)]
    users = pd.concat(typed).astype(ONE_USER.dtypes)
    users.index = pd.Index(range(1, len(users) + 1), name="source_row")
    complete, _ = reject_incomplete(users, SCHEMA)
    assert pass_all(complete, SCHEMA) == pandera_failures(complete, CHECKS).empty


def test_pandera_is_not_loaded_for_users_who_pass() -> None:
    script = f"""
import sys
from passage_kit import MetadataField, MetadataSchema, validate_users
from passage_kit.columns.users_frame import users_frame
users = users_frame({{"email": [{ANNA!r}]}})
assert len(validate_users(users, MetadataSchema([MetadataField("plan")]))[0]) == 1
print("pandera" in sys.modules)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"


# The pandera schema


def test_a_valid_user_passes() -> None:
    build_schema(SCHEMA).validate(one_user(), lazy=True)
    build_schema(SCHEMA).validate(one_user(phone=None, plan=None, code=None, vip=None, logins=None, born=None))


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"email": "Anna@example.org"}, "normal form"),
        ({"email": "anna"}, "normal form"),
        ({"email": "anna@localhost"}, "normal form"),
        ({"phone": "4155550101"}, "normal form"),
        ({"phone": "+0155550101"}, "normal form"),
        ({"phone": "+123456789012345678901"}, "normal form"),
        ({"phone": "+1 4155550101"}, "normal form"),
        ({"email": None, "phone": None}, "email or phone"),
        ({"name": "Annabel"}, "max_length"),
        ({"name": None}, "not_nullable"),
        ({"plan": "Pro"}, "choices"),
        ({"code": "A1x"}, "pattern"),
        ({"boss": "nobody"}, "normal form"),
        ({"tel": "12"}, "normal form"),
    ],
)
def test_a_broken_rule_fails(values: dict[str, Any], check: str) -> None:
    with pytest.raises(SchemaErrors) as caught:
        build_schema(SCHEMA).validate(one_user(**values), lazy=True)
    assert set(caught.value.failure_cases["check"]) == {check}


def test_a_repetition_is_found_wherever_its_rows_are() -> None:
    chunks = [["ann@example.org", "somebody.with.a.long.name@mail.example.org"], ["ann@example.org", "bo@x.org"]]
    users = users_frame({"email": [""] * 4, "phone": [""] * 4})
    users["email"] = pd.Series(pd.arrays.ArrowExtensionArray(arrow.chunked_array(chunks)), index=users.index)
    typed, findings = validate_users(users, MetadataSchema())
    assert typed.index.tolist() == [1, 2, 4]
    assert findings[["source_row", "code"]].to_numpy().tolist() == [[3, "check_failed"]]


def test_the_number_of_a_row_is_unique() -> None:
    users = users_frame({"email": ["a@example.org", "b@example.org"], "phone": [None, None]})
    twice = users.set_axis(pd.Index([7, 7], name="source_row"))
    with pytest.raises(SchemaErrors) as caught:
        build_schema(MetadataSchema()).validate(twice, lazy=True)
    assert caught.value.failure_cases[["schema_context", "check"]].to_numpy().tolist() == [["Index", "unique"]]


def test_identifiers_are_unique_but_blanks_are_not() -> None:
    schema = build_schema(NO_FIELDS)
    schema.validate(people((ANNA, None), (BEN, None), (None, ONE), (None, TWO)))
    for twice in (people((ANNA, None), (ANNA, ONE)), people((ANNA, ONE), (BEN, ONE))):
        with pytest.raises(SchemaErrors) as caught:
            schema.validate(twice, lazy=True)
        assert caught.value.failure_cases[["check", "index"]].to_numpy().tolist() == [["unique", 2]]


def test_types_and_index_are_checked() -> None:
    schema = build_schema(SCHEMA)
    user = one_user()
    for wrong in (user.assign(logins=user["logins"].astype(TEXT)), user.rename_axis("row"), pd.concat([user, user])):
        with pytest.raises(SchemaErrors):
            schema.validate(wrong, lazy=True)
    schema.validate(user.assign(source_key=TEXT.na_value))


def test_schema_prints_and_pickles() -> None:
    schema = build_schema(SCHEMA)
    printed = str(schema)
    assert all(name in printed for name in ("email", "phone", "date32[day][pyarrow]", "email or phone", "source_row"))
    assert schema.columns["born"].description == "Born"
    pickle.loads(pickle.dumps(schema)).validate(one_user())  # noqa: S301 - our own bytes


# Typing


def test_columns_are_typed_and_in_order() -> None:
    users = people((ANNA, ONE), (BEN, None), source_key=["7", "8"], born=["31/01/1980", None], name=[" Anna", "Ben"],
                   vip=["yes", "0"], logins=["0042", "7.0"])  # fmt: skip
    typed, findings = validate_users(users[["source_key", "born", "email", "vip", "name", "phone", "logins"]], SCHEMA)
    assert typed.columns.tolist() == ["email", "phone", *SCHEMA.columns, "source_key"]
    assert typed.dtypes.tolist() == [TEXT, TEXT, TEXT, TEXT, TEXT, BOOLEAN, INTEGER, DATE, TEXT, TEXT, TEXT]
    assert typed.loc[1, ["name", "vip", "logins", "born"]].tolist() == ["Anna", True, 42, dt.date(1980, 1, 31)]
    assert typed.loc[2, ["vip", "logins"]].tolist() == [False, 7]
    assert typed[["plan", "tel"]].isna().all(axis=None)
    assert set(findings["code"]) == {"value_normalized"}


def test_validating_twice_changes_nothing() -> None:
    users = people(
        (ANNA, ONE),
        (BEN, None),
        name=["Anna", "Ben"],
        vip=["yes", "?"],
        logins=["1", None],
        born=["1/2/24", "2024-1-31"],
    )
    typed, _ = validate_users(users, SCHEMA)
    again, findings = validate_users(typed, SCHEMA)
    pd.testing.assert_frame_equal(again, typed)
    assert findings.empty


def test_input_is_not_changed() -> None:
    users = people((ANNA, "12"), (None, None), name=["Anna", "  "], vip=["yes", "?"])
    before = users.copy()
    validate_users(users, SCHEMA, strict=True)
    pd.testing.assert_frame_equal(users, before)


def test_missing_identifier_columns_count_as_blank() -> None:
    typed, findings = validate_users(users_frame({"phone": [ONE, None]}), NO_FIELDS)
    assert typed.index.tolist() == [1]
    assert typed["email"].isna().all()
    assert said(findings) == [(2, "email", "no_identifier", "rejected", None)]


def test_empty_frame() -> None:
    typed, findings = validate_users(people(), SCHEMA)
    assert typed.shape == (0, 2 + len(SCHEMA))
    assert findings.empty


# Rows that leave


def test_row_without_identifier_is_rejected() -> None:
    typed, findings = validate_users(people((None, None), ("  ", "\u00a0"), (ANNA, None), (None, ONE)), NO_FIELDS)
    assert typed.index.tolist() == [3, 4]
    assert said(findings) == [(row, "email", "no_identifier", "rejected", None) for row in (1, 2)]


def test_each_missing_required_field_is_said() -> None:
    schema = MetadataSchema([MetadataField("name", required=True), MetadataField("age", type="integer", required=True)])
    users = people(
        (ANNA, None), (BEN, None), (None, None), (CARA, None), name=["Anna", None, None, " "], age=["1", "x", None, "4"]
    )
    typed, findings = validate_users(users, schema)
    assert typed.index.tolist() == [1]
    assert sorted(said(findings[findings["effect"] == "rejected"]), key=str) == [
        (2, "age", "required_missing", "rejected", None),
        (2, "name", "required_missing", "rejected", None),
        (3, "age", "required_missing", "rejected", None),
        (3, "email", "no_identifier", "rejected", None),
        (3, "name", "required_missing", "rejected", None),
        (4, "name", "required_missing", "rejected", None),
    ]
    assert validate_users(users, schema.optional())[0].index.tolist() == [1, 2, 4]


def test_required_field_without_a_column_rejects_everybody() -> None:
    typed, findings = validate_users(people((ANNA, None), (BEN, None)), SCHEMA)
    assert typed.empty
    assert set(findings["code"]) == {"required_missing"}


def test_identifier_not_in_normal_form_is_withheld_and_its_row_goes_on() -> None:
    typed, findings = validate_users(people((ANNA, "555-0101"), ("Ben@Example.org", None)), NO_FIELDS)
    assert typed.index.tolist() == [1]
    assert typed["phone"].isna().all()
    assert [(row, code, effect) for row, _, code, effect, _ in said(findings)] == [
        (2, "email_invalid", "withheld"), (1, "phone_invalid", "withheld"), (2, "no_identifier", "rejected"),
    ]  # fmt: skip


def test_strict_rejects_instead_of_withholding() -> None:
    users = people((ANNA, "555-0101"), (BEN, None), (CARA, None), vip=["yes", "?", "no"])
    typed, findings = validate_users(users, MetadataSchema([MetadataField("vip", type="boolean")]), strict=True)
    assert typed.index.tolist() == [3]
    assert set(findings["effect"]) == {"changed", "rejected"}
    assert set(findings.loc[findings["effect"] == "rejected", "code"]) == {"phone_invalid", "boolean_invalid"}


def test_no_two_users_share_an_identifier() -> None:
    users = people((ANNA, ONE), (BEN, None), (ANNA, TWO), (CARA, TWO), (None, ONE), (None, None))
    typed, findings = validate_users(users, NO_FIELDS)
    assert typed.index.tolist() == [1, 2, 4]  # row 4 keeps its phone: row 3, which had it first, is out
    assert said(findings) == [
        (6, "email", "no_identifier", "rejected", None),
        (3, "email", "check_failed", "rejected", "the email is on row 1 too"),
        (5, "phone", "check_failed", "rejected", "the phone is on row 1 too"),
    ]


def test_repeated_source_rows_are_refused() -> None:
    users = people((ANNA, None), (BEN, None)).set_axis(pd.Index([1, 1], name="source_row"))
    with pytest.raises(OptionError, match="numbers of the source rows are not unique"):
        validate_users(users, NO_FIELDS)


# Checks of the user's own


def extended(**columns: pa.Column) -> pa.DataFrameSchema:
    return build_schema(MetadataSchema([MetadataField("plan"), MetadataField("logins", type="integer")])).add_columns(
        columns
    )


def test_own_check_of_a_column_rejects_its_rows() -> None:
    schema = extended().update_column("logins", checks=pa.Check.lt(100, name="fewer than 100"))
    users = people((ANNA, None), (BEN, None), (CARA, None), logins=["1", "100", "many"])
    typed, findings = validate_users(users, schema)
    assert typed.index.tolist() == [1, 3]
    assert said(findings) == [
        (3, "logins", "integer_invalid", "withheld", None),
        (2, "logins", "check_failed", "rejected", "fewer than 100"),
    ]
    assert findings["value"].tolist() == ["many", "100"]


def test_own_check_of_the_frame_rejects_each_row_once() -> None:
    schema = extended()
    schema.checks.append(
        pa.Check(lambda users: users["phone"].notna() | (users["plan"] == "free"), name="paying have phones")
    )
    users = people((ANNA, None), (BEN, ONE), (CARA, None), plan=["pro", "pro", "free"])
    typed, findings = validate_users(users, schema)
    assert typed.index.tolist() == [2, 3]
    assert said(findings) == [(1, None, "check_failed", "rejected", "paying have phones")]


def test_own_rules_of_pandera_itself() -> None:
    schema = extended(source_key=pa.Column(TEXT, nullable=False, unique=True))
    users = people((ANNA, None), (BEN, None), (CARA, None), ("d@example.org", None), source_key=["1", None, "2", "2"])
    typed, findings = validate_users(users, schema)
    assert typed.index.tolist() == [1]
    assert {(row, code) for row, _, code, _, _ in said(findings)} == {(row, "check_failed") for row in (2, 3, 4)}


def test_row_does_not_make_way_for_one_that_fails() -> None:
    schema = extended().update_column("plan", checks=pa.Check.ne("gone"))
    users = people((ANNA, None), (ANNA, None), (ANNA, ONE), plan=["gone", "gone", "pro"])
    typed, findings = validate_users(users, schema)
    assert typed.index.tolist() == [3]
    assert sorted(findings["source_row"]) == [1, 2]
    ledger = build_ledger(users.index, typed, findings)
    assert ledger["disposition"].tolist() == ["rejected", "rejected", "kept"]


def test_schema_that_drops_rows_in_silence_does_not() -> None:
    schema = extended().update_column("plan", checks=pa.Check.ne("gone"))
    schema.drop_invalid_rows = True
    typed, findings = validate_users(people((ANNA, None), (BEN, None), plan=["gone", "pro"]), schema)
    assert typed.index.tolist() == [2]
    assert findings["source_row"].tolist() == [1]
    assert schema.drop_invalid_rows


def test_field_taken_out_of_the_schema_is_left_as_it_is() -> None:
    typed, _ = validate_users(people((ANNA, None), logins=["0042"]), extended().remove_columns(["logins"]))
    assert typed["logins"].tolist() == ["0042"]


@pytest.mark.parametrize(
    "column",
    [
        pa.Column(TEXT),
        pa.Column(checks=pa.Check(lambda values: False, name="whole"), required=False),
        pa.Column(checks=pa.Check(lambda values: values["absent"], name="broken"), required=False),
    ],
)
def test_check_that_names_no_rows_is_a_broken_call(column: pa.Column) -> None:
    name = "region" if column.required else "source_key"
    with pytest.raises(OptionError, match="fails for the whole frame") as caught:
        validate_users(people((ANNA, None), source_key=["secret"]), extended(**{name: column}))
    assert "secret" not in str(caught.value)


# Any frame

SOME_USERS = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from([None, ANNA, BEN, CARA, "Dora@example.org", "x"]),
            "phone": st.sampled_from([None, ONE, TWO, THREE, "12"]),
            "name": st.sampled_from([None, "Anna", "Annabel", " Ben "]),
            "vip": st.sampled_from([None, "yes", "?", "false"]),
            "logins": st.sampled_from([None, "1", "4.2", "0042"]),
            "born": st.sampled_from([None, "1980-02-29", "31/01/1980", "01/02/1980", "12/31/1980", "soon"]),
        }
    ),
    max_size=12,
)


@pytest.mark.slow
@given(SOME_USERS, st.booleans())
def test_what_comes_out_passes_and_what_does_not_is_said(rows: list[dict[str, str | None]], strict: bool) -> None:
    names = ("email", "phone", "name", "vip", "logins", "born")
    users = users_frame({name: [row[name] for row in rows] for name in names})
    typed, findings = validate_users(users, SCHEMA, strict=strict)
    CHECKS.validate(typed, lazy=True)
    build_ledger(users.index, typed, findings)
    rejected = set(findings.loc[findings["effect"] == "rejected", "source_row"])
    assert rejected == set(users.index) - set(typed.index)
    again, nothing = validate_users(typed, SCHEMA, strict=strict)
    pd.testing.assert_frame_equal(again, typed)
    assert nothing.empty

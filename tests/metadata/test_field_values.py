"""Metadata values: one canonical text per type, every change said, every bad value withheld with one finding."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import TEXT, arrow, users_frame
from passage_kit.errors import OptionError
from passage_kit.metadata.field_values import BOOLEAN_WORDS, normalize_values
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField


def normalized(texts: list[str | None], options: dict[str, Any] | None = None, **rules: Any) -> list[str | None]:
    """The texts as values of one field; a bad one is its code in angle brackets."""
    users, findings = one_column(texts, options, **rules)
    bad = findings[findings["effect"] == "withheld"].set_index("source_row")["code"]
    return [
        f"<{bad[row]}>" if row in bad.index else None if pd.isna(value) else value for row, value in users["x"].items()
    ]


def one_column(
    texts: list[str | None], options: dict[str, Any] | None = None, **rules: Any
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return normalize_values(users_frame({"x": texts}), MetadataSchema([MetadataField("x", **rules)]), **(options or {}))


# Booleans


def test_booleans_in_any_case() -> None:
    yes = ["Yes", "TRUE", "1", "y", "On", "T", "1.0", "\u00a0yes "]
    no = ["No", "False", "0", "N", "off", "f", "0.0"]
    assert normalized(yes, type="boolean") == ["true"] * len(yes)
    assert normalized(no, type="boolean") == ["false"] * len(no)


@pytest.mark.parametrize("text", ["maybe", "2", "10", "yes!", "ye", "-1", "1.5", "truefalse", "ja"])
def test_what_is_no_boolean(text: str) -> None:
    assert normalized([text], type="boolean") == ["<boolean_invalid>"]


def test_own_words() -> None:
    options = {"words": {" Ja": True, "nein": False, "2": False}}
    assert normalized(["JA", "Nein", "2", "no", "oui"], options, type="boolean") == [
        "true", "false", "false", "false", "<boolean_invalid>",
    ]  # fmt: skip


def test_own_words_come_before_the_usual_ones() -> None:
    assert normalized(["0", "1"], {"words": {"0": True, "1": False}}, type="boolean") == ["true", "false"]


@pytest.mark.parametrize("words", [{"TRUE": False}, {"false": True}, {"ja": "yes"}, {"ja": 1}])
def test_own_words_that_cannot_be(words: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="boolean words"):
        one_column(["yes"], {"words": words}, type="boolean")


# Integers


def test_integers() -> None:
    texts = ["42", "+42", "-7", "0042", "42.0", "42.00", "-0", "000", " 5 ", "-007.0"]
    assert normalized(texts, type="integer") == ["42", "42", "-7", "42", "42", "42", "0", "0", "5", "-7"]


@pytest.mark.parametrize(
    "text",
    [
        "4.2",
        "42.",
        ".0",
        "1E+3",
        "1,000",
        "1.000,0",
        "1 000",
        "0x1F",
        "1_000",
        "--1",
        "+-1",
        "- 1",
        "12a",
        "٣",
        "½",
        "1\n2",
    ],
)
def test_what_is_no_integer(text: str) -> None:
    assert normalized([text], type="integer") == ["<integer_invalid>"]


def test_integers_of_64_bits() -> None:
    edges = [2**63 - 1, -(2**63), 10**18, 2**63, -(2**63) - 1, 10**19, 10**30]
    bad = "<integer_invalid>"
    assert normalized([str(edge) for edge in edges], type="integer") == [*map(str, edges[:3]), bad, bad, bad, bad]
    assert normalized(["0" * 40 + "7", "+9223372036854775807.0"], type="integer") == ["7", str(2**63 - 1)]


@pytest.mark.parametrize(
    ("separator", "text"),
    [(",", "1,234,567"), (".", "1.234.567"), (" ", "1 234 567"), (" ", "1\u202f234\u00a0567"), ("'", "1'234’567")],
)
def test_thousands_only_when_asked(separator: str, text: str) -> None:
    options = {"thousands": separator}
    assert normalized([text, f"-{text}", "1234567"], options, type="integer") == ["1234567", "-1234567", "1234567"]
    assert normalized([text], type="integer") == ["<integer_invalid>"]


@pytest.mark.parametrize("text", ["12,34", "1234,567", ",123", "1,,234", "1,234,", "1,2345", "1.234,567", "0,12"])
def test_thousands_are_grouped_strictly(text: str) -> None:
    assert normalized([text], {"thousands": ","}, type="integer") == ["<integer_invalid>"]


def test_decimal_mark_follows_the_thousands_separator() -> None:
    assert normalized(["1,000.00", "42.0"], {"thousands": ","}, type="integer") == ["1000", "42"]
    assert normalized(["1.000,00", "1.000", "42,0", "42.0"], {"thousands": "."}, type="integer") == [
        "1000", "1000", "42", "<integer_invalid>",
    ]  # fmt: skip


def test_unknown_thousands_separator() -> None:
    with pytest.raises(OptionError, match="thousands"):
        one_column(["1"], {"thousands": "_"}, type="integer")


@given(st.from_regex(re.compile(r"\A ?[+-]?[0-9]{1,20} ?\Z")))
def test_same_integers_as_int(text: str) -> None:
    number = int(text)
    expected = str(number) if -(2**63) <= number < 2**63 else "<integer_invalid>"
    assert normalized([text], type="integer") == [expected]


# Dates (their shapes: test_dates)


def test_dates() -> None:
    texts = ["2024-01-31", "31/01/2024", "02/03/2024", "2024-01-31T10:00:00Z", "2024-02-30", None]
    assert normalized(texts, type="date") == [
        "2024-01-31", "2024-01-31", "2024-03-02", "2024-01-31", "<date_invalid>", None,
    ]  # fmt: skip


def test_ambiguous_dates_say_both_readings() -> None:
    users, findings = one_column(["02/03/2024", "03/03/2024", "2/3/24"], type="date")
    assert users["x"].tolist() == [pd.NA, "2024-03-03", pd.NA]
    ambiguous = findings[findings["code"] == "date_ambiguous"]
    assert ambiguous["argument"].tolist() == ["2024-03-02 or 2024-02-03", "a year of two digits"]


def test_date_options() -> None:
    assert normalized(["02/03/2024"], {"date_order": "MDY"}, type="date") == ["2024-02-03"]
    assert normalized(["45322"], {"numeric_dates": "excel"}, type="date") == ["2024-01-31"]
    assert normalized(["45322"], type="date") == ["<date_invalid>"]


@pytest.mark.parametrize("options", [{"date_order": "dmy"}, {"numeric_dates": "unix"}])
def test_unknown_date_option_is_said_even_without_dates(options: dict[str, str]) -> None:
    with pytest.raises(OptionError, match="expected one of"):
        one_column(["x"], options)


# Strings


def test_strings_are_trimmed_at_their_ends_only() -> None:
    texts = ["\u200b Anna\u00a0Maria\u3000\ufeff", "00123", "NULL", "  ", "\u200b"]
    users, findings = one_column(texts)
    assert users["x"].tolist() == ["Anna\u00a0Maria", "00123", "NULL", pd.NA, pd.NA]
    assert findings[["source_row", "code", "argument"]].to_numpy().tolist() == [
        [1, "value_normalized", "Anna\u00a0Maria"]
    ]


def test_max_length_counts_characters() -> None:
    assert normalized(["äöü🎈", "abcde", " abcd "], max_length=4) == ["äöü🎈", "<value_too_long>", "abcd"]


def test_pattern_matches_the_whole_value_as_python_does() -> None:
    assert normalized(["AB12", "AB123", "xAB12", " AB12\n"], pattern=r"[A-Z]{2}\d{2}") == [
        "AB12", "<value_pattern>", "<value_pattern>", "AB12",
    ]  # fmt: skip
    assert normalized(["José", "a-b"], pattern=r"\w+") == ["José", "<value_pattern>"]
    assert normalized(["aXa", "aXb"], pattern="aXa|bXb") == ["aXa", "<value_pattern>"]
    assert normalized(["", None, "b"], pattern="a") == [None, None, "<value_pattern>"]


def test_choices() -> None:
    assert normalized(["free", "FREE", "Pro ", "trial"], choices=("free", "Pro")) == [
        "free", "free", "Pro", "<value_not_allowed>",
    ]  # fmt: skip
    assert normalized(["STRASSE"], choices=("Straße",)) == ["Straße"]


def test_choices_that_differ_by_case_only_are_taken_exactly() -> None:
    assert normalized(["a", "A", "B", "b"], choices=("a", "A", "B")) == ["a", "A", "B", "B"]
    assert normalized(["É", "é"], choices=("é", "É")) == ["É", "é"]
    assert normalized(["STRASSE"], choices=("strasse", "Straße")) == ["<value_not_allowed>"]


def test_one_finding_for_a_value_that_breaks_several_rules() -> None:
    rules = {"max_length": 2, "pattern": "[a-z]+", "choices": ("ab", "abc", "12")}
    assert normalized(["AB", "ABC", "12", "XYZ"], **rules) == [
        "ab", "<value_too_long>", "<value_pattern>", "<value_not_allowed>",
    ]  # fmt: skip


# Emails and phones


def test_email_fields_follow_the_identifier_rules() -> None:
    users, findings = one_column(["Anna <Anna@Example.org>", "anna@", "n/a", None, "ben@example.org"], type="email")
    assert users["x"].tolist() == ["anna@example.org", pd.NA, pd.NA, pd.NA, "ben@example.org"]
    said = findings[["source_row", "field", "code", "effect"]].to_numpy().tolist()
    assert said[0] == [1, "x", "email_normalized", "changed"]
    assert [row[0] for row in said] == [1, 2, 3]
    assert {row[3] for row in said[1:]} == {"withheld"}


def test_email_field_may_hold_one_address_on_many_rows() -> None:
    assert normalized(["boss@example.org"] * 200, type="email") == ["boss@example.org"] * 200


def test_phone_fields_follow_the_identifier_rules() -> None:
    users = users_frame({
        "user_metadata.phone": ["(415) 555-2671", "+49 30 901820", "030 901820", "12", None],
        "region": ["US", None, "Germany", "US", "US"],
    })  # fmt: skip
    schema = MetadataSchema([MetadataField("phone", type="phone")])
    normal, findings = normalize_values(users, schema)
    column = normal["user_metadata.phone"]
    assert column.tolist() == ["+14155552671", "+4930901820", "+4930901820", pd.NA, pd.NA]
    assert set(findings["field"]) == {"user_metadata.phone"}
    assert set(findings["effect"]) == {"changed", "withheld"}  # no warning that no text message reaches an office
    assert findings.loc[findings["effect"] == "withheld", "source_row"].tolist() == [4]


def test_default_region_of_phone_fields() -> None:
    assert normalized(["415 555 2671"], {"default_region": "US"}, type="phone") == ["+14155552671"]
    assert normalized(["415 555 2671"], type="phone") == ["<phone_no_region>"]


# The frame


SCHEMA = MetadataSchema([
    MetadataField("vip", type="boolean"), MetadataField("logins", type="integer"), MetadataField("born", type="date"),
    MetadataField("plan", choices=("free", "pro")), MetadataField("boss", type="email"),
    MetadataField("tel", type="phone"),
])  # fmt: skip


def test_fields_without_a_column_are_passed_over() -> None:
    users = users_frame({"email": ["Anna@Example.org"], "vip": ["yes"]})
    normal, findings = normalize_values(users, SCHEMA)
    assert normal.columns.tolist() == ["email", "vip"]
    assert normal.iloc[0].tolist() == ["Anna@Example.org", "true"]
    assert findings[["source_row", "field", "value", "code", "effect", "argument"]].to_numpy().tolist() == [
        [1, "vip", "yes", "value_normalized", "changed", "true"]
    ]


def test_strict_rejects_the_row() -> None:
    users = users_frame({"vip": ["maybe", "yes", "no"], "logins": ["1", "4.2", "3"], "tel": ["12", None, None]})
    normal, findings = normalize_values(users, SCHEMA, strict=True, default_region="US")
    assert normal.index.tolist() == [3]
    rejected = findings[findings["effect"] == "rejected"]
    assert sorted(zip(rejected["source_row"], rejected["field"], strict=True)) == [
        (1, "tel"),
        (1, "vip"),
        (2, "logins"),
    ]


def test_input_is_not_changed() -> None:
    users = users_frame({"vip": ["yes", "maybe"], "tel": ["12", None]})
    before = users.copy()
    normalize_values(users, SCHEMA, strict=True, default_region="US")
    pd.testing.assert_frame_equal(users, before)


def test_empty_frame_and_empty_schema() -> None:
    users = users_frame({field.column: [] for field in SCHEMA})
    normal, findings = normalize_values(users, SCHEMA)
    assert normal.shape == users.shape
    assert findings.empty
    assert normalize_values(users_frame({"vip": ["?"]}), MetadataSchema())[0].shape == (1, 1)


CELLS = {
    "vip": st.sampled_from([*BOOLEAN_WORDS, "YES", "ja", "2", "true "]),
    "logins": st.from_regex(r"\A[+-]?[0-9]{1,3}([,.][0-9]{1,3})?\Z"),
    "born": st.one_of(
        st.from_regex(r"\A[0-3]?[0-9][/.][0-3]?[0-9]/(20)?[0-2][0-9]\Z"),
        st.from_regex(r"\A20[0-2][0-9]-[01][0-9]-[0-3][0-9]\Z")
    ),
    "plan": st.sampled_from(["free", "FREE", "Pro", "gold"]),
    "boss": st.sampled_from(["Anna@Example.org", "anna@example.org", "x@", "a@example.org,b@example.org", "n/a"]),
    "tel": st.sampled_from(["(415) 555-2671", "+14155552671", "12", "0000000000", "+49 30 901820", "1.41555E+10"]),
}  # fmt: skip
MESSY = st.lists(
    st.fixed_dictionaries({name: st.one_of(st.none(), cells, st.text(max_size=5)) for name, cells in CELLS.items()}),
    max_size=8,
)


@pytest.mark.slow
@given(MESSY, st.sampled_from([{}, {"date_order": "DMY"}, {"thousands": ","}, {"numeric_dates": "excel"}]))
def test_null_if_and_only_if_blank_or_withheld_and_nothing_twice(
    rows: list[dict[str, str | None]], options: dict[str, Any]
) -> None:
    users = users_frame({name: [row[name] for row in rows] for name in CELLS})
    normal, findings = normalize_values(users, SCHEMA, default_region="US", **options)
    assert normal.index.equals(users.index)
    assert not findings.duplicated(["source_row", "field"]).any()
    effects = dict(zip(zip(findings["source_row"], findings["field"], strict=True), findings["effect"], strict=True))
    for name in CELLS:
        assert normal[name].dtype == TEXT
        cells = (arrow(frame[name]).to_pylist() for frame in (users, normal))
        for row, before, after in zip(users.index, *cells, strict=True):
            effect = effects.get((row, name))
            assert (effect == "changed") == (None not in (before, after) and before != after)
            if before is not None and after is None:
                assert effect == "withheld" or is_blank_text(before)
            else:
                assert effect != "withheld"
    again, nothing = normalize_values(normal, SCHEMA, default_region="US", **options)
    pd.testing.assert_frame_equal(again, normal)
    assert nothing.empty


def is_blank_text(text: str) -> bool:
    """Nothing but spaces, characters without a shape, and what a spreadsheet puts around a text."""
    around = " \"'`´‘’‚‛“”„=\u180e"
    return all(letter.isspace() or letter in around or unicodedata.category(letter) == "Cf" for letter in text)


def test_a_time_means_yes_where_the_whole_column_is_times():
    schema = MetadataSchema([MetadataField("verified", type="boolean")])
    users, findings = normalize_values(users_frame({"verified": ["2024-01-05 10:00:00", None, "2024-02-01"]}), schema)
    assert users["verified"].to_list() == ["true", "false", "true"]
    whole = findings[findings["code"] == "boolean_from_moment"]
    assert whole[["field", "argument"]].to_numpy().tolist() == [["verified", "1"]]
    again, none = normalize_values(users, schema)
    assert again.equals(users)
    assert none.empty
    mixed, _ = normalize_values(users_frame({"verified": ["2024-01-05", "no", None]}), schema)
    assert [None if pd.isna(value) else value for value in mixed["verified"]] == [None, "false", None]


def test_epochs_become_dates_and_a_day_without_a_year_is_said():
    schema = MetadataSchema([MetadataField("born", type="date")])
    users, findings = normalize_values(users_frame({"born": ["1704067200000", None, "1704326400000"]}), schema)
    assert users["born"].dropna().to_list() == ["2024-01-01", "2024-01-04"]
    assert findings.loc[findings["source_row"].isna(), ["code", "argument"]].to_numpy().tolist() == [
        ["date_from_epoch", "milliseconds since 1970, and 0 as no date"]
    ]
    users, findings = normalize_values(users_frame({"born": ["133512345678901234", "0"]}), schema)
    assert users["born"].fillna("").to_list() == ["2024-02-01", ""]
    assert findings["code"].to_list() == ["date_from_epoch", "value_normalized"]
    _, findings = normalize_values(users_frame({"born": ["--03-15", "15.3.", "soon"]}), schema)
    assert findings["code"].to_list() == ["date_without_year", "date_without_year", "date_invalid"]

"""Phones: every rule both ways, the renderings of numbers whose E.164 is known, and the library as the judge."""

import random
import re
from itertools import pairwise

import pandas as pd
import phonenumbers
import pytest
from hostile_phones import hostile_phones
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.errors import OptionError
from passage_kit.findings.catalogue import CODES
from passage_kit.identifiers.phones.phones import normalize_phones

CHANGED = {code for code in CODES if code.startswith("phone_") and CODES[code].effect == "changed"}
WITHHELD = {code for code in CODES if code.startswith("phone_") and CODES[code].effect == "withheld"}


def judge(value, region=None, default=None):
    """Number and codes of one cell."""
    users = users_frame({"phone": [value], "region": [region]})
    phones, findings = normalize_phones(users["phone"], region=users["region"], default_region=default)
    return (None if phones.isna()[1] else phones[1]), findings["code"].to_list()


# --- renderings: E.164 known by construction; numbers set apart for fiction where the country has any ---

COUNTRIES = {
    "US": ("+1", "201 555 0123", ""),
    "GB": ("+44", "7400 123456", "0"),
    "DE": ("+49", "1522 8817386", "0"),
    "FR": ("+33", "6 12 34 56 70", "0"),
    "IT": ("+39", "347 555 0199", ""),
    "ES": ("+34", "612 34 56 70", ""),
    "NL": ("+31", "6 12345670", "0"),
    "AT": ("+43", "664 1234560", "0"),
    "CH": ("+41", "78 123 45 60", "0"),
    "SE": ("+46", "70 174 06 05", "0"),
    "PL": ("+48", "512 345 670", ""),
    "NO": ("+47", "406 12 345", ""),
    "BR": ("+55", "11 96123 4560", "0"),
    "MX": ("+52", "222 123 4560", ""),
    "IN": ("+91", "81234 56780", "0"),
    "JP": ("+81", "90 1234 5670", "0"),
    "AU": ("+61", "491 570 156", "0"),
    "ZA": ("+27", "71 123 4560", "0"),
}
FULL_WIDTH = str.maketrans("+0123456789", "＋０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

# {code} as +49, {digits} of the code, {number} without trunk prefix, {trunk}, {area} and {rest} of the number.
INTERNATIONAL = {
    "spaces": "{code} {number}",
    "a space after the plus": "+ {digits} {number}",
    "trunk prefix in parentheses": "{code} ({trunk}){number}",
    "trunk prefix apart": "{code} ({trunk}) {number}",
    "00": "00{digits}{number}",
    "00 and spaces": "00 {digits} {number}",
    "00 in parentheses": "(00{digits}) {number}",
    "code in parentheses": "({code}) {number}",
    "area in parentheses": "{code} ({area}) {rest}",
    "area and slash": "{code} {area}/{rest}",
    "00, area and slash": "00{digits}{area}/{rest}",
    "tel:": "tel:{code}{number}",
    "TEL: and a space": "TEL: {code} {number}",
    "a label": "Phone: {code} {number}",
    "an apostrophe": "'{code} {number}",
    "a formula": '="{code} {number}"',
    "marks of direction": "\u202a{code} {number}\u202c",
    "isolates": "\u2066{code} {number}\u2069\u200e",
    "zero-width spaces": "\ufeff{code}\u200b{number}\u200b",
    "spaces around": " \u00a0{code} {number}\t\n",
    "twice": "{code} {number} / {code} {number}",
}
NATIONAL = {
    "spaces": "{trunk}{number}",
    "area in parentheses": "({trunk}{area}) {rest}",
    "area and slash": "{trunk}{area} / {rest}",
    "trunk prefix lost": "{number}",
    "an apostrophe": "'{trunk}{number}",
    "a label": "Mobile {trunk}{number}",
    "in both forms": "{trunk}{number} or {code} {number}",
    "in both forms, in parentheses": "{trunk}{number} ({code} {number})",
}
# What a writer does to the spaces and digits of any of them.
HABITS = {
    "as it is": lambda text: text,
    "digits only": lambda text: text.replace(" ", ""),
    "dots": lambda text: text.replace(" ", "."),
    "dashes": lambda text: text.replace(" ", "-"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "narrow no-break spaces": lambda text: text.replace(" ", "\u202f"),
    "ideographic spaces": lambda text: text.replace(" ", "\u3000"),
    "non-breaking hyphens": lambda text: text.replace(" ", "\u2011"),
    "en dashes": lambda text: text.replace(" ", "–"),
    "minus signs": lambda text: text.replace(" ", "−"),
    "full-width": lambda text: text.translate(FULL_WIDTH),
    "Arabic-Indic": lambda text: text.translate(ARABIC),
    "Persian": lambda text: text.translate(PERSIAN),
}


def write(form, region):
    code, number, trunk = COUNTRIES[region]
    area, _, rest = number.partition(" ")
    return form.format(code=code, digits=code[1:], number=number, trunk=trunk, area=area, rest=rest)


def e164(region):
    code, number, _ = COUNTRIES[region]
    return f"{code}{number}".replace(" ", "")


def rendered(forms, region, *, habits=HABITS):
    """Every form in every habit, by name; a form with ``(0)`` only where there is a trunk prefix."""
    return {
        f"{name}, {habit}": change(write(form, region))
        for name, form in forms.items()
        if COUNTRIES[region][2] or "({trunk})" not in form
        for habit, change in habits.items()
        if (not (name == "twice" and habit == "digits only") and "both forms" not in name) or habit == "as it is"
    }


@pytest.mark.few(13)
@pytest.mark.parametrize("region", COUNTRIES)
@pytest.mark.parametrize("beside", ["its own", "none", "another"])
def test_an_international_rendering_needs_no_region(region, beside):
    texts = rendered(INTERNATIONAL, region)
    other = "SE" if region == "NO" else "NO"  # both dial 00
    users = users_frame({"phone": list(texts.values())})
    phones, findings = normalize_phones(
        users["phone"], default_region={"its own": region, "none": None, "another": other}[beside]
    )
    assert dict(zip(texts, phones, strict=True)) == dict.fromkeys(texts, e164(region))
    assert (findings["effect"] == "changed").sum() == sum(text != e164(region) for text in texts.values())


# Where the digits alone have two readings, another number of the country decides for the column.
DECIDES = {"US": "4155552671", "DE": "17512345678"}


@pytest.mark.few(4)
@pytest.mark.parametrize("region", COUNTRIES)
def test_a_national_rendering_has_the_region_of_its_row(region):
    texts = rendered(NATIONAL, region)
    cells = [*texts.values(), DECIDES.get(region)]
    users = users_frame({"phone": cells, "region": [region] * len(cells)})
    phones, findings = normalize_phones(users["phone"], region=users["region"], default_region="US")
    assert dict(zip(texts, phones[:-1], strict=True)) == dict.fromkeys(texts, e164(region))
    changed = findings[findings["effect"].eq("changed") & findings["source_row"].ne(len(cells))]
    assert changed["code"].unique().tolist() == ["phone_normalized"]
    assert changed["argument"].unique().tolist() == [e164(region)]


@pytest.mark.parametrize("region", COUNTRIES)
def test_a_number_in_e164_is_left_alone(region):
    number, codes = judge(e164(region), region)
    assert number == e164(region)
    assert not CHANGED & set(codes)


# --- the region of a number ---


def test_the_row_goes_before_the_default_and_the_number_before_both():
    assert judge("07400 123456", "GB", "US") == ("+447400123456", ["phone_normalized"])
    assert judge("(201) 555-0123", None, "US") == ("+12015550123", ["phone_normalized"])
    assert judge("(201) 555-0123", "n/a", "US") == ("+12015550123", ["phone_normalized"])
    assert judge("+1 201 555 0123", "GB", "DE") == ("+12015550123", ["phone_normalized"])
    assert judge("(615) 555-0123", "GB", "US") == (None, ["phone_invalid"])


@pytest.mark.parametrize("cell", ["United Kingdom", "UK", "gbr", "Great Britain"])
def test_the_region_of_a_row_may_be_a_name(cell):
    assert judge("07400 123456", cell)[0] == "+447400123456"


def test_a_number_without_region_is_withheld():
    assert judge("07400 123456") == (None, ["phone_no_region"])
    assert judge("07400 123456", "-") == (None, ["phone_no_region"])
    assert judge("call me") == (None, ["phone_invalid"])


def test_a_region_that_is_not_understood_is_never_overruled():
    assert judge("(201) 555-0123", "Atlantis", "US") == (None, ["phone_no_region", "region_unknown"])
    assert judge("+12015550123", "Atlantis", "US") == ("+12015550123", ["region_unknown"])
    assert judge("001 201 555 0123", "Atlantis") == ("+12015550123", ["phone_international_prefix", "region_unknown"])
    assert judge(None, "Atlantis", "US") == (None, [])


def test_the_finding_on_a_region_is_about_the_region():
    users = users_frame({"mobile": ["+12015550123"], "land": ["Atlantis"]})
    _, findings = normalize_phones(users["mobile"], region=users["land"])
    assert findings[["source_row", "field", "value", "effect"]].to_numpy().tolist() == [
        [1, "region", "Atlantis", "warning"]
    ]


def test_a_country_without_phones_cannot_read_a_number():
    assert judge("12 34 56", "Antarctica", "US") == (None, ["phone_no_region"])
    assert judge("+12015550123", "Antarctica") == ("+12015550123", [])


@pytest.mark.parametrize("default", ["Atlantis", "", "n/a", "Antarctica", "ZZ"])
def test_the_default_has_to_be_a_country_that_has_phones(default):
    with pytest.raises(OptionError, match="expected a country that has phones"):
        normalize_phones(users_frame({"phone": []})["phone"], default_region=default)


def test_the_default_may_be_a_name():
    assert judge("07400 123456", None, "united kingdom") == ("+447400123456", ["phone_normalized"])


def test_00_is_plus_only_where_nothing_else_is_valid():
    assert judge("0044 7400 123456", "DE") == ("+447400123456", ["phone_normalized"])  # Germany dials 00
    assert judge("0044 7400 123456", "US") == ("+447400123456", ["phone_international_prefix"])  # not so the US
    assert judge("0044 7400 123456") == ("+447400123456", ["phone_international_prefix"])
    assert judge("011 44 7400 123456", "US") == ("+447400123456", ["phone_normalized"])
    assert judge("0044 7400", "US") == (None, ["phone_invalid"])
    assert judge("0044 7400") == (None, ["phone_invalid"])
    assert judge("+0044 7400 123456", "US") == (None, ["phone_invalid"])


# --- what is withheld ---


@pytest.mark.parametrize(
    "value", ["1.41555E+10", "1,41555E+10", "+1.4E10", "1E+10", "4.9e+11", "'1.41555E+10", "1.2E-05"]
)
def test_spreadsheet_damage_is_not_repaired(value):
    assert judge(value, "US") == (None, ["phone_excel_damaged"])


@pytest.mark.parametrize("value", ["1-800-FLOWERS", "201-555-0123 e", "+1 201 555 0123"])
def test_other_letters_are_no_spreadsheet_damage(value):
    assert "phone_excel_damaged" not in judge(value, "US")[1]


def test_a_decimal_loses_its_end():
    assert judge("12015550123.0", "US") == ("+12015550123", ["phone_decimal"])
    assert judge("4155552671.00", "US") == ("+14155552671", ["phone_decimal"])
    assert judge("447400123456,0", "GB") == ("+447400123456", ["phone_decimal"])
    assert judge("+447400123456.0", "US") == ("+447400123456", ["phone_decimal"])
    assert judge("201555012.0", "US") == (None, ["phone_invalid"])
    assert judge("12015550123.0") == (None, ["phone_no_region"])
    assert judge("0000000000.0", "US") == (None, ["phone_placeholder"])
    assert judge("201.555.0120", "US") == ("+12015550120", ["phone_normalized"])
    assert judge("12015550123.5", "US") == (None, ["phone_invalid"])


@pytest.mark.parametrize(
    "value", ["+1 (415) 555-2671, ext. 5", "(415) 555-2671 x5", "tel:+1-415-555-2671;ext=5", "415-555-2671 extension 5"]
)
def test_an_extension_is_withheld_and_said(value):
    users = users_frame({"phone": [value]})
    phones, findings = normalize_phones(users["phone"], default_region="US")
    assert phones.isna().all()
    assert findings[["code", "argument"]].to_numpy().tolist() == [["phone_extension", "+14155552671, extension 5"]]


@pytest.mark.few(5)
@pytest.mark.parametrize(
    "value",
    [
        "+1 201 555 0123 / +1 201 555 0124",
        "201-555-0123/201-555-0124",
        "201-555-0123; 201-555-0124",
        "201-555-0123, 201-555-0124",
        "201-555-0123 | 201-555-0124",
        "201-555-0123 & 201-555-0124",
        "201-555-0123\n201-555-0124",
        "201-555-0123\r\n201-555-0124",
        "201-555-0123 or 201-555-0124",
        "201-555-0123 und 201-555-0124",
        "201-555-0123 OU 201-555-0124",
        "201-555-0123 y 201-555-0124",
        "201-555-0123and201-555-0124",
        "+12015550123+12015550124",
        "+1 201 555 0123 (+1 201 555 0124)",
        "201-555-0123 / 12 34 567",
        "201-555-0123, 201-555-0123, 201-555-0124",
        "home 201-555-0123, work 201-555-0124 ext. 5",
        "201-555-0123 ::: 201-555-0124",
        "201-555-0123:::201-555-0124",
    ],
)
def test_several_numbers_are_not_chosen_from(value):
    assert judge(value, "US") == (None, ["phone_multiple"])


@pytest.mark.parametrize(
    "value",
    ["201-555-0123; (201) 555.0123", "+12015550123 / 2015550123", "+12015550123+12015550123", "2015550123\n" * 2],
)
def test_one_number_several_times_is_that_number(value):
    assert judge(value, "US") == ("+12015550123", ["phone_normalized"])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("030/1234567", "+49301234567"),
        ("0171/1234567", "+491711234567"),
        ("089 / 123 456", "+4989123456"),
        ("0049 (0) 171 / 1234567", "+491711234567"),
        ("0043664/1234560", "+436641234560"),
        ("+43 (0)5574/123456", "+435574123456"),
    ],
)
def test_a_slash_after_the_area_code_makes_one_number(value, number):
    assert judge(value, "DE")[0] == number


PLACEHOLDERS = [
    "0000000000", "000-000-0000", "000 0000", "00000", "+1 000 000 0000", "+1 999 999 9999", "0049 0000000",
    "9999999999", "1234567890", "123-456-7890", "(123) 456-7890", "0123456789", "123456789", "12345678", "1234567",
    "9876543210", "987654321", "+1 123 456 7890", "0000000/0000000", "n/a", "None", "-", "---", "unknown", "keine", "+",
]  # fmt: skip


@pytest.mark.parametrize("value", PLACEHOLDERS)
@pytest.mark.parametrize("region", ["US", None])
def test_a_placeholder_is_withheld(value, region):
    assert judge(value, region) == (None, ["phone_placeholder"])


@pytest.mark.parametrize(
    ("value", "region"), [("201-222-2222", "US"), ("+47 406 12 345", "NO"), ("+33123456789", "FR")]
)
def test_a_number_that_nearly_is_a_placeholder_is_kept(value, region):
    assert judge(value, region)[0] is not None


def test_letters_do_not_dial():
    assert judge("1-800-FLOWERS", "US") == (None, ["phone_letters"])


def test_a_remark_is_left_out_and_said():
    assert judge("030 1234567 home", "DE") == ("+49301234567", ["phone_normalized", "phone_remark"])


def test_a_valid_number_with_more_digits_than_e164_allows_is_said():
    longest = "+62" + "001803" + "1" * 11
    assert phonenumbers.is_valid_number(phonenumbers.parse(longest))
    assert judge(longest) == (longest, ["phone_too_long_for_e164"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("555-0123", "the area code is missing"),
        ("201 555 01", "too short for US"),
        ("201 555 01234", "too long for US"),
        ("+44 7400 1234567", "too long for GB"),
        ("199 555 0123", "no such number in US"),
        ("+999 555 0123", "no such calling code"),
        ("call me", "not a number"),
        ("0", "not a number"),
        ("1" + "23" * 200, "too long"),
    ],
)
def test_an_invalid_number_says_why(value, reason):
    _, findings = normalize_phones(users_frame({"phone": [value]})["phone"], default_region="US")
    assert findings[["code", "argument"]].to_numpy().tolist() == [["phone_invalid", reason]]


# --- what is kept with a warning ---


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (PhoneNumberType.FIXED_LINE, "phone_fixed_line"),
        (PhoneNumberType.MOBILE, None),
        (PhoneNumberType.VOIP, None),
        (PhoneNumberType.PERSONAL_NUMBER, None),
        (PhoneNumberType.TOLL_FREE, "phone_service_number"),
        (PhoneNumberType.PREMIUM_RATE, "phone_service_number"),
        (PhoneNumberType.SHARED_COST, "phone_service_number"),
        (PhoneNumberType.UAN, "phone_service_number"),
        (PhoneNumberType.PAGER, "phone_service_number"),
        (PhoneNumberType.VOICEMAIL, "phone_service_number"),
    ],
)
def test_the_kind_of_line_is_a_warning(kind, code):
    examples = [
        phonenumbers.example_number_for_type(region, kind) for region in ("GB", "DE", "FR", "AR", "BR", "AU", "CH")
    ]
    number = next(phonenumbers.format_number(example, PhoneNumberFormat.E164) for example in examples if example)
    assert judge(number) == (number, [code] if code else [])


def test_a_line_that_may_be_a_mobile_has_no_warning():
    assert judge("+12015550123") == ("+12015550123", [])


# --- the column as a whole ---


def test_findings_are_in_the_order_of_the_rows_and_blanks_have_none():
    users = users_frame(
        {
            "phone": ["+441212345678", None, "0121 234 5678", "x12", "0121 234 5678"],
            "region": ["Oz", "Oz", "UK", "", "GB"],
        }
    )
    phones, findings = normalize_phones(users["phone"], region=users["region"])
    assert phones.isna().tolist() == [False, True, False, True, False]
    assert list(zip(findings["source_row"], findings["code"], strict=True)) == [
        (1, "phone_fixed_line"),
        (1, "region_unknown"),
        (3, "phone_normalized"),
        (3, "phone_fixed_line"),
        (4, "phone_no_region"),
        (5, "phone_normalized"),
        (5, "phone_fixed_line"),
    ]
    assert (
        findings["value"].to_list()
        == [users["phone"][1], "Oz", *[users["phone"][3]] * 2, "x12"] + [users["phone"][5]] * 2
    )


def test_strict_rejects_what_else_would_be_withheld():
    column = users_frame({"phone": ["12345", "(201) 555-0123", "+441212345678"]})["phone"]
    lenient, withheld = normalize_phones(column, default_region="US")
    phones, findings = normalize_phones(column, default_region="US", strict=True)
    assert withheld["effect"].to_list() == ["withheld", "changed", "warning"]
    assert findings["effect"].to_list() == ["rejected", "changed", "warning"]
    assert phones.equals(lenient)


@pytest.mark.parametrize("values", [[], [None, None], ["\u00a0", "\u200b"]])
def test_a_column_without_values(values):
    column = users_frame({"phone": values})["phone"]
    phones, findings = normalize_phones(column, default_region="US")
    assert phones.dtype == TEXT
    assert phones.isna().all()
    assert findings.empty


def test_columns_in_pieces_and_with_gaps_in_the_index():
    users = pd.concat([users_frame({"phone": ["201 555 0123"]}), users_frame({"phone": ["12", None]}, first_row=7)])
    phones, findings = normalize_phones(users["phone"], default_region="US")
    assert phones.index.to_list() == [1, 7, 8]
    assert findings["source_row"].to_list() == [1, 7]


CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.text("0123456789+ -./()", max_size=20),
    st.from_regex(r"(\+|00|0|)[0-9]{1,4}[ /.-]?[0-9]{4,9}(,| or | ext\. |\.0)?[0-9]{0,9}", fullmatch=True),
    st.sampled_from(
        [write(form, region) for form in (*INTERNATIONAL.values(), *NATIONAL.values()) for region in COUNTRIES]
    ),
)
REGIONS = st.sampled_from(["US", "DE", "IT", "KR", "AR", "Brasil", "Atlantis", "AQ", "", None])


@given(st.lists(st.tuples(CELLS, REGIONS), max_size=12), st.sampled_from([None, "US", "GB"]))
def test_any_column_is_e164_or_withheld(rows, default):
    users = users_frame({"phone": [cell for cell, _ in rows], "region": [region for _, region in rows]})
    before = users.copy(deep=True)
    phones, findings = normalize_phones(users["phone"], region=users["region"], default_region=default)
    assert users.equals(before)
    for number in phones.dropna():
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.format_number(parsed, PhoneNumberFormat.E164) == number

    own = findings[findings["field"] == "phone"]
    withheld = own[own["code"].isin(WITHHELD)]
    changed = own[own["code"].isin(CHANGED)]
    assert withheld["source_row"].is_unique
    assert changed["source_row"].is_unique
    lost = users["phone"].notna() & phones.isna()
    said_nothing = {row for row in users.index[lost] if not re.sub(r"[\W_]", "", users["phone"][row])}
    assert set(withheld["source_row"]) <= set(users.index[lost])
    assert set(users.index[lost]) - set(withheld["source_row"]) <= said_nothing
    assert set(changed["source_row"]) == set(users.index[(phones != users["phone"]).fillna(False).astype(bool)])
    assert (changed["argument"].to_numpy() == phones[changed["source_row"]].to_numpy()).all()

    again, findings = normalize_phones(phones, region=users["region"], default_region=default)
    assert again.equals(phones)
    assert not findings["code"].isin(WITHHELD | CHANGED).any()


@pytest.mark.slow
def test_several_numbers_in_a_cell_are_judged_together_as_one_by_one():
    dice, cells = random.Random(5), list(hostile_phones(1_500, seed=5))  # noqa: S311
    between = [" / ", "/", ", ", ";", " or ", " und ", " +", "\n", "|", " и ", " Or ", " - ", "／"]
    texts = [one + dice.choice(between) + dice.choice([other, one]) for (one, _), (other, _) in pairwise(cells)]
    users = users_frame({"phone": texts, "region": [region for _, region in cells[1:]]})
    together, one_by_one = (
        normalize_phones(users["phone"], region=users["region"], fast_paths=fast_paths) for fast_paths in (True, False)
    )
    pd.testing.assert_series_equal(together[0], one_by_one[0])
    pd.testing.assert_frame_equal(together[1], one_by_one[1])
    assert {"phone_multiple", "phone_normalized", "phone_placeholder"} <= set(together[1]["code"])

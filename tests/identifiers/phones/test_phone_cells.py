"""Cells of phones: judged one by one, as the rules say when they are told naively."""

import random

import pandas as pd
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import LONG
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from passage_kit.findings.catalogue import CODES
from passage_kit.identifiers.phones.phone_cells import (
    CODE_ALONE,
    PhoneVerdict,
    judge_cell,
    judge_cells,
    judge_one,
    stands_for_none,
)

CHANGED = {code for code in CODES if code.startswith("phone_") and CODES[code].effect == "changed"}
WITHHELD = {code for code in CODES if code.startswith("phone_") and CODES[code].effect == "withheld"}


@pytest.mark.parametrize(("digits", "expected"), [
    ("00000", True), ("9999999", True), ("1111", False), ("11112", False), ("123456", False), ("1234567", True),
    ("0123456789", True), ("9876543", True), ("2345678", False), ("", False),
])  # fmt: skip
def test_digits_that_stand_for_none(digits, expected):
    assert stands_for_none(digits) == expected


NORMAL = PhoneVerdict("+12015550123", "phone_normalized", "+12015550123")


@pytest.mark.parametrize(
    "value",
    ["(201) 555-0123", " 201.555.0123 ", "( 201 555 0123", "+ (1) 201 555 0123", "'2015550123", '="2015550123"',
     "2015550123`=", "tel: 2015550123\n", "２０１ ５５５ ０１２３", "201\u200b5550123"],
)  # fmt: skip
def test_what_stands_between_and_around_digits_is_left_out(value):
    assert judge_cell(value, "US") == NORMAL


def test_a_number_in_e164_is_not_changed():
    assert judge_cell("+12015550123", None) == PhoneVerdict("+12015550123")


@pytest.mark.parametrize(("value", "code"), [
    ("2015550123.0", "phone_decimal"), ("2015550123,00", "phone_decimal"), ("011 44 7400 123456", "phone_normalized"),
    ("001 201 555 0123", "phone_international_prefix"), ("0-0 44 7400 123456", "phone_international_prefix"),
    ("4.917E+11", "phone_excel_damaged"), ("n/a", "phone_placeholder"), ("5555555", "phone_placeholder"),
    ("201 555 0123 / 201 555 0199", "phone_multiple"), ("201 555 0123 / +1 201 555 0123", "phone_normalized"),
    ("E", "phone_invalid"), ("12345", "phone_invalid"), ("201 555 0123 x7", "phone_extension"),
])  # fmt: skip
def test_each_rule_has_its_code(value, code):
    assert judge_cell(value, "US").code == code


@pytest.mark.parametrize("value", ["+49", "0049", "+1 ", "1", "(+44)", "+353-", "\u200e+ 41", "'+1", "７", "00"])
@pytest.mark.parametrize("region", [None, "US", "DE"])
def test_a_calling_code_alone_stands_for_no_number(value, region):
    assert judge_cell(value, region) == PhoneVerdict(None, "phone_placeholder", CODE_ALONE)


@pytest.mark.parametrize("value", ["+999", "12", "112", "+4930", "x49", "+49 x1", "0", "049"])
def test_other_short_digits_are_no_calling_code(value):
    assert judge_cell(value, "DE").code != "phone_placeholder"


def test_an_extension_is_said_behind_the_number():
    assert judge_cell("201 555 0123 x7", "US")[:3] == (None, "phone_extension", "+12015550123, extension 7")


def test_a_blank_has_no_verdict():
    assert judge_cell(" \u200b", "US") == PhoneVerdict(None)


def test_one_number_is_not_looked_at_for_several():
    assert judge_cell("5555555 or 6666666", "US").code == "phone_placeholder"
    assert judge_one("201 555 0123 / 201 555 0199", "US").code == "phone_invalid"


@pytest.mark.parametrize(
    ("value", "region"),
    [("923419005ba521", "PK"), ("+4072d3800439", "RO"), ("0151 234O5678", "DE"),
     ("+1 415 55S 0132", None), ("0151 234O5678", None), ("+1 415 555 O140", "US"),
     ("a53055a51212a", "US"), ("201-55b-0123", "US"),
     ("201 55О 0123", "US"), ("O151 2345678", "DE"), ("0151 234567O", "DE"), ("٢٠١a٥٥٥٠١٢٣", "US"),
     ("0151 234O5678 ext. 5", "DE"), ("2nd 201 555 0123", "US"), ("201 555 0123 (2nd)", "US")],
)  # fmt: skip
def test_a_letter_amid_the_digits_makes_another_number(value, region):
    assert judge_cell(value, region) == PhoneVerdict(None, "phone_letters")


@pytest.mark.parametrize("value", ["1-800-FLOWERS", "555-CALL-NOW", "415-555-CALL", "1 800 FLOWERS", "(201) CALL 012"])
def test_a_number_that_is_spelled_is_not_dialled(value):
    assert judge_cell(value, "US") == PhoneVerdict(None, "phone_letters")


REMARKS = ["Tel. {}", "WhatsApp {}", "M: {}", "{} mobil", "{} (home)", "{} m", "{} Mom", "Mom {} (cell)",
           "{} home or work", "тел. {} моб", "{} ext", "{}-office", "{}h"]  # fmt: skip


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("number", ["+1 201 555 0123", "(201) 555-0123", "2015550123"])
def test_a_word_before_or_behind_a_number_is_a_remark(remark, number):
    assert judge_cell(remark.format(number), "US") == NORMAL._replace(warning="phone_remark")


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_makes_no_number_of_what_is_none(remark):
    assert judge_cell(remark.format("+1 201 555 012"), "US").number is None


@given(st.text("0123456789 -", min_size=9, max_size=15), st.integers(0, 14), st.sampled_from("aOxlSzéжЖ"))
def test_no_letter_between_digits_comes_to_a_number(digits, at, letter):
    digits = digits.strip(" -")
    at = at % max(len(digits), 1)
    before, behind = digits[:at], digits[at:]
    if digits_of(before) and digits_of(behind):
        assert judge_cell(f"{before}{letter}{behind}", "US").number is None


def test_no_cells():
    assert judge_cells([], []).to_pylist() == []


# --- the rules once more, naively, over all regions ---


def reads_as(text, region):
    """What the library alone says: the number in E.164, or None, and its extension."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        return None, "", None, error.error_type
    valid = phonenumbers.is_valid_number(number)
    form = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return form if valid else None, number.extension, phonenumbers.national_significant_number(number), None


def digits_of(text):
    return "".join(character for character in text if character.isdigit())


def is_run(digits):
    runs = ["1234567890", "0123456789", "9876543210"]
    return len(digits) >= 7 and any(run[: len(digits)] == digits for run in runs)


def is_repeated(digits, least):
    return len(digits) >= least and digits == digits[:1] * len(digits)


def reference(text, region):
    """Number and code of a cell, by the rules as they are told, without any short cut."""
    text = text.strip()
    if not any(character.isalnum() for character in text):
        return None, "phone_placeholder"
    mantissa, e, exponent = text.replace(" ", "").partition("E+")
    whole, point, fraction = mantissa.removeprefix("+").partition(".")
    if e and exponent.isdigit() and whole.isdigit() and len(whole) <= 3 and fraction.isdigit() == bool(point):
        return None, "phone_excel_damaged"
    if text.endswith(".0") and text[:-2].removeprefix("+").isdigit() and len(digits_of(text[:-2])) >= 5:
        number, code = reference(text[:-2], region)
        return number, "phone_decimal" if number else code
    if "+" not in text and (is_run(digits_of(text)) or is_repeated(digits_of(text), 7)):
        return None, "phone_placeholder"
    several = reference_of_several(text, region)
    return several or reference_of_one(text, region)


def reference_of_several(text, region):
    separated = text.replace("+", "|+")
    for word in (";", ",", "&", "\n", " or ", " und "):
        separated = separated.replace(word, "|")
    parts = separated.split("|")
    only_slashes = sum(len(digits_of(part)) >= 7 for part in parts) < 2
    if only_slashes:
        parts = text.split("/")
    if sum(len(digits_of(part)) >= 7 for part in parts) < 2:
        return None
    verdicts = [reference(part, region) for part in parts if digits_of(part)]
    if only_slashes and any(number is None for number, _ in verdicts) and reference_of_one(text, region)[0]:
        return None
    numbers = {number for number, _ in verdicts}
    if len(numbers) == 1 and None not in numbers:
        return numbers.pop(), "phone_normalized"
    return None, "phone_placeholder" if {code for _, code in verdicts} == {"phone_placeholder"} else "phone_multiple"


def reference_of_one(text, region):
    text = text.replace("\n", " ")
    return reference_of_letters(text, region) or reference_of_digits(text, region)


def reference_of_letters(text, region):
    """Letters amid the digits may be digits, those behind are a remark unless they are dialled."""
    number, extension, _, _ = reads_as(text, region)
    if not extension and any(text.endswith(end) for end in (" ext. 12", " x7")):
        extension = text.split()[-1].lstrip("x")
    if extension:
        text = text[: text.rindex(extension)]
        text = text[: max((at + 1 for at, character in enumerate(text) if character.isdigit()), default=0)]
    digits = [at for at, character in enumerate(text) if character.isdigit()] or [0]
    first, last = digits[0], digits[-1]
    long = len([character for character in text[first:] if character.isalnum()]) >= 7
    if any(character.isalpha() for character in text[first : last + 1]):
        return (None, "phone_letters") if long else None
    if not any(character.isalpha() for character in text[last:]):
        return None
    verdict = reference_of_digits(text[: last + 1], region)
    if verdict[0] and "fax" in text:
        return None, "phone_remark_against"
    return (None, "phone_letters") if verdict[1] == "phone_invalid" and number and long else verdict


def reference_of_digits(text, region):
    code = "phone_normalized"
    number, extension, national, error = reads_as(text, region)
    head = text.lstrip(" ()-./")
    if number is None and head.startswith("0") and head[1:].lstrip(" ()-./").startswith("0"):
        text = "+" + head[1:].lstrip(" ()-./")[1:]
        code = "phone_international_prefix"
        number, extension, national, error = reads_as(text, None)
    if number is None:
        for digits in (national or "", digits_of(head)):
            if is_run(digits) or is_repeated(digits, 5):
                return None, "phone_placeholder"
        missing = region is None and error == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        return None, "phone_no_region" if missing and "+" not in text else "phone_invalid"
    return (None, "phone_extension") if extension else (number, code)


def generate(count, seed):
    """Cells of all regions: numbers that are valid or nearly so, in many forms, and what people put around them."""
    choose = random.Random(seed)  # noqa: S311
    kinds = [kind for kind in PhoneNumberType.values() if 0 <= kind <= 10]
    examples = [
        (region, example.country_code, phonenumbers.national_significant_number(example))
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in kinds
        if (example := phonenumbers.example_number_for_type(region, kind)) is not None
    ]
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    for _ in range(count):
        region, code, national = choose.choice(examples)
        keep = choose.choice([len(national) - 2, len(national) - 4, 2, 0])
        number = national[:keep] + "".join(choose.choice("0123456789") for _ in national[keep:])
        number = choose.choice([number] * 8 + [number[:-1], number + "7", "0" * len(number), "1234567890"])
        trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
        text = choose.choice(["+{}", "+{} ", "+{} (0)", "00{}", "00 {} ", "0-0{} ", "011{}", "{}", "(+{}) "]).format(
            code
        )
        text = choose.choice([text, text, trunk, "", "0", "8"]) + number
        for _ in range(choose.choice([0, 0, 1, 2, 3])):
            at = choose.randrange(len(text) + 1)
            text = text[:at] + choose.choice([" ", " ", "-", ".", "/", "(", ") "]) + text[at:]
        if choose.random() < 0.15:
            other = choose.choice([number, f"+{code}{number}", f"{trunk}{number}", choose.choice(examples)[2], "12"])
            text += choose.choice([" / ", "/", "; ", ", ", " or ", " und ", "\n", " & ", " "]) + other
        if choose.random() < 0.1:
            text += choose.choice([" ext. 12", " x7", ".0", ";ext=99", "E+10", " home", " fax", "#"])
        yield text, choose.choice([region] * 6 + [None, choose.choice(regions), choose.choice(regions)])


@pytest.mark.slow
def test_the_verdicts_are_those_of_the_rules_told_naively():
    cells = list(generate(50_000 if LONG else 15_000, seed=20))
    verdicts = judge_cells([text for text, _ in cells], [region for _, region in cells]).to_pylist()
    expected = [reference(text, region) for text, region in cells]
    differing = [
        (cell, right, (verdict["number"], verdict["code"]))
        for cell, right, verdict in zip(cells, expected, verdicts, strict=True)
        if right != (verdict["number"], verdict["code"]) and not (verdict["code"] is None and right[0] == cell[0])
    ]
    assert differing == []
    counts = pd.Series([code for _, code in expected]).value_counts()
    assert set(counts.index) == (CHANGED | WITHHELD) - {
        "phone_plus_added",
        "phone_two_readings",
        "phone_of_another",  # of whole columns, and of a former list
    }
    assert counts["phone_normalized"] > len(cells) / 5

    kept = [(right[0], cell[1]) for cell, right in zip(cells, expected, strict=True) if right[0]][::5]
    again = judge_cells([number for number, _ in kept], [region for _, region in kept]).to_pylist()
    assert [(verdict["number"], verdict["code"]) for verdict in again] == [(number, None) for number, _ in kept]


@pytest.mark.parametrize("number", ["+77777777777", "+66666666666", "+33333333333"])
def test_a_valid_number_of_one_digit_stays_where_a_plus_says_that_it_is_one(number):
    assert judge_cell(f"{number[:2]} {number[2:]}", None)[:2] == (number, "phone_normalized")
    assert judge_cell(number[1:], None)[:2] == (None, "phone_placeholder")


@pytest.mark.parametrize("text", ["415 555\n2671", "(415)\n555-2671", "+1 415 555 26\n71"])
def test_a_number_broken_over_two_lines_of_its_cell_is_one(text):
    assert judge_cell(text, "US")[:2] == ("+14155552671", "phone_normalized")
    assert judge_cell("415 555 2671\n415 555 2672", "US")[:2] == (None, "phone_multiple")

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from passage_kit.masking import mask, mask_text


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("anna@example.org", "a***@e***.org"),
        ("anna@mail.example.co.uk", "a***@m***.uk"),
        ("anna@localhost", "a***@l***"),
        ("@example.org", "***@e***.org"),
        ("Anna Miller <anna@example.org>", "A***@e***.***"),
        ("anna@example.org, Bo Lee", "a***@e***.***"),
        ("anna@example.org; bo@example.net", "a***@e***.net"),
        ("+14155552671", "+1******2671"),
        ("+1 (415) 555-2671", "+1 (***) ***-2671"),
        ("555-0123", "5**-**23"),
        ("1980-02-29", "1***-**-29"),
        ("123456", "1***"),
        ("1.41555E+10", "1***"),
        ("+1 415 555 2671 ext. 12", "+***"),
        ("Anna Maria", "A***"),
        ("F", "***"),
        ("", ""),
    ],
)
def test_masks(value, masked):
    assert mask(value) == masked


@settings(max_examples=settings().max_examples * 3 // 2)
@given(st.text())
def test_a_mask_says_little(value):
    masked = mask(value)
    assert len(value) < 1 or masked != value or set(masked) <= set("*@.")
    assert sum(character.isalpha() for character in masked) <= 2 + 6
    assert sum(character.isdigit() for character in masked) <= 5


@settings(max_examples=settings().max_examples * 3 // 2)
@given(st.from_regex(r"[a-z]{3,10}(\.[a-z]{3,10})?", fullmatch=True), st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_neither_name_nor_domain_of_an_email_shows(local, domain):
    assume("org" not in (local, domain))
    masked = mask(f"{local}@{domain}.org")
    assert local not in masked
    assert domain not in masked


@given(st.from_regex(r"\+[1-9]\d{7,14}", fullmatch=True))
def test_at_least_half_of_a_number_is_hidden(number):
    assert sum(character == "*" for character in mask(number)) >= (len(number) - 1) // 2


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.org: no.",
        "<anna@example.org>",
        "email=anna@example.org",
        "(+1 415 555-2671)",
        '"+14155552671"',
        "4155552671",
    ],
)
def test_nothing_personal_is_left_in_a_sentence(text):
    masked = mask_text(text)
    assert "anna@" not in masked
    assert "555" not in masked
    assert mask_text(masked) == masked


def test_a_sentence_without_anything_personal_stays():
    text = "identifier: must be a valid E164 number. Try again in 30 s (request 12345)."
    assert mask_text(text) == text

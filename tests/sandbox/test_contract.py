"""The words of the contract: identifiers, ids, times, and the switches for what it leaves open."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.sandbox.contract import (
    NEVER,
    RefusedError,
    Unknowns,
    check_email,
    check_phone,
    invalid,
    new_id,
    not_found,
    timestamp,
)


@pytest.mark.parametrize(
    "email",
    ["a@b.co", "o'brien+x@mail.example.org", "josé@bücher.example", "x@xn--bcher-kva.example", "A.B@Example.ORG"],
)
def test_an_address_is_taken_and_lower_cased(email):
    assert check_email(email) == email.lower()


@pytest.mark.parametrize(
    "email", ["", "a", "a@", "@b.co", "a@b", "a b@c.de", "a@b..de", "a@b.co\n", "a,b@c.de", "a@-b.co", "a\u2003b@c.de"]
)
def test_what_is_no_address_is_refused(email):
    with pytest.raises(RefusedError, match=r"^identifier: must be a valid email address\.$"):
        check_email(email)


@given(st.emails())
def test_every_address_that_the_kit_lets_through_is_taken(email):
    try:
        normal = validate_email(email, check_deliverability=False).ascii_domain
    except EmailNotValidError:
        return
    check_email(f"{email.rpartition('@')[0]}@{normal}")


@pytest.mark.parametrize("phone", ["+12025550123", "+442079460018", "+999999999999999"])
def test_an_e164_number_is_taken_as_it_is(phone):
    assert check_phone(phone) == phone


@pytest.mark.parametrize(
    "phone", ["", "2025550123", "+02025550123", "+1 2025550123", "+1234567890123456", "+1\n", "+１２"]
)
def test_what_is_no_e164_number_is_refused(phone):
    with pytest.raises(RefusedError, match=r"^identifier: must be a valid E164 number\.$"):
        check_phone(phone)


def test_ids_are_24_letters_and_digits_and_differ():
    ids = {new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(re.fullmatch("[A-Za-z0-9]{24}", made) for made in ids)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), st.integers(-12, 12))
def test_times_sort_as_text(moment, hours):
    moment = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    text = timestamp(moment)
    assert datetime.fromisoformat(text) == moment
    assert text.endswith("Z")
    assert (text < timestamp(moment + timedelta(microseconds=1))) is True
    assert text > NEVER


def test_now_is_utc():
    assert abs(datetime.fromisoformat(timestamp()) - datetime.now(UTC)) < timedelta(seconds=5)


def test_errors_have_status_code_and_text():
    refused = invalid("limit: must be an integer.")
    assert (refused.status, refused.code, refused.error) == (400, "invalid_request", "limit: must be an integer.")
    missing = not_found("user")
    assert (missing.status, missing.code, missing.error) == (404, "user_not_found", "User not found")


def test_switches_are_read_of_texts():
    texts = ["repeated=refused", "page_size=500", "import_status=201", "import_id=", "import_identifier=login"]
    assert Unknowns.from_texts(texts) == Unknowns(
        repeated="refused", page_size=500, import_status=201, import_id="", import_identifier="login"
    )
    assert Unknowns.from_texts([]) == Unknowns()


@pytest.mark.parametrize(
    "text",
    ["repeated", "repeated=perhaps", "never=1", "page_size=many", "page_size=0", "page_size=501", "import_status=500"],
)
def test_a_switch_that_is_none_is_refused(text):
    with pytest.raises(pk.OptionError, match="expected"):
        Unknowns.from_texts([text])

"""Kinds of numbers: what the rules of the library do not tell apart."""

import numpy as np
import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS, PhoneMetadata, PhoneNumberDesc

from passage_kit.identifiers.phones import number_plans as phone_rules
from passage_kit.identifiers.phones.number_plans import KINDS_OF_LINES, Kinds, calling_code_of


@pytest.fixture(autouse=True)
def no_number_is_too_few(monkeypatch):
    monkeypatch.setattr(phone_rules, "FEW", 0)


def kinds(*numbers, region="US"):
    """Kinds of numbers; a region may follow a number after a space."""
    cells = [number.partition(" ") for number in numbers]
    digits = [number.removeprefix("+") for number, _, _ in cells]
    regions = [other or region for _, _, other in cells]
    names = list(dict.fromkeys(regions))
    found = Kinds(names).of(
        np.array([int(text) for text in digits]),
        np.array([len(text) for text in digits]),
        np.array([number.startswith("+") for number, _, _ in cells]),
        np.array([names.index(name) for name in regions]),
    )
    return found.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2015550123", "2015550199"),
        ("2015550123", "6465550199"),  # both in ranges of the United States
        ("12015550123", "16465550199"),
        ("+12015550123", "+16465550199"),
        ("+447400123456 US", "+447400123499 FR"),  # a calling code of its own is the same everywhere
    ],
)
def test_numbers_that_no_rule_tells_apart_are_of_one_kind(one, other):
    first, second = kinds(one, other)
    assert first == second >= 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2015550123", "20155501234"),
        ("2015550123", "2015550123 CA"),
        ("2015550123", "+2015550123"),
        ("2015550123", "8005550123"),  # toll-free
        ("2015550123", "4165550123"),  # in Canada
        ("2015550123", "1015550123"),
        ("0447400123456 GB", "0347400123456 GB"),
        ("00447400123456", "00347400123456"),  # for the United States this is nothing, but it may be a stray 00
        ("+12015550123 US", "+12015550123 GB"),  # what is said of an invalid one differs
        ("+999201555", "+001201555"),
        ("+3511776577 PT", "+0617541912 PT"),  # of the one, the calling code is taken off
        ("02109 SG", "02119 SG"),  # after what Singapore dials abroad: a zero, which no calling code begins with
    ],
)
def test_numbers_that_a_rule_tells_apart_are_not(one, other):
    first, second = kinds(one, other)
    assert first != second


def test_where_the_library_may_write_other_digits_the_kind_is_not_known():
    assert kinds("0311196123456 BR", "1196123456 BR", "2501234 BB", "2462501234 BB")[::2] == [-1, -1]
    assert min(kinds("1196123456 BR", "2462501234 BB")) >= 0


def test_a_country_without_phones_knows_only_the_stray_00():
    first, second, third = kinds("2015550123", "8005550123", "0012015550123", region=None)
    assert first == second != third
    assert min(kinds("2015550123", region="AQ")) >= 0


def test_the_plan_of_every_country_is_understood():
    plans = {
        (region, code): phone_rules.number_plan(region, code)
        for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()
        for region in regions
    }
    assert {region for region, _ in plans} >= SUPPORTED_REGIONS
    assert [name for name, plan in plans.items() if plan is None] == []


def test_calling_codes():
    assert [calling_code_of(digits) for digits in ("12015550123", "447400123456", "35312345", "77710009998")] == [
        1,
        44,
        353,
        7,
    ]
    assert calling_code_of("99912345") <= 0
    assert calling_code_of("01234") <= 0


def test_no_pattern_of_the_library_is_left_out():
    plans = [PhoneMetadata.metadata_for_region(region) for region in SUPPORTED_REGIONS]
    known = {name for plan in plans for name in dir(plan) if isinstance(getattr(plan, name), PhoneNumberDesc)}
    assert known == set(KINDS_OF_LINES)

"""Ranges of numbers: patterns written out accept what the regular expressions accept, or are refused."""

import random
import re

import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from passage_kit.identifiers.phones.number_plans import KINDS_OF_LINES
from passage_kit.identifiers.phones.number_ranges import Ending, UnknownPattern, written_out


def patterns():
    """Every pattern of whole numbers in the phonenumbers library."""
    found = set()
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
            found |= {
                description.national_number_pattern
                for description in [getattr(metadata, kind) for kind in KINDS_OF_LINES]
                if description and description.national_number_pattern
            }
            found |= {metadata.leading_digits, metadata.international_prefix} - {None}
    return sorted(found)


@pytest.mark.slow
def test_every_pattern_of_the_library_is_understood_and_accepts_the_same_numbers():
    choose = random.Random(1)  # noqa: S311
    for pattern in patterns():
        accepts = re.compile(pattern).fullmatch
        lengths = {end.length: ranges for end, ranges in written_out(pattern).items()}
        for length in range(1, 18):
            ranges = lengths.get(length, ())
            few = choose.sample(ranges, min(4, len(ranges)))
            near = {at for first, last in few for at in (first - 1, first, choose.randint(first, last), last, last + 1)}
            near.add(choose.randrange(10**length))
            for number in near & set(range(10**length)) if length < 4 else {at for at in near if 0 <= at < 10**length}:
                within = any(first <= number <= last for first, last in ranges)
                assert within == bool(accepts(f"{number:0{length}}")), (pattern, number, length)


def test_ranges_that_touch_are_one():
    assert written_out("[13-5]|2") == {Ending(1): ((1, 5),)}
    assert written_out(r"1\d|2[0-4]") == {Ending(2): ((10, 24),)}


def test_leading_zeros_count():
    assert written_out("0[78]|007?") == {Ending(2): ((0, 0), (7, 8)), Ending(3): ((7, 7),)}


def test_repetitions():
    assert written_out(r"7\d{2,3}") == {Ending(3): ((700, 799),), Ending(4): ((7000, 7999),)}
    assert written_out("(?:12){2}") == {Ending(4): ((1212, 1212),)}
    assert written_out("(?:12)?3") == {Ending(1): ((3, 3),), Ending(3): ((123, 123),)}


def test_ways_through_the_pattern_are_told_apart():
    assert written_out("0(1)?") == {Ending(2, captured=True): ((1, 1),), Ending(1): ((0, 0),)}
    assert written_out("(1)(2)?") == {Ending(2, captured=True): ((12, 12),), Ending(1): ((1, 1),)}
    assert written_out("([2-4])$|1") == {Ending(1, captured=True, final=True): ((2, 4),), Ending(1): ((1, 1),)}
    assert written_out("(?:1$)2|3") == {Ending(1): ((3, 3),)}


@pytest.mark.parametrize(
    "pattern",
    ["7+", "7*", "^7", "7{2,}", "7??", "7{2}?", "7{2}{2}", "(?=7)7", "(?!7)", "[^7]", "[7", r"\w", r"\D", "7.", "a",
     "٧", "(7", "7)", "?", "(?P<x>7)", r"(7)\1", "{2}", "7 "],
)  # fmt: skip
def test_anything_else_is_refused(pattern):
    with pytest.raises(UnknownPattern):
        written_out(pattern)


def test_a_pattern_of_too_many_ranges_is_refused():
    with pytest.raises(UnknownPattern, match="too many"):
        written_out(r"\d{6}7")
    assert len(written_out(r"\d{4}7")[Ending(5)]) == 10_000

"""Our syntax of addresses against the library's, so that a version of it that judges otherwise is noticed."""

import pytest
from email_validator import EmailNotValidError, validate_email

from passage_kit.identifiers.address_syntax import ATEXT, DOT_ATOM_TEXT, EMAIL_MAX_LENGTH


def is_accepted(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


@pytest.mark.parametrize("character", list(map(chr, range(0x80))))
def test_an_atom_is_made_of_the_characters_that_the_library_takes(character):
    local = f"a{character}b"
    assert bool(DOT_ATOM_TEXT.match(local)) == is_accepted(f"{local}@example.org")


@pytest.mark.parametrize("local", ["", ".", ".a", "a.", "a..b", "a.b", "a.b.c", "a\n", "é"])
def test_dots_stand_between_atoms(local):
    is_plain = bool(DOT_ATOM_TEXT.match(local))
    assert is_plain == (is_accepted(f"{local}@example.org") and local.isascii())


def test_the_class_of_characters_has_its_capitals_in_one_range():
    assert ATEXT.count("A-Z") == 1


def test_no_address_is_longer():
    local, labels = "a" * 60, ".".join(["b" * 63] * 2)
    filling = EMAIL_MAX_LENGTH - len(f"{local}@{labels}..org")
    longest = f"{local}@{labels}.{'c' * filling}.org"
    assert len(longest) == EMAIL_MAX_LENGTH
    assert is_accepted(longest)
    assert not is_accepted(f"a{longest}")

"""Masks for personal values, so that only their owner recognises them."""

from __future__ import annotations

import re

STARS = "***"
_PERSONAL = re.compile(r"[^\s<>\"'(),;=]+@[^\s<>\"'(),;=]+|\+?\d(?:[ ().-]{0,2}\d){6,}")
_TOP_LEVEL_DOMAIN = re.compile(r"[A-Za-z]{2,6}")  # longer text may be a name that follows the address


def mask(value: str) -> str:
    """Mask an email, a phone or another value for a message, a log or the report.

    Parameters
    ----------
    value : str
        Value as read or as normalised.

    Returns
    -------
    str
        Masked value. An email keeps the first character of each part and its top-level domain. A number keeps its
        first digit and the last four (the last two if it has seven to nine digits). Another value keeps its first
        character, unless that is all it has.

    Examples
    --------
    >>> mask("anna@example.org")
    'a***@e***.org'
    >>> mask("+14155552671")
    '+1******2671'
    >>> mask("Anna Maria"), mask("1980-02-29")
    ('A***', '1***-**-29')
    """
    if "@" in value:
        return _mask_email(value)
    digits = sum(character.isdigit() for character in value)
    if digits >= 7 and not any(character.isalpha() for character in value):
        return _mask_digits(value, digits)
    return f"{value[:1]}{STARS}" if len(value) > 1 else STARS[: 3 * len(value)]


def mask_text(text: str) -> str:
    """Mask each email and each long number in a sentence, such as a message from a service.

    Examples
    --------
    >>> mask_text("user anna@example.org: already exists, as +14155552671.")
    'user a***@e***.org: already exists, as +1******2671.'
    """
    return _PERSONAL.sub(lambda found: mask(found[0].rstrip(".,;:")) + found[0][len(found[0].rstrip(".,;:")) :], text)


def _mask_email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    name, dot, top = domain.rpartition(".")
    if not dot:
        name, top = domain, ""
    elif not _TOP_LEVEL_DOMAIN.fullmatch(top):
        top = STARS
    return f"{local[:1]}{STARS}@{name[:1]}{STARS}{dot}{top}"


def _mask_digits(value: str, digits: int) -> str:
    """Keep the first digit, the last few, and all characters that are not digits."""
    tail = 4 if digits >= 10 else 2
    masked, seen = [], 0
    for character in value:
        if character.isdigit():
            seen += 1
            masked.append(character if seen == 1 or seen > digits - tail else "*")
        else:
            masked.append(character)
    return "".join(masked)

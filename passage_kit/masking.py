"""Personal values made recognisable to their owner and useless to anybody else."""

from __future__ import annotations

STARS = "***"


def mask(value: str) -> str:
    """Mask an email, a phone or any other value for a message, a log or the report.

    Parameters
    ----------
    value : str
        A value as read or as normalised.

    Returns
    -------
    str
        The first character of each part of an email and its top-level domain; the first digit and the last four of a
        number of seven digits or more; else the first character.

    Examples
    --------
    >>> mask("anna@example.org")
    'a***@e***.org'
    >>> mask("+14155552671")
    '+1******2671'
    >>> mask("Anna Maria")
    'A***'
    """
    if "@" in value:
        local, _, domain = value.rpartition("@")
        name, dot, top = domain.rpartition(".")
        return f"{local[:1]}{STARS}@{name[:1]}{STARS}{dot}{top}" if dot else f"{local[:1]}{STARS}@{domain[:1]}{STARS}"
    digits = sum(character.isdigit() for character in value)
    if digits >= 7 and not any(character.isalpha() for character in value):
        return _mask_digits(value, digits)
    return f"{value[:1]}{STARS}" if value else ""


def _mask_digits(value: str, digits: int) -> str:
    """Keep the first digit and the last four, and whatever stands between digits."""
    masked, seen = [], 0
    for character in value:
        if character.isdigit():
            seen += 1
            masked.append(character if seen == 1 or seen > digits - 4 else "*")
        else:
            masked.append(character)
    return "".join(masked)

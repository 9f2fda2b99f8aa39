"""Number formats that show more than the number: leading zeros and a plus."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_SHOWN_AS_TEXT = re.compile(r"\[[^\]]*\]|_.|\*.")  # colours, locales, spaces and fillers
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"\+?[0#]+")
_FIRST_OWN = 164  # number formats below are Excel's, none of which pads


class Padding(NamedTuple):
    """How a format shows a whole number: with how many digits at least, and whether with a plus."""

    digits: int
    plus: bool

    @property
    def said(self) -> str:
        """The format in short, such as ``00000`` or ``+0``."""
        return "+" * self.plus + "0" * self.digits


def padding_of(format_code: str) -> Padding | None:
    """Tell what a number format adds to a whole number; None if it adds nothing that the number lacks.

    Spaces, dashes and brackets between the digits add nothing to a number.

    Examples
    --------
    >>> padding_of("00000"), padding_of('"+"0'), padding_of("000-00-0000").said
    (Padding(digits=5, plus=False), Padding(digits=1, plus=True), '000000000')
    >>> padding_of("0.00"), padding_of("#,##0"), padding_of("yyyy-mm-dd"), padding_of("0")
    (None, None, None, None)
    """
    first = format_code.split(";")[0]
    if re.search(r"\[[<>=]", first):
        return None  # another format for other numbers
    plain = _LITERAL.sub(lambda found: re.sub(r"[^+]", "", found[1] or found[2] or ""), _SHOWN_AS_TEXT.sub("", first))
    plain = re.sub(r"[\s()/-]", "", plain)
    if not _DIGITS.fullmatch(plain):
        return None
    padding = Padding(max(1, plain.count("0")), plain.startswith("+"))
    return padding if padding.digits > 1 or padding.plus else None


def paddings_of(formats: Mapping[int, str], styles: list[int]) -> dict[int, Padding]:
    """List the styles of cells, by their numbers, whose format adds something.

    Parameters
    ----------
    formats : mapping of int to str
        The workbook's own formats.
    styles : list of int
        Number of the format of each style.

    Examples
    --------
    >>> paddings_of({164: "00000"}, [0, 164])
    {1: Padding(digits=5, plus=False)}
    """
    own = {number: padding_of(code) for number, code in formats.items() if number >= _FIRST_OWN}
    return {style: found for style, number in enumerate(styles) if (found := own.get(number)) is not None}


def padded(value: Any, padding: Padding) -> str | None:
    """Write a whole number as its format shows it; None if that is how it is written anyway.

    Examples
    --------
    >>> padded(1067.0, Padding(5, False)), padded(49151, Padding(1, True)), padded(80331, Padding(5, False))
    ('01067', '+49151', None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != value // 1:
        return None
    digits = str(int(value))
    shown = "+" * padding.plus + digits.zfill(padding.digits)
    return shown if shown != digits else None

"""Columns that are read as one, since what stands between them is no usual delimiter: ``^``, say, or spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from passage_kit.columns.column_names import IDENTIFIERS, keys_of, name_key
from passage_kit.translations import in_panel, worded

_PADDED = " {2,}"
# A name of one column may have a hyphen, a dot or an underscore, and so may an address.
_DELIMITERS = ",;\t|"  # which divide nothing within quotes
_SIGNS = (_PADDED, *map(re.escape, f"{_DELIMITERS}^~¦§¬!#$%*:/ "))
_ADDRESS = re.compile(r"[^\s@<>\"',;]+@[\w-]+(\.[\w-]+)+")
_HALF = 0.5  # of the rows that have to show an address where the header has its name


def sign_between(header: str, rows: Sequence[str]) -> str | None:
    """Find the sign between columns that were read as one; two spaces stand for several.

    The header has the name of an email among others, and most rows have an address at its place.

    Parameters
    ----------
    header : str
        The one name.
    rows : sequence of str
        The first cells below it.

    Examples
    --------
    >>> sign_between("id^email^name", ["1^ann@example.org^Ann", "2^bob@example.org^Bob"])
    '^'
    >>> sign_between("ID   EMAIL", ["1    ann@example.org", "2    bob@example.org"])
    '  '
    >>> sign_between("Email address", ["ann@example.org", "bob@example.org"])
    """
    emails = keys_of(IDENTIFIERS["email"])
    filled = [row.strip() for row in rows if row.strip()]
    for sign in _SIGNS:
        names = [name_key(name) for name in re.split(sign, header.strip())]
        places = [place for place, name in enumerate(names) if name in emails]
        if len(names) < 2 or len(places) != 1:
            continue
        cells = (re.split(sign, row) for row in filled)
        found = sum(len(row) > max(places[0], 1) and bool(_ADDRESS.fullmatch(row[places[0]].strip())) for row in cells)
        if found and found >= _HALF * len(filled):
            return "  " if sign == _PADDED else sign[-1]
    return None


def way_out(sign: str) -> str:
    """Say what stands between the columns, and what to do.

    Examples
    --------
    >>> way_out("^")
    "'^' stands between its columns. Give it (`--delimiter '^'`, or delimiter='^' in Python)."
    """
    if sign in _DELIMITERS:
        return worded(
            "quotes stand around whole lines, so {sign} does not divide them. Take these quotes off, or export "
            "the users again.",
            sign=repr(sign),
        )
    if sign.strip() and sign.isascii() and sign.isprintable():
        return in_panel(
            f"{sign!r} stands between its columns. Give it (`--delimiter {sign!r}`, or delimiter={sign!r} in Python).",
            "{sign} stands between its columns. Choose it as the delimiter.",
            sign=repr(sign),
        )
    shown = worded("one or more spaces stand")
    if not (sign.isspace() and sign[0] == " "):
        shown = worded("{sign} stands", sign=repr(sign))
    return worded(
        "{shown} between its columns, so that cells cannot be told for sure. Export the users as CSV.", shown=shown
    )

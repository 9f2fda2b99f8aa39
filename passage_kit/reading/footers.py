"""Footers of reports below the last user: totals, numbers of rows, copyrights."""

from __future__ import annotations

import re
from collections.abc import Sequence

from passage_kit.reading.header import is_blank_text, is_identifier

LOOKED_AT = 40  # last rows
_FOOTER = re.compile(
    r"\s*(?:"
    r"[(\[]?\s*\d[\d,.]* (?:rows?|records?|results?|users?|entries|lines|members|contacts|zeilen|lignes|filas)\b"
    r"|(?:grand |sub)?total\b|count\b|sum\b|summe\b|gesamt|insgesamt|somme\b|suma\b|totale\b|average\b"
    r"|(?:number|no\.?|anzahl|nombre) (?:of )?(?:rows|records|users)\b|(?:rows|records|users)(?: affected)?\s*:"
    r"|generated\b|exported\b|printed\b|created (?:by|on|at)\b|report\b|page \d|copyright\b|©|\(c\)|confidential\b"
    r"|end of|-+ ?end|\*+ ?end|time:|erstellt|exportiert|all rights reserved"
    r"|[-=_*+|]{3,}[-=_*+| ]*$"
    r"|(?:\\\.|\x1a)\s*$"  # the ends of data of PostgreSQL and of DOS
    r")",
    re.I,
)


def footer_length(rows: Sequence[Sequence[str]], width: int) -> int:
    """Count the last rows of a table that are a footer, blank ones among them included.

    A footer has no email or phone. It begins with a word of footers and leaves cells blank, or it stands below a blank
    row, has one value a row, and such a word in one of them.

    Parameters
    ----------
    rows : sequence of sequence of str
        The last rows, a blank is ``""``; a row without a value is blank.
    width : int
        Number of columns.

    Examples
    --------
    >>> footer_length([["1", "ann@example.org", "Ann"], [], ["Total: 1"]], 3)
    2
    >>> footer_length([["1", "ann@example.org", "Ann"], ["Smith"]], 3)
    0
    """
    if width < 2:
        return 0
    found = single = 0
    said = False  # of the rows above the last blank one
    for number, row in enumerate(reversed(rows), 1):
        cells = [cell for cell in row if not is_blank_text(cell)]
        if not cells:
            found = number - 1 if single == number - 1 and said else found
            found, single = (number, number) if found == number - 1 else (found, single)
            said = False
            continue
        if any(map(is_identifier, cells)) or len(cells) >= width:
            break
        if len(cells) > 1 and not _FOOTER.match(cells[0]):
            break
        if _FOOTER.match(cells[0]):
            found = number if found == number - 1 else found
            said = True
        single = number if single == number - 1 else single
    while found and found < len(rows) and not any(not is_blank_text(cell) for cell in rows[-found - 1]):
        found += 1
    return found if any(not is_blank_text(cell) for row in rows[len(rows) - found :] for cell in row) else 0

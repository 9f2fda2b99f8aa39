"""Tables as database programs print them for reading: frames, padded cells and footers, not meant for another program.

A cell that holds the sign between columns, a line break or a cut value cannot be told in them, so people would be lost.
"""

from __future__ import annotations

import re

_FIRST = 8  # lines in which the frame has to begin, behind a prompt or a title
_FRAMED = re.compile(r"[+|┌┏╔╭├│┃║└┗╚╰]")
_SIGNS = (
    re.compile(r"\+(?:[-=]{2,}\+)+\s*"),  # mysql, psql with \pset border 2, reStructuredText
    re.compile(r"[┌┏╔╭].*[─━═┐┓╗╮]\s*"),
    re.compile(r"\|(?:\s*:?-{2,}:?\s*\|)+\s*"),  # Markdown
)
_UNDERLINED = re.compile(r"\s?[-─]+(?:[+┼][-─]+)+\s*|-{2,}(?:\s+-{2,})+\s*")  # psql; SQL*Plus, sqlcmd, sqlite
_RECORD = re.compile(r"[+┌]?[-─]\[ \S+ 1 \]|\*{5,} 1\. \w+ \*{5,}")  # psql with \x, mysql with \G
_ROWS = re.compile(r"(?m)^\((?:\d+|no) [^()\d]+\)\s*$")  # psql's footer in any language
_A_LINE = re.compile(r" *[A-Za-z_][\w .]{0,40} = ")  # sqlite with .mode line


def is_printed_table(text: str) -> bool:
    r"""Tell whether a text is a table that a database program printed.

    Parameters
    ----------
    text : str
        Beginning of the file.

    Examples
    --------
    >>> is_printed_table(" id | email\n----+-----------------\n  1 | ann@example.org\n(1 row)\n")
    True
    >>> is_printed_table("id|email\n1|ann@example.org\n")
    False
    """
    lines = [line for line in text.splitlines() if line.strip()][:200]
    begin = lines[:_FIRST]
    if any(map(_RECORD.match, begin)):
        return True
    if any(sign.fullmatch(line) for sign in _SIGNS for line in begin):
        framed = sum(bool(_FRAMED.match(line.lstrip())) or "|" in line for line in lines)
        return framed > len(lines) / 2 and framed > 2
    if any(map(_UNDERLINED.fullmatch, begin[1:])):
        return True
    if len(begin) > 1 and re.fullmatch(r"-{2,}\s*", begin[1]):  # one column
        return bool(_ROWS.search(text))
    return len(begin) > 1 and all(map(_A_LINE.match, begin))

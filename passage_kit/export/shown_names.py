"""Names of columns for the report, which is shared: a header may be a user, as in a file without a header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from passage_kit.columns.column_names import IDENTIFIERS, known_keys, name_key, tidy_name
from passage_kit.columns.shapes import SHAPES
from passage_kit.masking import mask

_ADDRESS = re.compile(r"[^@\s]\s*@\s*[^@\s]")
_DATE = re.compile(SHAPES["date"])
_FEWEST_DIGITS = 7  # of a phone


def shown_name(name: str) -> str:
    """Give a name of a column, masked if it holds an email or as many digits as a phone.

    Examples
    --------
    >>> [shown_name(name) for name in ("E-Mail", "@type", "ann@example.org", "+1 202 555 0143")]
    ['E-Mail', '@type', 'a***@e***.org', '+1 *** *** 0143']
    """
    plain = unicodedata.normalize("NFKC", tidy_name(name))
    return mask(plain) if _ADDRESS.search(plain) or _digits(plain) >= _FEWEST_DIGITS else name


@dataclass(frozen=True, slots=True)
class ShownNames:
    """The names of a source's columns as the report shows them.

    If one of them is an email or a phone, the header is taken for a user. Then every name that the kit does not know
    for a column is shown as its position, since it may be a person's name.

    Parameters
    ----------
    columns : iterable of str
        Names of the columns, in their order.

    Examples
    --------
    >>> names = ShownNames(["ann@example.org", "Ann Miller", "Phone"])
    >>> [names.show(name) for name in ("ann@example.org", "Ann Miller", "ann_miller", "Phone")]
    ['a***@e***.org', 'column 2', 'column 2', 'Phone']
    """

    columns: Iterable[str]
    _shown: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = [str(name) for name in self.columns]
        is_user = any(map(_is_identifier, columns))
        shown: dict[str, str] = {}
        for position, name in enumerate(columns, 1):
            masked = shown_name(name)
            if masked == name and is_user and name_key(name) not in known_keys():
                masked = f"column {position}"
            if masked != name:
                # a field is proposed under the key of its column's name
                shown |= {name: masked, name_key(name): shown.get(name_key(name), masked)}
        object.__setattr__(self, "_shown", shown)

    def show(self, name: object) -> str:
        """Give the name of a column, or of a field that was called after a column."""
        text = str(name)
        if text in IDENTIFIERS:
            return text
        return self._shown.get(text) or self._shown.get(name_key(text)) or shown_name(text)

    def show_word(self, text: str) -> str:
        """Give a word of a finding, which may be the name of a column; a number stays as it is."""
        named = text in self._shown or name_key(text) in self._shown
        is_count = text.isdigit() and len(text) < _FEWEST_DIGITS
        return self.show(text) if named and not is_count else text


def _is_identifier(name: str) -> bool:
    """Check that a name is an email or a phone, with or without the mark of a repeated name after it."""
    plain = unicodedata.normalize("NFKC", tidy_name(name))
    if _ADDRESS.search(plain):
        return True
    letters = any(character.isalpha() for character in plain.casefold().removeprefix("tel:"))
    return _digits(plain) >= _FEWEST_DIGITS and not letters and not _DATE.search(plain)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)

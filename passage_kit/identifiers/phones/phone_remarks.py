"""Words beside a number that speak against it: it is a fax, or an old or wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FAX = "fax telefax faks telefaks télécopie télécopieur факс телефакс فاكس pager"
_WRONG = """
    old former wrong invalid incorrect disconnected alte ehemalig ehemals falsch ungültig ancien ancienne faux invalide
    viejo antiguo incorrecto inválido antigo errado vecchio sbagliato errato oud oude verkeerd ongeldig stary błędny
    старый неверный gammal gammelt felaktigt vanha väärä
"""
_WORDS = frozenset([*_FAX.split(), *_WRONG.split()])
_VALUE = re.compile(r"(.*[\W_])value", re.IGNORECASE)  # "Phone 1 - Value", beside which "Phone 1 - Label" stands
_WITHIN = ("传真", "傳真", "팩스", "ファックス", "ファクス")  # languages without spaces between words
# Whatever may hold one of them, for a look at whole columns.
MAY_SPEAK_AGAINST = f"(?i){'|'.join([*sorted(_WORDS), *_WITHIN])}"


def speaks_against(text: str) -> bool:
    """Tell whether words beside a number say that it does not reach the person.

    Examples
    --------
    >>> [speaks_against(text) for text in ("Fax: 0228 123456", "0228 123456 (old)", "0228 123456 mobil")]
    [True, True, False]
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return not _WORDS.isdisjoint(words) or any(sign in text for sign in _WITHIN)


def label_of(name: str, columns: Iterable[str]) -> str | None:
    """Find the column that says what kind of number stands in another column; None if there is none.

    Examples
    --------
    >>> label_of("Phone 1 - Value", ["Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label"])
    'Phone 1 - Label'
    >>> label_of("Phone", ["Type", "Phone"])
    """
    stem = _VALUE.fullmatch(name)
    labels = {f"{stem[1]}{kind}".casefold() for kind in ("label", "type")} if stem else ()
    return next((column for column in columns if column.casefold() in labels), None)

"""Words beside a number that speak against it: it is a fax, or an old or wrong one."""

from __future__ import annotations

import re

_FAX = "fax telefax faks telefaks télécopie télécopieur факс телефакс فاكس pager"
_WRONG = """
    old former wrong invalid incorrect disconnected alte ehemalig ehemals falsch ungültig ancien ancienne faux invalide
    viejo antiguo incorrecto inválido antigo errado vecchio sbagliato errato oud oude verkeerd ongeldig stary błędny
    старый неверный gammal gammelt felaktigt vanha väärä
"""
_WORDS = frozenset([*_FAX.split(), *_WRONG.split()])
_WITHIN = ("传真", "傳真", "팩스", "ファックス", "ファクス")  # languages without spaces between words


def speaks_against(text: str) -> bool:
    """Tell whether words beside a number say that it does not reach the person.

    Examples
    --------
    >>> [speaks_against(text) for text in ("Fax: 0228 123456", "0228 123456 (old)", "0228 123456 mobil")]
    [True, True, False]
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return not _WORDS.isdisjoint(words) or any(sign in text for sign in _WITHIN)

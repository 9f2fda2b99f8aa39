"""Words that a cell holds where it should be blank: "n/a", "none", "-"."""

from __future__ import annotations

import unicodedata

# Letters and digits of the whole cell, in lower case.
_WORDS = """
    na nil null none nan nothing blank empty undefined unknown unavailable notavailable notapplicable notgiven
    notknown notprovided notset notspecified unspecified missing tbd tba tbc todo pending no nonumber nophone
    nophonenumber nocountry other private withheld declined refused deleted removed test x xx xxx xxxx ref value
    ka keine keiner keines keinangabe keineangabe keineangaben keinenummer keintelefon ohne unbekannt fehlt
    nichtvorhanden nichtbekannt sonstige
    aucun aucune aucunnumero aucunnuméro sansobjet inconnu inconnue nonrenseigné nonrenseigne
    ninguno ninguna desconocido desconocida notiene nodisponible sindatos sintelefono sinteléfono
    nessuno nessuna sconosciuto nondisponibile nenhum nenhuma desconhecido naotem nãotem
    geen onbekend ingen okänd ukjent ukendt brak nieznany нет неизвестно なし 不明 无 無 없음
"""
PLACEHOLDER_WORDS = frozenset(_WORDS.split())


def says_nothing(cell: str) -> bool:
    """Tell whether a cell is blank, has punctuation only, or stands for "none".

    Examples
    --------
    >>> [says_nothing(cell) for cell in ("N/A", " - ", "keine Angabe", "Nora")]
    [True, True, True, False]
    """
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", cell).casefold()))
    return not plain or plain in PLACEHOLDER_WORDS

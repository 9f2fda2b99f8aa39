"""Fit of a column's name to a target: the last part of its path first, then the words that qualify it.

The exact name has the highest confidence. A word for another person (manager, emergency, invoice) or for a former value
rules a column out. A word for a second choice (backup, work) or a number lowers the confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz

from passage_kit.columns.column_names import name_key, name_words

EXACT, NEARLY = 0.95, 0.75
_NEARLY = 90  # rapidfuzz ratio of two names that differ by a slip
_DEPTH = 0.01  # for each object around the value
_GROUP = 0.03  # for each group of names that goes before

# How much the words beside the name take away.
_PRIMARY, _OWN, _UNKNOWN, _WORK, _NUMBER, _BACKUP = 0.02, 0.06, 0.20, 0.24, 0.31, 0.45
ANOTHER_ONES = 0.30  # the confidence of a value that is another person's, or a former one
_LAST_NUMBER = 0.005


def _keys(text: str) -> frozenset[str]:
    return frozenset(map(name_key, text.split()))


_WORDS = {
    _PRIMARY: _keys("primary main preferred default principal principale principal haupt hoofd główny основной"),
    _OWN: _keys(
        """
        user users login signin account member members customer customers client clients contact contacts employee
        student person people profile subscriber applicant attendee guest patient personal private own my your
        address number no nr num addr id e164 full value verified current registered registration
        nutzer benutzer kunde kunden mitglied kontakt mitarbeiter privat private persönlich eigene
        utilisateur membre adhérent personnel personnelle client usuario cliente miembro socio personal propio
        utente membro personale usuário membro pessoal gebruiker klant lid persoonlijk användare kund medlem bruger
        użytkownik klient pracownik prywatny пользователь клиент личный fields attributes source node data traits human
        properties attribute metadata meta
        """
    ),
    _WORK: _keys(
        """
        work office business job corporate professional home house landline fixed fix desk direct day evening
        billing mailing postal
        geschäftlich geschäft dienstlich dienst büro arbeit firmen festnetz zuhause haus
        bureau travail professionnel professionnelle domicile fixe trabajo oficina casa fijo trabalho escritório
        comercial fixo lavoro ufficio fisso werk kantoor thuis vast arbete jobb arbeid arbejde hem hjem työ koti
        służbowy praca dom stacjonarny раб рабочий рабочая домашний домашняя
        """
    ),
    _BACKUP: _keys(
        """
        shipping shipto delivery lieferadresse lieferung livraison envío entrega spedizione bezorging leverans
        second secondary backup alternate alternative alt other another additional extra recovery fallback spare
        zweit zweite zweiter weitere weiterer andere ersatz alternativ alternative secondaire secours autre
        secundario secundaria alternativo alternativa otro otra secundário secundária outro outra secondario secondaria
        altro altra tweede ander andere andra annan anden annen toinen muu drugi inny второй другой запасной
        доп дополнительный дополнительная резервный резервная חלופי
        """
    ),
}
_OTHERS = _keys(
    """
    manager supervisor boss lead head emergency ice spouse partner husband wife parent parents mother mom father dad
    guardian child children kin relative sibling reference referrer referee referred referral invoice invoices invoicing
    minor minors accounting accounts payable company organization organisation org employer school team store shop
    vendor supplier branch headquarters hq clinic hospital hotel venue warehouse switchboard dealer distributor seller
    hr it asst beneficiary driver courier dispatcher nurse carer caregiver caretaker nanny babysitter trustee executor
    attorney solicitor accountant advisor adviser neighbour neighbor friend
    support sales helpdesk admin administrator owner creator author approver approved approver agent assistant secretary
    doctor physician teacher tutor coach landlord broker lawyer bank sender recipient reply replyto cc bcc from to
    site facility agency department dept salon restaurant studio practice chapter franchise outlet depot plant
    provider providers device devices app application product role roles group groups tenant realm session
    social connection connections machine machines bot robot card cards campaign file domain website webpage page
    notify notification created updated modified deleted invited inviter sponsor recruiter rep representative
    vorgesetzter vorgesetzte vorgesetzten chef notfall notfallkontakt ehepartner eltern mutter vater rechnung rechnungs
    buchhaltung lieferant lieferanten firma betreuer assistent assistentin assistenz filiale zentrale fahrer nachbar
    vermieter makler lehrer arzt hausarzt anwalt steuerberater standort niederlassung abteilung
    assistante conducteur chauffeur livreur succursale propriétaire médecin avocat enseignant voisin
    magasin boutique établissement agence siège tienda sede loja negozio winkel vestiging butik
    sucursal conductor repartidor médico abogado profesor vecino filial motorista
    urgence facturation facture responsable supérieur conjoint parents père mère entreprise société tuteur
    emergencia facturación factura jefe jefa cónyuge padre madre empresa tutora emergência fatura gestor chefe cônjuge
    pai mãe emergenza fattura fatturazione responsabile capo coniuge azienda genitore noodgeval nood factuur
    leidinggevende ouder ouders bedrijf nöd nødsituation faktura förälder forælder företag awaryjny faktury przełożony
    rodzic firmowy экстренный счет руководитель родитель компания компании организации фирмы
    guarantor cosigner witness roommate interviewer caseworker officer coordinator trainer instructor professor
    counselor counsellor mentor chaperone pickup realtor lender escrow translator concierge doorman pharmacy
    insurance referring
    apoderado apoderada responsável encarregado représentant genitori mamma moeder vader voogd mor mors far fars pappa
    pappas vårdnadshavare foresatt foresatte foresattes værge værges äiti äidin isä isän huoltaja huoltajan
    matka matky matki ojciec ojca opiekun opiekuna rodič rodiče otec otce zástupce fakturační mama tata părinte
    părintelui tutore urgență facturare anya anyja apa apja szülő szülője gondviselő számlázási
    veli velisi anne annesi baba babası acil fatura şirket ibu ayah wali darurat huynh
    γονέας γονέα μητέρα μητέρας πατέρας πατέρα κηδεμόνας κηδεμόνα мама мамы папа папы мать матери отец отца опекун
    опекуна ولي لولي طوارئ الطوارئ חירום הורה הורים
    by von par por door cancelled entered kundenbetreuer sachbearbeiter bearbeiter verkäufer gestionnaire vendeur
    vendedor vendedora consulente менеджер ответственный
    jabber xmpp sip skype icq kindle telefax faks telefaks télécopie télécopieur факс телефакс فاكس الفاكس
    """
)
_FORMER = _keys(
    """
    old former previous prev past prior original bounced invalid unconfirmed pending deleted removed inactive outdated
    requested unverified suppressed blacklisted blocked
    alt-alte alte alter ehemalig ehemalige frühere früherer ancien ancienne précédent antiguo antigua anterior antigo
    antiga vecchio vecchia precedente oud oude vorige gammal gammel tidigare vanha stary stara poprzedni старый прежний
    """
)
_PRIVATE = _keys("personal private privat persönlich personnel personnelle particular personale pessoal")
# Before "contact", they make it another person than the one of the row: a company's billing contact.
_ROLES = _keys(
    "billing technical tech legal security finance accounting purchasing marketing press commercial shipping"
)
_CONTACT = frozenset(("contact", "contacts"))
# In languages without spaces between words.
_WITHIN = {
    ANOTHER_ONES: _keys(
        """
        緊急 紧急 비상 旧 舊 请款 請求 发票 청구 上司 保護者 配偶 紹介者 家长 家長 父亲 父親 母亲 母親 监护 監護 推荐人
        推薦人 보호자 추천인 부모 営業担当 负责人 客服 传真 傳真 팩스 ファックス ファクス
        """
    ),
    _BACKUP: _keys("備用 备用 予備 その他 其他 예비"),
    _WORK: _keys("勤務先 会社 自宅 固定 工作 公司 家庭 직장 자택"),
}
_NUMBERS = {
    name_key(word): number
    for number, words in enumerate(("first one primero première erste", "two", "third three dritte", "fourth four"), 1)
    for word in words.split()
}


_ENTRY = re.compile(
    r"(?<=[^\W\d])s?[./\[](\d{1,3})(?:\][./]?|[./])"
)  # of a list, from 0: emails[0].value, emails/1/value
# Words at the end of a name that make it a fact about a thing, and not the thing.
_FACTS = frozenset("id ids status type kind count expiration expires expiry expired url uri link domain ip".split())  # noqa: SIM905


class Fit(NamedTuple):
    """How well a name fits: the confidence from 0 to 1, and the word that lowers it."""

    confidence: float
    because: str = ""


NO_FIT = Fit(0.0)


@lru_cache(maxsize=8_192)
def name_fit(name: str, groups: tuple[tuple[str, ...], ...]) -> Fit:
    """Compute the confidence that a name gives, before a look at the values.

    Parameters
    ----------
    name : str
        Name of a column, perhaps a path with dots.
    groups : tuple of tuple of str
        Keys of the target's names (see :func:`passage_kit.columns.column_names.name_key`), the preferred group first.

    Returns
    -------
    Fit
        A confidence below 0.6 is not taken: it is listed for a person to see.

    Examples
    --------
    >>> email = (("email", "emailaddress", "mail"),)
    >>> [name_fit(name, email).confidence for name in ("email", "profile.email", "user_email", "work_email")]
    [0.95, 0.94, 0.89, 0.71]
    >>> name_fit("Manager Email", email)
    Fit(confidence=0.3, because='manager')
    """
    name = _ENTRY.sub(lambda found: f" {int(found[1]) + 1} ", name).strip()
    *around, last = path_parts(name)
    for rank, keys in enumerate(groups):
        if name_key(name) in keys:
            return Fit(round(EXACT - _GROUP * rank, 3))
    best = NO_FIT
    joined = "".join(map("".join, map(plain_words, (*around, last))))
    for rank, keys in enumerate(groups):
        if not any(key in joined for key in keys):  # most fields of a wide list have nothing to do with the name
            continue
        beside, outer = _beside(last, frozenset(keys)), around
        if beside is None:
            beside, outer = _beside_qualifiers(last, around, frozenset(keys)), around[:-1]
        if beside is None:
            continue
        fit = _qualified(beside, outer, EXACT - _GROUP * rank - _DEPTH * min(len(around), 5))
        best = max(best, fit)
    if best is NO_FIT and any(_is_nearly(name_key(last), keys) for keys in groups):
        best = _qualified([], around, NEARLY)
    return best


def is_fact(name: str) -> bool:
    """Tell whether a name is one of a fact about a thing, such as an id or a status.

    Examples
    --------
    >>> [is_fact(name) for name in ("organization_id", "consentExpiration", "company", "Status")]
    [True, True, False, False]
    """
    words = name_words(path_parts(name)[-1])
    return len(words) > 1 and words[-1] in _FACTS


def lowers(word: str) -> bool:
    """Tell whether a word beside a name makes it another thing's, or may do so since the kit does not know the word.

    Examples
    --------
    >>> [lowers(word) for word in ("manager", "size", "user")]
    [True, True, False]
    """
    return _is_another_ones(word) or _cost(word) >= _UNKNOWN


def another_ones(name: str) -> str:
    """Find the word of a name that makes it another person's, a thing's or a former one; blank if there is none.

    Who wrote a letter may be the user: ``From`` is none.

    Examples
    --------
    >>> [another_ones(name) for name in ("Manager", "created_by", "User")]
    ['manager', 'created', '']
    """
    words = (word for part in path_parts(name) for word in plain_words(part))
    return next((word for word in words if word != "from" and _is_another_ones(word)), "")


def last_two(name: str) -> str:
    """Give the key of the last two parts of a path, which together may be a name; blank if there is one part.

    Examples
    --------
    >>> last_two("traits.name.first"), last_two("email")
    ('namefirst', '')
    """
    parts = path_parts(name)
    return name_key("".join(parts[-2:])) if len(parts) > 1 else ""


@lru_cache(maxsize=8_192)  # of a wide list, each name is compared with each field
def path_parts(name: str) -> tuple[str, ...]:
    """Split the path of a nested value, and take off the prefix of a name such as ``custom:``.

    A prefix of several words with a space behind the colon says whose value it is: ``Account Owner: Email``.

    Examples
    --------
    >>> path_parts("Attributes.custom:partner_email"), path_parts("Born (TT.MM.JJJJ)"), path_parts("Kd.-Nr.")
    (('Attributes', 'partner_email'), ('Born (TT.MM.JJJJ)',), ('Kd.-Nr.',))
    >>> path_parts("Contact: Email"), path_parts("Account Owner: Email")
    (('Email',), ('Account Owner', 'Email'))
    """
    *around, last = re.split(r"(?<=\S)\.(?=[^\s-])(?![^(]*\))", name)
    prefix, _, bare = last.rpartition(":")
    if bare.startswith(" ") and bare.strip() and len(prefix.split()) > 1:
        around.append(prefix)
    return (*around, bare.strip() or last)


@lru_cache(maxsize=8_192)
def plain_words(name: str) -> tuple[str, ...]:
    """Split a name into words, with the numbers at their ends apart.

    Examples
    --------
    >>> plain_words("contactEmail2"), plain_words("EMAILADDRESS_1")
    (('contact', 'email', '2'), ('emailaddress', '1'))
    """
    words = (re.findall(r"\d+|[^\d]+", word) for word in name_words(name))
    return tuple(part for parts in words for part in parts)


def _beside(last: str, keys: frozenset[str]) -> list[str] | None:
    """List the words beside the target's name; None if the name is not there."""
    if name_key(last) in keys:
        return []
    words = plain_words(last)
    for length in range(min(len(words), 4), 0, -1):
        for start in range(len(words) - length + 1):
            joined = "".join(words[start : start + length])
            if joined in keys and (len(joined) > 2 or not joined.isascii()):
                return [*words[:start], *words[start + length :]]
    for at, word in enumerate(words):
        rest = _run_together(word, keys)
        if rest is not None:
            return [*words[:at], *rest, *words[at + 1 :]]
    return None


def _beside_qualifiers(last: str, around: Sequence[str], keys: frozenset[str]) -> list[str] | None:
    """List the words beside a name whose values stand in an object: ``emails.primary``, ``phone.work``."""
    words = plain_words(last)
    if not around or not words or not all(map(_qualifies, words)):
        return None
    tried = (_beside(name, keys) for name in (around[-1].removesuffix("s"), around[-1]))
    found = next((beside for beside in tried if beside is not None), None)
    return None if found is None else [*found, *words]


def _qualifies(word: str) -> bool:
    """Tell whether a word can stand for a value by itself: the first choice, another one, or somebody else's."""
    choices = (_PRIMARY, _WORK, _BACKUP)
    return word in _PRIVATE or word in _OTHERS or word in _FORMER or any(word in _WORDS[cost] for cost in choices)


def _run_together(word: str, keys: frozenset[str]) -> list[str] | None:
    """Split a word such as ``workphone`` into the words beside the target's name."""
    for key in sorted(keys, key=len, reverse=True):
        if len(key) < 2 or key == word:
            continue
        rest = word.removesuffix(key) if word.endswith(key) else word.removeprefix(key) if word.startswith(key) else ""
        if rest and (not rest.isascii() or (len(key) > 2 and _is_known(rest))):
            return [rest]
    return None


def _is_known(word: str) -> bool:
    return word in _OTHERS or word in _FORMER or any(word in words for words in _WORDS.values())


def _is_nearly(key: str, keys: Iterable[str]) -> bool:
    return bool(key) and any(fuzz.ratio(key, known) >= _NEARLY for known in keys if len(known) > 4)


def _qualified(beside: Sequence[str], around: Sequence[str], confidence: float) -> Fit:
    """Lower the confidence for the words beside the name, and for those of the objects around it."""
    outer = [word for part in around for word in plain_words(part)]
    for word in (*beside, *outer):
        if _is_another_ones(word):
            return Fit(ANOTHER_ONES, word)
    role = next(
        (word for word, following in pairwise([*outer, *beside]) if word in _ROLES and following in _CONTACT), ""
    )
    if role:
        return Fit(ANOTHER_ONES, role)
    taken: list[tuple[float, str]] = [(_cost(word), word) for word in beside]
    taken += [(cost, word) for word in outer if (cost := _cost(word, unknown=0.0)) >= _WORK]
    cost, because = max(taken, default=(0.0, ""))
    return Fit(round(confidence - cost, 3), because if cost >= _UNKNOWN else "")


def _is_another_ones(word: str) -> bool:
    return word in _OTHERS or word in _FORMER or any(sign in word for sign in _WITHIN[ANOTHER_ONES])


def _cost(word: str, unknown: float = _UNKNOWN) -> float:
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 4 else _NUMBERS.get(word, 0)
    if number:
        return 0.0 if number == 1 else _NUMBER + _LAST_NUMBER * min(number, 9)
    for cost, signs in _WITHIN.items():
        if any(sign in word for sign in signs):
            return cost
    return next((cost for cost, words in _WORDS.items() if word in words), unknown)

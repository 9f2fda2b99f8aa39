"""Account states: which columns say that an account is closed, and what their values mean.

A column says it by a flag (``blocked``), by a moment (``deleted_at``, ``banned_until``), by a flag for the opposite
(``is_active``), or by words (``status``). A cell of the helper ``account_state`` is one word: ``active``, one that says
inactive, such as ``deleted``, or one that is not known. Nothing is guessed: an unknown word is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.account_words import CLOSED, OPEN, WAITING
from passage_kit.columns.column_names import name_key
from passage_kit.columns.shapes import SHAPES
from passage_kit.translations import gettext

Inactive = Literal["keep", "reject"]
ACTIVE = "active"
NOTHING, IS_ACTIVE, UNKNOWN, INACTIVE = range(4)  # what a cell says; the larger one wins among several columns

# What a mailing list or a directory calls its rows: read only if a person chose the column.
_CHOSEN = {
    **dict.fromkeys(("unsubscribed", "cleaned", "bounced", "complained", "expired", "dormant"), INACTIVE),
    "subscribed": IS_ACTIVE,
}
_NAMES_OF_WORDS = """
    status state statut état estado stato stav stan zustand tila durum durumu situação situación situazione statecode
    statuscode
    статус состояние 状態 状态 狀態 ステータス 상태 الحالة
    lifecyclestate lifecyclestatus
"""
# Names of an end, which are columns of its day.
_ENDS = "deletion baja eliminación exclusão cancellazione usunięcia löschung"
_BEFORE = """
    is was has been account acct acc user users customer client member profile login person date datetime ts konto
    benutzer nutzer kunde kunden mitglied ist compte utilisateur est cuenta usuario cliente conta utente gebruiker klant
    användare kund bruger bruker użytkownik пользователь аккаунт учетнаязапись アカウント ユーザー 会員 用户
    账号 账户 帐号 会员 계정 회원 membership mitgliedschaft mitglieds klienten utente hesap üyelik kullanıcı fecha
    fechade data datadi datade datum 是否 是否已 contact
"""
# What a name says the state of, in languages that name it after the state: "Estado de la cuenta", "Status konta".
_OF = """
    cuenta usuario cliente conta utente account compte utilisateur client konta klienta użytkownika účtu uživatele
    zákazníka аккаунта пользователя клиента учетнойзаписи учётнойзаписи nutzers benutzers kunden kontos mitglieds
    gebruiker klant
"""
_BETWEEN = "of de del dela du des da do di della dell dello del la le l el der den van het の"
_AT = """
    at on date time timestamp datetime instant ts utc since am datum seit le depuis el desde em il dal op sedan dnia
    日 日時 日付 时间 時間 일 일시
"""
_AFTER = "flag yn user account member customer readonly 여부 フラグ"
_UNTIL = """
    until untildate untilutc untilat till end enddate endat endutc enddateutc expires expiresat expiry expiration bis
    jusqua hasta até fino tot
"""
_NOTHING = "none nil null na"  # no to a closed account, but neither yes nor no to an open one
_NO = """
    no n false f off 0 00 never nein nie non nee nej nei nao não нет falsch faux falso onwaar ei hayır
    いいえ 否 아니요 아니오 ne nem nu όχι לא لا ไม่ใช่ ні
"""
_YES = """
    yes y true t on 1 10 x ja j oui si sí sim да tak kyllä evet wahr vrai verdadero verdadeiro vero waar はい 是 예
    ano igen da ναι כן نعم ใช่ так
"""
_NEVER = r"(?i)^(0{4}-\d\d-\d\d.*|0001-01-01.*|1970-01-01([T ]00:00.*)?|9{4}-12-31.*|-?infinity)$"
_FOREVER = r"(?i)^(9{4}-12-31.*|infinity)$"
_EPOCH = r"^\d{9,10}(\.\d+)?$|^\d{12,13}(\.\d+)?$|^\d{15,16}$"
_WRITTEN = r"^\w{2,9}\.?,? \d{1,2}\D.*\b(19|20|21)\d{2}|^\d{1,2}\.? \w{3,9}\.?,? (19|20|21)\d{2}"
_MOMENT = f"{SHAPES['date']}|{_EPOCH}|{_WRITTEN}"
_DAY = r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
_YEAR = r"\b(?P<year>19\d{2}|20\d{2}|21\d{2})\b"
_MOST, _HALF = 0.8, 0.5  # shares of a column's distinct values that have to be known: words, and flags
_DISABLED_BIT = 2  # of userAccountControl in Active Directory

Way = Literal["flag", "since", "until", "open", "words", "bits"]


class Says(NamedTuple):
    """How a column says that an account is closed, and the state that it then stands for."""

    way: Way
    state: str = ""


def _keys(words: str) -> list[str]:
    return [name_key(word) for word in words.split()]


@cache
def _yes_or_no() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(_keys(_YES)), frozenset(_keys(f"{_NO} {_NOTHING}"))


@cache
def _words() -> dict[str, int]:
    """List the words that say active or inactive, by their keys."""
    found = dict.fromkeys([*_keys(WAITING), *(key for words in OPEN.values() for key in _keys(words))], IS_ACTIVE)
    return found | dict.fromkeys([*CLOSED, *(key for words in CLOSED.values() for key in _keys(words))], INACTIVE)


@cache
def _strong() -> frozenset[str]:
    """List the words that an order or a ticket does not have as its status."""
    weak = {*_keys(WAITING), *_keys(CLOSED["closed"])}
    return frozenset(key for key in _words() if key not in weak)


@cache
def _middles() -> dict[str, Says]:
    """List what the middle of a name says."""
    middles = {key: Says("words") for key in _keys(_NAMES_OF_WORDS)}
    middles |= {key: Says("open", state) for state, words in OPEN.items() for key in _keys(words)}
    middles |= {key: Says("flag", state) for state, words in CLOSED.items() for key in _keys(words)}
    middles["useraccountcontrol"] = Says("bits", "disabled")
    return middles


@cache
def _name_pattern() -> re.Pattern[str]:
    """Make the pattern of the names; it is large, and few lists need it."""
    before, middle, at, after, until = (
        "|".join(sorted(map(re.escape, keys), key=len, reverse=True))
        for keys in (_keys(_BEFORE), _middles(), _keys(_AT), _keys(_AFTER), _keys(_UNTIL))
    )
    between, of = ("|".join(sorted(map(re.escape, _keys(words)), key=len, reverse=True)) for words in (_BETWEEN, _OF))
    ends = f"(?:(?P<until>{until})|(?P<at>{at})|{after})*(?:(?:{between})*(?:{of}))?"
    return re.compile(f"(?P<before>(?:{before})*)(?P<middle>{middle}){ends}")


@lru_cache(maxsize=4_096)
def how_it_says(name: str) -> Says | None:
    """Tell by a column's name how it says that an account is closed; None if the name does not.

    Examples
    --------
    >>> [how_it_says(name) for name in ("deleted_at", "bannedUntil", "is_active", "two_factor_enabled")]
    [Says(way='since', state='deleted'), Says(way='until', state='banned'), Says(way='open', state='inactive'), None]
    """
    key = name_key(name)
    found = _name_pattern().fullmatch(key) if any(middle in key for middle in _middles()) else None
    if found is None:
        return None
    says = _middles()[found["middle"]]
    moment = bool(found["at"]) or found["before"].startswith(("date", "fecha", "data", "datum", "ts"))
    moment = moment or found["middle"] in _keys(_ENDS)
    if says.way == "flag":
        return says._replace(way="until" if found["until"] else "since" if moment else "flag")
    return None if moment or found["until"] else says  # such as active_until, enabled_at


def tells_of_closed(words: Iterable[str]) -> bool:
    """Tell whether one of some words says that an account is closed, as the status of an order or a ticket does not.

    Examples
    --------
    >>> tells_of_closed(["Member", "Deactivated"]), tells_of_closed(["open", "closed"])
    (True, False)
    """
    return any(key in _strong() and _words()[key] == INACTIVE for key in map(name_key, words))


def says_by_words(name: str) -> bool:
    """Tell whether a column says the state by words, not by flags or moments, as far as its name tells.

    Examples
    --------
    >>> says_by_words("status"), says_by_words("Kennz."), says_by_words("deleted_at")
    (True, True, False)
    """
    says = how_it_says(name)
    return says is None or says.way == "words"


def states_of(name: str, values: pa.ChunkedArray, *, today: date | None = None) -> pa.ChunkedArray:
    """Say the state of the account in each cell of a column.

    Parameters
    ----------
    name : str
        The column's name, or the last part of its path.
    values : pyarrow.ChunkedArray
        Text.
    today : datetime.date, optional
        Day by which a ban is over or not. Default: this day (UTC).

    Returns
    -------
    pyarrow.ChunkedArray
        A word for each cell: ``active``, a state such as ``deleted``, or the cell itself if it is a word. A cell that
        the kit does not understand stays as it is. A blank says nothing, and neither does a ban that is over.

    Examples
    --------
    >>> states_of("deleted_at", pa.chunked_array([["2024-01-31 10:00:00", "false", None, "soon"]])).to_pylist()
    ['deleted', 'active', None, 'soon']
    >>> states_of("enabled", pa.chunked_array([["true", "0", "SUSPENDED"]])).to_pylist()
    ['active', 'disabled', 'SUSPENDED']
    """
    says = how_it_says(name) or Says("words")
    text = pc.utf8_trim_whitespace(values)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if says.way == "words":
        return text
    if says.way == "bits":
        return _of_bits(text, says.state)
    if says.way == "open":
        return _of_distinct(text, says)
    moments = pc.match_substring_regex(text, f"{_MOMENT}|{_NEVER}")
    others = _of_distinct(pc.if_else(moments, pa.scalar(None, pa.string()), text), says)
    return pc.if_else(pc.fill_null(moments, False), _of_moments(text, says, today), others)


def _of_distinct(text: pa.ChunkedArray, says: Says) -> pa.ChunkedArray:
    """Read flags: each distinct cell once."""
    is_open = says.way == "open"
    yes, no = (ACTIVE, says.state) if is_open else (says.state, ACTIVE)
    yes_words, no_words = _yes_or_no()
    meanings: dict[str, str | None] = {**dict.fromkeys(no_words, no), **dict.fromkeys(yes_words, yes)}
    if is_open:
        meanings |= dict.fromkeys(_keys(_NOTHING), None)
    encoded = pc.dictionary_encode(text).combine_chunks()
    read = [meanings.get(name_key(cell), cell) for cell in encoded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(read, pa.string()).take(encoded.indices)])


def _of_bits(text: pa.ChunkedArray, state: str) -> pa.ChunkedArray:
    """Read the flags of Active Directory, a number."""
    numeric = pc.match_substring_regex(text, r"^\d{1,9}$")
    bits = pc.cast(pc.if_else(numeric, text, pa.scalar(None, pa.string())), pa.int64())
    closed = pc.not_equal(pc.bit_wise_and(bits, _DISABLED_BIT), 0)
    return pc.coalesce(pc.if_else(closed, state, ACTIVE), text)


def _of_moments(text: pa.ChunkedArray, says: Says, today: date | None) -> pa.ChunkedArray:
    """Read moments: closed since a past one, or until a coming one; otherwise the kit does not understand the cell."""
    nothing = pa.scalar(None, pa.string())
    later = _is_later(text, today or datetime.now(UTC).date())
    if says.way == "until":
        over = pc.match_substring_regex(text, _NEVER)
        said = pc.if_else(pc.or_kleene(later, pc.match_substring_regex(text, _FOREVER)), says.state, nothing)
        unread = pc.and_(pc.is_null(later), pc.invert(pc.fill_null(over, False)))
        return pc.if_else(unread, text, said)
    said = pc.if_else(pc.fill_null(later, False), text, pa.scalar(says.state))
    return pc.if_else(pc.match_substring_regex(text, _NEVER), nothing, said)


def _is_later(text: pa.ChunkedArray, today: date) -> pa.ChunkedArray:
    """Tell whether a moment is not before today; null if the text does not show it."""
    parts = pc.extract_regex(text, _DAY)
    year, month, day = (pc.cast(pc.struct_field(parts, name), pa.int64()) for name in ("year", "month", "day"))
    written = pc.add(pc.add(pc.multiply(year, 10_000), pc.multiply(month, 100)), day)
    by_day = pc.greater_equal(written, today.year * 10_000 + today.month * 100 + today.day)
    epochs = pc.match_substring_regex(text, _EPOCH)
    digits = pc.replace_substring_regex(pc.if_else(epochs, text, pa.scalar(None, pa.string())), r"\.\d+$", "")
    seconds = pc.cast(pc.utf8_slice_codeunits(digits, 0, 10), pa.int64())
    # milliseconds and microseconds have three and six figures more
    short = pc.is_in(pc.utf8_length(digits), pa.array([9, 12, 15], pa.int32()))
    seconds = pc.if_else(short, pc.divide(seconds, pc.if_else(pc.equal(pc.utf8_length(digits), 9), 1, 10)), seconds)
    by_second = pc.greater_equal(seconds, int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()))
    in_year = pc.cast(pc.struct_field(pc.extract_regex(text, _YEAR), "year"), pa.int64())
    this_year = pc.equal(in_year, today.year)
    by_year = pc.if_else(this_year, pa.scalar(None, pa.bool_()), pc.greater(in_year, today.year))
    return pc.coalesce(by_day, by_second, by_year)


def joined_states(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Choose among the words of several columns: inactive before unknown before active, then the first column.

    Examples
    --------
    >>> first, second = pa.chunked_array([["active", "active", None]]), pa.chunked_array([["banned", "?", "active"]])
    >>> joined_states([first, second]).to_pylist()
    ['banned', '?', 'active']
    """
    best, *others = columns
    said = what_they_say(best)
    for other in others:
        says = what_they_say(other)
        better = says > said
        best = pc.if_else(pa.array(better), other, best)
        said = np.where(better, says, said)
    return best


def what_they_say(states: pa.ChunkedArray) -> npt.NDArray[np.int8]:
    """Judge words for the state of an account: NOTHING, IS_ACTIVE, UNKNOWN or INACTIVE.

    Examples
    --------
    >>> what_they_say(pa.chunked_array([[None, "Active", "USER_STATE_SUSPENDED", "gelöscht", "A"]])).tolist()
    [0, 1, 3, 3, 2]
    """
    encoded = pc.dictionary_encode(states).combine_chunks()
    known = np.array([_meaning(word) for word in encoded.dictionary.to_pylist()] + [NOTHING], np.int8)
    at = pc.fill_null(encoded.indices, len(known) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(known[at])


@lru_cache(maxsize=4_096)
def _meaning(word: str) -> int:
    key = name_key(word)
    plain = re.sub("^(user|account|status|state)+(?=.)", "", key)
    words = _words() | _CHOSEN
    return next((words[each] for each in (key, plain) if each in words), UNKNOWN)


def fits_account_state(name: str, values: pa.Array) -> str | None:
    """Say why a column tells the state of an account, by its name and its first distinct values; None if it does not.

    Words that mailing lists use are no evidence: who left a list has an account still. A column of flags or moments may
    be blank, since all accounts may be open.

    Examples
    --------
    >>> fits_account_state("status", pa.array(["ACTIVE", "DEPROVISIONED"]))
    'the values are states of an account'
    >>> fits_account_state("status", pa.array(["subscribed", "cleaned"])) is None
    True
    """
    says = how_it_says(name)
    if says is None:
        return None
    filled = values.drop_null()
    if says.way == "words":
        keys = {re.sub("^(user|account|status|state)+(?=.)", "", name_key(word)) for word in filled.to_pylist()}
        known = sum(key in _words() for key in keys)
        fits = bool(keys & _strong()) and known >= _MOST * len(keys)
        return gettext("the values are states of an account") if fits else None
    if not len(filled):
        return gettext("it may be filled later")
    verdicts = what_they_say(states_of(name, pa.chunked_array([filled])))
    fits = np.mean(verdicts != UNKNOWN) >= _HALF
    if not fits:
        return None
    moments = gettext("the values are moments")
    kinds = {"since": moments, "until": moments, "bits": gettext("the values are numbers")}
    return kinds.get(says.way, gettext("the values are flags"))


def is_inactive(states: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Mark the words that say inactive.

    Examples
    --------
    >>> is_inactive(pa.chunked_array([["active", "deleted", None]])).tolist()
    [False, True, False]
    """
    return np.asarray(what_they_say(states) == INACTIVE)

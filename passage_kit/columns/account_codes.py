"""Words for the state of an account that a person explained, such as codes: A, I, X, or 0, 1, 2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.account_state import (
    UNKNOWN,
    how_it_says,
    says_by_words,
    states_of,
    tells_of_closed,
    what_they_say,
)
from passage_kit.columns.column_names import name_words
from passage_kit.errors import OptionError
from passage_kit.translations import joined, nworded, worded

AccountState = Literal[
    "active", "inactive", "deleted", "banned", "blocked", "suspended", "disabled", "archived", "closed", "locked"
]
_SHOWN, _LONGEST, _FIGURES = 8, 24, 6  # words in a sentence, and what a word has at most
_KINDS, _CODE = 10, 3  # distinct values of a column of codes, and the length of a code, at most
_OF_ACCOUNTS = {"account", "acct", "user", "login", "konto", "benutzer", "compte", "utilisateur", "cuenta", "usuario"}
_FLAGS = {"true", "false"}  # of which a status does not say what they mean
_OF_PLACES = {"state", "estado", "stato", "stat", "stav", "stan", "etat"}  # of a country, too


def states_as_told(
    name: str, values: pa.ChunkedArray, told: Mapping[str, AccountState] | None = None
) -> pa.ChunkedArray:
    """Say the state of the account in each cell of a column, by the meanings that a person gave to its words.

    In a column of words, a meaning goes before that which the kit knows. In a column of flags or moments, it holds for
    the cells alone that the kit does not understand.

    Parameters
    ----------
    name : str
        The column's name, or the last part of its path.
    values : pyarrow.ChunkedArray
        Text.
    told : mapping of str to str, optional
        State by word; neither case nor white space around a word matters. Default: none.

    Returns
    -------
    pyarrow.ChunkedArray
        As of :func:`passage_kit.columns.account_state.states_of`.

    Raises
    ------
    OptionError
        If one word has two meanings.

    Examples
    --------
    >>> told = {"a": "active", "0": "inactive"}
    >>> states_as_told("status", pa.chunked_array([["A", "0", "X", None]]), told).to_pylist()
    ['active', 'inactive', 'X', None]
    >>> states_as_told("blocked", pa.chunked_array([["0", "a"]]), told).to_pylist()
    ['active', 'active']
    """
    states = states_of(name, values)
    if not told:
        return states
    meanings = _by_key(told)
    encoded = pc.dictionary_encode(states).combine_chunks()
    words = encoded.dictionary.to_pylist()
    unknown = what_they_say(pa.chunked_array([encoded.dictionary])) == UNKNOWN
    may_be_told = unknown | says_by_words(name)
    read = [meanings.get(_key(word), word) if may else word for word, may in zip(words, may_be_told, strict=True)]
    return pa.chunked_array([pa.array(read, pa.string()).take(encoded.indices)])


def count_words(words: pa.ChunkedArray) -> str:
    """Count the words of a column that the kit does not know, most frequent first; "" without any.

    What is no code is counted, not quoted: a long text, an address or a number of many figures may be personal.

    Examples
    --------
    >>> count_words(pa.chunked_array([["X", "A", "A", "ann@example.org"]]))
    "'A' in 2 rows, 'X' in 1 row, another in 1 row"
    """
    return say_counts(word_counts(words))


def word_counts(words: pa.ChunkedArray) -> dict[str, int]:
    """Count the rows of each word, without white space around it; the counts of parts of a column add up.

    Examples
    --------
    >>> word_counts(pa.chunked_array([["X", "A", " X", None]]))
    {'X': 2, 'A': 1}
    """
    counted = pc.value_counts(pc.utf8_trim_whitespace(pc.drop_null(words))).to_pylist()
    return {each["values"]: each["counts"] for each in counted}


def say_counts(counted: Mapping[str, int]) -> str:
    """Say the rows of words as :func:`count_words` does.

    Examples
    --------
    >>> say_counts({"X": 1, "A": 2_000})
    "'A' in 2,000 rows, 'X' in 1 row"
    """
    counts = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [(word, rows) for word, rows in counts if _is_code(word)][:_SHOWN]
    others, left = len(counts) - len(shown), sum(rows for _, rows in counts) - sum(rows for _, rows in shown)
    said = [worded("{word} in {rows}", word=repr(word), rows=_rows(rows)) for word, rows in shown]
    if others:
        who = nworded("another", "{count} others", others)
        said.append(worded("{word} in {rows}", word=who, rows=_rows(left)))
    return joined(said)


def may_hold_codes(name: str) -> bool:
    """Tell by a column's name whether it may say the state of the accounts by codes.

    Examples
    --------
    >>> may_hold_codes("status"), may_hold_codes("city")
    (True, False)
    """
    says = how_it_says(name)
    return says is not None and says.way == "words"


def may_be_codes(name: str, values: pa.ChunkedArray) -> bool:
    """Tell whether a column may say the state of the accounts by codes that the kit does not know.

    Examples
    --------
    >>> codes = pa.chunked_array([["A", "I", "A"]])
    >>> may_be_codes("status", codes), may_be_codes("user_state", codes), may_be_codes("state", codes)
    (True, True, False)
    """
    words = set(name_words(name))
    of_accounts = not words.isdisjoint(_OF_ACCOUNTS)
    if not may_hold_codes(name):
        return False
    distinct = pc.unique(pc.utf8_trim_whitespace(pc.drop_null(values))).to_pylist()
    if words <= _OF_PLACES and not of_accounts and not tells_of_closed(distinct):
        return False
    unknown = (what_they_say(pa.chunked_array([distinct], pa.string())) == UNKNOWN).any()
    longest = _LONGEST if of_accounts else _CODE
    short = all(len(word) <= longest or word.lower() in _FLAGS for word in distinct)
    return 2 <= len(distinct) <= _KINDS and bool(unknown) and (short or tells_of_closed(distinct))


def read_account_states(written: Iterable[str]) -> dict[str, str]:
    """Read meanings that are written as ``WORD=STATE``.

    Raises
    ------
    OptionError
        If one has no equals sign.

    Examples
    --------
    >>> read_account_states(["A=active", "X = deleted"])
    {'A': 'active', 'X': 'deleted'}
    """
    told: dict[str, str] = {}
    for text in written:
        word, sign, state = (part.strip() for part in text.rpartition("="))
        if not (word and sign and state):
            raise OptionError(f"The meaning {text!r} cannot be read, expected WORD=STATE, such as I=inactive.")
        if told.setdefault(word, state.lower()) != state.lower():
            raise OptionError(
                f"The word {word!r} has two meanings, {told[word]} and {state.lower()}. Keep one of them."
            )
    return told


def written_states(told: Mapping[str, AccountState]) -> str:
    """Write meanings as :func:`read_account_states` reads them.

    Examples
    --------
    >>> written_states({"A": "active", "X": "deleted"})
    'A=active, X=deleted'
    """
    return ", ".join(f"{word}={state}" for word, state in told.items())


def _by_key(told: Mapping[str, AccountState]) -> dict[str, str]:
    meanings: dict[str, str] = {}
    for word, state in told.items():
        if meanings.setdefault(_key(word), state) != state:
            raise OptionError(
                f"The word {word!r} of account_states has two meanings, {meanings[_key(word)]} and {state}. Keep one."
            )
    return meanings


def _key(word: str) -> str:
    return word.strip().casefold()


def _is_code(word: str) -> bool:
    return len(word) <= _LONGEST and "@" not in word and sum(map(str.isdigit, word)) <= _FIGURES


def _rows(count: int) -> str:
    return nworded("{count} row", "{count} rows", count)

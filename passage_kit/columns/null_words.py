"""Words that a database or a spreadsheet writes for nothing, such as ``\\N`` and ``#REF!``, made blank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.profile import look_at
from passage_kit.columns.spool import letting_go, put_column_aside
from passage_kit.columns.users_frame import arrow, bytes_of, series

ALWAYS = (
    "\\N", "(null)", "(NULL)", "[NULL]", "[null]", "<null>", "<NULL>", "#N/A", "#NULL!", "0000-00-00",
    "0000-00-00 00:00:00",
    # What a spreadsheet shows for a formula that failed, in the languages in which it differs.
    "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#N/D", "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!",
    "#NOM?", "#NOMBRE!", "#¡REF!", "#¡VALOR!", "#¿NOMBRE?", "#¡DIV/0!", "#¡NUM!", "#VALORE!", "#NOME?", "#RIF!",
    "#VALOR!", "#ERROR!",
)  # fmt: skip
# A person may be called Null: a word only where several columns show it, or in a column that cannot hold a word.
BY_EVIDENCE = ("NULL", "null")
_SEVERAL = 2  # columns
_FIRST_BYTES = np.isin(np.arange(256), [ord(word[0]) for word in (*ALWAYS, *BY_EVIDENCE)])
_SIZES = [len(word.encode()) for word in (*ALWAYS, *BY_EVIDENCE)]
_LENGTHS = np.isin(np.arange(max(_SIZES) + 2), _SIZES)


def null_words_of(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """List the words for nothing in each column that has some.

    ``\\N``, ``(null)``, ``0000-00-00``, ``#N/A`` and the like always mean nothing. ``NULL`` does if several columns
    have it, or if the column's other values are no words.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text columns as read.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> null_words_of(users_frame({"name": ["Ann", "Null"], "city": ["\\\\N", "Ulm"], "born": ["NULL", "1980-01-31"]}))
    {'city': ('\\\\N',), 'born': ('NULL',)}
    """
    return decide_null_words(find_null_words(frame), lambda name: holds_no_words(frame[name]))


def find_null_words(frame: pd.DataFrame) -> dict[str, set[str]]:
    """Find in each column the words that may mean nothing; what parts of a list hold is joined.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> find_null_words(users_frame({"name": ["Ann", "NULL"], "city": ["Bonn", "Ulm"]}))
    {'name': {'NULL'}, 'city': set()}
    """
    return {str(name): _found(arrow(frame[name]), (*ALWAYS, *BY_EVIDENCE)) for name in letting_go(frame.columns)}


def decide_null_words(
    found: Mapping[str, set[str]], holds_no_words: Callable[[str], bool]
) -> dict[str, tuple[str, ...]]:
    """Decide which of the words found mean nothing, by column.

    Parameters
    ----------
    found : mapping of str to set of str
        As :func:`find_null_words` gives them.
    holds_no_words : callable
        Tells of a column whether its other values are no words.

    Examples
    --------
    >>> decide_null_words({"name": {"NULL"}, "city": {"#N/A"}}, lambda name: False)
    {'city': ('#N/A',)}
    """
    doubtful = [name for name, words in found.items() if words & {*BY_EVIDENCE}]
    certain = doubtful if len(doubtful) >= _SEVERAL else [name for name in doubtful if holds_no_words(name)]
    return {
        name: tuple(sorted(words if name in certain else words - {*BY_EVIDENCE}))
        for name, words in found.items()
        if words - ({*BY_EVIDENCE} if name not in certain else set())
    }


def without_words(column: pd.Series[Any], words: Iterable[str]) -> tuple[pd.Series[Any], int]:
    """Make some words of a column blank, and count them.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> column, count = without_words(users_frame({"city": ["\\\\N", "Ulm"]})["city"], ["\\\\N"])
    >>> column.to_list(), count
    ([<NA>, 'Ulm'], 1)
    """
    text = arrow(column)
    blank = pc.fill_null(pc.is_in(text, value_set=pa.array(list(words), text.type)), False)
    cleared = pc.if_else(blank, pa.scalar(None, text.type), text)
    return series(put_column_aside(cleared), column), pc.sum(blank).as_py() or 0


def _found(text: pa.ChunkedArray, words: tuple[str, ...]) -> set[str]:
    if not pa.types.is_string(text.type):
        return set()
    some = [chunk.take(_may_be_words(chunk)) for chunk in text.chunks if len(chunk)]
    return set(pc.unique(pa.chunked_array(some, text.type)).to_pylist()) & {*words}


def _may_be_words(texts: pa.Array) -> pa.Array:
    """Find the texts that begin as a word and are as long: few do, and no other is read in full."""
    data, starts = bytes_of(texts)
    if not len(data):
        return pa.array([], pa.int64())
    some = np.flatnonzero(_FIRST_BYTES.take(data.take(starts[:-1], mode="clip")))  # of a blank, of what follows it
    return pa.array(some[_LENGTHS.take(starts[some + 1] - starts[some], mode="clip")])  # the last length is no word's


def holds_no_words(column: pd.Series[Any]) -> bool:
    """Tell whether a column holds emails, dates or numbers, so that NULL is none of its values.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> holds_no_words(users_frame({"born": ["NULL", "1980-01-31"]})["born"])
    True
    """
    values, _ = without_words(column, BY_EVIDENCE)
    look = look_at(values)
    return bool(look.filled) and look.looks_like in ("email", "phone", "date", "integer", "boolean")

"""Identity of the people of a users frame: what tells a row from all others, in this state of the source and the next.

The identity of a row is the first of these that no other row has: its ``source_key``; its email and its phone, if each
is its own; all its cells. One identifier alone is not enough: it may be somebody else's now. A row whose double is
in the source has no identity.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, TEXT, arrow, mask_of, series
from passage_kit.identifiers.emails import PLACEHOLDER

_KEY, _PERSON, _CELLS = "key", "person", "cells"
_BETWEEN = "\x1f"
_ESCAPED = (("\x1e", "\x1e0"), (_BETWEEN, "\x1e1"))  # so that two rows never give one text
_ADDRESS = r"^[^\s@]+@[^\s@]+\.[^\s@]+$"
_NUMBER = r"(?:\d\D*){7}"
_ONE_DIGIT = "|".join(rf"(?:{digit}\D*)+" for digit in range(10))
_NO_NUMBER = rf"^\D*(?:{_ONE_DIGIT}|123456789?0?)$"
NO_ROW, SEVERAL_ROWS = "no row of the source is this person's now", "several rows of the source may be this person's"
NO_IDENTITY = "nothing says whose it is"


class Found(NamedTuple):
    """Rows of today for some identities: ``source_row`` (nullable int64), and ``why`` there is none (text)."""

    rows: pd.Series[Any]
    why: pd.Series[Any]


def key_identity(keys: pd.Series[Any]) -> pd.Series[Any]:
    """Make the identities that keys give; a blank has none.

    Examples
    --------
    >>> key_identity(pd.Series(["c7", None])).tolist()
    ['key\\x1fc7', <NA>]
    """
    bare = pc.utf8_trim_whitespace(arrow(keys.astype(TEXT)))
    some = pc.if_else(pc.equal(bare, ""), None, bare)
    return series(pc.binary_join_element_wise(_KEY, some, _BETWEEN), keys)


def identities_of(users: pd.DataFrame) -> pd.Series[Any]:
    """Give the identity of each row.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped, not corrected.

    Returns
    -------
    pandas.Series
        Text, with the index of ``users``; null for a row that nothing tells from another one.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"source_key": ["c7", "c8", "c8"], "email": ["ann@", "bo@", "bo@"]})
    >>> identities_of(users).tolist()
    ['key\\x1fc7', <NA>, <NA>]
    """
    identity = pa.nulls(len(users), pa.string())
    for texts in (key_texts(users), _person_texts(users), cell_texts(users)):
        alone = pc.if_else(pa.array(_is_alone(texts)), texts.combine_chunks(), None)
        identity = pc.coalesce(identity, alone)
        if not identity.null_count:
            break
    return series(identity, users)


def find_people(users: pd.DataFrame, identities: pd.Series[Any]) -> Found:
    """Find the row of each identity in another state of the source.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame of today, as mapped, not corrected.
    identities : pandas.Series
        Identities from :func:`identities_of` of the former users frame.

    Returns
    -------
    Found
        Two columns with the index of ``identities``. A row is given only if exactly one fits.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> former = users_frame({"source_key": ["c7", "c8", "c9"], "email": [None, None, None]})
    >>> today = users_frame({"source_key": ["c9", "c9", "c7"], "email": [None, None, None]})
    >>> find_people(today, identities_of(former)).rows.tolist()
    [3, <NA>, <NA>]
    """
    wanted = arrow(identities.astype(TEXT))
    position, several = pa.nulls(len(wanted), pa.int32()), np.zeros(len(wanted), dtype=bool)
    for kind, texts_of in ((_KEY, key_texts), (_PERSON, _person_texts), (_CELLS, cell_texts)):
        if not pc.any(pc.starts_with(wanted, kind + _BETWEEN)).as_py():
            continue
        texts = texts_of(users).combine_chunks()
        alone = _is_alone(texts)
        several |= mask_of(pc.is_in(wanted, value_set=texts.filter(pa.array(~alone)).drop_null()))
        only = pc.if_else(pa.array(alone), texts, None)
        position = pc.coalesce(position, pc.index_in(wanted, value_set=only, skip_nulls=True))
    rows = pc.take(pa.array(users.index.to_numpy(dtype=np.int64)), position)
    why = pc.if_else(pa.array(several), SEVERAL_ROWS, pc.if_else(pc.is_valid(wanted), NO_ROW, NO_IDENTITY))
    return Found(series(rows, identities), series(pc.if_else(pc.is_valid(rows), None, why), identities))


def _is_alone(texts: pa.ChunkedArray | pa.Array) -> Mask:
    """Mark the texts that no other row has."""
    column = pd.Series(pd.arrays.ArrowExtensionArray(texts))
    alone: Mask = (column.notna() & ~column.duplicated(keep=False)).to_numpy(dtype=bool)
    return alone


def _bare(users: pd.DataFrame, name: str) -> pa.ChunkedArray:
    """Give a column without white space around its values; a blank, or a column that is missing, is ``""``."""
    if name not in users:
        return pa.chunked_array([pa.repeat("", len(users))])
    bare = pc.fill_null(pc.utf8_trim_whitespace(arrow(users[name].astype(TEXT))), "")
    for mark, escaped in _ESCAPED:
        bare = pc.replace_substring(bare, mark, escaped)
    return bare


def key_texts(users: pd.DataFrame) -> pa.ChunkedArray:
    """Give the identity of each row by its key, be it its own or not.

    Examples
    --------
    >>> key_texts(pd.DataFrame({"email": ["ann@example.org"]})).to_pylist()
    [None]
    """
    if SOURCE_KEY not in users:
        return pa.chunked_array([pa.nulls(len(users), pa.string())])
    return arrow(key_identity(users[SOURCE_KEY]))


class Contacts(NamedTuple):
    """Email (lower case) and digits of the phone of each row, ``""`` for none.

    ``identity`` is that of the row if both are its own; null where they stand for no address or number.
    """

    email: pa.ChunkedArray
    digits: pa.ChunkedArray
    identity: pa.ChunkedArray


def contacts_of(users: pd.DataFrame) -> Contacts:
    """Give what email and phone say of the person of each row.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["Ann@example.org", "n/a"], "phone": ["+1 415 555 2671", "+1 415 555 2672"]})
    >>> contacts_of(users).identity.to_pylist()
    ['person\\x1fann@example.org\\x1f+1 415 555 2671\\x1f', None]
    """
    email, phone = pc.utf8_lower(_bare(users, EMAIL)), _bare(users, PHONE)
    digits = pc.replace_substring_regex(phone, r"\D", "")
    is_address = pc.and_not(pc.match_substring_regex(email, _ADDRESS), pc.match_substring_regex(email, PLACEHOLDER))
    is_number = pc.and_not(pc.match_substring_regex(phone, _NUMBER), pc.match_substring_regex(phone, _NO_NUMBER))
    said = pc.if_else(pc.and_(is_address, is_number), email, None)
    return Contacts(
        email, digits, pc.binary_join_element_wise(_PERSON, said, phone, _bare(users, SOURCE_KEY), _BETWEEN)
    )


def _person_texts(users: pd.DataFrame) -> pa.ChunkedArray:
    """Give the identity of each row by email and phone; those that are shared say nothing about its person."""
    email, digits, identity = contacts_of(users)
    return pc.if_else(pa.array(_is_alone(email) & _is_alone(digits)), identity, None)


def cell_texts(users: pd.DataFrame) -> pa.ChunkedArray:
    """Give the identity of each row by all its cells, be it its own or not; a row without any says nothing.

    Examples
    --------
    >>> cell_texts(pd.DataFrame({"city": ["Oslo", ""]})).to_pylist()
    ['cells\\x1fcity\\x1fOslo', None]
    """
    names = sorted(map(str, users.columns))
    cells = [_bare(users, name) for name in names]
    joined = pc.binary_join_element_wise(_CELLS, *names, *cells, _BETWEEN)
    filled = [pc.not_equal(cell, "") for cell in cells]
    some = filled[0]
    for more in filled[1:]:
        some = pc.or_(some, more)
    return pc.if_else(some, joined, None)

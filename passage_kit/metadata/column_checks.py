"""Checks of whole columns for the pandera schema of the users; a null passes each check."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.fingerprints import first_rows
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, arrow, bytes_of, is_digit, mask_of, matches
from passage_kit.metadata.value_judges import breaks_pattern, is_too_long

NORMAL_FORMS = {
    EMAIL: r"^[^@\sA-Z]+@[^@\sA-Z]+\.[^@\sA-Z]+$",
    PHONE: r"^\+[1-9]\d{1,19}$",  # E.164 has 15 figures at most, phonenumbers knows valid numbers of a few more
}


def has_form(column: pd.Series[Any], pattern: str) -> pd.Series[bool]:
    """Mark the values that are null or have a normal form."""
    values = arrow(column)
    if pattern == NORMAL_FORMS[PHONE] and all(in_pieces(values, are_phones)):
        return _verdict(np.zeros(len(values), dtype=bool), column)
    return _verdict(~matches(values, pattern) & mask_of(values.is_valid()), column)


def is_unique(column: pd.Series[Any]) -> pd.Series[bool]:
    """Mark the values that no earlier row has."""
    return _verdict(is_repeated(column), column)


def is_unique_row(rows: pd.Series[int]) -> pd.Series[bool]:
    """Mark the numbers that no earlier row has; ascending numbers, the usual case, need no search."""
    ascend = bool((np.diff(rows.to_numpy()) > 0).all())
    return _verdict(np.zeros(len(rows), dtype=bool) if ascend else rows.duplicated().to_numpy(), rows)


def is_repeated(column: pd.Series[Any]) -> Mask:
    """Mark the values that an earlier row has, nulls aside."""
    first = first_rows(arrow(column))
    return np.asarray((first >= 0) & (first < np.arange(len(column))))


def is_short(column: pd.Series[Any], max_length: int) -> pd.Series[bool]:
    """Mark the texts that are no longer than their field allows."""
    return _verdict(is_too_long(arrow(column), max_length), column)


def has_pattern(column: pd.Series[Any], pattern: str) -> pd.Series[bool]:
    """Mark the texts that match the pattern of their field."""
    broken = [mask_of(breaks_pattern(texts, pattern)) for texts in arrow(column).chunks]
    return _verdict(np.concatenate([np.zeros(0, dtype=bool), *broken]), column)


def is_chosen(column: pd.Series[Any], choices: tuple[str, ...]) -> pd.Series[bool]:
    """Mark the values among the choices of their field."""
    values = arrow(column)
    return _verdict(pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=pa.array(choices)))), column)


def has_identifier(users: pd.DataFrame) -> pd.Series[bool]:
    """Mark the rows that have an email or a phone."""
    email, phone = (arrow(users[name]) for name in IDENTIFIERS)
    return _verdict(pc.and_(pc.is_null(email), pc.is_null(phone)), users)


def are_phones(texts: pa.Array) -> bool:
    """Check quickly that all texts have the normal form of phones: one plus at the beginning, then digits only."""
    text, starts = bytes_of(texts)
    length = np.diff(starts)
    first, length = starts[:-1][length > 0], length[length > 0]
    signs = np.flatnonzero(~is_digit(text))
    return bool(
        np.array_equal(signs, first)
        and (text[signs] == ord("+")).all()
        and length.min(initial=3) >= 3
        and length.max(initial=0) <= 21
        and (text[first + 1] != ord("0")).all()
    )


def _verdict(failing: pa.ChunkedArray | Mask, like: pd.Series[Any] | pd.DataFrame) -> pd.Series[bool]:
    mask = failing if isinstance(failing, np.ndarray) else mask_of(failing)
    return pd.Series(~mask, index=like.index)

"""Checks of whole columns for the pandera schema of the users; a null passes each check."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.fingerprints import first_rows
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, arrow, bytes_of, is_digit, mask_of, matches
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.value_judges import breaks_pattern, is_too_long

NORMAL_FORMS = {
    EMAIL: r"^[^@\sA-Z]+@[^@\sA-Z]+\.[^@\sA-Z]+$",
    PHONE: r"^\+[1-9]\d{1,19}$",  # E.164 has 15 figures at most, phonenumbers knows valid numbers of a few more
}
NORMAL, UNIQUE = "normal form", "unique"  # names of checks


class ColumnCheck(NamedTuple):
    """A check of a column: its name, and what gives a verdict for each value."""

    name: str
    judge: Callable[[pd.Series[Any]], pd.Series[bool]]


def identifier_checks(name: str) -> list[ColumnCheck]:
    """Give the checks of emails or phones."""
    form = partial(has_form, pattern=NORMAL_FORMS[name])
    return [ColumnCheck(NORMAL, form), ColumnCheck(UNIQUE, is_unique)]


def field_checks(field: MetadataField) -> list[ColumnCheck]:
    """Give the checks of a metadata field whose column has the field's type."""
    checks = []
    if field.type in NORMAL_FORMS:
        checks.append(ColumnCheck(NORMAL, partial(has_form, pattern=NORMAL_FORMS[field.type])))
    if field.max_length is not None:
        checks.append(ColumnCheck("max_length", partial(is_short, max_length=field.max_length)))
    if field.pattern is not None:
        checks.append(ColumnCheck("pattern", partial(has_pattern, pattern=field.pattern)))
    if field.choices:
        checks.append(ColumnCheck("choices", partial(is_chosen, choices=field.choices)))
    return checks


def pass_all(users: pd.DataFrame, fields: MetadataSchema) -> bool:
    """Tell whether typed users, none of them incomplete, pass every check that the schema of the fields has.

    pandera would say the same. But to load it takes a quarter of the time of a short run, and nearly every run ends
    here.
    """
    checks = {name: identifier_checks(name) for name in IDENTIFIERS}
    checks |= {field.column: field_checks(field) for field in fields}
    return bool(is_unique_row(users.index.to_series()).all()) and all(
        check.judge(users[name]).all() for name, of_column in checks.items() for check in of_column
    )


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

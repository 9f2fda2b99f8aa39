"""Rows whose email cannot be used although they have one: they are not rows without email."""

from __future__ import annotations

import numpy as np
import pandas as pd

from passage_kit.columns.arrays import Mask
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import EMAIL, SOURCE_ROW
from passage_kit.errors import OptionError

# A placeholder stands for no email, so it is not among them.
UNREADABLE = ("email_invalid", "email_multiple")
_NEEDED = (SOURCE_ROW, "field", "code")


def have_unreadable_email(users: pd.DataFrame, findings: pd.DataFrame | None) -> Mask:
    """Mark the rows from which an email was withheld that cannot be read, or that is one of several.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized ``email``.
    findings : pandas.DataFrame, optional
        Findings of :func:`passage_kit.normalize_identifiers`. Without them no row is marked.

    Returns
    -------
    numpy.ndarray of bool
        One element for each row of the users.

    Raises
    ------
    OptionError
        If the frame of findings lacks a column.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.identifiers.identifiers import normalize_identifiers
    >>> users, findings = normalize_identifiers(users_frame({"email": ["ann@", "n/a", "a@example.org b@example.org"]}))
    >>> have_unreadable_email(users, findings).tolist()
    [True, False, True]
    """
    if findings is None:
        return np.zeros(len(users), dtype=bool)
    missing = [name for name in _NEEDED if name not in findings]
    if missing:
        raise OptionError(
            f"Duplicates cannot be merged: the findings have no column {missing[0]!r}. Give the findings that "
            "normalize_identifiers returned."
        )
    found = given_frame(findings, text=_NEEDED[1:], numbered=False)
    rows = found.loc[found["field"].eq(EMAIL) & found["code"].isin(UNREADABLE), SOURCE_ROW]
    marked: Mask = users.index.isin(rows) & users[EMAIL].isna().to_numpy(dtype=bool)
    return marked

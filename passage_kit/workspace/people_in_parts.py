"""People of a list that nobody holds whole: the few rows of it by which some people are told from all others.

What tells a row from all others is that no other row has it. So beside the rows that are looked for, two rows of each
value that they have are enough, of the whole list: among these few rows,
:func:`passage_kit.workspace.people.identities_of` and :func:`passage_kit.workspace.people.find_people` say of the rows
that are looked for what they say of them in the whole list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.users_frame import filter_rows, mask_of
from passage_kit.workspace.people import cell_texts, contacts_of, key_texts

SIGNS = ("key", "email", "digits", "cells")  # that tell a row from others
_ENOUGH = 2  # rows with one value: it is nobody's own then


def looked_for(users: pd.DataFrame, rows: Collection[int], identities: pa.Array) -> pd.DataFrame:
    """Give the rows of a part that are named by their number, or that may be the person with an identity.

    Parameters
    ----------
    users : pandas.DataFrame
        Rows of a users frame as mapped, not corrected.
    rows : collection of int
        Source rows.
    identities : pyarrow.Array
        Texts from :func:`passage_kit.workspace.people.identities_of`.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> part = users_frame({"source_key": ["c1", "c2", "c3"], "email": ["ann@", "bo@", "cy@"]})
    >>> looked_for(part, [1], pa.array(["key\\x1fc3"]))["email"].tolist()
    ['ann@', 'cy@']
    """
    named = users.index.isin(list(rows))
    for texts in (key_texts(users), contacts_of(users).identity, cell_texts(users)):
        named |= _some_of(texts, identities)
    return filter_rows(users, named)


def signs_of(users: pd.DataFrame) -> dict[str, pa.Array]:
    """Give the values of rows that tell them from others, if no other row has them.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> {name: len(values) for name, values in signs_of(users_frame({"email": ["ann@"], "phone": [None]})).items()}
    {'key': 0, 'email': 1, 'digits': 0, 'cells': 1}
    """
    return {name: texts.unique().drop_null() for name, texts in _signs(users).items()}


def with_signs(users: pd.DataFrame, signs: Mapping[str, pa.Array]) -> pd.DataFrame:
    """Give the rows of a part that have some of the values, two rows of each value at the most.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> part = users_frame({"email": ["ann@", "bo@", "ann@", "ann@"], "phone": [None] * 4})
    >>> with_signs(part, signs_of(part.head(1))).index.tolist()
    [1, 3]
    """
    some = np.zeros(len(users), dtype=bool)
    for name, texts in _signs(users).items():
        some |= _some_of(texts, signs[name])
    return filter_rows(users, some)


def _signs(users: pd.DataFrame) -> dict[str, pa.ChunkedArray]:
    contacts = contacts_of(users)
    filled = (pc.if_else(pc.equal(texts, ""), None, texts) for texts in (contacts.email, contacts.digits))
    return dict(zip(SIGNS, (key_texts(users), *filled, cell_texts(users)), strict=True))


def _some_of(texts: pa.ChunkedArray, wanted: pa.Array) -> Mask:
    """Mark the first rows of each text that is wanted."""
    places = np.flatnonzero(mask_of(pc.is_in(texts, value_set=wanted, skip_nulls=True)))
    found = pd.Series(texts.take(pa.array(places, pa.int64())).to_pylist(), dtype=object)
    marked = np.zeros(len(texts), dtype=bool)
    marked[places[found.groupby(found).cumcount().to_numpy() < _ENOUGH]] = True
    return marked

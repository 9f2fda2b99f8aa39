"""Rows found for a table of people: searched, filtered by their findings, and sorted, always whole columns at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, SOURCE_ROW, arrow, filter_rows, mask_of, rows_at
from passage_kit.duplicates.spelling import name_columns_of
from passage_kit.findings.ledger import build_ledger

ANY = "any"  # in place of a code: every kind of finding that deserves a look
TO_LOOK_AT = ("rejected", "withheld", "warning", "absorbed")
_LONGEST_PERSON = 80


def dispositions_of(users: pd.DataFrame, findings: pd.DataFrame) -> pd.Series[str]:
    """Tell of each row whether it is kept, absorbed or rejected, by its findings so far.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.findings.findings import make_findings
    >>> users = users_frame({"email": ["ann@example.org", None]})
    >>> dispositions_of(users, make_findings([2], field="email", code="no_identifier")).tolist()
    ['kept', 'rejected']
    """
    gone = filter_rows(findings, findings["effect"].isin(["rejected", "absorbed"]).to_numpy(dtype=bool))
    stay = pd.DataFrame(index=users.index[~users.index.isin(gone[SOURCE_ROW].dropna())])  # a ledger needs no values
    disposition: pd.Series[str] = build_ledger(users.index, stay, gone)["disposition"]
    return disposition


def find_rows(
    users: pd.DataFrame,
    *,
    text: str = "",
    column: str = "",
    findings: pd.DataFrame | None = None,
    sort: str = "",
    descending: bool = False,
) -> Positions:
    """Find the rows of a users frame that have a text or a finding, in an order.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame: text columns, index ``source_row``.
    text : str, default ""
        Text that a value has, in any case; a number also finds the row of this number. Default: all rows.
    column : str, default ""
        Column in which to look for the text. Default: all columns.
    findings : pandas.DataFrame, optional
        Findings of which a row has one. Default: all rows.
    sort : str, default ""
        Column to sort by, in any case of letters; blanks come last. Default: the order of the source.
    descending : bool, default False

    Returns
    -------
    array of int
        Positions of the rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["bo@x.org", None, "Ann@x.org"], "city": ["Ulm", "Ulm", "Rome"]})
    >>> find_rows(users, sort="email").tolist(), find_rows(users, text="ulm").tolist()
    ([2, 0, 1], [0, 1])
    """
    keep = np.ones(len(users), dtype=bool)
    if findings is not None:
        keep &= np.asarray(users.index.isin(findings[SOURCE_ROW].dropna()), dtype=bool)
    if text := text.strip():
        keep &= _having(users, text, column)
    found: Positions = np.flatnonzero(keep)
    if sort in users and len(found):
        values = pc.utf8_lower(pc.cast(take_rows(arrow(users[sort]), pa.array(found)), pa.string()))
        order = pc.sort_indices(pa.table({"value": values}), [("value", "descending" if descending else "ascending")])
        found = found[order.to_numpy()]
        return found
    return found[::-1] if descending else found


def findings_of(findings: pd.DataFrame, code: str, column: str = "") -> pd.DataFrame:
    """Choose the findings of a kind, or of any kind that deserves a look, and perhaps of one column.

    Examples
    --------
    >>> from passage_kit.findings.findings import make_findings
    >>> found = make_findings([2, 3], field="email", code="email_invalid")
    >>> len(findings_of(found, ANY)), len(findings_of(found, "email_invalid", "phone"))
    (2, 0)
    """
    is_kind = findings["effect"].isin(TO_LOOK_AT) if code == ANY else findings["code"].eq(code)
    chosen = is_kind.to_numpy(dtype=bool, na_value=False)
    if column:
        chosen = chosen & findings["field"].eq(column).to_numpy(dtype=bool, na_value=False)
    return filter_rows(findings, chosen)


def people_of(users: pd.DataFrame, rows: Iterable[int]) -> dict[int, str]:
    """Say in a few words who stands in each row: the name, and the first of email, phone and key.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"first_name": ["Ann"], "last_name": ["Lee"], "email": [None], "phone": ["+1415"]})
    >>> people_of(users, [1])
    {1: 'Ann Lee, +1415'}
    """
    some = rows_at(users, users.index.intersection(pd.Index(list(rows), dtype="int64")))
    names = name_columns_of(map(str, some.columns))
    said = {}
    for row, values in zip(some.index.tolist(), some.to_dict("records"), strict=True):
        filled = {str(name): str(value).strip() for name, value in values.items() if pd.notna(value)}
        whole = " ".join(filled[name] for name in names if filled.get(name))
        reached = next((filled[name] for name in (EMAIL, PHONE, SOURCE_KEY) if filled.get(name)), "")
        person = ", ".join(part for part in (whole, reached) if part)
        said[int(row)] = person if len(person) <= _LONGEST_PERSON else f"{person[:_LONGEST_PERSON]}…"
    return said


def _having(users: pd.DataFrame, text: str, column: str) -> Mask:
    """Mark the rows with a text, or of that number."""
    hit = np.zeros(len(users), dtype=bool)
    for name in [column] if column in users else users.columns:
        hit |= mask_of(pc.match_substring(pc.cast(arrow(users[name]), pa.string()), text, ignore_case=True))
    if text.isdecimal() and not column:
        hit |= users.index.to_numpy() == int(text)
    return hit

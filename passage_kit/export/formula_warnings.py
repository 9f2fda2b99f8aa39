"""Warnings about values that the Console CSV holds exactly and that a spreadsheet would take for formulas."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa

from passage_kit.columns.spreadsheet_cells import is_formula
from passage_kit.columns.users_frame import IDENTIFIERS, arrow
from passage_kit.findings.findings import collect_findings, make_findings


def warn_of_formulas(users: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Find the values that begin as a formula does in a spreadsheet.

    An importer takes them as they are, so the Console CSV keeps them. A phone in E.164 form is a number to a
    spreadsheet, and not meant.

    Parameters
    ----------
    users : pandas.DataFrame
        Users to export.
    columns : iterable of str
        Columns of the metadata fields; the identifiers are looked at, too.

    Returns
    -------
    pandas.DataFrame
        A finding ``formula_like`` for each value.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@example.org"], "phone": ["+14155550101"], "name": ["=1+1"]})
    >>> warn_of_formulas(users, ["name"])[["field", "value", "code"]].to_numpy().tolist()
    [['name', '=1+1', 'formula_like']]
    """
    found = []
    for name in (name for name in (*IDENTIFIERS, *columns) if name in users):
        values = arrow(users[name])
        if pa.types.is_string(values.type):
            like = is_formula(values, numbers=False)
            if like.any():
                rows, cells = users.index[like], users[name][like]
                found.append(make_findings(rows, field=name, value=cells, code="formula_like"))
    return collect_findings(found)

"""Segments of the people to tell: by email, by phone alone, otherwise, and those whose account is closed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, SOURCE_KEY, SOURCE_ROW, TEXT, arrow, mask_of
from passage_kit.findings.ledger import KEPT, REJECTED
from passage_kit.workspace.workspace import Workspace

SEGMENTS = {
    "email": "They sign in, and have an email.",
    "phone_only": "They sign in by phone alone: send a text message.",
    "reach_otherwise": "They were left out, so they cannot sign in: reach them in another way.",
    "inactive": "Their account is closed in your system: decide whether to tell them.",
}
_THERE = ("exported_before", "row_blank", "row_repeats_header")  # were told with the export before; nobody


def find_segments(workspace: Workspace) -> dict[str, pd.DataFrame]:
    """Divide the people of a workspace by how they are told.

    Everybody who was kept is in one of ``email``, ``phone_only`` and ``inactive``; everybody who was rejected is in
    ``reach_otherwise``, except who was exported before and rows that are nobody. A row that was absorbed is told with
    its survivor.

    Parameters
    ----------
    workspace : Workspace
        A workspace whose users were prepared.

    Returns
    -------
    dict of str to pandas.DataFrame
        By segment. Text columns ``source_row``, ``source_key``, ``email``, ``phone`` and ``codes`` (why a row was left
        out); of a rejected row, email and phone are what stood in the source, as far as a finding has it.

    Raises
    ------
    PlanError
        If no users were prepared yet.
    """
    users, ledger = workspace.load_stage("users"), workspace.load_stage("ledger")
    findings = workspace.load_stage("findings")
    closed = findings.loc[findings["code"].eq("account_inactive").to_numpy(dtype=bool), SOURCE_ROW].dropna()
    kept = ledger[ledger["disposition"].eq(KEPT).to_numpy(dtype=bool)]
    people = _frame(kept, users.reindex(kept.index))
    inactive = kept.index.isin(closed.to_numpy(np.int64))
    has_email = mask_of(pc.is_valid(arrow(people[EMAIL])))
    rejected = ledger[ledger["disposition"].eq(REJECTED).to_numpy(dtype=bool)]
    nobody = np.zeros(len(rejected), dtype=bool)
    for code in _THERE:
        nobody |= rejected["codes"].str.contains(code, regex=False).fillna(False).to_numpy(dtype=bool)
    rejected = rejected[~nobody]
    return {
        "email": people[has_email & ~inactive],
        "phone_only": people[~has_email & ~inactive],
        "reach_otherwise": _frame(rejected, _as_they_were(rejected, findings)),
        "inactive": people[inactive],
    }


def _frame(rows: pd.DataFrame, identifiers: pd.DataFrame) -> pd.DataFrame:
    blank = pa.nulls(len(rows), pa.string())
    columns = {
        SOURCE_ROW: pc.cast(pa.array(rows.index.to_numpy(dtype=np.int64)), pa.string()),
        SOURCE_KEY: arrow(rows[SOURCE_KEY].astype(TEXT)),
        **{name: arrow(identifiers[name].astype(TEXT)) if name in identifiers else blank for name in IDENTIFIERS},
        "codes": arrow(rows["codes"].astype(TEXT)),
    }
    return pd.DataFrame({name: pd.array(values, dtype=TEXT) for name, values in columns.items()})


def _as_they_were(rows: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Give the emails and phones that findings quote of rejected rows, the first of each."""
    quoted = findings[
        findings["value"].notna().to_numpy(dtype=bool) & findings[SOURCE_ROW].notna().to_numpy(dtype=bool)
    ]
    columns = {}
    for name in (EMAIL, PHONE):
        own = quoted[quoted["field"].eq(name).fillna(False).to_numpy(dtype=bool)].drop_duplicates(SOURCE_ROW)
        values = pd.Series(own["value"].array, index=own[SOURCE_ROW].to_numpy(np.int64))
        columns[name] = values.reindex(rows.index)
    return pd.DataFrame(columns)

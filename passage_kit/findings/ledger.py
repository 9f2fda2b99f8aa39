"""Ledger: the disposition of every source row.

A ``ledger frame`` has one row for each source row, with the index ``source_row`` and the columns ``source_key``,
``disposition`` (``kept | absorbed | rejected``), ``survivor_row`` (of an absorbed row) and ``codes`` (joined by a
space).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions, narrowest
from passage_kit.columns.spool import one_table, partitions_of
from passage_kit.columns.users_frame import SOURCE_KEY, SOURCE_ROW, arrow, frame_of, mask_of
from passage_kit.errors import AccountingError
from passage_kit.findings.catalogue import CODES

KEPT, ABSORBED, REJECTED = "kept", "absorbed", "rejected"


def build_ledger(
    read: pd.Index[Any],
    users: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    source_key: pd.Series[Any] | None = None,
) -> pd.DataFrame:
    """Build the ledger, which says what became of every source row.

    Parameters
    ----------
    read : pandas.Index
        ``source_row`` of every row that was read.
    users : pandas.DataFrame
        Rows that are kept; the function uses the index only.
    findings : pandas.DataFrame
        All findings of all steps.
    source_key : pandas.Series, optional
        Source keys as text, indexed by ``source_row``. Default: no source keys.

    Returns
    -------
    pandas.DataFrame
        Ledger frame, in the order of ``read``. A row absorbed into a row that was rejected is rejected itself
        (``survivor_rejected``), so that a survivor is always a kept row.

    Raises
    ------
    AccountingError
        If a row is neither kept nor has a finding that absorbed or rejected it.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.findings.findings import collect_findings, make_findings
    >>> read = users_frame({"email": ["a@example.org", "b@", "A@example.org"]})
    >>> found = collect_findings([
    ...     make_findings([2], field="email", code="email_invalid"),
    ...     make_findings([2], field="email", code="no_identifier"),
    ...     make_findings([3], field="email", code="duplicate_email", other_row=[1]),
    ... ])
    >>> build_ledger(read.index, read.loc[[1]], found)
               source_key disposition survivor_row                        codes
    source_row
    1                <NA>        kept         <NA>
    2                <NA>    rejected         <NA>  email_invalid no_identifier
    3                <NA>    absorbed            1              duplicate_email
    """
    rows, effect = arrow(findings[SOURCE_ROW]), arrow(findings["effect"])
    at = np.where(mask_of(rows.is_valid()), read.get_indexer(pc.fill_null(rows, 0).to_numpy()), -1)
    at = at.astype(narrowest(len(read)))
    says_rejected, says_absorbed = (mask_of(pc.equal(effect, said)) & (at >= 0) for said in (REJECTED, ABSORBED))
    kept, rejected = np.zeros((2, len(read)), dtype=bool)
    going_out = read.get_indexer(users.index)
    kept[going_out[going_out >= 0]] = True  # a user who was never read is nobody's row, and does not add up
    rejected[at[says_rejected]] = True
    survivor = _survivors(read, at[says_absorbed], arrow(findings["other_row"]).filter(pa.array(says_absorbed)))
    absorbed = (survivor >= 0) & ~kept & ~rejected
    orphaned = absorbed & ~kept[survivor]
    absorbed &= ~orphaned
    disposition = np.full(len(read), 3, dtype=np.int8)
    for place, mask in enumerate([rejected | orphaned, absorbed, kept]):
        disposition[mask] = place
    columns = {
        SOURCE_KEY: pa.nulls(len(read), pa.string()) if source_key is None else arrow(source_key.reindex(read)),
        "disposition": pa.array([REJECTED, ABSORBED, KEPT, "lost"]).take(pa.array(disposition)),
        "survivor_row": pa.array(read.to_numpy()[survivor], mask=~absorbed),
        "codes": _codes_by_row(arrow(findings["code"]), at, orphaned),
    }
    ledger = frame_of(columns, columns.values(), read.rename(SOURCE_ROW))
    check_accounting(ledger, users)
    return ledger


def _survivors(read: pd.Index[Any], at: Positions, into: pa.ChunkedArray) -> Positions:
    """Find the final survivor of each row through all chains, by its last finding: a position, or -1 without one."""
    survivor = np.full(len(read), -1, dtype=at.dtype)
    survivor[at] = read.get_indexer(into.to_numpy())
    chained = np.flatnonzero(survivor >= 0)
    while len(chained := chained[survivor[survivor[chained]] >= 0]):
        survivor[chained] = survivor[survivor[chained]]
    return survivor


def _codes_by_row(codes: pa.ChunkedArray, at: Positions, orphaned: Mask) -> pa.ChunkedArray:
    """Join the codes of each row by a space, in the order found and each once, partition by partition."""
    code = pc.index_in(codes, value_set=pa.array(CODES)).to_numpy().astype(np.int16)
    if (np.diff(at) < 0).any():  # the findings of a run are in the order of their rows
        order = np.argsort(at, kind="stable")
        at, code = at[order], code[order]

    def parts() -> Iterator[pa.Table]:
        for start in (starts := partitions_of(len(orphaned))):
            some = slice(*np.searchsorted(at, [start, start + starts.step]))
            joined = _joined_codes(code[some], at[some] - start, orphaned[start : start + starts.step])
            yield pa.table([joined], names=["codes"])

    return one_table(parts())["codes"]


def _joined_codes(code: Positions, rows: Positions, orphaned: Mask) -> pa.Array:
    """Join the codes of each row of a part; every distinct text is made once."""
    orphans = np.flatnonzero(orphaned)
    code = np.append(code, np.full(len(orphans), [*CODES].index("survivor_rejected"), dtype=np.int16))
    rows = np.append(rows, orphans)
    if len(orphans):
        order = np.argsort(rows, kind="stable")
        rows, code = rows[order], code[order]
    names, texts = [*CODES], {"": 0}
    text, latest = np.zeros(len(orphaned), dtype=np.int32), np.empty(len(orphaned), dtype=np.int16)
    while len(rows):  # the first code of each row, then the next one that is another, ...
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        touched, added = rows[first], code[first]
        longer = text[touched] * len(names) + added
        becomes, earlier = np.zeros(len(texts) * len(names), dtype=np.int32), [*texts]
        for each in np.flatnonzero(np.bincount(longer)):
            joined = f"{earlier[each // len(names)]} {names[each % len(names)]}".lstrip()
            becomes[each] = texts.setdefault(joined, len(texts))
        text[touched], latest[touched] = becomes[longer], added
        others = np.flatnonzero(code != latest[rows])
        rows, code = rows[others], code[others]
    return pa.array(texts).take(pa.array(text))


def count_dispositions(ledger: pd.DataFrame) -> dict[str, int]:
    """Count the rows of a ledger that were kept, absorbed and rejected.

    Examples
    --------
    >>> count_dispositions(pd.DataFrame({"disposition": ["kept", "absorbed", "kept"]}))
    {'kept': 2, 'absorbed': 1, 'rejected': 0}
    """
    disposition = arrow(ledger["disposition"])
    return {name: pc.sum(pc.equal(disposition, name)).as_py() or 0 for name in (KEPT, ABSORBED, REJECTED)}


def check_accounting(ledger: pd.DataFrame, users: pd.DataFrame) -> None:
    """Check that every source row has one disposition and that the kept rows are the users.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Ledger frame.
    users : pandas.DataFrame
        Rows to export.

    Raises
    ------
    AccountingError
        If kept + absorbed + rejected differs from the number of rows read, or a user is not a row that was read.
    """
    counted = count_dispositions(ledger)
    accounted = sum(counted.values())
    if not ledger.index.is_unique or accounted != len(ledger) or counted[KEPT] != len(users):
        lost = ledger.index[~ledger["disposition"].isin([KEPT, ABSORBED, REJECTED]).to_numpy(dtype=bool)]
        raise AccountingError(
            f"The rows do not add up: {len(ledger)} read, {accounted} accounted for, {len(users)} users to export; "
            f"unaccounted source rows begin with {list(lost[:5])}. Nothing was written; please report this as a defect."
        )

"""Findings (what happened to a value) and the ledger (what became of a row).

``findings frame``: one row a finding; columns ``source_row`` (nullable int64: null speaks of the whole source),
``field`` (a column of the source or of the users frame), ``value`` (as it was), ``code``, ``effect`` and ``detail``.

``ledger frame``: one row a source row; index ``source_row``; columns ``source_key``, ``disposition``
(``kept | absorbed | rejected``), ``survivor_row`` (of an absorbed row) and ``codes`` (joined by a space).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.catalogue import CODES
from passage_kit.errors import AccountingError
from passage_kit.frames import SOURCE_KEY, SOURCE_ROW, arrow, as_text, mask_of, one_chunk, series
from passage_kit.parallel import together

_Positions = np.ndarray[Any, np.dtype[np.int64]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]

COLUMNS = (SOURCE_ROW, "field", "value", "code", "effect", "detail")

# Codes of lines that a reader cannot split into columns; their finding holds the line.
UNREADABLE = ("row_too_long", "line_unreadable")

KEPT, ABSORBED, REJECTED = "kept", "absorbed", "rejected"


def make_findings(
    rows: pd.Index[Any] | np.ndarray[Any, Any] | pa.Array | Iterable[int | None],
    *,
    field: Any,
    code: Any,
    value: Any = None,
    detail: Any = None,
    effect: Any = None,
) -> pd.DataFrame:
    """Make a findings frame, by columns.

    Parameters
    ----------
    rows : index, array or iterable of int or None
        ``source_row`` of each finding; None speaks of the whole source.
    field, code, value, detail : str, array or Series
        One for all, or one a finding.
    effect : str, array or Series, optional
        Default: the usual effect of each code.

    Returns
    -------
    pandas.DataFrame
        Columns ``source_row, field, value, code, effect, detail``; a fresh index from 0.

    Raises
    ------
    KeyError
        If a code is not in the catalogue.

    Examples
    --------
    >>> make_findings([2], field="email", code="email_invalid", value="anna@")
       source_row  field  value           code    effect detail
    0           2  email  anna@  email_invalid  withheld   <NA>
    """
    source_row = pa.array(rows, type=pa.int64(), from_pandas=True)
    count = len(source_row)
    codes = _text(code, count)
    if effect is None:
        known = pa.array(CODES)
        at = pc.index_in(codes, value_set=known)
        if at.null_count:
            raise KeyError(f"not in the catalogue of codes: {pc.unique(codes.filter(at.is_null())).to_pylist()}")
        effect = pa.array([entry.effect for entry in CODES.values()]).take(at)
    arrays = [source_row, _text(field, count), _text(value, count), codes, _text(effect, count), _text(detail, count)]
    frame = pd.DataFrame(index=pd.RangeIndex(count))
    return pd.DataFrame({name: series(array, like=frame) for name, array in zip(COLUMNS, arrays, strict=True)})


def _text(values: Any, count: int) -> pa.Array:
    """One text for each of ``count`` findings."""
    if values is None or isinstance(values, str):
        return pa.repeat(pa.scalar(values, type=pa.string()), count)
    if isinstance(values, pd.Series):
        values = values.array
    array = values if isinstance(values, pa.ChunkedArray) else pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.string() else pc.cast(array, pa.string())


def no_findings() -> pd.DataFrame:
    """Make an empty findings frame."""
    return make_findings([], field=None, code=None)


def collect_findings(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join findings frames, in the order given."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else no_findings()


def in_row_order(findings: pd.DataFrame) -> pd.DataFrame:
    """Put findings in the order of their rows, those on the whole source first; of one row they stay as they are.

    Examples
    --------
    >>> found = make_findings([2, 1, None], field="email", code=["email_invalid", "email_normalized", "lines_blank"])
    >>> in_row_order(found)[["source_row", "code"]]
       source_row              code
    0        <NA>       lines_blank
    1           1  email_normalized
    2           2     email_invalid
    """
    rows = pc.fill_null(arrow(findings[SOURCE_ROW]), 0).to_numpy()
    order = pa.array(np.argsort(rows, kind="stable"))
    columns = together(*(partial(_take, arrow(findings[name]), order) for name in findings))
    return pd.DataFrame({name: series(column, like=findings) for name, column in zip(findings, columns, strict=True)})


def _take(values: pa.ChunkedArray, rows: pa.Array) -> pa.Array:
    return one_chunk(values).take(rows)


def count_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Count findings by code, with what each code means and what to do about it.

    Parameters
    ----------
    findings : pandas.DataFrame
        Findings frame.

    Returns
    -------
    pandas.DataFrame
        One row a code and effect, in the order of the catalogue: ``code, effect, findings, meaning, next_step``.

    Examples
    --------
    >>> count_findings(make_findings([1, 2], field="email", code="email_normalized"))[["code", "effect", "findings"]]
                   code   effect  findings
    0  email_normalized  changed         2
    """
    counts = findings.groupby(["code", "effect"], observed=True).size()
    ordered = sorted(counts.items(), key=lambda entry: (list(CODES).index(entry[0][0]), entry[0][1]))
    rows = [(code, effect, count, CODES[code].meaning, CODES[code].next_step) for (code, effect), count in ordered]
    return pd.DataFrame(rows, columns=["code", "effect", "findings", "meaning", "next_step"])


def into_row(survivor_rows: pd.Series[Any] | np.ndarray[Any, Any]) -> pa.Array:
    """Detail of an ``absorbed`` finding: :func:`build_ledger` reads the survivor from it."""
    return pc.binary_join_element_wise("into row", as_text(survivor_rows), " ")


def build_ledger(
    read: pd.Index[Any],
    users: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    source_key: pd.Series[Any] | None = None,
) -> pd.DataFrame:
    """Say of every source row what became of it.

    Parameters
    ----------
    read : pandas.Index
        ``source_row`` of everything that was read.
    users : pandas.DataFrame
        The rows that are kept; only the index counts.
    findings : pandas.DataFrame
        All findings of all steps.
    source_key : pandas.Series, optional
        Text, indexed by ``source_row``; default: no source keys.

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
    >>> from passage_kit.frames import users_frame
    >>> read = users_frame({"email": ["a@example.org", "b@", "A@example.org"]})
    >>> found = collect_findings([
    ...     make_findings([2], field="email", code="email_invalid"),
    ...     make_findings([2], field="email", code="no_identifier"),
    ...     make_findings([3], field="email", code="duplicate_email", detail=into_row([1])),
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
    says_rejected, says_absorbed = (mask_of(pc.equal(effect, said)) & (at >= 0) for said in (REJECTED, ABSORBED))
    kept, rejected = np.zeros((2, len(read)), dtype=bool)
    kept[read.get_indexer(users.index)] = True
    rejected[at[says_rejected]] = True
    survivor = _survivors(read, at[says_absorbed], arrow(findings["detail"]).filter(pa.array(says_absorbed)))
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
    frame = pd.DataFrame(index=read.rename(SOURCE_ROW))
    ledger = pd.DataFrame({name: series(column, like=frame) for name, column in columns.items()}, index=frame.index)
    check_accounting(ledger, users)
    return ledger


def _survivors(read: pd.Index[Any], at: _Positions, details: pa.ChunkedArray) -> _Positions:
    """Final survivor of each row, as a position, -1 without one: the last finding speaks, chains are followed."""
    rows = pc.cast(pc.replace_substring(details, "into row ", "", max_replacements=1), pa.int64())
    survivor = np.full(len(read), -1)
    survivor[at] = read.get_indexer(rows.to_numpy())
    chained = np.flatnonzero(survivor >= 0)
    while len(chained := chained[survivor[survivor[chained]] >= 0]):
        survivor[chained] = survivor[survivor[chained]]
    return survivor


def _codes_by_row(codes: pa.ChunkedArray, at: _Positions, orphaned: _Mask) -> pa.Array:
    """Codes of each row in the order found, each once, joined by a space: few such texts, and each is made once."""
    of_rows, orphans = np.flatnonzero(at >= 0), np.flatnonzero(orphaned)
    code = pc.index_in(codes, value_set=pa.array(CODES)).to_numpy()[of_rows].astype(np.int16)
    code = np.append(code, np.full(len(orphans), [*CODES].index("survivor_rejected"), dtype=np.int16))
    rows = np.append(at[of_rows], orphans)
    order = np.argsort(rows, kind="stable")  # quick for what is in order, as findings are
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
        The rows that go out.

    Raises
    ------
    AccountingError
        If kept + absorbed + rejected is not what was read, or a user is not a row that was read.
    """
    counted = count_dispositions(ledger)
    accounted = sum(counted.values())
    if not ledger.index.is_unique or accounted != len(ledger) or counted[KEPT] != len(users):
        lost = ledger.index[~ledger["disposition"].isin([KEPT, ABSORBED, REJECTED]).to_numpy(dtype=bool)]
        raise AccountingError(
            f"The rows do not add up: {len(ledger)} read, {accounted} accounted for, {len(users)} users to go out; "
            f"unaccounted source rows begin with {list(lost[:5])}. Nothing was written; please report this as a defect."
        )

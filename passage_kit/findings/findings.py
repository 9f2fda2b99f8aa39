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

from passage_kit.columns.parallel import together
from passage_kit.columns.users_frame import SOURCE_ROW, arrow, as_text, one_chunk, series
from passage_kit.findings.catalogue import CODES

COLUMNS = (SOURCE_ROW, "field", "value", "code", "effect", "detail")

# Codes of lines that a reader cannot split into columns; their finding holds the line.
UNREADABLE = ("row_too_long", "line_unreadable")


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

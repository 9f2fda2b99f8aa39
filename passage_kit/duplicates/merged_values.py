"""Merging of the values of one person: the survivor keeps its own, and its blanks are filled from the other rows."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.spool import put_column_aside, together_if_few
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import HELPERS, arrow, filtered, mask_of, one_chunk
from passage_kit.duplicates.clusters import Clusters
from passage_kit.findings.findings import collect_findings, make_findings, no_findings


def merge_values(users: pd.DataFrame, clusters: Clusters) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the survivors, fill their blanks, and report the values of absorbed rows that differ."""
    kept = np.ones(len(users), dtype=bool)
    kept[clusters.rows[~clusters.survives]] = False
    names = list(users.columns)
    merging = (partial(_merge_column, users[name], clusters, kept) for name in names)
    merged_columns = together_if_few(*merging, rows=len(users))
    columns = {name: values for name, (values, _) in zip(names, merged_columns, strict=True)}
    merged = pd.DataFrame(columns, index=users.index[kept], columns=users.columns)
    return merged, collect_findings(found for _, found in merged_columns)


def _merge_column(column: pd.Series[Any], clusters: Clusters, kept: Mask) -> tuple[Any, pd.DataFrame]:
    """Merge one column: give the values of the survivors and the findings about them; a helper stays unchanged."""
    if column.name in HELPERS:
        return filtered(column.array, kept), no_findings()
    stays = _staying(column, clusters)
    filled = clusters.survives & (stays >= 0) & (clusters.rows[stays] != clusters.rows)
    merged = filtered(column.array, kept)
    if filled.any():
        rows, fillers = clusters.rows[filled], clusters.rows[stays[filled]]
        ascending = np.argsort(rows)
        is_filled = np.zeros(len(column), dtype=bool)
        is_filled[rows] = True
        values = take_rows(arrow(column), pa.array(fillers[ascending]))
        merged = _filled(merged, is_filled[kept], values)
    return merged, _value_findings(column, clusters, stays)


def _filled(column: Any, blanks: Mask, values: pa.ChunkedArray) -> Any:
    """Fill blanks of a column with values, in order."""
    filled = pc.replace_with_mask(column.__arrow_array__(), pa.array(blanks), one_chunk(values))
    return pd.arrays.ArrowExtensionArray(put_column_aside(filled))


def _staying(column: pd.Series[Any], clusters: Clusters) -> Positions:
    """Find the value of each cluster that stays, the first that is not blank: its place in the rows, or -1."""
    filled = np.flatnonzero(mask_of(arrow(column).is_valid())[clusters.rows])[::-1]
    stays = np.full(clusters.number.max(initial=-1) + 1, -1)
    stays[clusters.number[filled]] = filled
    return stays[clusters.number]


def _value_findings(column: pd.Series[Any], clusters: Clusters, stays: Positions) -> pd.DataFrame:
    """Make findings for the blanks of a column that were filled, and for values that differ from the one that stays."""
    rows, row_numbers = clusters.rows, column.index.to_numpy()
    own = take_rows(arrow(column), pa.array(rows))
    staying = take_rows(own, pa.array(stays, mask=stays < 0))
    filled = clusters.survives & ~mask_of(own.is_valid()) & (stays >= 0)
    differ = pc.fill_null(pc.not_equal(own, staying), False)
    conflicts = mask_of(differ)
    filler, survivor = row_numbers[rows[stays[filled]]], row_numbers[clusters.survivor[conflicts]]
    return collect_findings(
        [
            make_findings(
                row_numbers[rows[filled]],
                field=column.name,
                code="value_filled",
                other_row=filler,
            ),
            make_findings(
                row_numbers[rows[conflicts]],
                field=column.name,
                value=own.filter(differ),
                code="conflicting_value",
                other_row=survivor,
                argument=staying.filter(differ),
            ),
        ]
    )

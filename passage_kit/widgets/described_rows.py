"""Whole rows described for a page: columns, cells with what is found about them, and the row's disposition."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import HELPERS, SOURCE_ROW, filter_rows, rows_at
from passage_kit.findings.findings import count_findings
from passage_kit.preparation.found_rows import ANY, TO_LOOK_AT
from passage_kit.preparation.rules import Judgment
from passage_kit.translations import gettext
from passage_kit.widgets.mapping_table import target_names
from passage_kit.widgets.verdicts import verdicts_of

LONGEST_SHOWN = 500  # of a value; a longer one is for corrections.csv itself


def describe_columns(judgment: Judgment) -> list[dict[str, str]]:
    """Describe the columns of the users frame by name and label; helpers come last."""
    names = target_names(judgment.plan.applied_schema)
    columns = sorted(map(str, judgment.corrected.columns), key=lambda name: name in HELPERS)
    return [{"name": name, "label": names.get(name, name)} for name in columns]


def describe_kinds(judgment: Judgment) -> list[dict[str, Any]]:
    """Describe the kinds of findings that deserve a look, with their numbers."""
    of_rows = judgment.findings[SOURCE_ROW].notna().to_numpy(dtype=bool)
    counts = count_findings(filter_rows(judgment.findings, of_rows))
    counts = counts[counts["effect"].isin(TO_LOOK_AT)]
    kinds = [
        {"code": code, "text": gettext(meaning), "findings": int(count)}
        for code, meaning, count in zip(counts["code"], counts["meaning"], counts["findings"], strict=True)
    ]
    return [{"code": ANY, "text": gettext("Any finding"), "findings": int(counts["findings"].sum())}, *kinds]


def describe_rows(
    judgment: Judgment,
    shown: pd.Index[Any],
    corrections: pd.DataFrame,
    dispositions: pd.Series[str],
    chosen: Collection[int],
) -> list[dict[str, Any]]:
    """Describe rows for the page.

    Parameters
    ----------
    judgment : Judgment
        Users with their corrections, and what is found.
    shown : pandas.Index
        Source rows, in order.
    corrections : pandas.DataFrame
        Corrections frame.
    dispositions : pandas.Series
        Disposition of each row.
    chosen : collection of int
        Source rows that are selected.

    Returns
    -------
    list of dict
        ``row, disposition, chosen``, ``cells`` (by column: ``value, was, effect, editable``) and ``verdicts``.
    """
    told = judgment.findings[SOURCE_ROW].isin(shown) & judgment.findings["effect"].isin(TO_LOOK_AT)
    found = filter_rows(judgment.findings, told.to_numpy(dtype=bool, na_value=False))
    own = corrections[corrections[SOURCE_ROW].isin(shown)]
    corrected = set(zip(own[SOURCE_ROW].tolist(), own["field"].tolist(), strict=True))
    values, former = (rows_at(frame, shown) for frame in (judgment.corrected, judgment.users))
    rows = []
    for row in shown.tolist():
        verdicts = verdicts_of(found[found[SOURCE_ROW] == row])
        effects = {verdict["field"]: verdict["effect"] for verdict in reversed(verdicts)}
        cells = {
            str(name): _cell(values.loc[row, name], effects.get(str(name), ""))
            | ({"was": _text(former.loc[row, name])[:LONGEST_SHOWN]} if (row, name) in corrected else {})
            for name in values.columns
        }
        rows.append(
            {
                "row": row,
                "disposition": str(dispositions.get(row, "kept")),
                "chosen": row in chosen,
                "cells": cells,
                "verdicts": verdicts,
            }
        )
    return rows


def _cell(value: Any, effect: str) -> dict[str, Any]:
    text = _text(value)
    long = len(text) > LONGEST_SHOWN
    return {"value": f"{text[:LONGEST_SHOWN]}…" if long else text, "effect": effect, "editable": not long}


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)

"""Values with findings described for a page: what stands there, what is found about it, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from passage_kit.columns.users_frame import EMAIL, SOURCE_ROW, arrow, filter_rows, mask_of
from passage_kit.findings.catalogue import CODES
from passage_kit.identifiers.identifiers import normalize_identifiers
from passage_kit.preparation.found_rows import people_of
from passage_kit.preparation.rules import Judgment
from passage_kit.translations import gettext
from passage_kit.widgets.described_rows import LONGEST_SHOWN
from passage_kit.widgets.mapping_table import target_names
from passage_kit.widgets.next_steps import next_step_of
from passage_kit.widgets.verdicts import nothing_found, verdicts_of

TYPO = "email_domain_typo"


def describe_values(
    judgment: Judgment, items: Iterable[tuple[int, str | None]], corrections: pd.DataFrame
) -> list[dict[str, Any]]:
    """Describe some values for the page.

    Parameters
    ----------
    judgment : Judgment
        Users with their corrections, and what is found.
    items : iterable of (int, str or None)
        Row and field of each value; no field, if a finding is about the whole row.
    corrections : pandas.DataFrame
        Corrections frame.

    Returns
    -------
    list of dict
        ``row, field, label, value, editable, alike`` (rows with this value), ``corrected, person, suggestion,
        verdicts``; ``was`` where the column is there.
    """
    items, names = list(items), target_names(judgment.plan.applied_schema)
    rows = [row for row, _ in items]
    told = judgment.findings[SOURCE_ROW].isin(rows).to_numpy(dtype=bool, na_value=False)
    found = filter_rows(judgment.findings, told)
    suggested, people = suggest_addresses(judgment, rows), people_of(judgment.corrected, rows)
    own = corrections[corrections[SOURCE_ROW].isin(rows)]
    corrected = set(zip(own[SOURCE_ROW].tolist(), own["field"].tolist(), strict=True))
    return [
        {
            **{"row": row, "field": field, "label": names.get(field or "", field), **_value_at(judgment, row, field)},
            **{"corrected": (row, field) in corrected, "person": people.get(row, "")},
            "suggestion": suggested.get(row) if field == EMAIL else None,
            "verdicts": _verdicts(found[found[SOURCE_ROW] == row], field),
        }
        for row, field in items
    ]


def suggest_addresses(judgment: Judgment, rows: list[int]) -> dict[int, str]:
    """Suggest an address for each row whose domain is one typing error away from a popular one."""
    findings = judgment.findings
    chosen = (findings["code"] == TYPO) & findings[SOURCE_ROW].isin(rows) & (findings["field"] == EMAIL)
    typos = filter_rows(findings, chosen.to_numpy(dtype=bool, na_value=False))
    numbers = typos[SOURCE_ROW].astype("int64")
    special = judgment.plan.options.allow_special_use
    emails, _ = normalize_identifiers(judgment.corrected.loc[numbers, [EMAIL]], allow_special_use=special)
    return {
        int(row): f"{str(email).rpartition('@')[0]}@{domain}"
        for row, email, domain in zip(numbers, emails[EMAIL], typos["argument"], strict=True)
    }


def describe_counts(counts: pd.DataFrame) -> list[dict[str, Any]]:
    """Describe kinds of findings with their numbers, as :func:`passage_kit.count_findings` gives them."""
    columns = ["code", "effect", "findings", "meaning", "next_step"]
    kinds = counts[columns].to_dict("records")
    codes = counts["code"].tolist()
    return [
        {**kind, "meaning": gettext(CODES[code].meaning), "next_step": next_step_of(code)}
        for code, kind in zip(codes, kinds, strict=True)
    ]


def _value_at(judgment: Judgment, row: int, field: str | None) -> dict[str, Any]:
    """Describe a value itself, and what stood there before it was corrected."""
    if field not in judgment.corrected or row not in judgment.corrected.index:
        return {"value": None, "editable": False, "alike": 0}
    column = judgment.corrected[field]
    value, was = (_plain(frame[field][row]) for frame in (judgment.corrected, judgment.users))
    long = len(value or "") > LONGEST_SHOWN
    return {
        "value": f"{(value or '')[:LONGEST_SHOWN]}…" if long else value,
        "editable": not long,
        "alike": 0 if value is None else int(np.count_nonzero(mask_of(pc.equal(arrow(column), value)))),
        "was": (was or "")[:LONGEST_SHOWN],
    }


def _plain(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _verdicts(found: pd.DataFrame, field: str | None) -> list[dict[str, str]]:
    """List the findings about a value now, and tell whether its row is rejected."""
    about = found[(found["field"] == field).fillna(False).astype(bool) | (found["effect"] == "rejected")]
    return verdicts_of(about) or [{"code": "", "effect": "good", "field": "", "text": nothing_found()}]

"""Groups of rows that may be one person, described for the page of the panel that reviews them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import EMAIL, HELPERS, PHONE
from passage_kit.duplicates.decisions import Decision
from passage_kit.duplicates.review import POSSIBLE_DUPLICATE, REASONS, SHARED_PHONE, Groups

_ROWS_SHOWN, _LONGEST_SHOWN = 12, 200  # rows of a group, characters of a value

TABS = {
    "people": ("One person", {"duplicate_email", "duplicate_phone", "merged_by_phone"}),
    "phones": ("Shared phones", {SHARED_PHONE}),
    "suggestions": ("Suggestions", {POSSIBLE_DUPLICATE}),
}
REASONS_IN_WORDS = {
    "duplicate_email": "the same email",
    "duplicate_phone": "no email, and the phone of one person",
    "merged_by_phone": "different emails, the same phone",
    SHARED_PHONE: "different emails, the same phone",
    POSSIBLE_DUPLICATE: "alike",
}


def describe_group(groups: Groups, number: int, made: Decision | None, apart: pd.DataFrame) -> dict[str, Any]:
    """Describe one group for the page.

    Parameters
    ----------
    groups : Groups
    number : int
        Number of the group.
    made : Decision, optional
        What was decided about its rows.
    apart : pandas.DataFrame
        What becomes of its rows if they are kept apart: see :func:`passage_kit.duplicates.review.foresee`.
    """
    positions = groups.of(number)
    rows = groups.users.index[positions].tolist()
    is_cluster = _tab_of(groups.reasons[number]) == "people"
    why = groups.likeness[number] or " · ".join(
        REASONS_IN_WORDS[code] for code in REASONS if code in groups.reasons[number]
    )
    shown = positions[:_ROWS_SHOWN]
    return {
        "rows": list(groups.source_rows[number]),
        "why": why,
        "columns": [{"row": row, "stays": at == 0 and is_cluster} for at, row in enumerate(rows[: len(shown)])],
        "more": len(rows) - len(shown),
        "fields": _fields(groups.users.iloc[shown]),
        "rule": _rule(rows, is_cluster, groups.reasons[number]),
        "apart": _foreseen(groups.users.iloc[shown], apart),
        "choices": ["rule", "survivor", "apart"] if is_cluster else ["apart", "merge"],
        "decided": {"choice": made.choice, "survivor_row": made.survivor_row, "text": _decided(made)} if made else None,
    }


def _tab_of(reasons: set[str]) -> str:
    return next(name for name, (_, codes) in TABS.items() if reasons & codes)


def named_rows(rows: tuple[int, ...] | list[int]) -> str:
    """Write at most a few row numbers in words."""
    first = ", ".join(map(str, sorted(rows)[:5]))
    return f"rows {first} and {len(rows) - 5} more" if len(rows) > 5 else f"rows {first}"


def _fields(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Describe the values of rows field by field, compared with the first row; blank fields are left out."""
    described = []
    for name in rows.columns:
        values = [None if pd.isna(value) else str(value) for value in rows[name]]
        if not any(values):
            continue
        differs = name not in HELPERS and len({value for value in values if value is not None}) > 1
        described.append(
            {
                "name": str(name),
                "differs": differs,
                "values": [None if value is None else _short(value) for value in values],
                "marks": [
                    "differs" if differs and value is not None and value != values[0] else "" for value in values
                ],
            }
        )
    return described


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"


def _rule(rows: list[int], is_cluster: bool, reasons: set[str]) -> str:
    """Describe the effect of the rule on a group."""
    if is_cluster:
        absorbed = f"row {rows[1]}" if len(rows) == 2 else named_rows(rows[1:])
        return f"Row {rows[0]} stays and absorbs {absorbed}."
    if SHARED_PHONE in reasons:
        return "They stay different people. Choose under How to decide who gets the phone."
    return "They stay different people: this is a suggestion only."


def _foreseen(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """Describe the email and the phone of each row if the rows are kept apart."""
    sentences = []
    for row in before.index:
        had = {name for name in (EMAIL, PHONE) if pd.notna(before.loc[row, name])}
        has = {name for name in (EMAIL, PHONE) if row in after.index and pd.notna(after.loc[row, name])}
        if row not in after.index:
            sentences.append(f"row {row} belongs to another person")
        elif not has:
            sentences.append(f"row {row} loses its email and phone, and will be rejected")
        elif has != had:
            sentences.append(f"row {row} keeps only its {' and '.join(sorted(has))}")
        else:
            sentences.append(f"row {row} keeps its {' and '.join(sorted(has))}")
    text = "; ".join(sentences)
    return f"{text[0].upper()}{text[1:]}."


def _decided(made: Decision) -> str:
    stays = f", row {made.survivor_row} stays" if made.survivor_row else ""
    words = {
        "rule": "the rule's choice is right",
        "survivor": f"one person{stays}",
        "apart": "different people",
        "merge": f"one person{stays}",
    }
    return f"Decided: {words[made.choice]}."

"""Groups of rows that may be one person, described for the page of the panel that reviews them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import EMAIL, HELPERS, PHONE
from passage_kit.duplicates.decisions import Decision
from passage_kit.duplicates.review import POSSIBLE_DUPLICATE, REASONS, SHARED_PHONE, Groups
from passage_kit.translations import gettext, ngettext

_ROWS_SHOWN, _LONGEST_SHOWN = 12, 200  # rows of a group, characters of a value

TABS = {
    "people": {"duplicate_email", "duplicate_phone", "merged_by_phone"},
    "phones": {SHARED_PHONE},
    "suggestions": {POSSIBLE_DUPLICATE},
}


def tab_labels() -> dict[str, str]:
    """Name the tabs."""
    return {
        "people": gettext("One person"),
        "phones": gettext("Shared phones"),
        "suggestions": gettext("Suggestions"),
    }


def reasons_in_words() -> dict[str, str]:
    """Say for each code why its rows belong together."""
    same_phone = gettext("different emails, the same phone")
    return {
        "duplicate_email": gettext("the same email"),
        "duplicate_phone": gettext("no email, and the phone of one person"),
        "merged_by_phone": same_phone,
        SHARED_PHONE: same_phone,
        POSSIBLE_DUPLICATE: gettext("alike"),
    }


def describe_group(
    groups: Groups, number: int, made: Decision | None, apart: pd.DataFrame, *, names: Mapping[str, str]
) -> dict[str, Any]:
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
    names : mapping of str to str
        Names of the columns for people; a column without one has its own.
    """
    positions = groups.of(number)
    rows = groups.users.index[positions].tolist()
    is_cluster = _tab_of(groups.reasons[number]) == "people"
    likeness = groups.likeness[number]
    why = (
        gettext(likeness)
        if likeness
        else " · ".join(reasons_in_words()[code] for code in REASONS if code in groups.reasons[number])
    )
    shown = positions[:_ROWS_SHOWN]
    return {
        "rows": list(groups.source_rows[number]),
        "why": why,
        "columns": [{"row": row, "stays": at == 0 and is_cluster} for at, row in enumerate(rows[: len(shown)])],
        "more": len(rows) - len(shown),
        "fields": _fields(groups.users.iloc[shown], names),
        "rule": _rule(rows, is_cluster, groups.reasons[number]),
        "apart": _foreseen(groups.users.iloc[shown], apart),
        "choices": ["rule", "survivor", "apart"] if is_cluster else ["apart", "merge"],
        "decided": {"choice": made.choice, "survivor_row": made.survivor_row, "text": _decided(made)} if made else None,
    }


def _tab_of(reasons: set[str]) -> str:
    return next(name for name, codes in TABS.items() if reasons & codes)


def named_rows(rows: tuple[int, ...] | list[int]) -> str:
    """Write at most a few row numbers in words."""
    first, more = ", ".join(map(str, sorted(rows)[:5])), len(rows) - 5
    if more > 0:
        return ngettext("rows {rows} and {count} more", "rows {rows} and {count} more", more, rows=first)
    return gettext("rows {rows}", rows=first)


def _fields(rows: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
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
                "label": names.get(str(name), str(name)),
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
        absorbed = gettext("row {row}", row=rows[1]) if len(rows) == 2 else named_rows(rows[1:])
        return gettext("Row {row} stays and absorbs {absorbed}.", row=rows[0], absorbed=absorbed)
    if SHARED_PHONE in reasons:
        return gettext("They stay different people. Choose under How to decide who gets the phone.")
    return gettext("They stay different people: this is a suggestion only.")


def _foreseen(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """Describe the email and the phone of each row if the rows are kept apart."""
    sentences = []
    for row in before.index:
        had = {name for name in (EMAIL, PHONE) if pd.notna(before.loc[row, name])}
        has = {name for name in (EMAIL, PHONE) if row in after.index and pd.notna(after.loc[row, name])}
        if row not in after.index:
            sentences.append(gettext("row {row} belongs to another person", row=row))
        elif not has:
            sentences.append(gettext("row {row} loses its email and phone, and will be rejected", row=row))
        else:
            sentences.append(_kept(row, has, only=has != had))
    text = "; ".join(sentences)
    return f"{text[0].upper()}{text[1:]}."


def _kept(row: int, has: set[str], *, only: bool) -> str:
    if has == {EMAIL}:
        return (
            gettext("row {row} keeps only its email", row=row)
            if only
            else gettext("row {row} keeps its email", row=row)
        )
    if has == {PHONE}:
        return (
            gettext("row {row} keeps only its phone", row=row)
            if only
            else gettext("row {row} keeps its phone", row=row)
        )
    return gettext("row {row} keeps its email and phone", row=row)


def _decided(made: Decision) -> str:
    if made.choice == "rule":
        return gettext("Decided: the rule's choice is right.")
    if made.choice == "apart":
        return gettext("Decided: different people.")
    if made.survivor_row:
        return gettext("Decided: one person, row {row} stays.", row=made.survivor_row)
    return gettext("Decided: one person.")

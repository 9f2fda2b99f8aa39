"""Changes of the history in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from passage_kit.duplicates.decisions import CHOICES_IN_WORDS
from passage_kit.errors import MappingError
from passage_kit.mapping.described_steps import described_step
from passage_kit.mapping.value_steps import ValueStep
from passage_kit.workspace.history import Change

_STEPS_DONE = {
    "added": "Added",
    "taken back": "Took back",
    "moved": "Moved",
    "switched off": "Switched off",
    "switched on": "Switched on",
    "changed": "Changed",
}


def said_of(change: Change) -> str:
    """Say what a change did, with the values of one row.

    Examples
    --------
    >>> about = {"did": "made", "count": 1, "fields": ["email"], "row": 2, "was": "bo@", "value": None, "same": True}
    >>> said_of(Change(1, "2026-12-01T09:00:00+00:00", "corrections", about=about))
    'Corrected email of row 2: bo@ became blank.'
    >>> about = {"did": "made", "count": 1, "rows": "3 17", "choice": "apart", "stays": None}
    >>> said_of(Change(2, "2026-12-01T09:00:00+00:00", "decisions", about=about))
    'Decided about rows 3, 17: different people.'
    """
    try:
        return _SENTENCES[change.what](change.about)
    except (KeyError, TypeError, MappingError):  # a newer kit has written more than this one knows
        return f"Changed {change.what}."


def _of_corrections(about: Mapping[str, Any]) -> str:
    count, fields, made = about["count"], about["fields"], about["did"] == "made"
    whose = f"{' and '.join(fields)} of {_rows(count, about['row'])}"
    if not made:
        return f"Took back the correction{'' if count == 1 else 's'} of {whose}."
    to = about["value"] or "blank"
    if count == 1:
        return f"Corrected {whose}: {about['was'] or 'blank'} became {to}."
    return f"Corrected {whose}: all became {to}." if about["same"] else f"Corrected {whose}."


def _rows(count: int, row: int | None) -> str:
    if count > 1:
        return f"{count:,} rows"
    return "somebody who is not known" if row is None else f"row {row:,}"


def _of_decisions(about: Mapping[str, Any]) -> str:
    if about["count"] > 1:
        return f"{'Made' if about['did'] == 'made' else 'Took back'} {about['count']:,} decisions about duplicates."
    rows = about["rows"].replace(" ", ", ")
    if about["did"] != "made":
        return f"Took back the decision about rows {rows}."
    stays = f", row {about['stays']:,}" if about["stays"] else ""
    return f"Decided about rows {rows}: {CHOICES_IN_WORDS[about['choice']]}{stays}."


def _of_steps(about: Mapping[str, Any]) -> str:
    more = about["step"].get("more", 0)
    step = {name: value for name, value in about["step"].items() if name != "more"}
    several = f" (and {about['count'] - 1:,} more)" if about["count"] > 1 else ""
    said = described_step(ValueStep.from_dict(step)) + (f", and {more:,} more" if more else "")
    return f"{_STEPS_DONE[about['did']]} a step{several}: {said}."


_SENTENCES = {"corrections": _of_corrections, "decisions": _of_decisions, "steps": _of_steps}

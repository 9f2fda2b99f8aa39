"""Changes of the history in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from passage_kit.duplicates.decisions import choice_in_words
from passage_kit.errors import MappingError
from passage_kit.mapping.described_steps import described_step
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.translations import gettext, ngettext, number
from passage_kit.workspace.history import Change


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
        return gettext("Changed {what}.", what=change.what)


def _of_corrections(about: Mapping[str, Any]) -> str:
    count, made = about["count"], about["did"] == "made"
    whose = {"fields": gettext(" and ").join(about["fields"]), "rows": _rows(count, about["row"])}
    if not made:
        return ngettext(
            "Took back the correction of {fields} of {rows}.",
            "Took back the corrections of {fields} of {rows}.",
            count,
            **whose,
        )
    to = about["value"] or gettext("blank")
    if count == 1:
        was = about["was"] or gettext("blank")
        return gettext("Corrected {fields} of {rows}: {was} became {to}.", was=was, to=to, **whose)
    if about["same"]:
        return gettext("Corrected {fields} of {rows}: all became {to}.", to=to, **whose)
    return gettext("Corrected {fields} of {rows}.", **whose)


def _rows(count: int, row: int | None) -> str:
    if count > 1:
        return ngettext("{count} row", "{count} rows", count)
    return gettext("somebody who is not known") if row is None else gettext("row {row}", row=number(row))


def _of_decisions(about: Mapping[str, Any]) -> str:
    count, made = about["count"], about["did"] == "made"
    if count > 1:
        if made:
            return ngettext(
                "Made {count} decision about duplicates.", "Made {count} decisions about duplicates.", count
            )
        return ngettext(
            "Took back {count} decision about duplicates.", "Took back {count} decisions about duplicates.", count
        )
    rows = about["rows"].replace(" ", ", ")
    if not made:
        return gettext("Took back the decision about rows {rows}.", rows=rows)
    choice = choice_in_words(about["choice"])
    if about["stays"]:
        stays = number(about["stays"])
        return gettext("Decided about rows {rows}: {choice}, row {row}.", rows=rows, choice=choice, row=stays)
    return gettext("Decided about rows {rows}: {choice}.", rows=rows, choice=choice)


def _of_steps(about: Mapping[str, Any]) -> str:
    more, others = about["step"].get("more", 0), about["count"] - 1
    step = {name: value for name, value in about["step"].items() if name != "more"}
    said = described_step(ValueStep.from_dict(step))
    if more:
        said = ngettext("{few}, and {count} more", "{few}, and {count} more", more, few=said)
    if others > 0:
        several = ngettext("(and {count} more)", "(and {count} more)", others)
        return gettext("{did} {several}: {step}.", did=_steps_done()[about["did"]], several=several, step=said)
    return gettext("{did}: {step}.", did=_steps_done()[about["did"]], step=said)


def _steps_done() -> dict[str, str]:
    return {
        "added": gettext("Added a step"),
        "taken back": gettext("Took back a step"),
        "moved": gettext("Moved a step"),
        "switched off": gettext("Switched off a step"),
        "switched on": gettext("Switched on a step"),
        "changed": gettext("Changed a step"),
    }


_SENTENCES = {"corrections": _of_corrections, "decisions": _of_decisions, "steps": _of_steps}

"""Corrections, decisions and steps as lines of text, for the history: what a change did to them, and how it is told."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import INTEGER, SOURCE_ROW, TEXT
from passage_kit.duplicates import decisions as of_duplicates
from passage_kit.duplicates.decisions import decisions_of, hold_together
from passage_kit.errors import MappingError
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.workspace import corrections as of_values
from passage_kit.workspace.history import Changed
from passage_kit.workspace.line_changes import LineChange

_FEW = 2  # values of a step that its sentence names
_LONGEST = 120  # of a text in a sentence
_COLUMNS = {"corrections": of_values.COLUMNS, "decisions": of_duplicates.COLUMNS}
_NUMBERS = (SOURCE_ROW, "survivor_row")


def lines_of(table: pd.DataFrame, what: Changed) -> list[str]:
    """Write each line of a table as text, as it comes back from its file.

    Examples
    --------
    >>> from passage_kit.workspace.corrections import correct, no_corrections
    >>> lines_of(correct(no_corrections(), [2], "email", "bo@x.org"), "corrections")
    ['[2, null, "email", null, "bo@x.org", null]']
    """
    columns = [_plain(table[name], name) for name in _COLUMNS[what]]
    return [json.dumps(cells, ensure_ascii=False) for cells in zip(*columns, strict=True)]


def table_of(lines: Iterable[str], what: Changed) -> pd.DataFrame:
    """Make the table of lines again.

    Examples
    --------
    >>> table_of(['[2, null, "email", null, "bo@x.org", null]'], "corrections").loc[0, "value"]
    'bo@x.org'
    """
    rows = pd.DataFrame([json.loads(line) for line in lines], columns=list(_COLUMNS[what]), dtype=object)
    return rows.astype({name: INTEGER if name in _NUMBERS else TEXT for name in rows})


def step_lines(steps: Iterable[ValueStep]) -> list[str]:
    """Write each step as text."""
    return [json.dumps(step.to_dict(), ensure_ascii=False) for step in steps]


def steps_of(lines: Iterable[str]) -> tuple[ValueStep, ...]:
    """Make the steps again.

    Examples
    --------
    >>> steps_of(step_lines([ValueStep("Land", "country")]))
    (ValueStep(column='Land', do='country', how={}, off=False),)
    """
    return tuple(ValueStep.from_dict(json.loads(line)) for line in lines)


def contradict(what: Changed, there: Sequence[str], put: Sequence[str]) -> bool:
    """Tell whether lines that are there speak of what other lines would decide: the same cells, or the same rows."""
    if what == "steps" or not put:
        return False
    if what == "decisions":
        others, new = (decisions_of(table_of(lines, what)) for lines in (there, put))
        return not all(hold_together(one, another) for one in others for another in new)
    return not _cells_of(there).isdisjoint(_cells_of(put))


def _cells_of(lines: Iterable[str]) -> set[tuple[int, str]]:
    """List the row and the field of corrections whose row is known."""
    return {(row, field) for row, _, field, *_ in map(json.loads, lines) if row is not None}


def told_of(what: Changed, change: LineChange) -> dict[str, Any]:
    """Give what the sentence about a change needs."""
    out, put = ([json.loads(line) for _, line in lines] for lines in (change.out, change.put))
    if what == "steps":
        return _about_steps(out, put)
    did = "taken back" if not put else "made"
    lines = put or out
    about: dict[str, Any] = {"did": did, "count": len(lines)}
    if what == "decisions":
        rows, choice, stays, _ = lines[-1]
        return about | {"rows": _short(rows), "choice": choice, "stays": stays}
    fields = list(dict.fromkeys(field for _, _, field, *_ in lines))
    row, _, _, was, value, _ = lines[0]
    same = len({value for *_, value, _ in lines}) == 1
    return about | {"fields": fields[:_FEW], "row": row, "was": _short(was), "value": _short(value), "same": same}


def _about_steps(out: list[dict[str, Any]], put: list[dict[str, Any]]) -> dict[str, Any]:
    first = (put or out)[0]
    about = {"count": max(len(out), len(put))}
    if len(out) != len(put):
        return about | {"did": "added" if len(put) > len(out) else "taken back", "step": _brief(first)}
    if out == put:
        return about | {"did": "moved", "step": _brief(first)}
    before, after = ({**step, "off": False} for step in (out[0], first))
    if before == after:
        return about | {"did": "switched off" if first.get("off") else "switched on", "step": _brief(first)}
    if first["do"] == out[0]["do"] == "map" and first["column"] == out[0]["column"]:
        new = {value: to for value, to in first["values"].items() if out[0]["values"].get(value) != to}
        return about | {"did": "changed", "step": _brief({**first, "values": new or first["values"]})}
    return about | {"did": "changed", "step": _brief(first)}


def _brief(step: dict[str, Any]) -> dict[str, Any]:
    """Keep the first values of a step that maps many, and tell how many there are."""
    values = step.get("values", {})
    if len(values) <= _FEW:
        return step
    return {**step, "values": dict(list(values.items())[:_FEW]), "more": len(values) - _FEW}


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plain(column: pd.Series[Any], name: str) -> list[Any]:
    known = column.astype(object).where(column.notna(), None).tolist()
    if name in _NUMBERS:
        return [None if cell is None else int(cell) for cell in known]
    return [None if cell is None else str(cell).strip() or None for cell in known]


def steps_in_plan(plan: bytes | None) -> list[str] | None:
    """Give the steps in the text of a plan as lines; None if it is no plan."""
    try:
        steps = tomllib.loads(plan.decode()).get("steps", []) if plan else []
        return step_lines(map(ValueStep.from_dict, steps))
    except (ValueError, TypeError, AttributeError, MappingError):
        return None

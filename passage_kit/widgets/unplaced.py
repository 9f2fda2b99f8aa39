"""Corrections and decisions of a former export whose people a panel asks about."""

from __future__ import annotations

from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import SOURCE_KEY, SOURCE_ROW
from passage_kit.duplicates.decisions import Decision, choice_in_words, decisions_of
from passage_kit.errors import PlanError
from passage_kit.translations import gettext, worded
from passage_kit.workspace.corrections import COLUMNS, WHY, judge_corrections

SHOWN = 20  # at a time; the next ones follow when these are settled
_LONGEST_SHOWN = 500
_SAME = [name for name in COLUMNS if name != SOURCE_ROW]


class UnplacedCorrections:
    """Corrections that change nothing, since it is not known for certain whose they are.

    Parameters
    ----------
    mapped : pandas.DataFrame
        Users frame as mapped, not corrected.
    corrections : pandas.DataFrame
        All corrections, with the rows of today.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.workspace.corrections import correct, no_corrections
    >>> former = users_frame({"email": ["ann@"]})
    >>> corrections = correct(no_corrections(), [1], "email", "ann@example.org", users=former)
    >>> other = users_frame({"email": ["b@"]})
    >>> len(UnplacedCorrections(former, corrections)), len(UnplacedCorrections(other, corrections))
    (0, 1)
    """

    def __init__(self, mapped: pd.DataFrame, corrections: pd.DataFrame) -> None:
        judged = judge_corrections(mapped, corrections)
        self._lines = judged[judged["code"].eq("correction_unplaced").to_numpy(dtype=bool)]

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def positions(self) -> pd.Index[Any]:
        """Positions of these among all corrections."""
        return self._lines.index

    def described(self) -> list[dict[str, Any]]:
        """Describe the first ones for the page."""
        names = {"field": "field", "value": "value", "was": "was", "key": SOURCE_KEY, "why": WHY}
        described: list[dict[str, Any]] = [
            {name: _plain(line[column]) for name, column in names.items()}
            | {"number": at, "row": None if pd.isna(line[SOURCE_ROW]) else int(line[SOURCE_ROW])}
            for at, (_, line) in enumerate(self._lines.head(SHOWN).iterrows())
        ]
        for one in described:
            one[WHY] = gettext(one[WHY]) if one[WHY] else None
        return described

    def taken_from(self, corrections: pd.DataFrame, number: int) -> tuple[pd.DataFrame, dict[str, str | None]]:
        """Take one of them out of all corrections; ``number`` is its place among those that are asked about.

        Raises
        ------
        PlanError
            If it is not there any more.
        """
        if number not in range(len(self._lines)):
            raise _gone()
        position, line = self._lines.index[number], _cells(self._lines.iloc[number])
        if position not in corrections.index or _cells(corrections.loc[position]) != line:
            raise _gone()
        return corrections.drop(index=position).reset_index(drop=True), line


def unplaced_decisions(decisions: pd.DataFrame) -> list[Decision]:
    """Give the decisions whose people are not known for certain."""
    return [made for made in decisions_of(decisions) if not made.placed]


def described_decisions(asked: list[Decision]) -> list[dict[str, Any]]:
    """Describe the first ones for the page.

    Examples
    --------
    >>> described_decisions([Decision((3, 17), "apart", placed=False)])[0]["text"]
    'Rows 3, 17 of a former list: different people.'
    """
    return [
        {
            "number": number,
            "text": gettext(
                "Rows {rows} of a former list: {choice}.",
                rows=f"{', '.join(map(str, made.rows[:12]))}{', ...' if len(made.rows) > 12 else ''}",
                choice=choice_in_words(made.choice),
            ),
            "stays": made.survivor_row,
            "note": _plain(made.note),
        }
        for number, made in enumerate(asked[:SHOWN])
    ]


def taken_decision(asked: list[Decision], decisions: pd.DataFrame, number: int) -> Decision:
    """Give one of the decisions that are asked about, if it is still there.

    Raises
    ------
    PlanError
    """
    if number not in range(len(asked)) or asked[number] not in unplaced_decisions(decisions):
        raise _gone()
    return asked[number]


def _gone() -> PlanError:
    return PlanError(worded("This is not asked about any more. Look at what the panel shows now."))


def _cells(line: pd.Series[Any]) -> dict[str, str | None]:
    """Give what a correction says, besides its row."""
    return {name: None if pd.isna(line[name]) else str(line[name]) for name in _SAME}


def _plain(value: Any) -> str | None:
    if pd.isna(value):
        return None
    return str(value) if len(str(value)) <= _LONGEST_SHOWN else f"{str(value)[:_LONGEST_SHOWN]}…"

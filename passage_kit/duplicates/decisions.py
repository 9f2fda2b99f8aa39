"""Decisions about duplicates: ``decisions.csv`` (``rows, decision, survivor_row, note``), applied anew on every run.

A decision names source rows, as corrections do, and one of

- ``rule``: they are one person, and a person has confirmed the rule's choice;
- ``survivor``: they are one person, and ``survivor_row`` stays;
- ``apart``: they are different people, even if they share an email or a phone;
- ``merge``: they are one person, even with different emails; ``survivor_row`` stays, or else the row that the rule
  prefers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import INTEGER, TEXT
from passage_kit.errors import PlanError
from passage_kit.files.edited_csv import is_row_number, read_edited

Choice = Literal["rule", "survivor", "apart", "merge"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
COLUMNS = ("rows", "decision", "survivor_row", "note")


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about some source rows (in ascending order), with the choice and the row that stays."""

    rows: tuple[int, ...]
    choice: Choice
    survivor_row: int | None = None
    note: str | None = None

    @property
    def words(self) -> str:
        """The decision in words, for a finding."""
        stays = f", row {self.survivor_row} stays" if self.survivor_row else ""
        return f"{self.choice}: rows {', '.join(map(str, self.rows))}{stays}"


def no_decisions() -> pd.DataFrame:
    """Make an empty decisions frame.

    Examples
    --------
    >>> no_decisions().columns.tolist()
    ['rows', 'decision', 'survivor_row', 'note']
    """
    return _frame([])


def read_decisions(path: str | Path) -> pd.DataFrame:
    """Read a file of decisions.

    Parameters
    ----------
    path : str or pathlib.Path
        UTF-8 CSV with the columns ``rows`` (source rows with spaces between), ``decision`` and perhaps
        ``survivor_row`` and ``note``.

    Returns
    -------
    pandas.DataFrame
        Columns ``rows, decision, note`` (text) and ``survivor_row`` (nullable int64), in the order of the file.

    Raises
    ------
    PlanError
        If the file cannot be read, lacks a column, or a line is no decision.
    """
    decisions = []
    for number, cells in read_edited(path, "decisions", COLUMNS, needed=2):
        try:
            decisions.append(_decision(*cells.values()))
        except PlanError as error:
            raise PlanError(
                f"The decisions in {path}, line {number}: {error}. Correct the line, or delete it."
            ) from None
    return _frame(decisions)


def decisions_of(decisions: pd.DataFrame) -> list[Decision]:
    """Convert the lines of a decisions frame to decisions, in order.

    Raises
    ------
    PlanError
        If a line is no decision.

    Examples
    --------
    >>> decisions_of(decide(no_decisions(), [17, 3], "survivor", survivor_row=17))
    [Decision(rows=(3, 17), choice='survivor', survivor_row=17, note=None)]
    """
    made = []
    lines = given_frame(decisions, numbered=False, error=PlanError)
    for line in lines.reindex(columns=list(COLUMNS)).astype(object).itertuples(index=False):
        cells = ("" if pd.isna(cell) else str(cell) for cell in line)
        try:
            made.append(_decision(*cells))
        except PlanError as error:
            raise PlanError(f"The decision about the rows {line.rows}: {error}. Correct it, or remove it.") from None
    return made


def decide(
    decisions: pd.DataFrame,
    rows: Iterable[int],
    decision: Choice,
    *,
    survivor_row: int | None = None,
    note: str | None = None,
) -> pd.DataFrame:
    """Add a decision about duplicates, and remove the former decisions that it replaces.

    Two rows cannot be kept apart and be one person at once, and a row has one survivor only. So the function removes
    every former decision that contradicts the new one.

    Parameters
    ----------
    decisions : pandas.DataFrame
        Decisions frame, as :meth:`passage_kit.Workspace.load_decisions` gives it.
    rows : iterable of int
        Two source rows or more.
    decision : {"rule", "survivor", "apart", "merge"}
        ``rule``: the rows are one person, and the rule's choice stays. ``survivor``: they are one person, and
        ``survivor_row`` stays. ``apart``: they are different people. ``merge``: they are one person, even with
        different emails.
    survivor_row : int, optional
        One of the rows. ``survivor`` needs it, ``merge`` accepts it, the others do not.
    note : str, optional
        A remark for people. Default: None.

    Returns
    -------
    pandas.DataFrame
        A new frame with the new decision last: ``rows, decision, note`` (text) and ``survivor_row`` (nullable int64).

    Raises
    ------
    PlanError
        If there are fewer than two rows, the decision is unknown, or ``survivor_row`` does not fit it.

    See Also
    --------
    merge_duplicates : Merge rows, with the decisions applied.
    correct : Correct a field in some rows.

    Examples
    --------
    >>> decisions = decide(no_decisions(), [3, 17], "apart")
    >>> decide(decisions, [3, 17], "survivor", survivor_row=17)
        rows  decision  survivor_row  note
    0   3 17  survivor            17  <NA>
    """
    new = _decision(" ".join(map(str, rows)), decision, "" if survivor_row is None else str(survivor_row), note or "")
    return _frame([*(former for former in decisions_of(decisions) if _holds_beside(former, new)), new])


def withdraw(decisions: pd.DataFrame, rows: Iterable[int]) -> pd.DataFrame:
    """Remove the decision about exactly these rows.

    Examples
    --------
    >>> len(withdraw(decide(no_decisions(), [3, 17], "apart"), [17, 3]))
    0
    """
    named = tuple(sorted(set(rows)))
    return _frame([former for former in decisions_of(decisions) if former.rows != named])


def _holds_beside(former: Decision, new: Decision) -> bool:
    """Check that a former decision does not contradict a new one."""
    if former.rows == new.rows:
        return False
    common = len(set(former.rows) & set(new.rows))
    if "apart" in (former.choice, new.choice):
        return common < 2 or former.choice == new.choice
    if "merge" in (former.choice, new.choice):
        return True
    return common == 0


def _decision(rows: str, choice: str, survivor_row: str, note: str) -> Decision:
    """Make a decision from the cells of its line.

    Raises
    ------
    PlanError
        If a cell is wrong. The message says what was expected.
    """
    words = rows.replace(",", " ").replace(";", " ").split()
    numbers = sorted({int(word) for word in words if is_row_number(word)})
    if len(numbers) < 2 or not all(map(is_row_number, words)):
        raise PlanError("expected the numbers of two source rows or more, with spaces between, in the column 'rows'")
    if choice not in CHOICES:
        raise PlanError(f"found the decision {choice!r}, expected one of {', '.join(CHOICES)}")
    stays = int(survivor_row) if is_row_number(survivor_row) else None
    if survivor_row and (stays not in numbers or choice in ("rule", "apart")):
        raise PlanError("expected 'survivor_row' to be one of the rows, and blank unless one is to stay")
    if choice == "survivor" and stays is None:
        raise PlanError("expected the row that stays in the column 'survivor_row'")
    return Decision(tuple(numbers), choice, stays, note or None)


def _frame(decisions: Sequence[Decision]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "rows": pd.array([" ".join(map(str, made.rows)) for made in decisions], dtype=TEXT),
        "decision": pd.array([made.choice for made in decisions], dtype=TEXT),
        "survivor_row": pd.array([made.survivor_row for made in decisions], dtype=INTEGER),
        "note": pd.array([made.note for made in decisions], dtype=TEXT),
    }
    return pd.DataFrame(columns)

"""Decisions about duplicates: ``decisions.csv`` (``rows, decision, survivor_row, note``), applied anew on every run.

A decision names source rows, as corrections do, and one of

- ``rule``: they are one person, and a person has confirmed the rule's choice;
- ``survivor``: they are one person, and ``survivor_row`` stays;
- ``apart``: they are different people, even if they share an email or a phone;
- ``merge``: they are one person, even with different emails; ``survivor_row`` stays, or else the row that the rule
  prefers.

When the source has changed and it is not certain whose rows a decision is about, its row numbers stand with a question
mark (``3? 17?``). It is kept, and asked about, until a person decides anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from passage_kit.columns.characters import is_unicode
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import INTEGER, TEXT
from passage_kit.errors import OptionError, PlanError
from passage_kit.files.edited_csv import is_row_number, read_edited
from passage_kit.translations import gettext, worded

Choice = Literal["rule", "survivor", "apart", "merge"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
COLUMNS = ("rows", "decision", "survivor_row", "note")


def choice_in_words(choice: Choice) -> str:
    """Say what a choice means."""
    return {
        "rule": gettext("the rule's choice is right"),
        "survivor": gettext("one person, and one of the rows stays"),
        "apart": gettext("different people"),
        "merge": gettext("one person"),
    }[choice]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about some source rows (in ascending order), with the choice and the row that stays.

    The rows of a decision that is not ``placed`` are those of a former state of the source.
    """

    rows: tuple[int, ...]
    choice: Choice
    survivor_row: int | None = None
    note: str | None = None
    placed: bool = True

    @property
    def words(self) -> str:
        """The decision in words, for a finding."""
        stays = f", row {self.survivor_row} stays" if self.survivor_row else ""
        former = "" if self.placed else "former "
        return f"{self.choice}: {former}rows {', '.join(map(str, self.rows))}{stays}"

    def moved(self, row_of: Mapping[int, int]) -> Decision:
        """Give the decision about the same people at their rows of today, as far as these are known.

        Rows that stay apart need two of them, any other decision all of them; else the result is not ``placed``.

        Examples
        --------
        >>> Decision((3, 17), "survivor", 17).moved({3: 4, 17: 9})
        Decision(rows=(4, 9), choice='survivor', survivor_row=9, note=None, placed=True)
        >>> Decision((3, 17), "merge").moved({3: 4}).placed
        False
        """
        found = sorted({row_of[row] for row in self.rows if row in row_of})
        if len(found) < (2 if self.choice == "apart" else len(self.rows)):
            return replace(self, placed=False)
        return replace(self, rows=tuple(found), survivor_row=row_of[self.survivor_row] if self.survivor_row else None)


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
    for number, cells in read_edited(path, "decisions", COLUMNS, needed=COLUMNS[:2]):
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
    [Decision(rows=(3, 17), choice='survivor', survivor_row=17, note=None, placed=True)]
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


def move_decisions(decisions: pd.DataFrame, rows_of: Callable[[Decision], Mapping[int, int]]) -> pd.DataFrame:
    """Give the decisions about the same people, at their rows of today.

    Parameters
    ----------
    decisions : pandas.DataFrame
        Decisions frame.
    rows_of : callable
        Function that gives, for a decision, the row of today of each former row whose person is known.

    Returns
    -------
    pandas.DataFrame
        As many decisions in the same order. One whose people are not all known has row numbers with question marks.

    Examples
    --------
    >>> decisions = decide(decide(no_decisions(), [1, 2], "apart"), [3, 17], "merge")
    >>> move_decisions(decisions, lambda made: {1: 8, 2: 5})["rows"].tolist()
    ['5 8', '3? 17?']
    """
    return _frame([made.moved(rows_of(made)) if made.placed else made for made in decisions_of(decisions)])


def drop_decisions(decisions: pd.DataFrame, drops: Callable[[Decision], bool]) -> pd.DataFrame:
    """Drop the decisions that a function names.

    Examples
    --------
    >>> len(drop_decisions(decide(no_decisions(), [3, 17], "apart"), lambda made: not made.placed))
    1
    """
    return _frame([made for made in decisions_of(decisions) if not drops(made)])


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
    OptionError
        If the note has half a character, which no file can hold.

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
    if note is not None and not is_unicode(note):
        raise OptionError(worded("The note has half a character, which no file can hold. Correct what was typed."))
    new = _decision(" ".join(map(str, rows)), decision, "" if survivor_row is None else str(survivor_row), note or "")
    return _frame([*(former for former in decisions_of(decisions) if hold_together(former, new)), new])


def withdraw(decisions: pd.DataFrame, rows: Iterable[int]) -> pd.DataFrame:
    """Remove the decision about exactly these rows.

    Examples
    --------
    >>> len(withdraw(decide(no_decisions(), [3, 17], "apart"), [17, 3]))
    0
    """
    named = tuple(sorted(set(rows)))
    return drop_decisions(decisions, lambda former: former.placed and former.rows == named)


def hold_together(former: Decision, new: Decision) -> bool:
    """Check that a former decision does not contradict a new one."""
    if not former.placed:
        return True
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
    bare = [word.removesuffix("?") for word in words]
    numbers = sorted({int(word) for word in bare if is_row_number(word)})
    if len(numbers) < 2 or not all(map(is_row_number, bare)):
        raise PlanError("expected the numbers of two source rows or more, with spaces between, in the column 'rows'")
    if choice not in CHOICES:
        raise PlanError(f"found the decision {choice!r}, expected one of {', '.join(CHOICES)}")
    stays = int(survivor_row) if is_row_number(survivor_row) else None
    if survivor_row and (stays not in numbers or choice in ("rule", "apart")):
        raise PlanError("expected 'survivor_row' to be one of the rows, and blank unless one is to stay")
    if choice == "survivor" and stays is None:
        raise PlanError("expected the row that stays in the column 'survivor_row'")
    return Decision(tuple(numbers), choice, stays, note or None, placed=bare == words)


def _frame(decisions: Sequence[Decision]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "rows": pd.array([_written(made) for made in decisions], dtype=TEXT),
        "decision": pd.array([made.choice for made in decisions], dtype=TEXT),
        "survivor_row": pd.array([made.survivor_row for made in decisions], dtype=INTEGER),
        "note": pd.array([made.note for made in decisions], dtype=TEXT),
    }
    return pd.DataFrame(columns)


def _written(made: Decision) -> str:
    mark = "" if made.placed else "?"
    return " ".join(f"{row}{mark}" for row in made.rows)

"""Corrections and decisions of a workspace, matched anew with their people when the source has changed.

``fixed_rows.parquet`` notes, for each correction and decision, whose row it names and in which state of the source. In
that state its row number holds. In any other the person is looked for: by ``source_key``, or else by what told the row
from all others. Who is not found for certain keeps a fix without a row, which is asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.columns.arrays import Mask
from passage_kit.columns.users_frame import INTEGER, SOURCE_KEY, SOURCE_ROW, TEXT, arrow
from passage_kit.duplicates.decisions import Decision, decisions_of, move_decisions
from passage_kit.files.file_set import FileSet
from passage_kit.workspace.corrections import WHY, same_text
from passage_kit.workspace.fixed_rows import (
    IDENTITY,
    LINE,
    Note,
    SourceState,
    list_fixed_rows,
    load_note,
    note_fixes,
    save_note,
)
from passage_kit.workspace.frame_hash import hash_frame
from passage_kit.workspace.people import find_people, key_identity
from passage_kit.workspace.workspace import Workspace

_CLAIMED_TWICE = "two corrections of this cell may be this person's"
_CHANGED = "another value stands there now"
REASONS = (_CLAIMED_TWICE, _CHANGED)


@dataclass(frozen=True, slots=True)
class FormerFixes:
    """Corrections and decisions as they were saved, with the rows of the state that is noted.

    Parameters
    ----------
    corrections, decisions : pandas.DataFrame
    note : Note
    """

    corrections: pd.DataFrame
    decisions: pd.DataFrame
    note: Note

    @classmethod
    def of(cls, workspace: Workspace, *, sha256: str | None, made_for: str | None) -> FormerFixes:
        """Read those of a workspace; ``made_for`` and ``sha256`` as for :func:`match_fixes`.

        Raises
        ------
        PlanError
            If a file of the workspace cannot be read.
        """
        note = load_note(workspace)
        if note.state is None and made_for not in (None, sha256):
            note = replace(note, state=SourceState(made_for))
        return cls(workspace.load_corrections(), workspace.load_decisions(), note)

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return len(self.corrections) + len(self.decisions) > 0

    @property
    def rows(self) -> list[int]:
        """Rows that they name, of which not all need to be there."""
        decided = [row for made in decisions_of(self.decisions) if made.placed for row in made.rows]
        return [*self.corrections[SOURCE_ROW].dropna().tolist(), *decided]

    @property
    def identities(self) -> pa.Array:
        """Identities of the people who may be looked for."""
        texts = pd.concat([self.note.fixes[IDENTITY], key_identity(self.corrections[SOURCE_KEY])], ignore_index=True)
        return arrow(texts.astype(TEXT)).unique().drop_null()


@dataclass(frozen=True, slots=True)
class Fixes:
    """Corrections and decisions with the rows of the source as it is now.

    Parameters
    ----------
    corrections, decisions : pandas.DataFrame
        A correction whose person is not known has no row and says why; such a decision has row numbers with question
        marks.
    noted : pandas.DataFrame
        Identity of the people that they name.
    state : SourceState
        State of the source that the row numbers hold for.
    moved : bool
        Whether rows were matched anew.
    taken : str, optional
        Hash of the fixes of an earlier export that were taken over. Default: none were.
    """

    corrections: pd.DataFrame
    decisions: pd.DataFrame
    noted: pd.DataFrame
    state: SourceState
    moved: bool
    taken: str | None = None

    def save(self, workspace: Workspace) -> None:
        """Save the fixes that were matched anew, and note whose they are.

        The files of before stay as ``corrections.previous.csv`` and ``decisions.previous.csv``. The note comes last: a
        fix without its note is looked for by itself.

        Raises
        ------
        OutputError
            If a file cannot be written.
        """
        if self.moved:
            with FileSet() as files:
                for path in (workspace.corrections_path, workspace.decisions_path):
                    if path.exists():
                        files.new(path.with_suffix(".previous.csv")).write_bytes(path.read_bytes())
            if len(self.corrections) or workspace.corrections_path.exists():
                workspace.save_corrections(self.corrections, moved=True)
            if len(self.decisions) or workspace.decisions_path.exists():
                workspace.save_decisions(self.decisions, moved=True)
        save_note(workspace, self.noted, self.state, self.taken)


def match_fixes(
    workspace: Workspace,
    users: pd.DataFrame,
    *,
    sha256: str | None = None,
    reading: Mapping[str, Any] | None = None,
    made_for: str | None = None,
    by_frame: bool = False,
) -> Fixes:
    """Match corrections and decisions of a workspace with the people of a users frame.

    Nothing is written: see :meth:`Fixes.save`.

    Parameters
    ----------
    workspace : Workspace
        Workspace that holds them.
    users : pandas.DataFrame
        Users frame as mapped, not corrected.
    sha256 : str, optional
        Hash of the file that was read. Default: not known.
    reading : mapping, optional
        How it was read. Default: as detected.
    made_for : str, optional
        Hash of the file that the fixes were made for, where the workspace has no note of it, as in the release before.
        Default: not known.
    by_frame : bool, default False
        Know the source by the users frame itself, since it is no file.

    Returns
    -------
    Fixes
        The corrections and decisions with the rows of today.

    Raises
    ------
    PlanError
        If a file of the workspace cannot be read.
    """
    former = FormerFixes.of(workspace, sha256=sha256, made_for=made_for)
    frame = hash_frame(users) if by_frame and former.any else None
    state = SourceState.of(sha256, reading, frame)
    return place_fixes(users, former.corrections, former.decisions, former.note, state)


def place_fixes(
    users: pd.DataFrame, corrections: pd.DataFrame, decisions: pd.DataFrame, note: Note, state: SourceState
) -> Fixes:
    """Give corrections and decisions the rows that their people have in another state of the source.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped, not corrected.
    corrections, decisions : pandas.DataFrame
        Fixes with the rows of the state that was noted.
    note : Note
        What was noted about them there.
    state : SourceState
        State of the source now.

    Returns
    -------
    Fixes
        As many corrections and decisions, in the same order.
    """
    noted, same = note.fixes, note.state is None or state.same_as(note.state)
    placed = place_corrections(users, corrections, noted, same=same)
    if not same:
        decisions = move_decisions(decisions, _rows_of_today(users, noted))
    moved = not same or not placed[SOURCE_ROW].equals(corrections[SOURCE_ROW])
    lines = list_fixed_rows(placed, decisions)
    if not same or not lines[LINE].equals(noted[LINE]):
        noted = note_fixes(users, lines)
    return Fixes(placed, decisions, noted, state, moved, note.taken)


def place_corrections(
    users: pd.DataFrame, corrections: pd.DataFrame, noted: pd.DataFrame, *, same: bool
) -> pd.DataFrame:
    """Give corrections the rows that their people have now.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped, not corrected.
    corrections : pandas.DataFrame
        Corrections frame.
    noted : pandas.DataFrame
        What was noted about them in the state of the source that their rows name.
    same : bool
        Whether the source is in this state still, so that row numbers hold.

    Returns
    -------
    pandas.DataFrame
        The corrections with the rows of today, and the column ``why`` (text) for those that have none: the person is
        not known for certain, or their cell has another value than ``was``.
    """
    lines = corrections.reset_index(drop=True)
    loose = lines[SOURCE_ROW].isna().to_numpy(dtype=bool) if same else np.ones(len(lines), dtype=bool)
    lines[WHY] = pd.array([None] * len(lines), dtype=TEXT)
    if not loose.any():
        return lines
    some = lines[loose].copy()
    known = some[LINE].merge(noted, how="left", on=LINE, indicator="by").set_axis(some.index)
    by_note = known["by"].eq("both").to_numpy(dtype=bool)
    some[IDENTITY] = known[IDENTITY].where(by_note, key_identity(some[SOURCE_KEY])).astype(TEXT)
    some["was"] = some["was"].where(some["was"].notna(), known["was"]).astype(TEXT)
    found = find_people(users, some[IDENTITY])
    some[WHY] = found.why.where(found.rows.isna() | _fits(users, some, found.rows), _CHANGED)
    some[WHY] = some[WHY].where(~_claimed_twice(some, found.rows), _CLAIMED_TWICE)
    some[SOURCE_ROW] = found.rows.where(some[WHY].isna())
    return pd.concat([lines[~loose], some]).sort_index().astype({SOURCE_ROW: INTEGER})


def _fits(users: pd.DataFrame, lines: pd.DataFrame, rows: pd.Series[Any]) -> Mask:
    """Mark the lines whose cell has the value that was there, or the new one already."""
    fits = np.zeros(len(lines), dtype=bool)
    known, fields = rows.notna().to_numpy(dtype=bool), lines["field"].to_numpy(dtype=object)
    for name in pd.unique(fields[known]):
        these = known & (fields == name)
        if name in users:
            cells = users[name].reindex(rows[these].to_numpy(dtype="int64"))
            fits[these] = same_text(lines["was"][these], cells) | same_text(lines["value"][these], cells)
    return fits


def _claimed_twice(lines: pd.DataFrame, rows: pd.Series[Any]) -> Mask:
    """Mark the lines of different former rows that would correct one cell."""
    cells = pd.DataFrame({"row": rows, "field": lines["field"], "former": lines[SOURCE_ROW].fillna(-1)})
    apart = cells.drop_duplicates()
    twice = apart[apart.duplicated(["row", "field"], keep=False) & apart["row"].notna()]
    both = pd.MultiIndex.from_frame(cells[["row", "field"]])
    claimed: Mask = (
        both.isin(pd.MultiIndex.from_frame(twice[["row", "field"]])) if len(twice) else np.zeros(len(cells), bool)
    )
    return claimed


def _rows_of_today(users: pd.DataFrame, noted: pd.DataFrame) -> Callable[[Decision], Mapping[int, int]]:
    """Find the rows of the people that decisions name, as far as these are noted."""
    of_decisions = noted[noted["field"].isna() & noted["value"].notna()]
    found = find_people(users, of_decisions[IDENTITY]).rows
    today: dict[str, dict[int, int]] = defaultdict(dict)
    for words, former, row in zip(of_decisions["value"], of_decisions[SOURCE_ROW], found, strict=True):
        if pd.notna(row):
            today[words][int(former)] = int(row)
    return lambda made: today.get(made.words, {})

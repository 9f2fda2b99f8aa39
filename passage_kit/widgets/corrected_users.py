"""Users with their corrections, judged as a run judges them: what the panels of the fix step share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from passage_kit.columns.arrays import Mask
from passage_kit.columns.users_frame import SOURCE_ROW, filter_rows
from passage_kit.mapping.mapping import Constant, FieldMapping
from passage_kit.preparation.rules import Judgment
from passage_kit.progress import Stages
from passage_kit.translations import gettext, ngettext
from passage_kit.widgets.source_guard import SourceGuard
from passage_kit.widgets.unplaced import UnplacedCorrections
from passage_kit.workspace.corrections import WHY
from passage_kit.workspace.fixes import place_corrections
from passage_kit.workspace.loaded_fixes import load_fixes
from passage_kit.workspace.lock import saving
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

STAGES = {"Judging emails and phones": 4, "Judging values": 2, "Judging duplicates": 2, "Validating": 2}


class CorrectedUsers:
    """Users of a workspace with their corrections, and what a run finds of them.

    Parameters
    ----------
    mapped : pandas.DataFrame
        Users frame as mapped, not corrected.
    workspace : Workspace
        Workspace that holds the corrections.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.workspace.corrections import correct
    >>> users = CorrectedUsers(users_frame({"email": ["ann@"], "phone": [None]}), Workspace(tempfile.mkdtemp()))
    >>> users.judgment = users.judged()
    >>> users.save(lambda there: correct(there, [1], "email", "ann@example.org"), [1])
    >>> users.judgment.findings["code"].tolist()
    []
    """

    def __init__(self, mapped: pd.DataFrame, workspace: Workspace) -> None:
        self.mapped, self.workspace = mapped, workspace
        plan = workspace.load_plan() if workspace.has_plan else Plan()
        self.users = filter_rows(mapped, _can_be_fixed(mapped, plan.mapping))
        self.judgment: Judgment | None = None
        self._guard = SourceGuard(workspace, mapped)
        self.fixes = load_fixes(workspace, mapped)
        self._file = self._file_now()
        self._take(self.fixes.corrections)

    def judged(self) -> Judgment:
        """Judge all users with the corrections and decisions of now; takes long for a long list."""
        plan = self.workspace.load_plan() if self.workspace.has_plan else Plan()
        with Stages(STAGES) as stages:
            decisions = load_fixes(self.workspace, self.mapped).decisions
            return Judgment.of(self.users, plan, corrections=self.corrections, decisions=decisions, begin=stages.next)

    def save(self, change: Callable[[pd.DataFrame], pd.DataFrame], rows: list[int]) -> None:
        """Change the corrections under the lock, and judge rows again; the first change notes the file of its rows.

        Raises
        ------
        PassageKitError
            If the list has changed since, or a file cannot be read or written.
        """
        with saving(self.workspace.folder):
            self._guard.check()
            self.workspace.save_corrections(change(self.workspace.load_corrections()))
            self._load()
        self._renew(pd.Index(rows, dtype="int64"))

    def look_again(self) -> None:
        """Take the corrections of the workspace, and judge the rows again whose corrections are other ones.

        Raises
        ------
        PassageKitError
            If the file cannot be read.
        """
        if self._file == self._file_now():
            return
        before = self.corrections
        self._load()
        both = pd.concat([before, self.corrections])
        other = both[~both.duplicated(keep=False) & both[SOURCE_ROW].notna()]
        self._renew(pd.Index(other[SOURCE_ROW].astype("int64").unique()))

    def _load(self) -> None:
        self._file = self._file_now()
        saved = self.workspace.load_corrections()
        self._take(place_corrections(self.mapped, saved, self.fixes.noted, same=True))

    def _take(self, corrections: pd.DataFrame) -> None:
        self.unplaced = UnplacedCorrections(self.mapped, corrections)
        self.corrections = corrections.drop(columns=WHY, errors="ignore")

    def _renew(self, rows: pd.Index[int]) -> None:
        if self.judgment is not None and len(rows):
            self.judgment.renew(rows, self.corrections)

    def _file_now(self) -> tuple[int, int] | None:
        path = self.workspace.corrections_path
        if not path.exists():
            return None
        state = path.stat()
        return state.st_size, state.st_mtime_ns


def said_of_corrections(count: int, path: Path) -> str:
    """Say how many corrections there are, and where.

    Examples
    --------
    >>> said_of_corrections(1, Path("corrections.csv"))
    '1 correction in corrections.csv.'
    """
    if not count:
        return gettext("Nothing is corrected yet.")
    return ngettext("{count} correction in {path}.", "{count} corrections in {path}.", count, path=path)


def said_of_saved(done: str, rows: list[int], path: Path) -> str:
    """Say what was done to corrections, to whose, and where it is saved."""
    if done == "dropped":
        return gettext("Dropped: one correction. Saved in {path}.", path=path)
    named = gettext("row {row}", row=rows[0]) if len(rows) == 1 else ngettext("{count} row", "{count} rows", len(rows))
    given = {"rows": named, "path": path}
    return {
        "taken back": gettext("Taken back: {rows}. Saved in {path}.", **given),
        "applied": gettext("Applied: {rows}. Saved in {path}.", **given),
        "corrected": gettext("Corrected: {rows}. Saved in {path}.", **given),
    }[done]


def _can_be_fixed(users: pd.DataFrame, mapping: FieldMapping | None) -> Mask:
    """Mark the rows with a value of their own, not a constant; the reader rejected the others."""
    constants = [name for name, origin in (mapping.origins if mapping else {}).items() if isinstance(origin, Constant)]
    filled: Mask = users.drop(columns=constants, errors="ignore").notna().any(axis=1).to_numpy(dtype=bool)
    return filled

"""Corrections and decisions that a run applies, wherever it runs: of its workspace, or else of its plan's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from passage_kit.workspace.fixes import Fixes
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.taken_fixes import hash_of_fixes, take_fixes
from passage_kit.workspace.workspace import Workspace


class AppliedFixes(NamedTuple):
    """Corrections and decisions to apply, None without any.

    ``to_save`` are those to save in the workspace of the run, and ``said`` are findings on those of an earlier export
    that were not taken over.
    """

    corrections: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    to_save: Fixes | None = None
    said: pd.DataFrame | None = None

    def save(self, workspace: Workspace) -> None:
        """Save own fixes with the rows of today; a newer export has those of the earlier one among them."""
        if self.to_save is not None:
            self.to_save.save(workspace)


class HomesOfFixes(NamedTuple):
    """Workspaces that hold the corrections and the decisions of a run; None without any."""

    corrected: Workspace | None
    decided: Workspace | None

    @classmethod
    def of(cls, workspace: Workspace | None, of_plan: Workspace | None) -> HomesOfFixes:
        """Choose the workspace of a run, or else the folder of its plan, for each of them."""
        homes = [home for home in (workspace, of_plan) if home is not None]
        return cls(
            next((home for home in homes if home.corrections_path.exists()), None),
            next((home for home in homes if home.decisions_path.exists()), None),
        )

    @property
    def folders(self) -> dict[Path, Workspace]:
        """Each of them once, by its folder."""
        return {home.folder: home for home in self if home is not None}


def workspace_of_plan(plan: Plan | str | Path | None) -> Workspace | None:
    """Give the folder of a plan that is read from a file.

    Examples
    --------
    >>> workspace_of_plan("migration/plan.toml"), workspace_of_plan(Plan()) is None
    (Workspace('migration'), True)
    """
    return None if plan is None or isinstance(plan, Plan) else Workspace(Path(plan).parent)


def applied_fixes(
    workspace: Workspace | None, of_plan: Workspace | None, match: Callable[[Workspace], Fixes], *, is_newer: bool
) -> AppliedFixes:
    """Load corrections and decisions for the people of a source.

    Parameters
    ----------
    workspace : Workspace, optional
        Workspace of the run.
    of_plan : Workspace, optional
        Folder of the plan.
    match : callable
        Function that matches the fixes of a workspace with the people of the source.
    is_newer : bool
        Whether the source is a newer export, which takes over the fixes beside the plan of the earlier one. Otherwise
        the corrections of the workspace take the place of those, and so do its decisions.

    Examples
    --------
    >>> import tempfile
    >>> applied_fixes(Workspace(tempfile.mkdtemp()), None, lambda home: 1 / 0, is_newer=False)
    AppliedFixes(corrections=None, decisions=None, to_save=None, said=None)
    """
    homes = HomesOfFixes.of(workspace, of_plan)
    is_other = of_plan is not None and (workspace is None or of_plan.folder != workspace.folder)
    if is_newer and of_plan is not None and is_other and has_fixes(of_plan):
        own = match(workspace) if workspace is not None and has_fixes(workspace) else None
        fixes, said = take_fixes(own, match(of_plan), taken=hash_of_fixes(of_plan))
        return AppliedFixes(fixes.corrections, fixes.decisions, fixes, said)
    matched = {folder: match(home) for folder, home in homes.folders.items()}
    return AppliedFixes(
        matched[homes.corrected.folder].corrections if homes.corrected else None,
        matched[homes.decided.folder].decisions if homes.decided else None,
        matched.get(workspace.folder) if workspace else None,
    )


def has_fixes(workspace: Workspace) -> bool:
    """Tell whether a workspace has corrections or decisions.

    Examples
    --------
    >>> import tempfile
    >>> has_fixes(Workspace(tempfile.mkdtemp()))
    False
    """
    return workspace.corrections_path.exists() or workspace.decisions_path.exists()

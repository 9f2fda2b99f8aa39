"""Corrections and decisions that a run applies, wherever it runs: of its workspace, or else of its plan's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from passage_kit.workspace.fixes import Fixes
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


class AppliedFixes(NamedTuple):
    """Corrections and decisions to apply, None without any.

    ``own`` are those of the workspace of the run; if it has none, ``others`` are those of the plan's folder.
    """

    corrections: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    own: Fixes | None = None
    others: Fixes | None = None

    def save(self, workspace: Workspace, plan: Plan) -> None:
        """Save own fixes with the rows of today; a newer export takes over those of the earlier one."""
        if self.own is not None:
            self.own.save(workspace)
        elif self.others is not None and plan.options.since is not None:
            self.others.take_over(workspace)


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
    workspace: Workspace | None, of_plan: Workspace | None, match: Callable[[Workspace], Fixes]
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

    Examples
    --------
    >>> import tempfile
    >>> applied_fixes(Workspace(tempfile.mkdtemp()), None, lambda home: 1 / 0)
    AppliedFixes(corrections=None, decisions=None, own=None, others=None)
    """
    homes = HomesOfFixes.of(workspace, of_plan)
    matched = {folder: match(home) for folder, home in homes.folders.items()}
    return AppliedFixes(
        matched[homes.corrected.folder].corrections if homes.corrected else None,
        matched[homes.decided.folder].decisions if homes.decided else None,
        matched.get(workspace.folder) if workspace else None,
        matched.get(of_plan.folder) if of_plan else None,
    )

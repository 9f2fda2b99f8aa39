"""Guard for row numbers: fixes are placed before another is made, and none is made for another file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from passage_kit.errors import PlanError
from passage_kit.translations import in_panel, worded
from passage_kit.workspace.loaded_fixes import file_hash, load_fixes
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


class SourceGuard:
    """The source that a panel was opened for.

    Parameters
    ----------
    workspace : Workspace
        Workspace whose plan names the source. Without a plan, or with a database, there is no file to compare.
    mapped : pandas.DataFrame, optional
        Users frame as mapped, not corrected. With it, fixes of a former source get the rows of their people. Default:
        none, so a former source is refused.
    """

    def __init__(self, workspace: Workspace, mapped: pd.DataFrame | None = None) -> None:
        self._workspace, self._mapped = workspace, mapped
        self._opened_for, self._placed = file_hash(self._plan), False

    @property
    def _plan(self) -> Plan:
        return self._workspace.load_plan() if self._workspace.has_plan else Plan()

    def check(self) -> None:
        """Place the fixes of the workspace, note their file in the plan, and refuse another file than that.

        Raises
        ------
        PlanError
            If the file has changed since the panel was opened, or since the fixes were made.
        """
        plan = self._plan
        sha256 = file_hash(plan)
        if self._mapped is not None:
            if sha256 != self._opened_for and sha256 is not None:
                raise PlanError(
                    worded(
                        "{name} has changed since this panel was opened, so its row numbers may name other people. "
                        "Run the notebook from its beginning again.",
                        name=Path(plan.source or "").name,
                    )
                )
            self._place(self._mapped)
        elif sha256 is not None:
            self._refuse_other(plan, sha256)
        if sha256 is not None and plan.sha256 != sha256:
            self._workspace.save_plan(replace(plan, sha256=sha256))

    def _place(self, mapped: pd.DataFrame) -> None:
        """Give the fixes the rows of their people, once: the file does not change any more."""
        if not self._placed:
            fixes = load_fixes(self._workspace, mapped)
            if fixes.moved:
                fixes.save(self._workspace)
            self._placed = True

    def _refuse_other(self, plan: Plan, sha256: str) -> None:
        paths = (self._workspace.corrections_path, self._workspace.decisions_path)
        fixes = [path for path in paths if path.exists()]
        if fixes and plan.sha256 not in (None, sha256):
            raise PlanError(
                in_panel(
                    f"{Path(plan.source or '').name} has changed since {fixes[0]} was made, so its row "
                    "numbers may name "
                    "other people. Run the notebook 03_validate_and_export or `passage-kit prepare` "
                    "first: it finds the "
                    "people anew, and asks about those it does not find.",
                    "{name} has changed since {file} was made, so its row numbers may name other people. "
                    "Run the notebook 03_validate_and_export first: it finds the people anew, and asks "
                    "about those it does not find.",
                    name=Path(plan.source or "").name,
                    file=fixes[0],
                )
            )

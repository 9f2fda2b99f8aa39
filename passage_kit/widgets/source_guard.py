"""Row numbers hold for one file: the first fix notes which, and none is made for another."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from passage_kit.errors import PlanError
from passage_kit.workspace.workspace import Workspace


def guard_source(workspace: Workspace) -> None:
    """Note in the plan which file the corrections and decisions are made for, or refuse to make more for another one.

    Parameters
    ----------
    workspace : Workspace
        Whose plan names the file; a database or no plan at all is let through, and a run judges.

    Raises
    ------
    PlanError
        If the file has changed since the corrections or decisions of the workspace were made.
    """
    plan = workspace.load_plan() if workspace.has_plan else None
    if plan is None or plan.source is None or "://" in plan.source or not Path(plan.source).is_file():
        return
    state = Path(plan.source).stat()
    sha256 = _sha256(plan.source, state.st_size, state.st_mtime_ns)
    fixes = [path for path in (workspace.corrections_path, workspace.decisions_path) if path.exists()]
    if fixes and plan.sha256 not in (None, sha256):
        raise PlanError(
            f"{Path(plan.source).name} has changed since {fixes[0]} was made, so its row numbers may name other "
            "people. Check them against the new file, then take the line 'sha256 = ...' out of "
            f"{workspace.plan_path}."
        )
    if plan.sha256 != sha256:
        workspace.save_plan(replace(plan, sha256=sha256))


@lru_cache(maxsize=1)
def _sha256(path: str, _size: int, _changed: int) -> str:
    """Hash of a file, computed again only when it has changed."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

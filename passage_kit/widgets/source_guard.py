"""Guard for row numbers: the first correction or decision notes its file, and none is made for another file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from passage_kit.errors import PlanError
from passage_kit.workspace.workspace import Workspace


def guard_source(workspace: Workspace) -> None:
    """Note the file of the corrections and decisions in the plan, and refuse more of them for another file.

    Parameters
    ----------
    workspace : Workspace
        Workspace whose plan names the file. Without a plan, or with a database, the guard checks nothing.

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
            "people. Run the notebook 03_validate_and_export or `passage-kit prepare` first: it finds the people anew, "
            "and asks about those it does not find."
        )
    if plan.sha256 != sha256:
        workspace.save_plan(replace(plan, sha256=sha256))


@lru_cache(maxsize=1)
def _sha256(path: str, _size: int, _changed: int) -> str:
    """Hash a file, again only if it has changed."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

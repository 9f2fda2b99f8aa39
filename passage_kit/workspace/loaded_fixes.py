"""Corrections and decisions of a workspace as a run applies them: with the rows that their people have today."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import pandas as pd

from passage_kit.workspace.fixes import Fixes, match_fixes
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


def load_fixes(workspace: Workspace, users: pd.DataFrame) -> Fixes:
    """Load the corrections and decisions of a workspace with the rows of today, as a run applies them.

    If the source of the plan has changed since they were made, the kit looks for their people. It writes nothing;
    ``load_fixes(...).save(workspace)`` saves what it found.

    Parameters
    ----------
    workspace : Workspace
        Workspace that holds them. Its plan names the source.
    users : pandas.DataFrame
        Users frame as mapped, not corrected.

    Returns
    -------
    Fixes
        ``corrections`` and ``decisions``. A correction whose person is not found has no row, and its column ``why``
        says the reason. Such a decision has row numbers with question marks.

    Raises
    ------
    PlanError
        If a file of the workspace cannot be read.

    See Also
    --------
    apply_corrections : Put corrections into a users frame.
    merge_duplicates : Merge duplicates with decisions.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.columns.users_frame import users_frame
    >>> fixes = load_fixes(Workspace(tempfile.mkdtemp()), users_frame({"email": ["ann@"]}))
    >>> len(fixes.corrections), len(fixes.decisions), fixes.moved
    (0, 0, False)
    """
    plan = workspace.load_plan() if workspace.has_plan else Plan()
    sha256, of_database = file_hash(plan), "://" in (plan.source or "")
    return match_fixes(
        workspace,
        users,
        sha256=sha256,
        reading=plan.reading,
        made_for=made_for(workspace, plan) or ("a database" if of_database else None),
        by_frame=sha256 is None,
    )


def made_for(workspace: Workspace, plan: Plan | None = None) -> str | None:
    """Give the hash of the source that a workspace of the release before notes: in its plan, or in its last run's.

    Parameters
    ----------
    workspace : Workspace
        Workspace that holds the fixes.
    plan : Plan, optional
        Plan of the run, for a workspace without one. Default: none. That of an earlier export says nothing of a newer
        list.
    """
    paths = [path for path in (workspace.plan_path, workspace.applied_plan_path) if path.exists()]
    noted = (Plan.load(path, opened=False).sha256 for path in paths)
    own = next((sha256 for sha256 in noted if sha256 is not None), None)
    return own if paths or plan is None or plan.options.since is not None else plan.sha256


def file_hash(plan: Plan) -> str | None:
    """Hash the file that a plan reads; None without one, or with a database."""
    if plan.source is None or "://" in plan.source or not Path(plan.source).is_file():
        return None
    state = Path(plan.source).stat()
    return _file_hash(plan.source, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1)
def _file_hash(path: str, _size: int, _changed: int) -> str:
    """Hash a file, again only if it has changed."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

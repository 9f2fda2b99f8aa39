"""A plan that cannot be read, as after a wrong edit: it is kept beside, and a migration goes on without it."""

from __future__ import annotations

from pathlib import Path

from passage_kit.errors import PassageKitError, PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.translations import worded
from passage_kit.workspace.lock import saving
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

_PREVIOUS = "plan.previous.toml"


def plan_trouble(workspace: Workspace) -> PassageKitError | None:
    """Give the error of a plan that is there and cannot be read; None if there is none.

    Examples
    --------
    >>> import tempfile
    >>> plan_trouble(Workspace(tempfile.mkdtemp())) is None
    True
    """
    try:
        if workspace.has_plan:
            workspace.load_plan()
    except PassageKitError as error:
        return error
    return None


def has_plan_before(workspace: Workspace) -> bool:
    """Tell whether the plan as it was before its last change can be read."""
    path = workspace.folder / _PREVIOUS
    try:
        return path.exists() and bool(Plan.load(path).source)
    except PassageKitError:
        return False


def put_plan_aside(workspace: Workspace, *, before: bool = False) -> Path:
    """Move the plan into a file beside it, such as ``plan.unread.toml``, and go on without it.

    Corrections, decisions and outputs stay. Nothing is deleted.

    Parameters
    ----------
    workspace : Workspace
    before : bool, default False
        Go on with the plan as it was before its last change, ``plan.previous.toml``.

    Returns
    -------
    pathlib.Path
        Where the plan is now.

    Raises
    ------
    PlanError
        If the plan, or the one before, cannot be read as a file.
    OutputError
        If a file cannot be written; nothing was changed then.

    Examples
    --------
    >>> import tempfile
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> _ = workspace.plan_path.write_text("source = [")
    >>> put_plan_aside(workspace).name, workspace.has_plan
    ('plan.unread.toml', False)
    """
    place = _free_place(workspace.folder)
    with saving(workspace.folder), FileSet() as files:
        files.new(place).write_bytes(_content(workspace.plan_path))
        if before:
            files.new(workspace.plan_path).write_bytes(_content(workspace.folder / _PREVIOUS))
        else:
            files.remove(workspace.plan_path)
    return place


def _content(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise PlanError(
            worded("{path} cannot be read: {why}. Check that you may read it.", path=path, why=reason_of(error))
        ) from error


def _free_place(folder: Path) -> Path:
    names = ("plan.unread.toml", *(f"plan.unread-{number}.toml" for number in range(2, 1_000)))
    return next(folder / name for name in names if not (folder / name).exists())

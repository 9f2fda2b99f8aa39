"""The history of a workspace as a list of sentences, and its changes undone and made again, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import PlanError
from passage_kit.export.csv_files import write_for_people
from passage_kit.files.file_set import FileSet
from passage_kit.masking import mask_text
from passage_kit.translations import worded
from passage_kit.workspace.change_words import said_of
from passage_kit.workspace.fix_lines import contradict, lines_of, step_lines, steps_of, table_of
from passage_kit.workspace.history import Change, State, load_history, load_lines, write_history
from passage_kit.workspace.line_changes import LineChange
from passage_kit.workspace.loaded_fixes import file_hash, made_for
from passage_kit.workspace.lock import saving
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace, as_workspace


def list_changes(workspace: Workspace | str | Path) -> pd.DataFrame:
    """List what a person changed in a workspace: corrections, decisions about duplicates, and steps.

    The history keeps the last 500 changes. A file that somebody edits by hand is no change of it.

    Parameters
    ----------
    workspace : Workspace, str or pathlib.Path
        The workspace, or its folder.

    Returns
    -------
    pandas.DataFrame
        One row a change, the oldest first: ``number`` (int64), ``at`` (datetime with UTC), ``what`` (text:
        ``corrections``, ``decisions`` or ``steps``), ``says`` (text: a sentence, with the values of one row) and
        ``state`` (text). ``done`` holds, and can be undone. ``undone`` can be made again. ``stays`` holds, and cannot
        be undone any more, since the list or the same value has changed since. ``dropped`` was undone, and other
        changes followed.

    Raises
    ------
    PlanError
        If the history cannot be read.

    See Also
    --------
    undo_change : Undo the last change.
    redo_change : Make it again.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.workspace.corrections import correct
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> workspace.save_corrections(correct(workspace.load_corrections(), [2], "email", "bo@example.org"))
    >>> list_changes(workspace)[["says", "state"]].values.tolist()
    [['Corrected email of row 2: blank became bo@example.org.', 'done']]
    """
    changes = load_history(as_workspace(workspace).folder)
    return pd.DataFrame(
        {
            "number": pd.array([one.number for one in changes], dtype="int64"),
            "at": pd.to_datetime(pd.Series([one.at for one in changes], dtype=object), utc=True),
            "what": pd.array([one.what for one in changes], dtype=TEXT),
            "says": pd.array([said_of(one) for one in changes], dtype=TEXT),
            "state": pd.array([one.state for one in changes], dtype=TEXT),
        }
    )


def undo_change(workspace: Workspace | str | Path) -> Change:
    """Undo the last change of a workspace that was not undone yet; also one of an earlier session.

    What others changed stays, in its order.

    Parameters
    ----------
    workspace : Workspace, str or pathlib.Path
        The workspace, or its folder.

    Returns
    -------
    Change
        The change that was undone.

    Raises
    ------
    PlanError
        If there is nothing to undo, the list has changed since, or the same value was changed otherwise since. In the
        last case the change stays for good, and the next call undoes the one before it.

    See Also
    --------
    list_changes : List the changes.
    redo_change : Make the change again.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.workspace.corrections import correct
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> workspace.save_corrections(correct(workspace.load_corrections(), [2], "email", "bo@example.org"))
    >>> undo_change(workspace).state, len(workspace.load_corrections())
    ('undone', 0)
    >>> redo_change(workspace).state, len(workspace.load_corrections())
    ('done', 1)
    """
    return _turned(as_workspace(workspace), back=True)


def redo_change(workspace: Workspace | str | Path) -> Change:
    """Make the change again that was undone last.

    Parameters
    ----------
    workspace : Workspace, str or pathlib.Path
        The workspace, or its folder.

    Returns
    -------
    Change
        The change that was made again.

    Raises
    ------
    PlanError
        As :func:`undo_change`; a change that cannot be made again is dropped.

    See Also
    --------
    undo_change : Undo a change.
    """
    return _turned(as_workspace(workspace), back=False)


@dataclass(frozen=True, slots=True)
class NextChanges:
    """The change that is undone next, and the one that is made again next; None if there is none."""

    undo: Change | None
    redo: Change | None


def next_changes(changes: Sequence[Change]) -> NextChanges:
    """Find the change that is undone next, and the one that is made again next.

    Examples
    --------
    >>> first, second = (Change(number, "2026-12-01T09:00:00+00:00", "steps") for number in (1, 2))
    >>> found = next_changes([first, replace(second, state="undone")])
    >>> found.undo.number, found.redo.number
    (1, 2)
    """
    done = [change for change in changes if change.state == "done"]
    undone = [change for change in changes if change.state == "undone"]
    return NextChanges(done[-1] if done else None, undone[0] if undone else None)


def _turned(workspace: Workspace, *, back: bool) -> Change:
    """Undo a change or make it again, under one lock from the first look to the last write."""
    if not workspace.folder.exists():
        raise PlanError(
            worded("There is nothing to undo in {folder}: nothing was changed yet.", folder=workspace.folder)
        )
    with saving(workspace.folder):
        changes = load_history(workspace.folder)
        change = next_changes(changes).undo if back else next_changes(changes).redo
        if change is None:
            raise PlanError(worded("There is nothing to undo.") if back else worded("There is nothing to make again."))
        if change.what != "steps":
            _refuse_another_list(workspace)
        did = load_lines(workspace.folder, change)
        with FileSet() as files:
            possible = _made(workspace, change, did.backwards if back else did, files)
            after: State = ("undone" if back else "done") if possible else "stays" if back else "dropped"
            turned = replace(change, state=after)
            write_history(workspace.folder, files, [turned if one is change else one for one in changes])
    if not possible:
        said = mask_text(said_of(change)).removesuffix(".")
        what = "The change stays, and the next undo takes back the one before it" if back else "It is dropped"
        raise PlanError(f"“{said}” cannot be {_word(back)}: the same was changed otherwise since. {what}.")
    return turned


def _word(back: bool) -> str:
    return "undone" if back else "made again"


def _refuse_another_list(workspace: Workspace) -> None:
    """Refuse to change corrections and decisions whose row numbers may be those of another list."""
    plan = workspace.load_plan() if workspace.has_plan else Plan()
    sha256 = file_hash(plan)
    if sha256 is not None and made_for(workspace, plan) not in (None, sha256):
        raise PlanError(
            f"{Path(plan.source or '').name} has changed since, so its row numbers may name other people. Run the "
            "notebook 02_clean_and_dedupe or `passage-kit prepare` first: it finds the people anew."
        )


def _made(workspace: Workspace, change: Change, does: LineChange, files: FileSet) -> bool:
    """Make a change in the file of a workspace, if nobody has changed the same since."""
    if change.what == "steps":
        plan = workspace.load_plan()
        steps = does.made_in(step_lines(plan.steps))
        if steps is None:
            return False
        workspace.save_plan(replace(plan, steps=steps_of(steps)), files=files, recorded=False)
        return True
    is_value = change.what == "corrections"
    table = workspace.load_corrections() if is_value else workspace.load_decisions()
    lines = lines_of(table, change.what)
    rest, made = does.remains_of(lines), does.made_in(lines)
    if rest is None or made is None or contradict(change.what, rest, [line for _, line in does.put]):
        return False
    path = workspace.corrections_path if is_value else workspace.decisions_path
    write_for_people(table_of(made, change.what), files.new(path))
    return True

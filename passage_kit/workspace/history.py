"""What a person changed in a workspace: corrections, decisions about duplicates and steps, one change after the other.

``history/changes.json`` lists the changes, and ``history/<number>.json`` holds the lines that one of them took out and
put in. They appear together with the file that was changed, so the two never disagree. What somebody writes into a file
by hand is no change here, and stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from passage_kit.errors import PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.files.regular_files import read_regular
from passage_kit.translations import worded
from passage_kit.workspace.line_changes import LineChange

FOLDER, LIST = "history", "changes.json"
MOST_CHANGES = 500
MOST_LINES = 1_000_000  # of all changes; the last one stays however long it is

Changed = Literal["corrections", "decisions", "steps"]
State = Literal["done", "undone", "stays", "dropped"]
_STATES = get_args(State)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of corrections, decisions or steps by a person.

    Parameters
    ----------
    number : int
        Number of the change in its workspace, from 1.
    at : str
        When it was made, as ISO 8601 with UTC.
    what : {"corrections", "decisions", "steps"}
        What was changed.
    state : {"done", "undone", "stays", "dropped"}
        ``done``: it holds, and can be undone. ``undone``: it was undone, and can be made again. ``stays``: it holds,
        and cannot be undone any more, since the list or the same value has changed since. ``dropped``: it was undone,
        and cannot be made again, since other changes followed.
    lines : int
        Number of lines that it took out and put in.
    about : dict
        What its sentence needs.

    See Also
    --------
    list_changes : List the changes of a workspace as sentences.
    """

    number: int
    at: str
    what: Changed
    state: State = "done"
    lines: int = 0
    about: dict[str, Any] = field(default_factory=dict)


def load_history(folder: Path) -> list[Change]:
    """Read the changes of a workspace, the oldest first.

    Raises
    ------
    PlanError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> load_history(Path(tempfile.mkdtemp()))
    []
    """
    path = folder / FOLDER / LIST
    if not path.exists():
        return []
    try:
        told = json.loads(read_regular(path))
        changes = [Change(**one) for one in told]
        if not all(_is_right(one) for one in changes):
            raise ValueError
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(path) from error
    return changes


def record(folder: Path, files: FileSet, what: Changed, change: LineChange, about: dict[str, Any]) -> None:
    """Add a change to the history, as one of a set of files; changes that were undone cannot be made again.

    The oldest changes go when there are too many, or too many lines of them.

    Raises
    ------
    PlanError
        If the history cannot be read.
    """
    if not change:
        return
    known = [replace(one, state="dropped") if one.state == "undone" else one for one in load_history(folder)]
    number = max((one.number for one in known), default=0) + 1
    made = Change(number, datetime.now(UTC).isoformat(timespec="seconds"), what, "done", len(change), about)
    write_history(folder, files, [*known, made])
    told = {"out": change.out, "put": change.put}
    files.new(_lines_path(folder, number)).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def write_history(folder: Path, files: FileSet, changes: Sequence[Change]) -> None:
    """Write the list of changes as one of a set of files, without the oldest ones above the limits."""
    kept: list[Change] = []
    lines = 0
    for one in reversed(changes):
        lines += one.lines
        if kept and (len(kept) == MOST_CHANGES or lines > MOST_LINES):
            break
        kept.insert(0, one)
    for one in changes[: len(changes) - len(kept)]:
        files.remove(_lines_path(folder, one.number))
    text = json.dumps([asdict(one) for one in kept], ensure_ascii=False, indent=1)
    files.new(folder / FOLDER / LIST).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def load_lines(folder: Path, change: Change) -> LineChange:
    """Read the lines that a change took out and put in.

    Raises
    ------
    PlanError
        If they cannot be read.
    """
    path = _lines_path(folder, change.number)
    try:
        told = json.loads(read_regular(path))
        out, put = (tuple((int(at), str(line)) for at, line in told[name]) for name in ("out", "put"))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _unreadable(path) from error
    return LineChange(out, put)


def settle_history(folder: Path, files: FileSet) -> None:
    """Keep the changes of corrections and decisions from being undone, since their rows have other numbers now."""
    changes = load_history(folder)
    settled = [_settled(one) if one.what != "steps" else one for one in changes]
    if settled != changes:
        write_history(folder, files, settled)


def _settled(change: Change) -> Change:
    after: dict[State, State] = {"done": "stays", "undone": "dropped"}
    return replace(change, state=after.get(change.state, change.state))


def _is_right(change: Change) -> bool:
    numbers = isinstance(change.number, int) and isinstance(change.lines, int)
    known = change.what in get_args(Changed) and change.state in _STATES and isinstance(change.about, dict)
    return numbers and known and datetime.fromisoformat(change.at).tzinfo is not None


def _lines_path(folder: Path, number: int) -> Path:
    return folder / FOLDER / f"{number:06}.json"


def _unreadable(path: Path) -> PlanError:
    return PlanError(
        worded(
            "The history in {path} cannot be read. Delete the folder {folder}: all changes stay "
            "as they are, and can only be taken back one by one.",
            path=path,
            folder=path.parent,
        )
    )

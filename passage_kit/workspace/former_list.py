"""Another user list in a workspace: what was made for the former one is set back, and kept in a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from passage_kit.database.urls import without_secrets
from passage_kit.errors import OutputError, PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.translations import nworded, worded
from passage_kit.workspace.fixed_rows import NOTE_FILE
from passage_kit.workspace.history import FOLDER as HISTORY
from passage_kit.workspace.lock import saving
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

FORMER = "former"  # folder of what was made for former lists, each under a number
_OF_HISTORY = "history-"  # begins the names of the changes there


def change_list(workspace: Workspace, source: str | Path, *, reading: Mapping[str, Any] | None = None) -> Plan:
    """Name another user list in the plan of a workspace, and set back what was made for the former one.

    The mapping, the steps, the fields made from columns, the layout, the words of account states, the corrections and
    the decisions are those of one list. They are kept in ``former``, with the former plan, as ``001-plan.toml`` and so
    on. Other fields, the template and other options stay. A newer export of the same list is none of this: only replace
    ``source`` in the plan.

    Parameters
    ----------
    workspace : Workspace
        Workspace whose plan is changed; it need not have one yet.
    source : str or pathlib.Path
        Path or database URL of the other list.
    reading : mapping, optional
        Options for reading it: see :func:`passage_kit.read_source`. Default: as detected.

    Returns
    -------
    Plan
        The plan as saved.

    Raises
    ------
    PlanError
        If the former plan or the former fixes cannot be read.
    OutputError
        If something cannot be written; nothing was changed then.

    See Also
    --------
    bring_back_list : Bring back the list before.
    made_for_list : Name what would be set back.

    Examples
    --------
    >>> import tempfile
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> workspace.save_plan(Plan("may.csv"))
    >>> change_list(workspace, "suppliers.csv").source
    'suppliers.csv'
    """
    with saving(workspace.folder), FileSet() as files:
        plan = workspace.load_plan() if workspace.has_plan else Plan()
        put_aside(workspace, files=files)
        changed = plan_for_list(plan, str(source), reading)
        workspace.save_plan(changed, files=files, recorded=False)
    return changed


def bring_back_list(workspace: Workspace) -> Plan:
    """Bring back the list before the present one, with everything that was made for it, as it was set back last.

    What was made for the present list is kept in ``former`` in turn, so that a second call changes them back.

    Parameters
    ----------
    workspace : Workspace
        Workspace in which :func:`change_list`, or the first panel, has set back what was made for a list.

    Returns
    -------
    Plan
        The plan as it was.

    Raises
    ------
    PlanError
        If there is no former list, or what is kept of it cannot be read.
    OutputError
        If something cannot be written; nothing was changed then.

    See Also
    --------
    change_list : Name another list.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.mapping.mapping import FieldMapping
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> workspace.save_plan(Plan("may.csv", mapping=FieldMapping({"email": "Mail"})))
    >>> plan = change_list(workspace, "suppliers.csv")
    >>> bring_back_list(workspace).mapping.to_dict()
    {'email': 'Mail'}
    """
    with saving(workspace.folder), FileSet() as files:
        kept = _kept_last(workspace)
        if kept is None:
            folder = workspace.folder / FORMER
            raise PlanError(worded("There is no former list in {folder}. Choose a list instead.", folder=folder))
        Plan.load(kept)  # what is no plan comes back to nobody
        number = kept.name.partition("-")[0]
        parts = sorted(kept.parent.glob(f"{number}-*"))
        contents = {path: _read(path) for path in parts}
        put_aside(workspace, files=files, whole=True)
        for path, content in contents.items():
            name = path.name.removeprefix(f"{number}-")
            of_history = name.startswith(_OF_HISTORY)
            place = workspace.folder / HISTORY / name.removeprefix(_OF_HISTORY) if of_history else None
            files.new(place or workspace.folder / name).write_bytes(content)
            files.remove(path)
    return workspace.load_plan()


def name_of_former(workspace: Workspace) -> str | None:
    """Name the list that :func:`bring_back_list` would bring back; None if there is none.

    Examples
    --------
    >>> import tempfile
    >>> name_of_former(Workspace(tempfile.mkdtemp())) is None
    True
    """
    kept = _kept_last(workspace)
    try:
        plan = Plan.load(kept) if kept else None
    except PlanError:
        return None
    if plan is None or plan.source is None:
        return None
    return without_secrets(plan.source) if "://" in plan.source else Path(plan.source).name


def plan_for_list(plan: Plan, source: str, reading: Mapping[str, Any] | None = None) -> Plan:
    """Make the plan for another list: what was made for the columns of the former one is not in it.

    Examples
    --------
    >>> plan_for_list(Plan("may.csv", reading={"sheet": "Users"}), "suppliers.csv") == Plan("suppliers.csv")
    True
    """
    schema = MetadataSchema(field for field in plan.schema if field.field_name not in plan.made_fields)
    return replace(
        plan,
        source=source,
        reading=dict(reading or {}),
        sha256=None,
        columns=(),
        mapping=None,
        schema=schema,
        options=replace(plan.options, layout=None, account_states={}),
        steps=(),
        made_fields=(),
    )


def made_for_list(workspace: Workspace) -> list[str]:
    """Name what was made for the list of the plan, with counts, so that a person knows what another list sets back.

    Raises
    ------
    PlanError
        If the plan or a file of fixes cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.mapping.mapping import FieldMapping
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> workspace.save_plan(Plan("may.csv", mapping=FieldMapping({"email": "Mail"}), made_fields=("city",)))
    >>> made_for_list(workspace)
    ['the mapping', '1 field made from a column']
    """
    plan = workspace.load_plan() if workspace.has_plan else Plan()
    steps, made = len(plan.steps), len(plan.made_fields)
    corrections, decisions = len(workspace.load_corrections()), len(workspace.load_decisions())
    counts = [
        (steps, nworded("{count} step that changes values", "{count} steps that change values", steps)),
        (made, nworded("{count} field made from a column", "{count} fields made from columns", made)),
        (corrections, nworded("{count} correction", "{count} corrections", corrections)),
        (decisions, nworded("{count} decision", "{count} decisions", decisions)),
    ]
    return [*([worded("the mapping")] if plan.mapping else []), *(said for count, said in counts if count)]


def put_aside(workspace: Workspace, *, files: FileSet, whole: bool = False) -> str | None:
    """Move the fixes and their history, and a copy of the plan, into the folder ``former``, as part of ``files``.

    Save the new plan in the same set of files, not ``recorded``: there is no history to go on with. ``whole`` keeps a
    plan for whose list nothing was made, too.

    Returns
    -------
    str or None
        The place and the number that their names begin with; None if there is nothing to keep.

    Raises
    ------
    OutputError
        If a file cannot be written, or the folder is a link.
    PlanError
        If a file of fixes cannot be read.
    """
    fixes = [workspace.corrections_path, workspace.decisions_path, workspace.folder / NOTE_FILE]
    there = [path for path in fixes if path.exists()]
    if not there and not made_for_list(workspace) and not (whole and workspace.has_plan):
        return None
    folder = workspace.folder / FORMER
    if folder.is_symlink():
        raise OutputError(
            worded("{folder} is a link to another folder. Replace the link by a folder, and try again.", folder=folder)
        )
    begin = folder / _next_number(folder)
    changes = sorted((workspace.folder / HISTORY).glob("*.json"))
    there += changes
    paths = [path for path in (workspace.plan_path, *there) if path.exists()]
    contents = {f"{_OF_HISTORY if path in changes else ''}{path.name}": _read(path) for path in paths}
    for name, content in contents.items():
        files.new(f"{begin}-{name}").write_bytes(content)
    for path in there:
        files.remove(path)
    return str(begin)


def is_another_list(plan: Plan, columns: Sequence[str]) -> bool:
    """Tell whether no column that the plan's mapping and steps name is in a list.

    Examples
    --------
    >>> from passage_kit.mapping.mapping import FieldMapping
    >>> plan = Plan("may.csv", mapping=FieldMapping({"email": "Mail", "city": "Ort"}))
    >>> is_another_list(plan, ["Mail", "Stadt"]), is_another_list(plan, ["E-Mail"])
    (False, True)
    """
    named = {*(plan.mapping.columns if plan.mapping else ()), *(step.column for step in plan.steps)}
    return bool(named) and not named & {*columns}


def _kept_last(workspace: Workspace) -> Path | None:
    """Find the plan of the list that was set back last."""
    plans = [path for path in (workspace.folder / FORMER).glob("*-plan.toml") if path.name[:-10].isdecimal()]
    return max(plans, key=lambda path: int(path.name[:-10]), default=None)


def _read(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        reason = reason_of(error)
        raise PlanError(
            worded("The choices of the former list cannot be read: {reason}. Free them, and try again.", reason=reason)
        ) from error


def _next_number(folder: Path) -> str:
    numbers = [path.name.partition("-")[0] for path in folder.iterdir()] if folder.is_dir() else []
    return f"{max((int(number) for number in numbers if number.isdecimal()), default=0) + 1:03}"

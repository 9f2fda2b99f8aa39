"""Steps of the migration guide, with their state in a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from passage_kit.cutover.evidence import of_write_back
from passage_kit.export.report_page import ReportPage
from passage_kit.files.regular_files import read_regular
from passage_kit.preparation.out_of_date import Basis
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE, output_files
from passage_kit.translations import gettext, ngettext
from passage_kit.words.record import words_sent
from passage_kit.workspace.manifest import manifest_path
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.run_record import NAME

State = Literal["done", "open", "again", "yours", "optional"]


class Step(NamedTuple):
    """A step of the guide: its title, its notebook ("" for none), its state, and a note.

    ``state`` is ``done``, ``open``, ``again`` (a choice has changed since), ``yours`` (you do the step outside the
    kit, which cannot see it) or ``optional`` (some migrations need the step).
    """

    title: str
    notebook: str
    state: State
    note: str = ""


def state_words() -> dict[State, str]:
    """Say each state of a step in words."""
    return {
        "done": gettext("done"),
        "open": gettext("to do"),
        "again": gettext("to be run again"),
        "yours": gettext("yours to do, outside this kit"),
        "optional": gettext("if you need it"),
    }


def list_steps(
    workspace: Workspace, *, identifiers_only: bool | None = None, notebooks: str | Path = "."
) -> list[Step]:
    """List the steps of a path of the migration guide.

    Parameters
    ----------
    workspace : Workspace
        Folder of the migration; its plan and files show the state of each step.
    identifiers_only : bool, optional
        List the guide's second path, authentication only. Default: as in the plan.
    notebooks : path, default "."
        Folder of the notebooks; you do a step by hand if its notebook is missing there.

    Returns
    -------
    list of Step

    Raises
    ------
    PlanError
        If the plan or the corrections cannot be read.
    OutputError
        If the record of the write-backs cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> steps = list_steps(Workspace(Path(tempfile.mkdtemp()) / "migration"), notebooks="nowhere")
    >>> [(step.title, step.state) for step in steps][:2]
    [('Choose your path and your list', 'open'), ('Create the metadata fields in the Console', 'yours')]
    """
    plan = workspace.load_plan() if workspace.has_plan else Plan()
    second = plan.options.identifiers_only if identifiers_only is None else identifiers_only
    exported = _exported(workspace)
    steps = [
        Step(
            gettext("Choose your path and your list"), "00_start_here", "done" if plan.source else "open", _listed(plan)
        )
    ]
    if not second:
        fields = gettext("{count} of them, listed in 00_start_here", count=len(plan.schema)) if plan.schema else ""
        steps.append(Step(gettext("Create the metadata fields in the Console"), "", "yours", fields))
    steps += [
        Step(gettext("Map your columns"), "01_read_and_map", "done" if plan.mapping else "open", _mapped(plan)),
        Step(gettext("Clean and de-duplicate"), "02_clean_and_dedupe", *_cleaned(workspace, plan, exported)),
        Step(gettext("Validate and export"), "03_validate_and_export", exported, _written(workspace, exported)),
    ]
    with_api = Path(notebooks, "04_push_through_the_api.ipynb").exists()
    steps.append(_brought(workspace, with_api=with_api))
    with_ids = Path(notebooks, "05_write_back_passage_ids.ipynb").exists()
    if second or with_ids or (workspace.folder / NAME).exists():
        steps.append(_written_back(workspace, with_ids=with_ids, needed=second))
    if second:
        title = gettext("Have your middleware look users up by Passage id")
        steps.append(Step(title, *_going_live(notebooks)))
    steps.append(_told(workspace, notebooks))
    return steps


def _listed(plan: Plan) -> str:
    return Path(plan.source).name if plan.source and "://" not in plan.source else ""


def _mapped(plan: Plan) -> str:
    if not plan.mapping:
        return ""
    steps = sum(not step.off for step in plan.steps)
    targets = gettext("{count} targets", count=len(plan.mapping.origins))
    changes = ngettext("{count} step that changes values", "{count} steps that change values", steps) if steps else ""
    return ", ".join(filter(None, [targets, changes]))


def _cleaned(workspace: Workspace, plan: Plan, exported: State) -> tuple[State, str]:
    """Find the state and the note of the cleaning; with the usual choices, the step is done when the export is."""
    corrections, decisions = len(workspace.load_corrections()), len(workspace.load_decisions())
    usual = Options(identifiers_only=plan.options.identifiers_only) == plan.options
    parts = [] if usual else [gettext("your own choices")]
    parts += [ngettext("{count} correction", "{count} corrections", corrections)] if corrections else []
    parts += [ngettext("{count} decision", "{count} decisions", decisions)] if decisions else []
    note = ", ".join(parts) or (gettext("the usual choices") if plan.mapping else "")
    return ("done" if parts or exported != "open" else "open"), note


def _exported(workspace: Workspace) -> State:
    """Find the state of the export: done if a run finished, and no choice has changed since."""
    if not any(path.suffix == ".csv" for path in output_files(workspace)):
        return "open"
    if not manifest_path(workspace.folder).exists():
        return "again"
    basis = Basis.of_last_run(workspace)
    return "done" if basis is not None and not basis.outdated_by(workspace) else "again"


def _written(workspace: Workspace, exported: State) -> str:
    names = [path.name for path in output_files(workspace) if path.name.startswith("console_import")]
    finished = manifest_path(workspace.folder).exists()
    again = (
        gettext("something was changed since: run it again")
        if finished
        else gettext("the last run did not finish: run it again")
    )
    note = {"again": again, "done": ", ".join(names[:2])}.get(exported, "")
    return f"{note}, ..." if exported == "done" and len(names) > 2 else note


def _brought(workspace: Workspace, *, with_api: bool) -> Step:
    title = gettext("Bring the users into Passage")
    if with_api:
        return Step(title, "04_push_through_the_api", *_pushed(workspace))
    return Step(title, "", "yours", gettext("in the Console: Users, Import Users"))


def _pushed(workspace: Workspace) -> tuple[State, str]:
    """Find whether these users were pushed, as the report says, which forgets a push when users are prepared anew."""
    if not (workspace.out / PASSAGE_IDS_FILE).exists():
        return "open", gettext("or upload the CSV in the Console: Users, Import Users")
    try:
        page = ReportPage.from_json(read_regular(workspace.report_page_path).decode("utf-8"))
    except (OSError, UnicodeDecodeError):
        page = None
    if page is None:
        return "open", gettext("there are Passage ids, but not whose they are: push again, which sends nobody twice")
    pushes = [section for section in page.sections if section.ident == "push"]
    if not pushes:
        return "again", gettext("the Passage ids are of a list that was prepared before: push again")
    if pushes[0].rehearsal:
        return "open", gettext("rehearsed in the sandbox; nobody is in Passage because of it")
    return "done", gettext("Passage ids are there")


def _written_back(workspace: Workspace, *, with_ids: bool, needed: bool) -> Step:
    """Offer the write-back on the first path, too: an application may look its users up by their Passage ids there."""
    title = gettext("Write the Passage ids into your users table")
    notebook = "05_write_back_passage_ids" if with_ids else ""
    if (workspace.folder / NAME).exists():
        check = of_write_back(workspace)
        state: State = check.state if check.state in ("done", "again") else "open"
        return Step(title, notebook, state, check.evidence)
    if not with_ids:
        return Step(title, notebook, "yours")
    note = "" if needed else gettext("for an application that has a users table in a database")
    return Step(title, notebook, "open" if needed else "optional", note)


def _told(workspace: Workspace, notebooks: str | Path) -> Step:
    """Find whether the users were told: done once somebody has noted that a word was sent."""
    title = gettext("Tell your users: each signs in by a link once, and no password is reset")
    sent = words_sent(workspace)
    if sent.empty:
        return Step(title, *_going_live(notebooks))
    pairs = zip(sent["word"], sent["segment"], strict=True)
    said = [gettext("{word} to {segment}", word=word, segment=segment) for word, segment in pairs]
    return Step(title, _going_live(notebooks)[0], "done", ", ".join(dict.fromkeys(said)))


def _going_live(notebooks: str | Path) -> tuple[str, State]:
    return ("06_go_live" if Path(notebooks, "06_go_live.ipynb").exists() else ""), "yours"

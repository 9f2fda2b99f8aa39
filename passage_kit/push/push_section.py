"""The sections of the migration report about push, verification and undoing."""

from __future__ import annotations

from dataclasses import replace

from passage_kit.export.report_page import ReportPage, ReportSection
from passage_kit.export.shown_names import ShownNames, shown_name
from passage_kit.files.file_set import FileSet
from passage_kit.files.regular_files import read_regular
from passage_kit.findings.catalogue import CODES
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.preparation.outputs import REPORT_FILE
from passage_kit.push.journal_tables import CONTRADICTED
from passage_kit.push.push_result import PushResult
from passage_kit.push.readiness import Shortfall
from passage_kit.translations import gettext, ngettext
from passage_kit.workspace.workspace import Workspace

NOT_REPORTED = (
    "Another version of the kit made the report, or stages/report.json was changed. It stays as it is and lacks what "
    "was done since. Prepare the users again for a new one."
)


def report_push(workspace: Workspace, result: PushResult) -> PushResult:
    """Put the outcomes of a push into the workspace's report, and return the result, with a note if that fails."""
    meanings = _meanings()
    rows = [(name, meanings[name], count) for name, count in result.outcomes.items() if count]
    for code, count in result.codes.items():
        known = CODES.get(code)
        outcome = "unknown" if code == CONTRADICTED else "failed"
        meaning = f"{gettext(known.meaning)} {gettext(known.next_step)}" if known else ""
        rows.append((f"{outcome}: {shown_name(code)}", meaning, count))
    lacking = gettext("--on-existing update sends the prepared metadata that they lack.")
    adopted = {
        gettext("adopted: lack metadata"): result.adopted_lacking,
        gettext("adopted: not compared"): result.adopted_not_compared,
    }
    rows += [(name, lacking, count) for name, count in adopted.items() if count]
    rows += [(f"app: {it.code}", _shown_shortfall(workspace, it), it.users) for it in result.shortfalls]
    title = rehearsed(gettext("Push")) if result.rehearsal else gettext("Push")
    columns = (gettext("Outcome"), gettext("Users"))
    if put_section(workspace, ReportSection("push", title, _sentence(result), columns, rows, result.rehearsal)):
        return result
    return replace(result, notes=(*result.notes, NOT_REPORTED)) if (workspace.out / REPORT_FILE).exists() else result


def _meanings() -> dict[str, str]:
    return {
        "created": gettext("This push created them."),
        "existing": gettext("They were in Passage before; the push left them unchanged."),
        "updated": gettext("They were in Passage before; their metadata was updated."),
        "adopted": gettext(
            "They have the prepared identifiers; nothing shows whether this push or somebody else made them. Undo "
            "spares them unless told."
        ),
        "failed": gettext("The service refused them, or their identifiers belong to others."),
        "unknown": gettext("No answer came, or it contradicts others; the next run looks them up."),
    }


def _sentence(result: PushResult) -> str:
    to = gettext("the app {app} at {host}", app=result.app_id, host=result.host)
    if result.rehearsal:
        to = gettext("the sandbox on this machine ({app}); nobody is in Passage because of it", app=to)
    return ngettext("{count} user was pushed to {to}.", "{count} users were pushed to {to}.", result.users, to=to)


def rehearsed(title: str) -> str:
    """Call a step of a push a rehearsal.

    Examples
    --------
    >>> rehearsed("Push")
    'Push (rehearsal)'
    """
    return gettext("{title} (rehearsal)", title=title)


def put_section(workspace: Workspace, section: ReportSection) -> bool:
    """Put a section at the end of the report, in place of the former one of that name.

    Nothing is written if there is no report, or if another version of the kit made it. Such a report stays as it is
    until the users are prepared again.

    Returns
    -------
    bool
        True if the report has the section now.
    """
    page = _page(workspace)
    if page is None:
        return False
    page = page.with_section(section)
    with FileSet() as files:
        files.new(workspace.out / REPORT_FILE).write_text(page.to_html(), encoding="utf-8", newline="\n")
        files.new(workspace.report_page_path).write_text(page.to_json(), encoding="utf-8", newline="\n")
    return True


def shown_fields(workspace: Workspace, mapping: FieldMapping) -> dict[str, str]:
    """Give the fields of a mapping as the report shows them, since a field may be called after a user.

    The report is made of the mapping, in its order, so its table of it has the names that the other sections have.
    """
    page, targets = _page(workspace), list(mapping)
    table = page.values["mapping"] if page else []
    if len(table) == len(targets):
        return {target: entry["target"] for target, entry in zip(targets, table, strict=True)}
    names = ShownNames(mapping.columns)
    return {target: names.show(target) for target in targets}


def _shown_shortfall(workspace: Workspace, shortfall: Shortfall) -> str:
    """Say what does not fit, without the name of a field that is called after a user."""
    plan = workspace.load_plan()
    columns = {field.field_name: field.column for field in plan.schema}
    column = columns.get(shortfall.field, shortfall.field)
    shown = shown_fields(workspace, plan.mapping).get(column) if plan.mapping else None
    shown = shown or shown_name(column)
    return (
        shortfall.sentence
        if shown == column
        else gettext("It concerns the field {name}. The command line has the sentence.", name=shown)
    )


def _page(workspace: Workspace) -> ReportPage | None:
    """Read what the report is made of; None without a report, or if another version of the kit made it."""
    path, kept = workspace.out / REPORT_FILE, workspace.report_page_path
    try:
        return ReportPage.from_json(read_regular(kept).decode("utf-8")) if path.exists() else None
    except (OSError, UnicodeDecodeError):
        return None

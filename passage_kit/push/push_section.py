"""The sections of the migration report about push, verification and undoing."""

from __future__ import annotations

from dataclasses import replace

from passage_kit.export.report_page import ReportPage, ReportSection
from passage_kit.files.file_set import FileSet
from passage_kit.findings.catalogue import CODES
from passage_kit.preparation.outputs import REPORT_FILE
from passage_kit.push.journal_tables import CONTRADICTED
from passage_kit.push.push_result import PushResult
from passage_kit.workspace.workspace import Workspace

NOT_REPORTED = "The report was made by another version of the kit, and stays as it is, without what was done since."
MEANINGS = {
    "created": "This push created them.",
    "existing": "They were in Passage before, and stayed as they were.",
    "updated": "They were in Passage before; their metadata was updated.",
    "adopted": "They have the prepared identifiers; nothing shows whether this push or somebody else made them. Undo "
    "spares them unless told.",
    "failed": "The service refused them, or their identifiers belong to others.",
    "unknown": "No answer came, or it contradicts others; the next run looks them up.",
}


def report_push(workspace: Workspace, result: PushResult) -> PushResult:
    """Put the outcomes of a push into the workspace's report, and return the result, with a note if that fails."""
    rows = [(name, MEANINGS[name], count) for name, count in result.outcomes.items() if count]
    for code, count in result.codes.items():
        known = CODES.get(code)
        outcome = "unknown" if code == CONTRADICTED else "failed"
        rows.append((f"{outcome}: {code}", f"{known.meaning} {known.next_step}" if known else "", count))
    for name, count in (("lack metadata", result.adopted_lacking), ("not compared", result.adopted_not_compared)):
        if count:
            rows.append((f"adopted: {name}", "--on-existing update sends the prepared metadata that they lack.", count))
    sentence = f"{result.users:,} users were pushed to the app {result.app_id} at {result.host}."
    if put_section(workspace, ReportSection("push", "Push", sentence, ("Outcome", "Users"), rows)):
        return result
    return replace(result, notes=(*result.notes, NOT_REPORTED)) if (workspace.out / REPORT_FILE).exists() else result


def put_section(workspace: Workspace, section: ReportSection) -> bool:
    """Put a section at the end of the report, in place of the former one of that name.

    Nothing is written if there is no report, or if another version of the kit made it. Such a report stays as it is
    until the users are prepared again.

    Returns
    -------
    bool
        True if the report has the section now.
    """
    path, kept = workspace.out / REPORT_FILE, workspace.report_page_path
    page = ReportPage.from_json(kept.read_text(encoding="utf-8")) if path.exists() and kept.exists() else None
    if page is None:
        return False
    page = page.with_section(section)
    with FileSet() as files:
        files.new(path).write_text(page.to_html(), encoding="utf-8", newline="\n")
        files.new(kept).write_text(page.to_json(), encoding="utf-8", newline="\n")
    return True

"""What was pushed, verified and undone, as sections of the migration report."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined

from passage_kit.files.file_set import FileSet
from passage_kit.findings.catalogue import CODES
from passage_kit.preparation.outputs import REPORT_FILE
from passage_kit.push.push_result import PushResult
from passage_kit.workspace.workspace import Workspace

MEANINGS = {
    "created": "This push created them.",
    "existing": "They were in Passage before, and stayed as they were.",
    "updated": "They were in Passage before; their metadata was updated.",
    "failed": "The service refused them, or their identifiers belong to others.",
    "unknown": "No answer came; the next run looks them up.",
}


def report_push(workspace: Workspace, result: PushResult) -> None:
    """Put the outcomes of a push into the workspace's report."""
    rows = [(name, MEANINGS[name], count) for name, count in result.outcomes.items() if count]
    for code, count in result.codes.items():
        known = CODES.get(code)
        rows.append((f"failed: {code}", f"{known.meaning} {known.next_step}" if known else "", count))
    sentence = f"{result.users:,} users were pushed to the app {result.app_id} at {result.host}."
    put_section(workspace, "push", "Push", sentence, ("Outcome", "Users"), rows)


def put_section(
    workspace: Workspace,
    ident: str,
    title: str,
    sentence: str,
    columns: tuple[str, str],
    rows: Iterable[tuple[str, str, int]],
) -> None:
    """Put a section at the end of the report, in the place of the one of that name; without a report, nowhere."""
    path = workspace.out / REPORT_FILE
    if not path.exists():
        return
    environment = Environment(
        loader=PackageLoader("passage_kit.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    section = environment.get_template("push.html.j2").render(
        ident=ident, title=title, sentence=sentence, columns=columns, rows=list(rows)
    )
    text = path.read_text(encoding="utf-8")
    text = re.sub(rf'<section id="{ident}".*?</section>\n', "", text, flags=re.DOTALL)
    text = text.replace("</main>", f"{section}\n</main>")
    link = f'<li><a href="#{ident}">{title}</a></li>\n'
    text = text.replace(link, "").replace("</ul>\n</nav>", f"{link}</ul>\n</nav>")
    with FileSet() as files:
        files.new(path).write_text(text, encoding="utf-8", newline="\n")

"""The files of a preparation: written together, or none of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from passage_kit.console import write_console_parts
from passage_kit.csv_files import write_csv
from passage_kit.files import FileSet
from passage_kit.prepared import Prepared
from passage_kit.report import render_report
from passage_kit.workspace import Workspace

CONSOLE, FINDINGS, REJECTED, LEDGER, REPORT = (
    "console_import.csv",
    "findings.csv",
    "rejected_rows.csv",
    "ledger.csv",
    "report.html",
)


def write_outputs(prepared: Prepared, workspace: Workspace) -> list[Path]:
    """Write the outputs of a preparation, and save its plan and its frames for the next step.

    Parameters
    ----------
    prepared : Prepared
    workspace : Workspace
        Made if missing.

    Returns
    -------
    list of pathlib.Path
        As :func:`output_files`.

    Raises
    ------
    TemplateError
        If the template does not fit the metadata fields.
    OutputError
        If a file cannot be written. Then none is, and what stood there before is untouched.
    """
    plan = prepared.plan
    with_metadata = plan.template is not None or not plan.options.identifiers_only
    with FileSet() as files:
        write_console_parts(
            files,
            prepared.users,
            workspace.out / CONSOLE,
            schema=plan.schema if with_metadata else None,
            template=plan.template,
        )
        write_csv(prepared.findings, files.new(workspace.out / FINDINGS))
        write_csv(prepared.rejected_rows, files.new(workspace.out / REJECTED))
        write_csv(prepared.ledger.reset_index(), files.new(workspace.out / LEDGER))
        files.new(workspace.out / REPORT).write_text(render_report(prepared), encoding="utf-8", newline="\n")
        for name, frame in _stages(prepared).items():
            workspace.save_stage(name, frame, files=files)
        workspace.save_plan(plan, files=files)
    return output_files(workspace)


def _stages(prepared: Prepared) -> dict[str, pd.DataFrame]:
    return {"users": prepared.users, "findings": prepared.findings, "ledger": prepared.ledger}


def output_files(workspace: Workspace) -> list[Path]:
    """List the outputs that are there: the Console CSV or its parts, findings, rejected rows, ledger, report."""
    parts = sorted(workspace.out.glob(CONSOLE.replace(".", "-[0-9][0-9][0-9].")))
    others = (workspace.out / name for name in (CONSOLE, FINDINGS, REJECTED, LEDGER, REPORT))
    return [*parts, *(path for path in others if path.exists())]

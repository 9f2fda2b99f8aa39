"""The files of a preparation: written together, or none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyarrow as pa

from passage_kit.console import write_console_parts
from passage_kit.csv_files import write_csv
from passage_kit.files import FileSet
from passage_kit.prepared import Prepared
from passage_kit.report import render_report
from passage_kit.workspace import Workspace

CONSOLE, FINDINGS, REJECTED, LEDGER, REPORT, PASSAGE_IDS = (
    "console_import.csv",
    "findings.csv",
    "rejected_rows.csv",
    "ledger.csv",
    "report.html",
    "passage_ids.csv",
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
    # arrow lets go of the interpreter while it writes; more threads than processors would only take more memory
    with FileSet() as files, ThreadPoolExecutor(pa.cpu_count()) as threads:
        writing = [threads.submit(write) for write in _writers(prepared, workspace, files)]
        for written in writing:
            written.result()
    return output_files(workspace)


def _writers(prepared: Prepared, workspace: Workspace, files: FileSet) -> Iterator[Callable[[], object]]:
    """Everything there is to write, the longest first; none waits for another."""
    plan, out = prepared.plan, workspace.out
    with_metadata = plan.template is not None or not plan.options.identifiers_only
    yield partial(
        write_console_parts,
        files,
        prepared.users,
        out / CONSOLE,
        schema=plan.schema if with_metadata else None,
        template=plan.template,
    )
    yield lambda: files.new(out / REPORT).write_text(render_report(prepared), encoding="utf-8", newline="\n")
    yield lambda: write_csv(prepared.findings, files.new(out / FINDINGS))
    yield lambda: write_csv(prepared.ledger.reset_index(), files.new(out / LEDGER))
    for name, frame in {"users": prepared.users, "ledger": prepared.ledger, "findings": prepared.findings}.items():
        yield partial(workspace.save_stage, name, frame, files=files)
    yield lambda: write_csv(prepared.rejected_rows, files.new(out / REJECTED))
    yield lambda: workspace.save_plan(plan, files=files)
    yield lambda: files.new(workspace.applied_plan_path).write_text(
        plan.to_toml(workspace.folder), encoding="utf-8", newline="\n"
    )


def output_files(workspace: Workspace) -> list[Path]:
    """List the outputs that are there: Console CSV or its parts, findings, rejected rows, ledger, report, ids."""
    parts = sorted(workspace.out.glob(CONSOLE.replace(".", "-[0-9][0-9][0-9].")))
    others = (workspace.out / name for name in (CONSOLE, FINDINGS, REJECTED, LEDGER, REPORT, PASSAGE_IDS))
    return [*parts, *(path for path in others if path.exists())]

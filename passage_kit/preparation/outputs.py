"""Files of a preparation, which appear all together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from passage_kit.columns.spool import forget
from passage_kit.columns.spooled_frames import parts_of
from passage_kit.export.console_csv import write_console_parts
from passage_kit.export.csv_files import write_for_people, write_parts_for_people
from passage_kit.export.report import report_page
from passage_kit.files.file_set import FileSet
from passage_kit.files.interrupts import interrupts_held
from passage_kit.findings.findings import describe_findings
from passage_kit.preparation.prepared import Prepared
from passage_kit.preparation.since import BEFORE, Since
from passage_kit.workspace.lock import locked
from passage_kit.workspace.manifest import Entry, Manifest, manifest_path
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

CONSOLE_FILE, FINDINGS_FILE, REJECTED_FILE, LEDGER_FILE, REPORT_FILE, PASSAGE_IDS_FILE = (
    "console_import.csv",
    "findings.csv",
    "rejected_rows.csv",
    "ledger.csv",
    "report.html",
    "passage_ids.csv",
)

SINCE_FILES = ("gone_since.csv", "changed_since.csv")

# Later steps add to these, and a person changes the plan.
_NOT_OF_RUN = {f"out/{REPORT_FILE}", "stages/report.json", "plan.toml", "plan.previous.toml", ".gitignore"}


@contextmanager
def writing(workspace: Workspace) -> Iterator[Outputs]:
    """Write the outputs of a preparation, and save its plan and its frames for the next step.

    The writing of the users begins before the ledger is ready. At the end all files appear together, or none of them.

    Parameters
    ----------
    workspace : Workspace
        Folder of the migration, which is made if it is missing.

    Raises
    ------
    TemplateError
        If the template does not fit the metadata fields.
    OutputError
        If a file cannot be written. The former files then stay unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.preparation.run import prepare
    >>> prepared = prepare(users_frame({"email": ["anna@example.org"]}))
    >>> workspace = Workspace(Path(tempfile.mkdtemp()) / "migration")
    >>> with writing(workspace) as outputs:
    ...     outputs.add_users(prepared.users, prepared.plan)
    ...     outputs.add_account(prepared)
    >>> [path.name for path in output_files(workspace)][:2]
    ['console_import.csv', 'findings.csv']
    """
    # arrow releases the interpreter's lock while it writes; more threads than processors would only take more memory
    with (
        locked(workspace.folder, "prepare", make=True),
        _publishing(workspace) as files,
        ThreadPoolExecutor(pa.cpu_count()) as threads,
    ):
        outputs = Outputs(workspace, files, threads)
        yield outputs
        outputs.wait()


@contextmanager
def _publishing(workspace: Workspace) -> Iterator[FileSet]:
    """Let all files appear between the removal of the former manifest and the writing of the new one.

    After an error, the former files are there again, and so is their manifest.
    """
    path = manifest_path(workspace.folder)
    aside = path.with_suffix(".stale")  # a rename needs no room on a full disk
    entries: dict[str, Entry] = {}
    with ExitStack() as held, ExitStack() as undo, FileSet() as last:
        with FileSet() as files:
            workspace.refuse_links()
            yield files
            parts = {to.relative_to(workspace.folder).as_posix(): part for to, part in files.pending.items()}
            of_run = {name: part for name, part in parts.items() if name not in _NOT_OF_RUN}
            with ThreadPoolExecutor(2) as threads:
                entries.update(zip(of_run, threads.map(Entry.of, of_run.values()), strict=True))
            # it is on the disk before any file appears, so that a full disk changes nothing
            last.new(path).write_text(Manifest(entries).to_json(), encoding="utf-8", newline="\n")
            files.sync()
            last.sync()
            held.enter_context(interrupts_held())
            held.callback(aside.unlink, missing_ok=True)
            if path.exists():
                path.replace(aside)
                undo.callback(aside.replace, path)
        undo.pop_all()


class Outputs:
    """Collector of the outputs that :func:`writing` writes; it begins to write each as soon as it is added."""

    def __init__(self, workspace: Workspace, files: FileSet, threads: ThreadPoolExecutor) -> None:
        self._workspace, self._files, self._threads = workspace, files, threads
        self._begun: list[Future[object]] = []
        files.new(workspace.applied_plan_path)  # the first file to appear: without a manifest, the run did not finish

    def add_users(self, users: pd.DataFrame, plan: Plan) -> None:
        """Begin to write the users, for the Console and for the next step."""
        with_metadata = plan.template is not None or not plan.options.identifiers_only
        self._write(
            partial(
                write_console_parts,
                self._files,
                users,
                self._workspace.out / CONSOLE_FILE,
                schema=plan.schema if with_metadata else None,
                template=plan.template,
            )
        )
        self._save("users", users)

    def add_account(self, prepared: Prepared) -> None:
        """Begin to write the report, the findings, the ledger, the rejected rows and the plan, the slowest first."""
        out, plan = self._workspace.out, prepared.plan
        self._write(partial(self._report, prepared))
        described = map(describe_findings, parts_of(prepared.findings))
        self._write(lambda: write_parts_for_people(described, self._files.new(out / FINDINGS_FILE)))
        numbered = (part.reset_index() for part in parts_of(prepared.ledger))
        self._write(lambda: write_parts_for_people(numbered, self._files.new(out / LEDGER_FILE)))
        self._save("findings", prepared.findings)
        self._save("ledger", prepared.ledger)
        self._write(lambda: write_for_people(prepared.rejected_rows, self._files.new(out / REJECTED_FILE)))
        self._add_since(prepared.since)
        self._write(lambda: self._workspace.save_plan(plan, files=self._files))
        self._write(
            lambda: self._write_text_file(self._workspace.applied_plan_path, plan.to_toml(self._workspace.folder))
        )

    def _add_since(self, since: Since | None) -> None:
        """Begin to write who is gone, and whose identifiers have changed; or remove what a former run said of them."""
        paths = [self._workspace.out / name for name in SINCE_FILES]
        if since is None:
            for path in (*paths, self._workspace.stage_path(BEFORE)):
                self._files.remove(path)
            return
        for path, frame in zip(paths, (since.gone, since.identifiers), strict=True):
            self._write(partial(write_for_people, frame, self._files.new(path)))
        self._save(BEFORE, since.others)

    def wait(self) -> None:
        """Wait until everything is written, and raise the first error."""
        for written in self._begun:
            written.result()

    def _save(self, stage: str, frame: pd.DataFrame) -> None:
        self._write(partial(self._workspace.save_stage, stage, frame, files=self._files))

    def _report(self, prepared: Prepared) -> None:
        page = report_page(prepared)
        self._write_text_file(self._workspace.out / REPORT_FILE, page.to_html())
        self._write_text_file(self._workspace.report_page_path, page.to_json())

    def _write_text_file(self, path: Path, text: str) -> None:
        self._files.new(path).write_text(text, encoding="utf-8", newline="\n")

    def _write(self, write: Callable[[], object]) -> None:
        def written() -> None:
            write()
            forget()

        self._begun.append(self._threads.submit(copy_context().run, written))


def output_files(workspace: Workspace) -> list[Path]:
    """List the outputs in a workspace: Console CSV or its parts, findings, rejected rows, ledger, report, ids.

    Parameters
    ----------
    workspace : Workspace
        Folder of the migration.

    Returns
    -------
    list of pathlib.Path
        Files that exist in the folder ``out``; an empty list before the first export.

    See Also
    --------
    prepare : Prepare a user list and write the outputs.
    Workspace : The folder of one migration.

    Examples
    --------
    >>> import tempfile
    >>> output_files(Workspace(tempfile.mkdtemp()))
    []
    """
    parts = sorted(workspace.out.glob(CONSOLE_FILE.replace(".", "-[0-9][0-9][0-9].")))
    others = (
        workspace.out / name
        for name in (
            *(CONSOLE_FILE, FINDINGS_FILE, REJECTED_FILE, LEDGER_FILE, *SINCE_FILES),
            *(REPORT_FILE, PASSAGE_IDS_FILE),
        )
    )
    return [*parts, *(path for path in others if path.exists())]

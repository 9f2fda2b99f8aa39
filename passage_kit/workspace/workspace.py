"""Folder of one migration: its plan, corrections, decisions, stages and outputs, readable by their owner only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.duplicates.decisions import no_decisions, read_decisions
from passage_kit.errors import OutputError, PlanError
from passage_kit.export.csv_files import write_for_people
from passage_kit.files.bundled import bundled
from passage_kit.files.file_set import FileSet
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import is_present_file, read_regular
from passage_kit.translations import worded
from passage_kit.workspace.corrections import COLUMNS, no_corrections, read_corrections
from passage_kit.workspace.fix_lines import lines_of, step_lines, steps_in_plan, told_of
from passage_kit.workspace.folder import check_folder, make_ignored, refuse_links, saving_files
from passage_kit.workspace.history import Changed, record, settle_history
from passage_kit.workspace.line_changes import LineChange
from passage_kit.workspace.manifest import APPLIED_PLAN, check_stage
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.stages import read_first_rows, read_stage, stage_table, write_stage


class Workspace:
    """The folder of one migration, which the kit makes when it first saves something there.

    Its files: ``plan.toml`` (the choices), ``corrections.csv``, ``decisions.csv``, ``history/`` (what was changed),
    ``stages/*.parquet`` (frames between the steps) and ``out/`` (the outputs). Only their owner can read them.

    Parameters
    ----------
    folder : str or pathlib.Path
        Path of the folder, which need not exist yet.

    Raises
    ------
    PlanError
        By the methods that load, if a file is missing or cannot be read.
    OutputError
        By the methods that save, if a file cannot be written.

    See Also
    --------
    prepare : Prepare a user list and write the outputs to a workspace.
    output_files : List the outputs in a workspace.

    Examples
    --------
    >>> import tempfile
    >>> workspace = Workspace(Path(tempfile.mkdtemp()) / "migration")
    >>> workspace.has_plan, workspace.has_stage("users")
    (False, False)
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        check_folder(folder)

    def make(self, *, files: FileSet | None = None) -> Workspace:
        """Make the folder if it is missing, with mode 0700 and ignored by git.

        Its ``.gitignore`` appears at once, or together with the other files of ``files``.

        Raises
        ------
        OutputError
            If the folder cannot be made, or is a file.
        """
        make_ignored(self.folder, files)
        return self

    def refuse_links(self) -> None:
        """Refuse folders of outputs that are links, since the files would appear somewhere else.

        Raises
        ------
        OutputError
        """
        refuse_links(self.out, self.folder / "stages")

    def __repr__(self) -> str:
        return f"Workspace({str(self.folder)!r})"

    @property
    def plan_path(self) -> Path:
        """Path of ``plan.toml``, the saved choices."""
        return self.folder / "plan.toml"

    @property
    def corrections_path(self) -> Path:
        """Path of ``corrections.csv``, a person's corrections."""
        return self.folder / "corrections.csv"

    @property
    def decisions_path(self) -> Path:
        """Path of ``decisions.csv``, a person's decisions about duplicates."""
        return self.folder / "decisions.csv"

    @property
    def out(self) -> Path:
        """Folder of the outputs."""
        return self.folder / "out"

    @property
    def has_plan(self) -> bool:
        """Presence of a saved plan."""
        return self.plan_path.exists()

    def load_plan(self, *, mapped: bool = False) -> Plan:
        """Read the saved plan.

        Parameters
        ----------
        mapped : bool, default False
            Require a mapping in the plan.

        Raises
        ------
        PlanError
            If the plan is missing, cannot be read, or lacks a mapping that is required.
        """
        if not self.has_plan:
            raise PlanError(
                worded("There is no plan in {folder} yet. Run the notebook 00_start_here first.", folder=self.folder)
            )
        plan = Plan.load(self.plan_path)
        if mapped and plan.mapping is None:
            raise PlanError(
                worded(
                    "The plan in {folder} has no mapping yet. Run the notebook 01_read_and_map first.",
                    folder=self.folder,
                )
            )
        return plan

    def save_plan(self, plan: Plan, *, files: FileSet | None = None, recorded: bool = True) -> None:
        """Save the plan, and keep a different former one as ``plan.previous.toml``.

        The file appears at once, or together with the other files of ``files``. A change of its steps goes into the
        history, unless it is not to be ``recorded``.

        Raises
        ------
        OutputError
            If the plan cannot be written.
        """
        text = plan.to_toml(self.folder)
        with saving_files(self.folder, files) as together:
            self.make(files=together)
            former = self._former_plan()
            if former == text.encode():
                return  # the date of the file tells when a choice was last changed
            together.new(self.plan_path).write_text(text, encoding="utf-8", newline="\n")
            if former is not None:
                together.new(self.folder / "plan.previous.toml").write_bytes(former)
            before = steps_in_plan(former)
            if recorded and before is not None:
                self._record("steps", LineChange.of(before, step_lines(plan.steps), ordered=True), together)

    def _former_plan(self) -> bytes | None:
        """Read the saved plan as it is, which need not be one."""
        try:
            return read_regular(self.plan_path) if self.has_plan else None
        except OSError as error:
            raise OutputError(
                worded(
                    "{path} cannot be replaced: {why}. Move it away, and run again.",
                    path=self.plan_path,
                    why=reason_of(error),
                )
            ) from error

    def load_corrections(self) -> pd.DataFrame:
        """Read the corrections; give an empty frame if there is no file.

        Raises
        ------
        PlanError
            If the file cannot be read.
        """
        if self.corrections_path.exists():
            return read_corrections(self.corrections_path)
        return no_corrections()

    def save_corrections(self, corrections: pd.DataFrame, *, moved: bool = False) -> None:
        """Save the corrections; they replace the former ones. The change goes into the history.

        Parameters
        ----------
        corrections : pandas.DataFrame
            Corrections frame, as :func:`passage_kit.correct` gives it.
        moved : bool, default False
            The same corrections have the row numbers of a changed source: no change of a person, and those of before
            can no longer be undone.

        Raises
        ------
        OutputError
            If the file cannot be written.
        PlanError
            If the history cannot be read.
        """
        table = corrections.reindex(columns=list(COLUMNS))
        self._save_table(table, self.corrections_path, "corrections", self.load_corrections, moved=moved)

    def load_decisions(self) -> pd.DataFrame:
        """Read the decisions about duplicates; give an empty frame if there is no file.

        Raises
        ------
        PlanError
            If the file cannot be read.
        """
        return read_decisions(self.decisions_path) if self.decisions_path.exists() else no_decisions()

    def save_decisions(self, decisions: pd.DataFrame, *, moved: bool = False) -> None:
        """Save the decisions about duplicates; they replace the former ones. The change goes into the history.

        Parameters
        ----------
        decisions : pandas.DataFrame
            Decisions frame, as :func:`passage_kit.decide` gives it.
        moved : bool, default False
            As for :meth:`save_corrections`.

        Raises
        ------
        OutputError
            If the file cannot be written.
        PlanError
            If the history cannot be read.
        """
        self._save_table(decisions, self.decisions_path, "decisions", self.load_decisions, moved=moved)

    def _save_table(
        self, table: pd.DataFrame, path: Path, what: Changed, load: Callable[[], pd.DataFrame], *, moved: bool
    ) -> None:
        with saving_files(self.folder) as files:
            self.make(files=files)
            write_for_people(table, files.new(path))
            if moved:
                settle_history(self.folder, files)
                return
            try:
                read = {"corrections": read_corrections, "decisions": read_decisions}[what]
                before, after = (lines_of(one, what) for one in (load(), read(files.pending[path])))
            except PlanError:  # one of the two files is damaged, so nobody knows what the change was
                return
            self._record(what, LineChange.of(before, after), files)

    def _record(self, what: Changed, change: LineChange, files: FileSet) -> None:
        if change:
            record(self.folder, files, what, change, told_of(what, change))

    def has_stage(self, name: str) -> bool:
        """Check that the stage was saved."""
        return self.stage_path(name).exists()

    def save_stage(self, name: str, frame: pd.DataFrame, *, files: FileSet | None = None) -> None:
        """Save a frame with its index and types as ``stages/<name>.parquet``.

        The file appears at once, or together with the other files of ``files``.

        Raises
        ------
        OutputError
            If the frame cannot be written.
        """
        with saving_files(self.folder, files) as together:
            self.refuse_links()
            self.make(files=together)
            table = stage_table(frame)
            fields = [field.with_nullable(table[at].null_count > 0) for at, field in enumerate(table.schema)]
            table = table.cast(pa.schema(fields, table.schema.metadata))  # a column without blanks is written faster
            write_stage(together.new(self.stage_path(name)), [table])

    def load_stage(self, name: str, *, made_by: str = "an earlier notebook") -> pd.DataFrame:
        """Read the frame of a stage.

        Raises
        ------
        PlanError
            If the stage was not saved yet, and the message names ``made_by``; or if its file is damaged, or not that of
            the last complete run.
        """
        if not self.has_stage(name):
            raise PlanError(f"The workspace {self.folder} has no {name} yet. Run {made_by} first.")
        path = self.stage_path(name)
        if is_present_file(path):
            check_stage(self.folder, path)
        return read_stage(path)

    def findings_on_source(self) -> pd.DataFrame:
        """Read the findings of the last run on the whole source, which stand before those on rows.

        Raises
        ------
        PlanError
            As :meth:`load_stage`.
        """
        path = self.stage_path("findings")
        check_stage(self.folder, path)
        first = read_first_rows(path)
        return first[first[SOURCE_ROW].isna().to_numpy(dtype=bool)]

    def sample_database(self) -> str:
        """Give the URL of a copy of the sample's database, which you may change.

        Returns
        -------
        str
            URL of ``sample_data/application.db`` beside the workspace, where ``passage-kit lab`` copies it. If that is
            missing, URL of ``sample/application.db`` in the workspace, which the kit copies there. It is never the
            database that comes with the kit, so a clone stays unchanged.

        Raises
        ------
        OutputError
            If the database cannot be copied.

        Examples
        --------
        >>> import tempfile
        >>> url = Workspace(Path(tempfile.mkdtemp()) / "migration").sample_database()
        >>> url.removeprefix("sqlite:///").endswith("/migration/sample/application.db")
        True
        """
        original = bundled("sample_data/application.db")
        beside = self.folder.parent / "sample_data" / original.name
        if beside.is_file() and not beside.samefile(original):
            return f"sqlite:///{beside.as_posix()}"
        copy = self.folder / "sample" / original.name
        if not copy.exists():
            with saving_files(self.folder) as files:
                self.make(files=files)
                shutil.copyfile(original, files.new(copy))
        return f"sqlite:///{copy.as_posix()}"

    @property
    def applied_plan_path(self) -> Path:
        """Path of ``stages/plan.toml``, the plan as it was when the users were prepared."""
        return self.folder / APPLIED_PLAN

    @property
    def report_page_path(self) -> Path:
        """``stages/report.json``: what the report shows, masked as it is there."""
        return self.folder / "stages" / "report.json"

    def stage_path(self, name: str) -> Path:
        """Give the path of ``stages/<name>.parquet``."""
        return self.folder / "stages" / f"{name}.parquet"


def as_workspace(workspace: Workspace | str | Path) -> Workspace:
    """Give the workspace itself, or that of a path.

    Raises
    ------
    OutputError
        If the path cannot be one of a folder.
    """
    return workspace if isinstance(workspace, Workspace) else Workspace(workspace)

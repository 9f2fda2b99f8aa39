"""The folder of one migration: its plan, corrections, stages and outputs, readable by their owner only."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from passage_kit.corrections import COLUMNS, read_corrections
from passage_kit.errors import OutputError, PlanError
from passage_kit.files import FileSet, make_folder
from passage_kit.plan import Plan


class Workspace:
    """The folder of one migration; nothing is on the disk before something is saved.

    Parameters
    ----------
    folder : str or pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> workspace = Workspace(Path(tempfile.mkdtemp()) / "migration")
    >>> workspace.has_plan, workspace.has_stage("users")
    (False, False)
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def make(self, *, files: FileSet | None = None) -> Workspace:
        """Make the folder if it is missing: mode 0700, ignored by git, at once or with a set of files.

        Raises
        ------
        OutputError
            If it cannot be made, or is a file.
        """
        ignore = self.folder / ".gitignore"
        try:
            make_folder(self.folder)
        except OSError as error:
            raise OutputError(
                f"The workspace {self.folder} cannot be made: {error.strerror}. Choose a folder that you may write to."
            ) from error
        if not ignore.exists():
            with _with(files) as together:
                together.new(ignore).write_text(
                    "# personal data: nothing in here belongs in git\n*\n", encoding="utf-8"
                )
        return self

    def __repr__(self) -> str:
        return f"Workspace({str(self.folder)!r})"

    @property
    def plan_path(self) -> Path:
        """``plan.toml``: the saved choices."""
        return self.folder / "plan.toml"

    @property
    def corrections_path(self) -> Path:
        """``corrections.csv``: a person's fixes."""
        return self.folder / "corrections.csv"

    @property
    def out(self) -> Path:
        """Folder of the outputs."""
        return self.folder / "out"

    @property
    def has_plan(self) -> bool:
        """Whether a plan was saved."""
        return self.plan_path.exists()

    def load_plan(self, *, mapped: bool = False) -> Plan:
        """Read the saved plan.

        Parameters
        ----------
        mapped : bool, default False
            Whether it has to have a mapping.

        Raises
        ------
        PlanError
            If there is none, it cannot be read, or it has no mapping though it has to.
        """
        if not self.has_plan:
            raise PlanError(f"There is no plan in {self.folder} yet. Run the notebook 00_start_here first.")
        plan = Plan.load(self.plan_path)
        if mapped and plan.mapping is None:
            raise PlanError(f"The plan in {self.folder} has no mapping yet. Run the notebook 01_read_and_map first.")
        return plan

    def save_plan(self, plan: Plan, *, files: FileSet | None = None) -> None:
        """Save the plan, at once or with a set of files; another one that was there becomes ``plan.previous.toml``.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        self.make(files=files)
        text = plan.to_toml(self.folder)
        former = self.plan_path.read_text(encoding="utf-8") if self.has_plan else text
        with _with(files) as together:
            together.new(self.plan_path).write_text(text, encoding="utf-8", newline="\n")
            if former != text:
                together.new(self.folder / "plan.previous.toml").write_text(former, encoding="utf-8", newline="\n")

    def load_corrections(self) -> pd.DataFrame:
        """Read the corrections; none if there is no file.

        Raises
        ------
        PlanError
            If the file cannot be read.
        """
        if self.corrections_path.exists():
            return read_corrections(self.corrections_path)
        return pd.DataFrame({name: [] for name in COLUMNS})

    def has_stage(self, name: str) -> bool:
        """Whether the stage was saved."""
        return self.stage_path(name).exists()

    def save_stage(self, name: str, frame: pd.DataFrame, *, files: FileSet | None = None) -> None:
        """Save a frame, index and types included, as ``stages/<name>.parquet``, at once or with a set of files.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        self.make(files=files)
        with _with(files) as together:
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=True), together.new(self.stage_path(name)))

    def load_stage(self, name: str, *, made_by: str = "an earlier notebook") -> pd.DataFrame:
        """Read a frame that was saved.

        Raises
        ------
        PlanError
            If there is none yet; the message names ``made_by``.
        """
        if not self.has_stage(name):
            raise PlanError(f"The workspace {self.folder} has no {name} yet. Run {made_by} first.")
        frame = pq.read_table(self.stage_path(name)).to_pandas(types_mapper=pd.ArrowDtype)
        return frame.set_axis(frame.index.astype("int64"))

    @property
    def applied_plan_path(self) -> Path:
        """``stages/plan.toml``: the plan as it was when the users were prepared."""
        return self.folder / "stages" / "plan.toml"

    def stage_path(self, name: str) -> Path:
        """``stages/<name>.parquet``."""
        return self.folder / "stages" / f"{name}.parquet"


def _with(files: FileSet | None) -> AbstractContextManager[FileSet]:
    """The files to appear with, or a set of its own."""
    return nullcontext(files) if files is not None else FileSet()

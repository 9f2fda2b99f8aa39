"""The prepared users of a workspace, read in batches, never all at once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, SOURCE_ROW
from passage_kit.errors import PlanError, PushError
from passage_kit.export.console_csv import DATE_FORMAT
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.translations import in_panel
from passage_kit.workspace.manifest import check_file, check_plan
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.stages import opened_stage
from passage_kit.workspace.workspace import Workspace

ROWS_AT_A_TIME = 1_000
USERS_PER_UPLOAD = 30_000  # the Import API's limit
_BUFFER = 65_536  # bytes of a column that are read ahead, so that memory does not grow with the file


@dataclass(frozen=True, slots=True)
class PreparedUser:
    """One user to send: identifiers in normal form, metadata as JSON has it, without blanks."""

    source_row: int
    source_key: str | None = field(repr=False)
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    metadata: dict[str, Any] = field(repr=False)

    @property
    def body(self) -> dict[str, Any]:
        """Build the body of Create User."""
        given = {"email": self.email, "phone": self.phone, "user_metadata": self.metadata}
        return {name: value for name, value in given.items() if value}


class PushInput:
    """The prepared users of a workspace, and the hashes by which a push recognizes them.

    Parameters
    ----------
    workspace : Workspace

    Raises
    ------
    PlanError
        If the workspace has no prepared users, or the plan has changed since, or the last run did not finish.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.path = workspace.stage_path("users")
        if not self.path.exists():
            raise PlanError(
                in_panel(
                    f"The workspace {workspace.folder} has no prepared users yet. Run the notebook "
                    "03_validate_and_export "
                    "or `passage-kit prepare` first.",
                    "The workspace {folder} has no prepared users yet. Run the notebook 03_validate_and_export first.",
                    folder=workspace.folder,
                )
            )
        self.plan: Plan = workspace.load_plan(mapped=True)
        self.schema: MetadataSchema = self.plan.applied_schema
        text = self.plan.to_toml(workspace.folder)
        check_plan(workspace.folder, text)
        self.plan_sha256 = hashlib.sha256(text.encode()).hexdigest()
        self._text = text
        # From now on everything is read from this open file, whatever becomes of its name.
        try:
            self._stage = pa.OSFile(str(self.path), "rb")
        except OSError as error:
            raise PlanError(f"{self.path} cannot be read: {error.strerror or error}. Make it readable.") from error
        self._state = self._now()
        self.sha256 = self._digest()
        check_file(workspace.folder, self.path, sha256=self.sha256)
        with self._file() as file:
            self.count: int = file.metadata.num_rows
            self._columns = set(file.schema_arrow.names)

    def check_pinned(self) -> None:
        """Check that the users and the plan are still those that were shown, right before the first request.

        Raises
        ------
        PushError
            If a file was exchanged or changed since. Nothing was sent.
        """
        try:
            with self.path.open("rb") as stage:
                same = hashlib.file_digest(stage, "sha256").hexdigest() == self.sha256
            self._state = self._now()
            same = same and self._digest() == self.sha256
            same = same and self.workspace.load_plan(mapped=True).to_toml(self.workspace.folder) == self._text
        except (OSError, PlanError):
            same = False
        if not same:
            raise PushError(
                in_panel(
                    f"The prepared users in {self.workspace.folder} have changed since they were shown, so nothing was "
                    "sent. Run the push again and look at what it shows.",
                    "The prepared users in {folder} have changed since they were shown, so nothing was "
                    "sent. Look again, and agree to the numbers of now.",
                    folder=self.workspace.folder,
                )
            )

    def batches(self) -> Iterator[list[PreparedUser]]:
        """Read the users in order, a thousand at a time."""
        fields = {field.column: field.field_name for field in self.schema if field.column in self._columns}
        wanted = [name for name in (SOURCE_ROW, SOURCE_KEY, EMAIL, PHONE) if name in self._columns]
        with self._file() as file:
            for batch in file.iter_batches(ROWS_AT_A_TIME, columns=[*wanted, *fields]):
                self._check_unchanged()
                yield _users(batch, fields)

    def tables(self) -> Iterator[pa.Table]:
        """Read rows, keys and identifiers in order, in tables."""
        wanted = [name for name in (SOURCE_ROW, SOURCE_KEY, EMAIL, PHONE) if name in self._columns]
        with self._file() as file:
            for batch in file.iter_batches(2 * ROWS_AT_A_TIME, columns=wanted):
                yield pa.table([_column(batch, name) for name in _FIRST], list(_FIRST))

    def frames(self) -> Iterator[pa.Table]:
        """Read all columns in tables of as many users as the Import API takes."""
        with self._file() as file:
            for batch in file.iter_batches(USERS_PER_UPLOAD):
                self._check_unchanged()
                yield pa.Table.from_batches([batch])

    def _digest(self) -> str:
        """Hash the open file, from which the users are read."""
        self._stage.seek(0)
        return hashlib.file_digest(self._stage, "sha256").hexdigest()

    def _now(self) -> tuple[int, int]:
        """Tell the size of the open file, and when it was last written."""
        state = os.fstat(self._stage.fileno())
        return state.st_size, state.st_mtime_ns

    def _check_unchanged(self) -> None:
        """Refuse a file that somebody has written into since it was hashed."""
        if self._now() != self._state:
            raise PushError(
                in_panel(
                    f"Somebody has written into {self.path} since it was checked, so its other users are not read. Run "
                    "the notebook 03_validate_and_export or `passage-kit prepare` again, then the push.",
                    "Somebody has written into {path} since it was checked, so its other users are not "
                    "read. Run the notebook 03_validate_and_export again, then push.",
                    path=self.path,
                )
            )

    def _file(self) -> AbstractContextManager[pq.ParquetFile]:
        return opened_stage(self.path, pinned=self._stage, buffer_size=_BUFFER, pre_buffer=False)


_FIRST = (SOURCE_ROW, SOURCE_KEY, EMAIL, PHONE)


def _users(batch: pa.RecordBatch, fields: dict[str, str]) -> list[PreparedUser]:
    names = list(fields.values())
    values = zip(*(_json(batch.column(column)) for column in fields), strict=True)
    metadata = values if fields else iter(((),) * batch.num_rows)
    first = (_column(batch, name).to_pylist() for name in _FIRST)
    return [
        PreparedUser(
            row, key, email, phone, {name: it for name, it in zip(names, given, strict=True) if it is not None}
        )
        for row, key, email, phone, given in zip(*first, metadata, strict=True)
    ]


def _column(batch: pa.RecordBatch, name: str) -> pa.Array:
    return batch.column(name) if name in batch.schema.names else pa.nulls(batch.num_rows, pa.string())


def _json(values: pa.Array) -> list[Any]:
    """Convert values to those of JSON, and dates to the form of the Console."""
    texts: list[Any] = (pc.strftime(values, DATE_FORMAT) if pa.types.is_date(values.type) else values).to_pylist()
    return texts

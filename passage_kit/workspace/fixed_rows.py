"""Whose rows the corrections and decisions of a workspace name, as ``fixed_rows.parquet`` notes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from passage_kit.columns.users_frame import INTEGER, SOURCE_ROW, TEXT, arrow, values_at
from passage_kit.duplicates.decisions import decisions_of
from passage_kit.errors import PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.workspace.people import identities_of
from passage_kit.workspace.workspace import Workspace

NOTE_FILE = "fixed_rows.parquet"
IDENTITY = "identity"
LINE = [SOURCE_ROW, "field", "value"]  # tells a fix from all others
_COLUMNS = [*LINE, "was", IDENTITY]
_TYPES = dict.fromkeys(_COLUMNS, TEXT) | {SOURCE_ROW: INTEGER}


@dataclass(frozen=True, slots=True)
class SourceState:
    """State of a source: the hash of the file or of the frame, with how it is read; null if it is not known.

    Examples
    --------
    >>> SourceState("9f2b").same_as(SourceState("9f2b")), SourceState().same_as(SourceState())
    (True, False)
    """

    file: str | None = None
    frame: str | None = None

    @classmethod
    def of(cls, sha256: str | None, reading: Mapping[str, Any] | None, frame: str | None = None) -> SourceState:
        """Tell the state of a source; ``frame`` is the hash of the users frame, where no file holds it."""
        how = f" {json.dumps(dict(reading), sort_keys=True, default=str)}" if reading else ""
        return cls(sha256 and f"{sha256}{how}", frame)

    def same_as(self, other: SourceState) -> bool:
        """Check that the two are known and equal."""
        pairs = ((self.file, other.file), (self.frame, other.frame))
        return any(one is not None and one == another for one, another in pairs)


def _nothing_noted() -> pd.DataFrame:
    return pd.DataFrame(columns=_COLUMNS).astype(_TYPES)


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted about fixes, the state of the source that it is about, and the hash of the fixes of an earlier
    export that are among them; None, if nothing is noted.

    Examples
    --------
    >>> len(Note().fixes)
    0
    """

    fixes: pd.DataFrame = field(default_factory=_nothing_noted)
    state: SourceState | None = None
    taken: str | None = None


def load_note(workspace: Workspace) -> Note:
    """Read what a workspace notes about its fixes.

    Raises
    ------
    PlanError
        If the file cannot be read.
    """
    path = workspace.folder / NOTE_FILE
    if not path.exists():
        return Note()
    try:
        table = pq.read_table(path)
        noted = table.to_pandas(types_mapper=pd.ArrowDtype)[_COLUMNS].astype(_TYPES)
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise PlanError(
            f"The file {path} cannot be read: {type(error).__name__}. Delete it: corrections then find their people by "
            "source_key alone, and the others are asked about."
        ) from error
    told = {name.decode(): value.decode() for name, value in (table.schema.metadata or {}).items()}
    return Note(noted, SourceState(told.get("file"), told.get("frame")), told.get("taken"))


def save_note(workspace: Workspace, noted: pd.DataFrame, state: SourceState, taken: str | None = None) -> None:
    """Save the identities of the rows that fixes name, the state of the source that has these rows, and the hash of
    the fixes of an earlier export that were taken over.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    path = workspace.folder / NOTE_FILE
    if not len(noted) and not path.exists():
        return
    told = {name: value for name, value in {**asdict(state), "taken": taken}.items() if value is not None}
    columns = {name: arrow(noted[name]) if name != SOURCE_ROW else pa.array(noted[name]) for name in _COLUMNS}
    workspace.make()
    with FileSet() as files:
        pq.write_table(pa.table(columns).replace_schema_metadata(told), files.new(path))


def list_fixed_rows(corrections: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """List the rows that fixes name: with the correction, or with the words of the decision."""
    lines = corrections.reindex(columns=_COLUMNS).reset_index(drop=True)
    rows = [(row, made.words) for made in decisions_of(decisions) if made.placed for row in made.rows]
    decided = pd.DataFrame(rows, columns=[SOURCE_ROW, "value"]).reindex(columns=_COLUMNS)
    noted = pd.concat([lines.astype(_TYPES), decided.astype(_TYPES)], ignore_index=True)
    return noted[~noted.duplicated(LINE, keep="last")].reset_index(drop=True)


def note_fixes(users: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Note whose rows corrections and decisions name.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped, not corrected.
    lines : pandas.DataFrame
        Columns ``source_row, field, value, was, identity``; the rows of this users frame. A line without a row keeps
        the identity that it had.

    Returns
    -------
    pandas.DataFrame
        The lines with the identity of each row, and what stands in the cell.
    """
    noted = lines.copy()
    there = noted[SOURCE_ROW].isin(users.index).to_numpy(dtype=bool, na_value=False)
    if not there.any():
        return noted
    at = noted.loc[there, SOURCE_ROW].to_numpy(dtype="int64")
    noted.loc[there, IDENTITY] = identities_of(users).reindex(at).array
    for name in noted.loc[there, "field"].dropna().unique():
        if name in users:
            these = there & noted["field"].eq(name).to_numpy(dtype=bool, na_value=False)
            noted.loc[these, "was"] = values_at(users[name], noted.loc[these, SOURCE_ROW].to_numpy(dtype="int64")).array
    return noted

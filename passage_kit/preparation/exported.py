"""Everybody whom a workspace exported, and the workspaces before it: what a newer export is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, SOURCE_KEY, SOURCE_ROW, TEXT, arrow, filter_rows
from passage_kit.errors import PlanError
from passage_kit.files.regular_files import is_present_file
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.preparation.since import BEFORE, PASSAGE_ID
from passage_kit.reading.readers import read_users
from passage_kit.workspace.manifest import check_stage
from passage_kit.workspace.stages import opened_stage, read_stage_parts
from passage_kit.workspace.workspace import Workspace

_FAILED = "failed"


def load_exported(workspace: Workspace) -> pd.DataFrame:
    """Load everybody whom a workspace and those before it exported.

    A user whom its push could not create counts as not exported, so that the next export has them again. One whom the
    push has not sent yet is left to that push.

    Parameters
    ----------
    workspace : Workspace
        Folder of an earlier preparation.

    Returns
    -------
    pandas.DataFrame
        Index from 0. Text columns ``source_key``, ``email``, ``phone`` and ``passage_id``, which may be null, and the
        metadata columns.

    Raises
    ------
    PlanError
        If no users were prepared there, or a file of it cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.preparation.run import prepare
    >>> folder = tempfile.mkdtemp()
    >>> _ = prepare(users_frame({"email": ["ann@example.org", "bo@"]}), out=folder)
    >>> load_exported(Workspace(folder))["email"].tolist()
    ['ann@example.org']
    """
    parts = list(exported_in_parts(workspace))
    joined = pd.concat(parts, ignore_index=True)
    return joined[exported_columns(part.columns for part in parts)]


def exported_in_parts(workspace: Workspace) -> Iterator[pd.DataFrame]:
    """Load part by part what :func:`load_exported` loads; beside a part, memory holds the keys and the Passage ids.

    A part may lack columns of others: see :func:`exported_columns`.

    Raises
    ------
    PlanError
        As :func:`load_exported`.
    """
    check_exported(workspace)
    if workspace.has_stage(BEFORE):
        yield from map(_complete, _parts(workspace, BEFORE))
    with opened_stage(_checked(workspace, "ledger")) as file:
        ledger = file.read(columns=[SOURCE_ROW, SOURCE_KEY])
    outcomes = _outcomes(workspace)
    for users in _parts(workspace, "users"):
        rows = pa.array(users.index.to_numpy(dtype=np.int64))
        at = pc.index_in(rows, value_set=ledger[SOURCE_ROW].cast(pa.int64()).combine_chunks())
        keys = pd.array(take_rows(ledger[SOURCE_KEY].cast(pa.string()), at), dtype=TEXT)
        own = users.assign(**{SOURCE_KEY: keys, PASSAGE_ID: pd.array([None] * len(users), dtype=TEXT)})
        yield _complete(own if outcomes is None else _with_outcomes(own, outcomes))


def exported_columns(parts: Iterable[Iterable[str]]) -> list[str]:
    """Give the columns of all parts: first those that identify a person, then the metadata of any part.

    Examples
    --------
    >>> exported_columns([["email", "city"], ["plan", "city"]])
    ['source_key', 'email', 'phone', 'passage_id', 'city', 'plan']
    """
    first = (SOURCE_KEY, *IDENTIFIERS, PASSAGE_ID)
    return list(dict.fromkeys([*first, *(name for part in parts for name in part)]))


def check_exported(workspace: Workspace) -> None:
    """Check that users were prepared in a workspace.

    Raises
    ------
    PlanError
    """
    if not (workspace.has_stage("users") and workspace.has_stage("ledger")):
        raise PlanError(
            f"Nobody was prepared in {workspace.folder} yet, so no newer export can be compared with it. Name the "
            "workspace of the export before."
        )


def _checked(workspace: Workspace, stage: str) -> Path:
    """Give the path of a stage, which is that of the last complete run."""
    path = workspace.stage_path(stage)
    if is_present_file(path):
        check_stage(workspace.folder, path)
    return path


def _parts(workspace: Workspace, stage: str) -> Iterator[pd.DataFrame]:
    return read_stage_parts(_checked(workspace, stage))


def _complete(frame: pd.DataFrame) -> pd.DataFrame:
    """Write all values as text, with a blank column for an identifier that is missing."""
    missing = [name for name in (EMAIL, PHONE) if name not in frame]
    return _as_text(frame).assign(**{name: pd.array([None] * len(frame), dtype=TEXT) for name in missing})


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Write all values as text, since a metadata field may have had another type before."""
    columns = {name: pd.array(pc.cast(arrow(frame[name]), pa.string()), dtype=TEXT) for name in frame}
    return pd.DataFrame(columns)


def _outcomes(workspace: Workspace) -> pd.DataFrame | None:
    """Read what a push said of the users; None without one."""
    path = workspace.out / PASSAGE_IDS_FILE
    ids = read_users(path) if path.exists() else None
    return ids if ids is not None and {SOURCE_ROW, PASSAGE_ID, "outcome"} <= set(ids.columns) else None


def _with_outcomes(users: pd.DataFrame, ids: pd.DataFrame) -> pd.DataFrame:
    """Add the Passage ids of a push, and leave out the users whom it could not create."""
    rows = pc.cast(arrow(ids[SOURCE_ROW]), pa.int64()).combine_chunks()
    at = pc.index_in(pa.array(users.index.to_numpy(dtype=np.int64)), value_set=rows)
    outcome: Any = arrow(ids["outcome"]).combine_chunks().take(at)
    passage_ids = arrow(ids[PASSAGE_ID]).combine_chunks().take(at)
    users = users.assign(**{PASSAGE_ID: pd.array(passage_ids, dtype=TEXT)})
    failed = pc.fill_null(pc.equal(outcome, _FAILED), False)
    return filter_rows(users, ~np.asarray(failed, dtype=bool))

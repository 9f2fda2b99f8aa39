"""Everybody whom a workspace exported, and the workspaces before it: what a newer export is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import EMAIL, IDENTIFIERS, PHONE, SOURCE_KEY, SOURCE_ROW, TEXT, arrow, filter_rows
from passage_kit.errors import PlanError
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.preparation.since import BEFORE, PASSAGE_ID
from passage_kit.reading.readers import read_users
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
    if not (workspace.has_stage("users") and workspace.has_stage("ledger")):
        raise PlanError(
            f"Nobody was prepared in {workspace.folder} yet, so no newer export can be compared with it. Name the "
            "workspace of the export before."
        )
    users, ledger = workspace.load_stage("users"), workspace.load_stage("ledger")
    keys = ledger[SOURCE_KEY].reindex(users.index)
    own = users.assign(**{SOURCE_KEY: keys.array, PASSAGE_ID: pd.array([None] * len(users), dtype=TEXT)})
    own = _with_outcomes(own, workspace)
    parts = [_as_text(own)]
    if workspace.has_stage(BEFORE):
        parts.insert(0, _as_text(workspace.load_stage(BEFORE)))
    joined = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    for name in (EMAIL, PHONE):
        if name not in joined:
            joined[name] = pd.array([None] * len(joined), dtype=TEXT)
    return joined[[SOURCE_KEY, *IDENTIFIERS, PASSAGE_ID, *_metadata(joined)]]


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Write all values as text, since a metadata field may have had another type before."""
    columns = {name: pd.array(pc.cast(arrow(frame[name]), pa.string()), dtype=TEXT) for name in frame}
    return pd.DataFrame(columns)


def _metadata(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame if name not in (SOURCE_KEY, *IDENTIFIERS, PASSAGE_ID)]


def _with_outcomes(users: pd.DataFrame, workspace: Workspace) -> pd.DataFrame:
    """Add the Passage ids of a push, and leave out the users whom it could not create."""
    path = workspace.out / PASSAGE_IDS_FILE
    if not path.exists():
        return users
    ids = read_users(path)
    if not {SOURCE_ROW, PASSAGE_ID, "outcome"} <= set(ids.columns):
        return users
    rows = pc.cast(arrow(ids[SOURCE_ROW]), pa.int64()).combine_chunks()
    at = pc.index_in(pa.array(users.index.to_numpy(dtype=np.int64)), value_set=rows)
    outcome: Any = arrow(ids["outcome"]).combine_chunks().take(at)
    passage_ids = arrow(ids[PASSAGE_ID]).combine_chunks().take(at)
    users = users.assign(**{PASSAGE_ID: pd.array(passage_ids, dtype=TEXT)})
    failed = pc.fill_null(pc.equal(outcome, _FAILED), False)
    return filter_rows(users, ~np.asarray(failed, dtype=bool))

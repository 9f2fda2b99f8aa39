"""Result of a preparation on a cluster: counts and findings on the whole source; the users are in the storage."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pandas as pd

from passage_kit.cluster.csv_lists import write_lists
from passage_kit.cluster.engine import engine_of
from passage_kit.cluster.storage import Storage
from passage_kit.findings.funnel import Funnel
from passage_kit.findings.notices import Notices
from passage_kit.preparation.prepared import PreparedFacts
from passage_kit.preparation.since_counts import SinceCounts
from passage_kit.reading.readers import UserList
from passage_kit.workspace.lock import locked
from passage_kit.workspace.plan import Plan


@dataclass(frozen=True)
class PreparedOnCluster(PreparedFacts):
    """Counts of a preparation on a cluster, with the source and the plan behind them.

    Parameters
    ----------
    funnel : Funnel
        Counts from the rows read to the users exported.
    notices : Notices
        What a summary says beside the counts.
    findings : pandas.DataFrame
        Findings on the whole source alone; those on rows are in ``stages/findings`` of the output.
    by_code : dict of str to int
        Number of all findings by code.
    source : UserList
        How the source was read, without its rows.
    plan : Plan
        Every choice.
    files : tuple of str
        Paths or addresses of the outputs.
    out : str
        Folder or address of all of them.
    shared_keys : int, default 0
        How many exported users have the source key of another one.
    since : SinceCounts or None, default None
        Counts of what differs from an earlier export, with the option ``since``.

    See Also
    --------
    prepare_on_cluster : Run a preparation on a cluster.
    Prepared : The result of one on this machine.
    """

    funnel: Funnel
    notices: Notices
    findings: pd.DataFrame
    by_code: dict[str, int]
    source: UserList
    plan: Plan
    files: Sequence[str]
    out: str
    shared_keys: int = 0
    since: SinceCounts | None = None

    def write_csv(self, client: Any) -> list[str]:
        """Write the findings and the ledger as CSV files, as one machine does, beside the other outputs.

        Parameters
        ----------
        client : distributed.Client
            Client of a Dask cluster.

        Returns
        -------
        list of str
            Paths or addresses of ``out/findings.csv`` and ``out/ledger.csv``.

        Raises
        ------
        OptionError
            If it is no client of Dask.
        OutputError
            If a file cannot be written.
        """
        storage = Storage(self.out)
        with locked(self.out, "prepare") if storage.is_local else nullcontext():
            return write_lists(engine_of(client), storage)

    def summary(self) -> dict[str, Any]:
        """Summarize the counts as plain values, as :meth:`passage_kit.Prepared.summary` does."""
        return {
            "read": self.funnel.read,
            "kept": self.funnel.exported,
            **self.funnel.to_dict(),
            **self.notices.to_dict(),
            **({"since": self.since.summary()} if self.since else {}),
            "findings": self.by_code,
            "source": {
                "name": self.source.name,
                "kind": self.source.kind,
                "sha256": self.source.sha256,
                "layout": self.layout.name if self.layout else None,
            },
        }

"""Result of a preparation on a cluster: counts and findings on the whole source; the users are in the storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from passage_kit.findings.funnel import Funnel
from passage_kit.findings.notices import Notices
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.reading.known_layouts import layout_named
from passage_kit.reading.layout import Layout
from passage_kit.reading.readers import UserList
from passage_kit.workspace.plan import Plan


@dataclass(frozen=True)
class PreparedOnCluster:
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
    since: None = None

    @property
    def mapping(self) -> FieldMapping:
        """Mapping that was applied."""
        return self.plan.mapping or FieldMapping({})

    @property
    def layout(self) -> Layout | None:
        """Layout of the export: as chosen, or else as recognised."""
        name = self.plan.options.layout or self.source.layout
        return layout_named(name) if name else None

    @property
    def unmapped(self) -> pd.DataFrame:
        """Findings about the columns that Passage will not store."""
        return self.findings[self.findings["code"].eq("column_not_stored").to_numpy(dtype=bool)]

    @property
    def changed_columns(self) -> pd.DataFrame:
        """Findings about the columns that are gone since the plan was made, and about new ones."""
        return self.findings[self.findings["code"].isin(["column_gone", "column_new"])]

    def summary(self) -> dict[str, Any]:
        """Summarize the counts as plain values, as :meth:`passage_kit.Prepared.summary` does."""
        return {
            "read": self.funnel.read,
            "kept": self.funnel.exported,
            **self.funnel.to_dict(),
            **self.notices.to_dict(),
            "findings": self.by_code,
            "source": {
                "name": self.source.name,
                "kind": self.source.kind,
                "sha256": self.source.sha256,
                "layout": self.layout.name if self.layout else None,
            },
        }

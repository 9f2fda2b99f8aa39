"""What a preparation returns."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.findings.findings import UNREADABLE
from passage_kit.findings.funnel import Funnel, funnel
from passage_kit.findings.ledger import REJECTED
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.reading.readers import UserList
from passage_kit.workspace.plan import Plan


@dataclass(frozen=True)
class Prepared:
    """What a preparation returns.

    Parameters
    ----------
    users : pandas.DataFrame
        The users that go out: typed columns, index ``source_row``.
    findings : pandas.DataFrame
        Everything that was changed, withheld, absorbed, rejected or is worth a look.
    ledger : pandas.DataFrame
        What became of every source row.
    source : UserList
        What was read, how, and the rows as read.
    plan : Plan
        Every choice, the suggested ones included: save it, and the run can be repeated.
    """

    users: pd.DataFrame
    findings: pd.DataFrame
    ledger: pd.DataFrame
    source: UserList
    plan: Plan

    @functools.cached_property
    def funnel(self) -> Funnel:
        """Counts from the rows read to the users exported."""
        return funnel(self.ledger, self.findings)

    @property
    def raw(self) -> pd.DataFrame:
        """The rows as read."""
        return self.source.users

    @property
    def mapping(self) -> FieldMapping:
        """The mapping that was applied."""
        return self.plan.mapping or FieldMapping({})

    @property
    def unmapped(self) -> pd.DataFrame:
        """Findings about the columns that Passage will not store."""
        return self.findings[self.findings["code"] == "column_not_stored"]

    @property
    def settings(self) -> dict[str, Any]:
        """The options that the result depends on, by name."""
        return self.plan.options.choices

    def summary(self) -> dict[str, Any]:
        """Give the counts as plain values: the funnel, the findings by code, and what was read."""
        by_code = self.findings["code"].value_counts().sort_index()
        return {
            "read": self.funnel.read,
            "kept": self.funnel.exported,
            **self.funnel.to_dict(),
            "findings": {str(code): int(count) for code, count in by_code.items()},
            "source": {"name": self.source.name, "kind": self.source.kind, "sha256": self.source.sha256},
        }

    @property
    def rejected_rows(self) -> pd.DataFrame:
        """The original columns of the rejected rows, why, and the line itself where it has no columns: to be mended and
        fed back.
        """
        rejected = self.ledger[self.ledger["disposition"] == REJECTED]
        unread = self.findings[self.findings["code"].isin(UNREADABLE)].drop_duplicates(SOURCE_ROW)
        lines = unread.set_index(unread[SOURCE_ROW].astype("int64"))["value"]
        return self.raw.loc[rejected.index].assign(
            rejected_source_row=rejected.index,
            rejected_reasons=rejected["codes"],
            rejected_line=lines.reindex(rejected.index),
        )

"""Result of a preparation."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import SOURCE_ROW, filter_rows
from passage_kit.findings.findings import UNREADABLE
from passage_kit.findings.funnel import Funnel, funnel
from passage_kit.findings.ledger import REJECTED
from passage_kit.findings.notices import Notices, count_shared, exported_keys, notices
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.since import BEFORE, Since
from passage_kit.reading.known_layouts import layout_named
from passage_kit.reading.layout import Layout
from passage_kit.reading.readers import UserList
from passage_kit.workspace.plan import Plan


class PreparedFacts:
    """What is known of any preparation by its plan, its source and the findings on the whole source."""

    findings: pd.DataFrame
    source: UserList
    plan: Plan

    @property
    def mapping(self) -> FieldMapping:
        """Mapping that was applied."""
        return self.plan.mapping or FieldMapping({})

    @property
    def layout(self) -> Layout | None:
        """Layout of the export that a suggested mapping goes by: as chosen, or else as recognised."""
        name = self.plan.options.layout or self.source.layout
        return layout_named(name) if name else None

    @property
    def unmapped(self) -> pd.DataFrame:
        """Findings about the columns that Passage will not store, and those that have addresses nobody else has."""
        codes = ["column_not_stored", "address_elsewhere"]
        return filter_rows(self.findings, self.findings["code"].isin(codes).to_numpy(dtype=bool))

    @property
    def changed_columns(self) -> pd.DataFrame:
        """Findings about the columns that are gone since the plan was made, and about new ones."""
        return filter_rows(
            self.findings, self.findings["code"].isin(["column_gone", "column_new"]).to_numpy(dtype=bool)
        )


@dataclass(frozen=True)
class Prepared(PreparedFacts):
    """Result of a preparation: users, findings and ledger, with the source and the plan behind them.

    Parameters
    ----------
    users : pandas.DataFrame
        Users to export: ``email`` and ``phone`` (text), then the metadata columns with their arrow types; int64 index
        ``source_row``.
    findings : pandas.DataFrame
        Everything that was changed, withheld, absorbed or rejected, and warnings; columns ``source_row, field, value,
        code, effect, other_row, argument``.
    ledger : pandas.DataFrame
        Disposition of every source row (kept, absorbed or rejected); index ``source_row``.
    source : UserList
        Rows as read, with the way they were read.
    plan : Plan
        Every choice, including the suggested ones. Save it to repeat the run.
    since : Since or None, default None
        What differs from an earlier export, with the option ``since``: counts, and the frames ``gone`` and
        ``identifiers``.

    See Also
    --------
    prepare : Run a preparation.
    write_report : Write a report about the result.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.preparation.run import prepare
    >>> prepared = prepare(users_frame({"email": ["anna@example.org", "bo@"]}))
    >>> prepared.funnel.exported, prepared.funnel.rejected
    (1, 1)
    >>> prepared.rejected_rows["rejected_reasons"].tolist()
    ['email_invalid no_identifier']
    """

    users: pd.DataFrame
    findings: pd.DataFrame
    ledger: pd.DataFrame
    source: UserList
    plan: Plan
    since: Since | None = None

    @functools.cached_property
    def funnel(self) -> Funnel:
        """Counts from the rows read to the users exported."""
        return funnel(self.ledger, self.findings)

    @functools.cached_property
    def notices(self) -> Notices:
        """What a summary says beside the counts: closed accounts, warnings, and columns left out as secrets."""
        return notices(self.ledger, self.findings)

    @functools.cached_property
    def shared_keys(self) -> int:
        """How many exported users have the source key of another one."""
        return count_shared(exported_keys(self.ledger))

    @property
    def raw(self) -> pd.DataFrame:
        """Rows as read."""
        return self.source.users

    @property
    def schema(self) -> MetadataSchema:
        """Metadata fields of the plan."""
        return self.plan.schema

    @property
    def settings(self) -> dict[str, Any]:
        """Options that the result depends on, by name."""
        return self.plan.options.choices

    def summary(self) -> dict[str, Any]:
        """Summarize the counts as plain values: the funnel, the notices, the findings by code, and the source."""
        by_code = self.findings["code"].value_counts().sort_index()
        sheets = {"sheet": self.source.sheet, "sheets": list(self.source.sheets)} if self.source.sheet else {}
        return {
            "read": self.funnel.read,
            "kept": self.funnel.exported,
            **self.funnel.to_dict(),
            **self.notices.to_dict(),
            **({"since": self.since.summary()} if self.since else {}),
            "findings": {str(code): int(count) for code, count in by_code.items()},
            "source": {
                "name": self.source.name,
                "kind": self.source.kind,
                "sha256": self.source.sha256,
                "layout": self.layout.name if self.layout else None,
                **sheets,
            },
        }

    @property
    def rejected_rows(self) -> pd.DataFrame:
        """Rejected rows with their original columns and reasons, to correct and read again.

        A row that has no columns, since its line could not be read, has the line itself instead. Rows of people who
        were exported before are not among them.
        """
        rejected = filter_rows(self.ledger, self.ledger["disposition"].eq(REJECTED).to_numpy(dtype=bool))
        rejected = rejected[~rejected["codes"].str.contains(BEFORE, regex=False).to_numpy(dtype=bool)]
        unread = filter_rows(self.findings, self.findings["code"].isin(UNREADABLE).to_numpy(dtype=bool))
        unread = filter_rows(unread, ~unread[SOURCE_ROW].duplicated().to_numpy(dtype=bool))
        lines = unread.set_index(unread[SOURCE_ROW].astype("int64"))["value"]
        # to look the rows up by their numbers would copy each column first
        return filter_rows(self.raw, self.raw.index.isin(rejected.index)).assign(
            rejected_source_row=rejected.index,
            rejected_reasons=rejected["codes"],
            rejected_line=lines.reindex(rejected.index),
        )

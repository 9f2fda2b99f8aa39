"""The facts that the migration report shows of a preparation; those of the parts of a list add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from passage_kit.columns.profile import Look, look_at
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS, arrow, filter_rows
from passage_kit.export.shown_findings import FindingKinds, kinds_of
from passage_kit.findings.funnel import Funnel
from passage_kit.findings.notices import Notices
from passage_kit.metadata.fields import MetadataSchema

LARGEST = 10  # clusters that are shown
LARGE = 5  # clusters of this size and above are counted together
Rows = npt.NDArray[np.int64]


class ReadFacts(Protocol):
    """Facts about the source that was read."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def sha256(self) -> str | None: ...
    @property
    def encoding(self) -> str | None: ...
    @property
    def delimiter(self) -> str | None: ...
    @property
    def header_line(self) -> int | None: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def looks_like(self) -> str | None: ...


class Reported(Protocol):
    """The parts of a preparation that a report shows; see :class:`passage_kit.preparation.prepared.Prepared`."""

    @property
    def source(self) -> ReadFacts: ...
    @property
    def raw(self) -> pd.DataFrame: ...
    @property
    def users(self) -> pd.DataFrame: ...
    @property
    def findings(self) -> pd.DataFrame: ...
    @property
    def ledger(self) -> pd.DataFrame: ...
    @property
    def funnel(self) -> Funnel: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def mapping(self) -> Any: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def schema(self) -> MetadataSchema: ...


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """How full a column is and how its first values look."""

    name: str
    look: Look
    type: str


@dataclass(frozen=True, slots=True)
class LargeCluster:
    """A person of many rows: the row that stays, and those that it absorbed."""

    survivor_row: int
    absorbed_rows: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of rows."""
        return 1 + len(self.absorbed_rows)


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """People merged from several rows: how many have so many rows, and the largest of them.

    Parameters
    ----------
    sizes : mapping of int to int
        People by their number of rows; those of ``LARGE`` rows and more are counted together.
    largest : sequence of LargeCluster
        The ``LARGEST`` ones, the largest first.

    Examples
    --------
    >>> facts = clusters_of(np.array([2, 3]), np.array([1, 1])) + clusters_of(np.array([9]), np.array([4]))
    >>> facts.count, facts.sizes, [cluster.survivor_row for cluster in facts.largest]
    (2, {3: 1, 2: 1}, [1, 4])
    """

    sizes: Mapping[int, int]
    largest: Sequence[LargeCluster]

    @property
    def count(self) -> int:
        """Number of such people."""
        return sum(self.sizes.values())

    def __add__(self, other: ClusterFacts) -> ClusterFacts:
        """Add the people of other rows."""
        largest = sorted([*self.largest, *other.largest], key=lambda cluster: (-cluster.size, cluster.survivor_row))
        return ClusterFacts(dict(Counter(self.sizes) + Counter(other.sizes)), largest[:LARGEST])


def clusters_of(absorbed: Rows, into: Rows) -> ClusterFacts:
    """Collect the facts on people from the rows that were absorbed, and the row that each went into."""
    rows, sizes = np.unique(into, return_counts=True)
    sizes += 1
    counted = np.bincount(np.minimum(sizes, LARGE), minlength=LARGE + 1).tolist()
    largest = np.argsort(-sizes, kind="stable")[:LARGEST]
    return ClusterFacts(
        {size: count for size, count in enumerate(counted) if count},
        [LargeCluster(int(row), tuple(np.sort(absorbed[into == row]).tolist())) for row in rows[largest]],
    )


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """All that the report shows of a preparation, without the users.

    Parameters
    ----------
    source : ReadFacts
        How the source was read.
    before, after : sequence of ColumnFacts
        The columns as read, and those that go to Passage.
    kinds : FindingKinds
        The findings.
    not_stored : pandas.DataFrame
        Findings on the columns that Passage will not store.
    clusters : ClusterFacts
        People merged from several rows.
    identifiers : mapping of int to list of str
        Email and phone of the survivors of the largest clusters.
    funnel, notices, mapping, settings, schema
        As of :class:`passage_kit.preparation.prepared.Prepared`.
    """

    source: ReadFacts
    before: Sequence[ColumnFacts]
    after: Sequence[ColumnFacts]
    kinds: FindingKinds
    not_stored: pd.DataFrame
    clusters: ClusterFacts
    identifiers: Mapping[int, list[str]]
    funnel: Funnel
    notices: Notices
    mapping: Any
    settings: Mapping[str, Any]
    schema: MetadataSchema


def facts_of(prepared: Reported) -> ReportFacts:
    """Collect the facts of a preparation."""
    survivors = arrow(prepared.ledger["survivor_row"])
    absorbed = prepared.ledger.index.to_numpy()[np.asarray(survivors.is_valid())]
    clusters = clusters_of(absorbed, survivors.drop_null().to_numpy())
    people = filter_rows(
        prepared.users, np.isin(prepared.users.index, [cluster.survivor_row for cluster in clusters.largest])
    )
    not_stored = prepared.findings["code"].eq("column_not_stored").to_numpy(dtype=bool)
    return ReportFacts(
        source=prepared.source,
        before=_profile(prepared.raw),
        after=_profile(sent_columns(prepared.users)),
        kinds=kinds_of(prepared.findings),
        not_stored=filter_rows(prepared.findings, not_stored),
        clusters=clusters,
        identifiers=identifiers_of(people),
        funnel=prepared.funnel,
        notices=prepared.notices,
        mapping=prepared.mapping,
        settings=prepared.settings,
        schema=prepared.schema,
    )


def sent_columns(users: pd.DataFrame) -> pd.DataFrame:
    """Leave out the helpers, which do not go to Passage."""
    return users.drop(columns=[name for name in HELPERS if name in users])


def identifiers_of(people: pd.DataFrame) -> dict[int, list[str]]:
    """List the email and the phone of some users, by their rows."""
    names = [name for name in IDENTIFIERS if name in people]
    return {
        int(row): [value for value in values if not pd.isna(value)]
        for row, values in zip(people.index, people[names].itertuples(index=False), strict=True)
    }


def _profile(frame: pd.DataFrame) -> list[ColumnFacts]:
    columns = (frame.iloc[:, at] for at in range(frame.shape[1]))
    return [ColumnFacts(str(column.name), look_at(column), type_name(column.dtype)) for column in columns]


def type_name(dtype: Any) -> str:
    """Name the field type of a column."""
    names = {"bool": "boolean", "int64": "integer", "date32[day]": "date"}
    return names.get(str(getattr(dtype, "pyarrow_dtype", dtype)), "string")

"""What every call of a run knows: the storage, the plan, and the partitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from passage_kit.cluster.storage import WORK, Storage
from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.workspace.plan import Plan


@dataclass(frozen=True, slots=True)
class Part:
    """A partition: rows that stand together in the source.

    Parameters
    ----------
    number : int
        Its place among all partitions, from 0.
    start, rows : int
        Number of rows before it, and in it.
    file, piece : int
        The file that it was read from, and its place among the pieces of that.
    file_start : int
        Number of rows before that file.
    """

    number: int
    start: int
    rows: int
    file: int
    piece: int
    file_start: int

    @property
    def index(self) -> pd.Index[int]:
        """Numbers of its rows."""
        return pd.Index(np.arange(self.start + 1, self.start + self.rows + 1), dtype="int64", name=SOURCE_ROW)


@dataclass(frozen=True, slots=True)
class Job:
    """A run on a cluster.

    Parameters
    ----------
    storage : Storage
        Where the outputs go, and what passes between the steps.
    plan : Plan
        Every choice. The names of secrets are in the environment of the machines that need them, never here.
    rows : int
        Most rows of a partition.
    columns : sequence of str
        Columns of the source.
    stepped : sequence of str
        Columns after the value steps; none if there are no steps.
    touched : frozenset of str
        Columns that value steps changed.
    nothing : mapping of str to tuple of str
        Words for nothing by column.
    parts : sequence of Part
        The partitions.
    """

    storage: Storage
    plan: Plan
    rows: int
    columns: Sequence[str] = ()
    stepped: Sequence[str] = ()
    touched: frozenset[str] = frozenset()
    nothing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Sequence[Part] = ()

    @property
    def mapped_columns(self) -> Sequence[str]:
        """Columns that can be mapped: those of the source, after the value steps."""
        return self.stepped or self.columns

    @property
    def starts(self) -> list[int]:
        """Number of rows before each partition."""
        return [part.start for part in self.parts]

    @property
    def buckets(self) -> int:
        """Number of calls among which keys and people are divided."""
        return len(self.parts)


def of(step: str, number: int) -> str:
    """Name the file that a step writes about a partition, a file or a bucket.

    Examples
    --------
    >>> of("mapped", 3)
    'stages/work/mapped/00003'
    """
    return f"{WORK}/{step}/{number:05d}"

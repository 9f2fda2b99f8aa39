"""Suggestion of a mapping on a cluster, from what the suggestion of one machine looks at.

That is the first values of each column, 5,000 and of a key 100,000, which come to the client from the first partitions
that have them; and, of columns that fit a target equally well, whether one of them has all values of the others. Every
partition answers that for its own rows, and the answers add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job, Part
from passage_kit.cluster.reading_steps import first_of_stepped, stepped_part, together, wanted_of
from passage_kit.columns.users_frame import frame_of, source_rows
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.mapping.suggest import suggest_from, values_looked_at
from passage_kit.mapping.whole_columns import ColumnsOfFrame, of_all_parts
from passage_kit.reading.known_layouts import NO_LAYOUT, layout_named


class ColumnsOfParts:
    """Answers about whole columns, asked of every partition when a suggestion needs them.

    Parameters
    ----------
    engine : Engine
    job : Job
        With its partitions.
    """

    def __init__(self, engine: Engine, job: Job) -> None:
        self._engine, self._job = engine, job

    def covering(self, names: Sequence[str]) -> frozenset[str]:
        """Find the columns among some that have every value which the others have."""
        items = [(self._job, part, list(names)) for part in self._job.parts]
        return of_all_parts(self._engine.run("columns that fit equally", covering_in_part, items), covering=True)

    def with_addresses(self, first: str, others: Sequence[str]) -> frozenset[str]:
        """Find the columns that have an address in a row in which the first one is blank."""
        items = [(self._job, part, first, list(others)) for part in self._job.parts]
        return of_all_parts(self._engine.run("other addresses", addresses_in_part, items), covering=False)


def covering_in_part(job: Job, part: Part, names: Sequence[str]) -> frozenset[str]:
    """Answer for a partition which columns have every value of the others."""
    return ColumnsOfFrame(stepped_part(job, part)).covering(names)


def addresses_in_part(job: Job, part: Part, first: str, others: Sequence[str]) -> frozenset[str]:
    """Answer for a partition which columns have an address where the first one is blank."""
    return ColumnsOfFrame(stepped_part(job, part)).with_addresses(first, others)


def suggest_of_parts(
    engine: Engine, job: Job, filled: Sequence[dict[str, int]], recognised: str | None
) -> FieldMapping:
    """Suggest the mapping that one machine suggests for the whole list.

    Parameters
    ----------
    engine : Engine
    job : Job
        With its columns and partitions.
    filled : sequence of dict of str to int
        Number of values of each column, partition by partition.
    recognised : str or None
        Layout that the columns have.
    """
    plan = job.plan
    layout = layout_named(plan.options.layout or recognised or NO_LAYOUT)
    looked_at = values_looked_at(job.mapped_columns, layout)
    wanted = wanted_of(filled, looked_at)
    items = [(job, part, some) for part, some in zip(job.parts, wanted, strict=True) if some]
    pieces = engine.run("first values", first_of_stepped, items)
    first = _padded({name: together(pieces, name) for name in job.mapped_columns})
    return suggest_from(first, plan.schema, layout, ColumnsOfParts(engine, job))


def _padded(columns: dict[str, pa.Array]) -> pd.DataFrame:
    """Make a frame of columns of several lengths, with blanks below the shorter ones."""
    rows = max(map(len, columns.values()), default=0)
    whole = (pa.chunked_array([column, pa.nulls(rows - len(column), pa.string())]) for column in columns.values())
    return frame_of(list(columns), whole, source_rows(rows))

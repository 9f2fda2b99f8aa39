"""Groups on workers: rows that links connect, over however many others, get one bucket.

Each partition has the links of its own rows, from both ends. In a round, every row gives its later neighbours to the
earliest of all that it sees, and then its earlier neighbours to the earliest among them. That keeps what is connected,
and shortens every way between rows, until each row has one link, to the first row of its group. These are the
operations "large star" and "small star" of Kiveris and others (Connected Components in MapReduce and Beyond, 2014);
rounds grow as the logarithm of the longest way, and a worker holds the links of a partition, never those of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job, Part, of
from passage_kit.columns.arrays import Positions
from passage_kit.columns.fingerprints import repeated_rows

_MIXED = np.uint64(0x9E3779B97F4A7C15)  # spreads the numbers of rows over the buckets
Rows = Sequence[tuple[int, ...]]


def find_groups(engine: Engine, job: Job, decided: Rows = ()) -> list[int]:
    """Group the rows that share keys, or that decisions are about, and give the bucket of each decision.

    Parameters
    ----------
    engine : Engine
    job : Job
    decided : sequence of tuple of int, default ()
        Rows of each decision, be they in the list or not.
    """

    engine.run("meetings", find_meetings, [(job, bucket) for bucket in range(job.buckets)])
    engine.run("links of decisions", link_decided, [(job, decided)] if decided else [])
    begun = range(job.buckets + 1 if decided else job.buckets)
    return join_links(engine, job, begun, decided)


def join_links(engine: Engine, job: Job, begun: range, decided: Rows = ()) -> list[int]:
    """Group the rows that links connect, and give the bucket of each decision; ``begun`` numbers the files of links."""

    def for_each(name: str, call: Any, *more: Any) -> list[Any]:
        return engine.run(name, call, [(job, part, *more) for part in job.parts])

    for step in count():
        sources = begun if step == 0 else range(job.buckets)  # a range is as short as it is for one
        if not sum(for_each(f"links {step}", link_later_rows, step, sources)):
            break
        for_each(f"shorter links {step}", link_earlier_rows, step)
    firsts = [min(rows) for rows in decided]
    asked = [[row for row in firsts if _part_of(job, row) == part.number] for part in job.parts]
    items = [(job, part, step, sources, rows) for part, rows in zip(job.parts, asked, strict=True)]
    found: dict[int, int] = {}
    for some in engine.run("groups", name_groups, items):
        found |= some
    return [found[row] for row in firsts]


def find_meetings(job: Job, bucket: int) -> int:
    """Find the keys of a bucket that several rows have, and link each of these rows with the first."""
    keys = pa.concat_tables([job.storage.read_table(of("people", part.number), bucket) for part in job.parts])
    prints, rows = keys["key"].to_numpy(), keys["row"].to_numpy()
    some = repeated_rows(prints)
    prints, rows = prints[some], rows[some]
    order = np.lexsort((rows, prints))
    prints, rows = prints[order], rows[order]
    begins = np.flatnonzero(np.append(True, prints[1:] != prints[:-1])) if len(prints) else np.zeros(0, dtype=np.int64)
    first = np.repeat(rows[begins], np.diff(np.append(begins, len(rows))))
    apart = rows != first
    send_links(job, "links-0", bucket, rows[apart], first[apart], both=True)
    return int(apart.sum())


def link_decided(job: Job, decided: Rows) -> None:
    """Link the rows of each decision."""
    pairs = [(row, rows[0]) for rows in decided for row in rows if row != rows[0]]
    rows, others = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    send_links(job, "links-0", job.buckets, rows, others, both=True)


def link_later_rows(job: Job, part: Part, step: int, sources: Sequence[int]) -> int:
    """Link the later neighbours of each row with the earliest that it sees; count the rows that are not settled.

    A row is settled if it has one link, to the first of its group, or is this first one.
    """
    rows, others = _links(job, part, f"links-{step}", sources)
    begins, sizes = _by_row(rows)
    later = others > rows
    earlier = np.add.reduceat(~later, begins, dtype=np.int64) if len(begins) else sizes
    first = np.repeat(np.minimum(rows[begins], others[begins]), sizes)
    send_links(job, f"stars-{step}", part.number, others[later], first[later])
    return int(((earlier > 1) | ((earlier > 0) & (earlier < sizes))).sum())


def link_earlier_rows(job: Job, part: Part, step: int) -> None:
    """Link the earlier neighbours of each row, and the row itself, with the earliest of them."""
    rows, others = _links(job, part, f"stars-{step}", range(job.buckets))
    begins, sizes = _by_row(rows)
    first = np.repeat(others[begins], sizes)
    is_first = np.zeros(len(rows), dtype=bool)
    is_first[begins] = True
    ends = np.where(is_first, rows, others)
    send_links(job, f"links-{step + 1}", part.number, ends, first, both=True)


def name_groups(job: Job, part: Part, step: int, sources: Sequence[int], asked: Sequence[int]) -> dict[int, int]:
    """Write the bucket of each row of a partition that is in a group, and give those of some rows."""
    rows, others = _links(job, part, f"links-{step}", sources)
    begins, _ = _by_row(rows)
    alone = np.setdiff1d(np.array(asked, dtype=np.int64), rows)  # of a decision about one row
    first = np.concatenate([np.minimum(rows[begins], others[begins]), alone])
    rows = np.concatenate([rows[begins], alone])
    bucket = _bucket(first, job.buckets)
    job.storage.write_table(of("groups", part.number), pa.table({"row": rows, "bucket": bucket}))
    places = {row: at for at, row in enumerate(rows.tolist())} if asked else {}
    return {row: int(bucket[places[row]]) for row in asked}


def _bucket(first: Positions, buckets: int) -> Positions:
    """Give each group a bucket by its first row."""
    mixed = first.astype(np.uint64) * _MIXED
    bucket: Positions = ((mixed >> np.uint64(32)) % np.uint64(buckets)).astype(np.int64)
    return bucket


def _by_row(rows: Positions) -> tuple[Positions, Positions]:
    """Give where the links of each row begin, and how many there are."""
    begins = np.flatnonzero(np.append(True, rows[1:] != rows[:-1])) if len(rows) else np.zeros(0, dtype=np.int64)
    return begins, np.diff(np.append(begins, len(rows)))


def _links(job: Job, part: Part, step: str, sources: Sequence[int]) -> tuple[Positions, Positions]:
    """Read the links of the rows of a partition, each once, by row and then by the other one."""
    tables = [job.storage.read_table(of(step, source), part.number) for source in sources]
    table = pa.concat_tables(tables)
    rows, others = table["row"].to_numpy(), table["other"].to_numpy()
    order = np.lexsort((others, rows))
    rows, others = rows[order], others[order]
    new = np.append(True, (rows[1:] != rows[:-1]) | (others[1:] != others[:-1]))[: len(rows)]
    return rows[new], others[new]


def _part_of(job: Job, row: int) -> int:
    """Give the partition whose links a row is among, be it in the list or not."""
    return max(int(np.searchsorted(job.starts, row, side="left")) - 1, 0)


def send_links(job: Job, step: str, number: int, rows: Positions, others: Positions, *, both: bool = False) -> None:
    """Write links by the partitions of their first ends; with ``both``, by those of their other ends, too."""
    if both:
        rows, others = np.concatenate([rows, others]), np.concatenate([others, rows])
    order = np.argsort(rows, kind="stable")
    rows, others = rows[order], others[order]
    at = np.searchsorted(rows, job.starts[1:], side="right").tolist()
    job.storage.write_table(
        of(step, number),
        *(
            pa.table({"row": rows[begin:end], "other": others[begin:end]})
            for begin, end in zip([0, *at], [*at, len(rows)], strict=True)
        ),
    )

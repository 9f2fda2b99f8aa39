"""Duplicates on workers: rows that meet in an email or a phone are brought together, and merged as on one machine.

Rows are joined by whatever key they share, so a group holds at least all rows that the rules may compare: the rules
themselves, applied to the whole groups of a bucket, give what they give on the whole list. A row that meets no other
stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.storage import findings_table, split_rows, table_of, users_of
from passage_kit.columns.arrays import Mask
from passage_kit.columns.users_frame import EMAIL, SOURCE_ROW, filter_rows
from passage_kit.duplicates.merge import merge_rows
from passage_kit.duplicates.unreadable_emails import have_unreadable_email
from passage_kit.findings.findings import make_findings, no_findings
from passage_kit.metadata.dates import OrderEvidence

_CLOSED, _UNREADABLE = "account closed", "email unreadable"  # columns that travel with a row


_NOBODY = pa.schema([("row", pa.int64()), ("into", pa.int64()), ("closed", pa.bool_())]).empty_table()


Pieces = Sequence[tuple[int, int]]  # numbers of files, and of the piece of each


class Meeting(NamedTuple):
    """Buckets to which a partition sent rows."""

    part: int
    buckets: list[int]


class MergedBucket(NamedTuple):
    """Partitions to which the rows of a bucket go back, and findings on decisions about rows that no list has."""

    bucket: int
    parts: list[int]
    nowhere: pd.DataFrame


def pieces_for(sent: Iterable[Sequence[int]], count: int) -> list[Pieces]:
    """Give the pieces for each receiver that some files hold, piece by piece.

    Examples
    --------
    >>> pieces_for([[0, 2], [2]], 3)
    [[(0, 0)], [], [(0, 1), (1, 0)]]
    """
    pieces: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for file, receivers in enumerate(sent):
        for piece, receiver in enumerate(receivers):
            pieces[receiver].append((file, piece))
    return list(pieces)


def send_rows(job: Job, part: Part) -> Meeting:
    """Send the rows of a partition that meet others to their buckets."""
    users, bucket = _with_buckets(job, part)
    meeting = bucket >= 0
    users = filter_rows(users, meeting).assign(
        **{
            _UNREADABLE: have_unreadable_email(users, _findings(job, part, "2"))[meeting],
            _CLOSED: _closed(job, part, users)[meeting],
        }
    )
    numbers = bucket[meeting]
    found = np.unique(numbers).tolist()
    if found:
        table = _plain(users)
        job.storage.write_table(of("sent", part.number), *(table.filter(pa.array(numbers == each)) for each in found))
    return Meeting(part.number, found)


def _plain(users: pd.DataFrame) -> pa.Table:
    masks = {name: users[name].to_numpy(dtype=bool) for name in (_UNREADABLE, _CLOSED)}
    table = table_of(users.drop(columns=list(masks)))
    for name, mask in masks.items():
        table = table.append_column(name, pa.array(mask))
    return table


def _with_buckets(job: Job, part: Part) -> tuple[pd.DataFrame, np.ndarray]:
    """Give the users of a partition, and the bucket of each row that meets others; -1 for the others."""
    users = job.storage.read_frame(of("normal", part.number))
    return users, buckets_of(job, part.number, users.index)


def buckets_of(job: Job, number: int, rows: pd.Index[int]) -> np.ndarray:
    """Give the bucket of each row of a part that is in a group; -1 for the others."""
    groups = job.storage.read_table(of("groups", number))
    at = pc.index_in(pa.array(rows.to_numpy()), value_set=groups["row"].combine_chunks())
    buckets: np.ndarray = np.append(groups["bucket"].to_numpy(), -1)[at.fill_null(len(groups)).to_numpy()]
    return buckets


def _findings(job: Job, part: Part, step: str) -> pd.DataFrame:
    return job.storage.read_findings(of(f"findings-{step}", part.number))


def _closed(job: Job, part: Part, users: pd.DataFrame) -> Mask:
    """Mark the users whose account is closed."""
    findings = _findings(job, part, "1")
    rows = findings.loc[findings["code"].eq("account_inactive").to_numpy(dtype=bool), SOURCE_ROW]
    closed: Mask = users.index.isin(rows.to_numpy(dtype=np.int64))
    return closed


def merge_bucket(
    job: Job, bucket: int, sent: Pieces, order: OrderEvidence, decisions: pd.DataFrame | None
) -> MergedBucket:
    """Merge the rows of a bucket, and send what is left of them back to their partitions.

    ``order`` is what all rows show of the column that newest and oldest read; ``decisions`` are those about rows of
    this bucket.
    """
    pieces = [job.storage.read_table(of("sent", part), piece) for part, piece in sent]
    if not pieces and decisions is None:
        job.storage.write_table(of("account", bucket), _NOBODY)
        return MergedBucket(bucket, [], no_findings())
    table = pa.concat_tables(pieces or [_nobody(job)])
    unreadable, closed = (table[name].to_numpy(zero_copy_only=False) for name in (_UNREADABLE, _CLOSED))
    users = users_of(table.drop_columns([_UNREADABLE, _CLOSED]))
    options = job.plan.options
    merged = merge_rows(
        users,
        survivor=options.survivor,
        shared_phone=options.shared_phone,
        date_order=options.date_order,
        decisions=decisions,
        findings=make_findings(users.index[unreadable], field=EMAIL, code="email_invalid"),
        order_evidence=order,
    )
    _keep_account(job, bucket, users, merged.users, merged.findings, closed)
    starts = job.starts
    of_parts = split_rows(merged.users, starts)
    rows = merged.findings[SOURCE_ROW].to_numpy(dtype=np.int64)
    by_row = merged.findings.set_index(pd.Index(rows, name="row"))[rows > 0].sort_index(kind="stable")
    said = [frame.reset_index(drop=True) for frame in split_rows(by_row, starts)]
    parts = [at for at in range(len(starts)) if len(of_parts[at]) or len(said[at])]
    if parts:
        job.storage.write_frame(of("merged", bucket), *(of_parts[at] for at in parts))
        job.storage.write_findings(of("findings-4", bucket), *(said[at] for at in parts))
    return MergedBucket(bucket, parts, merged.findings[rows <= 0])


def _nobody(job: Job) -> pa.Table:
    """Give the table of a bucket whose decisions are about rows that are not there."""
    users = job.storage.read_frame(of("normal", 0)).iloc[:0]
    return _plain(users.assign(**dict.fromkeys((_UNREADABLE, _CLOSED), np.zeros(0, dtype=bool))))


def _keep_account(
    job: Job, bucket: int, users: pd.DataFrame, merged: pd.DataFrame, findings: pd.DataFrame, closed: Mask
) -> None:
    """Write who each row of a bucket is now: the row that stays for it; rows that were rejected are left out."""
    absorbed = findings[findings["effect"].eq("absorbed").to_numpy(dtype=bool)]
    rows = np.concatenate([merged.index.to_numpy(), absorbed[SOURCE_ROW].to_numpy(dtype=np.int64)])
    into = np.concatenate([merged.index.to_numpy(), absorbed["other_row"].to_numpy(dtype=np.int64)])
    is_closed = closed[users.index.get_indexer(rows)]
    job.storage.write_table(of("account", bucket), pa.table({"row": rows, "into": into, "closed": is_closed}))


def gather_part(job: Job, part: Part, merged: Pieces) -> int:
    """Put the people of a partition together: rows that met no other, and those left of the buckets."""
    users, bucket = _with_buckets(job, part)
    back = _back(job, merged, "merged")
    tables = [table_of(filter_rows(users, bucket < 0)), *back]
    joined = users_of(pa.concat_tables(tables))
    joined = joined.sort_index()
    job.storage.write_frame(of("gathered", part.number), joined)
    found = _back(job, merged, "findings-4")
    nothing = findings_table(no_findings())
    job.storage.write_table(of("findings-4-of", part.number), pa.concat_tables([nothing, *found]))
    return len(joined)


def _back(job: Job, merged: Pieces, step: str) -> list[pa.Table]:
    return [job.storage.read_table(of(step, bucket), piece) for bucket, piece in merged]

"""Duplicates on workers: rows that meet in an email or a phone are brought together, and merged as on one machine.

Rows are joined by whatever key they share, so a group holds at least all rows that the rules may compare: the rules
themselves, applied to the whole groups of a bucket, give what they give on the whole list. A row that meets no other
stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.storage import findings_table, split_rows, table_of, users_of
from passage_kit.columns.arrays import Mask
from passage_kit.columns.fingerprints import repeated_rows
from passage_kit.columns.users_frame import EMAIL, SOURCE_ROW, filter_rows
from passage_kit.duplicates.clusters import link_labels
from passage_kit.duplicates.merge import merge_rows
from passage_kit.duplicates.unreadable_emails import have_unreadable_email
from passage_kit.findings.findings import make_findings, no_findings
from passage_kit.metadata.dates import OrderEvidence

_CLOSED, _UNREADABLE = "account closed", "email unreadable"  # columns that travel with a row


_NOBODY = pa.schema([("row", pa.int64()), ("into", pa.int64()), ("closed", pa.bool_())]).empty_table()


class Meeting(NamedTuple):
    """Buckets to which a partition sent rows."""

    part: int
    buckets: list[int]


class MergedBucket(NamedTuple):
    """Partitions to which the rows of a bucket go back."""

    bucket: int
    parts: list[int]


def find_meetings(job: Job, bucket: int) -> int:
    """Find the keys of a bucket that several rows have, and link each of these rows with the first."""
    keys = pa.concat_tables([job.storage.read_table(of("people", part.number), bucket) for part in job.parts])
    prints, rows = keys["key"].to_numpy(), keys["row"].to_numpy()
    some = repeated_rows(prints)
    number, distinct = pd.factorize(prints[some])
    first = np.full(len(distinct), np.iinfo(np.int64).max)
    np.minimum.at(first, number, rows[some])
    links = pa.table({"row": rows[some], "first": first[number]})
    links = links.filter(pc.not_equal(links["row"], links["first"]))
    job.storage.write_table(of("links", bucket), links)
    return len(links)


def group_rows(job: Job) -> int:
    """Group the rows that links connect, and say to which bucket each of them goes.

    One call for all: it needs some fifty bytes for each row that meets another one, and nothing for the others.
    """
    links = pa.concat_tables([job.storage.read_table(of("links", bucket)) for bucket in range(job.buckets)])
    one, other = links["row"].to_numpy(), links["first"].to_numpy()
    rows = np.unique(np.concatenate([one, other]))
    labels = link_labels(np.arange(len(rows)), np.searchsorted(rows, one), np.searchsorted(rows, other))
    bucket = _spread(labels, job.buckets)
    ends = [*job.starts[1:], np.iinfo(np.int64).max]
    at = np.searchsorted(rows, ends, side="right")
    tables = [
        pa.table({"row": rows[begin:end], "bucket": bucket[begin:end]})
        for begin, end in zip([0, *at.tolist()[:-1]], at.tolist(), strict=True)
    ]
    job.storage.write_table(of("groups", 0), *tables)
    return len(rows)


def _spread(labels: np.ndarray, buckets: int) -> np.ndarray:
    """Give each group a bucket, so that the buckets have about as many rows."""
    groups, number, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    ends = np.cumsum(sizes[order])
    share = max(-(-int(ends[-1]) // buckets), 1) if len(ends) else 1
    bucket = np.empty(len(groups), dtype=np.int64)
    bucket[order] = np.minimum((ends - 1) // share, buckets - 1)
    return bucket[number]


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
    groups = job.storage.read_table(of("groups", 0), part.number)
    at = pc.index_in(pa.array(users.index.to_numpy()), value_set=groups["row"].combine_chunks())
    bucket = np.append(groups["bucket"].to_numpy(), -1)[at.fill_null(len(groups)).to_numpy()]
    return users, bucket


def _findings(job: Job, part: Part, step: str) -> pd.DataFrame:
    return job.storage.read_findings(of(f"findings-{step}", part.number))


def _closed(job: Job, part: Part, users: pd.DataFrame) -> Mask:
    """Mark the users whose account is closed."""
    findings = _findings(job, part, "1")
    rows = findings.loc[findings["code"].eq("account_inactive").to_numpy(dtype=bool), SOURCE_ROW]
    closed: Mask = users.index.isin(rows.to_numpy(dtype=np.int64))
    return closed


def merge_bucket(job: Job, bucket: int, sent: Sequence[Meeting], order: OrderEvidence) -> MergedBucket:
    """Merge the rows of a bucket, and send what is left of them back to their partitions.

    ``order`` is what all rows show of the column that newest and oldest read.
    """
    pieces = [
        job.storage.read_table(of("sent", meeting.part), meeting.buckets.index(bucket))
        for meeting in sent
        if bucket in meeting.buckets
    ]
    if not pieces:
        job.storage.write_table(of("account", bucket), _NOBODY)
        return MergedBucket(bucket, [])
    table = pa.concat_tables(pieces)
    unreadable, closed = (table[name].to_numpy(zero_copy_only=False) for name in (_UNREADABLE, _CLOSED))
    users = users_of(table.drop_columns([_UNREADABLE, _CLOSED]))
    options = job.plan.options
    merged = merge_rows(
        users,
        survivor=options.survivor,
        shared_phone=options.shared_phone,
        date_order=options.date_order,
        findings=make_findings(users.index[unreadable], field=EMAIL, code="email_invalid"),
        order_evidence=order,
    )
    _keep_account(job, bucket, users, merged.users, merged.findings, closed)
    starts = job.starts
    of_parts = split_rows(merged.users, starts)
    by_row = merged.findings.set_index(
        pd.Index(merged.findings[SOURCE_ROW].to_numpy(dtype=np.int64), name="row")
    ).sort_index(kind="stable")
    said = [frame.reset_index(drop=True) for frame in split_rows(by_row, starts)]
    parts = [at for at in range(len(starts)) if len(of_parts[at]) or len(said[at])]
    job.storage.write_frame(of("merged", bucket), *(of_parts[at] for at in parts))
    job.storage.write_findings(of("findings-4", bucket), *(said[at] for at in parts))
    return MergedBucket(bucket, parts)


def _keep_account(
    job: Job, bucket: int, users: pd.DataFrame, merged: pd.DataFrame, findings: pd.DataFrame, closed: Mask
) -> None:
    """Write who each row of a bucket is now: the row that stays for it; rows that were rejected are left out."""
    absorbed = findings[findings["effect"].eq("absorbed").to_numpy(dtype=bool)]
    rows = np.concatenate([merged.index.to_numpy(), absorbed[SOURCE_ROW].to_numpy(dtype=np.int64)])
    into = np.concatenate([merged.index.to_numpy(), absorbed["other_row"].to_numpy(dtype=np.int64)])
    is_closed = closed[users.index.get_indexer(rows)]
    job.storage.write_table(of("account", bucket), pa.table({"row": rows, "into": into, "closed": is_closed}))


def gather_part(job: Job, part: Part, merged: Sequence[MergedBucket]) -> int:
    """Put the people of a partition together: rows that met no other, and those left of the buckets."""
    users, bucket = _with_buckets(job, part)
    back = _of_part(job, part, merged, "merged")
    tables = [table_of(filter_rows(users, bucket < 0)), *back]
    joined = users_of(pa.concat_tables(tables))
    joined = joined.sort_index()
    job.storage.write_frame(of("gathered", part.number), joined)
    found = _of_part(job, part, merged, "findings-4")
    nothing = findings_table(no_findings())
    job.storage.write_table(of("findings-4-of", part.number), pa.concat_tables([nothing, *found]))
    return len(joined)


def _of_part(job: Job, part: Part, merged: Sequence[MergedBucket], step: str) -> list[pa.Table]:
    return [
        job.storage.read_table(of(step, each.bucket), each.parts.index(part.number))
        for each in merged
        if part.number in each.parts
    ]

"""Mapping and judging of a partition on a worker, by the evidence of all partitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.reading_steps import read_findings, step_findings, stepped_part
from passage_kit.columns.account_codes import word_counts
from passage_kit.columns.fingerprints import Fingerprints, fingerprints
from passage_kit.columns.users_frame import (
    ACCOUNT_STATE,
    EMAIL,
    IDENTIFIERS,
    ORDER,
    PHONE,
    REGION,
    SOURCE_KEY,
    SOURCE_ROW,
    arrow,
    mask_of,
    without_rows,
)
from passage_kit.duplicates.clustered_users import check_rules
from passage_kit.duplicates.clusters import BY_ORDER
from passage_kit.errors import OptionError
from passage_kit.findings.findings import collect_findings, no_findings
from passage_kit.identifiers.email_columns import Judged
from passage_kit.identifiers.emails import CROWDED_ROWS, count_addresses, judge_emails
from passage_kit.identifiers.identifiers import IdentifierEvidence, normalize_part
from passage_kit.identifiers.phones.lost_plus import PlusEvidence
from passage_kit.identifiers.phones.phones import plus_evidence
from passage_kit.mapping.column_counts import ColumnCounts, count_columns
from passage_kit.mapping.continued_rows import rows_going_on
from passage_kit.mapping.mapped_users import apply_mapping, values_of_other_columns
from passage_kit.metadata.dates import OrderEvidence, order_evidence
from passage_kit.metadata.field_values import field_evidence, normalize_fields
from passage_kit.metadata.value_evidence import ValueEvidence
from passage_kit.preparation.accounts import judge_accounts
from passage_kit.workspace.corrections import apply_corrections

_MOST_WORDS = 100_000  # for states of accounts, which travel to the client
_PHONE_KEYS = np.uint64(0x5BD1E9955BD1E995)  # so that no phone has the key of an email


class MappedPart(NamedTuple):
    """Evidence of a partition that was mapped."""

    counts: ColumnCounts
    state_words: dict[str, int]
    plus: PlusEvidence
    order: OrderEvidence


class JudgedValues(NamedTuple):
    """Findings on the whole of a partition, and what its values show."""

    whole: pd.DataFrame
    evidence: dict[str, ValueEvidence]


def mapped_part(job: Job, part: Part) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the rows of a partition after the value steps, and as mapped."""
    mapping, states = job.plan.mapping, job.plan.options.account_states
    assert mapping is not None  # noqa: S101 - a run on a cluster begins with one
    raw = stepped_part(job, part)
    return raw, apply_mapping(raw, mapping, null_words=job.nothing, account_states=states)


def map_part(job: Job, part: Part, corrections: pd.DataFrame) -> MappedPart:
    """Map and correct a partition, judge the accounts, and count the addresses by the bucket that they belong to."""
    plan, options = job.plan, job.plan.options
    assert plan.mapping is not None  # noqa: S101 - a run on a cluster begins with one
    read = read_findings(job, part)
    raw, users = mapped_part(job, part)
    users = without_rows(users, read.loc[read["effect"] == "rejected", SOURCE_ROW])
    corrected = no_findings()
    if len(corrections):
        users, corrected = apply_corrections(users, corrections)
    going_on = rows_going_on(raw, without_rows(users, corrected[SOURCE_ROW]), plan.mapping)
    users = without_rows(users, going_on.loc[going_on["effect"] == "rejected", SOURCE_ROW])
    if SOURCE_KEY in users:
        job.storage.write_frame(of("keys", part.number), users[[SOURCE_KEY]])
    if options.since is not None:  # which looks at rows that are left out, too
        names = [name for name in (*IDENTIFIERS, REGION, SOURCE_KEY) if name in users]
        job.storage.write_frame(of("since-mapped", part.number), users[names])
    check_rules(users, options.survivor, options.shared_phone)
    order = order_evidence(users[ORDER]) if options.survivor in BY_ORDER else OrderEvidence()
    others = values_of_other_columns(raw, plan.mapping, job.nothing)
    users, accounts = judge_accounts(users, inactive=options.inactive)
    job.storage.write_frame(of("mapped", part.number), users)
    _write_findings(
        job, "1", part, collect_findings([read, others, corrected, going_on, step_findings(job, part), accounts])
    )
    judge_addresses(job, part, users, "emails", fast_paths=options.fast_paths)
    unknown = accounts["code"].eq("account_state_unknown").to_numpy(dtype=bool)
    words = word_counts(arrow(accounts.loc[unknown, "value"]))
    if len(words) > _MOST_WORDS:
        raise OptionError(
            f"A column mapped to {ACCOUNT_STATE} has more than {_MOST_WORDS:,} words that are no states of accounts. "
            "Leave it out of the mapping, or say what its words mean."
        )
    plus = plus_evidence(users[PHONE], region=users.get(REGION), default_region=options.default_region)
    return MappedPart(count_columns(raw, plan.mapping, job.nothing), words, plus, order)


def judge_addresses(job: Job, part: Part, users: pd.DataFrame, step: str, *, fast_paths: bool = True) -> None:
    """Judge the emails of users of a partition, and count them by the bucket that they belong to.

    The verdicts are written, and count again once the crowds of the list are known.
    """
    judged = judge_emails(users[EMAIL], allow_special_use=job.plan.options.allow_special_use, fast_paths=fast_paths)
    forms = pa.table({"form": judged.forms, "domain": judged.domains})
    job.storage.write_table(of(step, part.number), forms)
    job.storage.write_table(of(f"{step}-unusable", part.number), judged.unusable)
    addresses, rows = count_addresses(judged)
    counted = pa.table({"address": addresses, "rows": rows})
    pieces = divided(counted, fingerprints(addresses), job.buckets)
    job.storage.write_table(of(f"{step}-counted", part.number), *pieces)


def verdicts_on(job: Job, part: Part, step: str) -> Judged:
    """Read the verdicts on the emails of a partition."""
    forms = job.storage.read_table(of(step, part.number))
    unusable = job.storage.read_table(of(f"{step}-unusable", part.number))
    return Judged(forms["form"], forms["domain"].combine_chunks(), unusable)


def divided(table: pa.Table, prints: Fingerprints, buckets: int) -> list[pa.Table]:
    """Divide rows among buckets by their fingerprints.

    Examples
    --------
    >>> names = pa.array(["ann", "bo", "cy"])
    >>> [len(some) for some in divided(pa.table({"name": names}), fingerprints(names), 1)]
    [3]
    """
    bucket = (prints >> np.uint64(33)) % np.uint64(buckets)
    order = np.argsort(bucket, kind="stable")
    ends = np.cumsum(np.bincount(bucket.astype(np.int64), minlength=buckets))
    ordered = table.take(pa.array(order))
    return [
        ordered.slice(begin, end - begin) for begin, end in zip([0, *ends.tolist()[:-1]], ends.tolist(), strict=True)
    ]


def find_crowds(job: Job, bucket: int, step: str = "emails") -> int:
    """Find the addresses of a bucket that too many rows share to be of one person, and tell which rows have them."""
    tables = [job.storage.read_table(of(f"{step}-counted", part.number), bucket) for part in job.parts]
    counted = pa.concat_tables(tables).group_by("address", use_threads=False).aggregate([("rows", "sum")])
    crowded = counted.filter(pc.greater_equal(counted["rows_sum"], CROWDED_ROWS)).combine_chunks()
    known = crowded["address"].combine_chunks()
    said = [crowded.filter(pc.is_in(known, value_set=table["address"].combine_chunks())) for table in tables]
    job.storage.write_table(of(f"{step}-crowds", bucket), *said)
    return len(crowded)


def crowds_of(job: Job, part: Part, step: str) -> dict[str, int]:
    """Give the addresses of a partition that belong to no one person, with their rows in the whole list."""
    names = [of(f"{step}-crowds", bucket) for bucket in range(job.buckets)]
    told = pa.concat_tables([job.storage.read_table(name, part.number) for name in names])
    return dict(zip(told["address"].to_pylist(), told["rows_sum"].to_pylist(), strict=True))


def identify_part(job: Job, part: Part, plus: PlusEvidence) -> JudgedValues:
    """Normalize the emails and phones of a partition, by what the phones of all partitions show."""
    options = job.plan.options
    users, findings = normalize_part(
        job.storage.read_frame(of("mapped", part.number)),
        default_region=options.default_region,
        lost_plus=job.plan.lost_plus,
        allow_special_use=options.allow_special_use,
        strict=options.strict,
        fast_paths=options.fast_paths,
        evidence=IdentifierEvidence(crowds_of(job, part, "emails"), plus),
        judged=verdicts_on(job, part, "emails"),
    )
    job.storage.write_frame(of("identified", part.number), users)
    whole = _write_findings(job, "2", part, findings)
    shown = field_evidence(
        users, job.plan.applied_schema, default_region=options.default_region, words=options.boolean_words
    )
    return JudgedValues(whole, shown)


def judge_values(job: Job, part: Part, evidence: Mapping[str, ValueEvidence]) -> pd.DataFrame:
    """Normalize the metadata of a partition, and divide the keys of its people among the buckets."""
    options = job.plan.options
    users = job.storage.read_frame(of("identified", part.number))
    users, findings = normalize_fields(
        users, job.plan.applied_schema, fast_paths=options.fast_paths, evidence=evidence, **options.of_values
    )
    job.storage.write_frame(of("normal", part.number), users)
    prints, rows = zip(*(_keys(users, name) for name in IDENTIFIERS), strict=True)
    keys = np.concatenate(prints)
    table = pa.table({"key": keys, "row": np.concatenate(rows)})
    job.storage.write_table(of("people", part.number), *divided(table, keys, job.buckets))
    return _write_findings(job, "3", part, findings)


def _keys(users: pd.DataFrame, name: str) -> tuple[Fingerprints, np.ndarray]:
    """Give the key and the row of each value; different values hardly ever have one key."""
    values = arrow(users[name])
    filled = mask_of(values.is_valid())
    prints = fingerprints(values)[filled]
    return prints ^ _PHONE_KEYS if name == PHONE else prints, users.index.to_numpy(dtype=np.int64)[filled]


def _write_findings(job: Job, step: str, part: Part, findings: pd.DataFrame) -> pd.DataFrame:
    """Write the findings on rows, and return those on the whole partition."""
    whole = findings[SOURCE_ROW].isna().to_numpy(dtype=bool)
    job.storage.write_findings(of(f"findings-{step}", part.number), findings[~whole])
    return findings[whole]

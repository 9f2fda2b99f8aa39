"""Comparison with an earlier export on a cluster: people of today and of then meet by key, email and phone.

The people of then are numbered after the rows of the list, and come in pieces as its rows do. Who shares a key, an
email or a phone is a group, and a group goes to one worker, which compares it by the rules of one machine. Of the rows
that are not exported, such as those that were absorbed, one tells that a value is in the list still.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.group_steps import join_links, send_links
from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.judging_steps import crowds_of, divided, find_crowds, judge_addresses, verdicts_on
from passage_kit.cluster.part_lists import keep_parts
from passage_kit.cluster.people_steps import Meeting, Pieces, buckets_of, pieces_for
from passage_kit.cluster.storage import split_rows, table_of, users_of
from passage_kit.cluster.writing_steps import VALID, Exported, csv_bytes, exported_of
from passage_kit.columns.fingerprints import fingerprints, whole_prints
from passage_kit.columns.users_frame import (
    IDENTIFIERS,
    INTEGER,
    PHONE,
    REGION,
    SOURCE_KEY,
    SOURCE_ROW,
    TEXT,
    arrow,
    filter_rows,
    mask_of,
)
from passage_kit.findings.findings import collect_findings, in_row_order, make_findings
from passage_kit.identifiers.identifiers import IdentifierEvidence, normalize_part
from passage_kit.identifiers.phones.lost_plus import NO_PLUS_EVIDENCE, PlusEvidence
from passage_kit.identifiers.phones.phones import plus_evidence
from passage_kit.preparation.exported import exported_columns, exported_in_parts
from passage_kit.preparation.outputs import SINCE_FILES
from passage_kit.preparation.since import BEFORE, bare_keys, compare_people, judge_absorbed, who
from passage_kit.preparation.since_counts import SinceCounts
from passage_kit.workspace.manifest import Entry
from passage_kit.workspace.stages import stage_table, write_stage
from passage_kit.workspace.workspace import Workspace

_KEY = "source key"  # a column that travels with a row
_LINKED = pa.schema([("key", pa.uint64()), ("row", pa.int64()), ("left out", pa.bool_())])
_MOVED = [(IDENTIFIERS[0], "moved-email"), (IDENTIFIERS[1], "moved-phone")]


class Former(NamedTuple):
    """People exported before: their columns, and the pieces that they come in, as partitions behind those of the list.

    Parameters
    ----------
    columns : list of str
    parts : sequence of Part
    """

    columns: list[str]
    parts: Sequence[Part]

    def beside(self, job: Job) -> Job:
        """Give the job of the groups of people of today and of then, which has a folder of its own."""
        return replace(
            job, parts=[*job.parts, *self.parts], storage=replace(job.storage, run=f"{job.storage.run}/both")
        )


class ComparedBucket(NamedTuple):
    """Partitions and pieces of which a bucket has compared people, and the counts."""

    parts: list[int]
    pieces: list[int]
    counts: SinceCounts


class ComparedPart(NamedTuple):
    """What is left of a partition to export, and how many of these met nobody of then."""

    exported: Exported
    new: int


class SinceOfParts(NamedTuple):
    """What is left to export, the counts, and the people of then."""

    exported: list[Exported]
    counts: SinceCounts
    former: Former


def compare_on_parts(engine: Engine, job: Job) -> SinceOfParts:
    """Leave out who was exported before, and complete the findings of all partitions."""

    def run(name: str, call: Any, among: Sequence[Any], *pieces: Sequence[Any], more: Sequence[Any] = ()) -> list[Any]:
        items = [(job, each, *some, *more) for each, *some in zip(among, *pieces, strict=True)]
        return engine.run(f"since: {name}", call, items)

    [former] = engine.run("since: people of then", read_former, [(job,)])
    former = former._replace(
        parts=keep_parts(job.storage, former.parts)
    )  # a call names them, as it does those of today
    both = former.beside(job)
    both = replace(both, parts=keep_parts(job.storage, both.parts))
    of_job, of_both, then = range(job.buckets), range(both.buckets), range(len(former.parts))
    run("keys of then", divide_former_keys, then, more=[former])
    plus = functools.reduce(operator.add, run("rows left out", judge_left_out, job.parts), NO_PLUS_EVIDENCE)
    run("crowds", find_crowds, of_job, more=["since-emails"])
    run("keys", divide_keys, job.parts, more=[plus])
    run("links", link_people, of_job, more=[former])
    join_links(engine, both, of_job)
    sent = run("send", send_today, job.parts, more=[former])
    sent_then = run("send then", send_former, then, more=[former])
    today, of_then = (pieces_for([each.buckets for each in some], both.buckets) for some in (sent, sent_then))
    compared = run("compare", compare_bucket, of_both, today, of_then, more=[former])
    back = pieces_for([each.parts for each in compared], len(job.parts))
    parts = run("gather", gather_since, job.parts, back, more=[former])
    absorbed = pieces_for(run("absorbed", find_absorbed, of_job), len(job.parts))
    run("findings", complete_findings, job.parts, absorbed)
    flags = pieces_for([each.pieces for each in compared], len(former.parts))
    left = run("gone", gather_former, then, flags, more=[former])
    counts = functools.reduce(operator.add, (each.counts for each in compared), SinceCounts(0, 0, 0, 0))
    counts = replace(counts, new=counts.new + sum(part.new for part in parts), left=sum(left))
    return SinceOfParts([part.exported for part in parts], counts, former)


def read_former(job: Job) -> Former:
    """Read the people exported before, piece by piece, and number them after the rows of the list."""
    assert job.plan.options.since is not None  # noqa: S101 - else nobody asks
    columns, parts, last = [], list[Part](), job.parts[-1].start + job.parts[-1].rows
    for some in exported_in_parts(Workspace(job.plan.options.since)):
        columns.append([str(name) for name in some.columns])
        for at in range(0, len(some), job.rows):
            people = some.iloc[at : at + job.rows]
            piece = len(parts)
            parts.append(Part(len(job.parts) + piece, last, len(people), 0, piece, 0))
            job.storage.write_frame(of("former", piece), people.set_axis(parts[-1].index))
            last += len(people)
    return Former(exported_columns(columns), parts)


def _former(job: Job, piece: int, former: Former) -> pd.DataFrame:
    people = job.storage.read_frame(of("former", piece))
    missing = [name for name in former.columns if name not in people]
    return people.assign(**{name: _blank(people) for name in missing})[former.columns]


def _blank(frame: pd.DataFrame) -> Any:
    return pd.array([None] * len(frame), dtype=TEXT)


def divide_former_keys(job: Job, piece: int, former: Former) -> None:
    """Divide the keys of people of then among the buckets."""
    people = _former(job, piece, former)
    keys = _keys({SOURCE_KEY: bare_keys(people), **people[list(IDENTIFIERS)]}, left_out=False)
    _divide(job, "former-keys", piece, [keys])


def _keys(columns: Mapping[str, pd.Series[Any]], *, left_out: bool) -> pa.Table:
    """Give a number for each value of some rows; different values hardly ever have one number."""
    found = [_LINKED.empty_table()]
    for name, values in columns.items():
        texts = arrow(values.astype(TEXT))
        filled = mask_of(texts.is_valid())
        prints = whole_prints(texts)[filled] ^ fingerprints(pa.array([name]))
        rows = values.index.to_numpy(dtype=np.int64)[filled]
        found.append(pa.table([prints, rows, np.full(len(rows), left_out)], schema=_LINKED))
    return pa.concat_tables(found)


def _divide(job: Job, step: str, number: int, tables: Sequence[pa.Table]) -> None:
    keys = pa.concat_tables(tables).combine_chunks()
    job.storage.write_table(of(step, number), *divided(keys, keys["key"].to_numpy(), job.buckets))


def _left_out(job: Job, part: Part) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give the rows of a partition as mapped, the users among them, and the others."""
    mapped = job.storage.read_frame(of("since-mapped", part.number))
    users = job.storage.read_frame(of(f"{VALID}users", part.number))
    return mapped, users, filter_rows(mapped, ~mapped.index.isin(users.index))


def judge_left_out(job: Job, part: Part) -> PlusEvidence:
    """Judge the emails of the rows that are not exported, and look at their phones."""
    _, _, others = _left_out(job, part)
    judge_addresses(job, part, others, "since-emails")
    return plus_evidence(others[PHONE], region=others.get(REGION), default_region=job.plan.options.default_region)


def divide_keys(job: Job, part: Part, plus: PlusEvidence) -> None:
    """Divide the keys of a partition among the buckets, those of rows that are not exported beside the users'."""
    mapped, users, others = _left_out(job, part)
    options = job.plan.options
    others, _ = normalize_part(
        others,
        default_region=options.default_region,
        lost_plus=job.plan.lost_plus,
        allow_special_use=options.allow_special_use,
        strict=False,
        fast_paths=True,
        evidence=IdentifierEvidence(crowds_of(job, part, "since-emails"), plus),
        judged=verdicts_on(job, part, "since-emails"),
    )
    keys = bare_keys(mapped)
    others = others[list(IDENTIFIERS)].assign(**{_KEY: keys.reindex(others.index)})
    job.storage.write_frame(of("since-others", part.number), others)
    named = {SOURCE_KEY: keys.reindex(users.index), **users[list(IDENTIFIERS)]}
    of_others = {SOURCE_KEY: others[_KEY], **others[list(IDENTIFIERS)]}
    _divide(job, "since-keys", part.number, [_keys(named, left_out=False), _keys(of_others, left_out=True)])


def link_people(job: Job, bucket: int, former: Former) -> int:
    """Link the rows and the people of then that have one key; of rows that are not exported, one for each key."""
    today = pa.concat_tables([job.storage.read_table(of("since-keys", part.number), bucket) for part in job.parts])
    tables = [job.storage.read_table(of("former-keys", piece), bucket) for piece in range(len(former.parts))]
    then = pa.concat_tables([_LINKED.empty_table(), *tables])
    key, row = today["key"].to_numpy(), today["row"].to_numpy()
    left_out = today["left out"].to_numpy(zero_copy_only=False)
    theirs = then["key"].to_numpy()
    repeated = left_out.copy()
    repeated[left_out] = pd.Series(key[left_out]).duplicated().to_numpy(dtype=bool)
    known, met = np.isin(key, theirs) & ~repeated, np.isin(theirs, key)
    keys = np.concatenate([key[known], theirs[met]])
    rows = np.concatenate([row[known], then["row"].to_numpy()[met]])
    number, distinct = pd.factorize(keys)
    first = np.full(len(distinct), np.iinfo(np.int64).max)
    np.minimum.at(first, number, rows)
    apart = rows != first[number]
    send_links(former.beside(job), "links-0", bucket, rows[apart], first[number][apart], both=True)
    return int(apart.sum())


def send_today(job: Job, part: Part, former: Former) -> Meeting:
    """Send the rows of a partition that meet people of then to their buckets."""
    mapped, users, _ = _left_out(job, part)
    users = users.assign(**{_KEY: bare_keys(mapped).reindex(users.index)})
    both = {"since-sent": users, "since-sent-others": job.storage.read_frame(of("since-others", part.number))}
    return _send(job, former, part.number, part.number, both)


def _send(job: Job, former: Former, group: int, number: int, frames: Mapping[str, pd.DataFrame]) -> Meeting:
    buckets = {step: buckets_of(former.beside(job), group, frame.index) for step, frame in frames.items()}
    every = np.concatenate([*buckets.values()])
    found = np.unique(every[every >= 0]).tolist()
    for step, frame in frames.items() if found else ():
        table = table_of(frame)
        job.storage.write_table(of(step, number), *(table.filter(pa.array(buckets[step] == each)) for each in found))
    return Meeting(number, found)


def send_former(job: Job, piece: int, former: Former) -> Meeting:
    """Send the people of a piece that meet rows of today to their buckets."""
    people = _former(job, piece, former)
    return _send(job, former, former.parts[piece].number, piece, {"former-sent": people})


def compare_bucket(job: Job, bucket: int, today: Pieces, then: Pieces, former: Former) -> ComparedBucket:
    """Compare the people of a bucket, and send what is left of them back to their partitions and pieces."""
    if not then:
        return ComparedBucket([], [], SinceCounts(0, 0, 0, 0))
    users, others = (_received(job, step, today) for step in ("since-sent", "since-sent-others"))
    exported = _received(job, "former-sent", then)
    keys = pd.concat([users[_KEY], others[_KEY]])
    found = compare_people(
        users.drop(columns=_KEY), exported.reset_index(drop=True), keys=keys, others=others.drop(columns=_KEY)
    )
    back = split_rows(found.users, job.starts)
    changed = found.identifiers.astype({SOURCE_ROW: INTEGER})
    said, moved = (split_rows(_by_row(frame), job.starts) for frame in (found.findings, changed))
    parts = [at for at in range(len(job.parts)) if len(back[at]) or len(said[at])]
    if parts:
        job.storage.write_frame(of("since-back", bucket), *(back[at] for at in parts))
        job.storage.write_findings(of("since-said", bucket), *(said[at] for at in parts))
        job.storage.write_frame(of("since-moved", bucket), *(moved[at] for at in parts))
    flags = pd.DataFrame({"gone": found.is_gone, "again": found.is_again}, index=exported.index)
    of_pieces = split_rows(flags, [part.start for part in former.parts])
    pieces = [at for at, some in enumerate(of_pieces) if len(some)]
    tables = [pa.Table.from_pandas(of_pieces[at].reset_index(names="row"), preserve_index=False) for at in pieces]
    job.storage.write_table(of("since-flags", bucket), *(table.replace_schema_metadata(None) for table in tables))
    return ComparedBucket(parts, pieces, replace(found.counts, left=0))


def _received(job: Job, step: str, sent: Pieces) -> pd.DataFrame:
    return users_of(pa.concat_tables(_read(job, step, sent)))


def _read(job: Job, step: str, sent: Pieces) -> list[pa.Table]:
    return [job.storage.read_table(of(step, number), piece) for number, piece in sent]


def _by_row(findings: pd.DataFrame) -> pd.DataFrame:
    rows = pd.Index(findings[SOURCE_ROW].to_numpy(dtype=np.int64), name="row")
    return findings.set_index(rows).sort_index(kind="stable")


def gather_since(job: Job, part: Part, compared: Pieces, former: Former) -> ComparedPart:
    """Put the users of a partition together: those who met nobody of then, and those left of the buckets."""
    valid = job.storage.read_frame(of(f"{VALID}users", part.number))
    alone = filter_rows(valid, buckets_of(former.beside(job), part.number, valid.index) < 0)
    back, said, moved = (_read(job, f"since-{step}", compared) for step in ("back", "said", "moved"))
    users = users_of(pa.concat_tables([table_of(alone), *back])).sort_index()
    job.storage.write_frame(of("users", part.number), users)
    found = in_row_order(collect_findings(table.to_pandas(types_mapper=pd.ArrowDtype) for table in said))
    job.storage.write_findings(of("since-said-of", part.number), found)
    _write_out(job, part, found)
    changed = [users_of(table) for table in moved]
    for field, step in _MOVED:
        some = [filter_rows(frame, frame["field"].eq(field).to_numpy(dtype=bool)) for frame in changed]
        lines = pd.concat(some).sort_index(kind="stable") if some else None
        header = b"" if lines is None else csv_bytes(lines.iloc[:0])
        job.storage.write(of(step, part.number), b"" if lines is None else csv_bytes(lines)[len(header) :])
    return ComparedPart(exported_of(users), len(alone))


def _write_out(job: Job, part: Part, found: pd.DataFrame) -> None:
    """Tell the buckets of people which of their rows are left out, and why."""
    out = found[found["effect"].eq("rejected").to_numpy(dtype=bool)].drop_duplicates(SOURCE_ROW)
    rows = pd.Index(out[SOURCE_ROW].to_numpy(dtype=np.int64))
    bucket = buckets_of(job, part.number, rows)
    table = pa.table({"row": rows.to_numpy(), "code": arrow(out["code"]).combine_chunks()})
    pieces = (table.filter(pa.array(bucket == each)) for each in range(job.buckets))
    job.storage.write_table(of("since-out", part.number), *pieces)


def find_absorbed(job: Job, bucket: int) -> list[int]:
    """Leave out the rows that were absorbed into somebody who is left out; give the partitions that have some."""
    account = job.storage.read_table(of("account", bucket))
    rows, into = account["row"].to_numpy(), account["into"].to_numpy()
    gone = rows != into
    out = pa.concat_tables([job.storage.read_table(of("since-out", part.number), bucket) for part in job.parts])
    absorbed = make_findings(rows[gone], field=None, code="duplicate_email", other_row=into[gone])
    left_out = make_findings(out["row"].to_numpy(), field="", code=out["code"].to_pylist())
    said = split_rows(_by_row(judge_absorbed(absorbed, left_out)), job.starts)
    parts = [at for at in range(len(job.parts)) if len(said[at])]
    if parts:
        job.storage.write_findings(of("since-absorbed", bucket), *(said[at] for at in parts))
    return parts


def complete_findings(job: Job, part: Part, absorbed: Pieces) -> int:
    """Put all findings on the rows of a partition together."""
    judged, said = (job.storage.read_findings(of(step, part.number)) for step in (f"{VALID}findings", "since-said-of"))
    left_out = [job.storage.read_findings(of("since-absorbed", bucket), piece) for bucket, piece in absorbed]
    findings = in_row_order(collect_findings([judged, said, *left_out]))
    job.storage.write_findings(of("findings", part.number), findings)
    return len(findings)


def gather_former(job: Job, piece: int, compared: Pieces, former: Former) -> int:
    """Write who of a piece is gone, and who is not exported again."""
    people = _former(job, piece, former)
    gone = buckets_of(former.beside(job), former.parts[piece].number, people.index) < 0
    again = np.zeros(len(people), dtype=bool)
    for flags in _read(job, "since-flags", compared):
        at = people.index.get_indexer(flags["row"].to_numpy())
        gone[at] = flags["gone"].to_numpy(zero_copy_only=False)
        again[at] = flags["again"].to_numpy(zero_copy_only=False)
    lines = who(filter_rows(people, gone))
    job.storage.write(of("gone", piece), csv_bytes(lines)[len(csv_bytes(lines.iloc[:0])) :])
    job.storage.write_frame(of(BEFORE, piece), filter_rows(people, ~again))
    return int(gone.sum())


def write_since(job: Job, former: Former) -> dict[str, Entry]:
    """Write who is gone, whose identifiers have changed, and who is not exported again."""
    storage = job.storage
    nobody = pd.DataFrame({name: pd.array([], dtype=TEXT) for name in former.columns})
    compared = compare_people(nobody, nobody, keys=bare_keys(nobody), others=nobody)
    gone = [of("gone", piece) for piece in range(len(former.parts))]
    moved = [of(step, part.number) for _, step in _MOVED for part in job.parts]
    written = {}
    for name, empty, pieces in zip(SINCE_FILES, (who(nobody), compared.identifiers), (gone, moved), strict=True):
        lines = (storage.read(piece) for piece in pieces)
        path = f"out/{name}"
        written[path] = storage.write_joined(path, (each for some in ([csv_bytes(empty)], lines) for each in some))
    last = job.parts[-1].start + job.parts[-1].rows
    frames = (storage.read_frame(of(BEFORE, piece)) for piece in range(len(former.parts)))
    numbered = (frame.set_axis(pd.Index(frame.index.to_numpy() - last - 1, dtype="int64")) for frame in frames)
    tables = map(stage_table, numbered if former.parts else [nobody])
    path = f"stages/{BEFORE}.parquet"
    written[path] = storage.write_by(path, lambda made: write_stage(made, tables))
    return written

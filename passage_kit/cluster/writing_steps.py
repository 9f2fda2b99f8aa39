"""Validation, account and outputs of a partition on a worker."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.cluster.alike_steps import ALIKE
from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.people_steps import Pieces
from passage_kit.cluster.reading_steps import raw_part
from passage_kit.cluster.records import dump, load
from passage_kit.cluster.storage import findings_table, table_of
from passage_kit.columns.fingerprints import whole_prints
from passage_kit.columns.users_frame import SOURCE_KEY, SOURCE_ROW, TEXT, arrow, filter_rows
from passage_kit.export.console_csv import write_console_parts
from passage_kit.export.csv_files import write_for_people
from passage_kit.export.formula_warnings import warn_of_formulas
from passage_kit.export.report_facts import ClusterFacts, clusters_of, identifiers_of, sent_columns, type_name
from passage_kit.export.shown_findings import FindingKinds, kinds_of
from passage_kit.files.file_set import FileSet
from passage_kit.findings.findings import collect_findings, in_row_order, make_findings
from passage_kit.findings.funnel import Funnel
from passage_kit.findings.ledger import KEPT, build_ledger
from passage_kit.findings.notices import Notices, count_shared, exported_keys, notices
from passage_kit.metadata.pandera_schema import validate_normalized
from passage_kit.preparation.prepared import Prepared
from passage_kit.preparation.since import BEFORE
from passage_kit.reading.readers import UserList
from passage_kit.workspace.manifest import MANIFEST, Entry
from passage_kit.workspace.stages import stage_table, write_stage

STAGES = ("users", "findings", "ledger")
VALID = "valid-"  # begins the names of what is written of users before they are compared with an earlier export


class Exported(NamedTuple):
    """What is left of a partition to export.

    Parameters
    ----------
    users : int
    filled : dict of str to int
        Values of each column that goes to Passage.
    types : dict of str to str
        Their field types.
    """

    users: int
    filled: dict[str, int]
    types: dict[str, str]


class Accounted(NamedTuple):
    """Counts of a partition, and the files that were written of it."""

    funnel: Funnel
    notices: Notices
    files: dict[str, Entry]


class AccountedPeople(NamedTuple):
    """Counts of the people of a bucket: the merged ones, and those whose accounts are all closed."""

    clusters: ClusterFacts
    inactive: int


def validate_part(job: Job, part: Part, merged: Pieces) -> Exported:
    """Validate the people of a partition, and collect all findings on its rows.

    People of several rows, or that met others, who are rejected in the end are told to the buckets that merged them.
    """
    schema, options = job.plan.applied_schema, job.plan.options
    people = job.storage.read_frame(of("gathered", part.number))
    users, invalid = validate_normalized(people, schema, strict=options.strict)
    warned = warn_of_formulas(users, schema.columns)
    found = [job.storage.read_findings(of(f"findings-{step}", part.number)) for step in ("1", "2", "3", "4-of")]
    suggested = job.storage.read_findings(of(ALIKE, 0), part.number)
    findings = in_row_order(collect_findings([*found, suggested, invalid, warned]))
    before = VALID if options.since is not None else ""  # they are compared with an earlier export then
    job.storage.write_findings(of(f"{before}findings", part.number), findings)
    job.storage.write_frame(of(f"{before}users", part.number), users)
    gone = people.index.difference(users.index).to_numpy()
    lost = {
        bucket: np.intersect1d(gone, job.storage.read_table(of("merged", bucket), piece).column(0).to_numpy())
        for bucket, piece in merged
    }
    none = np.zeros(0, dtype=np.int64)
    tables = [pa.table({"row": lost.get(bucket, none)}) for bucket in range(job.buckets)]
    job.storage.write_table(of("lost", part.number), *tables)
    return exported_of(users)


def exported_of(users: pd.DataFrame) -> Exported:
    """Count the users of a partition that go to Passage."""
    sent = sent_columns(users)
    return Exported(
        len(users),
        {str(name): int(sent[name].notna().sum()) for name in sent},
        {str(name): type_name(sent[name].dtype) for name in sent},
    )


def clear_former(job: Job) -> None:
    """Remove what a former run left under the names of this one's files, the manifest first."""
    storage = job.storage
    storage.remove(f"stages/{MANIFEST}")
    for name in (*STAGES, BEFORE):
        storage.remove(f"stages/{name}")
        storage.remove(f"stages/{name}.parquet")
    storage.remove("out")


def account_part(job: Job, part: Part, source: UserList) -> Accounted:
    """Account for every row of a partition, and write its part of the data sets."""
    told = [job.storage.read_table(of("lost-of", bucket), part.number) for bucket in range(job.buckets)]
    lost = pa.concat_tables(told)["into"].to_numpy()
    users = job.storage.read_frame(of("users", part.number))
    findings = job.storage.read_findings(of("findings", part.number))
    ledger = _ledger(job, part, users, findings, lost)
    source = UserList(raw_part(job, part), findings.iloc[:0], source.name, source.kind)
    prepared = Prepared(users, findings, ledger, source, job.plan)
    met = job.storage.read_table(of("groups", part.number))["row"].to_numpy()
    alone = filter_rows(ledger, ~np.isin(ledger.index.to_numpy(), met))
    name = f"part-{part.number:05d}.parquet"
    written = {
        f"stages/users/{name}": table_of(users),
        f"stages/findings/{name}": findings_table(findings),
        f"stages/ledger/{name}": table_of(ledger),
    }
    files = {path: job.storage.write_parquet(path, table) for path, table in written.items()}
    rejected = prepared.rejected_rows
    header = csv_bytes(rejected.iloc[:0])
    job.storage.write_frame(of("ledger", part.number), ledger)
    if _has_keys(job):
        _send_keys(job, part, exported_keys(ledger))
    job.storage.write(of("rejected-header", part.number), header)
    job.storage.write(of("rejected", part.number), csv_bytes(rejected)[len(header) :])
    job.storage.write(of("kinds", part.number), dump(kinds_of(findings)))
    return Accounted(prepared.funnel, notices(alone, findings), files)


def _send_keys(job: Job, part: Part, keys: pd.Series[str]) -> None:
    """Send the keys of exported users to buckets, equal ones to the same."""
    texts = arrow(keys)
    bucket = whole_prints(texts) % np.uint64(job.buckets)
    tables = [pa.table({"key": texts.filter(pa.array(bucket == number))}) for number in range(job.buckets)]
    job.storage.write_table(of("exported-keys", part.number), *tables)


def count_shared_keys(job: Job, bucket: int) -> int:
    """Count the exported users of a bucket of keys who have the key of another one."""
    if not _has_keys(job):
        return 0
    sent = [job.storage.read_table(of("exported-keys", part.number), bucket)["key"] for part in job.parts]
    return count_shared(
        pd.Series(pa.chunked_array([chunk for keys in sent for chunk in keys.chunks], pa.string()), dtype=TEXT)
    )


def _has_keys(job: Job) -> bool:
    return job.plan.mapping is not None and SOURCE_KEY in job.plan.mapping


def add_kinds(job: Job, whole: FindingKinds) -> FindingKinds:
    """Add up the findings of all partitions, behind those on the whole source, with the first of each kind."""
    kinds = whole
    for part in job.parts:
        kinds += load(job.storage.read(of("kinds", part.number)))
    return kinds


def _ledger(job: Job, part: Part, users: pd.DataFrame, findings: pd.DataFrame, lost: np.ndarray) -> pd.DataFrame:
    """Build the ledger of a partition, with the survivors in other partitions beside it."""
    absorbed = findings["effect"].eq("absorbed").to_numpy(dtype=bool)
    into = findings.loc[absorbed, "other_row"].to_numpy(dtype=np.int64)
    elsewhere = np.setdiff1d(into, part.index.to_numpy())
    stays = pd.DataFrame(index=pd.Index(np.setdiff1d(elsewhere, lost), name=SOURCE_ROW))
    gone = make_findings(np.intersect1d(elsewhere, lost), field=None, code="no_identifier")
    read = part.index.append(pd.Index(elsewhere, name=SOURCE_ROW))
    beside = pd.DataFrame(index=users.index.append(stays.index))
    keys = job.storage.read_frame(of("keys", part.number))[SOURCE_KEY] if _has_keys(job) else None
    ledger = build_ledger(read, beside, collect_findings([findings, gone]), source_key=keys)
    return ledger.iloc[: part.rows]


def account_people(job: Job, bucket: int) -> AccountedPeople:
    """Count the people of a bucket who go out, and tell the partitions of their rows who does not."""
    table = job.storage.read_table(of("account", bucket))
    rows, into, closed = (table[name].to_numpy(zero_copy_only=False) for name in ("row", "into", "closed"))
    said = [job.storage.read_table(of("lost", part.number), bucket)["row"] for part in job.parts]
    if job.plan.options.since is not None:
        said += [job.storage.read_table(of("since-out", part.number), bucket)["row"] for part in job.parts]
    goes = ~np.isin(into, np.concatenate([gone.to_numpy() for gone in said]))
    _tell_lost(job, bucket, rows[~goes], into[~goes])
    rows, into, closed = rows[goes], into[goes], closed[goes]
    absorbed = rows != into
    people = pd.DataFrame(
        {"disposition": KEPT, "survivor_row": pd.array(into, dtype="int64[pyarrow]")},
        index=pd.Index(rows, name=SOURCE_ROW),
    )
    inactive = make_findings(rows[closed], field=None, code="account_inactive")
    return AccountedPeople(clusters_of(rows[absorbed], into[absorbed]), notices(people, inactive).inactive)


def _tell_lost(job: Job, bucket: int, rows: np.ndarray, into: np.ndarray) -> None:
    """Write who is rejected in the end, by the partitions of the rows that they absorbed."""
    order = np.argsort(rows, kind="stable")
    at = np.searchsorted(rows[order], job.starts[1:], side="right").tolist()
    ordered = into[order]
    tables = [pa.table({"into": ordered[begin:end]}) for begin, end in zip([0, *at], [*at, len(rows)], strict=True)]
    job.storage.write_table(of("lost-of", bucket), *tables)


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """Give the lines of a table as people open it in a spreadsheet."""
    with tempfile.TemporaryDirectory(prefix="passage-kit-") as folder:
        path = Path(folder, "rows.csv")
        write_for_people(rows, path)
        return path.read_bytes()


def write_console(job: Job, name: str, pieces: Sequence[tuple[int, int, int]]) -> dict[str, Entry]:
    """Write one file for the Console from pieces of partitions: of each its number, its first row and how many rows."""
    frames = [job.storage.read_frame(of("users", part)).iloc[at : at + rows] for part, at, rows in pieces]
    users = pd.concat(frames)
    plan = job.plan
    with_metadata = plan.template is not None or not plan.options.identifiers_only
    with tempfile.TemporaryDirectory(prefix="passage-kit-") as folder:
        path = Path(folder, "console.csv")
        with FileSet() as files:
            write_console_parts(
                files, users, path, schema=plan.schema if with_metadata else None, template=plan.template
            )
        return {name: job.storage.write(name, path.read_bytes())}


def write_whole_stage(job: Job, name: str) -> dict[str, Entry]:
    """Write a data set as the stage of a workspace, part by part, for the steps that one machine does next."""
    path = f"stages/{name}.parquet"
    return {path: job.storage.write_by(path, lambda made: write_stage(made, _stage_tables(job, name)))}


def _stage_tables(job: Job, name: str) -> Iterator[pa.Table]:
    schema: pa.Schema | None = None
    read = job.storage.read_findings if name == "findings" else job.storage.read_frame
    steps = [of("whole-source", 0)] if name == "findings" else []
    for path in [*steps, *(of(name, part.number) for part in job.parts)]:
        table = stage_table(read(path), schema)
        schema = table.schema
        yield table


def write_rejected(job: Job, name: str) -> dict[str, Entry]:
    """Write the rejected rows of all partitions into one file, one partition after the other."""
    names = [of("rejected-header", 0), *(of("rejected", part.number) for part in job.parts)]
    return {name: job.storage.write_joined(name, map(job.storage.read, names))}


def identifiers_in(job: Job, part: Part, rows: Sequence[int]) -> dict[int, list[str]]:
    """Give the identifiers of some users of a partition."""
    users = job.storage.read_frame(of("users", part.number))
    return identifiers_of(filter_rows(users, users.index.isin(list(rows))))

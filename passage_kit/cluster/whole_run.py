"""Steps of a preparation on a cluster: those of one machine on partitions, and between them the evidence of all."""

from __future__ import annotations

import functools
import operator
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from passage_kit.cluster.added_evidence import (
    add_evidence,
    add_whole,
    counts_of_all,
    cut,
    filled_by_part,
    profile_of_all,
    say_states,
    words_of_all,
)
from passage_kit.cluster.alike_steps import suggest_alike
from passage_kit.cluster.engine import Engine
from passage_kit.cluster.fixed_steps import FixesOfParts, find_fixes
from passage_kit.cluster.group_steps import find_groups
from passage_kit.cluster.job import Job, of
from passage_kit.cluster.judging_steps import find_crowds, identify_part, judge_values, map_part
from passage_kit.cluster.part_lists import keep_parts
from passage_kit.cluster.people_steps import Pieces, gather_part, merge_bucket, pieces_for, send_rows
from passage_kit.cluster.reading_steps import FileRead
from passage_kit.cluster.result import PreparedOnCluster
from passage_kit.cluster.resuming import CLEAR
from passage_kit.cluster.since_steps import compare_on_parts, write_since
from passage_kit.cluster.source_files import read_files
from passage_kit.cluster.storage import Storage, findings_table
from passage_kit.cluster.suggested_mapping import suggest_of_parts
from passage_kit.cluster.value_steps_on_parts import apply_steps
from passage_kit.cluster.writing_steps import (
    STAGES,
    Exported,
    account_part,
    account_people,
    add_kinds,
    clear_former,
    count_shared_keys,
    identifiers_in,
    validate_part,
    write_console,
    write_rejected,
    write_whole_stage,
)
from passage_kit.columns.users_frame import IDENTIFIERS, users_frame
from passage_kit.export.console_csv import USERS_PER_FILE
from passage_kit.export.report import page_of
from passage_kit.export.report_facts import ClusterFacts, ReportFacts
from passage_kit.export.shown_findings import FindingKinds, kinds_of
from passage_kit.findings.findings import collect_findings, no_findings
from passage_kit.findings.funnel import Funnel
from passage_kit.findings.ledger import build_ledger
from passage_kit.findings.notices import Notices, notices
from passage_kit.identifiers.phones.lost_plus import NO_PLUS_EVIDENCE
from passage_kit.mapping.changed_columns import known_columns
from passage_kit.mapping.column_counts import say_of_columns
from passage_kit.mapping.mapped_users import check_columns
from passage_kit.mapping.mapping import FieldMapping, MappingChoices
from passage_kit.metadata.dates import OrderEvidence
from passage_kit.preparation.applied_fixes import AppliedFixes
from passage_kit.preparation.outputs import CONSOLE_FILE, REJECTED_FILE, REPORT_FILE
from passage_kit.preparation.run import changed_columns, mapped_plan, not_in_parts
from passage_kit.reading.readers import UserList
from passage_kit.workspace.lock import LOCK
from passage_kit.workspace.manifest import APPLIED_PLAN, MANIFEST, Entry, Manifest
from passage_kit.workspace.workspace import Workspace


class _Totals(NamedTuple):
    """What the account of all partitions adds up to."""

    funnel: Funnel
    notices: Notices
    kinds: FindingKinds
    clusters: ClusterFacts
    shared_keys: int
    files: dict[str, Entry]


class WholeRun:
    """One preparation: each method is a step, which asks the engine for calls and adds up what they return.

    Parameters
    ----------
    engine : Engine
    job : Job
    given : FieldMapping, mapping or None
        The mapping of the call, or origins that replace those of the plan's.
    address : str
        The source, with the secrets of a URL.
    homes : sequence of Workspace or None
        Workspace of the run and folder of its plan, which may hold corrections and decisions.
    """

    def __init__(
        self,
        engine: Engine,
        job: Job,
        given: FieldMapping | Mapping[str, Any] | None,
        address: str,
        homes: Sequence[Workspace | None],
    ) -> None:
        self._engine, self._job, self._given, self._address = engine, job, given, address
        self._workspace, self._of_plan = homes
        self._stepped = no_findings()
        self._whole: list[pd.DataFrame] = []  # findings on the whole source, in the order of one machine

    def prepare(self) -> PreparedOnCluster:
        """Run all steps."""
        former = self._job.plan
        files, source = self._read()
        fixes = find_fixes(self._engine, self._job, source, former, self._workspace, self._of_plan)
        merged = self._merge(self._judge(fixes), fixes)
        exported = self._with_pieces("validate", validate_part, merged)
        since = None
        if self._job.plan.options.since is not None:
            since = compare_on_parts(self._engine, self._job)
            exported = since.exported
        totals = self._account(exported, source)
        written = {**totals.files, **self._console(exported)}
        [rejected] = self._engine.run("rejected rows", write_rejected, [(self._job, f"out/{REJECTED_FILE}")])
        written |= rejected
        written |= self._stages()
        if since is not None:
            [files_since] = self._engine.run("since", write_since, [(self._job, since.former)])
            written |= files_since
        written |= self._report(files, source, exported, totals)
        storage = self._job.storage
        if self._workspace is None:
            complete_address(storage, fixes.applied)
        else:
            self._workspace.make()
        storage.write(f"stages/{MANIFEST}", Manifest(written).to_json().encode())
        by_code: dict[str, int] = {}
        for (code, _), (count, _) in sorted(totals.kinds.counts.items()):
            by_code[code] = by_code.get(code, 0) + count
        paths = [storage.path(name) for name in sorted(written) if name.startswith("out/")]
        whole = collect_findings(self._whole)
        paths.append(storage.path(f"out/{REPORT_FILE}"))
        plan = replace(self._job.plan, source=self._address)
        if self._workspace is not None:
            fixes.applied.save(self._workspace)
        counts = None if since is None else since.counts
        return PreparedOnCluster(
            totals.funnel,
            totals.notices,
            whole,
            by_code,
            source,
            plan,
            paths,
            storage.root,
            totals.shared_keys,
            counts,
        )

    def _for_each(self, name: str, call: Any, *more: Any) -> list[Any]:
        """Call a function for each partition."""
        return self._engine.run(name, call, [(self._job, part, *more) for part in self._job.parts])

    def _with_pieces(self, name: str, call: Any, pieces: Sequence[Pieces]) -> list[Any]:
        """Call a function for each partition with what there is for it."""
        items = [(self._job, part, some) for part, some in zip(self._job.parts, pieces, strict=True)]
        return self._engine.run(name, call, items)

    def _for_buckets(self, name: str, call: Any, *more: Any) -> list[Any]:
        return self._engine.run(name, call, [(self._job, bucket, *more) for bucket in range(self._job.buckets)])

    def _read(self) -> tuple[list[FileRead], UserList]:
        """Read the files, and complete the plan as on one machine."""
        job, plan = self._job, self._job.plan
        files, source = read_files(self._engine, job, self._address)
        columns = [str(name) for name in source.users.columns]
        parts = keep_parts(job.storage, cut(files, job.rows))
        stepped = apply_steps(self._engine, replace(job, columns=columns, parts=parts), files)
        job = stepped.job
        now = replace(source, users=users_frame({name: [] for name in job.mapped_columns}))
        changes = changed_columns(plan, now, self._given)
        if plan.mapping is None:
            plan = replace(plan, mapping=suggest_of_parts(self._engine, job, stepped.filled, source.layout))
        plan = mapped_plan(plan, now, self._given if isinstance(self._given, MappingChoices) else MappingChoices())
        assert plan.mapping is not None  # noqa: S101 - mapped_plan sets it
        check_columns(plan.mapping, now.users)  # before a worker would
        plan = replace(plan, sha256=source.sha256, columns=known_columns(source.users.columns))
        self._job = replace(job, plan=plan)
        self._job = replace(self._job, nothing=words_of_all(self._engine, self._job, stepped.words))
        self._whole += [changes.findings(), *(file.whole for file in files)]
        self._stepped = stepped.said
        return files, source

    def _judge(self, fixes: FixesOfParts) -> OrderEvidence:
        """Judge every partition by the evidence of all; give that of the order of the rows."""
        plan, job = self._job.plan, self._job
        assert plan.mapping is not None  # noqa: S101 - mapped_plan sets it
        items = [(job, part, own) for part, own in zip(job.parts, fixes.corrections, strict=True)]
        mapped = self._engine.run("map", map_part, items)
        unmapped = say_of_columns(counts_of_all(mapped), plan.mapping, job.nothing)
        self._whole += [not_in_parts(unmapped, plan), fixes.corrected, self._stepped, say_states(mapped)]
        self._for_buckets("crowds", find_crowds)
        plus = functools.reduce(operator.add, (part.plus for part in mapped), NO_PLUS_EVIDENCE)
        identified = self._for_each("identifiers", identify_part, plus)
        self._whole.append(add_whole((part.whole for part in identified), IDENTIFIERS))
        evidence = add_evidence(part.evidence for part in identified)
        said = self._for_each("values", judge_values, evidence)
        self._whole.append(add_whole(said, plan.applied_schema.columns))
        order: OrderEvidence = functools.reduce(operator.add, (part.order for part in mapped))
        return order

    def _merge(self, order: OrderEvidence, fixes: FixesOfParts) -> Sequence[Pieces]:
        """Bring rows together that may be one person, merge them, and look for those that look alike."""
        job = self._job
        buckets = find_groups(self._engine, job, fixes.decided)
        sent = pieces_for([each.buckets for each in self._for_each("send", send_rows)], job.buckets)
        decisions = [fixes.decisions_of(bucket, buckets) for bucket in range(job.buckets)]
        items = [(job, bucket, some, order, decisions[bucket]) for bucket, some in enumerate(sent)]
        merged = self._engine.run("merge", merge_bucket, items)
        self._whole += [fixes.unplaced, *(each.nowhere for each in merged)]
        back = pieces_for([each.parts for each in merged], len(job.parts))
        self._with_pieces("gather", gather_part, back)
        suggest_alike(self._engine, job, fixes.apart)
        return back

    def _account(self, exported: Sequence[Exported], source: UserList) -> _Totals:
        """Account for every row; from here on, outputs appear, which are complete once their manifest is there."""
        buckets = self._for_buckets("people", account_people)
        self._engine.run(CLEAR, clear_former, [(self._job,)])
        parts = self._for_each("account", account_part, replace(source, findings=source.findings.iloc[:0]))
        whole = collect_findings(self._whole)
        [kinds] = self._engine.run("kinds of findings", add_kinds, [(self._job, kinds_of(whole))])
        nobody = build_ledger(self._no_rows(), pd.DataFrame(index=self._no_rows()), whole)
        said = functools.reduce(operator.add, (part.notices for part in parts), notices(nobody, whole))
        files: dict[str, Entry] = {}
        for part in parts:
            files |= part.files
        return _Totals(
            functools.reduce(operator.add, (part.funnel for part in parts)),
            replace(said, inactive=said.inactive + sum(each.inactive for each in buckets)),
            kinds,
            functools.reduce(operator.add, (each.clusters for each in buckets)),
            sum(self._for_buckets("shared keys", count_shared_keys)),
            files,
        )

    def _no_rows(self) -> pd.Index[int]:
        return self._job.parts[0].index[:0]

    def _console(self, exported: Sequence[Exported]) -> dict[str, Entry]:
        """Write the files for the Console, numbered and cut as on one machine."""
        counts = [part.users for part in exported]
        slices = list(console_slices(counts))
        stem, _, ending = CONSOLE_FILE.partition(".")
        names = [f"{stem}-{number:03d}.{ending}" for number in range(1, len(slices) + 1)]
        names = [CONSOLE_FILE] if len(slices) == 1 else names
        items = [(self._job, f"out/{name}", pieces) for name, pieces in zip(names, slices, strict=True)]
        written: dict[str, Entry] = {}
        for files in self._engine.run("console", write_console, items):
            written |= files
        return written

    def _stages(self) -> dict[str, Entry]:
        """Write the stages of a workspace, so that a push and a write-back can follow."""
        job, written = self._job, dict[str, Entry]()
        job.storage.write_findings(of("whole-source", 0), collect_findings(self._whole))
        for files in self._engine.run("stages", write_whole_stage, [(job, name) for name in STAGES]):
            written |= files
        return written

    def _report(
        self, files: Sequence[FileRead], source: UserList, exported: Sequence[Exported], totals: _Totals
    ) -> dict[str, Entry]:
        """Write the report and the plan; of these, later steps add to the report, and a person changes the plan."""
        job, plan = self._job, self._job.plan
        assert plan.mapping is not None  # noqa: S101 - mapped_plan sets it
        rows = [part.rows for part in job.parts]
        before = profile_of_all(self._engine, job, filled_by_part(files, job.parts, job.columns), rows)
        users = [part.users for part in exported]
        after = profile_of_all(self._engine, job, [part.filled for part in exported], users, exported[0].types)
        whole = collect_findings(self._whole)
        page = page_of(
            ReportFacts(
                source=source,
                before=before,
                after=after,
                kinds=totals.kinds,
                not_stored=whole[whole["code"].eq("column_not_stored").to_numpy(dtype=bool)],
                clusters=totals.clusters,
                identifiers=self._identifiers([cluster.survivor_row for cluster in totals.clusters.largest]),
                funnel=totals.funnel,
                notices=totals.notices,
                mapping=plan.mapping,
                settings=plan.options.choices,
                schema=plan.schema,
            )
        )
        text = plan.to_toml(job.storage.root).encode()
        job.storage.write(f"out/{REPORT_FILE}", page.to_html().encode())
        job.storage.write("stages/report.json", page.to_json().encode())
        job.storage.write("plan.toml", text)
        files_of_run = {APPLIED_PLAN: job.storage.write(APPLIED_PLAN, text)}
        of_source = job.storage.write_parquet("stages/findings/whole.parquet", findings_table(whole))
        return files_of_run | {"stages/findings/whole.parquet": of_source}

    def _identifiers(self, rows: Sequence[int]) -> dict[int, list[str]]:
        """Look up the identifiers of some users."""
        at = np.searchsorted(self._job.starts, rows, side="left") - 1
        items = [
            (self._job, self._job.parts[number], [row for row, of in zip(rows, at, strict=True) if of == number])
            for number in sorted(set(at.tolist()))
        ]
        found: dict[int, list[str]] = {}
        for some in self._engine.run("identifiers of people", identifiers_in, items):
            found |= some
        return found


def complete_address(storage: Storage, applied: AppliedFixes) -> None:
    """Write what a copy of an address needs besides to be a workspace: fixes taken over, and that git ignores it.

    Examples
    --------
    >>> import tempfile
    >>> storage = Storage(tempfile.mkdtemp())
    >>> complete_address(storage, AppliedFixes())
    >>> storage.size(".gitignore") > 0
    True
    """
    with tempfile.TemporaryDirectory(prefix="passage-kit-") as folder:
        workspace = Workspace(folder).make()
        applied.save(workspace)
        for path in sorted(workspace.folder.rglob("*")):
            if path.is_file() and not path.name.startswith(LOCK):
                storage.write(path.relative_to(folder).as_posix(), path.read_bytes())


def console_slices(counts: Sequence[int]) -> Iterator[list[tuple[int, int, int]]]:
    """Cut the users of all partitions into files: for each, number, first user and number of users of its partitions.

    Examples
    --------
    >>> list(console_slices([20_000, 15_000]))
    [[(0, 0, 20000), (1, 0, 10000)], [(1, 10000, 5000)]]
    """
    pieces: list[tuple[int, int, int]] = []
    room, cut_any = USERS_PER_FILE, False
    for part, count in enumerate(counts):
        at = 0
        while at < count:
            if not room:
                yield pieces
                pieces, room, cut_any = [], USERS_PER_FILE, True
            some = min(room, count - at)
            pieces.append((part, at, some))
            at, room = at + some, room - some
    if pieces or not cut_any:
        yield pieces or [(0, 0, 0)]

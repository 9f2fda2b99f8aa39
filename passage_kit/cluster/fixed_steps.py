"""Corrections and decisions on a cluster: their people are looked for in all partitions, and each gets its own.

Fixes are made by people, so they are few and travel as they are. Whose they are is told by few rows of the list: those
that are named, and two rows of each value of theirs. One call has these, and places the fixes as one machine does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.judging_steps import mapped_part
from passage_kit.cluster.storage import users_of
from passage_kit.columns.users_frame import SOURCE_ROW, arrow, filter_rows, users_frame
from passage_kit.duplicates.clustered_users import placed_decisions
from passage_kit.duplicates.decisions import decisions_of
from passage_kit.findings.findings import collect_findings, no_findings
from passage_kit.preparation.applied_fixes import AppliedFixes, applied_fixes
from passage_kit.reading.readers import UserList
from passage_kit.workspace.corrections import apply_corrections, no_corrections
from passage_kit.workspace.fixed_rows import NOTE_FILE, SourceState
from passage_kit.workspace.fixes import Fixes, FormerFixes, place_fixes
from passage_kit.workspace.frame_hash import hash_columns
from passage_kit.workspace.loaded_fixes import made_for
from passage_kit.workspace.people_in_parts import SIGNS, looked_for, signs_of, with_signs
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


def files_of_fixes(workspace: Workspace | None, of_plan: Workspace | None) -> list[str]:
    """Hash the files of the corrections and decisions of a run, on which its results depend, too."""
    homes = [home for home in (workspace, of_plan) if home is not None]
    paths = [path for home in homes for path in (home.corrections_path, home.decisions_path, home.folder / NOTE_FILE)]
    return [hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "none" for path in paths]


class FixesOfParts(NamedTuple):
    """Corrections of each partition, decisions, and what is said of those that are nobody's in the list.

    Parameters
    ----------
    corrections : list of pandas.DataFrame
    corrected : pandas.DataFrame
        Findings on the whole source.
    decisions : pandas.DataFrame, optional
        Those whose rows are known.
    unplaced : pandas.DataFrame
        Findings on the others.
    apart : list of tuple of int
        Rows decided to be different people.
    applied : AppliedFixes
        Those of all partitions, to save in the workspace of the run.
    """

    corrections: list[pd.DataFrame]
    corrected: pd.DataFrame
    decisions: pd.DataFrame | None
    unplaced: pd.DataFrame
    apart: list[tuple[int, ...]]
    applied: AppliedFixes

    @property
    def decided(self) -> list[tuple[int, ...]]:
        """Rows of each decision."""
        return [] if self.decisions is None else [made.rows for made in decisions_of(self.decisions)]

    def decisions_of(self, bucket: int, buckets: Sequence[int]) -> pd.DataFrame | None:
        """Give the decisions about rows of a bucket, if there are any."""
        some = [each == bucket for each in buckets]
        return self.decisions[some] if self.decisions is not None and any(some) else None


def find_fixes(
    engine: Engine, job: Job, source: UserList, plan: Plan, workspace: Workspace | None, of_plan: Workspace | None
) -> FixesOfParts:
    """Match the corrections and decisions of a run with the people of its source.

    Parameters
    ----------
    engine : Engine
    job : Job
        With its mapping and partitions.
    source : UserList
    plan : Plan
        As it was before the source was read.
    workspace : Workspace, optional
        Workspace of the run, if the output is a folder.
    of_plan : Workspace, optional
        Folder of the plan.
    """

    def match(home: Workspace) -> Fixes:
        made = made_for(home, plan) or ("a database" if source.kind == "sql" else None)
        former = FormerFixes.of(home, sha256=source.sha256, made_for=made)
        return _place(engine, job, former, source)

    return _of_parts(applied_fixes(workspace, of_plan, match, is_newer=plan.options.since is not None), job)


def _place(engine: Engine, job: Job, former: FormerFixes, source: UserList) -> Fixes:
    by_frame = source.kind == "sql" and former.any
    given = (former.rows, former.identities, by_frame)
    columns = engine.run("rows of fixes", find_named, [(job, part, *given) for part in job.parts])[0]
    engine.run("signs of fixes", join_signs, [(job,)])
    engine.run("people of fixes", find_alike, [(job, part) for part in job.parts])
    [frame] = engine.run("hash of the users", hash_users, [(job, columns)]) if by_frame else [None]
    state = SourceState.of(source.sha256, job.plan.reading, frame)
    [fixes] = engine.run("fixes", place, [(job, former, state)])
    return fixes


def _of_parts(applied: AppliedFixes, job: Job) -> FixesOfParts:
    corrections = no_corrections() if applied.corrections is None else applied.corrections
    rows = corrections[SOURCE_ROW].to_numpy(dtype=np.int64, na_value=0)
    at = np.searchsorted(job.starts, rows, side="left") - 1  # -1 is in no partition
    _, corrected = apply_corrections(users_frame({"email": []}), corrections[at < 0])
    said = applied.said
    made, unplaced = placed_decisions(applied.decisions)
    decided = applied.decisions
    if decided is not None:
        decided = decided[[decision.placed for decision in decisions_of(decided)]]
    return FixesOfParts(
        [corrections[at == part.number] for part in job.parts],
        collect_findings([corrected if (at < 0).any() else no_findings(), *([] if said is None else [said])]),
        decided if made else None,
        unplaced,
        [decision.rows for decision in made if decision.choice == "apart"],
        applied,
    )


def find_named(job: Job, part: Part, rows: Sequence[int], identities: pa.Array, with_columns: bool) -> list[str]:
    """Write the rows of a partition that fixes name, or whose people they may be; give the columns."""
    _, users = mapped_part(job, part)
    job.storage.write_frame(of("fixed", part.number), looked_for(users, rows, identities))
    columns = [str(name) for name in users.columns]
    for at, name in enumerate(columns if with_columns else ()):
        job.storage.write_table(of(f"fixed-column-{at}", part.number), pa.table({name: arrow(users[name])}))
    return columns


def join_signs(job: Job) -> int:
    """Write the values that tell these rows from others."""
    found = pa.concat_tables([job.storage.read_table(of("fixed", part.number)) for part in job.parts])
    signs = signs_of(users_of(found))
    job.storage.write_table(of("fixed-signs", 0), *(pa.table({"value": values}) for values in signs.values()))
    return len(found)


def find_alike(job: Job, part: Part) -> int:
    """Write the rows of a partition that have one of these values, two of each at the most."""
    signs = [job.storage.read_table(of("fixed-signs", 0), at)["value"].combine_chunks() for at in range(len(SIGNS))]
    found = with_signs(mapped_part(job, part)[1], dict(zip(SIGNS, signs, strict=True)))
    job.storage.write_frame(of("fixed-alike", part.number), found)
    return len(found)


def hash_users(job: Job, columns: Sequence[str]) -> str:
    """Hash the list as mapped, column by column, by which a table of a database is known."""
    last = job.parts[-1]
    return hash_columns(
        list(columns),
        pd.RangeIndex(1, last.start + last.rows + 1),
        lambda name: (
            job.storage.read_table(of(f"fixed-column-{columns.index(name)}", part.number))[name] for part in job.parts
        ),
    )


def place(job: Job, former: FormerFixes, state: SourceState) -> Fixes:
    """Give fixes the rows of their people."""
    names = [of(step, part.number) for step in ("fixed", "fixed-alike") for part in job.parts]
    rows = users_of(pa.concat_tables([job.storage.read_table(name) for name in names]))
    rows = filter_rows(rows, ~rows.index.duplicated()).sort_index()
    return place_fixes(rows, former.corrections, former.decisions, former.note, state)

"""Value steps on a cluster: a step judges each value by itself, so workers apply them to their partitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from passage_kit.cluster.added_evidence import filled_by_part, words_of_all
from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.reading_steps import FileRead, raw_part
from passage_kit.columns.null_words import find_null_words
from passage_kit.findings.findings import no_findings
from passage_kit.mapping.stepped_parts import StepCount, add_counts, apply_to_part, say_of_steps, touched_columns


class SteppedSource(NamedTuple):
    """What is known of the columns after all steps.

    Parameters
    ----------
    job : Job
        With their names.
    filled : list of dict of str to int
        Number of values of each column, partition by partition.
    words : list of dict of str to set of str
        Words in each column that may mean nothing, part by part.
    said : pandas.DataFrame
        Findings on the whole source.
    """

    job: Job
    filled: list[dict[str, int]]
    words: Sequence[Mapping[str, set[str]]]
    said: pd.DataFrame


class _Stepped(NamedTuple):
    """Evidence of a partition whose values were changed."""

    columns: list[str]
    counts: list[StepCount]
    filled: dict[str, int]
    words: dict[str, set[str]]


def apply_steps(engine: Engine, job: Job, files: Sequence[FileRead]) -> SteppedSource:
    """Apply the steps of the plan to all partitions; without steps, the columns are those of the source."""
    steps = [step for step in job.plan.steps if not step.off]
    words = [file.words for file in files]
    if not steps:
        return SteppedSource(job, filled_by_part(files, job.parts, job.columns), words, no_findings())
    nothing = words_of_all(engine, job, words) if any(step.made for step in steps) else {}
    parts = engine.run("steps", step_part, [(job, part, nothing) for part in job.parts])
    counts = add_counts([part.counts for part in parts])
    job = replace(job, stepped=parts[0].columns, touched=touched_columns(steps, counts))
    return SteppedSource(
        job, [part.filled for part in parts], [part.words for part in parts], say_of_steps(steps, counts)
    )


def step_part(job: Job, part: Part, nothing: Mapping[str, tuple[str, ...]]) -> _Stepped:
    """Apply the steps to a partition."""
    steps = [step for step in job.plan.steps if not step.off]
    found = apply_to_part(raw_part(job, part), steps, null_words=nothing)
    job.storage.write_frame(of("stepped", part.number), found.frame)
    job.storage.write_findings(of("findings-0", part.number), found.findings)
    return _Stepped(
        [str(name) for name in found.frame.columns],
        found.counts,
        {str(name): int(found.frame[name].notna().sum()) for name in found.frame},
        find_null_words(found.frame),
    )

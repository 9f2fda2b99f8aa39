"""Value steps on parts of a list: what each part counts adds up to what is said of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.mapping.value_steps import StepResult, changes_of, follow_steps, said_of, value_in


class StepCount(NamedTuple):
    """Number of rows that a step touched, and why it did nothing."""

    touched: int
    problem: str


class SteppedPart(NamedTuple):
    """Rows with their columns after all steps, the counts of each step, and the findings on rows.

    The findings are those of all columns that steps are about; :func:`with_touched` leaves what holds for the whole.
    """

    frame: pd.DataFrame
    counts: list[StepCount]
    findings: pd.DataFrame


def apply_to_part(
    raw: pd.DataFrame, steps: Sequence[ValueStep], *, null_words: Mapping[str, tuple[str, ...]]
) -> SteppedPart:
    """Apply steps to some rows of a list.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns.
    steps : sequence of ValueStep
        Those that are not off, at least one.
    null_words : mapping of str to tuple of str
        Words for nothing in each column of the whole list.

    Examples
    --------
    >>> raw = users_frame({"Land": ["BRD", "France"]})
    >>> part = apply_to_part(raw, [ValueStep("Land", "country")], null_words={})
    >>> part.counts, part.findings["argument"].tolist()
    ([StepCount(touched=1, problem='')], ['FR'])
    """
    results = list(follow_steps(raw, steps, null_words=null_words))
    after, columns = results[-1].frame, {step.column for step in steps}
    changed = [changes_of(str(name), raw, after) for name in raw.columns if name in columns]
    unsplit = [
        make_findings(one.unsplit, field=one.step.column, value=value_in(raw, one), code="value_not_split")
        for one in results
        if one.unsplit is not None
    ]
    counts = [StepCount(result.touched, result.problem) for result in results]
    return SteppedPart(after, counts, collect_findings([*changed, *unsplit]))


def add_counts(parts: Sequence[Sequence[StepCount]]) -> list[StepCount]:
    """Add the counts of each step.

    Examples
    --------
    >>> add_counts([[StepCount(1, "")], [StepCount(2, "")]])
    [StepCount(touched=3, problem='')]
    """
    return [StepCount(sum(one.touched for one in of), of[0].problem) for of in zip(*parts, strict=True)]


def say_of_steps(steps: Sequence[ValueStep], counts: Sequence[StepCount]) -> pd.DataFrame:
    """Say how many rows of the whole list each step touched, or why none.

    Examples
    --------
    >>> say_of_steps([ValueStep("Land", "country")], [StepCount(3, "")])["argument"].tolist()
    ['countries written as codes, 3 rows']
    """
    nothing = users_frame({})
    results = (StepResult(step, nothing, count.touched, (), count.problem) for step, count in _each(steps, counts))
    return collect_findings([no_findings(), *map(said_of, results)])


def touched_columns(steps: Sequence[ValueStep], counts: Sequence[StepCount]) -> frozenset[str]:
    """List the columns that steps changed somewhere in the list."""
    return frozenset(step.column for step, count in _each(steps, counts) if count.touched)


def with_touched(findings: pd.DataFrame, touched: frozenset[str]) -> pd.DataFrame:
    """Leave out the changes of columns that no step touched in any part.

    Examples
    --------
    >>> changed = make_findings([1, 2], field=["a", "b"], code="changed_by_step", argument=["x", "y"])
    >>> with_touched(changed, frozenset({"b"}))["source_row"].tolist()
    [2]
    """
    other = findings["code"].eq("changed_by_step") & ~findings["field"].isin(list(touched))
    return findings[~other.to_numpy(dtype=bool)]


def _each(steps: Sequence[ValueStep], counts: Sequence[StepCount]) -> list[tuple[ValueStep, StepCount]]:
    return list(zip(steps, counts, strict=True))

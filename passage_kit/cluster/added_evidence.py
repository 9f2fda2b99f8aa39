"""Evidence of partitions, added up on the client: what is said of the whole source, and what judges every partition."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job, Part
from passage_kit.cluster.judging_steps import MappedPart
from passage_kit.cluster.reading_steps import (
    FileRead,
    first_of_part,
    first_without_words,
    together,
    wanted_of,
)
from passage_kit.columns.account_codes import say_counts
from passage_kit.columns.null_words import decide_null_words, holds_no_words
from passage_kit.columns.profile import SAMPLE, look_of
from passage_kit.columns.users_frame import ACCOUNT_STATE, users_frame
from passage_kit.export.report_facts import ColumnFacts
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.mapping.column_counts import ColumnCounts
from passage_kit.mapping.mapped_users import words_for_nothing
from passage_kit.metadata.value_evidence import ValueEvidence

# Findings on a whole column whose argument is a count of rows.
_COUNTED = ("phone_plus_added", "phone_read_at_home", "boolean_from_moment")


def cut(files: Sequence[FileRead], rows: int) -> list[Part]:
    """List the partitions of files, which no partition crosses."""
    parts: list[Part] = []
    start = 0
    for file in files:
        for piece, at in enumerate(range(0, file.rows, rows)):
            parts.append(Part(len(parts), start + at, min(rows, file.rows - at), file.number, piece, start))
        start += file.rows
    return parts


def filled_by_part(files: Sequence[FileRead], parts: Sequence[Part], columns: Sequence[str]) -> list[dict[str, int]]:
    """Give the number of values of each column, partition by partition."""
    filled = {file.number: file.filled for file in files}
    return [
        {name: filled[part.file][name][part.piece] if name in filled[part.file] else 0 for name in columns}
        for part in parts
    ]


def words_of_all(engine: Engine, job: Job, seen: Sequence[Mapping[str, set[str]]]) -> Mapping[str, tuple[str, ...]]:
    """Decide which words mean nothing in each column of the whole source, by those that were seen in its parts."""
    words = job.plan.options.null_words
    if words != "auto":
        return words_for_nothing(users_frame({name: [] for name in job.mapped_columns}), words)
    found = {name: set[str]().union(*(words.get(name, set()) for words in seen)) for name in job.mapped_columns}

    def other_values_are_no_words(name: str) -> bool:
        values: list[str] = []
        for part in job.parts:  # the first ones, as on one machine: as a rule, one partition has enough
            [some] = engine.run(f"looking at {name} of {part.number}", first_without_words, [(job, part, name)])
            values += some.to_pylist()
            if len(values) >= SAMPLE:
                break
        return holds_no_words(users_frame({name: values[:SAMPLE]})[name])

    return decide_null_words(found, other_values_are_no_words)


def counts_of_all(mapped: Sequence[MappedPart]) -> ColumnCounts:
    """Add up the counts of columns."""
    return functools.reduce(operator.add, (part.counts for part in mapped))


def say_states(mapped: Sequence[MappedPart]) -> pd.DataFrame:
    """Say which words for the state of accounts are not known."""
    words = sum((Counter(part.state_words) for part in mapped), Counter[str]())
    said = [say_counts(words)] if words else []
    return make_findings([None] * len(said), field=ACCOUNT_STATE, code="account_words_unknown", argument=said)


def add_evidence(parts: Iterable[Mapping[str, ValueEvidence]]) -> dict[str, ValueEvidence]:
    """Add up what the columns show."""
    added: dict[str, ValueEvidence] = {}
    for shown in parts:
        for name, evidence in shown.items():
            added[name] = added[name] + evidence if name in added else evidence
    return added


def add_whole(said: Iterable[pd.DataFrame], order: Sequence[str]) -> pd.DataFrame:
    """Make one finding of those of all partitions on a whole column, in the order of the columns."""
    found: dict[tuple[str, str], list[str]] = {}
    for findings in said:
        for field, code, argument in findings[["field", "code", "argument"]].itertuples(index=False):
            found.setdefault((field, code), []).append(argument)
    lines = sorted(found.items(), key=lambda entry: [*order].index(entry[0][0]))
    return collect_findings(
        make_findings([None], field=field, code=code, argument=[_added(code, arguments)])
        for (field, code), arguments in lines
    )


def _added(code: str, arguments: Sequence[str]) -> str:
    if code not in _COUNTED:
        return arguments[0]
    return f"{sum(int(argument.replace(',', '')) for argument in arguments):,}"


def profile_of_all(
    engine: Engine,
    job: Job,
    filled: Sequence[dict[str, int]],
    rows: Sequence[int],
    types: Mapping[str, str] | None = None,
) -> list[ColumnFacts]:
    """Describe the columns as read or, with their types, those of the users to export."""
    wanted = wanted_of(filled)
    after = types is not None
    items = [(job, part, some, after) for part, some in zip(job.parts, wanted, strict=True) if some]
    name = "after" if after else "before"
    pieces = engine.run(f"first values {name}", _first, items)
    return [
        ColumnFacts(
            column,
            look_of(sum(counts[column] for counts in filled), sum(rows), together(pieces, column).unique()),
            (types or {}).get(column, "string"),
        )
        for column in filled[0]
    ]


def _first(job: Job, part: Part, wanted: dict[str, int], after: bool) -> dict[str, object]:
    return first_of_part(job, part, wanted, after=after)

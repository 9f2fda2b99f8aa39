"""Steps that change the values of columns before they are mapped, applied one after the other on every run.

Each works on whole columns, and judges each distinct value once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.null_words import without_words
from passage_kit.columns.spool import put_column_aside
from passage_kit.columns.spooled_frames import parts_of
from passage_kit.columns.users_frame import arrow, mask_of, series, values_at
from passage_kit.errors import MappingError
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.mapping.mapped_users import NullWords, mapped_column, words_for_nothing
from passage_kit.mapping.mapping import Columns
from passage_kit.mapping.planned_step import StepKind, ValueStep
from passage_kit.mapping.value_changes import changed_texts, split_texts
from passage_kit.translations import worded

SHOWN = 3  # examples of what a step does

_SAID: dict[StepKind, str] = {
    "map": "values mapped",
    "replace": "text replaced",
    "split": "values split",
    "join": "columns joined",
    "case": "case changed",
    "number": "thousands separators removed",
    "date": "dates read",
    "country": "countries written as codes",
}


class StepResult(NamedTuple):
    """What one step did: the rows with their columns after it, the rows that it touched, and first examples.

    ``examples`` are texts before and after, with the number of their rows. ``problem`` says why it did nothing.
    """

    step: ValueStep
    frame: pd.DataFrame
    touched: int = 0
    examples: tuple[tuple[str, str, int], ...] = ()
    problem: str = ""
    unsplit: pd.Index[Any] | None = None


def apply_value_steps(
    raw: pd.DataFrame, steps: Iterable[ValueStep], *, null_words: NullWords | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Apply steps to the columns of a source, one after the other.

    A value that a step cannot read stays as it is. A step whose column is not there changes nothing, and says so.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns with the unique index ``source_row``, as :func:`passage_kit.read_users` gives them.
    steps : iterable of ValueStep
        The steps, in order.
    null_words : "auto", iterable of str, or mapping of str to iterable of str, optional
        As for :func:`passage_kit.apply_mapping`: these words are not split off or joined.

    Returns
    -------
    raw : pandas.DataFrame
        The same rows and columns with the new values, and the columns that steps made; same index.
    findings : pandas.DataFrame
        ``step_applied`` for each step, with the number of rows that it touched; ``step_unused`` for one that touched
        none, with the reason. Of rows, ``changed_by_step`` for each value of the source that is another one after all
        steps, with the new value as its argument, and ``value_not_split`` for each value without a separator.

    Raises
    ------
    MappingError
        If the index is not unique, or a step would make a column that is there already.

    See Also
    --------
    ValueStep : One step.
    apply_mapping : Make the users frame of the columns next.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Name": ["Ann Lee", "Cy"], "Land": ["BRD", "France"]})
    >>> steps = [
    ...     ValueStep("Land", "map", {"values": {"BRD": "Germany"}}),
    ...     ValueStep("Land", "country"),
    ...     ValueStep("Name", "split", {"into": ["First", "Last"]}),
    ... ]
    >>> changed, findings = apply_value_steps(raw, steps)
    >>> changed
                   Name Land First  Last
    source_row
    1           Ann Lee   DE   Ann   Lee
    2                Cy   FR    Cy  <NA>
    >>> findings[["source_row", "field", "code", "argument"]]
      source_row field             code                               argument
    0       <NA>  Land     step_applied                  values mapped, 1 row
    1       <NA>  Land     step_applied    countries written as codes, 2 rows
    2       <NA>  Name     step_applied                   values split, 1 row
    3          1  Land  changed_by_step                                     DE
    4          2  Land  changed_by_step                                     FR
    5          2  Name  value_not_split                                   <NA>
    """
    given = given_frame(raw, error=MappingError)
    results = list(follow_steps(given, (step for step in steps if not step.off), null_words=null_words))
    if not results:
        return raw, no_findings()
    after = results[-1].frame
    touched = {result.step.column for result in results if result.touched}
    changed = (changes_of(name, given, after) for name in given.columns if name in touched)
    unsplit = (
        make_findings(one.unsplit, field=one.step.column, value=value_in(given, one), code="value_not_split")
        for one in results
        if one.unsplit is not None
    )
    return after, collect_findings([*map(said_of, results), *changed, *unsplit])


def follow_steps(
    raw: pd.DataFrame, steps: Iterable[ValueStep], *, null_words: NullWords | None = None
) -> Iterator[StepResult]:
    """Apply steps one after the other, and give the result of each; a step that is off is passed over.

    Parameters
    ----------
    raw, steps, null_words
        As for :func:`apply_value_steps`.

    Raises
    ------
    MappingError
        If a step would make a column that is there already.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Aktiv": ["ja", "ja", "nein"]})
    >>> [result] = follow_steps(raw, [ValueStep("Aktiv", "map", {"values": {"ja": "yes"}})])
    >>> result.touched, result.examples
    (2, (('ja', 'yes', 2),))
    """
    frame, words = raw, None
    for step in steps:
        if step.off:
            yield StepResult(step, frame)
            continue
        if absent := [name for name in step.read if name not in frame]:
            yield StepResult(step, frame, problem=f"there is no column {absent[0]!r}")
            continue
        if there := [name for name in step.made if name in frame and name != step.column]:
            raise MappingError(
                worded(
                    "The step {step} of column {column} makes a column {made}, and there is one already. Give the new "
                    "column another name.",
                    step=repr(step.do),
                    column=repr(step.column),
                    made=repr(there[0]),
                )
            )
        words = words_for_nothing(raw, null_words) if step.made and words is None else words
        result = _joined(frame, step, words) if step.do == "join" else _through_values(frame, step, words)
        frame = result.frame
        yield result


def reaches(steps: Iterable[ValueStep], columns: Iterable[str]) -> set[str]:
    """List the columns that some columns are made of by steps, and these themselves.

    Examples
    --------
    >>> steps = [ValueStep("Name", "split", {"into": ["First", "Last"]})]
    >>> sorted(reaches(steps, ["Last"]))
    ['Last', 'Name']
    """
    reached = set(columns)
    for step in reversed([step for step in steps if not step.off]):
        if reached & {*step.made}:
            reached |= {*step.read}
    return reached


def _through_values(frame: pd.DataFrame, step: ValueStep, words: Mapping[str, tuple[str, ...]] | None) -> StepResult:
    """Apply a step to its column, part by part where the texts are long."""
    column = frame[step.column]
    parts = [_through_part(part, step, words) for part in parts_of(frame[[step.column]], rows=max(len(frame), 1))]
    touched = sum(part.touched for part in parts)
    if not touched and step.do != "split":
        return StepResult(step, frame)
    examples: Counter[tuple[str, str]] = Counter()
    for before, after, rows in (one for part in parts for one in part.examples):
        examples[before, after] += rows
    chunks = {name: [arrow(part.frame[name]) for part in parts] for name in step.made or (step.column,)}
    made = {name: pa.chunked_array([one for each in of for one in each.chunks]) for name, of in chunks.items()}
    after = frame.assign(**{name: series(values, column) for name, values in made.items()})
    shown = tuple((*change, rows) for change, rows in examples.most_common(SHOWN))
    unsplit = [part.unsplit for part in parts if part.unsplit is not None]
    return StepResult(step, after, touched, shown, unsplit=unsplit[0].append(unsplit[1:]) if unsplit else None)


def _through_part(frame: pd.DataFrame, step: ValueStep, words: Mapping[str, tuple[str, ...]] | None) -> StepResult:
    """Apply a step to the distinct values of a column."""
    column = frame[step.column]
    if step.do == "split":
        column = without_words(column, (words or {}).get(step.column, ()))[0]
    encoded = pc.dictionary_encode(pc.cast(arrow(column), pa.string())).combine_chunks()
    texts, at = encoded.dictionary, encoded.indices
    counts = np.bincount(np.asarray(at.drop_null()), minlength=len(texts))
    if step.do != "split":
        forms = changed_texts(texts, step.do, step.how)
        differ = mask_of(pc.fill_null(pc.not_equal(forms, texts), True))
        made = {step.column: _taken(forms, at, column)}
        return _result(frame, step, made, counts, differ, texts, forms)
    first, second = split_texts(texts, separator=step.how.get("separator", " "), at=step.how.get("at", "last"))
    made = dict(zip(step.made, (_taken(part, at, column) for part in (first, second)), strict=True))
    divided = mask_of(pc.is_valid(second))
    whole = pc.fill_null(pa.array(~divided & mask_of(pc.is_valid(first))).take(at), False)
    shown = pc.binary_join_element_wise(first, second, " | ")
    result = _result(frame, step, made, counts, divided, texts, shown)
    return result._replace(unsplit=frame.index[mask_of(whole)])


def _taken(forms: pa.Array, at: pa.Array, column: pd.Series[Any]) -> pd.Series[Any]:
    return series(put_column_aside(pa.chunked_array([forms.take(at)])), column)


def _result(
    frame: pd.DataFrame,
    step: ValueStep,
    made: Mapping[str, pd.Series[Any]],
    counts: np.ndarray[Any, Any],
    differ: np.ndarray[Any, np.dtype[np.bool_]],
    before: pa.Array,
    after: pa.Array,
) -> StepResult:
    """Give the rows with their new columns, and the most frequent changes as examples."""
    often = np.argsort(-np.where(differ, counts, 0), kind="stable")[:SHOWN]
    examples = tuple(
        (before[at].as_py(), after[at].as_py() or "", int(counts[at])) for at in often.tolist() if differ[at]
    )
    return StepResult(step, frame.assign(**made), int(counts[differ].sum()), examples)


def _joined(frame: pd.DataFrame, step: ValueStep, words: Mapping[str, tuple[str, ...]] | None) -> StepResult:
    parts = pd.DataFrame({name: without_words(frame[name], (words or {}).get(name, ()))[0] for name in step.read})
    joined = mapped_column(parts, Columns(step.read, step.how.get("separator", " ")))
    filled = mask_of(arrow(joined).is_valid())
    first = np.flatnonzero(filled)[:SHOWN].tolist()
    examples = tuple((_side_by_side(parts.iloc[at]), str(joined.iloc[at]), 1) for at in first)
    column = series(put_column_aside(arrow(joined)), joined)
    return StepResult(step, frame.assign(**{step.made[0]: column}), int(filled.sum()), examples)


def _side_by_side(row: pd.Series[Any]) -> str:
    return " | ".join("" if pd.isna(value) else str(value) for value in row)


def said_of(result: StepResult) -> pd.DataFrame:
    """Say how many rows a step touched, or why none."""
    step = result.step
    if result.touched:
        said = f"{_SAID[step.do]}, {result.touched:,} row{'' if result.touched == 1 else 's'}"
        return make_findings([None], field=step.column, code="step_applied", argument=said)
    problem = result.problem or f"{_SAID[step.do]} in no row"
    return make_findings([None], field=step.column, code="step_unused", argument=problem)


def value_in(given: pd.DataFrame, result: StepResult) -> pd.Series[Any] | None:
    """Give the values of the source that a step did not split; a column that a step made has none there."""
    column = result.step.column
    return values_at(given[column], result.unsplit) if column in given else None


def changes_of(name: str, given: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Make a finding for each value of a column of the source that steps changed."""
    was, now = (pc.cast(arrow(frame[name]), pa.string()) for frame in (given, after))
    same = pc.or_(pc.fill_null(pc.equal(was, now), False), pc.and_(pc.is_null(was), pc.is_null(now)))
    rows = ~mask_of(same)
    mask = pa.array(rows)
    return make_findings(
        given.index[rows], field=name, value=was.filter(mask), code="changed_by_step", argument=now.filter(mask)
    )

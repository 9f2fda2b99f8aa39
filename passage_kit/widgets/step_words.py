"""Steps of the panel of values as lines of a plan and as Python, and the values of a column."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import tomli_w
from babel import localedata

from passage_kit.columns.users_frame import arrow
from passage_kit.errors import MappingError
from passage_kit.mapping.mapped_users import NullWords
from passage_kit.mapping.value_steps import StepResult, ValueStep, follow_steps


def plan_line(step: ValueStep) -> str:
    """Write a step as it stands in a plan.

    Examples
    --------
    >>> plan_line(ValueStep("Land", "country"))
    '{ column = "Land", do = "country" }'
    """
    text = tomli_w.dumps({"steps": [step.to_dict()]}).strip()
    return text.removeprefix("steps = [").removesuffix("]").strip().removesuffix(",") if text[0] == "s" else text


def written_step(step: ValueStep) -> str:
    """Write the Python that makes a step.

    Examples
    --------
    >>> written_step(ValueStep("Land", "country", off=True))
    "pk.ValueStep('Land', 'country', off=True)"
    """
    how = [repr(dict(step.how))] if step.how else []
    off = ["off=True"] if step.off else []
    return f"pk.ValueStep({', '.join([repr(step.column), repr(step.do), *how, *off])})"


def counted_values(column: pd.Series[Any]) -> pa.StructArray:
    """Count the distinct values of a column without white space around them, the most frequent first; no blanks.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> counted_values(users_frame({"Land": ["BRD", "F", " F ", None]})["Land"]).to_pylist()
    [{'values': 'F', 'counts': 2}, {'values': 'BRD', 'counts': 1}]
    """
    texts = pc.utf8_trim_whitespace(pc.cast(arrow(column), pa.string()))
    counted = pc.value_counts(texts.filter(pc.fill_null(pc.not_equal(texts, ""), False)))
    order = pa.table([counted.field(0), counted.field(1)], ["values", "counts"])
    return counted.take(pc.sort_indices(order, [("counts", "descending"), ("values", "ascending")]))


def follow_as_far(raw: pd.DataFrame, steps: tuple[ValueStep, ...], null_words: NullWords) -> list[StepResult]:
    """Apply steps as far as they can be; from the first one that cannot, each has the reason as its problem.

    Examples
    --------
    >>> raw = pd.DataFrame({"Name": ["Ann Lee"], "Last": ["x"]}, dtype="string[pyarrow]")
    >>> step = ValueStep("Name", "split", {"into": ["First", "Last"]})
    >>> [result] = follow_as_far(raw, (step,), ())
    >>> result.problem.partition(",")[0]
    "The step 'split' of column 'Name' makes a column 'Last'"
    """
    results: list[StepResult] = []
    try:
        results.extend(follow_steps(raw, steps, null_words=null_words))
    except MappingError as error:
        frame = results[-1].frame if results else raw
        results += [StepResult(step, frame, problem=str(error)) for step in steps[len(results) :]]
    return results


@cache
def countries() -> list[str]:
    """List the English names of the countries with telephones.

    Examples
    --------
    >>> countries()[:2]
    ['Afghanistan', 'Albania']
    """
    names = localedata.load("en")["territories"]
    return sorted(names[code] for code in phonenumbers.SUPPORTED_REGIONS if code in names)

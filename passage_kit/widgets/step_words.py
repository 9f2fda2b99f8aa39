"""Steps of the panel of values as lines of a plan and as Python."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import phonenumbers
import tomli_w
from babel import localedata

from passage_kit.errors import MappingError
from passage_kit.mapping.described_steps import described_step
from passage_kit.mapping.mapped_users import NullWords
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.mapping.value_steps import StepResult, follow_steps
from passage_kit.translations import told
from passage_kit.widgets.page_messages import is_flag, is_words

LONGEST_SHOWN = 200


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
        results += [StepResult(step, frame, problem=told(error)) for step in steps[len(results) :]]
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


def is_how(value: Any) -> bool:
    """Check for what a step needs, as the page sends it: texts, lists of texts, and flags by name.

    Examples
    --------
    >>> is_how({"into": ["First", "Last"], "at": "last"}), is_how({"into": 3})
    (True, False)
    """
    return isinstance(value, dict) and all(
        is_words(name) and (is_words(one) or is_flag(one) or (isinstance(one, list) and all(map(is_words, one))))
        for name, one in value.items()
    )


def step_card(number: int, result: StepResult) -> dict[str, Any]:
    """Describe a step for the page: what it does, to which values, and how it is written."""
    step = result.step
    return {
        "number": number,
        "says": described_step(step),
        "on": not step.off,
        "touched": result.touched,
        "problem": "" if step.off else result.problem,
        "examples": [
            {"before": before[:LONGEST_SHOWN], "after": after[:LONGEST_SHOWN], "rows": rows}
            for before, after, rows in result.examples
        ],
        "line": plan_line(step),
        "python": written_step(step),
    }

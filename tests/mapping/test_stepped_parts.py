"""Steps on parts of a list add up to steps on the whole."""

import random

import pandas as pd
import pytest

from passage_kit.columns.null_words import null_words_of
from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import collect_findings
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.mapping.stepped_parts import add_counts, apply_to_part, say_of_steps, touched_columns, with_touched
from passage_kit.mapping.value_steps import apply_value_steps

STEPS = [
    ValueStep("Land", "map", {"values": {"BRD": "Germany", "x": ""}}),
    ValueStep("Land", "country"),
    ValueStep("Name", "split", {"into": ["First", "Last"]}),
    ValueStep("Name", "split", {"into": ["Name", "Last"], "at": "first"}),
    ValueStep("First", "case", {"to": "upper"}),
    ValueStep("Born", "date", {"order": "DMY"}),
    ValueStep("Born", "join", {"others": ["Land"], "into": "Both"}),
    ValueStep("Gone", "case", {"to": "lower"}),
    ValueStep("Pay", "number", {"thousands": "."}),
    ValueStep("Name", "replace", {"find": "Lee", "put": "Li"}),
]
VALUES = {
    "Name": ["Ann Lee", "Bo", None, "N/A", "Ann Lee Wu", " Cy "],
    "Land": ["BRD", "France", "x", None, "nowhere"],
    "Born": ["31/01/1980", "soon", None, "01/02/2003"],
    "Pay": ["1.000", None, "20", "1.000.000"],
}


@pytest.mark.few(6)
@pytest.mark.parametrize("seed", range(30))
def test_parts_add_up_to_the_whole(seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    rows = chance.randrange(1, 14)
    raw = users_frame(
        {name: [chance.choice(values[: chance.randrange(1, len(values) + 1)]) for _ in range(rows)]
         for name, values in VALUES.items()}
    )  # fmt: skip
    made, steps = set(raw.columns), []
    for step in chance.sample(STEPS, chance.randrange(1, 6)):
        if not any(name in made and name != step.column for name in step.made):
            steps.append(step)
            made |= {*step.made}
    after, findings = apply_value_steps(raw, steps)
    size, words = chance.randrange(1, rows + 1), null_words_of(raw)
    parts = [apply_to_part(raw.iloc[at : at + size], steps, null_words=words) for at in range(0, rows, size)]
    counts = add_counts([part.counts for part in parts])
    pd.testing.assert_frame_equal(pd.concat([part.frame for part in parts]), after)
    whole = findings[findings["source_row"].isna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(say_of_steps(steps, counts).reset_index(drop=True), whole)
    touched = touched_columns(steps, counts)
    of_rows = [collect_findings(with_touched(part.findings, touched) for part in parts),
               findings[findings["source_row"].notna()]]  # fmt: skip
    pd.testing.assert_frame_equal(
        *(some.sort_values("source_row", kind="stable").reset_index(drop=True) for some in of_rows)
    )
